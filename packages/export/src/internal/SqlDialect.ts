/** What SQLite, PostgreSQL and DuckDB do differently, and what a statement for all of them is made of. */
import * as Effect from "effect/Effect"
import type { SqlClient } from "effect/sql/SqlClient"
import { isSqlError, type SqlError } from "effect/sql/SqlError"
import type { Fragment } from "effect/sql/Statement"
import type { Reason } from "../ExportError.ts"
import { rest } from "../Table.ts"
import type * as Table from "../Table.ts"

/** Values of a row, in the order of its columns. */
export type Values = ReadonlyArray<Table.Value>

/** A table as the database describes it. */
export interface Existing {
  /** The type of each column. */
  readonly columns: ReadonlyMap<string, string>
  readonly primaryKey: ReadonlyArray<string>
}

/** A column of a table in the database. */
export interface Column {
  readonly name: string
  readonly type: string
}

/** A row as it was read; nothing for columns that the table lacks. */
export interface Found {
  readonly [column: string]: unknown
}

/** How the databases define the same table. */
export interface Definitions {
  readonly types: Readonly<Record<Table.Kind, string>>
  /** The type of columns of moments, which a row has as Unix seconds. @default that of integers */
  readonly moment?: string | undefined
  /** Added to the type of a key of text, so that every database orders it by its bytes. */
  readonly collation: string
  /** The definition of the column that keeps the order of records without key, without its name. */
  readonly position: string
  /** The columns the database can have; the values of others go to `_rest`. */
  readonly supports: (column: Table.Column) => boolean
}

/** The column that keeps the order of records without key. */
export const position = "_position"

/** The columns of a table that the database has. */
export const supported = ({ supports }: Definitions, { columns }: Table.Table): ReadonlyArray<Table.Column> =>
  columns.filter((column) => column.name !== position && supports(column))

/** The type of a column. */
export const typeIn = (
  { moment, types }: Definitions,
  { kind, moments }: Pick<Table.Column, "kind" | "moments">
): string => (moments === true && moment !== undefined ? moment : types[kind])

/** All columns of a table in the database, `_rest` among them. */
export const storedIn = (definitions: Definitions, columns: ReadonlyArray<Table.Column>): ReadonlyArray<Column> => [
  ...columns.map((column) => ({ name: column.name, type: typeIn(definitions, column) })),
  { name: rest, type: definitions.types.json }
]

/** What stands between the parentheses of CREATE TABLE, a column each. */
export const columnDefinitions = (
  { collation, position: ofPosition, types }: Definitions,
  key: string | null,
  stored: ReadonlyArray<Column>
): ReadonlyArray<string> => {
  const columns = stored.map(({ name, type }) => {
    const definition = `${quote(name)} ${type}`
    return name === key ? `${definition}${type === types.text ? collation : ""} NOT NULL PRIMARY KEY` : definition
  })
  return key === null ? [`${quote(position)} ${ofPosition}`, ...columns] : columns
}

/** The statement that makes a table as an export does. */
export const definition = (definitions: Definitions, table: Table.Table, name = quote(table.name)): string => {
  const columns = columnDefinitions(definitions, table.key, storedIn(definitions, supported(definitions, table)))
  return `CREATE TABLE ${name} (\n${columns.map((column) => `  ${column}`).join(",\n")}\n);\n`
}

/** What the databases do differently. */
export interface Dialect extends Definitions {
  readonly sql: SqlClient
  /** The database, for people: it has no secret. */
  readonly database: string
  /** A table's name, as it stands in a statement. */
  readonly tableName: (name: string) => Fragment
  /** JSON that the quarantine keeps to the letter. */
  readonly verbatim: string
  /** The table, or what else has its name. */
  readonly describe: (name: string) => Effect.Effect<Existing | undefined, SqlError>
  /** Writes rows, each a key once; a row with a key that is there already, as `known` of them have, takes its place. */
  readonly write: (
    target: string,
    columns: ReadonlyArray<Column>,
    key: string | null,
    rows: ReadonlyArray<Values>,
    known: number
  ) => Effect.Effect<void, SqlError>
  /** What {@link write} takes for a row of the table, `_rest` last. */
  readonly toRow: (columns: ReadonlyArray<Table.Column>, row: Table.Row) => Values
  /** Columns, in a query that reads rows. */
  readonly select: (columns: ReadonlyArray<Column>) => string
  /** The way back, from what {@link select} gave. */
  readonly fromRow: (columns: ReadonlyArray<Table.Column>, found: Found) => Table.Row
  /** Ends a SELECT whose rows nobody else is to change until the transaction ends. */
  readonly forUpdate: "" | "FOR UPDATE"
  /**
   * Whether transactions do not wait for one another: of two that write the same row, one fails, and is tried again.
   *
   * @default false
   */
  readonly optimistic?: boolean | undefined
  readonly reason: (error: SqlError) => Reason
  /** Around everything that writes. */
  readonly transaction: <A, E, R>(steps: Effect.Effect<A, E, R>) => Effect.Effect<A, E | SqlError | Reason, R>
}

/** The name of a table or column in a statement. */
export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** `"id", "name"`; with `of`, `of."id", of."name"`. */
export const names = (columns: ReadonlyArray<Column>, of?: string): string =>
  columns.map(({ name }) => (of === undefined ? quote(name) : `${of}.${quote(name)}`)).join(", ")

/** What an INSERT does with a row whose key is there already: the new row takes its place. */
export const onConflict = (columns: ReadonlyArray<Column>, key: string | null): string => {
  if (key === null) return ""
  const others = columns.filter(({ name }) => name !== key).map(({ name }) => quote(name))
  const updates = others.map((name) => `${name} = excluded.${name}`).join(", ")
  return `ON CONFLICT (${quote(key)}) DO UPDATE SET ${updates}`
}

/**
 * Runs all steps or none. When a ROLLBACK fails, the client makes a defect of what it was for: a connection that is lost,
 * say.
 */
export const transaction =
  (sql: SqlClient): Dialect["transaction"] =>
  (steps) =>
    Effect.catchDefect(sql.withTransaction(steps), (defect) =>
      isSqlError(defect) ? Effect.fail(defect) : Effect.die(defect)
    )
