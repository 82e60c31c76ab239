/** The contract checks that need no server, over every operation: fast enough to be run against each mutant. */
import * as Divergence from "@effect-intercom/contract-tests/Divergence"
import { operations } from "@effect-intercom/core/IntercomApi"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { find } from "../Subjects.ts"

const checks = ["coverage", "structure", "responses", "refusals"]

describe("the contract, without servers", () => {
  it("has every operation", () => {
    assert.lengthOf(operations, 18)
  })

  for (const { method, name, path } of operations) {
    it.live(name, () =>
      Effect.gen(function* () {
        const found = yield* find({ operation: `${method} ${path}`, checks, runs: 10 })
        assert.deepStrictEqual(found.filter(Divergence.isFailure).map(Divergence.format), [])
      })
    )
  }
})
