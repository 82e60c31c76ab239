/** A store of a queue whose processes die: what they had taken is given again, as after the end of their locks. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as PersistedQueue from "effect/persistence/PersistedQueue"
import * as Queue from "effect/Queue"

interface Entry {
  readonly id: string
  readonly element: unknown
  attempts: number
  /** Which process has it. */
  holder: number | undefined
}

export const make = Effect.gen(function* () {
  const entries = new Map<string, Entry>()
  const waiting = yield* Queue.unbounded<Entry>()
  let process = 0
  const release = (entry: Entry) => {
    entry.holder = undefined
    Queue.offerUnsafe(waiting, entry)
  }
  const layer = Layer.succeed(
    PersistedQueue.PersistedQueueStore,
    PersistedQueue.PersistedQueueStore.of({
      offer: ({ element, id }) =>
        Effect.sync(() => {
          if (entries.has(id)) return
          const entry: Entry = { id, element, attempts: 0, holder: undefined }
          entries.set(id, entry)
          Queue.offerUnsafe(waiting, entry)
        }),
      take: () =>
        Effect.flatMap(Queue.take(waiting), (entry) => {
          entry.attempts++
          const holder = (entry.holder = process)
          return Effect.as(
            Effect.addFinalizer((exit) =>
              Effect.sync(() => {
                // The dead settle nothing.
                if (holder !== process || entry.holder !== holder) return
                if (Exit.isFailure(exit)) release(entry)
                else entry.holder = undefined
              })
            ),
            { id: entry.id, attempts: entry.attempts, element: entry.element }
          )
        }),
      cleanup: () => Effect.void
    })
  )
  /** The process dies; another one finds what it had. */
  const crash = Effect.sync(() => {
    const held = [...entries.values()].filter(({ holder }) => holder !== undefined)
    process++
    held.forEach(release)
  })
  return { layer, crash }
})
