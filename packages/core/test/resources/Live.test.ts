/** Answers as they were seen live, where no document says so; and what the client does not rely on. */
import { Articles } from "@effect-intercom/core/resources/Articles"
import { Contacts } from "@effect-intercom/core/resources/Contacts"
import { Conversations } from "@effect-intercom/core/resources/Conversations"
import * as Search from "@effect-intercom/core/Search"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as Scripted from "../Scripted.ts"

const everything = Layer.mergeAll(Articles.layer, Contacts.layer, Conversations.layer)
type Everything = Layer.Success<typeof everything>

const answered = <A, E>(effect: Effect.Effect<A, E, Everything>, ...bodies: ReadonlyArray<unknown>) => {
  const server = Scripted.make(bodies.map((body) => Scripted.json(body)))
  return Effect.map(Effect.provide(effect, server.layer(everything)), (value) => ({ value, sent: server.sent }))
}

const query = Search.contact("role", "=", "user")
const asked = Search.conversation("open", "=", true)

describe("a page", () => {
  it.effect("has its numbers as text in some answers: the walk goes on by them", () =>
    Effect.gen(function* () {
      const page = (page: string) => ({
        type: "list",
        data: [{ type: "article", id: page }],
        total_count: "2",
        pages: { type: "pages", page, per_page: "1", total_pages: "2", next: null }
      })
      const { sent, value } = yield* answered(
        Articles.use(({ list }) => Stream.runCollect(list.pages({}, { prefetch: 0 }))),
        page("1"),
        page("2")
      )
      assert.deepStrictEqual(
        value.map(({ items, total }) => [String(items[0]?.id), total]),
        [
          ["1", 2],
          ["2", 2]
        ]
      )
      assert.strictEqual(sent[1]?.url.search, "?page=2")
      const ignored = yield* answered(
        Effect.flip(Articles.use(({ list }) => Stream.runCollect(list.pages({}, { prefetch: 0 })))),
        page("1"),
        page("1")
      )
      assert.strictEqual(ignored.value.reason._tag, "PaginationError")
    })
  )

  it.effect("of conversations echoes per_page as text", () =>
    Effect.gen(function* () {
      const next = { per_page: "100", starting_after: "abc" }
      const pages = { type: "pages", page: 1, per_page: "100", total_pages: 3, next }
      const body = { type: "conversation.list", conversations: [], total_count: 214, pages }
      const { value } = yield* answered(
        Conversations.use(({ list }) => list({ per_page: 100 })),
        body
      )
      assert.deepStrictEqual<unknown>(value, body)
    })
  )

  it.effect("is refused without its list, or with a cursor that is none", () =>
    Effect.gen(function* () {
      for (const body of [
        { type: "list", total_count: 0 },
        { data: {} },
        { data: [], pages: { next: { starting_after: [] } } }
      ]) {
        const { value } = yield* answered(Effect.flip(Contacts.use(({ list }) => list())), body)
        assert.strictEqual(value.reason._tag, "DecodeError")
      }
    })
  )
})

describe("a search that found nothing", () => {
  it.effect("may answer without its list", () =>
    Effect.gen(function* () {
      for (const body of [
        { type: "list", total_count: 0, pages: { type: "pages", page: 1, per_page: 50, total_pages: 0 } },
        { type: "list", data: null, total_count: "0" }
      ]) {
        const { value } = yield* answered(
          Contacts.use(({ search }) => Effect.all([search({ query }), Stream.runCollect(search.items({ query }))])),
          body,
          body
        )
        assert.deepStrictEqual<unknown>(value, [body, []])
        const found = yield* answered(
          Conversations.use(({ search }) =>
            Stream.runCollect(search.items({ query: asked }, { onInvalid: Effect.die }))
          ),
          body
        )
        assert.deepStrictEqual(found.value, [])
      }
    })
  )

  it.effect("has lost it when it counts records, or does not count", () =>
    Effect.gen(function* () {
      for (const body of [
        { type: "list", total_count: 5 },
        { total_count: "5" },
        { type: "list" },
        {},
        { data: "none" }
      ]) {
        for (const walk of [
          Contacts.use(({ search }) => Stream.runCollect(search.items({ query }))),
          Contacts.use(({ search }) => Stream.runCollect(search.items({ query }, { onInvalid: Effect.die })))
        ]) {
          const { value } = yield* answered(Effect.flip(walk), body)
          assert(value.reason._tag === "DecodeError", JSON.stringify(body))
        }
      }
    })
  )
})

describe("a record", () => {
  it.effect("of a conversation has sizes of files as text, topics and a ticket", () =>
    Effect.gen(function* () {
      const files = [
        { type: "upload", name: "a.png", url: "https://x/a", width: "640", height: "421", filesize: "1234" }
      ]
      for (const ticket of [null, { type: "ticket", id: 42, url: "https://x/t" }]) {
        for (const topics of [{}, { type: "topic.list", topics: [], total_count: 0 }]) {
          const body = { type: "conversation", id: "1", source: { attachments: files }, topics, ticket }
          const { value } = yield* answered(
            Conversations.use(({ get }) => get("1" as never)),
            body
          )
          assert.deepStrictEqual<unknown>(value, body)
        }
      }
    })
  )

  it.effect("of a contact has subscription types, where it came from, and what it said of SMS", () =>
    Effect.gen(function* () {
      const types = { type: "list", data: [], url: "/contacts/1/subscriptions", total_count: 0, has_more: false }
      const body = {
        type: "contact",
        id: "1",
        referrer: null,
        utm_source: "mail",
        utm_term: null,
        sms_consent: false,
        unsubscribed_from_sms: true,
        opted_in_subscription_types: types,
        opted_out_subscription_types: types
      }
      const { value } = yield* answered(
        Contacts.use(({ get }) => get("1" as never)),
        body
      )
      assert.deepStrictEqual<unknown>(value, body)
      assert.deepStrictEqual([value.opted_in_subscription_types?.total_count, value.utm_source], [0, "mail"])
    })
  )

  it.effect("of an article counts conversations, and names its content", () =>
    Effect.gen(function* () {
      const body = {
        type: "article",
        id: "1",
        content_id: "77",
        statistics: { type: "article_statistics", conversations: 3 }
      }
      const { value } = yield* answered(
        Articles.use(({ create }) => create({ title: "t", author_id: 1 })),
        body
      )
      assert.deepStrictEqual([value.content_id, value.statistics?.conversations], ["77", 3])
    })
  )
})

describe("a new contact", () => {
  it.effect("may have null for its external_id", () =>
    Effect.gen(function* () {
      const contact = { email: "a@example.com", external_id: null }
      const { sent } = yield* answered(
        Contacts.use(({ create }) => create(contact)),
        { type: "contact", id: "1" }
      )
      assert.deepStrictEqual(sent[0]?.body, contact)
    })
  )
})
