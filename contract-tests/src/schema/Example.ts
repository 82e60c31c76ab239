/** One plain value of a schema, with every field there is: what edges, broken answers and model servers start from. */
import * as JsonNode from "./JsonNode.ts"
import * as NormalizedSchema from "./NormalizedSchema.ts"

const order: ReadonlyArray<NormalizedSchema.Kind> = [
  "object",
  "array",
  "string",
  "integer",
  "number",
  "boolean",
  "null"
]

/** Schemas may contain themselves; below this only what is required is there. */
const deepest = 5

const texts: { readonly [format: string]: string } = {
  "date-time": "2023-11-14T22:13:20Z",
  date: "2023-11-14",
  email: "someone@example.com",
  uri: "https://example.com/",
  url: "https://example.com/",
  uuid: "0189d5a4-7f1c-7c3e-8f6a-1b2c3d4e5f60",
  ipv4: "192.0.2.1",
  hostname: "example.com"
}

const textOf = ({ maxLength, minLength, node, rules }: NormalizedSchema.Alternative): string => {
  const format = rules.get("format") ?? JsonNode.record(node)["format"]
  const known = typeof format === "string" ? texts[format] : undefined
  return known ?? "text".repeat(1 + Math.ceil(minLength / 4)).slice(0, Math.max(minLength, Math.min(maxLength, 4)))
}

const numberOf = ({ maximum, minimum, rules }: NormalizedSchema.Alternative): number => {
  const step = rules.get("multipleOf")
  const unit = typeof step === "number" ? step : 1
  const from = Math.max(minimum, Math.min(maximum, unit))
  return Math.ceil(from / unit) * unit
}

/** Where one side has several objects to choose from and the other has one with all their fields: those of the first. */
const ofOthers = (nodes: ReadonlyArray<JsonNode.Node>): ReadonlySet<string> => {
  const [first, ...rest] = nodes
    .flatMap(NormalizedSchema.alternatives)
    .filter(({ fields, kinds }) => kinds.has("object") && fields.size > 0)
  return new Set(rest.flatMap(({ fields }) => [...fields.keys()].filter((name) => first?.fields.has(name) === false)))
}

/** Every field; only what is required; null wherever it may be; null wherever nothing with fields may be. */
export type Variant = "full" | "bare" | "nulls" | "leaves"

const valueOf = (
  alternative: NormalizedSchema.Alternative,
  kind: NormalizedSchema.Kind,
  other: ReadonlyArray<JsonNode.Node>,
  depth: number,
  variant: Variant
): unknown => {
  switch (kind) {
    case "null":
      return null
    case "boolean":
      return true
    case "integer":
    case "number":
      return numberOf(alternative)
    case "string":
      return textOf(alternative)
    case "array": {
      const items = NormalizedSchema.of(other)?.items ?? []
      const some = variant !== "bare" && depth < deepest && alternative.maxItems > 0
      const length = Math.max(alternative.minItems, some ? 1 : 0)
      return Array.from({ length }, () => of(alternative.items, items, depth + 1, variant))
    }
    case "object": {
      const fields = NormalizedSchema.of(other)?.fields
      const elsewhere = ofOthers(other)
      const names = [...new Set([...alternative.fields.keys(), ...alternative.required])]
      return Object.fromEntries(
        names
          .filter(
            (name) => (variant !== "bare" && depth < deepest && !elsewhere.has(name)) || alternative.required.has(name)
          )
          .map((name) => [
            name,
            of(alternative.fields.get(name) ?? [], fields?.get(name)?.nodes ?? [], depth + 1, variant)
          ])
      )
    }
  }
}

const isOf = (value: unknown, kind: NormalizedSchema.Kind): value is string | number | boolean =>
  value !== null && typeof value === (kind === "integer" ? "number" : kind)

const isWithin = (
  { maxLength, maximum, minLength, minimum, rules }: NormalizedSchema.Alternative,
  value: string | number | boolean
): boolean => {
  if (rules.size > 0 || typeof value === "boolean") return rules.size === 0
  return typeof value === "string"
    ? value.length >= minLength && value.length <= maxLength
    : value >= minimum && value <= maximum
}

/**
 * A value of the conjunction of some schemas; as far as they leave that open, one that the `other` schemas take as well.
 */
export const of = (
  nodes: ReadonlyArray<JsonNode.Node>,
  other: ReadonlyArray<JsonNode.Node> = [],
  depth = 0,
  variant: Variant = "full"
): unknown => {
  const [first, ...rest] = nodes
  if (first === undefined) return "anything"
  const node = rest.length === 0 ? first : { ...first, value: { allOf: nodes.map(({ value }) => value) } }
  const allowed = NormalizedSchema.of(other)
  const ways = NormalizedSchema.alternatives(node).flatMap((alternative) => {
    const kinds = alternative.typed || alternative.fields.size === 0 ? alternative.kinds : new Set(["object" as const])
    return order
      .filter((kind) => kinds.has(kind))
      .map((kind) => ({
        alternative,
        kind,
        // Numbers made here are whole.
        fits:
          allowed === undefined ||
          !allowed.typed ||
          NormalizedSchema.includes(allowed.kinds, kind === "number" ? "integer" : kind)
      }))
  })
  const isInner = ways.some(({ kind }) => kind === "object" || kind === "array")
  const isNull = variant === "nulls" ? depth > 0 : variant === "leaves" && !isInner
  if (isNull && ways.some(({ kind }) => kind === "null")) return null
  const telling = ways.filter(({ kind }) => kind !== "null")
  const chosen = telling.find(({ fits }) => fits) ?? ways.find(({ fits }) => fits) ?? telling[0] ?? ways[0]
  if (chosen === undefined) return null
  const { alternative, kind } = chosen
  const values = alternative.values?.filter((value) => value !== null)
  if (values !== undefined && values.length > 0) return values[0]
  const shared = other.length === 0 || kind === "array" || kind === "object" ? undefined : of(other)
  if (isOf(shared, kind) && isWithin(alternative, shared)) return shared
  // Without a type and fields, anything goes.
  if (!alternative.typed && alternative.fields.size === 0 && alternative.required.size === 0) return "anything"
  return valueOf(alternative, kind, other, depth, variant)
}

/** The values that show every field of a schema there, left out and null. */
export const variants = (node: JsonNode.Node): ReadonlyArray<unknown> =>
  (["full", "bare", "nulls", "leaves"] as const).map((variant) => of([node], [], 0, variant))
