/** Text from outside, as it can be shown: in a terminal, and in a log that reads commands out of lines, as GitHub's does. */

/**
 * Controls, DEL and C1 among them; marks that change the direction of what comes after them; separators of lines. They
 * can move the cursor, set titles, and make a text read as another.
 */
// oxlint-disable-next-line no-control-regex
const unprintable = /[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

const short: { readonly [character: string]: string } = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }

const unicode = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`

const escape = (character: string): string => short[character] ?? unicode(character)

/** The commands of GitHub's log: `::error::…` at the start of a line, `##[error]…` anywhere. */
const disarmed = (line: string): string => line.replace(/^(\s*):(?=:)/, "$1\\u003a").replaceAll("##[", "#\\u0023[")

/** One line: whatever could do something else than be read is an escape such as `\u001b`; a line break is `\n`. */
export const line = (text: string): string => disarmed(text.replaceAll(unprintable, escape))

/** The same for a text of several lines, which stay lines. */
export const lines = (text: string): string => text.split("\n").map(line).join("\n")

/** The same for a text that is JSON, and stays it: what has to be escaped in it is in its strings. */
export const json = (text: string): string => text.replaceAll(unprintable, unicode).replaceAll("##[", "#\\u0023[")
