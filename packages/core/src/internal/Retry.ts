import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Random from "effect/Random"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import type { Failure, Operation } from "../Attempt.ts"
import type { RetryPolicy } from "../IntercomConfig.ts"
import type { Reason } from "../IntercomError.ts"
import * as IntercomMetrics from "../IntercomMetrics.ts"
import * as Monotonic from "./Monotonic.ts"
import { type Sent, tally } from "./Stage.ts"
import { isTransient, isUnprocessed } from "./Transient.ts"

/**
 * Whether to send again: always when the request certainly was not processed (no connection, a full window), never
 * when waiting cannot help, and in between only what may be sent twice.
 */
const isRetryable = (reason: Reason, idempotent: boolean): boolean =>
  isTransient(reason) && (idempotent || isUnprocessed(reason))

interface Options {
  readonly operation: Operation
  readonly policy: RetryPolicy
  /** When the first attempt left: waiting for the rate limit is no part of the total. */
  readonly sent: Ref.Ref<Sent>
}

/** Exponential with full jitter and a cap; what the server asks for is a minimum; attempts and total time end it. */
const schedule = ({ operation, policy, sent }: Options) => {
  const cap = Duration.toMillis(policy.cap)
  const total = Duration.toMillis(policy.total)
  return Schedule.exponential(policy.base).pipe(
    Schedule.setInputType<Failure>(),
    Schedule.modifyDelay(({ duration, input }) =>
      Effect.map(Random.next, (random) =>
        Duration.max(
          Duration.millis(random * Math.min(cap, Duration.toMillis(duration))),
          input.notBefore ?? Duration.zero
        )
      )
    ),
    Schedule.while(({ attempt, duration, input }) =>
      isRetryable(input.reason, operation.idempotent) && attempt <= policy.times
        ? Effect.map(
            Effect.all([Monotonic.millis, Ref.get(sent)]),
            ([now, { first = now }]) => now - first + Duration.toMillis(duration) <= total
          )
        : Effect.succeed(false)
    ),
    Schedule.tap(({ attempt, duration, input }) => announce(operation, input, attempt, duration))
  )
}

/** Repeats an attempt as its operation and the policy allow. */
export const retry = <A, R>(attempt: Effect.Effect<A, Failure, R>, options: Options): Effect.Effect<A, Failure, R> =>
  Effect.retry(attempt, schedule(options))

const announce = (operation: Operation, { reason }: Failure, attempt: number, delay: Duration.Duration) =>
  Effect.all([
    Metric.update(
      Metric.withAttributes(IntercomMetrics.retries, { operation: operation.name, reason: reason._tag }),
      1
    ),
    tally((counts) => ({ ...counts, retries: counts.retries + 1 })),
    Effect.annotateCurrentSpan("http.request.resend_count", attempt),
    Effect.logDebug(`${operation.name}: ${reason._tag}, retry ${attempt} in ${Math.ceil(Duration.toMillis(delay))} ms`)
  ])
