/** What happens by itself: what is snoozed wakes when its time has come. */
import { Intercom } from "@effect-intercom/core"
import { Simulator } from "@effect-intercom/simulator"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { inProcess } from "./Client.ts"

/** The first conversation, snoozed until a time in Unix seconds. */
const snoozed = Effect.fnUntraced(function* (until: number) {
  const { admins, conversations } = yield* Intercom
  const [admin] = (yield* admins.list()).admins
  const [first] = (yield* conversations.list()).conversations
  assert(first !== undefined && admin?.id !== undefined)
  yield* conversations.snooze(first.id, { message_type: "snoozed", admin_id: admin.id, snoozed_until: until })
  return first.id
})

/** The topics that are delivered from now on, each with the time it was told at. */
const listening = Effect.gen(function* () {
  const { notify } = yield* Simulator
  const told = yield* Queue.unbounded<readonly [topic: unknown, created_at: unknown]>()
  yield* notify({
    handler: Effect.gen(function* () {
      const request = yield* HttpServerRequest.HttpServerRequest
      if (request.method === "POST") {
        const { created_at, topic } = Object(yield* request.json)
        yield* Queue.offer(told, [topic, created_at])
      }
      return HttpServerResponse.empty()
    })
  })
  return told
})

describe("a snoozed conversation", () => {
  it.effect("is open when its time has come, with a part that says so, and is found by that time", () =>
    Effect.gen(function* () {
      const { conversations } = yield* Intercom
      const id = yield* snoozed(600)
      yield* TestClock.adjust("599 seconds")
      assert.strictEqual((yield* conversations.get(id)).state, "snoozed")
      yield* TestClock.adjust("1 hour")
      const woken = yield* conversations.get(id)
      assert.containsSubset(woken, { state: "open", open: true, snoozed_until: null, updated_at: 600 })
      const part = woken.conversation_parts?.conversation_parts?.at(-1)
      assert.containsSubset(part, { part_type: "open", created_at: 600, author: { type: "bot" } })
      const { total_count } = yield* conversations.search({ query: { field: "updated_at", operator: "=", value: 600 } })
      assert.strictEqual(total_count, 1)
    }).pipe(Effect.provide(inProcess()))
  )

  it.effect("is open in what is asked of the simulator, too", () =>
    Effect.gen(function* () {
      const { records, update } = yield* Simulator
      yield* update("conversations", yield* snoozed(1), { snoozed_until: 60 })
      const states = Effect.map(Stream.runCollect(records("conversations")), ([first = ""]) => JSON.parse(first).state)
      assert.strictEqual(yield* states, "snoozed")
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(yield* states, "open")
    }).pipe(Effect.provide(inProcess({ conversations: [{ state: "open" }] })))
  )

  it.effect("is told of at its time, whether anybody asks or not", () =>
    Effect.gen(function* () {
      const told = yield* listening
      yield* snoozed(600)
      assert.deepStrictEqual(yield* Queue.take(told), ["conversation.admin.snoozed", 0])
      yield* TestClock.adjust("2 hours")
      assert.deepStrictEqual(yield* Queue.take(told), ["conversation.admin.unsnoozed", 600])
    }).pipe(Effect.provide(inProcess({ conversations: [{ state: "open" }] })))
  )

  it.effect("is opened by what a contact says, and by nothing later", () =>
    Effect.gen(function* () {
      const { contacts, conversations } = yield* Intercom
      const id = yield* snoozed(600)
      const [contact] = (yield* contacts.list()).data
      assert.isDefined(contact)
      const say = { type: "user", message_type: "comment", intercom_user_id: contact.id } as const
      const answered = yield* conversations.replyAsContact(id, { ...say, body: "Any news?" })
      assert.containsSubset(answered, { state: "open", snoozed_until: null })
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(yield* conversations.get(id), answered)
    }).pipe(Effect.provide(inProcess()))
  )

  it.effect("wakes at the time it was given last", () =>
    Effect.gen(function* () {
      const { conversations } = yield* Intercom
      const id = yield* snoozed(600)
      yield* snoozed(1200)
      yield* TestClock.adjust("15 minutes")
      assert.strictEqual((yield* conversations.get(id)).state, "snoozed")
      yield* TestClock.adjust("5 minutes")
      assert.containsSubset(yield* conversations.get(id), { state: "open", updated_at: 1200 })
    }).pipe(Effect.provide(inProcess()))
  )
})

it.effect("a snoozed ticket wakes at its time", () =>
  Effect.gen(function* () {
    const { tickets } = yield* Intercom
    const [ticket] = (yield* tickets.search({ query: { field: "created_at", operator: ">", value: 0 } })).tickets ?? []
    assert.isDefined(ticket)
    yield* tickets.update(ticket.id, { open: false, snoozed_until: 600 })
    yield* TestClock.adjust("10 minutes")
    assert.containsSubset(yield* tickets.get(ticket.id), { open: true, snoozed_until: null, updated_at: 600 })
  }).pipe(Effect.provide(inProcess()))
)
