import * as Speed from "@effect-intercom/contract-tests/cli/Speed"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { services } from "../Subjects.ts"

describe("the bench", () => {
  it.live(
    "measures every layer, and compares with Prism's own command",
    () =>
      Effect.gen(function* () {
        const measured = yield* Speed.measure({ rounds: 1, checks: 3, suites: 0 })
        assert.strictEqual(measured.speeds.length, 7)
        for (const { name, perSecond } of measured.speeds) {
          assert.strictEqual(perSecond.length, 1, name)
          for (const speed of perSecond) assert.isAbove(speed, 0, name)
        }
        const lines = Speed.table(measured).split("\n")
        assert.strictEqual(lines.length, 9)
        assert.match(lines.at(-1) ?? "", /^\| plain prism command, over HTTP, by fetch .* 1\.0 \|$/)
      }).pipe(Effect.provide(services)),
    60_000
  )

  it("says what the whole suite came to", () => {
    const speeds = [{ name: Speed.plain, perSecond: [100, 50, 200] }]
    const text = Speed.table({ speeds, whole: [{ seconds: 2, checks: 3000 }] })
    assert.match(text, / 100 \| +50–200 \| +1\.0 \|$/m)
    assert.match(text, /^\| the whole suite .* 1,500 \| 1,500–1,500 \| +15\.0 \|$/m)
    assert.include(text, "the whole suite: 3,000 checks in 2.0 s")
  })
})
