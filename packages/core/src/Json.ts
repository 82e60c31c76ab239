/**
 * JSON whose numbers survive. A JavaScript number has no room for `9007199254740993`, `1e400` or, once written, `-0`.
 * {@link parse} gives such a number as the nearest one there is, as `JSON.parse` does, and remembers its digits beside
 * the object or array that holds it; {@link stringify} writes those digits again. Values stay what their types say.
 *
 * The digits belong to the very object that was parsed: a copy (`{ ...contact }`) has none, unless {@link copyDigits}
 * carries them over. Neither function is limited by the depth of a value.
 *
 * @example
 * ```ts
 * import { Contacts, Json } from "@effect-intercom/core"
 * import { Effect, Stream } from "effect"
 *
 * // Each contact as a line of JSON, digit for digit as it was received.
 * const lines = Contacts.use(({ list }) =>
 *   list.items({ per_page: 150 }).pipe(Stream.map((contact) => Json.stringify(contact)), Stream.runCollect)
 * ).pipe(Effect.provideService(Json.Lossless, true))
 * ```
 */
import * as Context from "effect/Context"

/**
 * Whether the bodies of answers are parsed by {@link parse} (which takes about a sixth longer) instead of `JSON.parse`,
 * for the calls inside an effect. Off by default; exports turn it on.
 */
export const Lossless = Context.Reference<boolean>("@effect-intercom/core/Json/Lossless", { defaultValue: () => false })

type Container = Array<unknown> | { [field: string]: unknown }

// By object or array: the digits of its numbers that are not what they were, by key.
const digitsIn = new WeakMap<object, Map<string, string>>()

// As long as there are none, `JSON.stringify` does as well, and is faster.
const kept = { any: false }

const keep = (container: object, key: string | number, digits: string | undefined): void => {
  if (digits === undefined && !kept.any) return
  const known = digitsIn.get(container)
  if (digits === undefined) return void known?.delete(String(key))
  kept.any = true
  if (known === undefined) digitsIn.set(container, new Map([[String(key), digits]]))
  else known.set(String(key), digits)
}

/**
 * How the number at a key of an object or array was written, where the number itself does not tell; else `undefined`.
 */
export const digits = (container: object, key: string | number): string | undefined =>
  kept.any ? digitsIn.get(container)?.get(String(key)) : undefined

/** Says of the number at a key of a copy what is known of the original's. */
export const copyDigits = (from: object, key: string | number, to: object, toKey: string | number = key): void =>
  keep(to, toKey, digits(from, key))

// ---------------------------------------------------------------------------------------------------------------------
// parsing
// ---------------------------------------------------------------------------------------------------------------------

/** `JSON.parse`, but for the digits that are kept; throws the same `SyntaxError` for a text that is no JSON. */
export const parse = (text: string): unknown => {
  const value: unknown = JSON.parse(text)
  return mayLose(text) || hasLost(value, mostLookedThrough) ? parseValid(text) : value
}

const [tab, lineFeed, carriageReturn, space] = [9, 10, 13, 32]
const [quote, comma, point, zero, nine, colon] = [34, 44, 46, 48, 57, 58]
const [upperE, openBracket, backslash, closeBracket, lowerE, openBrace, closeBrace] = [69, 91, 92, 93, 101, 123, 125]

const isDigit = (code: number): boolean => code >= zero && code <= nine
const isE = (code: number): boolean => code === lowerE || code === upperE
const isSpace = (code: number): boolean =>
  code === space || code === lineFeed || code === carriageReturn || code === tab
/** Whether a number can end before this character: the end of the text has no code. */
const isAfterNumber = (code: number): boolean =>
  code === comma || code === closeBrace || code === closeBracket || isSpace(code) || Number.isNaN(code)

/** Fewer significant digits than this always come back as they were. */
const tooManyDigits = 16

// Looking for the rare characters, which is fast, tells nearly as much as looking at each. What only looks like a number,
// as it is part of a string, costs a slower way of parsing and nothing else.
const mayLose = (text: string): boolean => hasLongFraction(text) || hasOddMinus(text)

const hasLongFraction = (text: string): boolean => {
  for (let at = text.indexOf("."); at >= 0; at = text.indexOf(".", at + 1)) {
    let from = at
    while (at - from < tooManyDigits && isDigit(text.charCodeAt(from - 1))) from--
    if (from === at) continue
    let to = at
    while (to - at < tooManyDigits && isDigit(text.charCodeAt(to + 1))) to++
    if (to === at) continue
    if (at - from + (to - at) >= tooManyDigits) return true
  }
  return false
}

/** Finds `-0`, and exponents so far below zero that a number becomes zero. */
const hasOddMinus = (text: string): boolean => {
  for (let at = text.indexOf("-"); at >= 0; at = text.indexOf("-", at + 1)) {
    let to = at + 1
    if (isE(text.charCodeAt(at - 1))) {
      while (isDigit(text.charCodeAt(to))) to++
      if (to - at > 2 && isAfterNumber(text.charCodeAt(to))) return true
    } else if (text.charCodeAt(to) === zero && !isDigit(text.charCodeAt(at - 1))) {
      while (text.charCodeAt(to) === zero || text.charCodeAt(to) === point) to++
      if (isE(text.charCodeAt(to)) || isAfterNumber(text.charCodeAt(to))) return true
    }
  }
  return false
}

// Deeper values are parsed the slower way, which needs no stack.
const mostLookedThrough = 500

/** Whether there is a number beyond the integers, which `hasLongFraction` does not look for. */
const hasLost = (value: unknown, depth: number): boolean => {
  if (typeof value === "number") return !(value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER)
  if (typeof value !== "object" || value === null) return false
  if (depth === 0) return true
  if (Array.isArray(value)) {
    for (const item of value as ReadonlyArray<unknown>) if (hasLost(item, depth - 1)) return true
    return false
  }
  // Faster than any list of keys; what `JSON.parse` makes inherits nothing that can be enumerated.
  for (const key in value) if (hasLost((value as { readonly [key: string]: unknown })[key], depth - 1)) return true
  return false
}

/** Parses a text that is JSON: `JSON.parse` has said so. */
const parseValid = (text: string): unknown => {
  const open: Array<Container> = []
  let root: unknown
  let key: string | undefined
  const put = (value: unknown, digits?: string) => {
    const into = open.at(-1)
    if (into === undefined) root = value
    else if (Array.isArray(into)) {
      if (digits !== undefined) keep(into, into.length, digits)
      into.push(value)
    } else {
      const name = key ?? ""
      setField(into, name, value)
      // Of fields with one name the last one counts.
      keep(into, name, digits)
      key = undefined
    }
  }
  let at = 0
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === comma || code === colon || isSpace(code)) at++
    else if (code === openBrace || code === openBracket) {
      const container = code === openBrace ? {} : []
      put(container)
      open.push(container)
      at++
    } else if (code === closeBrace || code === closeBracket) {
      open.pop()
      at++
    } else if (code === quote) {
      const end = endOfString(text, at)
      const string = stringOf(text.slice(at, end))
      const into = open.at(-1)
      if (into !== undefined && !Array.isArray(into) && key === undefined) key = string
      else put(string)
      at = end
    } else {
      const start = at
      while (!isAfterNumber(text.charCodeAt(at))) at++
      const word = text.slice(start, at)
      const value: unknown = JSON.parse(word)
      put(value, typeof value === "number" && !isSame(value, word) ? word : undefined)
    }
  }
  return root
}

/** Sets a field, whatever its name: an assignment to `__proto__` would set something else. */
const setField = (fields: { [field: string]: unknown }, name: string, value: unknown): void => {
  if (name !== "__proto__") fields[name] = value
  else Object.defineProperty(fields, name, { value, writable: true, enumerable: true, configurable: true })
}

const endOfString = (text: string, start: number): number => {
  let end = text.indexOf('"', start + 1)
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end + 1
}

const isEscaped = (text: string, at: number): boolean => {
  let from = at
  while (text.charCodeAt(from - 1) === backslash) from--
  return (at - from) % 2 === 1
}

const stringOf = (literal: string): string =>
  // A string of JSON is one.
  literal.includes("\\") ? (JSON.parse(literal) as string) : literal.slice(1, -1)

/** Whether a number, written down again, is the number it was. */
const isSame = (value: number, word: string): boolean => {
  const written = String(value)
  return written === word || (Number.isFinite(value) && decimal(written) === decimal(word))
}

/** The same text for the same number: `-12e-1` for `-1.20`. */
const decimal = (word: string): string => {
  const [mantissa = "", exponent = "0"] = word.toLowerCase().split("e")
  const sign = mantissa.startsWith("-") ? "-" : ""
  const [whole = "", fraction = ""] = mantissa.slice(sign.length).split(".")
  const all = whole + fraction
  let [from, to] = [0, all.length]
  while (all.charCodeAt(from) === zero) from++
  while (to > from && all.charCodeAt(to - 1) === zero) to--
  return to === from
    ? `${sign}0`
    : `${sign}${all.slice(from, to)}e${Number(exponent) - fraction.length + all.length - to}`
}

// ---------------------------------------------------------------------------------------------------------------------
// writing
// ---------------------------------------------------------------------------------------------------------------------

/**
 * A JSON value as text, as `JSON.stringify` writes it but for the digits that were kept. With `sorted`, the keys of each
 * object are in the order of their UTF-16 code units, so that equal values are equal texts.
 */
export const stringify = (value: unknown, { sorted = false }: { readonly sorted?: boolean } = {}): string => {
  if (sorted || kept.any) return write(value, sorted)
  try {
    return JSON.stringify(value) ?? "null"
  } catch (error) {
    // It is nested too deep for a function that calls itself.
    if (error instanceof RangeError) return write(value, sorted)
    throw error
  }
}

/** An object or array that is being written. */
interface Frame {
  readonly container: object
  /** Those that are still to be written, the next one last. */
  readonly keys: Array<string>
  readonly isArray: boolean
  isFirst: boolean
}

const write = (root: unknown, sorted: boolean): string => {
  const frames: Array<Frame> = []
  let text = ""
  const begin = (value: unknown, digits?: string) => {
    if (digits !== undefined) text += digits
    else if (typeof value !== "object" || value === null) text += JSON.stringify(value) ?? "null"
    else {
      const isArray = Array.isArray(value)
      const keys = Object.keys(value).filter((key) => isArray || isWritten(Reflect.get(value, key)))
      frames.push({
        container: value,
        isArray,
        keys: (sorted && !isArray ? keys.toSorted() : keys).toReversed(),
        isFirst: true
      })
      text += isArray ? "[" : "{"
    }
  }
  begin(root)
  for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
    const { container, isArray, isFirst, keys } = frame
    const key = keys.pop()
    if (key === undefined) {
      text += isArray ? "]" : "}"
      frames.pop()
    } else {
      frame.isFirst = false
      text += `${isFirst ? "" : ","}${isArray ? "" : `${JSON.stringify(key)}:`}`
      begin(Reflect.get(container, key), digits(container, key))
    }
  }
  return text
}

/** Whether a field has a place in JSON. */
const isWritten = (value: unknown): boolean => value !== undefined && typeof value !== "function"

// ---------------------------------------------------------------------------------------------------------------------
// depth
// ---------------------------------------------------------------------------------------------------------------------

/** Where a value nests deeper than `most` objects and arrays in each other; `undefined` where it does not. */
export const deeperThan = (value: unknown, most: number): ReadonlyArray<PropertyKey> | undefined => {
  if (typeof value !== "object" || value === null) return undefined
  if (most === 0) return []
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const path = deeperThan(value[index], most - 1)
      if (path !== undefined) return [index, ...path]
    }
    return undefined
  }
  for (const key in value) {
    const path = deeperThan((value as { readonly [key: string]: unknown })[key], most - 1)
    if (path !== undefined) return [key, ...path]
  }
  return undefined
}
