/**
 * Rows of a database that cannot store all JSON: what it cannot store stands in `_rest`, at its place; and `_rest` is, where
 * it has such a thing, not a JSON object but a JSON string, of that object as JSON.
 */
import * as Table from "../Table.ts"
import type { Values } from "./SqlDialect.ts"

/** From a row to what is stored, and the way back of `_rest`. */
export interface StoredJson {
  readonly toRow: (columns: ReadonlyArray<Table.Column>, row: Table.Row) => Values
  readonly restOf: (rest: string | null) => string | null
}

/** `unstorable`: whether the database could not store this JSON, or not as it is; `options` are those of the row. */
export const make = (unstorable: (json: string) => boolean, options: Table.Options = {}): StoredJson => {
  const isUnstorable = (value: Table.Value): boolean => typeof value === "string" && unstorable(value)
  const stored = (rest: string | null) => (isUnstorable(rest) ? JSON.stringify(rest) : rest)
  return {
    toRow: (columns, row) => {
      const fits = row.values.map((value, index) => columns[index]?.kind !== "json" || !isUnstorable(value))
      if (fits.every(Boolean)) return [...row.values, stored(row.rest)]
      // As if the table had not the columns that do not fit.
      const fitting = { name: "", key: null, columns: columns.filter((_, index) => fits[index]) }
      const { rest, values } = Table.rowOf(fitting, options)(Table.recordOf({ name: "", key: null, columns })(row))
      const left = values.values()
      return [...columns.map((_, index) => (fits[index] === true ? (left.next().value ?? null) : null)), stored(rest)]
    },
    restOf: (rest) => (rest?.startsWith('"') === true ? (JSON.parse(rest) as string) : rest)
  }
}
