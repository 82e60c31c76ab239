/// <reference types="node" />
/**
 * A SQLite database as a sink, by Node's own SQLite. `internal/SqlSink.ts` says which tables there are.
 *
 * | kind      | type of the column | what it holds                |
 * | --------- | ------------------ | ---------------------------- |
 * | `text`    | `TEXT`             |                              |
 * | `integer` | `INTEGER`          |                              |
 * | `real`    | `REAL`             |                              |
 * | `boolean` | `BOOLEAN INTEGER`  | 1 or 0                       |
 * | `json`    | `JSON TEXT`        | JSON, for `json_extract`     |
 *
 * The database is in WAL mode: readers are never in the way of an export, and what it commits is on the disk.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Path from "effect/Path"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import { isSqlError, type SqlError } from "effect/sql/SqlError"
import * as Directory from "./Directory.ts"
import {
  DatabaseBusy,
  DatabaseFailed,
  DiskFull,
  NotADatabase,
  NotReadable,
  NotWritable,
  type Reason,
  Unreadable
} from "./ExportError.ts"
import * as Files from "./internal/Files.ts"
import { Host } from "./Host.ts"
import * as SqliteClient from "./NodeSqliteClient.ts"
import {
  definition,
  type Definitions,
  type Dialect,
  names,
  onConflict,
  quote,
  transaction
} from "./internal/SqlDialect.ts"
import * as SqlViews from "./internal/SqlViews.ts"
import * as SqlSink from "./internal/SqlSink.ts"
import * as Lock from "./Lock.ts"
import { Sha256 } from "./Sha256.ts"
import { Sink } from "./Sink.ts"
import type { Column, Table } from "./Table.ts"

export interface Options {
  /** Created when it does not exist, and its directory too. */
  readonly file: string
}

/** The sink that is the database in this file. */
export const layer = ({ file }: Options): Layer.Layer<Sink, never, FileSystem.FileSystem | Path.Path | Host | Sha256> =>
  Layer.effect(
    Sink,
    Effect.gen(function* () {
      // The scope is that of who connects, not the layer's.
      const services = Context.pick(FileSystem.FileSystem, Path.Path, Host)
      const context = services(yield* Effect.context<FileSystem.FileSystem | Path.Path | Host>())
      const sha256 = yield* Sha256
      const at = <A, R>(effect: Effect.Effect<A, SqlError, R>) => Effect.mapError(effect, reasonAt(file))

      const connect = Effect.gen(function* () {
        yield* Directory.make((yield* Path.Path).dirname(file))
        yield* Files.mustBeFile(file)
        const lock = yield* Lock.acquire(`${file}.lock`)
        const client = yield* at(SqliteClient.make(file, { readOnly: false }))
        yield* at(Effect.retry(client.sql`PRAGMA journal_mode = WAL`, whileBusy))
        yield* at(client.sql`PRAGMA synchronous = FULL`)
        const dialect = dialectOf(file, client)
        yield* SqlSink.prepare(dialect)
        const fence = yield* SqlSink.takeFence(dialect, yield* Host)
        yield* lock.keep(SqlSink.holds(dialect, fence))
        return SqlSink.connection({ dialect, sha256, fence })
      })

      const inspect = Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        yield* Files.mustBeFile(file)
        const there = yield* Files.at(file)(fs.exists(file))
        const client = yield* there ? readable(file) : at(SqliteClient.make(":memory:", { readOnly: false }))
        return SqlSink.reader({ dialect: { ...dialectOf(file, client), reason: readingAt(file) }, sha256 })
      })

      return Sink.of({
        name: `sqlite:${file}`,
        connect: Effect.provideContext(connect, context),
        inspect: Effect.provideContext(inspect, context)
      })
    })
  )

/**
 * Opens it to read. In WAL mode SQLite makes two files beside the database even for that; where it may not, a database
 * without a `-wal` is all in one file, and is read as it stands.
 */
const readable = Effect.fnUntraced(function* (file: string) {
  const failing = <A, R>(effect: Effect.Effect<A, SqlError, R>) => Effect.mapError(effect, readingAt(file))
  const client = yield* failing(SqliteClient.make(file, { readOnly: true }))
  const tried = yield* Effect.result(client.sql`SELECT name FROM sqlite_schema LIMIT 1`)
  if (Result.isSuccess(tried)) return client
  const reason = readingAt(file)(tried.failure)
  if (reason._tag !== "NotReadable") return yield* Effect.fail(reason)
  const wal = `${file}-wal`
  if ((yield* Files.exists(wal)) && (yield* Files.size(wal)) > 0) {
    const description = `${reason.description}: ${wal} holds a part of it, which is read where its directory may be written to`
    return yield* new NotReadable({ path: file, description, remedy: "copy" })
  }
  return yield* failing(SqliteClient.make(file, { readOnly: true, immutable: true }))
})

const types = { text: "TEXT", integer: "INTEGER", real: "REAL", boolean: "BOOLEAN INTEGER", json: "JSON TEXT" } as const

const definitions: Definitions = { types, collation: "", position: "INTEGER PRIMARY KEY", supports: () => true }

/** The statement that makes the table of a resource, as an export does. */
export const tableDefinition = (table: Table): string => definition(definitions, table)

/**
 * The statements that make a view for each list within the records of a table: a row for each tag of a contact, part of a
 * conversation and so on, with the key of its record. They need a table that was exported.
 */
export const viewDefinitions = (table: Table): string => SqlViews.definitions(SqlViews.sqlite, table)

/** The type of a column. */
export const typeOf = ({ kind }: Pick<Column, "kind">): string => types[kind]

const dialectOf = (file: string, { runMany, sql }: SqliteClient.SqliteClient): Dialect => ({
  sql,
  database: file,
  tableName: (name) => sql.literal(quote(name)),
  ...definitions,
  verbatim: types.json,
  describe: (name) =>
    Effect.map(
      sql<{ readonly name: string; readonly type: string; readonly pk: number }>`
        SELECT name, type, pk FROM pragma_table_info(${name})`,
      (columns) =>
        columns.length === 0
          ? undefined
          : {
              columns: new Map(columns.map(({ name, type }) => [name, type])),
              primaryKey: columns.filter(({ pk }) => pk > 0).map(({ name }) => name)
            }
    ),
  write: (target, columns, key, rows) => {
    const parameters = columns.map(() => "?").join(", ")
    const statement = `INSERT INTO ${quote(target)} (${names(columns)}) VALUES (${parameters}) ${onConflict(columns, key)}`
    return rows.length === 0 ? Effect.void : runMany(statement, rows)
  },
  toRow: (_, { rest, values }) => [...values, rest],
  select: (columns) => names(columns),
  fromRow: (columns, found) => ({
    values: columns.map(({ kind, name }) => {
      // What was written is read: a string, a number, or null.
      const value = (found[name] ?? null) as string | number | null
      return kind === "boolean" && value !== null ? value !== 0 : value
    }),
    rest: (found["_rest"] ?? null) as string | null
  }),
  // A transaction has the database for itself.
  forUpdate: "",
  reason: reasonAt(file),
  transaction: (steps) => Effect.retry(transaction(sql)(steps), whileBusy)
})

// SQLite's result codes: https://sqlite.org/rescode.html
const code = { busy: 5, locked: 6, readOnly: 8, damaged: 11, full: 13, cannotOpen: 14, notADatabase: 26 } as const

const isBusy = (error: unknown): boolean => {
  if (!isSqlError(error)) return false
  const result = SqliteClient.resultCode(error)
  return result === code.busy || result === code.locked
}

/** Others may write for a while: ten seconds, and the transaction fails, of which nothing is left. */
const whileBusy = { while: isBusy, times: 100, schedule: Schedule.spaced("100 millis") }

const reasonAt =
  (file: string) =>
  (error: SqlError): Reason => {
    switch (SqliteClient.resultCode(error)) {
      case code.busy:
      case code.locked:
        return new DatabaseBusy({ database: file })
      case code.full:
        return new DiskFull({ path: file })
      case code.readOnly:
      case code.cannotOpen:
        return new NotWritable({ path: file, description: error.message })
      case code.notADatabase:
        return new NotADatabase({ path: file })
      case code.damaged:
        return new Unreadable({ path: file, finished: true })
      default:
        return new DatabaseFailed({ database: file, description: error.message })
    }
  }

/** Where nothing was to be written. */
const readingAt =
  (file: string) =>
  (error: SqlError): Reason => {
    const reason = reasonAt(file)(error)
    return reason._tag === "NotWritable" ? new NotReadable({ path: file, description: reason.description }) : reason
  }
