import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Headers from "effect/http/Headers"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import { retryAfter } from "./ResponseError.ts"

type Answer = HttpClientResponse.HttpClientResponse

const concealed = new WeakMap<Answer, Answer>()

/**
 * Keeps the headers that ask to wait longer than `longest` from the rate limiter: it would hold back every next call for
 * as long, silently. Without them each call gets the API's own answer, and fails with it at once.
 */
export const conceal =
  (longest: Duration.Duration) =>
  (answer: Answer): Effect.Effect<Answer> =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      if (asked(answer.headers, now) <= Duration.toMillis(longest)) return answer
      const shown = HttpClientResponse.fromWeb(answer.request, new Response())
      concealed.set(shown, answer)
      return shown
    })

/** The answer as it was before {@link conceal}. */
export const reveal = (answer: Answer): Answer => concealed.get(answer) ?? answer

/** The longest wait the headers ask for, in milliseconds. */
const asked = (headers: Headers.Headers, now: number): number => {
  const reset = Number(headers["x-ratelimit-reset"]) || 0
  return Math.max(
    Duration.toMillis(retryAfter(headers, now)),
    // The limiter takes small numbers for seconds from now, and very large ones for milliseconds.
    reset > 1e12 ? reset - now : reset > 1e9 ? reset * 1000 - now : reset * 1000
  )
}
