/** A database that nothing was written to yet, and what both kinds of it are tested with. */
import * as Json from "@effect-intercom/core/Json"
import type { Reason } from "@effect-intercom/export/ExportError"
import type * as Quarantine from "@effect-intercom/export/Quarantine"
import { type Batch, type Connection, type Mode, Sink } from "@effect-intercom/export/Sink"
import type * as SinkLaws from "@effect-intercom/export/SinkLaws"
import * as Table from "@effect-intercom/export/Table"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"

export interface Row {
  readonly [column: string]: unknown
}

export interface SqlPlace<out R> {
  readonly layer: Layer.Layer<Sink, never, R>
  /** By other means than the sink's. */
  readonly query: (sql: string) => Effect.Effect<ReadonlyArray<Row>>
  /** JSON as it comes from a query, as text. */
  readonly json: (value: unknown) => string
  readonly boolean: (value: unknown) => boolean
  /** A column of a table as {@link query} should ask for it. @default its name */
  readonly select?: (column: Table.Column) => string | undefined
  /** A text as it comes from a column that was asked for so. @default String */
  readonly text?: (value: unknown) => string
  /** Makes the lock look left behind, as that of a process that is suspended. */
  readonly abandon: Effect.Effect<void, never, R>
}

/** As the laws want it. */
export const subject = <R>({
  abandon,
  boolean,
  layer,
  query,
  select = () => undefined,
  text = String
}: SqlPlace<R>): SinkLaws.Subject<never, R> => ({
  layer,
  abandon,
  records: (table, place) =>
    Effect.map(
      query(`SELECT ${columnsOf(table, select)} FROM "${place}" ORDER BY "${table.key ?? "_position"}"`),
      (rows) => {
        const recordOf = Table.recordOf(table)
        return rows.map((row) =>
          recordOf({
            values: table.columns.map(({ kind, name }) => {
              const value = row[name] ?? null
              if (value === null) return null
              if (kind === "text") return text(value)
              if (kind === "json") return String(value)
              return kind === "boolean" ? boolean(value) : Number(value)
            }),
            rest: restOf(row["_rest"] ?? null)
          })
        )
      }
    ),
  quarantine: ({ name }) =>
    Effect.map(
      query(
        `SELECT resource, message, ${asText("mismatches")}, ${asText("record")} FROM _intercom_quarantine WHERE resource = '${name}' AND finished = 1 ORDER BY _position`
      ),
      (rows) =>
        rows.map(({ mismatches, message, record, resource }) => ({
          resource: String(resource),
          error: {
            message: String(message),
            mismatches: JSON.parse(String(mismatches)) as Quarantine.Line["error"]["mismatches"]
          },
          record: recordOf(Json.parse(String(record)))
        }))
    )
})

/** One that is nested too deep is a string of JSON. */
const recordOf = (value: unknown): unknown =>
  typeof value === "string" && value.startsWith("{") ? Json.parse(value) : value

const restOf = (value: unknown): string | null => {
  if (value === null) return null
  const parsed: unknown = JSON.parse(String(value))
  return typeof parsed === "string" ? parsed : String(value)
}

// A driver that parses JSON loses the digits of its numbers.
const asText = (column: string): string => `CAST("${column}" AS text) AS "${column}"`

const columnsOf = ({ columns }: Table.Table, select: NonNullable<SqlPlace<never>["select"]>): string =>
  [
    ...columns.map((column) => {
      const { kind, name } = column
      return select(column) ?? (kind === "json" ? asText(name) : `"${name}"`)
    }),
    asText("_rest")
  ].join(", ")

/** One export at a place, by a process of its own. */
export const session = <R, A, E, R2>(
  { layer }: SqlPlace<R>,
  use: (connection: Connection) => Effect.Effect<A, E, R2>
): Effect.Effect<A, E | Reason, R | Exclude<R2, Sink>> =>
  Effect.provide(
    Effect.scoped(
      Effect.flatMap(
        Sink.use(({ connect }) => connect),
        use
      )
    ),
    layer
  )

export const batch = (records: ReadonlyArray<Table.Received>, options: Partial<Batch> = {}): Batch => ({
  records,
  quarantined: [],
  ...options
})

/** An export from its beginning to its end. */
export const exported = <R>(place: SqlPlace<R>, table: Table.Table, mode: Mode, ...batches: ReadonlyArray<Batch>) =>
  session(place, (connection) =>
    Effect.scoped(
      Effect.gen(function* () {
        const output = yield* connection.open(table, mode)
        for (const one of batches) yield* output.commit(one, () => "{}")
        const receipt = yield* output.finish(table.name)
        yield* output.forget
        return receipt
      })
    )
  )
