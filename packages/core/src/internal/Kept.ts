/** What is asked for once, by whoever asks first, and kept for all. */
import * as Cache from "effect/Cache"
import * as Cause from "effect/Cause"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as Manner from "./Manner.ts"

/** What a lookup failed with, and in which manner it was asked. */
interface Failed<out E> {
  readonly cause: Cause.Cause<E>
  readonly manner: Manner.Manner
}

const noted = <A, E>(lookup: Effect.Effect<A, E>): Effect.Effect<A, Failed<E>> =>
  Effect.catchCause(lookup, (cause) =>
    Cause.hasInterruptsOnly(cause)
      ? // It holds no error.
        Effect.failCause(cause as Cause.Cause<never>)
      : Effect.flatMap(Manner.call, (manner) => Effect.fail({ cause, manner }))
  )

export interface Kept<in out Key, out A, out E> {
  readonly get: (key: Key) => Effect.Effect<A, E>
  readonly refresh: (key: Key) => Effect.Effect<A, E>
  /** Forgets all whose key is so. */
  readonly invalidateWhere: (is: (key: Key) => boolean) => Effect.Effect<void>
  readonly invalidateAll: Effect.Effect<void>
}

/**
 * A cache whose failures are not kept, and are those of whoever asks in the same manner: a header or a callback that fails a
 * lookup is another's, and who waited for it asks again.
 */
export const make = <Key, A, E>(
  lookup: (key: Key) => Effect.Effect<A, E>,
  { capacity, timeToLive }: { readonly capacity: number; readonly timeToLive: Duration.Input }
): Effect.Effect<Kept<Key, A, E>> =>
  Effect.map(
    Cache.makeWith((key: Key) => noted(lookup(key)), {
      capacity,
      timeToLive: (exit) => (Exit.isSuccess(exit) ? timeToLive : 0)
    }),
    (cache) => {
      const get = (key: Key): Effect.Effect<A, E> =>
        Cache.get(cache, key).pipe(
          Effect.catch((failed) =>
            Effect.flatMap(Manner.call, (own) =>
              Equal.equals(failed.manner, own) ? Effect.failCause(failed.cause) : get(key)
            )
          )
        )
      return {
        get,
        refresh: (key) => Cache.refresh(cache, key).pipe(Effect.catch(({ cause }) => Effect.failCause(cause))),
        invalidateWhere: (is) =>
          Effect.flatMap(Cache.keys(cache), (keys) =>
            Effect.forEach(Array.from(keys).filter(is), (key) => Cache.invalidate(cache, key), { discard: true })
          ),
        invalidateAll: Cache.invalidateAll(cache)
      }
    }
  )
