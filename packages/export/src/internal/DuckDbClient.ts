/// <reference types="node" />
/** Effect's SQL client over DuckDB's own driver: one connection, used by one fiber at a time. */
import type { DuckDBConnection, DuckDBResult, DuckDBValue } from "@duckdb/node-api"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Reactivity from "effect/reactivity/Reactivity"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as SqlClient from "effect/sql/SqlClient"
import type { Connection } from "effect/sql/SqlConnection"
import { SqlError, UnknownError } from "effect/sql/SqlError"
import { makeCompilerSqlite } from "effect/sql/Statement"
import * as Stream from "effect/Stream"
import { DriverMissing } from "../ExportError.ts"

/** The driver, for messages. */
const driver = "@duckdb/node-api@1.5.6-r.1"

/** Loaded when it is needed: who writes elsewhere need not have it. */
const load = (database: string) =>
  Effect.tryPromise({
    try: () => import("@duckdb/node-api"),
    catch: (cause) => new DriverMissing({ database, package: driver, description: messageOf(cause) })
  })

type Driver = Effect.Success<ReturnType<typeof load>>

const messageOf = (cause: unknown): string =>
  cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause)

/**
 * One thread: rows are numbered in their order, and an export waits for the API, not for the database. No extension is
 * looked for, on the disk or on the network.
 */
export const settings = {
  threads: "1",
  memory_limit: "512MB",
  autoinstall_known_extensions: "false",
  autoload_known_extensions: "false"
} as const

/** What DuckDB does, which cannot be stopped halfway: nobody else uses the connection before it is over. */
const attempt = <A>(run: () => Promise<A>): Effect.Effect<A, SqlError> =>
  Effect.uninterruptible(
    Effect.tryPromise({
      try: run,
      catch: (cause) => new SqlError({ reason: new UnknownError({ cause, message: messageOf(cause) }) })
    })
  )

/** DuckDB's message is all it has of a failure. */
export const isAbout =
  (pattern: RegExp) =>
  ({ reason }: SqlError): boolean =>
    pattern.test(reason.message)

/** The file is open in this process with other settings: to be read only, or not. */
const isOpenOtherwise = isAbout(/different configuration/)

export interface DuckDbClient {
  readonly sql: SqlClient.SqlClient
  /**
   * Appends rows to a temporary table that has columns of these types, by DuckDB's own path for many: within a
   * transaction. Values are texts, numbers (moments as Unix seconds), booleans and null.
   */
  readonly append: (
    temporary: string,
    types: ReadonlyArray<string>,
    rows: ReadonlyArray<ReadonlyArray<unknown>>
  ) => Effect.Effect<void, SqlError>
}

/**
 * Opens the database, which is made when it does not exist. One that is only to be read is read together with who writes
 * to it, in the same process; another process is refused.
 */
export const make = Effect.fnUntraced(function* (
  file: string,
  { readOnly }: { readonly readOnly: boolean }
): Effect.fn.Return<DuckDbClient, SqlError | DriverMissing, Scope.Scope> {
  const driver = yield* load(file)
  const { DuckDBInstance } = driver
  // A file is open once in a process, whoever opens it: two of one file would not see each other.
  const open = (options: Record<string, string>) =>
    Effect.acquireRelease(
      attempt(() => DuckDBInstance.fromCache(file, options)),
      (opened) => Effect.sync(() => opened.closeSync())
    )
  const instance = yield* readOnly
    ? Effect.catchIf(open({ ...settings, access_mode: "READ_ONLY" }), isOpenOtherwise, () => open(settings))
    : open(settings)
  const connected = yield* Effect.acquireRelease(
    attempt(() => instance.connect()),
    (connection) => Effect.sync(() => connection.closeSync())
  )
  const sql = yield* Effect.provide(
    SqlClient.make({
      ...SqlClient.makeSqliteAcquirers({
        connection: Effect.succeed(connectionOf(connected)),
        semaphore: yield* Semaphore.make(1)
      }),
      compiler: makeCompilerSqlite(),
      driver: "@duckdb/node-api",
      spanAttributes: [["db.system.name", "duckdb"]],
      beginTransaction: "BEGIN TRANSACTION"
    }),
    Reactivity.layer
  )
  return { sql, append: appending(driver, connected) }
})

const appending =
  ({ DuckDBTimestampTZValue }: Driver, connection: DuckDBConnection): DuckDbClient["append"] =>
  (temporary, types, rows) =>
    attempt(async () => {
      const appender = await connection.createAppender(temporary, undefined, "temp")
      const moment = (value: unknown) => new DuckDBTimestampTZValue(BigInt(Number(value)) * 1_000_000n)
      const writers = types.map((type): ((value: unknown) => void) => {
        switch (type) {
          case "BIGINT":
            return (value) => appender.appendBigInt(BigInt(Number(value)))
          case "TIMESTAMP WITH TIME ZONE":
            return (value) => appender.appendTimestampTZ(moment(value))
          case "DOUBLE":
            return (value) => appender.appendDouble(Number(value))
          case "BOOLEAN":
            return (value) => appender.appendBoolean(Boolean(value))
          default:
            return (value) => appender.appendVarchar(String(value))
        }
      })
      try {
        for (const row of rows) {
          for (const [index, write] of writers.entries()) {
            const value = row[index] ?? null
            if (value === null) appender.appendNull()
            else write(value)
          }
          appender.endRow()
        }
        appender.flushSync()
      } catch (cause) {
        // Closing it would try again.
        appender.clear()
        throw cause
      } finally {
        appender.closeSync()
      }
    })

const input = (value: unknown): DuckDBValue =>
  // What is given are texts, numbers, booleans and null; integers beyond 32 bits are bound as such.
  (Number.isSafeInteger(value) ? BigInt(Number(value)) : value) as DuckDBValue

const connectionOf = (connection: DuckDBConnection): Connection => {
  const run = <A>(sql: string, params: ReadonlyArray<unknown>, read: (result: DuckDBResult) => Promise<A>) =>
    attempt(() => connection.run(sql, params.map(input)).then(read))
  const execute: Connection["execute"] = (sql, params) => run(sql, params, (result) => result.getRowObjects())
  const executeValues: Connection["executeValues"] = (sql, params) => run(sql, params, (result) => result.getRows())
  return {
    execute,
    executeUnprepared: execute,
    executeValues,
    executeValuesUnprepared: executeValues,
    executeRaw: (sql, params) => run(sql, params, (result) => Promise.resolve(result)),
    executeStream: (sql, params) =>
      Stream.unwrap(
        Effect.map(
          attempt(() => connection.stream(sql, params.map(input))),
          (result) => {
            const names = result.deduplicatedColumnNames()
            return Stream.paginate(undefined, () =>
              Effect.map(
                attempt(() => result.fetchChunk()),
                (chunk) =>
                  chunk === null || chunk.rowCount === 0
                    ? ([[], Option.none()] as const)
                    : ([chunk.getRowObjects(names), Option.some(undefined)] as const)
              )
            )
          }
        )
      )
  }
}
