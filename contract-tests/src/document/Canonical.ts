/**
 * What a document means, whatever way it is written: two schemas or operations with the same canonical form allow the
 * same exchanges. Descriptions, names of schemas and operations, `$ref`s, the order of keys and of alternatives, the
 * different ways to write null, a constant or a single alternative, and extension fields do not show in it.
 */
import type * as Schema from "effect/Schema"
import * as Document from "./Document.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import * as NormalizedSchema from "../schema/NormalizedSchema.ts"

type Json = Schema.Json

const text = JSON.stringify

const sorted = (entries: Iterable<readonly [string, Json]>): { readonly [key: string]: Json } =>
  Object.fromEntries([...entries].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))

/** A set, as a list in one order. */
const set = (values: ReadonlyArray<Json>): ReadonlyArray<Json> =>
  [...new Map(values.map((value) => [text(value), value])).entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, value]) => value)

/** A value with its keys in one order. */
export const ordered = (value: Json): Json =>
  Array.isArray(value)
    ? value.map(ordered)
    : JsonNode.isRecord(value)
      ? sorted(Object.entries(value).map(([key, field]) => [key, ordered(field)] as const))
      : value

const kindOf = (value: Json): NormalizedSchema.Kind =>
  value === null
    ? "null"
    : Array.isArray(value)
      ? "array"
      : typeof value === "object"
        ? "object"
        : typeof value === "number"
          ? Number.isInteger(value)
            ? "integer"
            : "number"
          : typeof value === "string"
            ? "string"
            : "boolean"

const isOf = (kind: NormalizedSchema.Kind) => (value: Json) =>
  kindOf(value) === kind || (kind === "number" && kindOf(value) === "integer")

const unless = (value: number, none: number, key: string): ReadonlyArray<readonly [string, Json]> =>
  value === none ? [] : [[key, value]]

/** The schemas being written, outermost first: one that contains itself is named by how far out it began. */
interface Open {
  readonly keys: ReadonlyArray<string>
  /** The keyword that says nothing here: what is read only in an answer, what is written only in a request. */
  readonly idle: "readOnly" | "writeOnly" | undefined
}

/** Schemas by what they are: a reference by its target, anything else by where it stands. */
const identity = (node: JsonNode.Node): string => (JsonNode.resolve(node) ?? node).pointer

const everything: ReadonlyArray<Json> = [{ kind: "anything" }]

/** What all schemas of a list allow. */
const conjunction = (nodes: ReadonlyArray<JsonNode.Node>, open: Open): Json => {
  const [first, ...rest] = nodes
  if (first === undefined) return everything
  const key = nodes.map(identity).join(" ")
  const outer = open.keys.lastIndexOf(key)
  if (outer >= 0) return { again: open.keys.length - outer }
  const node = rest.length === 0 ? first : { ...first, value: { allOf: nodes.map(({ value }) => value) } }
  const inside = { ...open, keys: [...open.keys, key] }
  const alternatives = NormalizedSchema.alternatives(node)
  const all = reduced(set(alternatives.flatMap((alternative) => alternativeOf(alternative, inside))))
  const otherwise = alternatives.find((one) => one.otherwise !== undefined)?.otherwise
  return otherwise === undefined ? all : [...all, { otherwise: ordered(otherwise) }]
}

/** Without alternatives that another one covers: those of a kind of which every value is allowed anyway. */
const reduced = (alternatives: ReadonlyArray<Json>): ReadonlyArray<Json> => {
  const whole = new Set(
    alternatives.flatMap((one) =>
      JsonNode.isRecord(one) && Object.keys(one).length === 1 ? [String(one["kind"])] : []
    )
  )
  if (["null", "boolean", "number", "string", "array", "object"].every((kind) => whole.has(kind))) return everything
  const kept = alternatives.filter((one) => {
    if (!JsonNode.isRecord(one)) return true
    const kind = String(one["kind"])
    if (kind === "integer" && whole.has("number")) return false
    return !whole.has(kind) || Object.keys(one).length === 1
  })
  // Lists of values are one list.
  const listed = kept.filter(JsonNode.isRecord).filter((one) => Array.isArray(one["values"]))
  const values = Map.groupBy(listed, (one) => String(one["kind"]))
  return set([
    ...kept.filter((one) => !JsonNode.isRecord(one) || !Array.isArray(one["values"])),
    ...[...values].map(([kind, ones]) => ({
      kind,
      values: set(ones.flatMap((one) => (Array.isArray(one["values"]) ? one["values"] : [])))
    }))
  ])
}

const alternativeOf = (alternative: NormalizedSchema.Alternative, open: Open): ReadonlyArray<Json> =>
  [...alternative.kinds].flatMap((kind): ReadonlyArray<Json> => {
    const { values } = alternative
    if (values !== undefined) {
      const fitting = values.filter(isOf(kind))
      return fitting.length === 0 ? [] : [{ kind, values: set(fitting.map(ordered)) }]
    }
    const rules = [...alternative.rules]
      .filter(([keyword, value]) => keyword !== open.idle && NormalizedSchema.concerns(keyword, value, kind))
      .filter(([keyword]) => kind !== "integer" || !keyword.startsWith("exclusiveM"))
      .map(([keyword, value]) => [keyword, ordered(value)] as const)
    return [sorted([["kind", kind], ...rules, ...constraints(alternative, kind, open)])]
  })

const constraints = (
  alternative: NormalizedSchema.Alternative,
  kind: NormalizedSchema.Kind,
  open: Open
): ReadonlyArray<readonly [string, Json]> => {
  switch (kind) {
    case "string":
      return [...unless(alternative.minLength, 0, "minLength"), ...unless(alternative.maxLength, Infinity, "maxLength")]
    case "integer": {
      // The integers above 0 are those from 1.
      const above = alternative.rules.get("exclusiveMinimum")
      const under = alternative.rules.get("exclusiveMaximum")
      const least = Math.max(
        Math.ceil(alternative.minimum),
        typeof above === "number" ? Math.floor(above) + 1 : -Infinity
      )
      const most = Math.min(
        Math.floor(alternative.maximum),
        typeof under === "number" ? Math.ceil(under) - 1 : Infinity
      )
      return [...unless(least, -Infinity, "minimum"), ...unless(most, Infinity, "maximum")]
    }
    case "number":
      return [...unless(alternative.minimum, -Infinity, "minimum"), ...unless(alternative.maximum, Infinity, "maximum")]
    case "array": {
      const items = conjunction(alternative.items, open)
      return [
        ...unless(alternative.minItems, 0, "minItems"),
        ...unless(alternative.maxItems, Infinity, "maxItems"),
        ...(text(items) === text(everything) ? [] : [["items", items] as const])
      ]
    }
    case "object": {
      const { additional, fields, required } = alternative
      const further = additional === false || additional === undefined ? additional : conjunction([additional], open)
      return [
        ...(fields.size === 0
          ? []
          : [["fields", sorted([...fields].map(([name, nodes]) => [name, conjunction(nodes, open)]))] as const]),
        ...(required.size === 0 ? [] : [["required", set([...required])] as const]),
        ...(further === undefined || text(further) === text(everything) ? [] : [["additional", further] as const])
      ]
    }
    default:
      return []
  }
}

/** What a schema allows; no schema allows everything. */
export const schema = (node: JsonNode.Node | undefined, idle?: Open["idle"]): Json =>
  node === undefined ? everything : conjunction([node], { keys: [], idle })

const contentOf = (content: Document.Body["content"], idle: Open["idle"]): Json =>
  sorted([...content].map(([type, node]) => [type.toLowerCase(), schema(node, idle)]))

// How a list or an object is written into a URL; a single value is written the same way in all, but for a path.
const styles = ["style", "explode", "allowReserved", "allowEmptyValue"]

const isScalar = (node: JsonNode.Node | undefined): boolean =>
  node !== undefined &&
  !["array", "object"].some((kind) => NormalizedSchema.of([node])?.kinds.has(kind as NormalizedSchema.Kind))

/** What a parameter or header means: its name apart. */
export const parameter = ({ node, required, schema: of }: Pick<Document.Parameter, "node" | "required" | "schema">) => {
  const written = JsonNode.record(node)
  const content = Document.contentOf(node)
  return sorted([
    ["required", required],
    ["schema", schema(of, "writeOnly")],
    ...(content.size === 0 ? [] : [["content", contentOf(content, "writeOnly")] as const]),
    ...(isScalar(of) && written["in"] !== "path"
      ? []
      : styles.flatMap((style) => (written[style] === undefined ? [] : [[style, written[style]] as const])))
  ])
}

/** The headers of a response, by their names in lower case. */
export const headers = (response: JsonNode.Node): ReadonlyMap<string, Document.Parameter> => {
  const declared = JsonNode.child(response, "headers")
  return new Map(
    (declared === undefined ? [] : JsonNode.children(declared)).flatMap(([name, reference]) => {
      const node = JsonNode.resolve(reference)
      if (node === undefined) return []
      const required = JsonNode.child(node, "required")?.value === true
      return [
        [name.toLowerCase(), { name, in: "header", required, node, schema: JsonNode.child(node, "schema") }] as const
      ]
    })
  )
}

/** A response: its content and headers. */
export const response = ({ content, node }: Pick<Document.Response, "content" | "node">): Json =>
  sorted([
    ["content", contentOf(content, "readOnly")],
    ["headers", sorted([...headers(node)].map(([name, header]) => [name, parameter(header)]))]
  ])

/** A body of a request. */
export const body = (one: Document.Body | undefined): Json =>
  one === undefined
    ? null
    : sorted([
        ["required", one.required],
        ["content", contentOf(one.content, "writeOnly")]
      ])

/** A parameter by where it is: one of a path by its place in the path, whatever it is called. */
export const parameterKey = (path: string, { in: place, name }: Pick<Document.Parameter, "in" | "name">): string => {
  if (place !== "path") return `${place} ${place === "header" ? name.toLowerCase() : name}`
  const index = Document.parametersIn(path).indexOf(name)
  return index < 0 ? `path ${name}` : `path ${index}`
}

/** How callers must identify themselves, schemes written out. */
const security = (root: JsonNode.Node, operation: JsonNode.Node): Json => {
  const declared = JsonNode.child(operation, "security") ?? JsonNode.child(root, "security")
  if (declared === undefined) return []
  return set(
    JsonNode.children(declared).map(([, requirement]) =>
      sorted(
        Object.entries(JsonNode.record(requirement)).map(([name, scopes]) => {
          const {
            bearerFormat: _,
            description: __,
            ...scheme
          } = JsonNode.record(JsonNode.follow(root, "components", "securitySchemes", name) ?? JsonNode.make(null))
          return [text(ordered(meaning(scheme))), scopes] as const
        })
      )
    )
  )
}

/** Without extension fields; names of HTTP's schemes are the same in any case. */
const meaning = (value: { readonly [key: string]: Json }) =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !key.startsWith("x-"))
      .map(([key, field]) => [key, key === "scheme" && typeof field === "string" ? field.toLowerCase() : field])
  )

/** The parts of an operation, each in its canonical form, by where they are written. */
export const operation = (root: JsonNode.Node, one: Document.Operation): ReadonlyMap<string, Json> =>
  new Map<string, Json>([
    ...one.parameters
      .filter((of) => !Document.isIgnored(of))
      .map((of) => [`parameters ${parameterKey(one.path, of)}`, parameter(of)] as const),
    // What is not declared can still be seen in the path.
    ...Document.parametersIn(one.path)
      .filter((name) => !one.parameters.some((of) => of.in === "path" && of.name === name))
      .map((name) => [`parameters undeclared ${name}`, true] as const),
    ["requestBody", body(one.body)],
    ...one.responses.map((of) => [`responses ${of.status.toUpperCase()}`, response(of)] as const),
    ["security", security(root, one.node)],
    ["servers", set(Document.serversOf(root, one).map(({ url }) => url))],
    ["callbacks", Object.keys(JsonNode.record(JsonNode.child(one.node, "callbacks") ?? JsonNode.make(null))).toSorted()]
  ])
