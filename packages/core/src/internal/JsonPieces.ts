/**
 * JSON in pieces. A page is a string of some hundred kilobytes, for which the engine takes fresh memory each time; with one
 * character past Latin-1, an emoji in one record, it takes two bytes for each of its characters. Its records one by one
 * are small: decoded and parsed in half the time, and garbage that is cheap to collect.
 */
import * as Result from "effect/Result"

/** A text that is JSON when each of its pieces is. */
export interface JsonPieces {
  /** All of it, its lists of objects empty. */
  readonly frame: string
  readonly lists: ReadonlyArray<List>
}

interface List {
  /** The names of the fields that lead to it. */
  readonly path: ReadonlyArray<string>
  readonly items: ReadonlyArray<string>
}

/** Smaller bodies are as fast in one piece. */
const worthwhile = 16_384

/** What is nested deeper is read in one piece. */
const deepest = 50

const strict = new TextDecoder("utf-8", { fatal: true })

const [tab, lineFeed, carriageReturn, space] = [9, 10, 13, 32]
const [quote, comma, colon, backslash] = [34, 44, 58, 92]
const [openBracket, closeBracket, openBrace, closeBrace] = [91, 93, 123, 125]

/** A list that was found, and where its content begins and ends. */
interface Found extends List {
  readonly from: number
  readonly to: number
}

/**
 * `undefined` where it is read better in one piece: it is short, is no JSON or no UTF-8, has no list of objects, or a name
 * twice, of which the last one counts.
 */
export const split = (bytes: Uint8Array): JsonPieces | undefined => {
  if (bytes.length < worthwhile || bytes[0] !== openBrace) return undefined
  const found: Array<Found> = []
  // Bytes that are no UTF-8, and names that are no strings, throw.
  const end = Result.getOrUndefined(Result.try(() => endOfValue({ bytes, found }, 0, [])))
  if (end === undefined || found.length === 0) return undefined
  return Result.getOrUndefined(Result.try(() => ({ frame: frameOf(bytes, found), lists: found })))
}

/** The value, each piece parsed; throws where one is no JSON. */
export const parse = ({ frame, lists }: JsonPieces, parseText: (text: string) => unknown): unknown => {
  const root = parseText(frame)
  for (const { items, path } of lists) {
    // It is where it was found.
    const list = path.reduce<unknown>((fields, name) => (fields as Fields)[name], root) as Array<unknown>
    for (const item of items) list.push(parseText(item))
  }
  return root
}

interface Fields {
  readonly [name: string]: unknown
}

const frameOf = (bytes: Uint8Array, found: ReadonlyArray<Found>): string => {
  let frame = ""
  let at = 0
  for (const { from, to } of found) {
    frame += strict.decode(bytes.subarray(at, from))
    at = to
  }
  return frame + strict.decode(bytes.subarray(at))
}

interface Scan {
  readonly bytes: Uint8Array
  readonly found: Array<Found>
}

type Path = ReadonlyArray<string>

// Each of these gives where something ends, from where it begins; `undefined` where that is not seen.

const endOfValue = (scan: Scan, from: number, path: Path): number | undefined => {
  const { bytes } = scan
  const at = endOfSpace(bytes, from)
  if (bytes[at] === openBrace) return endOfFields(scan, at, path)
  if (bytes[at] === openBracket) return endOfList(scan, at, path)
  return bytes[at] === quote ? endOfString(bytes, at) : endOfLiteral(bytes, at)
}

const endOfFields = (scan: Scan, from: number, path: Path): number | undefined => {
  const { bytes } = scan
  if (path.length === deepest) return undefined
  const names = new Set<string>()
  let at = endOfSpace(bytes, from + 1)
  if (bytes[at] === closeBrace) return at + 1
  for (;;) {
    if (bytes[at] !== quote) return undefined
    const to = endOfString(bytes, at)
    // A string, as it is between quotes.
    const name = JSON.parse(strict.decode(bytes.subarray(at, to))) as string
    if (names.has(name)) return undefined
    names.add(name)
    at = endOfSpace(bytes, to)
    if (bytes[at] !== colon) return undefined
    const end = endOfValue(scan, at + 1, [...path, name])
    if (end === undefined) return undefined
    at = endOfSpace(bytes, end)
    if (bytes[at] === closeBrace) return at + 1
    if (bytes[at] !== comma) return undefined
    at = endOfSpace(bytes, at + 1)
  }
}

const endOfList = ({ bytes, found }: Scan, from: number, path: Path): number | undefined => {
  let at = endOfSpace(bytes, from + 1)
  if (bytes[at] !== openBrace) return endOfBrackets(bytes, from)
  const items: Array<string> = []
  for (;;) {
    if (bytes[at] !== openBrace) return undefined
    const end = endOfBrackets(bytes, at)
    if (end === undefined) return undefined
    items.push(strict.decode(bytes.subarray(at, end)))
    at = endOfSpace(bytes, end)
    if (bytes[at] === closeBracket) {
      found.push({ path, items, from: from + 1, to: at })
      return at + 1
    }
    if (bytes[at] !== comma) return undefined
    at = endOfSpace(bytes, at + 1)
  }
}

/** Of an object or list, whatever is in it. */
const endOfBrackets = (bytes: Uint8Array, from: number): number | undefined => {
  let depth = 0
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === quote) at = endOfString(bytes, at) - 1
    else if (byte === openBrace || byte === openBracket) depth++
    else if ((byte === closeBrace || byte === closeBracket) && --depth === 0) return at + 1
  }
  return undefined
}

const endOfString = (bytes: Uint8Array, from: number): number => {
  let at = from + 1
  while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1
  return at + 1
}

const endOfLiteral = (bytes: Uint8Array, from: number): number => {
  let at = from
  while (at < bytes.length && bytes[at] !== comma && bytes[at] !== closeBrace && bytes[at] !== closeBracket) at++
  return at
}

const endOfSpace = (bytes: Uint8Array, from: number): number => {
  let at = from
  while (isSpace(bytes[at])) at++
  return at
}

const isSpace = (byte: number | undefined): boolean =>
  byte === space || byte === lineFeed || byte === carriageReturn || byte === tab
