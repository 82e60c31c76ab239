/** A database of SQLite in memory, for what takes a `SqlClient`. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Reactivity from "effect/reactivity/Reactivity"
import * as Semaphore from "effect/Semaphore"
import * as SqlClient from "effect/sql/SqlClient"
import type { Connection } from "effect/sql/SqlConnection"
import { classifySqliteError, SqlError } from "effect/sql/SqlError"
import { makeCompilerSqlite } from "effect/sql/Statement"
import * as Stream from "effect/Stream"
import { DatabaseSync, type SQLInputValue } from "node:sqlite"

const connectionOf = (database: DatabaseSync): Connection => {
  const execute: Connection["execute"] = (sql, params) =>
    Effect.try({
      // Tests give what SQLite takes.
      try: () => database.prepare(sql).all(...(params as ReadonlyArray<SQLInputValue>)),
      catch: (cause) => new SqlError({ reason: classifySqliteError(cause, { message: String(cause) }) })
    })
  const unused = () => Effect.die(new Error("not used here"))
  return {
    execute,
    executeRaw: (sql, params) => execute(sql, params, undefined),
    executeUnprepared: execute,
    executeValues: unused,
    executeValuesUnprepared: unused,
    executeStream: () => Stream.die(new Error("not used here"))
  }
}

/** The client, on a database that can be looked at. */
export const layer = (database: DatabaseSync): Layer.Layer<SqlClient.SqlClient> =>
  Layer.effect(
    SqlClient.SqlClient,
    Effect.suspend(() =>
      SqlClient.make({
        ...SqlClient.makeSqliteAcquirers({
          connection: Effect.succeed(connectionOf(database)),
          semaphore: Semaphore.makeUnsafe(1),
          isTransaction: () => database.isTransaction
        }),
        compiler: makeCompilerSqlite(),
        driver: "node:sqlite",
        spanAttributes: []
      })
    )
  ).pipe(Layer.provide(Reactivity.layer))
