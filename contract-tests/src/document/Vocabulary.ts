/**
 * Every field of OpenAPI 3.1 and every keyword of JSON Schema 2020-12, so that what is none of them is told: nothing was
 * checked by it, and what it means nobody knows.
 */
import type * as Schema from "effect/Schema"
import type { Finding } from "../report/Divergence.ts"
import * as OpenApiVisitor from "../schema/OpenApiVisitor.ts"
import * as JsonNode from "../schema/JsonNode.ts"

type Json = Schema.Json

const words = (text: string): ReadonlyArray<string> => text.split(" ")

const methods = words("get put post delete options head patch trace")

const written = words(
  "description required deprecated allowEmptyValue style explode allowReserved schema example examples content"
)

/** What a part may say. */
export const fields: { readonly [P in OpenApiVisitor.Part]: ReadonlySet<string> } = {
  document: new Set(
    words("openapi info jsonSchemaDialect servers paths webhooks components security tags externalDocs")
  ),
  components: new Set(
    words("schemas responses parameters examples requestBodies headers securitySchemes links callbacks pathItems")
  ),
  pathItem: new Set([...words("$ref summary description servers parameters"), ...methods]),
  operation: new Set([
    ...words("tags summary description externalDocs operationId parameters requestBody responses callbacks"),
    ...words("deprecated security servers")
  ]),
  parameter: new Set([...words("$ref summary name in"), ...written]),
  requestBody: new Set(words("$ref summary description content required")),
  response: new Set(words("$ref summary description headers content links")),
  media: new Set(words("schema example examples encoding")),
  schema: new Set([
    ...words("type enum const multipleOf maximum exclusiveMaximum minimum exclusiveMinimum"),
    ...words("maxLength minLength pattern maxItems minItems uniqueItems maxContains minContains contains"),
    ...words("maxProperties minProperties required dependentRequired dependentSchemas propertyNames"),
    ...words("properties patternProperties additionalProperties unevaluatedProperties"),
    ...words("items prefixItems unevaluatedItems allOf anyOf oneOf not if then else"),
    ...words("format contentEncoding contentMediaType contentSchema"),
    ...words("title description default deprecated readOnly writeOnly examples example externalDocs xml"),
    ...words("discriminator nullable $ref $defs definitions $comment")
  ])
}

/** Keywords of JSON Schema the suite does not follow, and what that comes to. */
const unfollowed: ReadonlyMap<string, Finding["class"]> = new Map([
  ["$dynamicRef", "drift"],
  ["$recursiveRef", "drift"],
  ["$dynamicAnchor", "note"],
  ["$recursiveAnchor", "note"],
  ["$anchor", "note"],
  ["$id", "note"],
  ["$schema", "note"],
  ["$vocabulary", "note"],
  ["dependencies", "drift"],
  ["additionalItems", "drift"]
])

const names: { readonly [P in OpenApiVisitor.Part]: string } = {
  document: "an OpenAPI document",
  components: "components",
  pathItem: "a path",
  operation: "an operation",
  parameter: "a parameter or header",
  requestBody: "a request body",
  response: "a response",
  media: "a media type",
  schema: "JSON Schema"
}

const longest = 60

const shown = (value: Json): string => {
  const text = JSON.stringify(value)
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}

const finding = (node: JsonNode.Node, key: string, severity: Finding["class"], message: string): Finding => ({
  class: severity,
  pointer: JsonNode.below(node.pointer, key),
  through: [],
  message
})

/** Whether nothing is meant by a field: extensions are the document's own business. */
const isExtension = (key: string): boolean => key.startsWith("x-")

const unknownIn = ({ node, part }: OpenApiVisitor.Place): ReadonlyArray<Finding> =>
  Object.entries(JsonNode.record(node)).flatMap(([key, value]) => {
    if (fields[part].has(key) || isExtension(key)) return []
    const severity = part === "schema" ? unfollowed.get(key) : undefined
    if (severity !== undefined) {
      return [finding(node, key, severity, `${key} (${shown(value)}) is not followed: nothing was checked by it`)]
    }
    const what = `unrecognised ${part === "schema" ? "keyword" : "field"} ${key} (${shown(value)})`
    return [finding(node, key, "note", `${what}: ${names[part]} has none of that name, and nothing was checked by it`)]
  })

const places = new Set<Json>(words("path query header cookie"))

/** What has a name and a place of its own, where it has neither. */
const unreadable = ({ node, part }: OpenApiVisitor.Place): ReadonlyArray<Finding> => {
  const value = JsonNode.record(node)
  const isListed = part === "parameter" && !node.pointer.includes("/headers/")
  if (!isListed || "$ref" in value) return []
  const { in: place = null, name = null } = value
  return typeof name === "string" && places.has(place)
    ? []
    : [
        finding(
          node,
          "in",
          "drift",
          `unrecognised parameter: its name is ${shown(name)}, it is in ${shown(place)}, and it is ignored`
        )
      ]
}

const status = /^([1-5]\d\d|[1-5]xx|default)$/i

const namesOf = ({ node, part }: OpenApiVisitor.Place): ReadonlyArray<Finding> => {
  const [key, fits, what] =
    part === "operation"
      ? (["responses", (name: string) => status.test(name), "status"] as const)
      : (["paths", (name: string) => name.startsWith("/"), "path"] as const)
  const within = part === "operation" || part === "document" ? JsonNode.child(node, key) : undefined
  return within === undefined
    ? []
    : Object.keys(JsonNode.record(within))
        .filter((name) => !fits(name) && !isExtension(name))
        .map((name) => finding(within, name, "drift", `unrecognised ${what} ${name}: it is none OpenAPI has`))
}

const outdated = ({ node, part }: OpenApiVisitor.Place): ReadonlyArray<Finding> =>
  JsonNode.child(node, "deprecated")?.value === true &&
  (part === "operation" || part === "parameter" || part === "schema")
    ? [finding(node, "deprecated", "note", `the document calls this ${part === "schema" ? "field" : part} deprecated`)]
    : []

const dialects = /^https:\/\/(spec\.openapis\.org\/oas\/3\.1\/dialect\/|json-schema\.org\/draft\/2020-12\/schema)/

const dialect = (root: JsonNode.Node): ReadonlyArray<Finding> => {
  const said = JsonNode.child(root, "jsonSchemaDialect")
  return said === undefined || dialects.test(String(said.value))
    ? []
    : [
        finding(
          root,
          "jsonSchemaDialect",
          "drift",
          `schemas are written in ${shown(said.value)}, and were read as JSON Schema 2020-12`
        )
      ]
}

// Beside paths and responses stand extensions, which are neither.
const extended = /^\/paths\/(x-|[^/]+\/\w+\/responses\/x-)/

/** What of a document has no meaning the suite knows, or is on its way out. */
export const findings = (document: Json): ReadonlyArray<Finding> => [
  ...dialect(JsonNode.make(document)),
  ...OpenApiVisitor.parts(document).flatMap((place) =>
    JsonNode.isRecord(place.node.value) && !extended.test(place.node.pointer)
      ? [...unknownIn(place), ...unreadable(place), ...namesOf(place), ...outdated(place)]
      : []
  )
]
