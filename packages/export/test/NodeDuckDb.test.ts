import { settings } from "@effect-intercom/export/internal/DuckDbClient"
import * as NodeDuckDb from "@effect-intercom/export/NodeDuckDb"
import * as NodeSqlite from "@effect-intercom/export/NodeSqlite"
import { Sink } from "@effect-intercom/export/Sink"
import * as SinkLaws from "@effect-intercom/export/SinkLaws"
import * as Table from "@effect-intercom/export/Table"
import { UnixSeconds } from "@effect-intercom/core/Wire"
import { DuckDBInstance } from "@duckdb/node-api"
import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as PlatformError from "effect/PlatformError"
import * as Schema from "effect/Schema"
import { mkdir } from "node:fs/promises"
import { dirname } from "node:path"
import * as Disk from "./Disk.ts"
import * as Hostile from "./Hostile.ts"
import { often, some } from "./Kills.ts"
import { modes, survive, timeout, undisturbed } from "./SqlKill.ts"
import { batch, exported, type Row, session, type SqlPlace, subject } from "./SqlPlace.ts"
import { scenarios } from "./SqlScenarios.ts"

/** What a database says to one statement. */
const ask = (file: string, sql: string): Effect.Effect<ReadonlyArray<Row>> =>
  Effect.promise(async () => {
    const instance = await DuckDBInstance.fromCache(file, settings)
    const connection = await instance.connect()
    try {
      return (await connection.runAndReadAll(sql)).getRowObjectsJson()
    } finally {
      connection.closeSync()
      instance.closeSync()
    }
  })

/** A database in a new directory, which is not there yet. */
const place = Effect.map(
  Effect.all([
    Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped({ prefix: "duckdb-" })),
    Disk.processes
  ]),
  ([directory, processes]) => {
    const file = `${directory}/out/workspace.duckdb`
    return {
      file,
      layer: Layer.provide(NodeDuckDb.layer({ file }), processes),
      abandon: Effect.orDie(Disk.abandon(`${file}.lock`)),
      query: (sql: string) => ask(file, sql),
      json: String,
      boolean: (value: unknown) => value === true,
      select: ({ kind, moments, name }) => {
        if (moments === true) return `epoch_us("${name}") // 1000000 AS "${name}"`
        return kind === "text" ? `to_json("${name}")::VARCHAR AS "${name}"` : undefined
      },
      // The driver takes a byte order mark away that a text begins with.
      text: (value: unknown) => String(JSON.parse(String(value)))
    } satisfies SqlPlace<Layer.Success<typeof Disk.layer>> & { readonly file: string }
  }
)

/** The same, open all the while: opening and closing the file is most of what the laws would take. */
const open = Effect.tap(place, ({ file }) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      await mkdir(dirname(file))
      return DuckDBInstance.fromCache(file, settings)
    }),
    (instance) => Effect.sync(() => instance.closeSync())
  )
)

/** Hundreds of commits, each of which takes DuckDB ten times what it takes SQLite: tried where exports are killed, too. */
const long = [
  "an export that was stopped",
  "the split into batches",
  "what was committed is given back",
  "finishing and forgetting twice",
  "a walk that starts over"
]

const things = Table.fromSchema(
  "things",
  Schema.Struct({
    id: Schema.String,
    at: Schema.optionalKey(UnixSeconds),
    tags: Schema.optionalKey(Schema.Array(Schema.String))
  }),
  { key: "id" }
)

const records = [
  { id: "a", at: 1_700_000_000, tags: ["x"] },
  { id: "b", at: -62_135_596_800, tags: ["half \ud800"] },
  { id: "c", at: 253_402_300_800, other: 1e21 }
]

describe("NodeDuckDb", () => {
  layer(Disk.layer)((it) => {
    for (const { check, name } of SinkLaws.laws(Effect.map(open, subject), some)) {
      if (often || !long.some((start) => name.startsWith(start))) it.effect(name, () => check, timeout)
    }

    for (const [name, scenario] of Object.entries(scenarios)) it.effect(name, () => Effect.flatMap(open, scenario))

    it.effect("hostile records come back, or are set apart by name", () =>
      Effect.flatMap(Effect.map(open, subject), (sink) => Hostile.comeBack(sink, Hostile.byId))
    )

    it.effect("a file that was closed is resumed, has the types of Parquet, and the digest of SQLite", () =>
      Effect.gen(function* () {
        const one = yield* place
        yield* session(one, ({ open }) =>
          Effect.scoped(
            Effect.flatMap(open(things, "replace"), ({ commit }) =>
              commit(batch(records.slice(0, 2)), () => `{"at":1}`)
            )
          )
        )
        const checkpoint = yield* Effect.scoped(
          Effect.flatMap(
            Sink.use(({ inspect }) => inspect),
            ({ peek }) => peek(things)
          )
        ).pipe(Effect.provide(one.layer))
        assert.strictEqual(checkpoint, `{"at":1}`)
        const receipt = yield* exported(one, things, "replace", batch(records.slice(2)))
        const sqlite = { ...one, layer: NodeSqlite.layer({ file: `${one.file}.sqlite` }) }
        assert.deepStrictEqual(receipt, yield* exported(sqlite, things, "replace", batch(records)))

        assert.deepStrictEqual(
          (yield* one.query("DESCRIBE things")).map(({ column_name: name, column_type: type }) => [name, type]),
          [
            ["id", "VARCHAR"],
            ["at", "TIMESTAMP WITH TIME ZONE"],
            ["tags", "JSON"],
            ["_rest", "JSON"]
          ]
        )
        assert.deepStrictEqual(
          yield* one.query(
            `SELECT id, year("at" AT TIME ZONE 'UTC') AS year, tags->>0 AS tag, _rest->>'at' AS late FROM things ORDER BY id`
          ),
          [
            { id: "a", year: "2023", tag: "x", late: null },
            { id: "b", year: "1", tag: null, late: null },
            { id: "c", year: null, tag: null, late: "253402300800" }
          ]
        )
      })
    )

    it.effect("a file that is no database of DuckDB, or is open elsewhere, is not written to", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const one = yield* place
        yield* fs.makeDirectory(dirname(one.file))
        const notes = "not a database, but notes\n".repeat(100)
        yield* fs.writeFileString(one.file, notes)
        const refused = Effect.map(Effect.flip(session(one, () => Effect.void)), ({ message }) => message)
        assert.strictEqual(yield* refused, `${one.file} is not a DuckDB database. Choose another file.`)
        assert.strictEqual(yield* fs.readFileString(one.file), notes)

        yield* fs.remove(one.file)
        yield* Effect.acquireRelease(
          Effect.promise(() => DuckDBInstance.fromCache(one.file)),
          (instance) => Effect.sync(() => instance.closeSync())
        )
        assert.strictEqual(
          yield* refused,
          `${one.file} is open in another part of this program. Close it there, then run the same command again.`
        )
      })
    )

    it.effect("a database that lacks its end, or must not be read, is said to be so", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const one = yield* place
        yield* session(one, () => Effect.void)
        const refused = Effect.map(Effect.flip(session(one, () => Effect.void)), ({ message }) => message)
        const denied = PlatformError.systemError({ _tag: "PermissionDenied", module: "FileSystem", method: "open" })
        const locked = FileSystem.FileSystem.of({
          ...fs,
          open: (path, options) => (path === one.file ? Effect.fail(denied) : fs.open(path, options))
        })
        assert.strictEqual(
          yield* Effect.provideService(refused, FileSystem.FileSystem, locked),
          `${one.file} cannot be read (permission denied). Correct its permissions, or choose another place.`
        )
        yield* fs.truncate(one.file, 14_000)
        assert.include(
          yield* refused,
          `${one.file} is damaged, or not written by this version of the tool. Put a good copy back`
        )
      })
    )

    if (often) {
      it.effect(
        "an export that is killed resumes, and ends as if nothing had been",
        () =>
          Effect.gen(function* () {
            const [one, other] = [yield* place, yield* place]
            for (const mode of modes) {
              const expected = yield* undisturbed({ CHILD_DUCKDB: other.file }, mode)
              assert.strictEqual(yield* survive({ CHILD_DUCKDB: one.file }, mode), expected)
            }
            const tables = yield* one.query("SELECT table_name AS name FROM duckdb_tables() ORDER BY name")
            assert.deepStrictEqual(
              tables.map(({ name }) => name),
              ["_intercom_export", "_intercom_quarantine", "things"]
            )
          }),
        timeout * 2
      )
    }
  })
})
