import { assert, describe, it } from "@effect/vitest"
import { RateLimit } from "@effect-intercom/simulator"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { errorsOf, inProcess, raw } from "./Client.ts"

describe("RateLimit.parse", () => {
  const good: ReadonlyArray<readonly [string, number, number]> = [
    ["166/10s", 166, 10_000],
    ["1000/min", 1000, 60_000],
    [" 20 / 500ms ", 20, 500],
    ["5/2m", 5, 120_000],
    ["1/h", 1, 3_600_000]
  ]
  for (const [text, limit, window] of good) {
    it.effect(`reads ${text}`, () =>
      Effect.gen(function* () {
        const parsed = yield* RateLimit.parse(text)
        assert.deepStrictEqual([parsed.limit, Duration.toMillis(parsed.window)], [limit, window])
      })
    )
  }
  for (const text of ["", "10", "0/10s", "10/0s", "-1/s", "1.5/s", "10/fortnight", "10/10s/10s"]) {
    it.effect(`refuses "${text}" and says what to write`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(RateLimit.parse(text))
        assert.strictEqual(error._tag, "RateLimitSyntaxError")
        assert.include(error.message, `"${text}"`)
        assert.include(error.message, "166/10s")
      })
    )
  }
})

const limited = inProcess({ rateLimit: { limit: 3, window: Duration.seconds(10) } })

describe("the window", () => {
  it.effect("counts down, refuses with 429, and begins again by the clock", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_700_000_001_500)
      const remaining: Array<string | undefined> = []
      for (let request = 0; request < 3; request++) {
        const { headers, status } = yield* raw("GET", "/me")
        assert.strictEqual(status, 200)
        assert.strictEqual(headers["x-ratelimit-limit"], "3")
        assert.strictEqual(headers["x-ratelimit-reset"], "1700000010")
        remaining.push(headers["x-ratelimit-remaining"])
      }
      assert.deepStrictEqual(remaining, ["2", "1", "0"])

      const refused = yield* raw("GET", "/me")
      assert.strictEqual(refused.status, 429)
      assert.strictEqual(errorsOf(refused)[0]?.code, "rate_limit_exceeded")
      assert.strictEqual(refused.headers["x-ratelimit-remaining"], "0")

      yield* TestClock.setTime(1_700_000_009_999)
      assert.strictEqual((yield* raw("GET", "/me")).status, 429)
      yield* TestClock.setTime(1_700_000_010_000)
      const again = yield* raw("GET", "/me")
      assert.strictEqual(again.status, 200)
      assert.strictEqual(again.headers["x-ratelimit-remaining"], "2")
      assert.strictEqual(again.headers["x-ratelimit-reset"], "1700000020")
    }).pipe(Effect.provide(limited))
  )

  it.effect("counts requests as they come, also those that are held at the same time", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_700_000_009_000)
      const requests = Array.from({ length: 5 }, () => raw("GET", "/me"))
      const answers = yield* Effect.forkChild(Effect.all(requests, { concurrency: "unbounded" }))
      // They are answered in the next window, and belong to the one they came in.
      yield* TestClock.adjust("2 seconds")
      const seen = (yield* Fiber.join(answers)).map(({ headers, status }) => [
        status,
        headers["x-ratelimit-remaining"],
        headers["x-ratelimit-reset"]
      ])
      const reset = "1700000010"
      assert.deepStrictEqual(seen, [
        [200, "2", reset],
        [200, "1", reset],
        [200, "0", reset],
        [429, "0", reset],
        [429, "0", reset]
      ])
    }).pipe(Effect.provide(inProcess({ rateLimit: { limit: 3, window: Duration.seconds(10) }, latency: "2 seconds" })))
  )
})
