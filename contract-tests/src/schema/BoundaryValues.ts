/** Values on both sides of what a schema says, keyword by keyword. Which side a value is on is for a validator to say. */
import type * as Schema from "effect/Schema"
import * as Example from "./Example.ts"
import type * as JsonNode from "./JsonNode.ts"
import * as NormalizedSchema from "./NormalizedSchema.ts"

export interface Edge {
  /** The keyword whose edge this is; `text` and `range` are edges of JSON and URLs themselves. */
  readonly keyword: string
  readonly value: unknown
}

/** A value of each kind, the empty ones as well. */
const kinds: ReadonlyArray<Schema.Json> = [null, true, 1, 1.5, "edge", [], ["edge"], {}, { edge: true }]

const long = "x".repeat(8192)

/** Texts that are special to JSON or UTF-8. */
const jsonTexts: ReadonlyArray<string> = ["", long, "é日本語🙂", "\ud800", "\u0000", "line\nline\r\n", "\ufeff"]

/** Texts that are special in a URL, besides. */
export const urlTexts: ReadonlyArray<string> = [
  "",
  " ",
  "%",
  "%zz",
  "%2F",
  "100%",
  "/",
  "a/b",
  "?",
  "a?b=c",
  "#",
  "a#b",
  "&",
  "a=b&c=d",
  "+",
  "a b",
  ".",
  "..",
  "../me",
  "a/../../me",
  "%2e%2e",
  ";",
  ":",
  "@",
  "\\",
  "'\"<>`{}|^[]",
  "null",
  "undefined",
  "é",
  "日本語",
  "🙂",
  "e\u0301",
  "\ud800",
  "\udc00a",
  "a\ud83d",
  "\u0000",
  "\u007f",
  "a\nb",
  "a\r\nX-Header: b",
  "\t",
  "\u2028",
  "\ufeff",
  long
]

const around = (value: number): ReadonlyArray<number> => [value - 1, value - 0.5, value, value + 0.5, value + 1]

const lengths = (from: number, to: number): ReadonlyArray<number> =>
  [from - 1, from, from + 1, to - 1, to, to + 1].filter(
    (length) => Number.isFinite(length) && length >= 0 && length <= 100_000
  )

const of = (keyword: string, values: ReadonlyArray<unknown>): ReadonlyArray<Edge> =>
  values.map((value) => ({ keyword, value }))

// Other length in UTF-16 than in characters.
const wide = "🙂"

const samples: { readonly [format: string]: ReadonlyArray<unknown> } = {
  "date-time": ["2023-11-14T22:13:20Z", "2023-11-14", 1_700_000_000],
  date: ["2023-11-14", "2023-13-45"],
  email: ["someone@example.com", "nobody", "@"],
  uri: ["https://example.com/", "not a uri"],
  url: ["https://example.com/", "not a url"],
  uuid: ["0189d5a4-7f1c-7c3e-8f6a-1b2c3d4e5f60", "0189d5a4"],
  int32: [2_147_483_647, 2_147_483_648, -2_147_483_648, -2_147_483_649]
}

const ofStrings = ({ maxLength, minLength, rules }: NormalizedSchema.Alternative): ReadonlyArray<Edge> => {
  const bounded = minLength > 0 || Number.isFinite(maxLength)
  return [
    ...(bounded
      ? lengths(minLength, maxLength).flatMap((length) => of("length", ["x".repeat(length), wide.repeat(length)]))
      : []),
    ...(rules.has("pattern") ? of("pattern", ["", " ", "x", "X", "0", "x0", "é", "x\n", long]) : []),
    ...of("text", jsonTexts)
  ]
}

const ofNumbers = ({ kinds, maximum, minimum, rules }: NormalizedSchema.Alternative): ReadonlyArray<Edge> => {
  const exclusive = [rules.get("exclusiveMinimum"), rules.get("exclusiveMaximum")]
  // What JSON keeps exactly is no bound of anyone's.
  const bounds = [minimum, maximum, ...exclusive].filter(
    (bound) => typeof bound === "number" && Math.abs(bound) < Number.MAX_SAFE_INTEGER
  )
  const step = rules.get("multipleOf")
  return [
    ...bounds.flatMap((bound) => of("bounds", around(Number(bound)))),
    ...(typeof step === "number" ? of("multipleOf", [0, step, step * 3, step * 1.5, step + step / 3]) : []),
    ...of("bounds", kinds.has("integer") ? [0, -1] : [0, -1, 0.1]),
    ...of("range", [
      Number.MAX_SAFE_INTEGER,
      Number.MIN_SAFE_INTEGER,
      Number.MAX_SAFE_INTEGER + 1,
      Number.MIN_SAFE_INTEGER - 1,
      1e300
    ])
  ]
}

const ofArrays = ({ items, maxItems, minItems, rules }: NormalizedSchema.Alternative): ReadonlyArray<Edge> => {
  const item = Example.of(items)
  return [
    ...of(
      "items",
      lengths(minItems, maxItems)
        .filter((length) => length <= 1000)
        .map((length) => Array.from({ length }, () => item))
    ),
    ...of("items", [[], [item], [null]]),
    ...(rules.has("uniqueItems") ? of("uniqueItems", [[item, item]]) : [])
  ]
}

const beside = (value: Schema.Json): ReadonlyArray<Schema.Json> => {
  if (typeof value === "string") return [`${value}_`, value.toUpperCase(), value.slice(1)]
  return typeof value === "number" ? [value + 1] : []
}

const ofValues = (values: ReadonlyArray<Schema.Json> = []): ReadonlyArray<Edge> =>
  of("enum", [...values, ...values.flatMap(beside)])

const ofAlternative = (alternative: NormalizedSchema.Alternative): ReadonlyArray<Edge> => {
  const { kinds, rules, typed, values } = alternative
  const format = rules.get("format")
  return [
    ...ofValues(values),
    ...(typeof format === "string" ? of("format", samples[format] ?? ["x"]) : []),
    ...(!typed || values !== undefined
      ? []
      : [
          ...(kinds.has("string") ? ofStrings(alternative) : []),
          ...(kinds.has("integer") || kinds.has("number") ? ofNumbers(alternative) : []),
          ...(kinds.has("array") ? ofArrays(alternative) : [])
        ])
  ]
}

/** Two values that are no object, for a place whose edges were tried elsewhere. */
export const noObjects: ReadonlyArray<Edge> = of("type", [null, "edge"])

/** Values on both sides of everything some schemas say of one place; the same value once. */
export const values = (nodes: ReadonlyArray<JsonNode.Node>): ReadonlyArray<Edge> => {
  const all = [...of("type", kinds), ...nodes.flatMap(NormalizedSchema.alternatives).flatMap(ofAlternative)]
  return [...new Map(all.toReversed().map((edge) => [JSON.stringify(edge.value), edge])).values()].toReversed()
}
