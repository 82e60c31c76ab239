/** What a workspace writes: articles in collections, and pages for the AI agent. */
import { CollectionId, ContentImportSourceId, Intercom } from "@effect-intercom/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { inProcess } from "./Client.ts"

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
    }).pipe(Effect.provide(inProcess()))
  )

  it.effect("has an address while it is published", () =>
    Effect.gen(function* () {
      const { articles } = yield* Intercom
      const { id, url } = yield* articles.create({ title: "A", author_id: 1 })
      assert.isNull(url)
      const published = yield* articles.update(id, { state: "published" })
      assert.include(published.url, id)
      assert.isNull((yield* articles.update(id, { state: "draft" })).url)
    }).pipe(Effect.provide(inProcess()))
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
    }).pipe(Effect.provide(inProcess({ collections: 0 })))
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
    }).pipe(Effect.provide(inProcess()))
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
