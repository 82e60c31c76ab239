import * as Concurrency from "@effect-intercom/core/Concurrency"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"

interface Server {
  /** Milliseconds an answer takes, by how many are under way. */
  readonly latency: (underWay: number) => number
  readonly overloaded?: (underWay: number) => boolean
  readonly perSecond?: number
}

/** Fifty who always have a next request, for some seconds of the test's clock: how many were under way, at the most. */
const used = (turns: Concurrency.Concurrency, server: Server, seconds: number) =>
  Effect.gen(function* () {
    let underWay = 0
    let most = 0
    const request = Effect.gen(function* () {
      underWay += 1
      most = Math.max(most, underWay)
      const [millis, overloaded] = [server.latency(underWay), server.overloaded?.(underWay) ?? false]
      yield* Effect.sleep(millis)
      underWay -= 1
      const at = yield* Clock.currentTimeMillis
      yield* turns.learn({ operation: "Contacts.get", at, millis, overloaded, perSecond: server.perSecond })
    })
    const workers = yield* Effect.forkChild(
      Effect.all(
        Array.from({ length: 50 }, () => Effect.forever(turns.admit(request))),
        { concurrency: "unbounded" }
      )
    )
    yield* TestClock.adjust(`${seconds} seconds`)
    yield* Fiber.interrupt(workers)
    return { most, current: yield* turns.current }
  })

/** Answers at once to so many, and makes the others wait for them. */
const room =
  (places: number, millis: number) =>
  (underWay: number): number =>
    Math.round(millis * Math.max(1, underWay / places))

describe("Concurrency", () => {
  it.effect("is as many as have room in the server", () =>
    Effect.gen(function* () {
      const few = yield* used(yield* Concurrency.adaptive(), { latency: room(3, 50) }, 6)
      assert.isAbove(few.current, 3)
      assert.isBelow(few.current, 12)
      const more = yield* used(yield* Concurrency.adaptive(), { latency: room(24, 50) }, 4)
      assert.isAbove(more.current, 20)
      assert.isBelow(more.current, 36)
    })
  )

  it.effect("is never more than the most, where the server has room for all", () =>
    Effect.gen(function* () {
      const turns = yield* Concurrency.adaptive({ most: 40 })
      assert.strictEqual(turns.most, 40)
      assert.deepStrictEqual(yield* used(turns, { latency: () => 50 }, 2), { most: 40, current: 40 })
    })
  )

  it.effect("is no more than the rate limit has use for", () =>
    Effect.gen(function* () {
      // 16.6 a second of 300 ms each are five.
      const { current } = yield* used(yield* Concurrency.adaptive(), { latency: () => 300, perSecond: 16.6 }, 20)
      assert.isAtLeast(current, 5)
      assert.isAtMost(current, 13)
    })
  )

  it.effect("is less when the server is overloaded, and more again later", () =>
    Effect.gen(function* () {
      const turns = yield* Concurrency.adaptive({ start: 32 })
      const before = yield* used(turns, { latency: () => 50, overloaded: (underWay) => underWay > 10 }, 6)
      assert.isBelow(before.current, 16)
      const after = yield* used(turns, { latency: () => 50 }, 2)
      assert.isAbove(after.current, before.current)
    })
  )

  it.effect("stays as it is while fewer are made", () =>
    Effect.gen(function* () {
      const turns = yield* Concurrency.adaptive()
      yield* turns.admit(turns.learn({ operation: "a", at: 0, millis: 50, overloaded: false, perSecond: undefined }))
      assert.strictEqual(yield* turns.current, 8)
    })
  )

  it.effect("is a number where one is given", () =>
    Effect.gen(function* () {
      const { current, most } = yield* used(yield* Concurrency.fixed(5), { latency: () => 50 }, 2)
      assert.deepStrictEqual([most, current], [5, 5])
    })
  )

  const refused: ReadonlyArray<
    readonly [Effect.Effect<Concurrency.Concurrency, Concurrency.ConcurrencyError>, "start" | "least" | "most", string]
  > = [
    ...[0, -1, Number.NaN, 1.5].flatMap((most) =>
      [Concurrency.fixed(most), Concurrency.adaptive({ most })].map(
        (made) => [made, "most", `${most}: give a whole number from 1`] as const
      )
    ),
    [Concurrency.adaptive({ start: 0 }), "start", "0: give a whole number from 1"],
    [Concurrency.adaptive({ least: Number.NaN }), "least", "NaN: give a whole number from 1"],
    [Concurrency.adaptive({ least: 100, most: 10 }), "least", "100: that is more than most, 10"],
    [Concurrency.adaptive({ start: 20, most: 10 }), "start", "20: give one from least, 2, to most, 10"],
    [Concurrency.adaptive({ start: 2, least: 4 }), "start", "2: give one from least, 4, to most, 64"]
  ]
  it.effect.each(refused.map(([made, field, description]) => ({ made, field, description })))(
    "is refused where nothing would ever be sent: $field $description",
    ({ description, field, made }) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(made)
        assert.deepStrictEqual(
          [error.field, error.message],
          [field, `The concurrency cannot have ${field} ${description}.`]
        )
      })
  )

  it.effect("fits what is given: its defaults are no more than the most, and no less than the least", () =>
    Effect.gen(function* () {
      const few = yield* Concurrency.adaptive({ most: 1 })
      assert.deepStrictEqual([few.most, yield* few.current], [1, 1])
      const many = yield* Concurrency.adaptive({ least: 100 })
      assert.deepStrictEqual([many.most, yield* many.current], [100, 100])
      const alone = yield* Concurrency.adaptive({ start: 1 })
      assert.deepStrictEqual([alone.most, yield* alone.current], [64, 1])
      const unlimited = yield* Concurrency.fixed(Number.POSITIVE_INFINITY)
      assert.strictEqual(yield* unlimited.admit(Effect.succeed("sent")), "sent")
    })
  )
})
