/** What is asked for once, by whoever asks first, and kept for all. */
import * as Cache from "effect/Cache"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import { Lossless } from "../Json.ts"
import { Headers, OnInvalid, OnResponse, RetryPolicy, Timeout, Version } from "./CallPolicy.ts"

/** All that a program says of a call: what is equal, can be asked for together. */
export type Manner = ReadonlyArray<unknown>

export const mannerOf = (context: Context.Context<never>): Manner => [
  Context.get(context, Version),
  Context.get(context, Headers),
  Context.get(context, Timeout),
  Context.get(context, RetryPolicy),
  Context.get(context, OnResponse),
  Context.get(context, OnInvalid),
  Context.get(context, Lossless)
]

const manner = Effect.map(Effect.context<never>(), mannerOf)

/** What a lookup failed with, and in which manner it was asked. */
interface Failed<out E> {
  readonly cause: Cause.Cause<E>
  readonly manner: Manner
}

const noted = <A, E>(lookup: Effect.Effect<A, E>): Effect.Effect<A, Failed<E>> =>
  Effect.catchCause(lookup, (cause) =>
    Cause.hasInterruptsOnly(cause)
      ? // It holds no error.
        Effect.failCause(cause as Cause.Cause<never>)
      : Effect.flatMap(manner, (manner) => Effect.fail({ cause, manner }))
  )

export interface Kept<in Key, out A, out E> {
  readonly get: (key: Key) => Effect.Effect<A, E>
  readonly refresh: (key: Key) => Effect.Effect<A, E>
  readonly invalidate: (key: Key) => Effect.Effect<void>
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
            Effect.flatMap(manner, (own) =>
              Equal.equals(failed.manner, own) ? Effect.failCause(failed.cause) : get(key)
            )
          )
        )
      return {
        get,
        refresh: (key) => Cache.refresh(cache, key).pipe(Effect.catch(({ cause }) => Effect.failCause(cause))),
        invalidate: (key) => Cache.invalidate(cache, key),
        invalidateAll: Cache.invalidateAll(cache)
      }
    }
  )
