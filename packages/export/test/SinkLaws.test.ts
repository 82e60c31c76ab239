import * as Json from "@effect-intercom/core/Json"
import * as Memory from "@effect-intercom/export/Memory"
import * as NodeSha256 from "@effect-intercom/export/NodeSha256"
import { type Connection, type Output, Sink } from "@effect-intercom/export/Sink"
import * as SinkLaws from "@effect-intercom/export/SinkLaws"
import type { Received } from "@effect-intercom/export/Table"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Hostile from "./Hostile.ts"

/** The sink in memory, and what is made of its connections. */
const subject = (
  connection: (connection: Connection) => Connection = (connection) => connection,
  known?: Memory.Store
): Effect.Effect<SinkLaws.Subject> =>
  Effect.map(known === undefined ? Memory.makeStore : Effect.succeed(known), (store) => ({
    layer: Layer.effect(
      Sink,
      Sink.useSync((sink) => Sink.of({ ...sink, connect: Effect.map(sink.connect, connection) }))
    ).pipe(Layer.provide(Memory.layer(store)), Layer.provide(NodeSha256.layer)),
    records: (_, place) =>
      Effect.map(Ref.get(store), ({ finished }) =>
        // Records are objects.
        (finished.get(place)?.records ?? []).map((line) => Json.parse(line) as Received)
      ),
    quarantine: (table) => Effect.map(Ref.get(store), (state) => Memory.quarantine(state, table)),
    abandon: Ref.update(store, (state) => ({ ...state, locked: false }))
  }))

const output = (change: (output: Output) => Partial<Output>) => (connection: Connection) => ({
  ...connection,
  open: (...args: Parameters<Connection["open"]>) =>
    Effect.map(connection.open(...args), (output) => ({ ...output, ...change(output) }))
})

/** What a sink can get wrong, and a law that sees it. */
const faults: ReadonlyArray<readonly [string, string, (connection: Connection) => Connection]> = [
  [
    "writes the records, and then the checkpoint",
    "an export that was stopped or killed",
    output(({ checkpoint, commit }) => ({
      commit: (batch, next) =>
        Effect.gen(function* () {
          yield* commit(batch, () => checkpoint ?? `{"at":0}`)
          yield* Effect.yieldNow
          return yield* commit({ records: [], quarantined: [] }, next)
        })
    }))
  ],
  ["forgets the checkpoint", "a commit keeps the checkpoint", output(() => ({ checkpoint: undefined }))],
  [
    "forgets the checkpoint as soon as it finishes",
    "finishing and forgetting twice",
    output(({ finish, forget }) => ({ finish: (name) => Effect.tap(finish(name), () => forget) }))
  ],
  [
    "cannot start over",
    "a walk that starts over",
    output(({ commit }) => ({ commit: (batch, at) => commit({ ...batch, startOver: false }, at) }))
  ],
  [
    "drops the quarantine",
    "quarantined records are kept apart",
    output(({ commit }) => ({ commit: (batch, at) => commit({ ...batch, quarantined: [] }, at) }))
  ],
  [
    "replaces what it should add to",
    "what is merged is added",
    (connection) => ({ ...connection, open: (table) => connection.open(table, "replace") })
  ],
  [
    "loses what is not in a column",
    "odd records come back",
    output(({ commit }) => ({
      commit: (batch, at) =>
        commit({ ...batch, records: batch.records.map((record) => ({ ...record, unknown: null })) }, at)
    }))
  ],
  [
    "numbers its batches",
    "the split into batches does not matter",
    output(({ commit }) => ({
      commit: (batch, at) =>
        commit({ ...batch, records: [...batch.records, { id: `batch of ${batch.records.length}` }] }, at)
    }))
  ],
  [
    "does not know what it wrote",
    "what was committed is given back",
    output(() => ({ written: { records: Stream.empty, quarantined: Stream.empty } }))
  ],
  [
    "counts what it was given, not what it kept",
    "every record of a batch is counted",
    output(({ commit }) => ({
      commit: (batch, at) =>
        Effect.map(commit({ ...batch, records: batch.records.slice(1) }, at), (kept) => ({
          ...kept,
          records: batch.records.length
        }))
    }))
  ],
  [
    "never finds a place occupied",
    "a place is occupied",
    (connection) => ({ ...connection, occupied: () => Effect.undefined })
  ],
  [
    "cannot drop",
    "an unfinished output can be dropped",
    (connection) => ({ ...connection, discard: () => Effect.void })
  ],
  [
    "keeps one document",
    "documents are kept",
    (connection) => ({ ...connection, write: (_, text) => connection.write("state", text) })
  ],
  [
    "audits from memory",
    "an audit finds what was finished",
    (connection) => ({
      ...connection,
      audit: (_, place) => Effect.succeed({ place, records: 0, bytes: 0, sha256: "", quarantined: 0 })
    })
  ]
]

describe("SinkLaws", () => {
  for (const { check, name } of SinkLaws.laws(subject())) it.effect(name, () => check)

  it.effect("hostile records come back, or are set apart by name", () =>
    Effect.flatMap(subject(), (sink) => Hostile.comeBack(sink))
  )

  it.effect("sees a sink that has no lock", () =>
    Effect.gen(function* () {
      const open = Effect.map(subject(), (subject) => ({
        ...subject,
        layer: Layer.effect(
          Sink,
          Sink.useSync((sink) => Sink.of({ ...sink, connect: Effect.scoped(sink.connect) }))
        ).pipe(Layer.provide(subject.layer))
      }))
      assert.deepStrictEqual(yield* broken(open), [
        "it is locked while an export is connected, but can be looked at",
        "exports follow one another under one layer: the lock lives as long as the export"
      ])
    })
  )

  it.effect("sees a sink whose lock lives as long as its layer", () =>
    Effect.gen(function* () {
      const layered = Effect.map(subject(), (subject) => ({
        ...subject,
        layer: Layer.effect(
          Sink,
          Effect.gen(function* () {
            const sink = yield* Sink
            const scope = yield* Effect.scope
            return Sink.of({ ...sink, connect: Scope.provide(sink.connect, scope) })
          })
        ).pipe(Layer.provide(subject.layer))
      }))
      assert.deepStrictEqual(yield* broken(layered), [
        "exports follow one another under one layer: the lock lives as long as the export"
      ])
    })
  )

  it.effect("sees a sink that writes whatever its lock says", () =>
    Effect.gen(function* () {
      const unfenced = Effect.gen(function* () {
        const store = yield* Memory.makeStore
        const found = yield* subject(undefined, store)
        // Its token is always the last.
        const renewed = (connect: Sink["Service"]["connect"]) =>
          Effect.map(connect, (connection): Connection => {
            const renew = Ref.update(store, (state) => ({ ...state, token: connection.token }))
            return {
              ...connection,
              write: (document, text) => Effect.andThen(renew, connection.write(document, text)),
              open: (table, mode) =>
                Effect.map(connection.open(table, mode), (output) => ({
                  ...output,
                  commit: (batch, checkpoint) => Effect.andThen(renew, output.commit(batch, checkpoint)),
                  finish: (name) => Effect.andThen(renew, output.finish(name)),
                  forget: Effect.andThen(renew, output.forget)
                }))
            }
          })
        return {
          ...found,
          layer: Layer.effect(
            Sink,
            Sink.useSync((sink) => Sink.of({ ...sink, connect: renewed(sink.connect) }))
          ).pipe(Layer.provide(found.layer))
        }
      })
      assert.deepStrictEqual(yield* broken(unfenced), ["an export that lost its lock writes nothing"])
    })
  )

  for (const [fault, law, change] of faults) {
    it.effect(`sees a sink that ${fault}`, () =>
      Effect.gen(function* () {
        const found = yield* broken(subject(change), law)
        assert.lengthOf(found, 1)
      })
    )
  }
})

/** The laws a sink breaks, of those whose name starts so. */
const broken = Effect.fnUntraced(function* (subject: Effect.Effect<SinkLaws.Subject>, law = "") {
  const tried = SinkLaws.laws(subject).filter(({ name }) => name.startsWith(law))
  const results = yield* Effect.forEach(tried, ({ check, name }) =>
    Effect.map(Effect.result(check), ({ _tag }) => (_tag === "Failure" ? [name] : []))
  )
  return results.flat()
})
