import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as RateLimiter from "effect/persistence/RateLimiter"

/** A limiter that lets everything pass: under it, only the budget of the response headers holds requests back. */
export const unlimited: RateLimiter.RateLimiter = {
  [RateLimiter.TypeId]: RateLimiter.TypeId,
  consume: ({ limit }) => Effect.succeed({ delay: Duration.zero, limit, remaining: limit, resetAfter: Duration.zero }),
  adaptiveConsume: () => Effect.succeed({ delay: Duration.zero, epoch: 0, phase: "inactive" }),
  adaptiveFeedback: () => Effect.void
}
