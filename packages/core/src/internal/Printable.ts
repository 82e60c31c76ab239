// Control characters, what turns the direction of a line, line separators, and halves of a character.
const unprintable = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/gu

const names: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }

/** A text from outside as it can be shown anywhere: it moves no cursor, hides nothing, and stays on its line. */
export const printable = (text: string): string =>
  text.replaceAll(
    unprintable,
    (character) => names[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
  )
