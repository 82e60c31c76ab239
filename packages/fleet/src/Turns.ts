/**
 * Who may export on this runner: so many at once, in the order in which they asked. An export that took its time lets
 * others have their turn when some wait, so that a large workspace does not keep small ones waiting for hours.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Metric from "effect/Metric"
import * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as FleetMetrics from "./FleetMetrics.ts"

export interface Options {
  /** Exports at once. */
  readonly concurrency: number
  /** How long one may take while others wait. */
  readonly turn: Duration.Input
}

/** Why an export is to stop after its current step. */
export type Stop = "turn" | "shutdown"

export interface Turn {
  /** Asked after each step. */
  readonly over: Effect.Effect<Stop | undefined>
}

export interface Turns {
  /** Waits for a turn, which lasts as long as the scope; `undefined` when the runner ends. */
  readonly take: Effect.Effect<Turn | undefined, never, Scope.Scope>
  /** Nobody gets a turn any more, and those who have one stop after their current step. */
  readonly close: Effect.Effect<void>
}

export const make = Effect.fnUntraced(function* ({ concurrency, turn }: Options): Effect.fn.Return<Turns> {
  const semaphore = yield* Semaphore.make(concurrency)
  const closed = Latch.makeUnsafe(false)
  const longest = Duration.toMillis(Duration.fromInputUnsafe(turn))
  const counts = { running: 0, waiting: 0 }
  const gauges = { running: FleetMetrics.running, waiting: FleetMetrics.waiting }
  const count = (what: keyof typeof counts, by: 1 | -1) =>
    Effect.suspend(() => {
      counts[what] += by
      return Metric.update(gauges[what], counts[what])
    })
  const counted = (what: keyof typeof counts) => Effect.acquireRelease(count(what, 1), () => count(what, -1))

  const over = (since: number) =>
    Effect.map(Clock.currentTimeMillis, (now): Stop | undefined => {
      if (closed.isOpen()) return "shutdown"
      return counts.waiting > 0 && now - since >= longest ? "turn" : undefined
    })

  const permit = Effect.raceFirst(Effect.asVoid(semaphore.takeScoped(1)), closed.await)

  return {
    take: Effect.gen(function* () {
      yield* Effect.scoped(Effect.andThen(counted("waiting"), permit.pipe(Scope.provide(yield* Effect.scope))))
      if (closed.isOpen()) return undefined
      yield* counted("running")
      return { over: over(yield* Clock.currentTimeMillis) }
    }),
    close: Effect.asVoid(closed.open)
  }
})
