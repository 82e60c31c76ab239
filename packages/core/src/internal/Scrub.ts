/** Replaces every occurrence of `secret`, as it is and percent-encoded: servers and proxies echo what they got. */
export const scrubber = (secret: string): ((text: string) => string) => {
  const forms = new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
  return (text) => [...forms].reduce((scrubbed, form) => scrubbed.replaceAll(form, "<redacted>"), text)
}

/** The first `length` characters, and how many there were. */
export const cap = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length)}… (${text.length} characters in all)`
