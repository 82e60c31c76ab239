/** What earlier exports left and is no more, or is another thing, is not taken for complete, nor built upon. */
import * as Export from "@effect-intercom/export/Export"
import type { Plan } from "@effect-intercom/export/Plan"
import type { Sink } from "@effect-intercom/export/Sink"
import * as Ndjson from "@effect-intercom/export/Ndjson"
import * as NodeExport from "@effect-intercom/export/NodeExport"
import * as NodeSqlite from "@effect-intercom/export/NodeSqlite"
import * as Overview from "@effect-intercom/export/Overview"
import * as Verify from "@effect-intercom/export/Verify"
import { Simulator } from "@effect-intercom/simulator/Simulator"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { DatabaseSync } from "node:sqlite"
import * as Workspace from "./Workspace.ts"

interface Place {
  readonly path: string
  readonly sink: Layer.Layer<Sink>
}

const contacts: Plan = { resources: ["contacts"] }
const nightly: Plan = { ...contacts, since: "last" }
const dated: Plan = { ...contacts, since: Workspace.now - 3600 }

const run = (plan: Plan, { sink }: Place) => Effect.provide(Export.entries(plan), Layer.fresh(sink))

const reasonOf = (plan: Plan, place: Place) => Effect.map(Effect.flip(run(plan, place)), ({ reason }) => reason)

const isSound = ({ sink }: Place) =>
  Effect.map(Effect.provide(Verify.outputs, Layer.fresh(sink)), (verdicts) => verdicts.every(Verify.isSound))

const made = (
  make: (path: string) => Layer.Layer<Sink, never, Layer.Success<typeof NodeExport.layer | typeof NodeServices.layer>>,
  name: string
) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = `${yield* fs.makeTempDirectoryScoped({ prefix: "intact-" })}/${name}`
    const sink = make(path).pipe(Layer.provide(NodeExport.layer), Layer.provide(NodeServices.layer))
    return { path, sink } satisfies Place
  }).pipe(Effect.orDie)

const sqlite = made((file) => NodeSqlite.layer({ file }), "workspace.db")
const ndjson = made((directory) => Ndjson.layer({ directory }), "dump")

const execute = ({ path }: Place, statement: string) =>
  Effect.sync(() => {
    const database = new DatabaseSync(path)
    database.exec(statement)
    database.close()
  })

const changeOne = Effect.gen(function* () {
  const simulator = yield* Simulator
  const [line = ""] = yield* Stream.runCollect(simulator.records("contacts"))
  yield* TestClock.adjust("1 day")
  yield* simulator.update("contacts", (JSON.parse(line) as { readonly id: string }).id, { name: "Changed" })
  yield* TestClock.adjust("1 second")
})

const inWorkspace = <A, E>(
  test: Effect.Effect<A, E, Layer.Success<ReturnType<typeof Workspace.layer>> | FileSystem.FileSystem>
) =>
  Effect.andThen(
    Workspace.setClock,
    test.pipe(Effect.provide([Workspace.layer({ ...Workspace.small, contacts: 12 }), NodeServices.layer]))
  )

const scoped = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.scoped(effect)

describe("a table", () => {
  const damages = {
    dropped: ["DROP TABLE contacts", "Missing", "Missing"],
    "without rows": ["DELETE FROM contacts", "Altered", "Altered"],
    "with one row less": ["DELETE FROM contacts WHERE id = (SELECT min(id) FROM contacts)", "Altered", "Altered"],
    // To read every table each time nothing is to be done would cost too much.
    "with a row that was changed": [
      "UPDATE contacts SET name = 'x' WHERE id = (SELECT min(id) FROM contacts)",
      undefined,
      "Altered"
    ]
  } as const
  for (const [name, [statement, whenComplete, whenMerged]] of Object.entries(damages)) {
    it.effect(`that was left ${name} is not built upon: --force exports it again`, () =>
      Effect.gen(function* () {
        const place = yield* sqlite
        yield* run(contacts, place)
        yield* execute(place, statement)
        yield* changeOne
        if (whenComplete !== undefined) assert.strictEqual((yield* reasonOf(contacts, place))._tag, whenComplete)
        for (const plan of [nightly, dated]) {
          const reason = yield* reasonOf(plan, place)
          assert.strictEqual(reason._tag, whenMerged)
          assert.include(reason.message, "--force")
          assert.isFalse(yield* isSound(place))
        }
        const [entry] = yield* run({ ...nightly, force: true }, place)
        assert.deepInclude(entry, { records: 12, complete: true })
        assert.isNull(entry?.scope.since)
        assert.isTrue(yield* isSound(place))
        yield* changeOne
        const [next] = yield* run(nightly, place)
        assert.deepInclude(next, { records: 12 })
        assert.deepInclude(next?.counts, { records: 1 })
      }).pipe(scoped, inWorkspace)
    )
  }

  it.effect("of unknown origin is not merged into, whatever the export is of", () =>
    Effect.gen(function* () {
      const place = yield* sqlite
      yield* execute(place, "CREATE TABLE contacts (id TEXT PRIMARY KEY, mine TEXT)")
      for (const plan of [contacts, nightly, dated]) {
        assert.strictEqual((yield* reasonOf(plan, place))._tag, "Occupied")
      }
    }).pipe(scoped, inWorkspace)
  )

  it.effect("that only changes were written to is replaced by everything", () =>
    Effect.gen(function* () {
      const place = yield* sqlite
      yield* run(dated, place)
      const [entry] = yield* run(contacts, place)
      assert.strictEqual(entry?.records, 12)
      assert.isTrue(yield* isSound(place))
    }).pipe(scoped, inWorkspace)
  )

  it.effect("whose manifest is gone is not resumed from", () =>
    Effect.gen(function* () {
      const place = yield* sqlite
      yield* run(contacts, place)
      yield* execute(place, "DELETE FROM _intercom_export WHERE name = 'manifest'")
      assert.strictEqual((yield* reasonOf(nightly, place))._tag, "Occupied")
      yield* execute(place, "DROP TABLE contacts")
      const [entry] = yield* run(nightly, place)
      assert.strictEqual(entry?.records, 12)
      assert.isNull(entry?.scope.since)
    }).pipe(scoped, inWorkspace)
  )
})

describe("a quarantine", () => {
  const withMisfits = Workspace.layer({
    ...Workspace.small,
    contacts: 12,
    overrides: { contacts: { 3: { owner_id: true }, 8: { owner_id: true } } }
  })
  const quarantineOf = ({ path }: Place) => `${path}/quarantine.ndjson`
  const changes = {
    ndjson: [
      ndjson,
      (fs: FileSystem.FileSystem, place: Place) =>
        Effect.flatMap(fs.readFileString(quarantineOf(place)), (text) =>
          fs.writeFileString(quarantineOf(place), text.replace('"owner_id":true', '"owner_id":1234'))
        )
    ],
    sqlite: [
      sqlite,
      (_: FileSystem.FileSystem, place: Place) =>
        execute(place, "UPDATE _intercom_quarantine SET record = replace(record, 'true', '1234')")
    ]
  } as const
  for (const [name, [make, change]] of Object.entries(changes)) {
    it.effect(`that was changed, with as many records, is told: ${name}`, () =>
      Effect.gen(function* () {
        const place = yield* make
        const [entry] = yield* run({ ...contacts, strict: true }, place)
        assert.deepInclude(entry, { records: 10, quarantined: 2 })
        // A later export of changes keeps them.
        yield* TestClock.adjust("1 day")
        const [later] = yield* run(nightly, place)
        assert.strictEqual(later?.quarantineSha256, entry?.quarantineSha256)
        assert.isTrue(yield* isSound(place))
        yield* change(yield* FileSystem.FileSystem, place)
        const verdicts = yield* Effect.provide(Verify.outputs, Layer.fresh(place.sink))
        assert.deepStrictEqual(
          [...new Set(verdicts.flatMap(({ differences }) => differences.map(({ what }) => what)))],
          ["quarantine sha256"]
        )
      }).pipe(scoped, Effect.provide([withMisfits, NodeServices.layer]), (test) =>
        Effect.andThen(Workspace.setClock, test)
      )
    )
  }
})

describe("a file", () => {
  const damages = {
    "that is gone": [(fs: FileSystem.FileSystem, file: string) => fs.remove(file), "Missing"],
    "that leads nowhere": [
      (fs: FileSystem.FileSystem, file: string) => Effect.andThen(fs.remove(file), fs.symlink("nowhere", file)),
      "Missing"
    ],
    "that is a directory": [
      (fs: FileSystem.FileSystem, file: string) => Effect.andThen(fs.remove(file), fs.makeDirectory(file)),
      "Unreadable"
    ],
    "that was cut off": [(fs: FileSystem.FileSystem, file: string) => fs.truncate(file, 100), "Altered"]
  } as const
  for (const [name, [damage, tag]] of Object.entries(damages)) {
    it.effect(`${name} is not complete, nor are changes counted from it`, () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const place = yield* ndjson
        yield* run(contacts, place)
        const file = `${place.path}/contacts.ndjson`
        yield* damage(fs, file)
        yield* changeOne
        for (const plan of [contacts, nightly]) {
          const reason = yield* reasonOf(plan, place)
          assert.strictEqual(reason._tag, tag)
          assert.include(reason.message, "--force")
        }
        // These stand in a file of their own.
        const [changes] = yield* run(dated, place)
        assert.strictEqual(changes?.records, 1)
        // The message says so.
        if (tag === "Unreadable") yield* fs.rename(file, `${file}.away`)
        const [entry] = yield* run({ ...contacts, force: true }, place)
        assert.deepInclude(entry, { records: 12, complete: true })
        assert.isTrue(yield* isSound(place))
      }).pipe(scoped, inWorkspace)
    )
  }

  it.effect("that is gone is told as such by an overview, and no other", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const place = yield* ndjson
      const look = Effect.provide(Overview.read, Layer.fresh(place.sink))
      yield* run({ resources: ["contacts", "tags"] }, place)
      assert.isUndefined((yield* look).damaged)
      yield* fs.remove(`${place.path}/contacts.ndjson`)
      assert.deepStrictEqual([...((yield* look).damaged ?? [])], ["contacts.ndjson"])
    }).pipe(scoped, inWorkspace)
  )

  it.effect("tells a dry run, too", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const place = yield* ndjson
      yield* run(contacts, place)
      yield* fs.remove(`${place.path}/contacts.ndjson`)
      const error = yield* Effect.flip(Effect.provide(Export.preview(contacts), place.sink))
      assert.strictEqual(error.reason._tag, "Missing")
    }).pipe(scoped, inWorkspace)
  )

  it.effect("the state of another workspace is refused", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const place = yield* ndjson
      yield* run(contacts, place)
      const file = `${place.path}/state.json`
      const state = yield* fs.readFileString(file)
      yield* fs.writeFileString(file, state.replace(/"workspace": "\w+"/, '"workspace": "another"'))
      const reason = yield* reasonOf(nightly, place)
      assert.deepInclude(reason, { _tag: "OtherExport", field: "workspace", found: "another" })
    }).pipe(scoped, inWorkspace)
  )
})
