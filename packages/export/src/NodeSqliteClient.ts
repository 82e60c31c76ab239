/// <reference types="node" />
/** Effect's SQL client over Node's own SQLite: one connection, used by one fiber at a time. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Reactivity from "effect/reactivity/Reactivity"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as SqlClient from "effect/sql/SqlClient"
import type { Connection } from "effect/sql/SqlConnection"
import { classifySqliteError, SqlError } from "effect/sql/SqlError"
import { makeCompilerSqlite } from "effect/sql/Statement"
import * as Stream from "effect/Stream"
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite"
import { pathToFileURL } from "node:url"

/** A client, and what it lacks: to run one statement for many rows, without an effect for each. */
export interface SqliteClient {
  readonly sql: SqlClient.SqlClient
  /** Belongs into a transaction. Booleans are 0 and 1. */
  readonly runMany: (
    statement: string,
    rows: Iterable<ReadonlyArray<string | number | boolean | null>>
  ) => Effect.Effect<void, SqlError>
}

/** Runs what node:sqlite does, which is over when it returns. */
const attempt = <A>(run: () => A): Effect.Effect<A, SqlError> =>
  Effect.try({
    try: run,
    catch: (cause) => new SqlError({ reason: classifySqliteError(cause, { message: messageOf(cause) }) })
  })

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

/** SQLite's own (primary) result code of a failure: 13 when the disk is full, say. */
export const resultCode = ({ reason: { cause } }: SqlError): number | undefined =>
  typeof cause === "object" && cause !== null && "errcode" in cause && typeof cause.errcode === "number"
    ? cause.errcode & 0xff
    : undefined

const input = (value: unknown): SQLInputValue =>
  // What is given are texts, numbers, booleans and null.
  typeof value === "boolean" ? Number(value) : (value as SQLInputValue)

export interface Options {
  readonly readOnly: boolean
  /** Nothing writes to it, and nothing is made beside it: it is read as it stands, without its `-wal`. */
  readonly immutable?: boolean
  /**
   * How long a statement waits for another program's transaction; this one does nothing else meanwhile.
   *
   * @default 0
   */
  readonly patience?: Duration.Input | undefined
}

const asImmutable = (file: string): URL => {
  const url = pathToFileURL(file)
  url.searchParams.set("immutable", "1")
  return url
}

/** Opens the database, which is made when it does not exist, unless it is only to be read. */
export const make = Effect.fnUntraced(function* (
  file: string,
  { immutable = false, patience = 0, readOnly }: Options
): Effect.fn.Return<SqliteClient, SqlError, Scope.Scope> {
  const timeout = Duration.toMillis(Duration.fromInputUnsafe(patience))
  const database = yield* Effect.acquireRelease(
    attempt(() => new DatabaseSync(immutable ? asImmutable(file) : file, { readOnly, timeout })),
    (opened) => Effect.sync(() => opened.close())
  )
  const connection = connectionOf(database)
  const acquirers = SqlClient.makeSqliteAcquirers({
    connection: Effect.succeed(connection),
    semaphore: yield* Semaphore.make(1),
    isTransaction: () => database.isTransaction
  })
  const sql = yield* Effect.provide(
    SqlClient.make({
      ...acquirers,
      compiler: makeCompilerSqlite(),
      driver: "node:sqlite",
      spanAttributes: [["db.system.name", "sqlite"]],
      // The lock for writing is taken at once: nothing in the transaction can fail for want of it.
      beginTransaction: "BEGIN IMMEDIATE"
    }),
    Reactivity.layer
  )
  // One for each table that is written to.
  const prepared = new Map<string, StatementSync>()
  return {
    sql,
    runMany: (text, rows) =>
      attempt(() => {
        const statement = prepared.get(text) ?? database.prepare(text)
        prepared.set(text, statement)
        for (const row of rows) statement.run(...row.map(input))
      })
  }
})

/**
 * The database as the `SqlClient` of a program that writes to it; in WAL mode, so that readers are never in the way.
 *
 * @example
 * ```ts
 * import * as NodeSqliteClient from "@effect-intercom/export/NodeSqliteClient"
 * import { Effect } from "effect"
 * import { SqlClient } from "effect/sql"
 *
 * const version = SqlClient.SqlClient.use((sql) => sql`SELECT sqlite_version() AS version`).pipe(
 *   Effect.provide(NodeSqliteClient.layer("app.db"))
 * )
 * ```
 */
export const layer = (
  file: string,
  { patience = "5 seconds" }: Pick<Options, "patience"> = {}
): Layer.Layer<SqlClient.SqlClient, SqlError> =>
  Layer.effect(
    SqlClient.SqlClient,
    Effect.gen(function* () {
      const { sql } = yield* make(file, { readOnly: false, patience })
      yield* sql`PRAGMA journal_mode = WAL`
      return sql
    })
  )

const connectionOf = (database: DatabaseSync): Connection => {
  const run = <A>(
    sql: string,
    params: ReadonlyArray<unknown>,
    read: (statement: StatementSync, inputs: ReadonlyArray<SQLInputValue>) => A
  ) => attempt(() => read(database.prepare(sql), params.map(input)))

  const execute: Connection["execute"] = (sql, params) =>
    run(sql, params, (statement, inputs) => statement.all(...inputs))
  const executeValues: Connection["executeValues"] = (sql, params) =>
    run(sql, params, (statement, inputs) => {
      statement.setReturnArrays(true)
      // Rows are arrays now, which the types of Node do not know.
      return statement.all(...inputs) as unknown as ReadonlyArray<ReadonlyArray<unknown>>
    })
  return {
    execute,
    executeUnprepared: execute,
    executeValues,
    executeValuesUnprepared: executeValues,
    executeRaw: (sql, params) => run(sql, params, (statement, inputs) => statement.run(...inputs)),
    executeStream: (sql, params) =>
      Stream.unwrap(
        Effect.map(
          Effect.acquireRelease(
            run(sql, params, (statement, inputs) => statement.iterate(...inputs)),
            // A statement that was not read to its end would hold on to what it saw.
            (rows) => Effect.sync(() => rows.return?.())
          ),
          (rows) =>
            Stream.paginate(undefined, () =>
              Effect.map(
                attempt(() => take(rows)),
                pageOf
              )
            )
        )
      )
  }
}

/** As many rows are read at once: few, for a row can be large. */
const chunk = 100

const take = <A>(rows: Iterator<A>): ReadonlyArray<A> => {
  const taken: Array<A> = []
  while (taken.length < chunk) {
    const next = rows.next()
    if (next.done === true) break
    taken.push(next.value)
  }
  return taken
}

const pageOf = <A>(rows: ReadonlyArray<A>) =>
  [rows, rows.length < chunk ? Option.none() : Option.some(undefined)] as const
