import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** Whole milliseconds of a clock that nobody sets: only their differences mean something. */
export const millisOf = (clock: Clock.Clock): number => Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)

export const millis: Effect.Effect<number> = Clock.clockWith((clock) => Effect.sync(() => millisOf(clock)))
