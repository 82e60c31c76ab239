/** Methods that are alternatives of one operation, each against the part of the document's body that is meant for it. */
import * as Core from "@effect-intercom/core"
import type * as Client from "@effect-intercom/contract-tests/subject/Client"
import type { Divergence } from "@effect-intercom/contract-tests/report/Divergence"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as JsonPatch from "effect/JsonPatch"
import * as Schema from "effect/Schema"
import { find } from "../Subjects.ts"

const operation = "POST /contacts/{contact_id}/things"

const name = Core.Wire.optional(Schema.String)
const payloads = {
  open: Schema.Struct({ do: Schema.Literal("open"), name }),
  close: Schema.Struct({ do: Schema.Literal("close"), admin_id: Schema.String }),
  assign: Schema.Struct({ admin_id: Schema.String, to: Schema.NonEmptyArray(Schema.Struct({ id: Schema.String })) }),
  recall: Schema.Struct({
    admin_id: Schema.String,
    to: Schema.NonEmptyArray(Schema.Struct({ id: Schema.String, undo: Schema.Boolean }))
  })
}

/** A client with some methods for it. */
const methods = (some: { readonly [method: string]: Schema.Top }): Client.Resources => {
  class Things extends Core.Resource.Service<Things>()(
    "Things",
    Object.fromEntries(
      Object.entries(some).map(([method, payload]) => [
        method,
        Core.Endpoint.post("/contacts/:contact_id/things", {
          params: { contact_id: Core.ContactId },
          payload,
          success: Core.Wire.open({ id: Schema.String }),
          alternativeOf: "manage"
        })
      ])
    )
  ) {}
  return { resources: [Things], services: Effect.map(Core.IntercomHttp, (http) => ({ Things: Things.make(http) })) }
}

const object = (required: ReadonlyArray<string>, properties: object) => ({
  type: "object",
  additionalProperties: false,
  required,
  properties
})
const string = { type: "string" }
const doing = (what: string) => ({ type: "string", enum: [what] })
const list = (item: object) => ({ type: "array", minItems: 1, items: item })

// Behind a reference, in another order than the methods.
const branches = [
  object(["admin_id", "to"], {
    admin_id: string,
    to: list(object(["id", "undo"], { id: string, undo: { type: "boolean" } }))
  }),
  object(["do", "admin_id"], { do: doing("close"), admin_id: string }),
  object(["do"], { do: doing("open"), name: string }),
  object(["admin_id", "to"], { admin_id: string, to: list(object(["id"], { id: string })) })
]

const schema = "/components/schemas/ThingsRequest"

/** The document with the operation. */
const described = (all: ReadonlyArray<object>): JsonPatch.JsonPatch => [
  { op: "add", path: schema, value: { title: "Things", oneOf: [...all] } as Schema.Json },
  {
    op: "add",
    path: "/paths/~1contacts~1{contact_id}~1things",
    // JSON.
    value: {
      post: {
        operationId: "manageThing",
        parameters: [{ name: "contact_id", in: "path", required: true, schema: { type: "string" } }],
        requestBody: {
          required: true,
          content: { "application/json": { schema: { $ref: "#/components/schemas/ThingsRequest" } } }
        },
        responses: {
          "200": {
            description: "done",
            content: { "application/json": { schema: object(["id"], { id: string }) } }
          }
        }
      }
    } as Schema.Json
  }
]

const comparing = ["coverage", "structure"]
const sampling = [...comparing, "requests", "refusals", "boundaries", "responses", "comparator"]

/** What is found about its body. */
const found = (
  some: { readonly [method: string]: Schema.Top },
  checks: ReadonlyArray<string>,
  ...patch: JsonPatch.JsonPatch
) =>
  Effect.map(
    find({ operation, checks, client: methods(some), runs: 20, patch: [...described(branches), ...patch] }),
    (all) =>
      all.filter(
        (one) =>
          one.operation === operation &&
          one.class !== "note" &&
          (one.direction === "request" || one.pointer.startsWith(schema) || one.pointer.endsWith("/requestBody"))
      )
  )

const told = (all: ReadonlyArray<Divergence>) =>
  all.map(({ class: severity, message, method, pointer }) => `${severity} ${method} ${pointer}: ${message}`)

describe("alternatives of an operation", () => {
  it.live("are each compared with what is meant for them", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(told(yield* found(payloads, sampling)), [])
    })
  )

  it.live("of the body that no method is about are told", () =>
    Effect.gen(function* () {
      const { assign: _, ...others } = payloads
      assert.deepStrictEqual(told(yield* found(others, comparing)), [
        `drift undefined ${schema}/oneOf/3: the document takes this alternative of the body, the client has no method for it`
      ])
    })
  )

  it.live("that are none of the body's are told", () =>
    Effect.gen(function* () {
      const snooze = Schema.Struct({ do: Schema.Literal("snooze"), until: Schema.Int })
      const all = yield* found({ ...payloads, snooze }, comparing)
      assert.include(
        told(all),
        "breaking Things.snooze /paths/~1contacts~1{contact_id}~1things/post/requestBody: what the method sends is none of the alternatives of the document's body"
      )
      assert.deepStrictEqual([...new Set(all.map(({ method }) => method))], ["Things.snooze"])
    })
  )

  const changed = (
    what: string,
    patch: JsonPatch.JsonPatchOperation,
    method: string,
    message: RegExp,
    at = patch.path
  ) =>
    it.live(`are told where they differ: ${what}`, () =>
      Effect.gen(function* () {
        const all = yield* found(payloads, comparing, patch)
        assert.isTrue(
          all.some((one) => one.method === method && message.test(one.message) && one.pointer.startsWith(at)),
          told(all).join("\n")
        )
        assert.deepStrictEqual([...new Set(all.map(({ method }) => method))], [method])
      })
    )

  changed(
    "a further required field",
    { op: "add", path: `${schema}/oneOf/2/required/-`, value: "name" },
    "Things.open",
    /^name: the document requires it, the client does not$/,
    `${schema}/oneOf/2/required`
  )
  changed(
    "a field of another type",
    { op: "replace", path: `${schema}/oneOf/1/properties/admin_id/type`, value: "integer" },
    "Things.close",
    /^admin_id: the client's value may be string, the document's is integer$/
  )
  changed(
    "a field that is gone",
    { op: "remove", path: `${schema}/oneOf/2/properties/name` },
    "Things.open",
    /^name: the client sends it, the document does not know it$/
  )
  changed(
    "a new field",
    { op: "add", path: `${schema}/oneOf/3/properties/note`, value: string },
    "Things.assign",
    /^note: the document takes it, the client cannot send it$/
  )
  changed(
    "another word for what is to be done",
    { op: "replace", path: `${schema}/oneOf/1/properties/do/enum`, value: ["shut"] },
    "Things.close",
    /^do: the document's does not take "close"|^do: the document's is "shut" only/
  )
  changed(
    "a field of an item that is required",
    { op: "replace", path: `${schema}/oneOf/0/properties/to/items/required`, value: ["id", "undo", "why"] },
    "Things.recall",
    /^to\[\]\.why: the document requires it, the client cannot send it$/,
    `${schema}/oneOf/0/properties/to/items`
  )

  it.live("of one body without alternatives send together what it takes", () =>
    Effect.gen(function* () {
      const { close, open } = payloads
      const whole = object(["do"], { do: { type: "string", enum: ["open", "close"] }, admin_id: string, name: string })
      const all = yield* found({ close, open }, sampling, { op: "replace", path: schema, value: whole as Schema.Json })
      assert.deepStrictEqual(told(all), [])
    })
  )
})
