/** A `KeyValueStore` in a hash of Redis. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as KeyValueStore from "effect/persistence/KeyValueStore"
import * as Redis from "effect/persistence/Redis"

/** The store that is the hash at `hash`. */
export const layer = (hash: string): Layer.Layer<KeyValueStore.KeyValueStore, never, Redis.Redis> =>
  Layer.effect(
    KeyValueStore.KeyValueStore,
    Effect.map(Redis.Redis, (redis) => {
      const send = <A>(command: string, ...rest: ReadonlyArray<string>) =>
        Effect.mapError(
          redis.send<A>(command, hash, ...rest),
          (cause) => new KeyValueStore.KeyValueStoreError({ method: command, message: `${command} failed`, cause })
        )
      return KeyValueStore.makeStringOnly({
        get: (key) => Effect.map(send<string | null>("HGET", key), (value) => value ?? undefined),
        set: (key, value) => Effect.asVoid(send("HSET", key, value)),
        remove: (key) => Effect.asVoid(send("HDEL", key)),
        clear: Effect.asVoid(send("DEL")),
        size: send<number>("HLEN"),
        keys: send<ReadonlyArray<string>>("HKEYS")
      })
    })
  )
