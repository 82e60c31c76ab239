/**
 * How many records to ask for at once. Large searches of some workspaces end in 502, 504 or a timeout until the pages get
 * smaller: the size is halved then, and doubled again after a row of pages that went well.
 */
import { RetryPolicy } from "@effect-intercom/core/IntercomHttp"
import type { IntercomError } from "@effect-intercom/core/IntercomError"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"

export interface PageSize {
  readonly current: Effect.Effect<number>
  /**
   * Asks for the same page in smaller sizes until it comes, down to a single record. Any other failure is met as always:
   * with the whole of the client's retry policy.
   */
  readonly adapt: <A, R>(
    fetch: (size: number) => Effect.Effect<A, IntercomError, R>
  ) => Effect.Effect<A, IntercomError, R>
}

/** Pages that must go well before their size is doubled. */
const patience = 8

const tooLarge = ({ reason }: IntercomError): boolean =>
  reason._tag === "TimeoutError" ||
  reason._tag === "BodyTooLargeError" ||
  (reason._tag === "ServerError" && (reason.status === 502 || reason.status === 504))

const transient = new Set(["TransportError", "ServerError", "UnexpectedStatus", "DecodeError", "RateLimited"])

/** Asking for less helps sooner than asking for the same five times. */
const sparingly = <A, E, R>(fetch: Effect.Effect<A, E, R>) =>
  Effect.flatMap(RetryPolicy, (policy) =>
    Effect.provideService(fetch, RetryPolicy, { ...policy, times: Math.min(policy.times ?? 1, 1) })
  )

/** Starts with pages of `largest` records, and never asks for more. */
export const make = (largest: number): Effect.Effect<PageSize> =>
  Effect.map(Ref.make({ size: largest, good: 0 }), (state) => {
    const current = Effect.map(Ref.get(state), ({ size }) => size)

    const succeeded = Ref.update(state, ({ good, size }) =>
      size < largest && good + 1 >= patience ? { size: Math.min(largest, size * 2), good: 0 } : { size, good: good + 1 }
    )

    /** Walks beside this one may have shrunk it already. */
    const failed = (tried: number) =>
      Ref.update(state, ({ size }) => ({ size: Math.min(size, Math.max(1, Math.floor(tried / 2))), good: 0 }))

    const adapt = <A, R>(
      fetch: (size: number) => Effect.Effect<A, IntercomError, R>
    ): Effect.Effect<A, IntercomError, R> =>
      Effect.flatMap(current, (size) => {
        if (size === 1) return fetch(size)
        return sparingly(fetch(size)).pipe(
          Effect.catch((error) => {
            if (tooLarge(error)) return Effect.andThen(failed(size), adapt(fetch))
            return transient.has(error.reason._tag) ? fetch(size) : Effect.fail(error)
          })
        )
      }).pipe(Effect.tap(succeeded))

    return { current, adapt }
  })
