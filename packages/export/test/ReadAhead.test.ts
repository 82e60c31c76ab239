import * as ReadAhead from "@effect-intercom/export/internal/ReadAhead"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"

const names = (streams: number, length: number) =>
  Array.from({ length: streams }, (_, stream) => Array.from({ length }, (_, at) => `${stream}.${at}`))

/** Streams whose elements take a second each, and as long to begin. */
const slow = (streams: ReadonlyArray<ReadonlyArray<string>>) =>
  Stream.mapEffect(Stream.fromIterable(streams), (elements) => Effect.as(Effect.sleep("1 second"), elements))

const each = (elements: ReadonlyArray<string>) =>
  Stream.rechunk(
    Stream.mapEffect(Stream.fromIterable(elements), (element) => Effect.as(Effect.sleep("1 second"), element)),
    1
  )

/** How many seconds pass until it is over. */
const seconds = <A, E, R>(self: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(
      Effect.flatMap(Effect.exit(self), (exit) =>
        Effect.map(Clock.currentTimeMillis, (at) => [exit, at / 1000] as const)
      )
    )
    yield* TestClock.adjust("1 hour")
    return yield* Fiber.join(fiber)
  })

describe("ReadAhead", () => {
  for (const streams of [1, 2, 3, 4, 8]) {
    it.effect(`gives streams in the order they began, ${streams} read at once`, () =>
      Effect.gen(function* () {
        const all = names(20, 8)
        const [exit, took] = yield* seconds(
          Stream.runCollect(ReadAhead.inOrder(slow(all), each, { streams, ahead: 8 }))
        )
        assert.deepStrictEqual(exit, Exit.succeed(all.flat()))
        // One after the other they take nine seconds each; side by side as much less, to the second or so that each begins later.
        assert.isAtMost(took, (20 * 9) / streams + 20)
        assert.isAtLeast(took, (20 * 8) / streams)
      })
    )
  }

  it.effect("reads a stream whole in its turn, however much longer it is than what is read ahead", () =>
    Effect.gen(function* () {
      const all = names(5, 30)
      const [exit] = yield* seconds(Stream.runCollect(ReadAhead.inOrder(slow(all), each, { streams: 3, ahead: 4 })))
      assert.deepStrictEqual(exit, Exit.succeed(all.flat()))
    })
  )

  it.effect("reads the less of a stream the further its turn is, however slow the reader", () =>
    Effect.gen(function* () {
      const read = new Map<string, number>()
      const counted = (elements: ReadonlyArray<string>) =>
        Stream.tap(Stream.rechunk(Stream.fromIterable(elements), 1), (element) =>
          Effect.sync(() => read.set(String(element.split(".")[0]), 1 + Number(element.split(".")[1])))
        )
      const reached = yield* Deferred.make<void>()
      const reading = yield* Effect.forkChild(
        ReadAhead.inOrder(Stream.fromIterable(names(6, 20)), counted, { streams: 4, ahead: 8 }).pipe(
          Stream.runForEach(() => Effect.andThen(Deferred.succeed(reached, undefined), Effect.never))
        )
      )
      yield* Deferred.await(reached)
      yield* TestClock.adjust("1 second")
      // What the reader has, what waits, and one in hand.
      const [first = 0, ...others] = read.values()
      assert.isAtMost(first, 8 + 8 + 1)
      assert.deepStrictEqual(others, [7, 5, 3])
      yield* Fiber.interrupt(reading)
    })
  )

  it.effect("gives what came before a failure, and ends with it", () =>
    Effect.gen(function* () {
      const failing = (elements: ReadonlyArray<string>) =>
        elements[0] === "2.0" ? Stream.concat(each(elements.slice(0, 1)), Stream.fail("broken")) : each(elements)
      const given: Array<string> = []
      const [exit] = yield* seconds(
        Stream.runForEach(ReadAhead.inOrder(slow(names(5, 2)), failing, { streams: 3, ahead: 8 }), (element) =>
          Effect.sync(() => given.push(element))
        )
      )
      assert.deepStrictEqual(exit, Exit.fail("broken"))
      assert.deepStrictEqual(given, ["0.0", "0.1", "1.0", "1.1", "2.0"])
    })
  )

  it.effect("gives what came before streams could not begin", () =>
    Effect.gen(function* () {
      const [exit] = yield* seconds(
        Stream.runCollect(
          ReadAhead.inOrder(Stream.concat(slow(names(2, 1)), Stream.fail("closed")), each, {
            streams: 3,
            ahead: 8
          }).pipe(Stream.catch((error) => Stream.succeed(error)))
        )
      )
      assert.deepStrictEqual(exit, Exit.succeed(["0.0", "1.0", "closed"]))
    })
  )
})
