/** Views over what is a list within a record: each of its entries is a row, with the key of the record. */
import type * as Table from "../Table.ts"
import { quote } from "./SqlDialect.ts"

/** What the databases say differently. */
export interface ViewDialect {
  /** A value within an entry, `e.value`, as its kind. */
  readonly value: (column: Table.Column) => string
  /** The entries of a list in a column, as `e`, with their place in it, from 0. */
  readonly entries: (column: string) => { readonly from: string; readonly position: string }
}

/** The statements that make the views of a table, which replace those of the same names. */
export const definitions = (
  { entries, value }: ViewDialect,
  { key, lists = [], name: table }: Table.Table,
  named: (name: string) => string = quote
): string =>
  lists
    .map(({ column, columns, name, of }) => {
      const { from, position } = entries(`r.${quote(column)}`)
      const selected = [
        `r.${quote(key ?? "id")} AS ${quote(of)}`,
        `${position} AS "position"`,
        ...columns.map((one) => `${value(one)} AS ${quote(one.name)}`),
        `e.value AS "_record"`
      ]
      const list = selected.map((one) => `  ${one}`).join(",\n")
      return `DROP VIEW IF EXISTS ${named(name)};\nCREATE VIEW ${named(name)} AS SELECT\n${list}\nFROM ${named(table)} AS r, ${from};\n`
    })
    .join("\n")

const text = (value: string) => `'${value.replaceAll("'", "''")}'`

/** As SQLite has it. */
export const sqlite: ViewDialect = {
  value: ({ kind, path }) => {
    const at = text(`$${path.map((name) => `.${JSON.stringify(name)}`).join("")}`)
    if (kind === "json") return `(e.value -> ${at})`
    return kind === "text" ? `CAST(e.value ->> ${at} AS TEXT)` : `(e.value ->> ${at})`
  },
  entries: (column) => ({
    // Of what drifted into an object there are no entries.
    from: `json_each(CASE json_type(${column}) WHEN 'array' THEN ${column} END) AS e`,
    position: "e.key"
  })
}

/** As PostgreSQL has it. */
export const postgres: ViewDialect = {
  value: ({ kind, path }) => {
    const at = `ARRAY[${path.map(text).join(", ")}]`
    const as = (type: string, is: string) =>
      `CASE jsonb_typeof(e.value #> ${at}) WHEN '${is}' THEN (e.value #>> ${at})::${type} END`
    switch (kind) {
      case "json":
        return `(e.value #> ${at})`
      case "boolean":
        return as("boolean", "boolean")
      case "integer":
      case "real":
        return as("numeric", "number")
      case "text":
        return `(e.value #>> ${at})`
    }
  },
  entries: (column) => ({
    from: `jsonb_array_elements(CASE jsonb_typeof(${column}) WHEN 'array' THEN ${column} END) WITH ORDINALITY AS e(value, place)`,
    position: "(e.place - 1)"
  })
}

/** As DuckDB has it: a moment in an entry is one, too. */
export const duckDb: ViewDialect = {
  value: ({ kind, moments, path }) => {
    const at = text(`$${path.map((name) => `.${JSON.stringify(name)}`).join("")}`)
    const plain = `(e.value ->> ${at})`
    // What is of another kind than the schema says is null, and stands in `_record`.
    const as = (type: string, ...found: ReadonlyArray<string>) =>
      `CASE WHEN json_type(e.value, ${at}) IN (${found.map(text).join(", ")}) THEN TRY_CAST(${plain} AS ${type}) END`
    if (moments === true) return `TRY(to_timestamp(${as("BIGINT", "UBIGINT", "BIGINT")}))`
    switch (kind) {
      case "json":
        return `(e.value -> ${at})`
      case "boolean":
        return as("BOOLEAN", "BOOLEAN")
      case "integer":
        return as("BIGINT", "UBIGINT", "BIGINT")
      case "real":
        return as("DOUBLE", "UBIGINT", "BIGINT", "DOUBLE")
      case "text":
        return plain
    }
  },
  entries: (column) => ({
    from: `json_each(CASE json_type(${column}) WHEN 'ARRAY' THEN ${column} END) AS e`,
    position: "CAST(e.key AS BIGINT)"
  })
}
