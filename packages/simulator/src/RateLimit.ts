/** How many requests a window takes, and what the API says of it: fixed windows by the clock, as the live API has. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** `limit` requests in each `window`; windows start at multiples of their length since 1970. */
export interface RateLimit {
  readonly limit: number
  readonly window: Duration.Duration
}

/** What one live app has: 5,000 requests in 10 seconds. */
export const live: RateLimit = { limit: 5000, window: Duration.seconds(10) }

/** A text that is no rate limit. */
export class RateLimitSyntaxError extends Schema.TaggedError<RateLimitSyntaxError>()("RateLimitSyntaxError", {
  input: Schema.String
}) {
  override get message(): string {
    return `Not a rate limit: "${this.input}". Write requests/window, such as 166/10s, 1000/min or 20/500ms.`
  }
}

const millis: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 }

/** Reads `166/10s`: requests, a slash, and a window in `ms`, `s`, `m` (or `min`) or `h`, of one unit without a number. */
export const parse = (input: string): Effect.Effect<RateLimit, RateLimitSyntaxError> => {
  const [, requests, count, unit] = /^\s*(\d+)\s*\/\s*(\d*)\s*(ms|s|min|m|h)\s*$/.exec(input) ?? []
  const limit = Number(requests)
  const window = (count === "" ? 1 : Number(count)) * (millis[unit ?? ""] ?? 0)
  return limit > 0 && window > 0 && Number.isSafeInteger(limit) && Number.isSafeInteger(window)
    ? Effect.succeed({ limit, window: Duration.millis(window) })
    : Effect.fail(new RateLimitSyntaxError({ input }))
}

/** One request's place in its window. `reset` is the Unix second in which the window is over. */
export interface Slot {
  readonly allowed: boolean
  readonly limit: number
  readonly remaining: number
  readonly reset: number
}

/** Counts requests; each run of the effect is one. A request the window has no room for is not counted. */
export const counter = ({ limit, window }: RateLimit): Effect.Effect<Slot> => {
  const length = Duration.toMillis(window)
  let current = -1
  let used = 0
  return Effect.map(Clock.currentTimeMillis, (now) => {
    const index = Math.floor(now / length)
    if (index !== current) {
      current = index
      used = 0
    }
    const allowed = used < limit
    if (allowed) used++
    return { allowed, limit, remaining: limit - used, reset: Math.ceil(((index + 1) * length) / 1000) }
  })
}
