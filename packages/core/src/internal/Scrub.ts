// Characters with a name of their own in HTML.
const entities: Readonly<Record<string, string>> = { "&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos" }

const escape = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)

/**
 * A character as it is, percent-encoded, as an escape of JSON or JavaScript (a few deep), or as an entity of HTML.
 */
const forms = (character: string): string => {
  const hex = character.charCodeAt(0).toString(16)
  return [
    String.raw`\\{0,8}${escape(character)}`,
    `%${hex}`,
    String.raw`\\{1,8}u00${hex}`,
    String.raw`\\{1,8}x${hex}`,
    `&#x0{0,4}${hex};`,
    `&#0{0,4}${character.charCodeAt(0)};`,
    `&${entities[character] ?? escape(character)};`
  ].join("|")
}

// No token is that short; taking "t" out of every text would leave none to read.
const shortest = 4

/**
 * Takes every occurrence of `secret` (visible ASCII) out of a text, whichever way its characters are escaped: servers
 * and proxies echo what they got.
 */
export const scrubber = (secret: string): ((text: string) => string) => {
  if (secret.length < shortest) return (text) => text
  // Without regard to case: the digits of an escape come in both, and a token in capitals still tells most of it.
  const pattern = new RegExp([...secret].map((character) => `(?:${forms(character)})`).join(""), "gi")
  return (text) => text.replaceAll(pattern, "<redacted>")
}

/** The first `length` characters, and how many there were. */
export const cap = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length)}… (${text.length} characters in all)`
