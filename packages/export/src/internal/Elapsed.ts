/** How long something takes, whatever happens to the clock on the wall meanwhile. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

const nanosPerMilli = 1_000_000

/** Starts now; gives the milliseconds since. */
export const start: Effect.Effect<Effect.Effect<number>> = Effect.map(Clock.monotonicTimeNanos, (began) =>
  Effect.map(Clock.monotonicTimeNanos, (now) => Number(now - began) / nanosPerMilli)
)
