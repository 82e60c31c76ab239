/**
 * What a sink is told of the records of a resource: the columns its schema gives, and how a record becomes a row of them.
 *
 * Known fields of the kinds a database has (text, numbers, booleans) are columns of their own; objects the schema
 * describes are taken apart, a field each (`location.city` is the column `location__city`); lists and free-form objects
 * are columns of JSON. What has no column, or does not fit the kind of its column, stands in one last column of JSON,
 * `_rest`, at its place: no value is lost. Null and absent are the same to a row.
 */

/** How a column's values are kept: `integer` within 2^53, `json` as JSON text. */
export type Kind = "text" | "integer" | "real" | "boolean" | "json"

export interface Column {
  /** `location__city`. */
  readonly name: string
  /** Where the value is in the record: `["location", "city"]`. */
  readonly path: ReadonlyArray<string>
  readonly kind: Kind
}

export interface Table {
  /** The resource's name, and the table's: `contacts`. */
  readonly name: string
  /** The column that tells records apart, and orders them: `id`; events have no id, and `null` here. */
  readonly key: string | null
  /** In the order of the schema. */
  readonly columns: ReadonlyArray<Column>
}

/** A record as it was received: a JSON object. */
export interface Received {
  readonly [field: string]: unknown
}

/** The name of the column for what has no other. */
export const rest = "_rest"
