/** What DuckDB finds in the files of each sink, for records of each resource. */
import * as Csv from "@effect-intercom/export/Csv"
import * as Ndjson from "@effect-intercom/export/Ndjson"
import * as Parquet from "@effect-intercom/export/Parquet"
import type * as Table from "@effect-intercom/export/Table"
import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Disk from "./Disk.ts"
import * as DuckDb from "./DuckDb.ts"
import * as FileSinkLaws from "./FileSinkLaws.ts"
import { resources, rows } from "./Samples.ts"

/** DuckDB refuses JSON with lone surrogates; that sinks keep them is a law of SinkLaws. */
const wellFormed = (value: unknown): unknown => {
  if (typeof value === "string") return value.toWellFormed()
  if (Array.isArray(value)) return value.map(wellFormed)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, value]) => [name.toWellFormed(), wellFormed(value)]))
}

describe("DuckDB", () => {
  layer(Disk.layer)((it) => {
    for (const { name, records: all, table } of resources) {
      const written = Effect.fnUntraced(function* (
        sink: Parameters<typeof FileSinkLaws.session>[0],
        records: ReadonlyArray<Table.Received>
      ) {
        return yield* FileSinkLaws.session(sink, ({ open }) =>
          Effect.gen(function* () {
            const { commit, finish, forget } = yield* open(table, "replace")
            yield* commit({ records, quarantined: [] }, () => "1")
            return yield* Effect.tap(finish(name), () => forget)
          })
        )
      })

      it.effect(`finds every value of ${name}`, () =>
        Effect.gen(function* () {
          const directory = yield* Disk.temporary
          const records = (yield* all).map((record) => wellFormed(record) as Table.Received)
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
