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

const outcome = {
  operation: "a",
  at: 0,
  millis: 50,
  overloaded: false,
  perSecond: undefined
} satisfies Concurrency.Outcome

/** So many are under way while these answers come; how many may be, after each. */
const after = (
  turns: Concurrency.Concurrency,
  underWay: number,
  answers: ReadonlyArray<Partial<Concurrency.Outcome>>
): Effect.Effect<ReadonlyArray<number>> =>
  underWay > 0
    ? turns.admit(after(turns, underWay - 1, answers))
    : Effect.forEach(answers, (answer) => Effect.andThen(turns.learn({ ...outcome, ...answer }), turns.current))

const times = <A>(count: number, answer: A): ReadonlyArray<A> => Array.from({ length: count }, () => answer)

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
      // Twice as many, as latencies differ, and three.
      assert.strictEqual(current, 13)
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
      for (let made = 0; made < 10; made++) assert.deepStrictEqual(yield* after(turns, 1, [outcome]), [8])
    })
  )

  it.effect("grows by one for each answer, to no more than two above what is made use of", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* after(yield* Concurrency.adaptive(), 8, times(4, outcome)), [9, 10, 10, 10])
    })
  )

  it.effect(
    "is seven tenths after an overload, once in a second, and then grows by one for each round of answers",
    () =>
      Effect.gen(function* () {
        const turns = yield* Concurrency.adaptive({ start: 20 })
        const overloads = [1000, 1999, 2000].map((at) => ({ at, overloaded: true }))
        assert.deepStrictEqual(yield* after(turns, 0, overloads), [14, 14, 9])
        // From 9.8.
        assert.deepStrictEqual(yield* after(turns, 9, times(12, outcome)), [9, ...times(11, 10)])
        assert.strictEqual((yield* after(turns, 10, times(12, outcome))).at(-1), 11)
      })
  )

  it.effect("shrinks to what the rate limit has use for, where less is made use of", () =>
    Effect.gen(function* () {
      const slow = { millis: 1000, perSecond: 10 }
      // Of these ten are under way at once.
      assert.deepStrictEqual(yield* after(yield* Concurrency.adaptive({ start: 23 }), 1, [slow]), [23])
      const found = yield* after(yield* Concurrency.adaptive({ start: 40 }), 1, times(1000, slow))
      assert.deepStrictEqual([found[0], found.at(-1)], [39, 22])
    })
  )

  it.effect("is no less for what a clock may be wrong by", () =>
    Effect.gen(function* () {
      const turns = yield* Concurrency.adaptive({ start: 50 })
      const found = yield* after(turns, 50, [{ millis: 10 }, ...times(50, { millis: 12 })])
      assert.strictEqual(found.at(-1), 52)
    })
  )

  /** Latency goes from 14 ms to four times as much and the clock's two: three of four of those under way wait. */
  const slower = [{ millis: 14 }, { millis: 514 }, ...times(6, { millis: 64 })]
  it.effect.each<readonly [string, number, ReadonlyArray<number>]>([
    ["three wait: it stays, and still grows by one", 4, [4, 5, 5]],
    ["more than three wait: it stays, and grows slowly", 5, [5, 5, 5]],
    ["six wait: it stays", 8, [8, 8, 8]],
    ["more than six wait: it shrinks, slowly", 9, [8, 8, 8]]
  ])("as latency tells how many wait in the server; %s", ([, start, expected]) =>
    Effect.gen(function* () {
      const turns = yield* Concurrency.adaptive({ start })
      yield* after(turns, 0, slower.slice(0, 1))
      const waiting = yield* after(turns, start, slower.slice(1))
      const quick = yield* after(turns, 4, times(10, { millis: 14 }))
      assert.deepStrictEqual<unknown>([waiting.at(-1), quick[0], quick.at(-1)], expected)
    })
  )

  it.effect("gets used to a server that has become slower for good", () =>
    Effect.gen(function* () {
      const turns = yield* Concurrency.adaptive()
      const found = yield* after(turns, 6, [{ millis: 10 }, ...times(10_100, { millis: 100 })])
      assert.deepStrictEqual([found[9_990], found.at(-1)], [6, 7])
    })
  )

  it.effect("is none by default", () =>
    Effect.gen(function* () {
      assert.isUndefined(yield* Concurrency.Current)
    })
  )

  it.effect("is a number where one is given", () =>
    Effect.gen(function* () {
      const turns = yield* Concurrency.fixed(5)
      const { current, most } = yield* used(turns, { latency: () => 50 }, 2)
      assert.deepStrictEqual([most, current], [5, 5])
      assert.deepStrictEqual(yield* after(turns, 5, [{ overloaded: true }, outcome]), [5, 5])
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
          [error._tag, error.field, error.message],
          ["ConcurrencyError", field, `The concurrency cannot have ${field} ${description}.`]
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
