/** The second oracle sees divergences by itself, and nothing where there is none. */
import * as Comparator from "@effect-intercom/contract-tests/checks/Comparator"
import * as JsonNode from "@effect-intercom/contract-tests/schema/JsonNode"
import type { Divergence } from "@effect-intercom/contract-tests/report/Divergence"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as JsonPatch from "effect/JsonPatch"
import { edited, find } from "../Subjects.ts"

describe("the comparator", () => {
  const mutant = (
    name: string,
    operation: string,
    patch: JsonPatch.JsonPatch,
    expected: Pick<Divergence, "class" | "direction" | "pointer"> & { readonly message: RegExp }
  ) =>
    it.live(name, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* find({ operation, checks: ["comparator"] }), [])
        const found = yield* find({ operation, checks: ["comparator"], patch })
        const one = found.find(({ message }) => expected.message.test(message))
        assert.isDefined(one, JSON.stringify(found, null, 2))
        const { class: severity, direction, pointer } = one
        assert.deepStrictEqual(
          { class: severity, direction, pointer },
          { class: expected.class, direction: expected.direction, pointer: expected.pointer }
        )
      })
    )

  const contact = "/components/schemas/Contact"
  const createContact = "/components/schemas/CreateContact"

  mutant(
    "a property of an answer gets another name",
    "GET /contacts",
    [{ op: "remove", path: `${contact}/properties/email_domain` }],
    {
      class: "drift",
      direction: "response",
      pointer: `${contact}/properties/email_domain`,
      message: /^data\[\]: response\.body\.incompatible: must NOT have additional properties - email_domain/
    }
  )
  mutant(
    "a property of one of several answers gets another name",
    "GET /events",
    [{ op: "remove", path: "/components/schemas/DataEvent/properties/event_name" }],
    {
      class: "drift",
      direction: "response",
      pointer: "/components/schemas/EventList/properties/events/items/properties/event_name",
      message: /event_name/
    }
  )
  mutant(
    "a property of an answer gets another type",
    "GET /contacts/{contact_id}",
    [{ op: "replace", path: `${contact}/properties/created_at/type`, value: "string" }],
    {
      class: "breaking",
      direction: "response",
      pointer: `${contact}/properties/created_at/type`,
      message: /^created_at: response\.body\.incompatible: must be string/
    }
  )
  mutant(
    "a success gets another status",
    "GET /contacts/{contact_id}",
    [
      { op: "add", path: "/paths/~1contacts~1{contact_id}/get/responses/201", value: { description: "" } },
      { op: "remove", path: "/paths/~1contacts~1{contact_id}/get/responses/200" }
    ],
    {
      class: "breaking",
      direction: "response",
      pointer: "/paths/~1contacts~1{contact_id}/get",
      message: /^response\.status\.unknown: /
    }
  )
  mutant(
    "a query parameter gets another name",
    "GET /contacts",
    [{ op: "replace", path: "/paths/~1contacts/get/parameters/0/name", value: "page_size" }],
    {
      class: "breaking",
      direction: "request",
      pointer: "/paths/~1contacts/get/parameters",
      message: /^request\.query\.unknown: .*per_page/
    }
  )
  mutant(
    "a query parameter gets another type",
    "GET /contacts",
    [{ op: "replace", path: "/paths/~1contacts/get/parameters/0/schema/type", value: "boolean" }],
    {
      class: "breaking",
      direction: "request",
      pointer: "/paths/~1contacts/get/parameters/0/schema/type",
      message: /^request\.query\.incompatible: .*must be boolean/
    }
  )
  mutant(
    "a property of a request gets another type",
    "POST /contacts",
    [{ op: "replace", path: `${createContact}/properties/owner_id/type`, value: "boolean" }],
    {
      class: "breaking",
      direction: "request",
      pointer: `${createContact}/properties/owner_id/type`,
      message: /^owner_id: request\.body\.incompatible: must be boolean/
    }
  )
  mutant(
    "a request needs more",
    "POST /contacts",
    [{ op: "add", path: `${createContact}/required`, value: ["workspace"] }],
    {
      class: "breaking",
      direction: "request",
      pointer: `${createContact}/required`,
      message: /request\.body\.incompatible: must have required property 'workspace'/
    }
  )
  mutant(
    "a request is of another media type",
    "POST /contacts",
    [
      { op: "add", path: "/paths/~1contacts/post/requestBody/content/application~1xml", value: {} },
      { op: "remove", path: "/paths/~1contacts/post/requestBody/content/application~1json" }
    ],
    {
      class: "breaking",
      direction: "request",
      pointer: "/paths/~1contacts/post/requestBody",
      message: /request\.content-type\.incompatible/
    }
  )

  it.live("has nothing against answers of fewer values", () =>
    Effect.gen(function* () {
      const found = yield* find({
        operation: "GET /contacts/{contact_id}",
        checks: ["comparator"],
        patch: [
          { op: "add", path: `${contact}/properties/signed_up_at/exclusiveMinimum`, value: 1_000_000_000 },
          { op: "add", path: `${contact}/properties/name/enum`, value: ["someone", null] },
          { op: "add", path: "/components/schemas/Reference/maxProperties", value: 2 }
        ]
      })
      assert.deepStrictEqual(found, [])
    })
  )

  it.live("has nothing against a parameter whose schema is wrapped", () =>
    Effect.gen(function* () {
      const schema = { op: "replace", path: "/paths/~1teams~1{team_id}/get/parameters/0/schema" } as const
      for (const wrapper of ["allOf", "anyOf", "oneOf"]) {
        const value = { [wrapper]: [{ allOf: [{ type: "string" }] }] }
        const patch = [{ ...schema, value }]
        assert.deepStrictEqual(yield* find({ operation: "GET /teams/{team_id}", checks: ["comparator"], patch }), [])
      }
      const patch = [{ ...schema, value: { type: ["string"] } }]
      assert.deepStrictEqual(yield* find({ operation: "GET /teams/{team_id}", checks: ["comparator"], patch }), [])
    })
  )

  it.live("has nothing against an object whose types are alternatives, its fields beside them", () =>
    Effect.gen(function* () {
      const path = "/components/schemas/Team/properties/admin_priority_level"
      const { type: _, ...rest } = JsonNode.record(JsonNode.at(yield* edited([]), path) ?? JsonNode.make(null))
      assert.property(rest, "properties")
      for (const keyword of ["anyOf", "oneOf"]) {
        const value = { ...rest, [keyword]: [{ type: "object" }, { type: "null" }] }
        const patch: JsonPatch.JsonPatch = [{ op: "replace", path, value }]
        const found = yield* find({ operation: "GET /teams/{team_id}", checks: ["comparator"], patch })
        assert.deepStrictEqual(found, [])
      }
    })
  )

  it.live("sees a token that is missing", () =>
    Effect.gen(function* () {
      const results = yield* Comparator.compare(yield* edited([]), [
        {
          description: "no token",
          request: { method: "GET", path: "/me", headers: { accept: "application/json" } },
          response: { status: 200 }
        }
      ])
      assert.include(
        results.map(({ code }) => code),
        "request.authorization.missing"
      )
    })
  )
})

describe("what tells", () => {
  const result = (message: string, at: string, rule: string): Comparator.Result => ({
    code: "response.body.incompatible",
    type: "error",
    message,
    mockDetails: { location: `[root].interactions[0].response.body${at}` },
    specDetails: { location: rule }
  })
  const unknown = (name: string, at: string, rule: string) =>
    result(`must NOT have additional properties - ${name}`, at, rule)
  const none = (at: string) => result("must match a schema in anyOf", at, "anyOf")

  it("is the field no alternative knows", () => {
    const wrong = unknown("c", "", "A.additionalProperties")
    const all = [
      unknown("b", "", "A.additionalProperties"),
      wrong,
      unknown("a", "", "B.additionalProperties"),
      unknown("c", "", "B.additionalProperties"),
      none("")
    ]
    assert.deepStrictEqual(new Set(Comparator.telling(all).map(({ message }) => message)), new Set([wrong.message]))
  })

  it("is what is wrong inside of what may be null", () => {
    const inside = result("must be string", ".a.b", "A.b")
    assert.deepStrictEqual(Comparator.telling([inside, result("must be null", ".a", "anyOf.1"), none(".a")]), [inside])
  })

  it("is what is wrong in the alternative that knows all fields", () => {
    const bound = result("must be > 1", ".n", "A.properties.n.exclusiveMinimum")
    assert.deepStrictEqual(Comparator.telling([bound, unknown("n", "", "B.additionalProperties"), none("")]), [bound])
  })

  it("is that none fits, when nothing else is said", () => {
    const all = [unknown("b", "", "A.additionalProperties"), unknown("a", "", "B.additionalProperties"), none("")]
    assert.deepStrictEqual(Comparator.telling(all), [none("")])
  })
})
