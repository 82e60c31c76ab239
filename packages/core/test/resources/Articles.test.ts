import { Articles } from "@effect-intercom/core/resources/Articles"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Scripted from "../Scripted.ts"
import { exchange, misfits, refuses, tolerates, unchecked, walk } from "./Exchange.ts"

const article = (fields: object = {}) => ({
  type: "article",
  id: "6871119",
  workspace_id: "a1b2c3",
  title: "How to ship &amp; return",
  description: "",
  body: null,
  author_id: 493881,
  state: "published",
  created_at: 1_717_041_620,
  updated_at: 1_717_041_700,
  url: null,
  parent_id: 125685,
  parent_ids: [125685, "18"],
  parent_type: "collection",
  default_locale: "en",
  translated_content: {
    type: "article_translated_content",
    fr: { type: "article_content", title: "Livraison", author_id: 493881, state: "draft", created_at: 1_717_041_620 },
    de: null,
    "pt-BR": { title: "Envio" },
    xx: { title: "a language to come" }
  },
  tags: { type: "tag.list", tags: [] },
  statistics: { type: "article_statistics", views: 12, happy_reaction_percentage: 66.6, reactions: 3 },
  ai_chatbot_availability: true,
  ...fields
})

describe("Articles.list", () => {
  it.effect("asks GET /articles, with what the query says", () =>
    Effect.gen(function* () {
      const body = {
        type: "list",
        data: [article(), article({ translated_content: null, statistics: null, parent_id: null })],
        total_count: 2,
        pages: { type: "pages", page: 1, per_page: 25, total_pages: 2, next: "https://api.intercom.io/articles?page=2" }
      }
      const { sent, value } = yield* exchange(
        Articles,
        (articles) => articles.list({ page: 1, per_page: undefined }),
        Scripted.json(body)
      )
      assert.strictEqual(`${sent.method} ${sent.path}`, "GET /articles?page=1")
      assert.deepStrictEqual<unknown>(value, body)
    })
  )

  it.effect("walks by page number, whatever `next` looks like", () =>
    Effect.gen(function* () {
      const page = (id: string, next: unknown) => ({
        type: "list",
        data: [article({ id })],
        pages: { type: "pages", page: Number(id), per_page: 1, total_pages: 2, next }
      })
      const { ids, queries } = yield* walk(
        Articles,
        (articles) => articles.list.items({ per_page: 1 }),
        page("1", "https://api.intercom.io/articles?per_page=1&page=2"),
        page("2", null)
      )
      assert.deepStrictEqual(ids, ["1", "2"])
      assert.deepStrictEqual(queries, [{ per_page: "1" }, { per_page: "1", page: "2" }])
    })
  )

  it.effect("refuses pages below 1", () =>
    Effect.gen(function* () {
      yield* refuses(Articles, (articles) => articles.list({ page: 0 }), { path: "page" })
      yield* refuses(Articles, (articles) => articles.list({ per_page: 1.5 }), { path: "per_page" })
    })
  )

  it.effect("names the article that does not fit", () =>
    misfits(
      Articles,
      (articles) => articles.list(),
      { type: "list", data: [article({ id: 6871119, translated_content: { fr: { title: 1 } } })] },
      "data[0].id",
      "data[0].translated_content.fr.title"
    )
  )
})

describe("Articles.create", () => {
  it.effect("posts what is given, translations included", () =>
    Effect.gen(function* () {
      const { sent, value } = yield* exchange(
        Articles,
        (articles) =>
          articles.create({
            title: "How to ship",
            author_id: 493881,
            description: undefined,
            state: "draft",
            parent_id: 125685,
            parent_type: "collection",
            translated_content: { fr: { title: "Livraison", body: undefined }, "zh-CN": undefined }
          }),
        Scripted.json(article())
      )
      assert.strictEqual(`${sent.method} ${sent.path}`, "POST /articles")
      assert.deepStrictEqual(sent.body, {
        title: "How to ship",
        author_id: 493881,
        state: "draft",
        parent_id: 125685,
        parent_type: "collection",
        translated_content: { fr: { title: "Livraison" } }
      })
      assert.deepStrictEqual<unknown>(value, article())
      assert.strictEqual(value.translated_content?.fr?.title, "Livraison")
    })
  )

  it.effect("refuses an article without title or author, and what the API has no field for", () =>
    Effect.gen(function* () {
      yield* refuses(Articles, (articles) => articles.create(unchecked({ author_id: 1 })), { path: "title" })
      yield* refuses(Articles, (articles) => articles.create(unchecked({ title: "A" })), { path: "author_id" })
      yield* refuses(Articles, (articles) => articles.create(unchecked({ title: "A", author_id: "1" })), {
        path: "author_id"
      })
      yield* refuses(
        Articles,
        (articles) =>
          articles.create({ title: "A", author_id: 1, translated_content: unchecked({ tlh: { title: "Duj" } }) }),
        { path: "translated_content.tlh" }
      )
    })
  )

  it.effect("takes an article with nothing but type and id, and nulls elsewhere", () =>
    tolerates(
      Articles,
      (articles) => articles.create({ title: "A", author_id: 1 }),
      { type: "article", id: "1" },
      Object.keys(article()).slice(2)
    )
  )

  it.effect("refuses an answer that is no article", () =>
    misfits(Articles, (articles) => articles.create({ title: "A", author_id: 1 }), { ok: true }, "type", "id")
  )
})
