/** The store of a queue in Redis, in which nothing is left behind. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PersistedQueue from "effect/persistence/PersistedQueue"
import * as Redis from "effect/persistence/Redis"
import * as Schedule from "effect/Schedule"

/**
 * Effect's store looks now and then for what processes had that died, and, when Redis once fails it in that, never again
 * until the process starts again. It is the only one of its scripts that reads all of a hash.
 */
const looksForAbandoned = ({ lua }: { readonly lua: string }) => lua.includes("HGETALL")

const Persevering = Layer.effect(
  Redis.Redis,
  Effect.map(Redis.Redis, (redis) =>
    Redis.Redis.of({
      ...redis,
      eval: (script) => {
        const run = redis.eval(script)
        return looksForAbandoned(script)
          ? (...params) =>
              run(...params).pipe(
                Effect.tapError((error) =>
                  Effect.logWarning("Redis cannot be asked for what dead workers had; it is asked again", error)
                ),
                Effect.retry(Schedule.spaced("1 second"))
              )
          : run
      }
    })
  )
)

export const layer = (
  options: Parameters<typeof PersistedQueue.layerStoreRedis>[0]
): Layer.Layer<PersistedQueue.PersistedQueueStore, never, Redis.Redis> =>
  Layer.provide(PersistedQueue.layerStoreRedis(options), Persevering)
