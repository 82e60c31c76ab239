/**
 * What users of the official SDK run into (reproduced against intercom-client 7.0.3, or reported by them), each as the
 * behaviour to expect instead. The titles name the defect.
 */
import { Companies } from "@effect-intercom/core/resources/Companies"
import { ContactId, Contacts } from "@effect-intercom/core/resources/Contacts"
import { Conversations } from "@effect-intercom/core/resources/Conversations"
import { Events } from "@effect-intercom/core/resources/Events"
import { Messages } from "@effect-intercom/core/resources/Messages"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as Scripted from "./Scripted.ts"

const layer = Layer.mergeAll(Contacts.layer, Companies.layer, Conversations.layer, Events.layer, Messages.layer)
type Resources = Layer.Success<typeof layer>

const on = <A, E>(server: Scripted.Scripted, call: Effect.Effect<A, E, Resources>) =>
  Scripted.elapse(Effect.provide(call, server.layer(layer, { timeout: "1 second" })))

const get = Contacts.use(({ get }) => get(ContactId.make("1")))
const company = (id: string) => ({ type: "company", id })

describe("intercom-client 7.0.3", () => {
  it.effect("1 (an iterator ended by throwing a 404): the end of a listing is an end, never an error", () =>
    Effect.gen(function* () {
      const contacts = Contacts.use(({ list }) => Stream.runCollect(list.items()))
      const companies = Companies.use(({ list }) => Stream.runCollect(list.items()))
      const events = Events.use(({ list }) => Stream.runCollect(list.items({ user_id: "u" })))
      for (const [walk, key, nextPage] of [
        [contacts, "data", { starting_after: "c" }],
        [companies, "data", "/companies?page=2"],
        [events, "events", "/events?page=2"]
      ] as const) {
        const last = { type: "list", [key]: [], pages: { next: null } }
        const record = { type: "contact", id: "1" }
        const server = Scripted.make([
          Scripted.json({ type: "list", [key]: [record], pages: { next: nextPage } }),
          Scripted.json(last)
        ])
        const items: ReadonlyArray<unknown> = yield* on<ReadonlyArray<unknown>, unknown>(server, walk)
        assert.deepStrictEqual(items, [record])
        assert.strictEqual(server.sent.length, 2)
      }
      const gone = Scripted.errorList(404, { code: "not_found", message: "scroll parameter not found" })
      const scroll = (...data: ReadonlyArray<object>) => Scripted.json({ type: "list", data, scroll_param: "s" })
      const scrolled = yield* on(
        Scripted.make([scroll(company("1")), scroll(), gone]),
        Companies.use(({ scroll }) => Stream.runCollect(scroll.items()))
      )
      assert.lengthOf(scrolled, 1)
    })
  )

  it.effect("2 (page numbers: one request too many, and no end if the server ignores them): neither", () =>
    Effect.gen(function* () {
      const walk = Companies.use(({ list }) => Stream.runCollect(list.items({ per_page: 1 })))
      const exact = Scripted.make(({ url }) => {
        const page = Number(url.searchParams.get("page") ?? 1)
        return Scripted.json({ type: "list", data: [company(String(page))], pages: { page, total_pages: 3 } })
      })
      assert.strictEqual((yield* on(exact, walk)).length, 3)
      assert.strictEqual(exact.sent.length, 3)
      const stuck = Scripted.make(() =>
        Scripted.json({ type: "list", data: [company("1")], pages: { page: 1, total_pages: 3 } })
      )
      const error = yield* Effect.flip(on(stuck, walk))
      assert.deepStrictEqual([error.reason._tag, stuck.sent.length], ["PaginationError", 2])
    })
  )

  it.effect("3 (an iterator changed the caller's request, so a second list began at the last page): it does not", () =>
    Effect.gen(function* () {
      const query = { per_page: 1 }
      const server = Scripted.make(({ url }) =>
        Scripted.json(url.searchParams.has("starting_after") ? Scripted.contacts(["2"]) : Scripted.contacts(["1"], "c"))
      )
      const ids = yield* on(
        server,
        Contacts.use(({ list }) =>
          Effect.gen(function* () {
            const first = yield* Stream.runCollect(list.items(query))
            const second = yield* Stream.runCollect(list.items(query))
            return [first, second].map((items) => items.map(({ id }) => String(id)))
          })
        )
      )
      assert.deepStrictEqual(ids, [
        ["1", "2"],
        ["1", "2"]
      ])
      assert.deepStrictEqual(query, { per_page: 1 })
    })
  )

  it.effect("4 (a reset connection was an error without a status at once): what is safe is sent again", () =>
    Effect.gen(function* () {
      const server = Scripted.make([
        Scripted.lost("ECONNRESET"),
        Scripted.lost("UND_ERR_SOCKET"),
        Scripted.json(Scripted.contact("1"))
      ])
      assert.strictEqual(String((yield* on(server, get)).id), "1")
      const dead = Scripted.make(() => Scripted.lost("ECONNRESET", "read ECONNRESET"))
      const { reason } = yield* Effect.flip(on(dead, get))
      assert(reason._tag === "TransportError")
      assert.deepStrictEqual([reason.code, reason.sent], ["ECONNRESET", true])
    })
  )

  it.effect("5 (POST /contacts was sent three times on a 500): a POST that may have been processed is sent once", () =>
    Effect.gen(function* () {
      const creations = [
        Contacts.use(({ create }) => create({ email: "a@b.c" })),
        Conversations.use(({ create }) => create({ from: { type: "user", id: ContactId.make("1") }, body: "hi" })),
        Messages.use(({ create }) =>
          create({
            message_type: "inapp",
            body: "hi",
            from: { type: "admin", id: 1 },
            to: { type: "user", id: ContactId.make("1") }
          } as never)
        )
      ]
      for (const create of creations) {
        for (const answer of [
          Scripted.status(500),
          Scripted.status(503),
          Scripted.lost("ECONNRESET"),
          Scripted.silence
        ]) {
          const server = Scripted.make([answer])
          yield* Effect.flip(on<unknown, unknown>(server, create))
          assert.strictEqual(server.sent.length, 1)
        }
      }
    })
  )

  it.effect("6 (a body that stalled hung past the timeout): the timeout covers the body", () =>
    Effect.gen(function* () {
      const server = Scripted.make([Scripted.stall('{"type":"con'), Scripted.json(Scripted.contact("1"))])
      assert.strictEqual(String((yield* on(server, get)).id), "1")
      assert.strictEqual(server.sent.length, 2)
    })
  )

  it.effect("7 (an empty 200 was undefined, another shape passed untyped): both are a DecodeError", () =>
    Effect.gen(function* () {
      const empty = yield* Effect.flip(
        on(
          Scripted.make(() => Scripted.text("")),
          get
        )
      )
      assert(empty.reason._tag === "DecodeError")
      assert.strictEqual(empty.reason.kind, "malformed")
      const other = yield* Effect.flip(
        on(
          Scripted.make(() => Scripted.json({ contact: { id: "1" } })),
          get
        )
      )
      assert(other.reason._tag === "DecodeError")
      assert.deepStrictEqual([other.reason.kind, other.reason.mismatches[0]?.path], ["invalid", "type"])
    })
  )

  it.effect("8 (events had one page only): next is followed", () =>
    Effect.gen(function* () {
      const event = (id: string) => ({ type: "event", id, event_name: "ordered", created_at: 1_700_000_000 })
      const page = (id: string, next: string | null) =>
        Scripted.json({
          type: "event.list",
          events: [event(id)],
          pages: { next, since: "https://api.intercom.io/events?since=1" }
        })
      const server = Scripted.make([
        page("1", "https://api.intercom.io/events?type=user&user_id=u&before=1"),
        page("2", null)
      ])
      const ids = yield* on(
        server,
        Events.use(({ list }) => Stream.runCollect(Stream.map(list.items({ user_id: "u" }), ({ id }) => id)))
      )
      assert.deepStrictEqual(ids, ["1", "2"])
      assert.strictEqual(server.sent[1]?.path, "/events?type=user&user_id=u&before=1")
    })
  )

  it.effect("9 (a list under another key was an empty list): it is a DecodeError that names the key", () =>
    Effect.gen(function* () {
      const contacts = Contacts.use(({ list }) => Stream.runCollect(list.items()))
      const conversations = Conversations.use(({ list }) => Stream.runCollect(list.items()))
      for (const [walk, wrong, right] of [
        [contacts, "contacts", "data"],
        [conversations, "data", "conversations"]
      ] as const) {
        const answer = { type: "list", [wrong]: [Scripted.contact("1")], pages: {} }
        const { reason } = yield* Effect.flip(
          on<unknown, Effect.Error<typeof contacts>>(Scripted.make([Scripted.json(answer)]), walk)
        )
        assert(reason._tag === "DecodeError")
        assert.deepStrictEqual(reason.mismatches, [{ path: right, expected: "a value", actual: "nothing" }])
      }
    })
  )
})
