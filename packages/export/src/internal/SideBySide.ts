/** What resources that are exported side by side share: the sink, which takes one write at a time, and the only scroll. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import type { Connection, Output } from "../Sink.ts"

export interface SideBySide {
  /** A resource in its turn: so many run at once. */
  readonly turn: <A, E, R>(self: Stream.Stream<A, E, R>) => Stream.Stream<A, E, R>
  /** Has the workspace's only scroll until the scope closes. Who waits for it holds up nobody: their turn is another's meanwhile. */
  readonly scroll: Effect.Effect<void, never, Scope.Scope>
  /** What must not be done for two resources at once, such as the change of a document that all share. */
  readonly alone: <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

const held = (semaphore: Semaphore.Semaphore) =>
  Effect.acquireRelease(semaphore.take(1), () => semaphore.release(1), { interruptible: true })

export const make = (atOnce: number): Effect.Effect<SideBySide> =>
  Effect.gen(function* () {
    const turns = yield* Semaphore.make(atOnce)
    const scrolls = yield* Semaphore.make(1)
    const { withPermit: alone } = yield* Semaphore.make(1)
    return {
      turn: (self) => Stream.unwrap(Effect.as(held(turns), self)),
      scroll: Effect.asVoid(
        Effect.acquireUseRelease(
          turns.release(1),
          () => held(scrolls),
          () => turns.take(1)
        )
      ),
      alone
    }
  })

/** Those of the export under way; without one, nobody is beside. */
export const Current = Context.Reference<Pick<SideBySide, "scroll">>("@effect-intercom/export/internal/SideBySide", {
  defaultValue: () => ({ scroll: Effect.void })
})

/** The same connection, with one write at a time. */
export const serial = (connection: Connection): Effect.Effect<Connection> =>
  Effect.map(Semaphore.make(1), ({ withPermit }): Connection => {
    const output = ({ checkpoint, commit, finish, forget, written }: Output): Output => ({
      checkpoint,
      written,
      commit: (batch, checkpoint) => withPermit(commit(batch, checkpoint)),
      finish: (name) => withPermit(finish(name)),
      forget: withPermit(forget)
    })
    const { audit, discard, formats, locate, measure, occupied, open, peek, read, records, token, write } = connection
    return {
      token,
      read,
      locate,
      peek,
      audit,
      records,
      measure,
      formats,
      occupied,
      write: (document, text) => withPermit(write(document, text)),
      open: (table, mode) => Effect.map(withPermit(open(table, mode)), output),
      discard: (table) => withPermit(discard(table))
    }
  })
