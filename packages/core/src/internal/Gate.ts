/** Holds requests back for the rate limit: as this process counts it, or as a store does that several share. */
import * as Digest from "effect/crypto/Digest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as HttpClient from "effect/http/HttpClient"
import * as RateLimiter from "effect/persistence/RateLimiter"
import * as Redacted from "effect/Redacted"
import type * as IntercomConfig from "../IntercomConfig.ts"
import * as RateLimit from "./RateLimit.ts"
import type * as ServerTime from "./ServerTime.ts"
import { withoutSubMillisecondWaits } from "./SubMillisecondWaits.ts"

export interface Gate<out Error> {
  /** Goes around attempts, bodies included. */
  readonly admit: <E>(transport: HttpClient.HttpClient.With<E>) => HttpClient.HttpClient.With<E | Error>
  /** Goes around what a transport answers: headers tell before the body is there. */
  readonly learn: <E>(transport: HttpClient.HttpClient.With<E>) => HttpClient.HttpClient.With<E>
}

/** Counts in this process, and learns from the headers. */
export const inProcess = (
  { rateLimit, retry }: IntercomConfig.IntercomConfig,
  time: ServerTime.ServerTime
): Gate<never> => {
  // Windows last ten seconds, by the documentation a minute at most: that much is worth waiting for, however short a call
  // may take.
  const longest = Duration.max(Duration.fromInputUnsafe(retry.total), Duration.minutes(1))
  const { admit, learn } = RateLimit.make({ ...rateLimit, longest, time })
  return { admit: HttpClient.transformResponse(admit), learn: HttpClient.transformResponse(learn) }
}

/** Counts in a store, which knows better than one process' headers. */
export const inStore = Effect.fnUntraced(function* ({
  accessToken,
  baseUrl,
  rateLimit
}: IntercomConfig.IntercomConfig) {
  const limiter = withoutSubMillisecondWaits(yield* RateLimiter.RateLimiter)
  // The limit is the app's, so processes that share a store share it by token; the token itself stays here.
  const digest = yield* Digest.Digest.use(({ digestHex }) =>
    digestHex(Digest.sha256, new TextEncoder().encode(Redacted.value(accessToken)))
  ).pipe(Effect.provide(Digest.layerWebCrypto))
  const limits = {
    limiter,
    key: `intercom:${baseUrl.host}:${digest}`,
    ...rateLimit,
    // Repeating a 429 is our own decision (see Retry.ts): its body tells windows from job slots.
    times: 0,
    disableResponseInspection: true
  }
  return { admit: HttpClient.withRateLimiter(limits), learn: identity } satisfies Gate<RateLimiter.RateLimiterError>
})
