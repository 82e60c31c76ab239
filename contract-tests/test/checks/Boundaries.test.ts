/** Edges of every rule: what they are, that each kind of rule the document may say is held against the client, and the client to it. */
import type * as Client from "@effect-intercom/contract-tests/subject/Client"
import * as Divergence from "@effect-intercom/contract-tests/report/Divergence"
import * as BoundaryValues from "@effect-intercom/contract-tests/schema/BoundaryValues"
import * as Example from "@effect-intercom/contract-tests/schema/Example"
import * as JsonNode from "@effect-intercom/contract-tests/schema/JsonNode"
import * as Core from "@effect-intercom/core"
import { Contact } from "@effect-intercom/core/resources/Contacts"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { find } from "../Subjects.ts"

const values = (schema: Schema.Json) => BoundaryValues.values([JsonNode.make(schema)]).map(({ value }) => value)

describe("edges", () => {
  it("of bounds: just inside and just outside", () => {
    assert.includeMembers(values({ type: "integer", minimum: 1, maximum: 150 }), [0, 1, 2, 149, 150, 151])
    assert.includeMembers(values({ type: "number", exclusiveMinimum: 3 }), [2.5, 3, 3.5])
  })

  it("of lengths: in characters, and in characters that are two units of UTF-16", () => {
    const found = values({ type: "string", minLength: 2, maxLength: 4 })
    assert.includeMembers(found, ["x", "xx", "xxx", "xxxx", "xxxxx", "🙂", "🙂🙂", "🙂🙂🙂🙂", "🙂🙂🙂🙂🙂"])
  })

  it("of lists, constants, formats and steps", () => {
    assert.deepInclude(values({ type: "array", items: { type: "string" }, minItems: 2 }), ["text"])
    assert.deepInclude(values({ type: "array", items: { type: "string" }, uniqueItems: true }), ["text", "text"])
    assert.includeMembers(values({ const: "user" }), ["user", "user_", "USER"])
    assert.includeMembers(values({ type: "string", format: "email" }), ["someone@example.com", "nobody"])
    assert.includeMembers(values({ type: "integer", multipleOf: 10 }), [10, 15])
  })
})

describe("an exemplar", () => {
  it("has every field, and is of a kind the other side takes", () => {
    const schema = JsonNode.make({
      type: "object",
      properties: {
        id: { anyOf: [{ type: "string" }, { type: "number" }] },
        list: { type: "array", items: { type: "integer", minimum: 5 } },
        maybe: { type: ["null", "string"] }
      }
    })
    assert.deepStrictEqual(Example.of([schema]), { id: "text", list: [5], maybe: "text" })
    const other = JsonNode.make({ type: "object", properties: { id: { type: "integer" } } })
    assert.deepStrictEqual(Example.of([schema], [other]), { id: 1, list: [5], maybe: "text" })
  })

  it("of a schema that contains itself ends", () => {
    const loop = JsonNode.make({ type: "object", properties: { next: { $ref: "#" }, id: { type: "string" } } })
    assert.include(JSON.stringify(Example.of([loop])), '"id":"text"')
  })
})

const failures = (divergences: ReadonlyArray<Divergence.Divergence>) => divergences.filter(Divergence.isFailure)

describe("a document that forbids more", () => {
  const tightened = (
    name: string,
    rules: { readonly [keyword: string]: Schema.Json },
    expected: { readonly field: string; readonly message: RegExp }
  ) =>
    it.live(name, () =>
      Effect.gen(function* () {
        const at = `/components/schemas/CreateContact/properties/${expected.field}`
        const found = yield* find({
          operation: "POST /contacts",
          checks: ["boundaries"],
          patch: Object.entries(rules).map(([keyword, value]) => ({
            op: "add" as const,
            path: `${at}/${keyword}`,
            value
          }))
        })
        const one = failures(found).find(({ message }) => expected.message.test(message))
        assert.isDefined(one, JSON.stringify(found))
        assert.strictEqual(one.class, "breaking")
        assert.strictEqual(one.direction, "request")
        assert.isTrue(one.pointer.startsWith(at), one.pointer)
        assert.isDefined(one.counterexample)
        assert.match(one.curl ?? "", /^curl -X POST /)
      })
    )

  tightened("a maximum", { maximum: 100 }, { field: "signed_up_at", message: /^signed_up_at must be <= 100; the/ })
  tightened("a minimum", { exclusiveMinimum: 0 }, { field: "owner_id", message: /^owner_id must be > 0; the/ })
  tightened("a longest text", { maxLength: 5 }, { field: "email", message: /^email must NOT have more than 5 char/ })
  tightened("a shortest text", { minLength: 1 }, { field: "phone", message: /^phone must NOT have fewer than 1 char/ })
  tightened("an enum", { enum: ["user", "lead"] }, { field: "role", message: /^role must be equal to one of/ })
  tightened("a constant", { const: "a" }, { field: "role", message: /^role must be equal to constant/ })
  tightened("a pattern", { pattern: "^[0-9]+$" }, { field: "external_id", message: /^external_id must match pattern/ })
  tightened("a format", { format: "uri" }, { field: "avatar", message: /^avatar must match format "uri"/ })
  tightened("a step", { multipleOf: 10 }, { field: "owner_id", message: /^owner_id must be multiple of 10/ })
  tightened("no null", { type: "string" }, { field: "name", message: /^name must be string; the client sends it/ })

  it.live("a field that is needed, and one of several that is no more enough", () =>
    Effect.gen(function* () {
      const path = "/components/schemas/CreateContact"
      const required = yield* find({
        operation: "POST /contacts",
        checks: ["boundaries"],
        patch: [{ op: "add", path: `${path}/required`, value: ["email"] }]
      })
      assert.match(failures(required)[0]?.message ?? "", /must have required property 'email'; the client sends it/)
      const fewer = yield* find({
        operation: "POST /contacts",
        checks: ["boundaries"],
        patch: [{ op: "remove", path: `${path}/anyOf/2` }]
      })
      assert.match(failures(fewer)[0]?.message ?? "", /must match a schema in anyOf; the client sends it/)
    })
  )

  it.live("a bound of a query parameter", () =>
    Effect.gen(function* () {
      const found = yield* find({
        operation: "GET /contacts",
        checks: ["boundaries"],
        patch: [{ op: "add", path: "/paths/~1contacts/get/parameters/0/schema/maximum", value: 149 }]
      })
      assert.match(failures(found)[0]?.message ?? "", /^query parameter per_page: the value must be <= 149; the client/)
    })
  )

  it.live("one that permits more is worth a note", () =>
    Effect.gen(function* () {
      const found = yield* find({ operation: "GET /contacts", checks: ["boundaries"] })
      assert.deepStrictEqual(failures(found), [])
      assert.match(found.map(({ message }) => message).join(), /per_page: the client takes a value between 1 and 150/)
    })
  )
})

describe("a client that does not keep to its edges", () => {
  class Get extends Core.Resource.Service<Get>()("Contacts", {
    get: Core.Endpoint.get("/contacts/:contact_id", { params: { contact_id: Schema.String }, success: Contact })
  }) {}

  /** Where `/contacts/..` leads. */
  class Parent extends Core.Resource.Service<Parent>()("Parent", {
    all: Core.Endpoint.get("/contacts", { success: Contact })
  }) {}

  /** Takes dots for steps in the path, as a client would that does not look at ids. */
  const dotted: Client.Resources = {
    resources: [Get],
    services: Effect.map(Core.IntercomHttp, (http) => ({
      Contacts: {
        get: (contact_id: string) =>
          /^\.\.?$/.test(contact_id) ? Parent.make(http).all() : Get.make(http).get(contact_id)
      }
    }))
  }

  const resources = (get: (id: string) => string): Client.Resources => ({
    resources: [Get],
    services: Effect.map(Core.IntercomHttp, (http) => ({
      Contacts: { get: (contact_id: string) => Get.make(http).get(get(contact_id)) }
    }))
  })

  const messagesOf = (client: Client.Resources) =>
    Effect.map(find({ operation: "GET /contacts/{contact_id}", checks: ["boundaries"], client }), (found) =>
      found
        .filter(({ direction }) => direction === "request")
        .map(({ message }) => message)
        .join("\n")
    )

  const messages = (get: (id: string) => string) => messagesOf(resources(get))

  it.live("sends dots, and so asks for another path", () =>
    Effect.gen(function* () {
      assert.match(yield* messagesOf(dotted), /contact_id: .*another path|to another path than \/contacts/)
    })
  )

  it.live("changes what it is given", () =>
    Effect.gen(function* () {
      assert.match(
        yield* messages((id) => (typeof id === "string" ? id.trim() || "x" : id)),
        /contact_id: what is given does not arrive: the client sends the path parameter contact_id as/
      )
    })
  )

  it.live("dies", () =>
    Effect.gen(function* () {
      const found = yield* messages((id) => {
        if (id === "/") throw new Error("no")
        return id
      })
      assert.match(found, /contact_id: the client dies at an edge of text, with no typed error/)
    })
  )
})
