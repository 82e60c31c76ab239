import * as NodeSqlite from "@effect-intercom/export/NodeSqlite"
import * as SinkLaws from "@effect-intercom/export/SinkLaws"
import { Sink } from "@effect-intercom/export/Sink"
import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Duration from "effect/Duration"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Fiber from "effect/Fiber"
import * as NodeFs from "node:fs"
import * as TestClock from "effect/testing/TestClock"
import { setImmediate } from "node:timers/promises"
import { DatabaseSync } from "node:sqlite"
import * as Disk from "./Disk.ts"
import * as Hostile from "./Hostile.ts"
import { some } from "./Kills.ts"
import { modes, survive, timeout, undisturbed } from "./SqlKill.ts"
import { type SqlPlace, subject } from "./SqlPlace.ts"
import { scenarios } from "./SqlScenarios.ts"

const withDatabase = <A>(file: string, use: (database: DatabaseSync) => A): A => {
  const database = new DatabaseSync(file)
  const result = use(database)
  database.close()
  return result
}

/** A database in a new directory, which is not there yet. */
const place = Effect.map(
  Effect.all([
    Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped({ prefix: "sqlite-" })),
    Disk.processes
  ]),
  ([directory, processes]) => {
    const file = `${directory}/out/workspace.sqlite`
    return {
      file,
      layer: Layer.provide(NodeSqlite.layer({ file }), processes),
      abandon: Effect.orDie(Disk.abandon(`${file}.lock`)),
      query: (sql: string) =>
        Effect.sync(() =>
          withDatabase(file, (database) =>
            database
              .prepare(sql)
              .all()
              .map((row) => ({ ...row }))
          )
        ),
      json: String,
      boolean: (value: unknown) => value === 1
    } satisfies SqlPlace<Layer.Success<typeof Disk.layer>> & { readonly file: string }
  }
)

describe("NodeSqlite", () => {
  layer(Disk.layer)((it) => {
    for (const { check, name } of SinkLaws.laws(Effect.map(place, subject), some)) it.effect(name, () => check)

    it.effect("hostile records come back, or are set apart by name", () =>
      Effect.flatMap(Effect.map(place, subject), (sink) => Hostile.comeBack(sink, Hostile.byId))
    )

    for (const [name, scenario] of Object.entries(scenarios)) it.effect(name, () => Effect.flatMap(place, scenario))

    it.effect(
      "an export that is killed resumes, and ends as if nothing had been",
      () =>
        Effect.gen(function* () {
          const [one, other] = [yield* place, yield* place]
          for (const mode of modes) {
            const expected = yield* undisturbed({ CHILD_FILE: other.file }, mode)
            assert.strictEqual(yield* survive({ CHILD_FILE: one.file }, mode), expected)
          }
          const content = (database: Pick<SqlPlace<unknown>, "query">) =>
            Effect.all(
              ["things", "_intercom_quarantine", "_intercom_export"].map((table) =>
                database.query(
                  `SELECT * FROM ${table} ${table === "_intercom_export" ? "WHERE name <> 'fence'" : ""} ORDER BY 1`
                )
              )
            )
          const [found, expected] = [yield* content(one), yield* content(other)]
          const numbers = (tables: typeof found) => tables.map((rows) => rows.map(({ _position, ...row }) => row))
          assert.deepStrictEqual(numbers(found), numbers(expected))
          const tables = yield* one.query("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
          assert.deepStrictEqual(
            tables.map(({ name }) => name),
            ["_intercom_export", "_intercom_quarantine", "things"]
          )
        }),
      timeout
    )

    const connecting = (file: string) =>
      Effect.scoped(
        Effect.provide(
          Sink.use(({ connect }) => connect),
          NodeSqlite.layer({ file })
        )
      )

    const messageOf = (effect: ReturnType<typeof connecting>) =>
      Effect.map(Effect.flip(effect), ({ message }) => message)

    it.effect("a file that is no database is not written to", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const file = `${yield* fs.makeTempDirectoryScoped()}/notes.txt`
        const notes = "not a database, but notes\n".repeat(100)
        yield* fs.writeFileString(file, notes)
        assert.strictEqual(yield* messageOf(connecting(file)), `${file} is not a SQLite database. Choose another file.`)
        assert.strictEqual(yield* fs.readFileString(file), notes)
      })
    )

    it.effect("a link into a directory that is not there is no place for a database", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const link = `${yield* fs.makeTempDirectoryScoped()}/link.db`
        yield* fs.symlink("gone/workspace.db", link)
        assert.strictEqual(
          yield* messageOf(connecting(link)),
          `${link} cannot be written (unable to open database file). Choose another place, or correct its permissions.`
        )
      })
    )

    /** Lets time pass, and what waits for the disk continue. */
    const pass = (time: Duration.Input) =>
      Effect.andThen(
        TestClock.adjust(time),
        Effect.promise(() => setImmediate())
      )

    it.effect("another program's transaction is waited for, ten seconds", () =>
      Effect.gen(function* () {
        const { file, layer } = yield* place
        const wrote = Effect.provide(
          Effect.scoped(
            Effect.flatMap(
              Sink.use(({ connect }) => connect),
              ({ write }) => write("state", "{}")
            )
          ),
          layer
        )
        yield* wrote
        const database = new DatabaseSync(file)
        database.exec("BEGIN IMMEDIATE")
        const first = yield* Effect.forkChild(wrote)
        yield* Effect.forEach(Array.from({ length: 20 }), () => pass("400 millis"))
        assert.strictEqual(first.pollUnsafe(), undefined)
        database.exec("ROLLBACK")
        yield* pass("1 second").pipe(Effect.repeat({ until: () => first.pollUnsafe() !== undefined }))
        yield* Fiber.join(first)

        database.exec("BEGIN IMMEDIATE")
        const second = yield* Effect.forkChild(Effect.flip(wrote))
        yield* pass("1 second").pipe(Effect.repeat({ until: () => second.pollUnsafe() !== undefined }))
        database.close()
        const reason = yield* Fiber.join(second)
        assert.strictEqual(reason._tag, "DatabaseBusy")
        assert.strictEqual(
          reason.message,
          `${file} is locked by another program. Let it end its transaction, then run the same command again.`
        )
      })
    )

    // Where every write finds the disk full.
    if (NodeFs.existsSync("/dev/full")) {
      it.effect("a full disk is said to be full", () =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const file = `${yield* fs.makeTempDirectoryScoped()}/full.sqlite`
          yield* fs.symlink("/dev/full", file)
          // A device is refused before it is written to: this one passes for a file.
          const disk = FileSystem.FileSystem.of({
            ...fs,
            stat: (path) => Effect.map(fs.stat(path), (info) => (path === file ? { ...info, type: "File" } : info))
          })
          const reason = yield* Effect.flip(connecting(file)).pipe(Effect.provideService(FileSystem.FileSystem, disk))
          assert.strictEqual(reason._tag, "DiskFull")
          assert.strictEqual(reason.message, `The disk is full: ${file} could not be written. Make room first.`)
        })
      )
    }
  })
})
