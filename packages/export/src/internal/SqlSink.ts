/**
 * The sink for databases: one implementation, over Effect's SQL client, for SQLite, PostgreSQL and
 * DuckDB.
 *
 * What an unfinished export has written stands in a table of its own, and its checkpoint beside it, committed in the same
 * transaction. {@link Output.finish} carries it over into the resource's table, in one transaction: whoever reads that
 * table sees what was there before, then what is there after. Rows that did not change are not touched, and the table
 * stays the same one, with the views, indexes and grants that others put on it.
 *
 * | table                      | what                                                                            |
 * | -------------------------- | ------------------------------------------------------------------------------- |
 * | `contacts`                 | the records, by their key; `_position` is the order of records without key      |
 * | `_intercom_export`         | documents: `manifest`, `state`, and `checkpoint:contacts` of an unfinished one; `fence` |
 * | `_intercom_quarantine`     | records that are set apart                                                      |
 * | `_intercom_replace_contacts`, `_intercom_merge_contacts` | what an unfinished export has written, by its mode |
 */
import * as Json from "@effect-intercom/core/Json"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { isSqlError, type SqlError } from "effect/sql/SqlError"
import * as Stream from "effect/Stream"
import { ForeignTable, LostLock, Missing, OtherExport, PartChanged, type Reason, TableDiffers } from "../ExportError.ts"
import type { Host } from "../Host.ts"
import * as Quarantine from "../Quarantine.ts"
import { Sha256 } from "../Sha256.ts"
import type { Connection, Kept, Measure, Mode, Output, Receipt, View, Written } from "../Sink.ts"
import * as Table from "../Table.ts"
import * as Nesting from "./Nesting.ts"
import {
  type Column,
  columnDefinitions,
  type Dialect,
  type Existing,
  type Found,
  names,
  onConflict,
  position,
  quote,
  storedIn,
  supported,
  type Values
} from "./SqlDialect.ts"

const documents = "_intercom_export"
const quarantine = "_intercom_quarantine"

const staging = (mode: Mode, table: string): string => `_intercom_${mode}_${table}`

const checkpointOf = (table: string): string => `checkpoint:${table}`

const other = { replace: "merge", merge: "replace" } as const

/** A table as this database has it. */
interface Layout extends Table.Table {
  /** Those of the table in the database, `_rest` among them. */
  readonly stored: ReadonlyArray<Column>
  /** Names the table in messages. */
  readonly place: string
}

/** What is read with. */
export interface Reading {
  readonly dialect: Dialect
  readonly sha256: Sha256["Service"]
}

/** What an output is made with. */
export interface Context extends Reading {
  readonly fence: Fence
}

/** The operations of a connection. The tables of {@link prepare} are there. */
export const connection = (context: Context): Connection => ({
  ...reader(context),
  token: context.fence.token,
  write: (document, content) => write(context, keep(context.dialect, document, content)),
  occupied: (table) =>
    Effect.map(at(context.dialect)(context.dialect.describe(table.name)), (found) =>
      found === undefined ? undefined : layoutOf(context.dialect, table).place
    ),
  open: (table, mode) => open(context, layoutOf(context.dialect, table), mode),
  discard: ({ name }) => discard(context, name),
  records: (table, place, columns) => recordsIn(context.dialect, layoutOf(context.dialect, table), place, columns)
})

/** The operations that change nothing, whatever is there. */
export const reader = (context: Reading): View => ({
  locate: (document) => `${document} in table ${documents} of ${context.dialect.database}`,
  read: (document) => read(context.dialect, document),
  peek: ({ name }) => read(context.dialect, checkpointOf(name)),
  audit: (table, place) => audit(context, layoutOf(context.dialect, table), place),
  measure: (table, place) => measure(context.dialect, layoutOf(context.dialect, table), place)
})

const at =
  (dialect: Dialect) =>
  <A, E extends Reason, R>(effect: Effect.Effect<A, E | SqlError, R>): Effect.Effect<A, Reason, R> =>
    Effect.mapError(effect, (error) => (isSqlError(error) ? dialect.reason(error) : error))

const layoutOf = (dialect: Dialect, table: Table.Table): Layout => {
  const columns = supported(dialect, table)
  return {
    ...table,
    columns,
    stored: storedIn(dialect, columns),
    place: `Table ${table.name} in ${dialect.database}`
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// documents
// ---------------------------------------------------------------------------------------------------------------------

/** Creates what every export needs. */
export const prepare = (dialect: Dialect): Effect.Effect<void, Reason> => {
  const { describe, sql, tableName, transaction } = dialect
  const json = sql.literal(dialect.verbatim)
  return at(dialect)(
    Effect.gen(function* () {
      const [found, foundToo] = [yield* describe(documents), yield* describe(quarantine)]
      yield* mustBeOurs(dialect, documents, found)
      yield* mustBeOurs(dialect, quarantine, foundToo)
      if (found !== undefined && foundToo !== undefined) return
      yield* transaction(
        Effect.gen(function* () {
          yield* sql`CREATE TABLE IF NOT EXISTS ${tableName(documents)} (name text NOT NULL PRIMARY KEY, content text NOT NULL)`
          yield* sql`CREATE TABLE IF NOT EXISTS ${tableName(quarantine)} ("_position" ${sql.literal(dialect.position)},
            resource text NOT NULL, key text, finished integer NOT NULL DEFAULT 0,
            message text NOT NULL, mismatches ${json} NOT NULL, record ${json} NOT NULL)`
        })
      )
    })
  )
}

/** The columns that statements here name. */
const needed = {
  [documents]: ["name", "content"],
  [quarantine]: ["_position", "resource", "key", "finished", "message", "mismatches", "record"]
}

const mustBeOurs = (
  { database }: Dialect,
  name: keyof typeof needed,
  found: Existing | undefined
): Effect.Effect<void, ForeignTable> => {
  const column = found === undefined ? undefined : needed[name].find((column) => !found.columns.has(column))
  return column === undefined
    ? Effect.void
    : Effect.fail(new ForeignTable({ place: `Table ${name} in ${database}`, column }))
}

const read = (dialect: Dialect, document: string): Effect.Effect<string | undefined, Reason> =>
  at(dialect)(
    Effect.gen(function* () {
      const found = yield* dialect.describe(documents)
      if (found === undefined) return undefined
      yield* mustBeOurs(dialect, documents, found)
      const { sql, tableName } = dialect
      const [row] = yield* sql<{
        readonly content: string
      }>`SELECT content FROM ${tableName(documents)} WHERE name = ${document}`
      return row?.content
    })
  )

// ---------------------------------------------------------------------------------------------------------------------
// fence
// ---------------------------------------------------------------------------------------------------------------------

const fenceDocument = "fence"

/** Who took the lock last. */
const Holder = Schema.Struct({
  /** Grows with each taking. */
  token: Schema.Int.check(Schema.isGreaterThan(0)),
  pid: Schema.Int,
  host: Schema.String,
  /** ISO 8601, UTC. */
  startedAt: Schema.String,
  /** False once it is given back. */
  held: Schema.Boolean
})
export type Holder = typeof Holder.Type

const decodeHolder = Schema.decodeUnknownOption(Schema.fromJsonString(Holder))

const encodeHolder = (holder: Holder): string => JSON.stringify(holder)

/** A taking of the lock: what is written in its name is so only while it is the last. */
export type Fence = Pick<Holder, "token"> & { readonly content: string }

/** Who took the lock last, as far as it is known. */
export const holder = (dialect: Dialect): Effect.Effect<Holder | undefined, Reason> =>
  Effect.map(read(dialect, fenceDocument), (text) => Option.getOrUndefined(decodeHolder(text)))

/** Shuts out whoever had the lock before. The tables of {@link prepare} are there. */
export const takeFence = (
  dialect: Dialect,
  { hostname: host, pid }: Host["Service"]
): Effect.Effect<Fence, Reason, Scope.Scope> => {
  const take = Effect.gen(function* () {
    const before = Option.getOrUndefined(decodeHolder(yield* locked(dialect, fenceDocument)))
    const startedAt = DateTime.formatIso(yield* DateTime.now)
    const taken: Holder = { token: (before?.token ?? 0) + 1, pid, host, startedAt, held: true }
    yield* keep(dialect, fenceDocument, encodeHolder(taken))
    return taken
  })
  const release = (taken: Holder) => {
    const { sql, tableName } = dialect
    return Effect.ignore(sql`UPDATE ${tableName(documents)} SET content = ${encodeHolder({ ...taken, held: false })}
      WHERE name = ${fenceDocument} AND content = ${encodeHolder(taken)}`)
  }
  return Effect.acquireRelease(at(dialect)(dialect.transaction(take)), release).pipe(
    Effect.map((taken) => ({ token: taken.token, content: encodeHolder(taken) }))
  )
}

/** Whether nobody took the lock since. */
export const holds = (dialect: Dialect, { content }: Fence): Effect.Effect<boolean, Reason> =>
  Effect.map(read(dialect, fenceDocument), (found) => found === content)

/** A document as it stays until the transaction ends. */
const locked = ({ forUpdate, sql, tableName }: Dialect, document: string) =>
  Effect.map(
    sql<{
      readonly content: string
    }>`SELECT content FROM ${tableName(documents)} WHERE name = ${document} ${sql.literal(forUpdate)}`,
    ([row]) => row?.content
  )

/** A transaction that writes, or fails with `LostLock`. */
const write = <A>({ dialect, fence }: Context, steps: Effect.Effect<A, SqlError | Reason>): Effect.Effect<A, Reason> =>
  at(dialect)(
    dialect.transaction(
      Effect.gen(function* () {
        const found = yield* locked(dialect, fenceDocument)
        if (found === fence.content) {
          // Who takes the lock meanwhile writes the same row.
          if (dialect.optimistic === true) yield* replace(dialect, fenceDocument, found)
          return yield* steps
        }
        const owner = Option.getOrNull(decodeHolder(found))
        return yield* new LostLock({ path: dialect.database, owner })
      })
    )
  )

const keep = ({ sql, tableName }: Dialect, document: string, content: string) =>
  sql`INSERT INTO ${tableName(documents)} (name, content) VALUES (${document}, ${content})
    ON CONFLICT (name) DO UPDATE SET content = excluded.content`

/** The same for one that is there, which costs DuckDB a tenth. */
const replace = ({ sql, tableName }: Dialect, document: string, content: string) =>
  sql`UPDATE ${tableName(documents)} SET content = ${content} WHERE name = ${document}`

const drop = ({ sql, tableName }: Dialect, document: string) =>
  sql`DELETE FROM ${tableName(documents)} WHERE name = ${document}`

const discard = (context: Context, name: string): Effect.Effect<void, Reason> => {
  const { dialect } = context
  const { sql, tableName } = dialect
  return write(
    context,
    Effect.gen(function* () {
      yield* sql`DROP TABLE IF EXISTS ${tableName(staging("replace", name))}`
      yield* sql`DROP TABLE IF EXISTS ${tableName(staging("merge", name))}`
      yield* sql`DELETE FROM ${tableName(quarantine)} WHERE resource = ${name} AND finished = 0`
      yield* drop(dialect, checkpointOf(name))
    })
  )
}

// ---------------------------------------------------------------------------------------------------------------------
// output
// ---------------------------------------------------------------------------------------------------------------------

const open = Effect.fnUntraced(function* (context: Context, layout: Layout, mode: Mode) {
  const { dialect } = context
  const { describe, sql, tableName } = dialect
  const target = staging(mode, layout.name)
  const split = splitter(dialect, layout)

  const checkpoint = yield* read(dialect, checkpointOf(layout.name))
  if ((yield* at(dialect)(describe(staging(other[mode], layout.name)))) !== undefined) {
    return yield* new OtherExport({ path: layout.place, field: "mode", found: other[mode], wanted: mode })
  }
  const found = yield* at(dialect)(describe(target))
  const begun = yield* Ref.make(found !== undefined)
  const last = yield* Ref.make(checkpoint)
  if (found !== undefined) yield* write(context, complete(dialect, layout, target, found))

  const begin = Effect.gen(function* () {
    if (!(yield* Ref.get(begun))) yield* create(dialect, layout, target)
  })

  /** Fails when the stored checkpoint is not what this export wrote last, or found. */
  const isOwnLast = Effect.gen(function* () {
    const stored = yield* locked(dialect, checkpointOf(layout.name))
    if (stored === (yield* Ref.get(last))) return
    return yield* new PartChanged({ path: layout.place, checkpoint: checkpointOf(layout.name) })
  })

  const commit: Output["commit"] = ({ startOver, quarantined, records }, checkpoint) =>
    write(
      context,
      Effect.gen(function* () {
        yield* isOwnLast
        yield* begin
        if (startOver === true) {
          yield* sql`DELETE FROM ${tableName(target)}`
          yield* sql`DELETE FROM ${tableName(quarantine)} WHERE resource = ${layout.name} AND finished = 0`
        }
        const { lines, rows } = split(records)
        const known = yield* knownOf(dialect, layout, target, rows)
        yield* dialect.write(target, layout.stored, layout.key, rows, known)
        yield* dialect.write(
          quarantine,
          quarantineColumns(dialect),
          null,
          [...quarantined, ...lines].map(lineValues(layout)),
          0
        )
        const kept: Kept = {
          records: rows.length - known,
          merged: records.length - lines.length - rows.length + known,
          setAside: lines
        }
        const text = checkpoint(kept)
        const isThere = (yield* Ref.get(last)) !== undefined
        const put = isThere && dialect.optimistic === true ? replace : keep
        yield* put(dialect, checkpointOf(layout.name), text)
        return { kept, text }
      })
    ).pipe(
      Effect.tap(({ text }) => Effect.andThen(Ref.set(begun, true), Ref.set(last, text))),
      Effect.map(({ kept }) => kept)
    )

  const finish = Effect.gen(function* () {
    yield* write(
      context,
      Effect.gen(function* () {
        const unfinished = (yield* describe(target)) !== undefined
        const done = !unfinished && (yield* locked(dialect, checkpointOf(layout.name))) !== undefined
        if (done) return
        yield* isOwnLast
        yield* begin
        yield* carryOver(dialect, layout, mode)
      })
    )
    yield* Ref.set(begun, false)
    return yield* audit(context, layout, layout.name)
  })

  return {
    checkpoint,
    written:
      found === undefined ? { records: Stream.empty, quarantined: Stream.empty } : written(dialect, layout, target),
    commit,
    finish: () => finish,
    forget: Effect.andThen(
      write(context, Effect.asVoid(drop(dialect, checkpointOf(layout.name)))),
      Ref.set(last, undefined)
    )
  } satisfies Output
})

/** How many of the rows have a key that the table has. */
const knownOf = Effect.fnUntraced(function* (
  { sql, tableName }: Dialect,
  { columns, key }: Layout,
  target: string,
  rows: ReadonlyArray<Values>
) {
  const index = columns.findIndex(({ name }) => name === key)
  if (key === null || index < 0 || rows.length === 0) return 0
  const keys = rows.map((row) => row[index])
  const [found] = yield* sql<{ readonly rows: number | bigint }>`SELECT count(*) AS rows FROM ${tableName(target)}
    WHERE ${sql.in(key, keys)}`
  return Number(found?.rows ?? 0)
})

const written = (dialect: Dialect, layout: Layout, target: string): Written => {
  const { fromRow, select, sql, tableName } = dialect
  const recordOf = Table.recordOf(layout)
  const rows = sql`SELECT ${sql.literal(select(layout.stored))} FROM ${tableName(target)}`
  const lines = sql<{ readonly message: string; readonly mismatches: string; readonly record: string }>`
    SELECT message, CAST(mismatches AS text) AS mismatches, CAST(record AS text) AS record
    FROM ${tableName(quarantine)} WHERE resource = ${layout.name} AND finished = 0 ORDER BY "_position"`
  const failure = (error: SqlError) => dialect.reason(error)
  return {
    records: rows.stream.pipe(
      Stream.mapError(failure),
      Stream.map((row) => recordOf(fromRow(layout.columns, row)))
    ),
    quarantined: lines.stream.pipe(
      Stream.mapError(failure),
      Stream.map(({ message, mismatches, record }): Quarantine.Line => ({
        resource: layout.name,
        // Only `lineValues` writes them.
        error: { message, mismatches: JSON.parse(mismatches) as Quarantine.Line["error"]["mismatches"] },
        record: recordOfText(record)
      }))
    )
  }
}

/** What a table has in some of its columns. */
const recordsIn = (
  { fromRow, reason, select, sql, tableName }: Dialect,
  layout: Layout,
  place: string,
  wanted: ReadonlyArray<string>
) => {
  const isWanted = ({ name }: { readonly name: string }) => wanted.includes(name)
  const columns = layout.columns.filter(isWanted)
  const recordOf = Table.recordOf({ ...layout, columns })
  const selected = select(layout.stored.filter(isWanted))
  return sql`SELECT ${sql.literal(selected)} FROM ${tableName(place)}`.stream.pipe(
    Stream.mapError(reason),
    Stream.map((row) => recordOf(fromRow(columns, row)))
  )
}

/** Rows from records, and what has no key to be kept by. The last of several records with the same key stays. */
const splitter = (dialect: Dialect, layout: Layout) => {
  const rowOf = Table.rowOf(layout, { moments: dialect.moment !== undefined })
  const index = layout.columns.findIndex(({ name }) => name === layout.key)
  return (records: ReadonlyArray<Table.Received>) => {
    const rows = records.map((record) => dialect.toRow(layout.columns, rowOf(record)))
    if (layout.key === null) return { rows, lines: [] }
    const byKey = new Map<Table.Value, Values>()
    const lines: Array<Quarantine.Line> = []
    for (const [at, row] of rows.entries()) {
      const key = row[index] ?? null
      if (key === null || key === "" || isTooLong(key)) lines.push(keyless(layout, records[at]))
      else byKey.set(key, row)
    }
    return { rows: [...byKey.values()], lines }
  }
}

/** PostgreSQL's indexes have room for some 2700 bytes, and a record is one of a table in every database or in none. */
const mostOfKey = 2000

// No character takes more than three bytes for each of its units.
const isTooLong = (key: Table.Value): boolean =>
  typeof key === "string" && key.length > mostOfKey / 3 && encoder.encode(key).length > mostOfKey

/** A record without a key, or with one that is too long, cannot be a row of a table that has one. */
const keyless = ({ key, name }: Layout, record: unknown): Quarantine.Line => ({
  resource: name,
  error: { message: `The record has no ${key} that its table could know it by`, mismatches: [] },
  record
})

const quarantineColumns = ({ types, verbatim }: Dialect): ReadonlyArray<Column> => [
  { name: "resource", type: types.text },
  { name: "key", type: types.text },
  { name: "message", type: types.text },
  { name: "mismatches", type: verbatim },
  { name: "record", type: verbatim }
]

const lineValues =
  ({ key, name }: Layout) =>
  ({ error, record }: Quarantine.Line): Values => [
    name,
    key === null ? null : keyOf(record, key),
    error.message,
    JSON.stringify(error.mismatches),
    recordText(record)
  ]

/** A record as JSON; one nested too deep for a database, as a string of JSON. */
const recordText = (record: unknown): string => {
  const text = Json.stringify(record)
  return Nesting.isTooDeep(record) ? JSON.stringify(text) : text
}

/** The way back: a record nested that deep is an object, or a list. */
const recordOfText = (text: string): unknown => {
  const value = Json.parse(text)
  return typeof value === "string" && /^[[{]/.test(value)
    ? Result.getOrElse(
        Result.try(() => Json.parse(value)),
        () => value
      )
    : value
}

/** The key of a record that need not be one, so that of two lines about one record the later stays. */
const keyOf = (record: unknown, key: string): string | null => {
  if (typeof record !== "object" || record === null || !Object.hasOwn(record, key)) return null
  const column = { name: key, path: [key], kind: "text" } as const
  const found: unknown = Reflect.get(record, key)
  const only = { [key]: found }
  Json.copyDigits(record, key, only)
  const [value] = Table.rowOf({ name: "", key, columns: [column] })(only).values
  if (typeof value === "string") return value === "" ? null : value
  // A text that no column of text can have.
  return typeof found === "string" ? JSON.stringify(found) : null
}

/** By the bytes of a text, in every database. */
const orderOf = ({ collation, types }: Dialect, { key, stored }: Layout): string => {
  if (key === null) return quote(position)
  const ofText = stored.some(({ name, type }) => name === key && type === types.text)
  return `${quote(key)}${ofText ? collation : ""}`
}

const create = (dialect: Dialect, { key, stored }: Layout, name: string) => {
  const { sql, tableName } = dialect
  return sql`CREATE TABLE ${tableName(name)} (${sql.literal(columnDefinitions(dialect, key, stored).join(", "))})`
}

/** What makes the table another one than records need. Columns that only it has do not matter. */
const difference = ({ key, place, stored }: Layout, { columns, primaryKey }: Existing): TableDiffers | undefined => {
  const known = key ?? position
  if (primaryKey.length !== 1 || primaryKey[0] !== known) {
    return new TableDiffers({ place, column: known, found: "not its primary key", wanted: "it to be" })
  }
  const changed = stored.find(({ name, type }) => columns.has(name) && columns.get(name) !== type)
  if (changed === undefined) return undefined
  const { name, type } = changed
  return new TableDiffers({ place, column: name, found: columns.get(name) ?? "", wanted: type })
}

/** Adds the columns that the table lacks: an earlier version made it. Fails where columns are of other types. */
const complete = Effect.fnUntraced(function* (
  { sql, tableName }: Dialect,
  layout: Layout,
  name: string,
  existing: Existing
) {
  const different = difference(layout, existing)
  if (different !== undefined) return yield* different
  for (const column of layout.stored) {
    if (existing.columns.has(column.name)) continue
    yield* sql`ALTER TABLE ${tableName(name)} ADD COLUMN ${sql.literal(`${quote(column.name)} ${column.type}`)}`
  }
})

/** Makes what was written the content of the table, or adds it. */
const carryOver = Effect.fnUntraced(function* (dialect: Dialect, layout: Layout, mode: Mode) {
  const { describe, sql, tableName } = dialect
  const { key, name, stored } = layout
  const from = tableName(staging(mode, name))
  const into = tableName(name)

  const existing = yield* describe(name)
  const isOther = existing !== undefined && mode === "replace" && difference(layout, existing) !== undefined
  const isNew = existing === undefined || isOther
  if (isNew) {
    if (isOther) yield* sql`DROP TABLE ${into}`
    yield* create(dialect, layout, name)
  } else {
    yield* complete(dialect, layout, name, existing)
    if (mode === "replace") yield* remove(dialect, layout)
  }

  yield* carryQuarantine(dialect, layout, mode)
  const columns = sql.literal(names(stored))
  const order = sql.literal(orderOf(dialect, layout))
  if (key === null || isNew) {
    yield* sql`INSERT INTO ${into} (${columns}) SELECT ${columns} FROM ${from} ORDER BY ${order}`
  } else {
    // A row that is the same stays as it is. (SQLite needs the WHERE to tell ON CONFLICT from a join's ON.)
    const changes = stored.map(({ name }) => `t.${quote(name)} IS DISTINCT FROM excluded.${quote(name)}`).join(" OR ")
    yield* sql`INSERT INTO ${into} AS t (${columns}) SELECT ${columns} FROM ${from} WHERE true ORDER BY ${order}
      ${sql.literal(onConflict(stored, key))} WHERE ${sql.literal(changes)}`
  }
  yield* sql`DROP TABLE ${from}`
})

/** Removes the rows that the new content of the table does not have. */
const remove = ({ sql, tableName }: Dialect, { key, name }: Layout) => {
  const into = tableName(name)
  if (key === null) return sql`DELETE FROM ${into}`
  const column = sql.literal(quote(key))
  return sql`DELETE FROM ${into} AS t WHERE NOT EXISTS
    (SELECT 1 FROM ${tableName(staging("replace", name))} AS s WHERE s.${column} = t.${column})`
}

/**
 * What stands in the quarantine of the resource goes, as far as this export has the records too, fit or not; a full export
 * has all.
 */
const carryQuarantine = Effect.fnUntraced(function* ({ sql, tableName }: Dialect, layout: Layout, mode: Mode) {
  const { key, name } = layout
  const lines = tableName(quarantine)
  const before = sql`${sql.in("resource", Table.namesOf(layout))} AND finished = 1`
  if (mode === "replace") {
    yield* sql`DELETE FROM ${lines} WHERE ${before}`
  } else {
    if (key !== null) {
      const seen = sql`SELECT CAST(${sql.literal(quote(key))} AS text) FROM ${tableName(staging(mode, name))}
        UNION ALL SELECT key FROM ${lines} WHERE resource = ${name} AND finished = 0 AND key IS NOT NULL`
      yield* sql`DELETE FROM ${lines} WHERE ${before} AND key IN (${seen})`
    }
    const same = sql`SELECT CAST(record AS text) FROM ${lines} WHERE resource = ${name} AND finished = 0 AND key IS NULL`
    yield* sql`DELETE FROM ${lines}
      WHERE ${before} AND key IS NULL AND CAST(record AS text) IN (${same})`
  }
  yield* sql`UPDATE ${lines} SET finished = 1 WHERE resource = ${name} AND finished = 0`
})

// ---------------------------------------------------------------------------------------------------------------------
// audit
// ---------------------------------------------------------------------------------------------------------------------

const measure = (dialect: Dialect, layout: Layout, place: string): Effect.Effect<Measure, Reason> =>
  at(dialect)(
    Effect.gen(function* () {
      const { describe, sql, tableName } = dialect
      if ((yield* describe(place)) === undefined) return yield* new Missing({ path: layout.place })
      const [counted] = yield* sql<{
        readonly records: number | bigint
      }>`SELECT count(*) AS records FROM ${tableName(place)}`
      return { bytes: null, records: Number(counted?.records ?? 0) }
    })
  )

/** Reads the table in the order of its key: each record a line of canonical JSON, the same in every database. */
const audit = ({ dialect, sha256 }: Reading, layout: Layout, place: string): Effect.Effect<Receipt, Reason> =>
  at(dialect)(
    Effect.gen(function* () {
      const { describe, sql, tableName } = dialect
      const existing = yield* describe(place)
      if (existing === undefined) return yield* new Missing({ path: layout.place })
      const hash = yield* sha256.make
      const lineOf = liner(dialect, layout)
      let records = 0
      const columns = layout.stored.filter(({ name }) => existing.columns.has(name))
      const rows = sql`SELECT ${sql.literal(dialect.select(columns))}
        FROM ${tableName(place)} ORDER BY ${sql.literal(orderOf(dialect, layout))}`
      // Few at once: what is longer is collected late.
      yield* Stream.runForEachArray(Stream.rechunk(rows.stream, 100), (rows) => {
        records += rows.length
        return hash.update(encoder.encode(rows.map(lineOf).join("")))
      })
      return {
        place,
        records,
        bytes: null,
        sha256: yield* hash.hex,
        ...(yield* auditQuarantine(dialect, layout).pipe(Effect.provideService(Sha256, sha256)))
      }
    })
  )

/** In an order that does not depend on how they were written. */
const auditQuarantine = ({ collation, sql, tableName }: Dialect, layout: Layout) =>
  Quarantine.summary(
    Stream.map(
      sql<{ readonly message: string; readonly mismatches: string; readonly record: string }>`
        SELECT message, CAST(mismatches AS text) AS mismatches, CAST(record AS text) AS record
        FROM ${tableName(quarantine)} WHERE ${sql.in("resource", Table.namesOf(layout))} AND finished = 1
        ORDER BY CAST(record AS text) ${sql.literal(collation)}, message ${sql.literal(collation)}, "_position"`.stream,
      ({ message, mismatches, record }) => [message, mismatches, record].join("\n")
    )
  )

const encoder = new TextEncoder()

const liner = ({ fromRow }: Dialect, layout: Layout) => {
  const recordOf = Table.recordOf(layout)
  return (row: Found): string => `${Json.stringify(recordOf(fromRow(layout.columns, row)), { sorted: true })}\n`
}
