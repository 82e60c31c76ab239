/** The contract checks that need no server, over every operation: fast enough to be run against each mutant. */
import * as Divergence from "@effect-intercom/contract-tests/report/Divergence"
import * as Document from "@effect-intercom/contract-tests/document/Document"
import * as EffectiveDocument from "@effect-intercom/contract-tests/document/EffectiveDocument"
import { operations } from "@effect-intercom/core/IntercomApi"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { find, services } from "../Subjects.ts"

const checks = ["coverage", "structure", "responses", "refusals"]

describe("the contract, without servers", () => {
  it.live("has every operation of the document, and no other", () =>
    Effect.gen(function* () {
      // Methods that are alternatives of one operation are one.
      const names = (all: ReadonlyArray<{ readonly method: string; readonly path: string }>) =>
        [...new Set(all.map(({ method, path }) => `${method} ${path}`))].toSorted()
      assert.deepStrictEqual(
        names(operations),
        names(Document.make((yield* EffectiveDocument.load()).document).operations)
      )
    }).pipe(Effect.provide(services), Effect.orDie)
  )

  for (const { method, name, path } of operations) {
    it.live(name, () =>
      Effect.gen(function* () {
        const found = yield* find({ operation: `${method} ${path}`, checks, runs: 10, whole: true })
        assert.deepStrictEqual(found.filter(Divergence.isFailure).map(Divergence.format), [])
      })
    )
  }
})
