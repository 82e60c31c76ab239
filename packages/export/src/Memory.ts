/**
 * A sink that keeps everything in memory: for tests of what uses a sink, and as the shortest example of one. It lasts as
 * long as its store.
 */
import * as Json from "@effect-intercom/core/Json"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import { Locked, Missing } from "./ExportError.ts"
import * as Quarantine from "./Quarantine.ts"
import { Sha256 } from "./Sha256.ts"
import { type Batch, type Connection, type Kept, type Output, type Receipt, Sink, type Written } from "./Sink.ts"
import type { Received, Table } from "./Table.ts"

/** What a sink in memory holds. Records and quarantined records are lines of JSON. */
export interface State {
  readonly locked: boolean
  readonly documents: ReadonlyMap<string, string>
  /** The unfinished outputs, by resource. */
  readonly outputs: ReadonlyMap<string, Unfinished>
  /** The finished ones, by place. */
  readonly finished: ReadonlyMap<string, Finished>
}

export interface Unfinished {
  readonly checkpoint: string | undefined
  readonly records: ReadonlyArray<string>
  readonly quarantined: ReadonlyArray<string>
}

export interface Finished extends Omit<Unfinished, "checkpoint"> {
  readonly resource: string
}

/** Where sinks in memory write: as long as it is there, so is what they wrote. */
export type Store = Ref.Ref<State>

export const makeStore: Effect.Effect<Store> = Ref.make<State>({
  locked: false,
  documents: new Map(),
  outputs: new Map(),
  finished: new Map()
})

const nothing: Unfinished = { checkpoint: undefined, records: [], quarantined: [] }

const added = (before: Unfinished, { anew, quarantined, records }: Batch, checkpoint: string): Unfinished => {
  const lines = (values: ReadonlyArray<unknown>) => values.map((value) => Json.stringify(value))
  const from = anew === true ? nothing : before
  return {
    checkpoint,
    records: [...from.records, ...lines(records)],
    quarantined: [...from.quarantined, ...lines(quarantined)]
  }
}

/** Lines are only written by {@link added}. */
const parsed = <A>(lines: ReadonlyArray<string>) => lines.map((line) => Json.parse(line) as A)

const written = (unfinished: Effect.Effect<Unfinished>): Written => ({
  records: Stream.fromIterableEffect(Effect.map(unfinished, ({ records }) => parsed<Received>(records))),
  quarantined: Stream.fromIterableEffect(
    Effect.map(unfinished, ({ quarantined }) => parsed<Quarantine.Line>(quarantined))
  )
})

const withEntry = <A>(map: ReadonlyMap<string, A>, key: string, value: A): ReadonlyMap<string, A> =>
  new Map(map).set(key, value)

const without = <A>(map: ReadonlyMap<string, A>, key: string): ReadonlyMap<string, A> =>
  new Map([...map].filter(([name]) => name !== key))

/** The quarantined records of a resource, from all its finished outputs: each once, as it was met last. */
export const quarantine = ({ finished }: State, { key, name }: Table): ReadonlyArray<Quarantine.Line> => {
  const outputs = [...finished.values()].filter(({ resource }) => resource === name)
  const sets = outputs.map(({ quarantined }) => parsed<Quarantine.Line>(quarantined))
  return sets.flatMap((lines, index) => {
    const later = new Set(
      sets
        .slice(index + 1)
        .flat()
        .map(({ record }) => Quarantine.identity(record, key))
    )
    return lines.filter(({ record }) => !later.has(Quarantine.identity(record, key)))
  })
}

/** The sink on a store. */
export const layer = (store: Store): Layer.Layer<Sink, never, Sha256> =>
  Layer.effect(
    Sink,
    Effect.map(Sha256, (sha256) => {
      const audit: Connection["audit"] = Effect.fnUntraced(function* (table, place) {
        const state = yield* Ref.get(store)
        const found = state.finished.get(place)
        if (found === undefined) return yield* new Missing({ path: place })
        const bytes = new TextEncoder().encode(found.records.map((line) => `${line}\n`).join(""))
        const hash = yield* sha256.make
        yield* hash.update(bytes)
        return {
          place,
          records: found.records.length,
          bytes: bytes.length,
          sha256: yield* hash.hex,
          quarantined: quarantine(state, table).length
        } satisfies Receipt
      })

      const read: Connection["read"] = (document) =>
        Effect.map(Ref.get(store), ({ documents }) => documents.get(document))

      const peek: Connection["peek"] = ({ name }) =>
        Effect.map(Ref.get(store), ({ outputs }) => outputs.get(name)?.checkpoint)

      const drop = ({ name }: Table) =>
        Ref.update(store, (state) => ({ ...state, outputs: without(state.outputs, name) }))

      const open: Connection["open"] = (table, mode) =>
        Effect.map(peek(table), (checkpoint) => {
          const { name } = table
          return {
            checkpoint,
            written: written(Effect.map(Ref.get(store), ({ outputs }) => outputs.get(name) ?? nothing)),
            commit: (batch, checkpoint) => {
              // Lines are only added.
              const kept: Kept = { records: batch.records.length, merged: 0, setAside: [] }
              return Effect.as(
                Ref.update(store, (state) => {
                  const before = state.outputs.get(name) ?? nothing
                  return { ...state, outputs: withEntry(state.outputs, name, added(before, batch, checkpoint(kept))) }
                }),
                kept
              )
            },
            finish: (place) =>
              Effect.andThen(
                Ref.update(store, (state) => {
                  const { quarantined, records } = state.outputs.get(name) ?? nothing
                  const others = [...state.finished].filter(
                    ([other, { resource }]) => resource !== name || (mode === "merge" && other !== place)
                  )
                  return {
                    ...state,
                    finished: withEntry(new Map(others), place, { resource: name, records, quarantined })
                  }
                }),
                audit(table, place)
              ),
            forget: drop(table)
          } satisfies Output
        })

      const connection: Connection = {
        read,
        write: (document, text) =>
          Ref.update(store, (state) => ({ ...state, documents: withEntry(state.documents, document, text) })),
        occupied: (_, name) => Effect.map(Ref.get(store), ({ finished }) => (finished.has(name) ? name : undefined)),
        open,
        discard: drop,
        peek,
        audit
      }

      const lock = Effect.acquireRelease(
        Effect.filterOrFail(
          Ref.getAndUpdate(store, (state) => ({ ...state, locked: true })),
          ({ locked }) => !locked,
          () => new Locked({ path: "memory", owner: null })
        ),
        () => Ref.update(store, (state) => ({ ...state, locked: false }))
      )

      return Sink.of({
        name: "memory",
        connect: Effect.as(lock, connection),
        inspect: Effect.succeed({ read, peek, audit })
      })
    })
  )
