/** What of a document is no OpenAPI is told, whatever it is: silence would be taken for agreement. */
import * as EffectiveDocument from "@effect-intercom/contract-tests/document/EffectiveDocument"
import * as OpenApiVisitor from "@effect-intercom/contract-tests/schema/OpenApiVisitor"
import * as Vocabulary from "@effect-intercom/contract-tests/document/Vocabulary"
import { assert, describe, it } from "@effect/vitest"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as JsonPatch from "effect/JsonPatch"
import type * as Schema from "effect/Schema"
import { effective as own } from "../Subjects.ts"

const contact = "/components/schemas/Contact"
const parameters = "/paths/~1contacts/get/parameters"

const found = (path: string, value: Schema.Json) =>
  Effect.map(own, ({ document }) =>
    Vocabulary.findings(JsonPatch.apply([{ op: "add", path, value }], document)).map(
      ({ class: severity, message, pointer }) => `${severity} ${pointer}: ${message}`
    )
  )

describe("a document", () => {
  it.effect("of the project has nothing unrecognised", () =>
    Effect.gen(function* () {
      const { document, published } = yield* own
      assert.deepStrictEqual(Vocabulary.findings(document), [])
      assert.deepStrictEqual(Vocabulary.findings(published), [])
    })
  )

  const told = (name: string, path: string, value: Schema.Json, expected: RegExp) =>
    it.effect(name, () =>
      Effect.gen(function* () {
        const lines = yield* found(path, value)
        assert.strictEqual(lines.length, 1, lines.join("\n"))
        assert.match(lines[0] ?? "", expected)
      })
    )

  told("with a misspelt keyword", `${contact}/properties/email/minLenght`, 3, /^note .*minLenght: unrecognised keyword/)
  told("with a keyword of tomorrow", `${contact}/propertyDependencies`, {}, /^note .*unrecognised keyword/)
  told("with a misspelt field of a parameter", `${parameters}/0/requird`, true, /^note .*unrecognised field requird/)
  told("with an unknown method", "/paths/~1contacts/query", {}, /^note .*unrecognised field query/)
  told("with an unknown field of an operation", "/paths/~1contacts/get/produces", [], /unrecognised field produces/)
  told("with an unknown field of a response", "/paths/~1me/get/responses/200/schema", {}, /a response has none/)
  told("with an unknown field of a body", "/paths/~1contacts/post/requestBody/mandatory", true, /a request body has/)
  told(
    "with an unknown field of a media type",
    "/paths/~1contacts/post/requestBody/content/application~1json/itemSchema",
    {},
    /a media type has none/
  )
  told("with an unknown field at its top", "/produces", ["application/json"], /an OpenAPI document has none/)
  told("with an unknown kind of component", "/components/definitions", {}, /components has none/)
  told(
    "with a reference that is resolved while reading",
    `${contact}/$dynamicRef`,
    "#node",
    /^drift .* is not followed/
  )
  told("with a draft's keyword", `${contact}/dependencies`, { email: ["name"] }, /^drift .* is not followed/)
  told("with schemas of another dialect", "/jsonSchemaDialect", "http://json-schema.org/draft-07/schema#", /^drift /)
  told("with a parameter in the body", `${parameters}/-`, { name: "a", in: "body" }, /^drift .*unrecognised parameter/)
  told("with a parameter without a name", `${parameters}/-`, { in: "query" }, /^drift .*its name is null/)
  told(
    "with a status that is none",
    "/paths/~1me/get/responses/ok",
    { description: "" },
    /^drift .*unrecognised status ok/
  )
  told("with a path that is none", "/paths/contacts", { get: {} }, /^drift .*unrecognised path contacts/)
  told("with an operation on its way out", "/paths/~1me/get/deprecated", true, /^note .*this operation deprecated/)
  told("with a field on its way out", `${contact}/properties/email/deprecated`, true, /^note .*this field deprecated/)

  it.effect("with extensions has nothing unrecognised", () =>
    Effect.gen(function* () {
      for (const path of ["", contact, "/paths", "/paths/~1me", "/paths/~1me/get", "/paths/~1me/get/responses"]) {
        assert.deepStrictEqual(yield* found(`${path}/x-internal`, { minLenght: 3 }), [])
      }
    })
  )

  it.effect("tells it among its defects, which are part of every report and every diff", () =>
    Effect.gen(function* () {
      const { published } = yield* own
      const changed = JsonPatch.apply([{ op: "add", path: `${contact}/minLenght`, value: 3 }], published)
      const { defects } = yield* EffectiveDocument.load({ spec: "version.json", text: JSON.stringify(changed) })
      assert.deepStrictEqual(
        defects.map(({ pointer }) => pointer),
        [`${contact}/minLenght`]
      )
    }).pipe(Effect.provide(NodeServices.layer))
  )
})

describe("the vocabulary", () => {
  it("has what the walk over a document knows", () => {
    for (const keyword of OpenApiVisitor.schemaKeys.keys())
      assert.isTrue(Vocabulary.fields.schema.has(keyword), keyword)
  })
})
