/** What a workspace writes: articles in collections, and pages for the AI agent. */
import { CollectionId, ContentImportSourceId, Intercom } from "@effect-intercom/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { inProcess } from "./Client.ts"

const admins = [{ id: "1" }]

describe("an article", () => {
  it.effect("keeps the languages, and all else, that a change does not name", () =>
    Effect.gen(function* () {
      const { articles } = yield* Intercom
      const { id } = yield* articles.create({
        title: "How to ship",
        author_id: 1,
        translated_content: { fr: { title: "Livraison", body: "<p>oui</p>" }, de: { title: "Versand" } }
      })
      const changed = yield* articles.update(id, { body: "<p>yes</p>", translated_content: { fr: { title: "Envoi" } } })
      assert.deepStrictEqual(yield* articles.get(id), changed)
      assert.deepInclude(changed, { title: "How to ship", body: "<p>yes</p>", author_id: 1 })
      assert.containsSubset(changed.translated_content, {
        type: "article_translated_content",
        fr: { type: "article_content", title: "Envoi", body: "<p>oui</p>" },
        de: { title: "Versand", state: "draft" }
      })
    }).pipe(Effect.provide(inProcess({ admins })))
  )

  it.effect("is found by a phrase, its state and its Help Center, with the places of the phrase", () =>
    Effect.gen(function* () {
      const { articles, collections, helpCenters } = yield* Intercom
      const [helpCenter] = yield* Stream.runCollect(helpCenters.list.items())
      const { id } = yield* collections.create({ name: "Shipping" })
      const within = { author_id: 1, parent_id: Number(id), parent_type: "collection" }
      const hidden = yield* articles.create({ title: "Old zeppelins", author_id: 1 })
      const body = "<p>By <b>Zeppelin</b>, mostly.</p>"
      const shown = yield* articles.create({ title: "How we ship", body, state: "published", ...within })
      const found = (query: object) =>
        Effect.map(Stream.runCollect(articles.search.items({ phrase: "zeppelin", ...query })), (all) =>
          [...all].map(({ id }) => id)
        )
      assert.deepStrictEqual(yield* found({}), [shown.id, hidden.id])
      assert.deepStrictEqual(yield* found({ state: "draft" }), [hidden.id])
      assert.deepStrictEqual(yield* found({ help_center_id: Number(helpCenter?.id) }), [shown.id])
      const { data } = yield* articles.search({ phrase: "zeppelin", state: "published", highlight: true })
      const plain = (text: string) => ({ type: "plain", text })
      assert.deepStrictEqual<unknown>(data.highlights, [
        {
          article_id: shown.id,
          highlighted_title: [plain("How we ship")],
          highlighted_summary: [[plain("By "), { type: "highlight", text: "Zeppelin" }, plain(", mostly.")]]
        }
      ])
    }).pipe(Effect.provide(inProcess({ admins })))
  )

  it.effect("is found on whichever page of a search it is", () =>
    Effect.gen(function* () {
      const { articles } = yield* Intercom
      const all = [...(yield* Stream.runCollect(articles.list.items()))].map(({ id }) => id)
      const pages = [...(yield* Stream.runCollect(articles.search.pages()))]
      assert.deepStrictEqual(
        pages.map(({ items, total }) => [items.length, total]),
        [
          [10, 25],
          [10, 25],
          [5, 25]
        ]
      )
      assert.deepStrictEqual(
        pages.flatMap(({ items }) => items.map(({ id }) => id)),
        all
      )
    }).pipe(Effect.provide(inProcess({ articles: 25 })))
  )

  it.effect("has an address while it is published", () =>
    Effect.gen(function* () {
      const { articles } = yield* Intercom
      const { id, url } = yield* articles.create({ title: "A", author_id: 1 })
      assert.isNull(url)
      const published = yield* articles.update(id, { state: "published" })
      assert.include(published.url, id)
      assert.isNull((yield* articles.update(id, { state: "draft" })).url)
    }).pipe(Effect.provide(inProcess({ admins })))
  )
})

describe("a collection", () => {
  it.effect("is deleted with those in it, and articles are in none then", () =>
    Effect.gen(function* () {
      const { articles, collections } = yield* Intercom
      const outer = yield* collections.create({ name: "Outer" })
      const inner = yield* collections.create({ name: "Inner", parent_id: outer.id })
      const article = yield* articles.create({
        title: "A",
        author_id: 1,
        parent_id: Number(inner.id),
        parent_type: "collection"
      })
      assert.deepInclude(article, { parent_id: Number(inner.id), parent_ids: [Number(inner.id)] })
      assert.deepInclude(yield* collections.delete(outer.id), { id: outer.id, object: "collection", deleted: true })
      assert.strictEqual((yield* Effect.flip(collections.get(inner.id))).reason._tag, "NotFound")
      assert.deepInclude(yield* articles.get(article.id), { parent_id: null, parent_ids: [], parent_type: null })
      assert.strictEqual(yield* Stream.runCount(collections.list.items()), 0)
    }).pipe(Effect.provide(inProcess({ admins, collections: 0 })))
  )

  it.effect("that there is not is nowhere to put anything", () =>
    Effect.gen(function* () {
      const { articles, collections } = yield* Intercom
      const within = Effect.flip(collections.create({ name: "A", parent_id: "1" }))
      const written = Effect.flip(articles.create({ title: "A", author_id: 1, parent_id: 1 }))
      for (const { reason } of [yield* within, yield* written]) {
        assert(reason._tag === "BadRequest", reason._tag)
        assert.strictEqual(reason.errors[0]?.field, "parent_id")
      }
    }).pipe(Effect.provide(inProcess({ admins })))
  )

  it.effect("has its languages changed one by one, and moves to the top", () =>
    Effect.gen(function* () {
      const { collections } = yield* Intercom
      const outer = yield* collections.create({ name: "Outer" })
      const { id } = yield* collections.create({
        name: "Shipping",
        parent_id: outer.id,
        translated_content: { "pt-BR": { name: "Envio" }, fr: { name: "Livraison" } }
      })
      const changed = yield* collections.update(CollectionId.make(id), {
        parent_id: null,
        translated_content: { fr: { description: "Tout" } }
      })
      assert.deepInclude(changed, { name: "Shipping", parent_id: null })
      assert.containsSubset(changed.translated_content, {
        "pt-BR": { name: "Envio" },
        fr: { name: "Livraison", description: "Tout" }
      })
    }).pipe(Effect.provide(inProcess()))
  )
})

describe("a content import source", () => {
  it.effect("has a number for its id, and is deleted with its pages", () =>
    Effect.gen(function* () {
      const { contentImportSources, externalPages } = yield* Intercom
      const source = yield* contentImportSources.create({
        sync_behavior: "api",
        url: "https://a.example",
        audience_ids: 7
      })
      assert.isNumber(source.id)
      assert.deepStrictEqual(source.audience_ids, [7])
      const page = yield* externalPages.create({
        title: "A",
        html: "<p>a</p>",
        locale: "en",
        source_id: Number(source.id),
        external_id: "a"
      })
      yield* contentImportSources.delete(ContentImportSourceId.make(String(source.id)))
      assert.strictEqual((yield* Effect.flip(externalPages.get(page.id))).reason._tag, "NotFound")
    }).pipe(Effect.provide(inProcess()))
  )
})

describe("a newsfeed", () => {
  it.effect("shows what is live in it", () =>
    Effect.gen(function* () {
      const { newsItems, newsfeeds } = yield* Intercom
      const [one, other] = yield* Stream.runCollect(newsfeeds.list.items())
      assert(one !== undefined && other !== undefined)
      const newsfeed_assignments = [{ newsfeed_id: Number(one.id), published_at: 1 }]
      const { id } = yield* newsItems.create({ title: "A", sender_id: 1, newsfeed_assignments })
      const shown = Effect.map(Stream.runCollect(newsfeeds.listItems.items(one.id)), (all) => all.map(({ id }) => id))
      assert.deepStrictEqual(yield* shown, [])
      yield* newsItems.update(id, { title: "A", sender_id: 1, state: "live" })
      assert.deepStrictEqual(yield* shown, [id])
      assert.strictEqual(yield* Stream.runCount(newsfeeds.listItems.items(other.id)), 0)
    }).pipe(Effect.provide(inProcess({ admins, newsItems: 0 })))
  )
})

describe("a collection", () => {
  it.effect("is in no collection that is in it", () =>
    Effect.gen(function* () {
      const { collections } = yield* Intercom
      const outer = yield* collections.create({ name: "Outer" })
      const inner = yield* collections.create({ name: "Inner", parent_id: outer.id })
      for (const parent_id of [outer.id, inner.id]) {
        const { reason } = yield* Effect.flip(collections.update(outer.id, { parent_id }))
        assert.containsSubset(reason, {
          _tag: "BadRequest",
          errors: [{ code: "parameter_invalid", field: "parent_id" }]
        })
      }
      yield* collections.delete(outer.id)
      assert.strictEqual((yield* Effect.flip(collections.get(inner.id))).reason._tag, "NotFound")
    }).pipe(Effect.provide(inProcess()))
  )
})
