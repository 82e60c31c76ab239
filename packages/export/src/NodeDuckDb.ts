/// <reference types="node" />
/**
 * A DuckDB database as a sink: one file, for analysts. `internal/SqlSink.ts` says which tables there are. It needs the
 * package `@duckdb/node-api`, which those who write elsewhere need not install: it is loaded when an export begins.
 *
 * | kind      | type of the column         | what it holds                                    |
 * | --------- | -------------------------- | ------------------------------------------------ |
 * | `text`    | `VARCHAR`                  |                                                  |
 * | `integer` | `BIGINT`                   |                                                  |
 * | a moment  | `TIMESTAMP WITH TIME ZONE` | one outside of the years 1 to 9999 is in `_rest` |
 * | `real`    | `DOUBLE`                   |                                                  |
 * | `boolean` | `BOOLEAN`                  |                                                  |
 * | `json`    | `JSON`                     | for `->>`, `json_extract` and `from_json`        |
 *
 * DuckDB lets one process write, or several read: while an export runs, no other process can open the file, and none that
 * has it open lets an export begin (`DatabaseBusy`). Between exports it is a single file that can be copied.
 *
 * JSON in DuckDB has no half of a surrogate pair. JSON with one stands in `_rest`, at its place; and `_rest` is, in a row
 * that has such a string, not a JSON object but a JSON string: that object as JSON.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Schedule from "effect/Schedule"
import { isSqlError, type SqlError } from "effect/sql/SqlError"
import * as Directory from "./Directory.ts"
import {
  DatabaseBusy,
  DatabaseFailed,
  DiskFull,
  NotADatabase,
  NotWritable,
  type Reason,
  Unreadable
} from "./ExportError.ts"
import { Host } from "./Host.ts"
import * as DuckDbClient from "./internal/DuckDbClient.ts"
import * as Files from "./internal/Files.ts"
import {
  type Column,
  definition,
  type Definitions,
  type Dialect,
  names,
  quote,
  transaction,
  typeIn
} from "./internal/SqlDialect.ts"
import * as SqlSink from "./internal/SqlSink.ts"
import * as SqlViews from "./internal/SqlViews.ts"
import * as StoredJson from "./internal/StoredJson.ts"
import * as Lock from "./Lock.ts"
import { Sha256 } from "./Sha256.ts"
import { Sink } from "./Sink.ts"
import * as Table from "./Table.ts"

export interface Options {
  /** Created when it does not exist, and its directory too. */
  readonly file: string
}

/**
 * The sink that is the database in this file.
 *
 * @example
 * ```ts
 * import { Export } from "@effect-intercom/export"
 * import * as NodeDuckDb from "@effect-intercom/export/NodeDuckDb"
 * import { Effect } from "effect"
 *
 * const exported = Export.entries({ resources: ["contacts"], since: "last" }).pipe(
 *   Effect.provide(NodeDuckDb.layer({ file: "workspace.duckdb" }))
 * )
 * ```
 */
export const layer = ({ file }: Options): Layer.Layer<Sink, never, FileSystem.FileSystem | Path.Path | Host | Sha256> =>
  Layer.effect(
    Sink,
    Effect.gen(function* () {
      // The scope is that of who connects, not the layer's.
      const services = Context.pick(FileSystem.FileSystem, Path.Path, Host)
      const context = services(yield* Effect.context<FileSystem.FileSystem | Path.Path | Host>())
      const sha256 = yield* Sha256
      const absolute = (yield* Path.Path).resolve(file)
      const at = <A, E extends Reason, R>(effect: Effect.Effect<A, E | SqlError, R>): Effect.Effect<A, Reason, R> =>
        Effect.mapError(effect, (error) => (isSqlError(error) ? reasonAt(file)(error) : error))

      const connect = Effect.gen(function* () {
        yield* Directory.make((yield* Path.Path).dirname(file))
        yield* mustBeDuckDb(file)
        const lock = yield* Lock.acquire(`${file}.lock`)
        const client = yield* at(DuckDbClient.make(absolute, { readOnly: false }))
        yield* at(client.sql`CREATE SEQUENCE IF NOT EXISTS ${client.sql.literal(sequence)}`)
        const dialect = dialectOf(file, client)
        yield* SqlSink.prepare(dialect)
        const fence = yield* SqlSink.takeFence(dialect, yield* Host)
        yield* lock.keep(SqlSink.holds(dialect, fence))
        return SqlSink.connection({ dialect, sha256, fence })
      })

      const inspect = Effect.gen(function* () {
        const isThere = yield* mustBeDuckDb(file)
        const client = yield* at(DuckDbClient.make(isThere ? absolute : ":memory:", { readOnly: isThere }))
        return SqlSink.reader({ dialect: dialectOf(file, client), sha256 })
      })

      return Sink.of({
        name: `duckdb:${file}`,
        connect: Effect.provideContext(connect, context),
        inspect: Effect.provideContext(inspect, context)
      })
    })
  )

/** Whether a file is there, which then has to be one of DuckDB: what else there is, it would look for extensions for. */
const mustBeDuckDb = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem
  yield* Files.mustBeFile(file)
  if (!(yield* Files.at(file)(fs.exists(file)))) return false
  if (!(yield* Files.reading(file)(begins(file)))) return yield* new NotADatabase({ path: file, kind: "DuckDB" })
  return true
})

/** Whether a file begins as DuckDB's do. */
const begins = (file: string) =>
  Effect.gen(function* () {
    const opened = yield* (yield* FileSystem.FileSystem).open(file, { flag: "r" })
    const head = yield* opened.readAlloc(12)
    return Option.exists(head, (bytes) => new TextDecoder().decode(bytes.subarray(8)) === "DUCK")
  }).pipe(Effect.scoped)

/** Whether a file is a database of DuckDB, as far as it can be read. */
export const isDuckDb = (file: string): Effect.Effect<boolean, never, FileSystem.FileSystem> =>
  Effect.orElseSucceed(begins(file), () => false)

// ---------------------------------------------------------------------------------------------------------------------
// dialect
// ---------------------------------------------------------------------------------------------------------------------

const types = { text: "VARCHAR", integer: "BIGINT", real: "DOUBLE", boolean: "BOOLEAN", json: "JSON" } as const

const moment = "TIMESTAMP WITH TIME ZONE"

/** Numbers the rows of tables that have no key: DuckDB has no columns that do so by themselves. */
const sequence = quote("_intercom_position")

const definitions: Definitions = {
  types,
  moment,
  collation: "",
  position: `BIGINT DEFAULT nextval('${sequence}') PRIMARY KEY`,
  // Every table has one.
  supports: ({ name }) => name.toLowerCase() !== "rowid"
}

/** The statements that make the table of a resource, as an export does. */
export const tableDefinition = (table: Table.Table): string =>
  `${table.key === null ? `CREATE SEQUENCE IF NOT EXISTS ${sequence};\n` : ""}${definition(definitions, table)}`

/**
 * The statements that make a view for each list within the records of a table: a row for each tag of a contact, part of a
 * conversation and so on, with the key of its record. They need a table that was exported.
 */
export const viewDefinitions = (table: Table.Table): string => SqlViews.definitions(SqlViews.duckDb, table)

/** The type of a column. */
export const typeOf = (column: Pick<Table.Column, "kind" | "moments">): string => typeIn(definitions, column)

/** A half of a surrogate pair, which JSON has as an escape. */
const { restOf, toRow } = StoredJson.make((json) => /(?<!\\)(?:\\\\)*\\u[dD][89a-fA-F]/.test(json), { moments: true })

const dialectOf = (file: string, { append, sql }: DuckDbClient.DuckDbClient): Dialect => ({
  sql,
  database: file,
  tableName: (name) => sql.literal(quote(name)),
  ...definitions,
  verbatim: types.text,
  describe: (name) =>
    Effect.gen(function* () {
      const columns = yield* sql<{ readonly name: string; readonly type: string }>`
        SELECT column_name AS name, data_type AS type FROM duckdb_columns()
        WHERE database_name = current_database() AND schema_name = 'main' AND lower(table_name) = lower(${name})
        ORDER BY column_index`
      if (columns.length === 0) return undefined
      const keys = yield* sql<{ readonly name: string }>`
        SELECT unnest(constraint_column_names) AS name FROM duckdb_constraints()
        WHERE database_name = current_database() AND schema_name = 'main' AND lower(table_name) = lower(${name})
          AND constraint_type = 'PRIMARY KEY'`
      return {
        columns: new Map(columns.map(({ name, type }) => [name, type])),
        primaryKey: keys.map(({ name }) => name)
      }
    }),
  write: (target, columns, key, rows, known) => {
    if (rows.length === 0) return Effect.void
    // An appender wants every column of its table, and replaces nothing: so the rows come by a table of their own.
    const temporary = `_intercom_rows_${target}`
    const [into, from, all] = [
      sql.literal(quote(target)),
      sql.literal(`temp.${quote(temporary)}`),
      sql.literal(names(columns))
    ]
    return Effect.gen(function* () {
      yield* sql`CREATE TEMP TABLE IF NOT EXISTS ${sql.literal(quote(temporary))} AS SELECT ${all} FROM ${into} LIMIT 0`
      yield* append(
        temporary,
        columns.map(({ type }) => type),
        rows
      )
      if (key !== null && known > 0) {
        const column = sql.literal(quote(key))
        yield* sql`DELETE FROM ${into} WHERE ${column} IN (SELECT ${column} FROM ${from})`
      }
      yield* sql`INSERT INTO ${into} (${all}) SELECT ${all} FROM ${from}`
      yield* sql`TRUNCATE ${from}`
    })
  },
  toRow,
  // As one text: the driver takes a text from its vector no faster than all of a row.
  select: (columns) => `json_object(${columns.map(member).join(", ")})::VARCHAR AS "row"`,
  fromRow: (columns, { row }) => {
    // It is what `select` says: of columns, strings, numbers, booleans and null.
    const found = JSON.parse(String(row)) as { readonly [column: string]: Table.Value }
    return {
      values: columns.map(({ name }) => found[name] ?? null),
      rest: restOf((found[Table.rest] ?? null) as string | null)
    }
  },
  forUpdate: "",
  optimistic: true,
  reason: reasonAt(file),
  transaction: (steps) => Effect.retry(transaction(sql)(steps), whileInConflict)
})

/** A column and its value, between the parentheses of `json_object`. */
const member = ({ name, type }: Column): string => {
  const column = quote(name)
  const value = type === moment ? `epoch_us(${column}) // 1000000` : type === types.json ? `${column}::VARCHAR` : column
  return `'${name.replaceAll("'", "''")}', ${value}`
}

/** Another transaction, in this process, wrote the same rows: nothing is left of this one. */
const whileInConflict = {
  while: (error: unknown) => isSqlError(error) && DuckDbClient.isAbout(/^TransactionContext Error.*[Cc]onflict/)(error),
  times: 100,
  schedule: Schedule.spaced("100 millis")
}

// ---------------------------------------------------------------------------------------------------------------------
// failures
// ---------------------------------------------------------------------------------------------------------------------

const reasonAt =
  (file: string) =>
  ({ reason: { message } }: SqlError): Reason => {
    if (/Could not set lock/.test(message)) {
      const [, pid] = /\(PID (\d+)\)/.exec(message) ?? []
      return new DatabaseBusy({ database: file, openIn: pid === undefined ? "another program" : `process ${pid}` })
    }
    if (/different configuration/.test(message)) {
      return new DatabaseBusy({ database: file, openIn: "another part of this program" })
    }
    if (/No space left on device|Disk quota exceeded/.test(message)) return new DiskFull({ path: file })
    if (/not a valid DuckDB database file/.test(message)) return new NotADatabase({ path: file, kind: "DuckDB" })
    if (/Could not read enough bytes|corrupt|checksum/i.test(message)) {
      return new Unreadable({ path: file, finished: true })
    }
    if (/Cannot open file|read-only/i.test(message)) return new NotWritable({ path: file, description: message })
    return new DatabaseFailed({ database: file, description: message })
  }
