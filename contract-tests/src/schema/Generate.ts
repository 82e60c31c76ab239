/** From a JSON Schema to values of it: fast-check arbitraries that shrink, for requests and for answers. */
import * as fc from "fast-check"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import * as JsonNode from "./JsonNode.ts"
import * as NormalizedSchema from "./NormalizedSchema.ts"

export interface Options {
  /** Optional keys may be there with the value `undefined`, and required ones may be missing: for inputs of a program. */
  readonly loose?: boolean
  /** Objects that are not closed get keys nobody declared. */
  readonly extraKeys?: boolean
}

// Empty, long, non-ASCII, and all that is special in a URL.
const special = [
  "",
  " ",
  "0",
  "null",
  "é",
  "日本語",
  "🙂",
  "%",
  "%zz",
  "/",
  "?",
  "#",
  "a/../b",
  "a&b=c",
  "'\"\\",
  "\u0000",
  "x".repeat(300)
]

const text = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc
    .oneof(
      { arbitrary: fc.string({ minLength, maxLength: Math.min(maxLength, minLength + 12) }), weight: 3 },
      {
        arbitrary: fc.string({ unit: "grapheme", minLength, maxLength: Math.min(maxLength, minLength + 12) }),
        weight: 2
      },
      { arbitrary: fc.constantFrom(...special), weight: 2 }
    )
    .filter((value) => [...value].length >= minLength && [...value].length <= maxLength)

/** An address of the web. (`fc.webUrl` takes a second to be made.) */
export const address = fc
  .tuple(fc.domain(), fc.array(fc.string({ maxLength: 8 }), { maxLength: 3 }))
  .map(([domain, segments]) => `https://${domain}/${segments.map(encodeURIComponent).join("/")}`)

const formats: { readonly [format: string]: fc.Arbitrary<string> } = {
  "date-time": fc
    .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
    .map((date) => date.toISOString()),
  date: fc
    .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
    .map((date) => date.toISOString().slice(0, 10)),
  email: fc.emailAddress(),
  uri: address,
  url: address,
  uuid: fc.uuid()
}

const strings = (shape: NormalizedSchema.Shape): fc.Arbitrary<string> => {
  const { format, pattern } = JsonNode.record(shape.node)
  const any = (typeof format === "string" ? formats[format] : undefined) ?? text(shape.minLength, shape.maxLength)
  // Some expressions, an empty one and those that look behind among them, are nothing fast-check can generate by.
  return typeof pattern === "string"
    ? Result.getOrElse(
        Result.try(() => fc.stringMatching(new RegExp(pattern, "u"))),
        () => any
      )
    : any
}

// Small numbers, times in seconds, and the largest JSON keeps.
const integers = (shape: NormalizedSchema.Shape): fc.Arbitrary<number> => {
  const min = Math.max(Math.ceil(shape.minimum), Number.MIN_SAFE_INTEGER)
  const max = Math.min(Math.floor(shape.maximum), Number.MAX_SAFE_INTEGER)
  const edges = [0, -1, 1_700_000_000, 2 ** 31, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, min, max]
  return fc.oneof(fc.integer({ min, max }), fc.constantFrom(...edges.filter((edge) => edge >= min && edge <= max)))
}

const numbers = (shape: NormalizedSchema.Shape): fc.Arbitrary<number> =>
  fc.oneof(
    integers(shape),
    fc
      .double({
        noNaN: true,
        noDefaultInfinity: true,
        min: Math.max(shape.minimum, -1e12),
        max: Math.min(shape.maximum, 1e12)
      })
      // JSON has no negative zero.
      .map((value) => (Object.is(value, -0) ? 0 : value))
  )

const anything: fc.Arbitrary<Schema.Json> = fc
  .jsonValue({ maxDepth: 2 })
  .map((value) => JSON.parse(JSON.stringify(value)) as Schema.Json)

const extraKey = fc.string({ minLength: 1, maxLength: 6 }).map((name) => `x_${name}`)

const extra = fc.dictionary(extraKey, anything, { maxKeys: 2 })

/** Below this no optional field and no item is made: schemas may contain themselves. */
const deepest = 7

const objects = (shape: Alternative, options: Options, depth: number): fc.Arbitrary<unknown> => {
  const { additional, fields, required } = shape
  const [least, most] = [
    Number(shape.rules.get("minProperties") ?? 0),
    Number(shape.rules.get("maxProperties") ?? Infinity)
  ]
  const names = [...required, ...[...fields.keys()].filter((name) => !required.has(name))]
    .filter((name, index) => required.has(name) || index < least || depth < deepest)
    .slice(0, Math.max(most, required.size))
  const closed = additional === false || most <= names.length
  if (names.length === 0 && fields.size === 0) {
    if (additional === false || most === 0) return fc.constant({})
    const values = additional === undefined ? anything : all([additional], options, depth + 1)
    const keys = { minKeys: least, maxKeys: Math.min(most, Math.max(least, 3)) }
    return fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), values, keys)
  }
  const model = Object.fromEntries(
    names.map((name) => {
      const value = all(fields.get(name) ?? [], options, depth + 1)
      return [name, options.loose ? fc.option(value, { nil: undefined, freq: required.has(name) ? 20 : 6 }) : value]
    })
  )
  const record = fc.record(model, { requiredKeys: names.filter((name, index) => required.has(name) || index < least) })
  const missing = least - names.length
  if (missing > 0 && !closed) {
    const fill = fc.dictionary(extraKey, anything, { minKeys: missing, maxKeys: missing + 2 })
    return fc.tuple(record, fill).map(([value, more]) => ({ ...more, ...value }))
  }
  if (!options.extraKeys || closed) return record
  return fc.tuple(record, extra).map(([value, more]) => ({ ...more, ...value }))
}

const arrays = (alternative: Alternative, options: Options, depth: number): fc.Arbitrary<Array<unknown>> =>
  fc.array(all(alternative.items, options, depth + 1), {
    minLength: alternative.minItems,
    maxLength: Math.min(alternative.maxItems, alternative.minItems + (depth < deepest ? 3 : 0))
  })

type Alternative = NormalizedSchema.Alternative

const one = (alternative: Alternative, options: Options, depth: number): fc.Arbitrary<unknown> => {
  const { fields, kinds, typed, values } = alternative
  if (values !== undefined) return values.length === 0 ? fc.constant(null) : fc.constantFrom(...values)
  // Without a type, properties tell what is meant; without those, anything goes.
  if (!typed && fields.size === 0 && alternative.required.size === 0) return anything
  const shape: NormalizedSchema.Shape = { ...alternative, fields: new Map(), choices: new Map() }
  const made = [...(typed ? kinds : ["object" as const])].map((kind): fc.Arbitrary<unknown> => {
    switch (kind) {
      case "null":
        return fc.constant(null)
      case "boolean":
        return fc.boolean()
      case "integer":
        return integers(shape)
      case "number":
        return numbers(shape)
      case "string":
        return strings(shape)
      case "array":
        return arrays(alternative, options, depth)
      case "object":
        return objects(alternative, options, depth)
    }
  })
  return fc.oneof(...made)
}

/** Below this nothing is made at all: a schema may require itself without end. */
const bottom = 16

/** What is made already, by where it stands: schemas may share parts many times over. */
const made = new WeakMap<Options, Map<string, fc.Arbitrary<unknown>>>()

/** Values of a schema that is the conjunction of several. */
const all = (nodes: ReadonlyArray<JsonNode.Node>, options: Options, depth: number): fc.Arbitrary<unknown> => {
  const known = made.get(options) ?? new Map<string, fc.Arbitrary<unknown>>()
  made.set(options, known)
  const key = `${depth} ${nodes.map(({ pointer }) => pointer).join(" ")}`
  const values = known.get(key) ?? conjunction(nodes, options, depth)
  known.set(key, values)
  return values
}

const conjunction = (nodes: ReadonlyArray<JsonNode.Node>, options: Options, depth: number): fc.Arbitrary<unknown> => {
  const [first, ...rest] = nodes
  if (first === undefined) return anything
  if (depth > bottom) return fc.constant(null)
  const node = rest.length === 0 ? first : { ...first, value: { allOf: nodes.map(({ value }) => value) } }
  const ways = NormalizedSchema.alternatives(node)
  return ways.length === 0 ? fc.constant(null) : fc.oneof(...ways.map((way) => one(way, options, depth)))
}

/** Values of a schema. Not every keyword is understood: check what comes out with a validator. */
export const values = (node: JsonNode.Node, options: Options = {}): fc.Arbitrary<unknown> =>
  all([node], { ...options }, 0)
