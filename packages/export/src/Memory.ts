/**
 * A sink that keeps everything in memory: for tests of what uses a sink, and as the shortest example of one. It lasts as
 * long as its store.
 */
import * as Json from "@effect-intercom/core/Json"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { Locked, LostLock, Missing, PartChanged, type Reason } from "./ExportError.ts"
import * as Quarantine from "./Quarantine.ts"
import { Sha256 } from "./Sha256.ts"
import {
  type Batch,
  type Connection,
  type Kept,
  type Mode,
  type Output,
  type Receipt,
  Sink,
  type Written
} from "./Sink.ts"
import * as Table from "./Table.ts"

/** What a sink in memory holds. Records and quarantined records are lines of JSON. */
export interface State {
  readonly locked: boolean
  /** The fencing token of who took the lock last. */
  readonly token: number
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
  token: 0,
  documents: new Map(),
  outputs: new Map(),
  finished: new Map()
})

const nothing: Unfinished = { checkpoint: undefined, records: [], quarantined: [] }

const added = (before: Unfinished, { startOver, quarantined, records }: Batch, checkpoint: string): Unfinished => {
  const lines = (values: ReadonlyArray<unknown>) => values.map((value) => Json.stringify(value))
  const from = startOver === true ? nothing : before
  return {
    checkpoint,
    records: [...from.records, ...lines(records)],
    quarantined: [...from.quarantined, ...lines(quarantined)]
  }
}

/** Lines are only written by {@link added}. */
const parsed = <A>(lines: ReadonlyArray<string>) => lines.map((line) => Json.parse(line) as A)

const written = (unfinished: Effect.Effect<Unfinished>): Written => ({
  records: Stream.fromIterableEffect(Effect.map(unfinished, ({ records }) => parsed<Table.Received>(records))),
  quarantined: Stream.fromIterableEffect(
    Effect.map(unfinished, ({ quarantined }) => parsed<Quarantine.Line>(quarantined))
  )
})

const withEntry = <A>(map: ReadonlyMap<string, A>, key: string, value: A): ReadonlyMap<string, A> =>
  new Map(map).set(key, value)

const without = <A>(map: ReadonlyMap<string, A>, key: string): ReadonlyMap<string, A> =>
  new Map([...map].filter(([name]) => name !== key))

/** What is exported whole replaces the quarantine of its resource; what was added at other places stays, as files do. */
const emptied = (finished: State["finished"], table: Table.Table): State["finished"] => {
  const names = Table.namesOf(table)
  return new Map(
    [...finished].map(([place, one]) => [place, names.includes(one.resource) ? { ...one, quarantined: [] } : one])
  )
}

/** The quarantined records of a resource, from all its finished outputs: each once, as it was met last. */
export const quarantine = ({ finished }: State, table: Table.Table): ReadonlyArray<Quarantine.Line> => {
  const { key } = table
  const names = Table.namesOf(table)
  const outputs = [...finished.values()].filter(({ resource }) => names.includes(resource))
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
          ...(yield* Quarantine.summary(
            Stream.fromIterable(quarantine(state, table).map((line) => Json.stringify(line)))
          ).pipe(Effect.provideService(Sha256, sha256)))
        } satisfies Receipt
      })

      const read: Connection["read"] = (document) =>
        Effect.map(Ref.get(store), ({ documents }) => documents.get(document))

      const peek: Connection["peek"] = ({ name }) =>
        Effect.map(Ref.get(store), ({ outputs }) => outputs.get(name)?.checkpoint)

      /** What is done in the name of a token, while no later one was given: at once, or not at all. */
      const change = (token: number, step: (state: State) => Result.Result<State, Reason>) =>
        Effect.flatMap(
          Ref.modify(store, (state) => {
            const result =
              state.token === token ? step(state) : Result.fail<Reason>(new LostLock({ path: "memory", owner: null }))
            return [result, Result.getOrElse(result, () => state)]
          }),
          (result) => Effect.asVoid(Effect.fromResult(result))
        )

      const drop = (token: number, { name }: Table.Table) =>
        change(token, (state) => Result.succeed({ ...state, outputs: without(state.outputs, name) }))

      const open = Effect.fnUntraced(function* (token: number, table: Table.Table, mode: Mode) {
        const { name } = table
        const last = yield* Ref.make(yield* peek(table))
        const commit: Output["commit"] = Effect.fnUntraced(function* (batch, checkpoint) {
          const own = yield* Ref.get(last)
          // Lines are only added.
          const kept: Kept = { records: batch.records.length, merged: 0, setAside: [] }
          const text = checkpoint(kept)
          yield* change(token, (state) => {
            const before = state.outputs.get(name) ?? nothing
            return before.checkpoint === own
              ? Result.succeed({ ...state, outputs: withEntry(state.outputs, name, added(before, batch, text)) })
              : Result.fail(new PartChanged({ path: name, checkpoint: name }))
          })
          yield* Ref.set(last, text)
          return kept
        })
        return {
          checkpoint: yield* Ref.get(last),
          written: written(Effect.map(Ref.get(store), ({ outputs }) => outputs.get(name) ?? nothing)),
          commit,
          finish: (place) =>
            Effect.andThen(
              change(token, (state) => {
                const { quarantined, records } = state.outputs.get(name) ?? nothing
                // Later than the others, in whose quarantines a record may be, too.
                const others = without(mode === "replace" ? emptied(state.finished, table) : state.finished, place)
                return Result.succeed({
                  ...state,
                  finished: withEntry(others, place, { resource: name, records, quarantined })
                })
              }),
              audit(table, place)
            ),
          forget: drop(token, table)
        } satisfies Output
      })

      const connectionOf = (token: number): Connection => ({
        token,
        read,
        write: (document, text) =>
          change(token, (state) => Result.succeed({ ...state, documents: withEntry(state.documents, document, text) })),
        occupied: (_, name) => Effect.map(Ref.get(store), ({ finished }) => (finished.has(name) ? name : undefined)),
        open: (table, mode) => open(token, table, mode),
        discard: (table) => drop(token, table),
        peek,
        audit,
        records: (_, place) =>
          Stream.fromIterableEffect(
            Effect.flatMap(Ref.get(store), ({ finished }): Effect.Effect<ReadonlyArray<Table.Received>, Reason> => {
              const found = finished.get(place)
              return found === undefined
                ? Effect.fail(new Missing({ path: place }))
                : Effect.succeed(parsed(found.records))
            })
          )
      })

      const lock = Effect.acquireRelease(
        Effect.filterOrFail(
          Ref.modify(store, (state) => [
            state,
            state.locked ? state : { ...state, locked: true, token: state.token + 1 }
          ]),
          ({ locked }) => !locked,
          () => new Locked({ path: "memory", owner: null })
        ),
        ({ token }) => Ref.update(store, (state) => (state.token === token + 1 ? { ...state, locked: false } : state))
      )

      return Sink.of({
        name: "memory",
        connect: Effect.map(lock, ({ token }) => connectionOf(token + 1)),
        inspect: Effect.succeed({ read, peek, audit })
      })
    })
  )
