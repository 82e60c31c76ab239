import { ContactId } from "@effect-intercom/core/resources/Contacts"
import { Events } from "@effect-intercom/core/resources/Events"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Scripted from "../Scripted.ts"
import { exchange, refuses, unchecked } from "./Exchange.ts"

const ordered = { event_name: "ordered-item", created_at: 1_717_041_620 } as const

describe("Events.submit", () => {
  it.effect("takes each way to name the contact, and one only", () =>
    Effect.gen(function* () {
      const id = ContactId.make("6657add46abd0167d9419cd2")
      for (const who of [{ id }, { user_id: "314159" }, { email: "zoe@example.com" }]) {
        const { sent } = yield* exchange(
          Events,
          (events) => events.submit({ ...ordered, ...who }),
          Scripted.status(202)
        )
        assert.deepStrictEqual(sent.body, { ...ordered, ...who })
      }
      const expected = "exactly one of id, user_id and email"
      yield* refuses(Events, (events) => events.submit(ordered), { expected })
      yield* refuses(Events, (events) => events.submit({ ...ordered, id, email: "zoe@example.com" }), { expected })
    })
  )
})

describe("Events.list", () => {
  it.effect("asks with the type the API demands", () =>
    Effect.gen(function* () {
      const { sent } = yield* exchange(
        Events,
        (events) => events.list({ user_id: "314159", email: undefined, per_page: 50 }),
        Scripted.json({ events: [] })
      )
      assert.deepStrictEqual(Object.fromEntries(sent.url.searchParams), {
        type: "user",
        user_id: "314159",
        per_page: "50"
      })
    })
  )

  it.effect("reads the summed-up form, too", () =>
    Effect.gen(function* () {
      const body = {
        type: "event.summary",
        email: "zoe@example.com",
        intercom_user_id: "6657add46abd0167d9419cd2",
        user_id: null,
        events: [
          { name: "ordered-item", first: "2024-05-30T04:00:20.000Z", last: 1_717_041_620, count: 2, description: null }
        ]
      }
      const { value } = yield* exchange(
        Events,
        (events) => events.list({ type: "user", email: "zoe@example.com" }),
        Scripted.json(body)
      )
      assert.deepStrictEqual<unknown>(value, body)
    })
  )

  it.effect("is asked for summaries by a method of its own", () =>
    Effect.gen(function* () {
      const events = [{ name: "ordered-item", first: "2024-05-30T04:00:20.000Z", last: 1_717_041_620, count: 2 }]
      const { sent, value } = yield* exchange(
        Events,
        (api) => api.listSummaries({ email: "zoe@example.com" }),
        Scripted.json({ type: "event.summary", events })
      )
      assert.deepStrictEqual(Object.fromEntries(sent.url.searchParams), {
        type: "user",
        email: "zoe@example.com",
        summary: "true"
      })
      assert.deepStrictEqual<unknown>(value, events)
      yield* refuses(Events, (api) => api.listSummaries({}), {
        expected: "exactly one of user_id, intercom_user_id and email"
      })
    })
  )

  it.effect("refuses a query for nobody, or for two", () =>
    Effect.gen(function* () {
      const expected = "exactly one of user_id, intercom_user_id and email"
      yield* refuses(Events, (events) => events.list({}), { expected })
      yield* refuses(Events, (events) => events.list({ user_id: "1", email: "zoe@example.com" }), { expected })
      yield* refuses(Events, (events) => events.list(unchecked({ user_id: "1", summary: true })), { path: "summary" })
    })
  )

  it.effect("needs a query: there is no list of everyone's events", () =>
    refuses(Events, (events) => events.list(), { expected: "exactly one of user_id, intercom_user_id and email" })
  )
})
