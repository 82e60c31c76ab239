/** The parts an OpenAPI document is made of, and a walk over them: what is a schema, and what only looks like one. */
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

const under = ({ node, part }: Place): ReadonlyArray<Place> =>
  Object.entries(grammar[part]).flatMap(([key, [next, as]]) => {
    const found = JsonNode.child(node, key)
    if (found === undefined) return []
    const nodes = as === "one" ? [found] : JsonNode.children(found).map(([, node]) => node)
    return nodes.map((node) => ({ part: next, node }))
  })

/** Every part of a document, each before those inside it. `$ref`s are not followed. */
export const parts = (document: JsonNode.Node["value"]): ReadonlyArray<Place> => {
  const found: Array<Place> = [{ part: "document", node: JsonNode.make(document) }]
  for (const place of found) found.push(...under(place))
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
