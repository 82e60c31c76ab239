import { ArticleId, Articles } from "@effect-intercom/core/resources/Articles"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Scripted from "../Scripted.ts"
import { exchange, refuses, unchecked } from "./Exchange.ts"

describe("the translations of an article", () => {
  it.effect("are sent without what is undefined, and come back by locale, those to come too", () =>
    Effect.gen(function* () {
      const answer = { type: "article", id: "1", translated_content: { fr: { title: "Livraison" }, de: null, xx: {} } }
      const { sent, value } = yield* exchange(
        Articles,
        (articles) =>
          articles.create({
            title: "How to ship",
            author_id: 493881,
            translated_content: { fr: { title: "Livraison", body: undefined }, "zh-CN": undefined }
          }),
        Scripted.json(answer)
      )
      assert.deepStrictEqual(sent.body, {
        title: "How to ship",
        author_id: 493881,
        translated_content: { fr: { title: "Livraison" } }
      })
      assert.deepStrictEqual<unknown>(value, answer)
    })
  )

  it.effect("may say what they are, as answers do", () =>
    Effect.gen(function* () {
      const translated_content = {
        type: "article_translated_content",
        fr: { type: "article_content", title: "Livraison" }
      } as const
      const { sent } = yield* exchange(
        Articles,
        (articles) => articles.update(ArticleId.make("1"), { translated_content }),
        Scripted.json({ type: "article", id: "1" })
      )
      assert.deepStrictEqual(sent.body, { translated_content })
    })
  )

  it.effect("are of the locales there are", () =>
    refuses(
      Articles,
      (articles) =>
        articles.create({ title: "A", author_id: 1, translated_content: unchecked({ tlh: { title: "Duj" } }) }),
      { path: "translated_content.tlh" }
    )
  )
})
