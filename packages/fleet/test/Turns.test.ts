import * as Turns from "@effect-intercom/fleet/Turns"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"

/** Takes a turn, for as long as it is not given back. */
const taker = (turns: Turns.Turns) =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const fiber = yield* Effect.forkChild(Scope.provide(turns.take, scope), { startImmediately: true })
    return { fiber, give: Scope.close(scope, Exit.void) }
  })

const settle = TestClock.adjust("1 millis")

describe("turns", () => {
  it.effect("are given in the order in which they were asked for, so many at once", () =>
    Effect.gen(function* () {
      const turns = yield* Turns.make({ concurrency: 2, turn: "1 minute" })
      const [a, b, c, d] = yield* Effect.all([taker(turns), taker(turns), taker(turns), taker(turns)])
      yield* settle
      const has = () => [a, b, c, d].map(({ fiber }) => fiber.pollUnsafe() !== undefined)
      assert.deepStrictEqual(has(), [true, true, false, false])
      yield* b.give
      yield* settle
      assert.deepStrictEqual(has(), [true, true, true, false])
      yield* Fiber.interrupt(d.fiber)
      yield* Effect.all([a.give, c.give])
      const e = yield* taker(turns)
      assert.isDefined(yield* Fiber.join(e.fiber))
    })
  )

  it.effect("are over when they took their time and others wait, and not before", () =>
    Effect.gen(function* () {
      const turns = yield* Turns.make({ concurrency: 1, turn: "1 minute" })
      const first = yield* taker(turns)
      const turn = yield* Fiber.join(first.fiber)
      assert.isDefined(turn)
      yield* TestClock.adjust("2 minutes")
      assert.isUndefined(yield* turn.over)
      const second = yield* taker(turns)
      assert.strictEqual(yield* turn.over, "turn")
      yield* first.give
      const other = yield* Fiber.join(second.fiber)
      const third = yield* taker(turns)
      assert.isDefined(other)
      yield* TestClock.adjust("59 seconds")
      assert.isUndefined(yield* other.over)
      yield* TestClock.adjust("1 seconds")
      assert.strictEqual(yield* other.over, "turn")
      yield* Fiber.interrupt(third.fiber)
      assert.isUndefined(yield* other.over)
    })
  )

  it.effect("end when the runner does: those under way after their step, those who wait at once", () =>
    Effect.gen(function* () {
      const turns = yield* Turns.make({ concurrency: 1, turn: "1 minute" })
      const first = yield* taker(turns)
      const turn = yield* Fiber.join(first.fiber)
      const second = yield* taker(turns)
      yield* turns.close
      assert.strictEqual(yield* turn?.over ?? Effect.undefined, "shutdown")
      assert.isUndefined(yield* Fiber.join(second.fiber))
      const third = yield* taker(turns)
      assert.isUndefined(yield* Fiber.join(third.fiber))
    })
  )
})
