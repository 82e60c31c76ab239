/**
 * From what people write to what the suite reads: OpenAPI 3.1 with schemas of JSON Schema 2020-12. Documents of 3.0 are
 * converted in memory, by what they mean where 3.0 itself is unclear; keywords no validator can read are taken out, and
 * told.
 */
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import type { Finding } from "../report/Divergence.ts"
import * as OpenApiVisitor from "../schema/OpenApiVisitor.ts"
import * as JsonNode from "../schema/JsonNode.ts"

type Json = Schema.Json
type JsonRecord = { readonly [key: string]: Json }

export interface Normalised {
  readonly document: Json
  /** Keywords that were taken out, because they are none. */
  readonly findings: ReadonlyArray<Finding>
}

const without = (schema: JsonRecord, ...keys: ReadonlyArray<string>): JsonRecord =>
  Object.fromEntries(Object.entries(schema).filter(([key]) => !keys.includes(key)))

// ---------------------------------------------------------------------------------------------------------------------
// from 3.0 to 3.1
// ---------------------------------------------------------------------------------------------------------------------

/** `exclusiveMinimum: true` makes the minimum beside it exclusive. */
const exclusive = (schema: JsonRecord, keyword: string, bound: string): JsonRecord => {
  const said = schema[keyword]
  if (typeof said !== "boolean") return schema
  const limit = schema[bound]
  const rest = without(schema, keyword)
  return said && limit !== undefined ? { ...without(rest, bound), [keyword]: limit } : rest
}

/**
 * `nullable` beside anything lets null come, whatever 3.0 says of `$ref`, `allOf` and `enum`: whoever writes it means
 * it. A type takes it up where it stands; anything else becomes one of two alternatives.
 */
const nullable = (schema: JsonRecord): JsonRecord => {
  if (!("nullable" in schema)) return schema
  const rest = without(schema, "nullable")
  if (schema["nullable"] !== true) return rest
  const { type } = rest
  const combined = ["$ref", "allOf", "anyOf", "oneOf", "not"].some((key) => key in rest)
  if (typeof type !== "string" || combined) {
    return Object.keys(rest).length === 0 ? rest : { anyOf: [rest, { type: "null" }] }
  }
  const values = rest["enum"]
  return {
    ...rest,
    type: [type, "null"],
    ...(Array.isArray(values) && !values.includes(null) ? { enum: [...values, null] } : undefined)
  }
}

/** What stands beside a `$ref` has no meaning in 3.0, but for `nullable`. */
const alone = (schema: JsonRecord): JsonRecord =>
  typeof schema["$ref"] === "string"
    ? { $ref: schema["$ref"], ...("nullable" in schema ? { nullable: schema["nullable"] ?? false } : undefined) }
    : schema

/** Schemas of 3.0 often list the properties of an object without saying that it is one. */
const typed = (schema: JsonRecord): JsonRecord => {
  if ("type" in schema || "$ref" in schema) return schema
  if ("properties" in schema) return { type: "object", ...schema }
  return "items" in schema ? { type: "array", ...schema } : schema
}

const convert = (schema: JsonRecord): JsonRecord =>
  [
    alone,
    typed,
    (schema: JsonRecord) => exclusive(schema, "exclusiveMinimum", "minimum"),
    (schema: JsonRecord) => exclusive(schema, "exclusiveMaximum", "maximum"),
    nullable
  ].reduce((schema, step) => step(schema), schema)

// ---------------------------------------------------------------------------------------------------------------------
// keywords that are none
// ---------------------------------------------------------------------------------------------------------------------

const types = new Set<unknown>(["null", "boolean", "integer", "number", "string", "array", "object"])

const isType = (value: Json): boolean =>
  Array.isArray(value) ? value.length > 0 && value.every((one) => types.has(one)) : types.has(value)
const isSchema = (value: Json): boolean => typeof value === "boolean" || JsonNode.isRecord(value)
const isSchemas = (value: Json): boolean => Array.isArray(value) && value.length > 0 && value.every(isSchema)
const isSchemaMap = (value: Json): boolean => JsonNode.isRecord(value) && Object.values(value).every(isSchema)
const isCount = (value: Json): boolean => typeof value === "number" && value >= 0
const isPattern = (value: Json): boolean =>
  typeof value === "string" && Result.isSuccess(Result.try(() => new RegExp(value, "u")))

const keywords: { readonly [keyword: string]: readonly [fits: (value: Json) => boolean, expected: string] } = {
  type: [isType, "a type of JSON Schema"],
  required: [(value) => Array.isArray(value) && value.every(Predicate.isString), "a list of names"],
  enum: [(value) => Array.isArray(value) && value.length > 0, "a list of values"],
  properties: [isSchemaMap, "schemas by name"],
  patternProperties: [
    (value) => isSchemaMap(value) && Object.keys(value ?? {}).every(isPattern),
    "schemas by regular expression"
  ],
  additionalProperties: [isSchema, "a schema"],
  unevaluatedProperties: [isSchema, "a schema"],
  propertyNames: [isSchema, "a schema"],
  items: [isSchema, "a schema"],
  contains: [isSchema, "a schema"],
  not: [isSchema, "a schema"],
  allOf: [isSchemas, "a list of schemas"],
  anyOf: [isSchemas, "a list of schemas"],
  oneOf: [isSchemas, "a list of schemas"],
  prefixItems: [isSchemas, "a list of schemas"],
  pattern: [isPattern, "a regular expression"],
  format: [Predicate.isString, "a name"],
  multipleOf: [(value) => typeof value === "number" && value > 0, "a number above 0"],
  minimum: [Predicate.isNumber, "a number"],
  maximum: [Predicate.isNumber, "a number"],
  exclusiveMinimum: [Predicate.isNumber, "a number"],
  exclusiveMaximum: [Predicate.isNumber, "a number"],
  minLength: [isCount, "a count"],
  maxLength: [isCount, "a count"],
  minItems: [isCount, "a count"],
  maxItems: [isCount, "a count"],
  minProperties: [isCount, "a count"],
  maxProperties: [isCount, "a count"],
  uniqueItems: [Predicate.isBoolean, "true or false"]
}

/** The keywords of a schema that are not what JSON Schema has under that name. */
const broken = (schema: JsonRecord): ReadonlyArray<readonly [keyword: string, expected: string]> =>
  Object.entries(keywords).flatMap(([keyword, [fits, expected]]) => {
    const value = schema[keyword]
    return value === undefined || fits(value) ? [] : [[keyword, expected] as const]
  })

// ---------------------------------------------------------------------------------------------------------------------
// both
// ---------------------------------------------------------------------------------------------------------------------

/** Normalises a document of OpenAPI 3.0 or 3.1. Pointers into it stay what they were, but below what is nullable. */
export const normalise = (document: JsonRecord): Normalised => {
  const old = /^3\.0(\.|$)/.test(String(document["openapi"]))
  const findings: Array<Finding> = []
  const readable = (written: JsonRecord, pointer: string): JsonRecord => {
    const schema = old ? convert(written) : written
    const bad = broken(schema)
    for (const [keyword, expected] of bad) {
      findings.push({
        class: "drift",
        pointer: JsonNode.below(pointer, keyword),
        through: [],
        message: `the document's ${keyword} is not ${expected}, and is ignored`
      })
    }
    return bad.length === 0 ? schema : without(schema, ...bad.map(([keyword]) => keyword))
  }
  const changed = OpenApiVisitor.map(document, {
    schema: readable,
    // Prism overlooks a response without any key.
    response: (response) => (Object.keys(response).length === 0 ? { description: "" } : response)
  })
  return { document: JsonNode.isRecord(changed) ? { ...changed, openapi: "3.1.0" } : changed, findings }
}

const dialect = "https://json-schema.org/draft/2020-12/schema"

/** The document with its dialect said: without one Prism falls back to an old draft, and OpenAPI's own turns it off. */
export const withDialect = (document: Json): Json => {
  if (!JsonNode.isRecord(document)) return document
  const said = document["jsonSchemaDialect"]
  return said === undefined || String(said).startsWith("https://spec.openapis.org/")
    ? { ...document, jsonSchemaDialect: dialect }
    : document
}

/** The first `$ref` that leads nowhere. */
export const brokenReference = (document: Json): string | undefined => {
  const place = OpenApiVisitor.parts(document).find(
    ({ node }) => typeof JsonNode.record(node)["$ref"] === "string" && JsonNode.resolve(node) === undefined
  )
  return place && `the reference ${String(JsonNode.record(place.node)["$ref"])} at #${place.node.pointer} leads nowhere`
}
