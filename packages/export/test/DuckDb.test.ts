/** What DuckDB finds in the files of each sink, for records of each resource. */
import { Article } from "@effect-intercom/core/resources/Articles"
import { Company } from "@effect-intercom/core/resources/Companies"
import { Contact } from "@effect-intercom/core/resources/Contacts"
import { Conversation } from "@effect-intercom/core/resources/Conversations"
import { DataEvent } from "@effect-intercom/core/resources/Events"
import * as Csv from "@effect-intercom/export/Csv"
import * as Ndjson from "@effect-intercom/export/Ndjson"
import * as Parquet from "@effect-intercom/export/Parquet"
import * as Table from "@effect-intercom/export/Table"
import { assert, describe, layer } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import * as Disk from "./Disk.ts"
import * as DuckDb from "./DuckDb.ts"
import * as FileSinkLaws from "./FileSinkLaws.ts"

/** DuckDB refuses JSON with lone surrogates; that sinks keep them is a law of SinkKit. */
const wellFormed = (value: unknown): unknown => {
  if (typeof value === "string") return value.toWellFormed()
  if (Array.isArray(value)) return value.map(wellFormed)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, value]) => [name.toWellFormed(), wellFormed(value)]))
}

/** Records as they come from the API, with fields that no schema has. */
const sample = Effect.fnUntraced(function* (schema: Schema.Top, count: number) {
  const values = yield* Arbitrary.sampleEffect(Arbitrary.schema(schema), { count, seed: 11 })
  return values.map((value, index) => {
    // The schemas are of objects, and stay so.
    const record = { ...(value as object), [`zz${index % 3}`]: [index, null, { a: "ü" }] }
    return wellFormed(JSON.parse(JSON.stringify(record))) as Table.Received
  })
})

/** All that a row tells, whatever the order of the keys in `_rest`. */
const rows = (table: Table.Table, records: ReadonlyArray<Table.Received>) => {
  const rowOf = Table.rowOf(table)
  return records.map((record) => {
    const { rest, values } = rowOf(record)
    return { values, rest: rest === null ? null : (JSON.parse(rest) as unknown) }
  })
}

describe("DuckDB", () => {
  layer(Disk.layer)((it) => {
    for (const [name, schema, count] of [
      ["contacts", Contact, 300],
      ["companies", Company, 300],
      ["conversations", Conversation, 200],
      ["articles", Article, 50],
      ["events", DataEvent, 300]
    ] as const) {
      const table = Table.fromSchema(name, schema, { key: null })
      const written = Effect.fnUntraced(function* (
        sink: Parameters<typeof FileSinkLaws.session>[0],
        records: ReadonlyArray<Table.Received>
      ) {
        return yield* FileSinkLaws.session(sink, ({ open }) =>
          Effect.gen(function* () {
            const { commit, finish, forget } = yield* open(table, "replace")
            yield* commit({ records, quarantined: [] }, "1")
            return yield* Effect.tap(finish(name), () => forget)
          })
        )
      })

      it.effect(`finds every value of ${name}`, () =>
        Effect.gen(function* () {
          const directory = yield* Disk.temporary
          const records = yield* sample(schema, count)
          const expected = rows(table, records)

          for (const compression of [undefined, "gzip", "zstd"] as const) {
            const { place } = yield* written(Ndjson.layer({ directory, compression }), records)
            assert.deepStrictEqual(
              yield* DuckDb.ndjson(`${directory}/${place}`),
              records.map((record) => JSON.stringify(record)),
              place
            )
          }
          const csv = yield* written(Csv.layer({ directory }), records)
          assert.deepStrictEqual(rows(table, yield* DuckDb.csv(table, `${directory}/${csv.place}`)), expected)
          const parquet = yield* written(Parquet.layer({ directory }), records)
          assert.deepStrictEqual(rows(table, yield* DuckDb.parquet(table, `${directory}/${parquet.place}`)), expected)
        })
      )
    }
  })
})
