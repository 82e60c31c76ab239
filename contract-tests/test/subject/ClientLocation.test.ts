import * as Client from "@effect-intercom/contract-tests/subject/Client"
import * as Document from "@effect-intercom/contract-tests/document/Document"
import * as JsonNode from "@effect-intercom/contract-tests/schema/JsonNode"
import * as ClientLocation from "@effect-intercom/contract-tests/subject/ClientLocation"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { effective, services } from "../Subjects.ts"

/** The project's document and the client, loaded once. */
const loaded = Effect.runSync(
  Effect.cached(
    Effect.gen(function* () {
      const { document } = yield* effective
      const client = yield* Client.make(Client.intercom).pipe(Effect.provide(Client.layer("https://api.intercom.io")))
      return { document, client, parsed: Document.make(document) }
    }).pipe(Effect.provide(services))
  )
)

const at = (
  name: string,
  pointer: string,
  through: ReadonlyArray<string> = [],
  direction: "request" | "coverage" = "request"
) =>
  Effect.gen(function* () {
    const { client, document, parsed } = yield* loaded
    const method = client.operations.find((one) => one.name === name)
    const operation = parsed.operations.find(({ key }) => key === method?.key)
    assert.isDefined(method)
    assert.isDefined(operation)
    return ClientLocation.of(document, operation, method, { pointer, through, direction })
  })

const list = "/paths/~1contacts/get/responses/200/content/application~1json/schema"
const body = "/paths/~1contacts/post/requestBody/content/application~1json/schema/$ref"

describe("the client's side of a place", () => {
  it.effect("is the field of the body, through a reference", () =>
    Effect.gen(function* () {
      const slot = yield* at("Contacts.create", "/components/schemas/CreateContact/properties/email/type", [body])
      assert.deepStrictEqual(slot, { part: "payload", pointer: "/properties/email", schema: { type: "string" } })
    })
  )

  it.effect("is the field of the items of a list, through two", () =>
    Effect.gen(function* () {
      const slot = yield* at("Contacts.list", "/components/schemas/Contact/properties/owner_id/type", [
        `${list}/$ref`,
        "/components/schemas/ContactList/properties/data/items/$ref"
      ])
      assert.include(slot, { part: "success", pointer: "/properties/data/items/properties/owner_id" })
      assert.deepStrictEqual(JsonNode.record(JsonNode.make(slot.schema))["anyOf"], [
        { type: "string" },
        { type: "number" },
        { type: "null" }
      ])
    })
  )

  it.effect("is what a field the client lacks would be in, and names it", () =>
    Effect.gen(function* () {
      const slot = yield* at("Contacts.create", "/components/schemas/CreateContact/properties/nothing", [body])
      assert.include(slot, { part: "payload", pointer: "", missing: "nothing" })
      assert.property(JsonNode.record(JsonNode.make(slot.schema))["properties"], "email")
    })
  )

  it.effect("is the parameter, or all of them where the document has none such", () =>
    Effect.gen(function* () {
      const id = yield* at("Contacts.get", "/paths/~1contacts~1{contact_id}/get/parameters/0/schema/type")
      assert.strictEqual(id.part, "params")
      assert.match(id.pointer, /^\/properties\//)
      const query = yield* at("Contacts.list", "/paths/~1contacts/get/parameters")
      assert.include(query, { part: "query", pointer: "" })
    })
  )

  it.effect("is the declaration around the schemas otherwise", () =>
    Effect.gen(function* () {
      const slot = yield* at("Contacts.list", "/paths/~1contacts/get/responses/409", [], "coverage")
      assert.strictEqual(slot.part, "declaration")
      assert.deepInclude(slot.schema, { method: "GET", path: "/contacts", successStatus: 200, secured: true })
    })
  )
})
