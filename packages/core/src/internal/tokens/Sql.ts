/** Tokens in a table, in the SQL that PostgreSQL and SQLite share. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { type Backend, malformed } from "./Backend.ts"
import * as Credentials from "./Credentials.ts"
import type { Encryption } from "./Encryption.ts"

interface Row {
  readonly workspace: string
  readonly credentials: string
}

export const make = Effect.fnUntraced(function* (name: string, { open, seal }: Encryption) {
  const sql = (yield* SqlClient.SqlClient).withoutTransforms()
  const table = sql(name)
  // Whoever may not make tables may use one. Of two processes that make it at once, one may fail at first.
  yield* Effect.catchTag(sql`SELECT workspace, credentials FROM ${table} LIMIT 0`, "SqlError", () =>
    Effect.retry(
      sql`CREATE TABLE IF NOT EXISTS ${table} (workspace TEXT NOT NULL PRIMARY KEY, credentials TEXT NOT NULL)`,
      { times: 2 }
    )
  )
  return {
    find: Effect.fnUntraced(function* (workspace) {
      const [row] = yield* sql<Row>`SELECT workspace, credentials FROM ${table} WHERE workspace = ${workspace}`
      // A collation may find what is called differently.
      if (row === undefined || row.workspace !== workspace) return undefined
      return yield* open(workspace, row.credentials).pipe(
        Effect.flatMap(Credentials.read),
        Effect.mapError(malformed(workspace))
      )
    }),
    set: (workspace, credentials) =>
      Effect.flatMap(
        seal(workspace, Credentials.write(credentials)),
        (stored) =>
          sql`INSERT INTO ${table} (workspace, credentials) VALUES (${workspace}, ${stored}) ON CONFLICT (workspace) DO UPDATE SET credentials = excluded.credentials`
      ).pipe(
        // What a database says of a row it refuses may have the row in it, and would be in the spans of statements.
        Effect.withTracerEnabled(false)
      ),
    remove: (workspace) => sql`DELETE FROM ${table} WHERE workspace = ${workspace}`,
    keys: Effect.map(sql<Pick<Row, "workspace">>`SELECT workspace FROM ${table}`, (rows) =>
      rows.map(({ workspace }) => workspace)
    ),
    otherNames: "remove it, and store its token under another name."
  } satisfies Backend
})
