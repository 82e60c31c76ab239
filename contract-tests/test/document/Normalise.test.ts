import * as Document from "@effect-intercom/contract-tests/document/Document"
import * as JsonNode from "@effect-intercom/contract-tests/schema/JsonNode"
import * as Normalise from "@effect-intercom/contract-tests/document/Normalise"
import * as Validator from "@effect-intercom/contract-tests/schema/Validator"
import { assert, describe, it } from "@effect/vitest"
import type * as Schema from "effect/Schema"

type Json = Schema.Json

/** What a schema of a document becomes. */
const schema = (
  written: Json,
  openapi = "3.0.3"
): { readonly schema: Json; readonly findings: ReadonlyArray<string> } => {
  const { document, findings } = Normalise.normalise({
    openapi,
    paths: {},
    components: { schemas: { A: written, B: { type: "string" } } }
  })
  const { A } = (document as { readonly components: { readonly schemas: { readonly A: Json } } }).components.schemas
  return { schema: A, findings: findings.map(({ message, pointer }) => `${pointer}: ${message}`) }
}

describe("a schema of OpenAPI 3.0", () => {
  const becomes = (name: string, written: Json, expected: Json) =>
    it.each([name])("%s", () => {
      assert.deepStrictEqual(schema(written), { schema: expected, findings: [] })
    })
  const ref = { $ref: "#/components/schemas/B" }

  becomes("may be null beside a type", { type: "string", nullable: true }, { type: ["string", "null"] })
  becomes("may not be null when it says so", { type: "string", nullable: false }, { type: "string" })
  becomes(
    "takes null up among its values",
    { type: "string", enum: ["a"], nullable: true },
    { type: ["string", "null"], enum: ["a", null] }
  )
  becomes("may be null beside a reference", { ...ref, nullable: true }, { anyOf: [ref, { type: "null" }] })
  becomes("may be null beside allOf", { allOf: [ref], nullable: true }, { anyOf: [{ allOf: [ref] }, { type: "null" }] })
  becomes(
    "may be null beside allOf and a type",
    { type: "object", allOf: [ref], nullable: true },
    { anyOf: [{ type: "object", allOf: [ref] }, { type: "null" }] }
  )
  becomes("takes anything when it says no more than that it may be null", { nullable: true }, {})
  becomes("has nothing beside a reference", { ...ref, type: "object", description: "x" }, ref)
  becomes(
    "excludes a minimum",
    { type: "integer", minimum: 0, exclusiveMinimum: true },
    { type: "integer", exclusiveMinimum: 0 }
  )
  becomes(
    "includes a maximum",
    { type: "integer", maximum: 9, exclusiveMaximum: false },
    { type: "integer", maximum: 9 }
  )
  becomes("is an object when it has properties", { properties: { a: {} } }, { type: "object", properties: { a: {} } })
  becomes("is an array when it has items", { items: {} }, { type: "array", items: {} })
  becomes(
    "keeps a format that is none of its type",
    { type: "integer", format: "date-time" },
    { type: "integer", format: "date-time" }
  )
  becomes(
    "is changed wherever it stands",
    {
      type: "object",
      properties: { nullable: { type: "string", nullable: true } },
      additionalProperties: { type: "integer", nullable: true }
    },
    {
      type: "object",
      properties: { nullable: { type: ["string", "null"] } },
      additionalProperties: { type: ["integer", "null"] }
    }
  )
  becomes(
    "keeps its examples as they are",
    { type: "string", example: { nullable: true } },
    { type: "string", example: { nullable: true } }
  )
})

describe("a schema of OpenAPI 3.1", () => {
  it("is left as it is", () => {
    const written = {
      properties: { a: { type: ["string", "null"], exclusiveMinimum: 1 } },
      $ref: "#/x",
      nullable: true
    }
    assert.deepStrictEqual(schema(written, "3.1.0"), { schema: written, findings: [] })
  })

  it("loses what is none of its keywords, and that is told", () => {
    const written = {
      type: "text",
      required: true,
      pattern: "(",
      properties: { a: { type: [] }, b: { enum: "x", minLength: -1 } },
      items: [{}],
      anyOf: []
    }
    assert.deepStrictEqual(schema(written, "3.1.0"), {
      schema: { properties: { a: {}, b: {} } },
      findings: [
        "/components/schemas/A/properties/a/type: the document's type is not a type of JSON Schema, and is ignored",
        "/components/schemas/A/properties/b/enum: the document's enum is not a list of values, and is ignored",
        "/components/schemas/A/properties/b/minLength: the document's minLength is not a count, and is ignored",
        "/components/schemas/A/type: the document's type is not a type of JSON Schema, and is ignored",
        "/components/schemas/A/required: the document's required is not a list of names, and is ignored",
        "/components/schemas/A/items: the document's items is not a schema, and is ignored",
        "/components/schemas/A/anyOf: the document's anyOf is not a list of schemas, and is ignored",
        "/components/schemas/A/pattern: the document's pattern is not a regular expression, and is ignored"
      ]
    })
  })
})

describe("a document", () => {
  it("says the dialect of its schemas: without one Prism checks by another, with OpenAPI's own it checks nothing", () => {
    const dialect = "https://json-schema.org/draft/2020-12/schema"
    assert.deepStrictEqual(Normalise.withDialect({}), { jsonSchemaDialect: dialect })
    assert.deepStrictEqual(
      Normalise.withDialect({ jsonSchemaDialect: "https://spec.openapis.org/oas/3.1/dialect/base" }),
      {
        jsonSchemaDialect: dialect
      }
    )
    assert.deepStrictEqual(Normalise.withDialect({ jsonSchemaDialect: "https://x.test" }), {
      jsonSchemaDialect: "https://x.test"
    })
  })

  it("has references only where it can have them", () => {
    const paths = (get: Json) => ({ openapi: "3.1.0", paths: { "/a": { get } } })
    const bad = { $ref: "#/nowhere" }
    assert.match(Normalise.brokenReference(paths({ responses: { 200: bad } })) ?? "", /^the reference #\/nowhere at #/)
    assert.match(
      Normalise.brokenReference(paths({ requestBody: { content: { "a/b": { schema: { items: bad } } } } })) ?? "",
      /schema\/items leads nowhere$/
    )
    assert.isUndefined(
      Normalise.brokenReference(
        paths({
          responses: { 200: { content: { "a/b": { example: bad, schema: { default: bad, examples: [bad] } } } } }
        })
      )
    )
  })

  it("may have references that lead in a circle: they lead nowhere", () => {
    const schemas = { A: { $ref: "#/components/schemas/B" }, B: { $ref: "#/components/schemas/A" } }
    assert.match(
      Normalise.brokenReference({ openapi: "3.1.0", paths: {}, components: { schemas } }) ?? "",
      /schemas\/B at #\/components\/schemas\/A leads nowhere$/
    )
  })
})

describe("an object in a query", () => {
  const operation = (parameter: { readonly [key: string]: Json }) => {
    const root = JsonNode.make({
      paths: { "/a": { get: { parameters: [{ name: "filter", in: "query", required: true, ...parameter }] } } }
    })
    const [one] = Document.make(root.value).operations
    return one?.parameters.map(({ name, required }) => `${name}${required ? "" : "?"}`)
  }
  const schema = { type: "object", properties: { a: { type: "string" }, b: {} }, required: ["a"] }

  it("is as many parameters as it has properties, by its style", () => {
    assert.deepStrictEqual(operation({ schema }), ["a", "b?"])
    assert.deepStrictEqual(operation({ schema, style: "deepObject" }), ["filter[a]", "filter[b]?"])
    assert.deepStrictEqual(operation({ schema, explode: false }), ["filter"])
    assert.deepStrictEqual(operation({ schema: { type: "object" } }), ["filter"])
    assert.deepStrictEqual(operation({ schema: { type: ["object", "string"], properties: { a: {} } } }), ["filter"])
  })
})

describe("the field of a finding", () => {
  it("has a name where the schema has one: keys of data differ with every sample", () => {
    const schema = JsonNode.make({
      type: "object",
      properties: {
        list: { type: "array", items: { properties: { a: {} } } },
        free: { type: "object", additionalProperties: { type: "string" } }
      }
    })
    assert.deepStrictEqual(
      ["/list/3/a", "/free/colour", "/free/0", "/list/3"].map((at) => Validator.fieldIn(schema, at)),
      ["list[].a", "free.*", "free.*", "list[]"]
    )
  })
})
