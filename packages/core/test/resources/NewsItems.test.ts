import { NewsItems } from "@effect-intercom/core/resources/NewsItems"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Scripted from "../Scripted.ts"
import { exchange, misfits, refuses, tolerates, unchecked, walk } from "./Exchange.ts"

const item = (fields: object = {}) => ({
  type: "news-item",
  id: "33",
  workspace_id: "a1b2c3",
  title: "We have news",
  body: "<p>Hello there,</p>",
  sender_id: 493881,
  state: "live",
  newsfeed_assignments: [{ newsfeed_id: 53, published_at: 1_664_638_214 }],
  labels: ["Product", null],
  cover_image_url: null,
  reactions: [null, "😄"],
  deliver_silently: false,
  created_at: 1_717_041_620,
  updated_at: 1_717_041_700,
  audience: { all: true },
  ...fields
})

describe("NewsItems.list", () => {
  it.effect("asks GET /news/news_items, with what the query says", () =>
    Effect.gen(function* () {
      const body = {
        type: "list",
        data: [item(), item({ state: "draft", newsfeed_assignments: [] })],
        total_count: 2,
        pages: { type: "pages", page: 2, per_page: 10, total_pages: 2, next: null }
      }
      const { sent, value } = yield* exchange(
        NewsItems,
        (news) => news.list({ page: 2, per_page: 10 }),
        Scripted.json(body)
      )
      assert.strictEqual(`${sent.method} ${sent.path}`, "GET /news/news_items?page=2&per_page=10")
      assert.deepStrictEqual<unknown>(value, body)
    })
  )

  it.effect("walks by page number, whatever `next` looks like", () =>
    Effect.gen(function* () {
      const page = (id: string, next: unknown) => ({
        type: "list",
        data: [item({ id })],
        pages: { type: "pages", page: Number(id), per_page: 1, total_pages: 2, next }
      })
      const { ids, queries } = yield* walk(
        NewsItems,
        (news) => news.list.items({ per_page: 1 }),
        page("1", "https://api.intercom.io/news/news_items?per_page=1&page=2"),
        page("2", null)
      )
      assert.deepStrictEqual(ids, ["1", "2"])
      assert.deepStrictEqual(queries, [{ per_page: "1" }, { per_page: "1", page: "2" }])
    })
  )

  it.effect("leaves undefined parameters out, and refuses pages below 1", () =>
    Effect.gen(function* () {
      const { sent } = yield* exchange(
        NewsItems,
        (news) => news.list({ page: undefined }),
        Scripted.json({ type: "list", data: [] })
      )
      assert.strictEqual(sent.path, "/news/news_items")
      yield* refuses(NewsItems, (news) => news.list({ page: 0 }), { path: "page" })
      yield* refuses(NewsItems, (news) => news.list({ per_page: 0 }), { path: "per_page" })
    })
  )

  it.effect("names the item that does not fit", () =>
    misfits(
      NewsItems,
      (news) => news.list(),
      { type: "list", data: [item(), item({ id: 33, labels: [1] })] },
      "data[1].id",
      "data[1].labels[0]"
    )
  )
})

describe("NewsItems.create", () => {
  it.effect("posts the item", () =>
    Effect.gen(function* () {
      const given = {
        title: "We have news",
        sender_id: 493881,
        state: "live",
        labels: ["Product"],
        reactions: ["😄", null],
        newsfeed_assignments: [{ newsfeed_id: 53, published_at: 1_664_638_214 }]
      } as const
      const { sent, value } = yield* exchange(
        NewsItems,
        (news) => news.create({ ...given, body: undefined, deliver_silently: undefined }),
        Scripted.json(item())
      )
      assert.strictEqual(`${sent.method} ${sent.path}`, "POST /news/news_items")
      assert.deepStrictEqual<unknown>(sent.body, given)
      assert.deepStrictEqual<unknown>(value, item())
    })
  )

  it.effect("refuses an item without title or sender", () =>
    Effect.gen(function* () {
      yield* refuses(NewsItems, (news) => news.create(unchecked({ sender_id: 1 })), { path: "title" })
      yield* refuses(NewsItems, (news) => news.create(unchecked({ title: "A" })), { path: "sender_id" })
      yield* refuses(NewsItems, (news) => news.create(unchecked({ title: "A", sender_id: "1" })), { path: "sender_id" })
    })
  )

  it.effect("takes an item with nothing but type and id, and nulls elsewhere", () =>
    tolerates(
      NewsItems,
      (news) => news.create({ title: "A", sender_id: 1 }),
      { type: "news-item", id: "1" },
      Object.keys(item()).slice(2)
    )
  )

  it.effect("refuses an answer without an id", () =>
    misfits(NewsItems, (news) => news.create({ title: "A", sender_id: 1 }), { type: "news-item" }, "id")
  )
})
