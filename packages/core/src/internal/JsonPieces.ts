/**
 * JSON in pieces. A page is a string of some hundred kilobytes, for which the engine takes fresh memory each time; with one
 * character past Latin-1, an emoji in one record, it takes two bytes for each of its characters. Its records one by one
 * are small: decoded and parsed in half the time, and garbage that is cheap to collect.
 */
import * as Result from "effect/Result"

/** A text that is JSON when each of its pieces is. */
export interface JsonPieces {
  /** All of it, with a mark in the place of what its lists of objects hold. */
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

/** The name of a field, where it stands, and those before it. */
interface Place {
  readonly before: Place | undefined
  readonly depth: number
  readonly from: number
  readonly to: number
}

/** Where the content of a list begins and ends. */
interface Found {
  readonly place: Place | undefined
  readonly from: number
  readonly to: number
  readonly items: ReadonlyArray<string>
}

/** `undefined` where it is read better in one piece: it is short, is no JSON or no UTF-8, or has no list of objects. */
export const split = (bytes: Uint8Array): JsonPieces | undefined => {
  if (bytes.length < worthwhile || bytes[0] !== openBrace) return undefined
  const lists: Array<Found> = []
  return Result.getOrUndefined(
    Result.try(() => {
      const end = endOfValue(bytes, 0, undefined, lists)
      return end === undefined || lists.length === 0 ? undefined : piecesOf(bytes, lists)
    })
  )
}

/** The value, each piece parsed; throws where one is no JSON. */
export const parse = ({ frame, lists }: JsonPieces, parseText: (text: string) => unknown): unknown => {
  const root = parseText(frame)
  for (const [index, { items, path }] of lists.entries()) {
    const values = items.map((item) => parseText(item))
    const into = path.reduce(field, root)
    // Of fields with one name the last one counts, which may be another.
    if (!Array.isArray(into) || into.length !== 1 || into[0] !== mark(index)) continue
    into.pop()
    for (const value of values) into.push(value)
  }
  return root
}

const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as { readonly [name: string]: unknown })[name]
    : undefined

const secret = { mark: "" }

// Nobody who answers may know it: what stands there already would be taken for a list that was elsewhere.
const mark = (index: number) => `${(secret.mark ||= Math.random().toString(36))} ${index}`

const piecesOf = (bytes: Uint8Array, found: ReadonlyArray<Found>): JsonPieces => {
  let frame = ""
  let at = 0
  for (const [index, { from, to }] of found.entries()) {
    frame += strict.decode(bytes.subarray(at, from)) + JSON.stringify(mark(index))
    at = to
  }
  return {
    frame: frame + strict.decode(bytes.subarray(at)),
    lists: found.map(({ items, place }) => ({ path: pathOf(bytes, place), items }))
  }
}

const pathOf = (bytes: Uint8Array, place: Place | undefined): ReadonlyArray<string> =>
  place === undefined
    ? []
    : // It is between quotes.
      [...pathOf(bytes, place.before), JSON.parse(strict.decode(bytes.subarray(place.from, place.to))) as string]

// Each of these gives where something ends, from where it begins; `undefined` where that is not seen.

const endOfValue = (
  bytes: Uint8Array,
  from: number,
  place: Place | undefined,
  found: Array<Found>
): number | undefined => {
  const at = endOfSpace(bytes, from)
  if (bytes[at] === openBrace) return endOfFields(bytes, at, place, found)
  if (bytes[at] === openBracket) return endOfList(bytes, at, place, found)
  if (bytes[at] === quote) return endOfString(bytes, at)
  return endOfLiteral(bytes, at)
}

const endOfFields = (
  bytes: Uint8Array,
  from: number,
  before: Place | undefined,
  found: Array<Found>
): number | undefined => {
  const depth = before === undefined ? 1 : before.depth + 1
  if (depth > deepest) return undefined
  let at = endOfSpace(bytes, from + 1)
  if (bytes[at] === closeBrace) return at + 1
  for (;;) {
    if (bytes[at] !== quote) return undefined
    const to = endOfString(bytes, at)
    const place = { before, depth, from: at, to }
    at = endOfSpace(bytes, to)
    if (bytes[at] !== colon) return undefined
    const end = endOfValue(bytes, at + 1, place, found)
    if (end === undefined) return undefined
    at = endOfSpace(bytes, end)
    if (bytes[at] === closeBrace) return at + 1
    if (bytes[at] !== comma) return undefined
    at = endOfSpace(bytes, at + 1)
  }
}

const endOfList = (
  bytes: Uint8Array,
  from: number,
  place: Place | undefined,
  found: Array<Found>
): number | undefined => {
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
      found.push({ place, from: from + 1, to: at, items })
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
