import { ContactId } from "@effect-intercom/core/resources/Contacts"
import { Events } from "@effect-intercom/core/resources/Events"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Scripted from "../Scripted.ts"
import { exchange, misfits, refusal, refuses, unchecked } from "./Exchange.ts"

const ordered = { event_name: "ordered-item", created_at: 1_717_041_620 } as const

const event = (fields: object = {}) => ({
  type: "event",
  id: "7b8a1f3e-0000-11ef-8000-1d2c3b4a5f60",
  event_name: "ordered-item",
  created_at: 1_717_041_620,
  user_id: "314159",
  email: "zoe@example.com",
  intercom_user_id: "6657add46abd0167d9419cd2",
  metadata: { order: { value: "3434", url: "https://x.example/3434" }, amount: 12.5, first: true },
  session: "s-1",
  ...fields
})

const list = (events: ReadonlyArray<unknown>, pages: object | null = { next: null }) => ({
  type: "event.list",
  events,
  pages
})

describe("Events.submit", () => {
  it.effect("posts the event, and answers with nothing", () =>
    Effect.gen(function* () {
      const { sent, value } = yield* exchange(
        Events,
        (events) =>
          events.submit({
            ...ordered,
            user_id: "314159",
            email: undefined,
            metadata: { order: { value: "3434", url: "https://x.example/3434" }, amount: 12.5 }
          }),
        Scripted.status(202)
      )
      assert.strictEqual(`${sent.method} ${sent.path}`, "POST /events")
      assert.deepStrictEqual(sent.body, {
        ...ordered,
        user_id: "314159",
        metadata: { order: { value: "3434", url: "https://x.example/3434" }, amount: 12.5 }
      })
      assert.isUndefined(value)
    })
  )

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

  it.effect("refuses an event without name or time", () =>
    Effect.gen(function* () {
      yield* refuses(Events, (events) => events.submit(unchecked({ created_at: 1, user_id: "1" })), {
        path: "event_name"
      })
      yield* refuses(Events, (events) => events.submit(unchecked({ event_name: "e", user_id: "1" })), {
        path: "created_at"
      })
      yield* refuses(Events, (events) => events.submit({ event_name: "e", user_id: "1", created_at: 1.5 }), {
        path: "created_at"
      })
    })
  )

  it.effect("is sent again when its fate is unknown: the API counts it once", () => {
    const server = Scripted.make([Scripted.lost("ECONNRESET"), Scripted.status(503), Scripted.status(202)])
    return Effect.gen(function* () {
      yield* Scripted.elapse(Events.use((events) => events.submit({ ...ordered, user_id: "1" })))
      assert.lengthOf(server.sent, 3)
    }).pipe(Effect.provide(server.layer(Events.layer)))
  })

  it.effect("tells that there is no such contact", () =>
    Effect.gen(function* () {
      const { reason } = yield* refusal(
        Events,
        (events) => events.submit({ ...ordered, user_id: "1" }),
        Scripted.errorList(404, { code: "not_found", message: "User Not Found" })
      )
      assert.strictEqual(reason._tag, "NotFound")
    })
  )
})

describe("Events.list", () => {
  it.effect("asks GET /events for a contact, with the type the API demands", () =>
    Effect.gen(function* () {
      const body = list([event(), event({ metadata: null, email: null }), {}], {
        next: null,
        since: "https://api.intercom.io/events?type=user&user_id=314159&since=1"
      })
      const { sent, value } = yield* exchange(
        Events,
        (events) => events.list({ user_id: "314159", email: undefined, per_page: 50 }),
        Scripted.json(body)
      )
      assert.strictEqual(sent.method, "GET")
      assert.strictEqual(sent.url.pathname, "/events")
      assert.deepStrictEqual(Object.fromEntries(sent.url.searchParams), {
        type: "user",
        user_id: "314159",
        per_page: "50"
      })
      assert.deepStrictEqual<unknown>(value, body)
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

  it.effect("refuses a query for nobody, or for two", () =>
    Effect.gen(function* () {
      const expected = "exactly one of user_id, intercom_user_id and email"
      yield* refuses(Events, (events) => events.list({}), { expected })
      yield* refuses(Events, (events) => events.list({ user_id: "1", email: "zoe@example.com" }), { expected })
      yield* refuses(Events, (events) => events.list(unchecked({ user_id: "1", summary: true })), { path: "summary" })
      yield* refuses(Events, (events) => events.list({ user_id: "1", per_page: 0 }), { path: "per_page" })
      // In a URL it would become U+FFFD: another contact.
      yield* refuses(Events, (events) => events.list({ user_id: "\ud800" }), { path: "user_id" })
    })
  )

  it.effect("needs a query: there is no list of everyone's events", () =>
    refuses(Events, (events) => events.list(), { expected: "exactly one of user_id, intercom_user_id and email" })
  )

  it.effect("walks by the URLs the API gives", () => {
    const next = "https://api.intercom.io/events?type=user&user_id=314159&before=141"
    const server = Scripted.make([
      Scripted.json(list([event({ id: "1" })], { next })),
      Scripted.json(list([event({ id: "2" })], null))
    ])
    return Effect.gen(function* () {
      const events = yield* Events
      const found = yield* Stream.runCollect(events.list.items({ user_id: "314159" }))
      assert.deepStrictEqual(
        found.map(({ id }) => id),
        ["1", "2"]
      )
      assert.strictEqual(server.sent[1]?.url.href, next)
    }).pipe(Effect.provide(server.layer(Events.layer)))
  })

  it.effect("names the event that does not fit", () =>
    misfits(
      Events,
      (events) => events.list({ user_id: "1" }),
      list([event(), event({ id: 7, created_at: "2024-05-30" })]),
      "events[1].id",
      "events[1].created_at"
    )
  )
})
