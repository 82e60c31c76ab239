/** The text of a YAML or JSON file, and the lines at which it says what a JSON pointer names. */
import * as JsonPointer from "effect/JsonPointer"
import * as Yaml from "yaml"

/** Where a value is said. Lines and columns count from 1. */
export interface Span {
  /** The line of its key, or of the value itself where it has none. */
  readonly line: number
  readonly column: number
  /** The last line of the value. */
  readonly end: number
  /** How many of the pointer's tokens lead there: fewer than it has where it names what is not in the file. */
  readonly depth: number
}

/** Lines of a file, cut to a readable width. */
export interface Excerpt {
  /** The number of the first. */
  readonly first: number
  readonly lines: ReadonlyArray<string>
}

export interface PositionedText {
  /** The place a pointer names, or the nearest above it that is there; `undefined` when the text is no YAML at all. */
  readonly locate: (pointer: string) => Span | undefined
  /** {@link locate} by tokens, below the place another pointer names. */
  readonly locateIn: (pointer: string, tokens: ReadonlyArray<string>) => Span | undefined
  /** The lines of a place, with two around it, and no more than fit on a screen. */
  readonly excerpt: (span: Span) => Excerpt
}

/** The tokens of a JSON pointer. */
export const tokensOf = (pointer: string): ReadonlyArray<string> =>
  pointer.split("/").slice(1).map(JsonPointer.unescapeToken)

interface Step {
  readonly value: unknown
  readonly start: number | undefined
}

const keyOf = (key: unknown): string => String(Yaml.isScalar(key) ? key.value : key)

const step = (document: Yaml.Document, node: unknown, token: string): Step | undefined => {
  const value = Yaml.isAlias(node) ? node.resolve(document) : node
  if (Yaml.isMap(value)) {
    const pair = value.items.find(({ key }) => keyOf(key) === token)
    return pair && { value: pair.value, start: Yaml.isNode(pair.key) ? pair.key.range?.[0] : undefined }
  }
  if (!Yaml.isSeq(value)) return undefined
  const item = value.items[Number(token)]
  return item === undefined ? undefined : { value: item, start: Yaml.isNode(item) ? item.range?.[0] : undefined }
}

const most = { lines: 9, before: 2, after: 2, width: 160 }

// A document without line breaks is one line of a megabyte.
const cut = (line: string, column: number): string => {
  if (line.length <= most.width) return line
  const from = column > most.width - 40 ? column - 40 : 0
  const shown = line.slice(from, from + most.width)
  return `${from > 0 ? "…" : ""}${shown}${from + most.width < line.length ? "…" : ""}`
}

// The parser that knows lines takes minutes for more.
const mostCharacters = 4_000_000

const parse = (text: string) => {
  const counter = new Yaml.LineCounter()
  if (text.length > mostCharacters) return { counter, document: new Yaml.Document() }
  // Whether the file can be used is for others to say: here every line that can be found is welcome.
  const document = Yaml.parseDocument(text, { lineCounter: counter, uniqueKeys: false, logLevel: "silent" })
  return { counter, document }
}

/** Reads a file's text; it is parsed when the first place is asked for. */
export const make = (text: string): PositionedText => {
  const lines = text.split(/\r\n|\r|\n/)
  let parsed: ReturnType<typeof parse> | undefined
  const locate = (tokens: ReadonlyArray<string>): Span | undefined => {
    const { counter, document } = (parsed ??= parse(text))
    if (document.contents === null) return undefined
    let at: Step = { value: document.contents, start: document.contents.range?.[0] }
    let start = at.start ?? 0
    let depth = 0
    for (const token of tokens) {
      const next = step(document, at.value, token)
      if (next === undefined) break
      at = next
      start = at.start ?? start
      depth++
    }
    const { col: column, line } = counter.linePos(start)
    const end = Yaml.isNode(at.value) && at.value.range ? at.value.range[1] : start
    return { line, column, end: Math.max(line, counter.linePos(Math.max(start, end - 1)).line), depth }
  }
  return {
    locate: (pointer) => locate(tokensOf(pointer)),
    locateIn: (pointer, tokens) => locate([...tokensOf(pointer), ...tokens]),
    excerpt: ({ column, end, line }) => {
      const first = Math.max(1, line - most.before)
      const last = Math.min(Math.max(end, line + most.after), first + most.lines - 1, lines.length)
      return { first, lines: lines.slice(first - 1, last).map((one) => cut(one, column)) }
    }
  }
}
