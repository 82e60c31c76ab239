// Characters with a name of their own in HTML.
const entities: Readonly<Record<string, string>> = { "&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos" }

const escape = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)

/** A character as it is, percent-encoded, as an escape of JSON or JavaScript, or as an entity of HTML. */
const forms = (character: string): string => {
  const hex = character.charCodeAt(0).toString(16)
  const entity = entities[character]
  return [
    String.raw`\\?${escape(character)}`,
    `%${hex}`,
    String.raw`\\u00${hex}`,
    String.raw`\\x${hex}`,
    `&#x0*${hex};`,
    `&#0*${character.charCodeAt(0)};`,
    ...(entity === undefined ? [] : [`&${entity};`])
  ].join("|")
}

/**
 * Takes every occurrence of `secret` (visible ASCII) out of a text, whichever way its characters are escaped: servers
 * and proxies echo what they got.
 */
export const scrubber = (secret: string): ((text: string) => string) => {
  // Case matters but in the digits of an escape; a token that differs in case only is no secret, but not worth a risk.
  const pattern = new RegExp([...secret].map((character) => `(?:${forms(character)})`).join(""), "gi")
  return (text) => text.replaceAll(pattern, "<redacted>")
}

/** The first `length` characters, and how many there were. */
export const cap = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length)}… (${text.length} characters in all)`
