/** Instances of custom objects, by ids of one's own; what Fin is told. */
import { FinVoiceCallId, Intercom } from "@effect-intercom/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { inProcess } from "./Client.ts"

describe("an instance of a custom object", () => {
  it.effect("is one for each external id of a type, whatever is sent twice", () =>
    Effect.gen(function* () {
      const { customObjectInstances: instances } = yield* Intercom
      const made = yield* instances.createOrUpdate("Order", {
        external_id: "o-1",
        custom_attributes: { order_number: "1", total: 12.5 }
      })
      const again = yield* instances.createOrUpdate("Order", {
        external_id: "o-1",
        custom_attributes: { total: 13 }
      })
      assert.deepInclude(again, { id: made.id, type: "Order", custom_attributes: { order_number: "1", total: 13 } })
      const shipment = yield* instances.createOrUpdate("Shipment", { external_id: "o-1" })
      assert.notStrictEqual(shipment.id, made.id)
      assert.deepStrictEqual(yield* instances.getByExternalId("Order", { external_id: "o-1" }), again)
      const ids = { custom_object_type_identifier: "Order", custom_object_instance_id: made.id }
      assert.deepStrictEqual(yield* instances.get(ids), again)
      assert.strictEqual(
        (yield* Effect.flip(instances.get({ ...ids, custom_object_type_identifier: "Shipment" }))).reason._tag,
        "NotFound"
      )
    }).pipe(Effect.provide(inProcess()))
  )

  it.effect("is gone by either id once it is deleted by one, and can be made again", () =>
    Effect.gen(function* () {
      const { customObjectInstances: instances } = yield* Intercom
      const external = { external_id: "order-0" }
      const { id } = yield* instances.getByExternalId("Order", external)
      assert.deepInclude(yield* instances.deleteByExternalId("Order", external), { id, deleted: true })
      const ids = { custom_object_type_identifier: "Order", custom_object_instance_id: id }
      for (const gone of [instances.get(ids), instances.delete(ids), instances.getByExternalId("Order", external)]) {
        assert.strictEqual((yield* Effect.flip(gone)).reason._tag, "NotFound")
      }
      assert.notStrictEqual((yield* instances.createOrUpdate("Order", external)).id, id)
      const unknown = yield* Effect.flip(instances.createOrUpdate("Refund", external))
      assert.strictEqual(unknown.reason._tag, "NotFound")
    }).pipe(Effect.provide(inProcess()))
  )
})

describe("Fin", () => {
  it.effect("is told of a call once, and the call is found by each of its ids", () =>
    Effect.gen(function* () {
      const { finVoice } = yield* Intercom
      const call = yield* finVoice.register({ phone_number: "+35319999999", call_id: "c-1", source: "five9" })
      assert.deepStrictEqual(yield* finVoice.get(FinVoiceCallId.make(String(call.id))), call)
      assert.deepStrictEqual(yield* finVoice.getByExternalId("c-1"), call)
      assert.deepStrictEqual(yield* finVoice.getByPhoneNumber("+35319999999"), call)
      const twice = yield* Effect.flip(finVoice.register({ phone_number: "+1", call_id: "c-1" }))
      assert.strictEqual(twice.reason._tag, "Conflict")
    }).pipe(Effect.provide(inProcess()))
  )

  it.effect("is replied to, and rated, in a conversation that was started", () =>
    Effect.gen(function* () {
      const { finAgent } = yield* Intercom
      const message = { author: "user", body: "Hi", timestamp: "2026-01-01T00:00:00Z" }
      const turn = { conversation_id: "c-1", message, user: { id: "u-1" } }
      const rating = { conversation_id: "c-1", rating: "good" }
      assert.strictEqual((yield* Effect.flip(finAgent.reply(turn))).reason._tag, "BadRequest")
      const { reason } = yield* Effect.flip(finAgent.submitCsat(rating))
      assert(reason._tag === "UnprocessableEntity", reason._tag)
      // It is no `error.list`.
      assert.strictEqual(reason.body, '{"errors":{"conversation_id":"was not started"}}')
      assert.deepInclude(yield* finAgent.start(turn), { conversation_id: "c-1", user_id: "u-1", status: "thinking" })
      assert.strictEqual((yield* finAgent.reply(turn)).status, "thinking")
      assert.deepStrictEqual<unknown>(yield* finAgent.submitCsat(rating), { ...rating, status: "rated" })
    }).pipe(Effect.provide(inProcess()))
  )
})
