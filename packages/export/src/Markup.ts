/** HTML put together so that no string of a document can become markup: whatever is interpolated is escaped. */

/** Text that is HTML already. */
export interface Markup {
  readonly markup: string
}

export type Part = string | number | Markup | ReadonlyArray<Markup> | undefined

const references: { readonly [character: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;"
}

// Marks that turn the direction of what follows can make a line read as another one.
const bidirectional = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
// HTML cannot hold control characters.
const control = /(?![\t\n\r])\p{Cc}/gu

/** Text for the content of an element or a quoted attribute. */
export const escape = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(control, "\ufffd")
    .replaceAll(bidirectional, (mark) => `⟨U+${mark.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`)
    .replaceAll(/[&<>"']/g, (character) => references[character] ?? "")

const isList = (part: Part): part is ReadonlyArray<Markup> => Array.isArray(part)

const written = (part: Part): string => {
  if (part === undefined) return ""
  if (isList(part)) return part.map(({ markup }) => markup).join("")
  return typeof part === "object" ? part.markup : escape(String(part))
}

/** A template of HTML. Attributes need their quotes in the template. */
export const html = (template: TemplateStringsArray, ...parts: ReadonlyArray<Part>): Markup => ({
  markup: template.reduce((text, piece, index) => text + written(parts[index - 1]) + piece)
})

/** Markup of the project's own, as it is. */
export const raw = (markup: string): Markup => ({ markup })
