/** The parts an OpenAPI document is made of, and a walk over them: what is a schema, and what only looks like one. */
import * as Predicate from "effect/Predicate"
import * as Record from "effect/Record"
import * as JsonNode from "./JsonNode.ts"

export type Part =
  | "document"
  | "components"
  | "pathItem"
  | "operation"
  | "parameter"
  | "requestBody"
  | "response"
  | "media"
  | "schema"

/** What stands at a key of a part: one part, or a list or a map of them. */
type Step = readonly [part: Part, as: "one" | "each"]

const schemas = (as: Step[1], ...keys: ReadonlyArray<string>) =>
  Object.fromEntries(keys.map((key) => [key, ["schema", as] as const]))

const operations = Object.fromEntries(
  ["get", "put", "post", "delete", "options", "head", "patch", "trace"].map((key) => [
    key,
    ["operation", "one"] as const
  ])
)

const grammar: { readonly [P in Part]: { readonly [key: string]: Step } } = {
  document: { paths: ["pathItem", "each"], components: ["components", "one"] },
  components: {
    schemas: ["schema", "each"],
    responses: ["response", "each"],
    parameters: ["parameter", "each"],
    requestBodies: ["requestBody", "each"],
    headers: ["parameter", "each"],
    pathItems: ["pathItem", "each"]
  },
  pathItem: { parameters: ["parameter", "each"], ...operations },
  operation: {
    parameters: ["parameter", "each"],
    requestBody: ["requestBody", "one"],
    responses: ["response", "each"]
  },
  parameter: { schema: ["schema", "one"], content: ["media", "each"] },
  requestBody: { content: ["media", "each"] },
  response: { content: ["media", "each"], headers: ["parameter", "each"] },
  media: { schema: ["schema", "one"] },
  schema: {
    ...schemas("each", "properties", "patternProperties", "$defs", "dependentSchemas", "prefixItems"),
    ...schemas("each", "allOf", "anyOf", "oneOf"),
    ...schemas("one", "items", "additionalProperties", "unevaluatedProperties", "unevaluatedItems", "propertyNames"),
    ...schemas("one", "contains", "not", "if", "then", "else", "contentSchema")
  }
}

/** The keywords of a schema with schemas in them: one, or a list or map of them. */
export const schemaKeys: ReadonlyMap<string, Step[1]> = new Map(
  Object.entries(grammar.schema).map(([key, [, as]]) => [key, as] as const)
)

/** A part of a document, and where it is. */
export interface Place {
  readonly part: Part
  readonly node: JsonNode.Node
}

// As lists, which are walked for every part.
const steps = Record.map(grammar, (keys) => Object.entries(keys))

const known = new WeakMap<object, ReadonlyArray<Place>>()

const partsOf = (document: JsonNode.Node["value"]): ReadonlyArray<Place> => {
  const found: Array<Place> = [{ part: "document", node: JsonNode.make(document) }]
  for (const { node, part } of found) {
    for (const [key, [next, as]] of steps[part]) {
      const inner = JsonNode.child(node, key)
      if (inner === undefined) continue
      if (as === "one") found.push({ part: next, node: inner })
      else for (const [, one] of JsonNode.children(inner)) found.push({ part: next, node: one })
    }
  }
  return found
}

/** Every part of a document, each before those inside it. `$ref`s are not followed. */
export const parts = (document: JsonNode.Node["value"]): ReadonlyArray<Place> => {
  if (!Predicate.isObject(document)) return partsOf(document)
  const found = known.get(document) ?? partsOf(document)
  known.set(document, found)
  return found
}

/** What becomes of a part. */
export type Change = (
  value: { readonly [key: string]: JsonNode.Node["value"] },
  pointer: string
) => JsonNode.Node["value"]

/** A copy of a document with parts changed, the inner ones first; a part's pointer is that of the original. */
export const map = (
  document: JsonNode.Node["value"],
  changes: { readonly [P in Part]?: Change }
): JsonNode.Node["value"] => {
  const one = (value: JsonNode.Node["value"], part: Part, pointer: string): JsonNode.Node["value"] => {
    if (!JsonNode.isRecord(value)) return value
    const entries = Object.entries(value).map(([key, inner]) => {
      const step = Object.hasOwn(grammar[part], key) ? grammar[part][key] : undefined
      if (step === undefined) return [key, inner] as const
      const [next, as] = step
      const at = JsonNode.below(pointer, key)
      return [key, as === "one" ? one(inner, next, at) : each(inner, next, at)] as const
    })
    const mapped = Object.fromEntries(entries)
    return changes[part]?.(mapped, pointer) ?? mapped
  }
  const each = (value: JsonNode.Node["value"], part: Part, pointer: string): JsonNode.Node["value"] => {
    if (Array.isArray(value)) return value.map((inner, index) => one(inner, part, JsonNode.below(pointer, index)))
    if (!JsonNode.isRecord(value)) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, one(inner, part, JsonNode.below(pointer, key))])
    )
  }
  return one(document, "document", "")
}
