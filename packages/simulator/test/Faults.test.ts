import { assert, describe, it } from "@effect/vitest"
import { Faults } from "@effect-intercom/simulator"
import * as Effect from "effect/Effect"

describe("Faults.parse", () => {
  it.effect("reads nothing as no faults", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* Faults.parse("none"), Faults.none)
      assert.deepStrictEqual(yield* Faults.parse("  "), Faults.none)
    })
  )

  it.effect("reads a share of all kinds", () =>
    Effect.gen(function* () {
      const percent = yield* Faults.parse("2%")
      assert.deepStrictEqual(yield* Faults.parse("0.02"), percent)
      const shares = Object.values(percent.probabilities)
      assert.strictEqual(shares.length, Faults.kinds.length)
      assert.approximately(
        shares.reduce((sum, share) => sum + share, 0),
        0.02,
        1e-12
      )
    })
  )

  it.effect("reads kinds with their own probabilities", () =>
    Effect.gen(function* () {
      const { probabilities } = yield* Faults.parse("reset=1%, error503=0.02")
      assert.deepStrictEqual(probabilities, { reset: 0.01, error503: 0.02 })
    })
  )

  it.effect("reads a script", () =>
    Effect.gen(function* () {
      const { script } = yield* Faults.parse("script:ok,reset,html502")
      assert.deepStrictEqual(script, ["ok", "reset", "html502"])
    })
  )

  const bad: ReadonlyArray<readonly [string, string]> = [
    ["resets=0.1", '"resets" is no kind'],
    ["reset", '"" is no probability'],
    ["reset=lots", '"lots" is no probability'],
    ["reset=2", '"2" is no probability'],
    ["101%", "no kind"],
    ["reset=0.6,stall=0.6", "more than 1"],
    ["script:ok,explode", '"explode" is no kind'],
    ["script:", '"" is no kind']
  ]
  for (const [text, problem] of bad) {
    it.effect(`refuses "${text}"`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(Faults.parse(text))
        assert.strictEqual(error._tag, "FaultsSyntaxError")
        assert.include(error.message, problem)
        assert.include(error.message, "error503")
      })
    )
  }
})

const draws = (faults: Faults.Faults, seed: number, count: number) => {
  const next = Faults.source(faults, seed)
  return Array.from({ length: count }, () => next())
}

describe("Faults.source", () => {
  it("draws the same for the same seed, and differently for another", () => {
    const faults = Faults.rate(0.3)
    assert.deepStrictEqual(draws(faults, 7, 500), draws(faults, 7, 500))
    assert.notDeepEqual(draws(faults, 7, 500), draws(faults, 8, 500))
  })

  it("draws each kind about as often as asked", () => {
    const drawn = draws(Faults.rate(0.24), 1, 20_000)
    for (const kind of Faults.kinds) {
      const share = drawn.filter((fault) => fault?.kind === kind).length / drawn.length
      assert.approximately(share, 0.02, 0.005, kind)
    }
  })

  it("uses a script up, then nothing goes wrong", () => {
    const drawn = draws(Faults.script("ok", "reset", "stall"), 1, 5).map((fault) => fault?.kind)
    assert.deepStrictEqual(drawn, [undefined, "reset", "stall", undefined, undefined])
  })

  it("says whether a write is processed before it fails", () => {
    const applied = (onWrite: Faults.Faults["onWrite"]) =>
      draws({ ...Faults.rate(1), onWrite }, 3, 400).filter((fault) => fault?.applied).length
    assert.strictEqual(applied("lost"), 0)
    assert.strictEqual(applied("applied"), 400)
    assert.approximately(applied("either"), 200, 60)
  })
})
