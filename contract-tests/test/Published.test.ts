import * as Contract from "@effect-intercom/contract-tests/Contract"
import * as Divergence from "@effect-intercom/contract-tests/Divergence"
import * as EffectiveDocument from "@effect-intercom/contract-tests/EffectiveDocument"
import * as Published from "@effect-intercom/contract-tests/Published"
import * as Report from "@effect-intercom/contract-tests/Report"
import { assert, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { services } from "./Subjects.ts"

class Result extends Context.Service<Result, Published.Result>()("Result") {
  static readonly layer = Layer.effect(this, Published.run({ runs: 20 })).pipe(Layer.provide(services))
}

layer(Result.layer, { excludeTestServices: true, timeout: "1 minute" })("the published document by itself", (it) => {
  it.effect("shows no divergence but those an action of an overlay names", () =>
    Effect.gen(function* () {
      const { named, report, unnamed } = yield* Result
      assert.deepStrictEqual(unnamed.map(Divergence.format), [])
      assert.isAbove(named.length, 300)
      assert.strictEqual(named.length, Contract.failures(report).length)
      assert.deepStrictEqual(report.document.actions, [])
    })
  )

  it.effect("shows what the facts contradict, each under its action", () =>
    Effect.gen(function* () {
      const result = yield* Result
      const text = Report.published(result)
      const fact = (message: string, action: RegExp) => {
        const found = result.named.filter(({ divergence }) => divergence.message === message)
        assert.isNotEmpty(found, message)
        assert.isTrue(
          found.every(({ actions }) => actions.some(({ file, target }) => action.test(`${file} ${target}`)))
        )
        assert.include(text, message)
      }
      fact("plan: the client's value may be string, the document's is object", /companies\.yml .*requestBody/)
      fact("to: the client's value may be array, the document's is object", /messages\.yml/)
      fact("id: the client demands it, the document does not promise it", /contacts\.yml|conversations\.yml|.*\.yml/)
      fact("pages: the client knows it, the document does not", /pages\.yml/)
      fact("query parameter include_count: the client sends it, the document does not know it", /segments\.yml/)
      fact("the client expects a body, the document has none", /messages\.yml|events\.yml|news\.yml/)
      fact("the client declares status 409, the document does not", /errors\.yml/)
      fact("conversation_id: the client demands it, the document does not have it", /conversations\.yml/)
    })
  )

  it.effect("a fact no overlay tells is left over", () =>
    Effect.gen(function* () {
      const { report } = yield* Result
      const { actions } = yield* EffectiveDocument.load()
      const without = actions.filter(({ file }) => !file.endsWith("segments.yml"))
      const left = Contract.failures(report).filter(
        (divergence) => EffectiveDocument.actionsFor(without, divergence).length === 0
      )
      assert.isNotEmpty(left)
      assert.isTrue(left.every(({ operation }) => operation === "GET /segments"))
    }).pipe(Effect.provide(services))
  )
})
