/// <reference types="node" />
/**
 * A PostgreSQL database as a sink. `internal/SqlSink.ts` says which tables there are, in the schema of your choice. It
 * needs the package `@effect/sql-pg`, which those who write files need not install: hence this module is not in the index.
 *
 * | kind      | type of the column |
 * | --------- | ------------------ |
 * | `text`    | `text`             |
 * | `integer` | `bigint`           |
 * | `real`    | `double precision` |
 * | `boolean` | `boolean`          |
 * | `json`    | `jsonb`            |
 *
 * A row that was written is there after a crash of the server too, unless the server is set not to care
 * (`synchronous_commit`). The lock belongs to the session: connect to the server itself, or through a pooler that pools
 * sessions, not transactions.
 *
 * PostgreSQL cannot store the character U+0000 nor half a surrogate pair. A string or JSON with one stands in `_rest`, at its
 * place; and `_rest` is, in a row that has such a string, not a JSON object but a JSON string: that object as JSON.
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import * as PgTypes from "@effect/sql-pg/PgTypes"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Reactivity from "effect/reactivity/Reactivity"
import type * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import type { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import type { Fragment } from "effect/sql/Statement"
import {
  BadAddress,
  DatabaseBusy,
  DatabaseFailed,
  DatabaseForbidden,
  DatabaseInsecure,
  DatabaseLost,
  DatabaseRefused,
  DatabaseUnreachable,
  DiskFull,
  Locked,
  NoSuchDatabase,
  type Reason
} from "./ExportError.ts"
import { Host } from "./Host.ts"
import {
  definition,
  type Definitions,
  type Column,
  type Dialect,
  type Existing,
  names,
  onConflict,
  quote,
  transaction,
  type Values
} from "./internal/SqlDialect.ts"
import * as PostgresTarget from "./internal/PostgresTarget.ts"
import * as PostgresAddress from "./PostgresAddress.ts"
import * as SqlViews from "./internal/SqlViews.ts"
import * as SqlSink from "./internal/SqlSink.ts"
import * as StoredJson from "./internal/StoredJson.ts"
import { Sha256 } from "./Sha256.ts"
import { Sink } from "./Sink.ts"
import * as Table from "./Table.ts"

export interface Options {
  /**
   * `postgres://user:password@host:port/database?sslmode=require` or `host=… dbname=…`, as libpq reads it: with its
   * parameters, its `PG*` variables for what the address leaves out, and its modes of TLS, of which `prefer` is the one
   * when nobody names another. A parameter that is not known, or cannot be honoured, is refused.
   */
  readonly url: Redacted.Redacted
  /**
   * Where the tables are; created when it does not exist. A name of more than 63 bytes is refused: PostgreSQL would cut it.
   *
   * @default the first of a `search_path`, or `public`
   */
  readonly schema?: string | undefined
  /**
   * How long the server keeps the lock of a process that gives no sign of life, because it is frozen, or cut off from it;
   * a process that lives gives one three times as often. It needs PostgreSQL 14.
   *
   * @default as long as the server takes the connection for alive
   */
  readonly patience?: Duration.Input | undefined
}

/** The sink that is the schema of this database. */
export const layer = ({
  patience,
  schema: named,
  url
}: Options): Layer.Layer<Sink, never, FileSystem.FileSystem | Host | Sha256> =>
  Layer.effect(
    Sink,
    Effect.gen(function* () {
      const host = yield* Host
      const sha256 = yield* Sha256
      const resolved = yield* Effect.result(PostgresTarget.resolve(url))
      const place = Result.flatMap(resolved, (target) => {
        const schema = named ?? target.schema ?? "public"
        const problem = PostgresAddress.schemaMistake(schema)
        // Two schemas that PostgreSQL takes for one would have a lock each.
        if (problem !== undefined) return Result.fail(new BadAddress({ problem }))
        const name = schema === "public" ? target.name : `${target.name} (schema ${schema})`
        return Result.succeed({ target, schema, name })
      })

      const session = Effect.gen(function* () {
        const { name, schema, target } = yield* Effect.fromResult(place)
        const sql = yield* openSession(target, name)
        if (patience !== undefined) yield* giveSigns(sql, Duration.fromInputUnsafe(patience))
        return dialectOf(sql, name, schema)
      })

      const connect = Effect.gen(function* () {
        const { schema } = yield* Effect.fromResult(place)
        const dialect = yield* session
        yield* mustBeUtf8(dialect)
        yield* Effect.mapError(createSchema(dialect.sql, schema), dialect.reason)
        yield* lock(dialect, schema, host)
        yield* SqlSink.prepare(dialect)
        return SqlSink.connection({ dialect, sha256, fence: yield* SqlSink.takeFence(dialect, host) })
      })

      const inspect = Effect.map(session, (dialect) => SqlSink.reader({ dialect, sha256 }))

      const name = Result.match(place, { onFailure: () => "postgres", onSuccess: ({ name }) => name })
      return Sink.of({ name, connect, inspect })
    })
  )

// ---------------------------------------------------------------------------------------------------------------------
// the session
// ---------------------------------------------------------------------------------------------------------------------

const clientOf = (settings: PostgresTarget.Settings) =>
  // A row is one message, and some conversations are long.
  Effect.provide(PgClient.makeClient({ ...settings, maxMessageSize: 2 ** 30 }), Reactivity.layer)

/** Whether a server that did not take one way of connecting may take the other: encrypted, or not. */
const takesOther = ({ reason }: SqlError): boolean => {
  const { code, message } = causeOf(reason.cause)
  return (
    reason.operation === "connect" && (code === "28000" || code.startsWith("ERR_SSL_") || isAboutTls(code, message))
  )
}

const connected = ([first, ...others]: PostgresTarget.Target["servers"][number]): ReturnType<typeof clientOf> =>
  others.reduce((tried, settings) => Effect.catchIf(tried, takesOther, () => clientOf(settings)), clientOf(first))

/** What a server is: what `target_session_attrs` asks for. */
const kindOf = (sql: SqlClient) =>
  Effect.map(
    sql<{ readonly standby: boolean; readonly readonly: boolean }>`SELECT pg_is_in_recovery() AS standby,
      pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on' AS readonly`,
    ([found]) => found ?? { standby: false, readonly: false }
  )

const fits: { readonly [attributes: string]: (kind: { standby: boolean; readonly: boolean }) => boolean } = {
  "read-write": ({ readonly }) => !readonly,
  "read-only": ({ readonly }) => readonly,
  primary: ({ standby }) => !standby,
  standby: ({ standby }) => standby
}

/** The first server that can be reached and is of the kind that is asked for. */
const firstServer = Effect.fnUntraced(function* (
  { attributes, servers }: PostgresTarget.Target,
  database: string
): Effect.fn.Return<SqlClient, Reason, Scope.Scope> {
  const scope = yield* Effect.scope
  const fit = fits[attributes]
  const unfit = new DatabaseFailed({ database, description: `none of its servers is ${attributes}.` })
  let failure: Reason = unfit
  for (const server of servers) {
    const own = yield* Scope.fork(scope)
    const found = yield* connected(server).pipe(
      Effect.flatMap((sql) =>
        fit === undefined
          ? Effect.succeedSome(sql)
          : Effect.map(kindOf(sql), (kind) => Option.liftPredicate(sql, () => fit(kind)))
      ),
      Effect.mapError(reasonAt(database)),
      Scope.provide(own),
      Effect.result
    )
    if (Result.isSuccess(found) && Option.isSome(found.success)) return found.success.value
    yield* Scope.close(own, Exit.void)
    failure = Result.isFailure(found) ? found.failure : unfit
    // As in libpq, a server that refuses the login is the one that was meant.
    if (Result.isFailure(found) && failure._tag !== "DatabaseUnreachable") break
  }
  return yield* Effect.fail(failure)
})

/** Asked for as such, a standby is better than any other server, and any other than none. */
const opened = (target: PostgresTarget.Target, database: string) =>
  target.attributes === "prefer-standby"
    ? firstServer({ ...target, attributes: "standby" }, database).pipe(
        Effect.catch(() => firstServer(target, database))
      )
    : firstServer(target, database)

/**
 * One connection, for as long as the scope: the lock belongs to it. Whoever waits longer than half a minute for another's
 * lock on a table is told; what takes long is not stopped.
 */
const openSession = Effect.fnUntraced(function* (target: PostgresTarget.Target, database: string) {
  const sql = yield* opened(target, database)
  yield* Effect.mapError(
    sql`SELECT set_config('statement_timeout', '0', false), set_config('lock_timeout', '30s', false),
      set_config('client_min_messages', 'warning', false)`,
    reasonAt(database)
  )
  // The server lets go of the lock of a process that was killed in the middle of a long statement. Older servers know no
  // such setting, and not on every system.
  yield* Effect.ignore(sql`SELECT set_config('client_connection_check_interval', '2s', false)`)
  yield* Effect.ignore(sql`SELECT set_config('idle_session_timeout', '0', false)`)
  return sql
})

/** Has the server end the session, and with it the lock, when it hears nothing for so long. */
const giveSigns = Effect.fnUntraced(function* (sql: SqlClient, patience: Duration.Duration) {
  const millis = `${Math.ceil(Duration.toMillis(patience))}ms`
  yield* Effect.ignore(sql`SELECT set_config('idle_in_transaction_session_timeout', ${millis}, false)`)
  yield* Effect.ignore(sql`SELECT set_config('idle_session_timeout', ${millis}, false)`)
  const sign = Effect.ignore(sql`SELECT 1`)
  yield* Effect.forkScoped(Effect.repeat(sign, Schedule.spaced(Duration.divideUnsafe(patience, 3))))
})

// ---------------------------------------------------------------------------------------------------------------------
// schema and lock
// ---------------------------------------------------------------------------------------------------------------------

/** Who may not create schemas can still use one that is there. */
const createSchema = Effect.fnUntraced(function* (sql: SqlClient, schema: string) {
  const found = yield* sql`SELECT 1 FROM pg_namespace WHERE nspname = ${schema}`
  if (found.length === 0) yield* sql`CREATE SCHEMA IF NOT EXISTS ${sql.literal(quote(schema))}`
})

/**
 * Takes the lock on the schema. The server takes it back when the session ends, which it may notice a little later than
 * that the process is gone. Through a pooler of transactions there is no session: then the fence alone tells exports
 * apart.
 */
const lock = (dialect: Dialect, schema: string, host: Host["Service"]): Effect.Effect<void, Reason, Scope.Scope> => {
  const at = <A>(effect: Effect.Effect<A, SqlError>) => Effect.mapError(effect, dialect.reason)
  const key = `effect-intercom/${schema}`
  const { sql } = dialect
  const take: Effect.Effect<void, Reason> = Effect.gen(function* () {
    const [row] = yield* at(
      sql<{ readonly taken: boolean }>`SELECT pg_try_advisory_lock(hashtextextended(${key}, 0)) AS taken`
    )
    if (row?.taken === true) return
    const holder = yield* SqlSink.holder(dialect)
    return yield* new Locked({ path: dialect.database, inDatabase: true, owner: holder?.held === true ? holder : null })
  })
  const isGone = (owner: Owner) =>
    owner.host === host.hostname && owner.pid !== host.pid
      ? Effect.map(host.isAlive(owner.pid), (alive) => !alive)
      : Effect.succeed(false)
  // The end of the connection says the same, but says it without waiting for an answer.
  const release = Effect.ignore(sql`SELECT pg_advisory_unlock(hashtextextended(${key}, 0))`)
  return Effect.acquireRelease(
    Effect.retry(take, {
      while: (reason) => (reason._tag === "Locked" && reason.owner !== null ? isGone(reason.owner) : false),
      schedule: Schedule.spaced("250 millis"),
      times: 40
    }),
    () => release,
    { interruptible: true }
  )
}

type Owner = NonNullable<Locked["owner"]>

const mustBeUtf8 = Effect.fnUntraced(function* ({ database, reason, sql }: Dialect) {
  const [row] = yield* Effect.mapError(sql<{ readonly server_encoding: string }>`SHOW server_encoding`, reason)
  const encoding = row?.server_encoding
  if (encoding === "UTF8") return
  const description = `its encoding is ${encoding}, which lacks characters. Create a database with ENCODING 'UTF8'.`
  return yield* new DatabaseFailed({ database, description })
})

// ---------------------------------------------------------------------------------------------------------------------
// dialect
// ---------------------------------------------------------------------------------------------------------------------

const types = {
  text: "text",
  integer: "bigint",
  real: "double precision",
  boolean: "boolean",
  json: "jsonb"
} as const

const verbatim = "json"

/** Names that PostgreSQL cuts, and those that it has in every table. */
const unsupported = ({ name }: Column): boolean =>
  Buffer.byteLength(name) > 63 || ["tableoid", "ctid", "xmin", "xmax", "cmin", "cmax"].includes(name)

const definitions: Definitions = {
  types,
  collation: ' COLLATE "C"',
  position: "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
  supports: (column) => !unsupported({ name: column.name, type: types[column.kind] })
}

/** The statement that makes the table of a resource, as an export does; without a schema, in the `search_path`'s. */
export const tableDefinition = (table: Table.Table, schema?: string): string =>
  definition(definitions, table, schema === undefined ? quote(table.name) : `${quote(schema)}.${quote(table.name)}`)

/**
 * The statements that make a view for each list within the records of a table: a row for each tag of a contact, part of a
 * conversation and so on, with the key of its record. They need a table that was exported.
 */
export const viewDefinitions = (table: Table.Table, schema?: string): string =>
  SqlViews.definitions(SqlViews.postgres, table, (name) =>
    schema === undefined ? quote(name) : `${quote(schema)}.${quote(name)}`
  )

/** The type of a column. */
export const typeOf = ({ kind }: Pick<Table.Column, "kind">): string => types[kind]

const dialectOf = (sql: SqlClient, database: string, schema: string): Dialect => {
  const tableName = (name: string) => sql.literal(`${quote(schema)}.${quote(name)}`)
  return {
    sql,
    database,
    tableName,
    ...definitions,
    verbatim,
    describe: (name) => Effect.map(columnsOf(sql, schema, name), existingOf),
    write: (target, columns, key, rows) =>
      Effect.forEach(portions(rows), (portion) => insert(sql, tableName(target), columns, key, portion), {
        discard: true
      }),
    toRow,
    select: (columns) =>
      columns
        .map(({ name, type }) => {
          const as = { [types.json]: "text", [types.integer]: types.real }[type]
          return as === undefined ? quote(name) : `${quote(name)}::${as} AS ${quote(name)}`
        })
        .join(", "),
    fromRow: (columns, found) => ({
      // What was written is read: a string, a number, a boolean, or null.
      values: columns.map(({ name }) => (found[name] ?? null) as Table.Value),
      rest: restOf((found[Table.rest] ?? null) as string | null)
    }),
    forUpdate: "FOR UPDATE",
    reason: reasonAt(database),
    transaction: transaction(sql)
  }
}

interface ColumnFound {
  readonly name: string
  readonly type: string
  readonly primary: boolean
}

const columnsOf = (sql: SqlClient, schema: string, table: string) => sql<ColumnFound>`
  SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, coalesce(a.attnum = ANY (i.indkey), false) AS primary
  FROM pg_attribute a
  JOIN pg_class c ON c.oid = a.attrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
  WHERE n.nspname = ${schema} AND c.relname = ${table} AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY a.attnum`

const existingOf = (columns: ReadonlyArray<ColumnFound>): Existing | undefined =>
  columns.length === 0
    ? undefined
    : {
        columns: new Map(columns.map(({ name, type }) => [name, type])),
        primaryKey: columns.filter(({ primary }) => primary).map(({ name }) => name)
      }

/** Rows for one statement each: a message has to fit into memory here and there. */
const portions = (rows: ReadonlyArray<Values>): ReadonlyArray<ReadonlyArray<Values>> => {
  const done: Array<Array<Values>> = []
  let size = Infinity
  for (const row of rows) {
    if (size > most) {
      done.push([])
      size = 0
    }
    done.at(-1)?.push(row)
    for (const value of row) size += typeof value === "string" ? value.length : 8
  }
  return done
}

/** Characters, about. */
const most = 2 ** 22

/** One statement for all rows: an array for each column. */
const insert = (
  sql: SqlClient,
  target: Fragment,
  columns: ReadonlyArray<Column>,
  key: string | null,
  rows: ReadonlyArray<Values>
) => {
  const arrays = columns.map(({ type }, index) => arrayOf(type, rows, index))
  const values = columns.map(({ type }, index) => (isJson(type) ? `v${index}::${type}` : `v${index}`))
  return sql`INSERT INTO ${target} (${sql.literal(names(columns))}) SELECT ${sql.literal(values.join(", "))}
    FROM unnest(${sql.csv(arrays.map((array) => sql`${array}`))})
    WITH ORDINALITY AS rows (${sql.literal(columns.map((_, index) => `v${index}`).join(", "))}, n)
    ORDER BY n ${sql.literal(onConflict(columns, key))}`
}

const isJson = (type: string): boolean => type === types.json || type === verbatim

const arrayOf = (type: string, rows: ReadonlyArray<Values>, index: number): PgTypes.Parameter => {
  const column = rows.map((row) => row[index] ?? null)
  // They fail for types unknown to the driver only.
  const array = (values: ReadonlyArray<unknown>, oid: number) => Result.getOrThrow(PgTypes.array(values, oid))
  if (type === types.integer) {
    return array(
      column.map((value) => (value === null ? null : BigInt(value))),
      PgTypes.OID.int8
    )
  }
  if (type === types.real) return array(column, PgTypes.OID.float8)
  return array(column, type === types.boolean ? PgTypes.OID.bool : PgTypes.OID.text)
}

/** What PostgreSQL cannot store in JSON: U+0000, and a half of a surrogate pair, which JSON has as an escape. */
const unstorable = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/

/**
 * Numbers it would not give back as they are: it has no `-0`, and writes exponents out, if it has room; of digits it has
 * room for some thousands.
 */
const altered = /(?:^|[[:,])-?(?:\d[\d.]{1000}|\d[\d.]*[eE][+-]?\d{3}|\d[\d.]{15,}[eE]|(?<=-)0(?:\.0*)?(?![\d.]))/

const { restOf, toRow } = StoredJson.make((json) => unstorable.test(json) || altered.test(json))

// ---------------------------------------------------------------------------------------------------------------------
// failures
// ---------------------------------------------------------------------------------------------------------------------

const reasonAt =
  (database: string) =>
  ({ reason }: SqlError): Reason => {
    const { code, message } = causeOf(reason.cause)
    const description = message || code || reason._tag
    switch (code) {
      case "3D000":
        return new NoSuchDatabase({ database })
      case "42501":
      case "25006":
        return new DatabaseForbidden({ database, description })
      case "53100":
        return new DiskFull({ path: database })
      case "55P03":
        return new DatabaseBusy({ database })
    }
    if (isAboutTls(code, message)) {
      return new DatabaseInsecure({ database, description, certificate: message !== withoutTls })
    }
    if (reason._tag === "AuthenticationError") return new DatabaseRefused({ database, description })
    if (reason._tag !== "ConnectionError" && !unavailable.has(code))
      return new DatabaseFailed({ database, description })
    return reason.operation === "connect"
      ? new DatabaseUnreachable({ database, description })
      : new DatabaseLost({ database, description })
  }

/** What the driver says of a server that takes no encrypted connections. */
const withoutTls = "The server does not support TLS"

/** The codes of OpenSSL for certificates that are not trusted, and of Node for those of another host. */
const untrusted =
  /^(?:ERR_TLS_CERT|UNABLE_TO_|CERT_|CRL_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|HOSTNAME_|ERROR_IN_)/

const isAboutTls = (code: string, message: string): boolean => message === withoutTls || untrusted.test(code)

/** Too many connections; shutting down, crashed, starting; idle for too long. See PostgreSQL's appendix of error codes. */
const unavailable = new Set(["53300", "57P01", "57P02", "57P03", "57P05", "25P03"])

/** The code of PostgreSQL or of the system. The text of PostgreSQL may quote a value, but never the password. */
const causeOf = (cause: unknown): { readonly code: string; readonly message: string } => ({
  code: textAt(cause, "code"),
  message: textAt(cause, "message")
})

const textAt = (cause: unknown, field: string): string => {
  const value: unknown = typeof cause === "object" && cause !== null ? Reflect.get(cause, field) : undefined
  return typeof value === "string" ? value : ""
}
