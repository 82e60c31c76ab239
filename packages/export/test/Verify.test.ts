import * as Document from "@effect-intercom/export/Document"
import type { Entry, Manifest } from "@effect-intercom/export/Manifest"
import * as Memory from "@effect-intercom/export/Memory"
import * as NodeSha256 from "@effect-intercom/export/NodeSha256"
import * as Overview from "@effect-intercom/export/Overview"
import * as Resource from "@effect-intercom/export/Resource"
import { type Mode, Sink } from "@effect-intercom/export/Sink"
import * as Verify from "@effect-intercom/export/Verify"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"

const { table } = Resource.all.contacts

const line = (id: number) => ({ resource: "contacts", error: { message: "m", mismatches: [] }, record: { id } })

/** Writes an output, and what a manifest says of it. */
const write = Effect.fnUntraced(function* (
  name: string,
  mode: Mode,
  ids: ReadonlyArray<string>,
  bad: number,
  at: string
) {
  const connection = yield* (yield* Sink).connect
  const output = yield* connection.open(table, mode)
  const quarantined = Array.from({ length: bad }, (_, id) => line(id))
  yield* output.commit({ records: ids.map((id) => ({ type: "contact", id })), quarantined }, () => "{}")
  const receipt = yield* output.finish(name)
  yield* output.forget
  const entry: Entry = {
    ...receipt,
    resource: "contacts",
    source: { baseUrl: "https://api.example.test/", version: "2.15", workspace: "w1" },
    scope: { output: name, since: mode === "merge" ? 1 : null, until: 2, pageSize: null },
    counts: { read: ids.length + bad, records: ids.length, quarantined: bad, skipped: 0, missing: 0 },
    total: null,
    complete: null,
    missing: [],
    runs: 1,
    effort: { requests: 1, retries: 0, waits: 0, waitedMillis: 0 },
    workedMillis: 1,
    samples: [],
    startedAt: at,
    finishedAt: at
  }
  const manifest = yield* Document.manifest(connection)
  const next: Manifest = {
    format: 2,
    tool: { name: "t", version: "1" },
    exports: { ...manifest?.exports, [name]: entry }
  }
  yield* Document.writeManifest(connection, next)
}, Effect.scoped)

const exported = Effect.gen(function* () {
  yield* write("contacts", "replace", ["a", "b"], 2, "2026-11-27T08:00:00.000Z")
  yield* write("contacts.later", "merge", ["b"], 1, "2026-11-28T08:00:00.000Z")
})

const alter = (store: Memory.Store, place: string, records: ReadonlyArray<string>) =>
  Ref.update(store, (state) => ({
    ...state,
    finished: new Map(state.finished).set(place, { quarantined: [], resource: "contacts", records })
  }))

const at = <A, E>(use: (store: Memory.Store) => Effect.Effect<A, E, Sink>) =>
  Effect.flatMap(Memory.makeStore, (store) =>
    Effect.provide(use(store), Memory.layer(store)).pipe(Effect.provide(NodeSha256.layer))
  )

it.effect("what was exported is sound, with the quarantine of all exports since the last whole one", () =>
  at(() =>
    Effect.gen(function* () {
      yield* exported
      const verdicts = yield* Verify.outputs
      assert.deepStrictEqual(
        verdicts.map((verdict) => [verdict.output, Verify.isSound(verdict), verdict.entry.records]),
        [
          ["contacts", true, 2],
          ["contacts.later", true, 1]
        ]
      )
    })
  )
)

it.effect("what differs is named", () =>
  at((store) =>
    Effect.gen(function* () {
      yield* exported
      yield* alter(store, "contacts", ['{"type":"contact","id":"a"}'])
      const [first, second] = yield* Verify.outputs
      assert.deepStrictEqual(
        first?.differences.map(({ expected, found, what }) => [
          what,
          what.endsWith("sha256") ? "" : `${found}/${expected}`
        ]),
        [
          ["records", "1/2"],
          ["bytes", "28/56"],
          ["sha256", ""],
          ["quarantined", "1/2"],
          ["quarantine sha256", ""]
        ]
      )
      assert.deepStrictEqual(
        second?.differences.map(({ what }) => what),
        ["quarantined", "quarantine sha256"]
      )
    })
  )
)

it.effect("what is gone is told as such, the others are verified all the same", () =>
  at((store) =>
    Effect.gen(function* () {
      yield* write("contacts", "replace", ["a"], 0, "2026-11-27T08:00:00.000Z")
      yield* write("contacts.later", "merge", ["b"], 0, "2026-11-28T08:00:00.000Z")
      yield* Ref.update(store, (state) => ({
        ...state,
        finished: new Map([...state.finished].filter(([place]) => place !== "contacts"))
      }))
      const [first, second] = yield* Verify.outputs
      assert.strictEqual(first?.unreadable?._tag, "Missing")
      assert.isTrue(second !== undefined && Verify.isSound(second))
    })
  )
)

it.effect("an output of a resource this version does not know is not taken for sound", () =>
  at(() =>
    Effect.gen(function* () {
      yield* exported
      const connection = yield* (yield* Sink).connect
      const manifest = yield* Document.manifest(connection)
      const entry = manifest?.exports["contacts"]
      if (manifest === undefined || entry === undefined) return assert.fail()
      yield* Document.writeManifest(connection, {
        ...manifest,
        exports: { rockets: { ...entry, resource: "rockets", place: "rockets" } }
      })
      const [only] = yield* Verify.outputs
      assert.strictEqual(only?.unreadable?._tag, "Unreadable")
    }).pipe(Effect.scoped)
  )
)

it.effect("where nothing is, there is nothing", () =>
  at(() =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* Verify.outputs, [])
      assert.deepStrictEqual(yield* Overview.read, {
        name: "memory",
        manifest: undefined,
        state: undefined,
        unfinished: []
      })
    })
  )
)

it.effect("a manifest that is none is an error", () =>
  at(() =>
    Effect.gen(function* () {
      yield* Effect.flatMap(
        Sink.use(({ connect }) => connect),
        ({ write }) => write("manifest", "{")
      ).pipe(Effect.scoped)
      const error = yield* Effect.flip(Verify.outputs)
      assert.strictEqual(error.reason._tag, "Unreadable")
      assert.strictEqual((yield* Effect.flip(Overview.read)).reason._tag, "Unreadable")
    })
  )
)
