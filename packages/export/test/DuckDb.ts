/** DuckDB reads what the sinks wrote: it shares no code with them. */
import type { Column, Kind, Received, Table, Value } from "@effect-intercom/export/Table"
import * as Tables from "@effect-intercom/export/Table"
import { DuckDBInstance, type DuckDBValue } from "@duckdb/node-api"
import * as Effect from "effect/Effect"

/** The rows of a query. */
export const query = (sql: string): Effect.Effect<ReadonlyArray<ReadonlyArray<DuckDBValue>>, Error> =>
  Effect.tryPromise({
    try: async () => {
      const instance = await DuckDBInstance.create(":memory:")
      const connection = await instance.connect()
      try {
        return (await connection.runAndReadAll(sql)).getRows()
      } finally {
        connection.closeSync()
        instance.closeSync()
      }
    },
    catch: (error) => new Error(`${String(error)}\n${sql}`)
  })

const types: Readonly<Record<Kind, string>> = {
  text: "VARCHAR",
  // As text: DuckDB refuses JSON with lone surrogates.
  json: "VARCHAR",
  integer: "BIGINT",
  real: "DOUBLE",
  boolean: "BOOLEAN"
}

const valueOf = (value: DuckDBValue | undefined, kind: Kind): Value =>
  kind === "text" && value != null
    ? String(JSON.parse(String(value)))
    : // The columns are of the types above.
      typeof value === "bigint"
      ? Number(value)
      : ((value ?? null) as Value)

/** Without the apostrophe that guards a spreadsheet. */
const bare = (value: Value): Value =>
  typeof value === "string" &&
  /^''*[=+\-@＝＋－＠\t\r\n]/.test(value) &&
  !/^'+[+-][\d ]*\.?\d+(e[+-]?\d+)?$/i.test(value)
    ? value.slice(1)
    : value

/** What a file with a table's columns holds; `scan` reads it. */
const records = (
  table: Table,
  scan: string,
  select: (column: Pick<Column, "moments" | "name">) => string = ({ name }) => `"${name}"`,
  read: (value: Value) => Value = (value) => value
): Effect.Effect<ReadonlyArray<Received>, Error> => {
  const recordOf = Tables.recordOf(table)
  const columns = [...table.columns, { name: Tables.rest, kind: "json" as const }]
  // The driver takes a byte order mark away that a text begins with.
  const selected = columns.map((column) => (column.kind === "text" ? `to_json("${column.name}")` : select(column)))
  return Effect.map(query(`select ${selected.join(", ")} from ${scan}`), (rows) =>
    rows.map((row) => {
      const values = row.map((value, index) => read(valueOf(value, columns[index]?.kind ?? "json")))
      const rest = values.at(-1)
      return recordOf({ values: values.slice(0, -1), rest: typeof rest === "string" ? rest : null })
    })
  )
}

export const csv = (table: Table, path: string, read = bare) => {
  const columns = [...table.columns, { name: Tables.rest, kind: "json" as const }]
    .map(({ kind, name }) => `'${name}': '${types[kind]}'`)
    .join(", ")
  return records(
    table,
    `read_csv('${path}', auto_detect = false, header = true, columns = {${columns}}, delim = ',', quote = '"',
      escape = '"', new_line = '\\r\\n', allow_quoted_nulls = false, max_line_size = 10000000)`,
    undefined,
    read
  )
}

export const parquet = (table: Table, path: string) =>
  records(table, `read_parquet('${path}')`, ({ moments, name }) =>
    moments === true ? `epoch_ms("${name}") // 1000` : `"${name}"`
  )

/** Each line's JSON, as it stands there. */
export const ndjson = (path: string): Effect.Effect<ReadonlyArray<string>, Error> =>
  Effect.map(
    query(
      `select json from read_json_objects('${path}', format = 'newline_delimited', maximum_object_size = 100000000)`
    ),
    (rows) => rows.map(([json]) => String(json))
  )
