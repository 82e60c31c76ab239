import * as Parquet from "@effect-intercom/export/Parquet"
import * as Wire from "@effect-intercom/core/Wire"
import * as SinkLaws from "@effect-intercom/export/SinkLaws"
import { assert, describe, layer } from "@effect/vitest"
import * as Table from "@effect-intercom/export/Table"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Disk from "./Disk.ts"
import * as DuckDb from "./DuckDb.ts"
import * as FileSinkLaws from "./FileSinkLaws.ts"
import { often } from "./Kills.ts"

describe("Parquet", () => {
  FileSinkLaws.tests({
    layer: (directory) => Parquet.layer({ directory }),
    extension: "parquet",
    step: 13,
    records: DuckDb.parquet
  })

  layer(Disk.layer)((it) => {
    it.effect("gives columns their types, and rows in groups", () =>
      Effect.gen(function* () {
        const directory = yield* Disk.temporary
        const records = Array.from({ length: 21_000 }, (_, index) => ({
          ...FileSinkLaws.record(index),
          id: `i${index + 100_000}`,
          count: index,
          ratio: index / 7,
          flag: index % 3 === 0,
          tags: [`t${index % 5}`]
        }))
        const receipt = yield* FileSinkLaws.run(Parquet.layer({ directory }), [{ records, quarantined: [] }])
        const file = `${directory}/${receipt.place}`
        assert.deepStrictEqual(
          (yield* DuckDb.query(`describe select * from '${file}'`)).map(([name, type]) => [name, type]),
          [
            ["type", "VARCHAR"],
            ["id", "VARCHAR"],
            ["owner", "VARCHAR"],
            ["name", "VARCHAR"],
            ["count", "BIGINT"],
            ["ratio", "DOUBLE"],
            ["flag", "BOOLEAN"],
            ["tags", "VARCHAR"],
            ["place__city", "VARCHAR"],
            ["place__spot__x", "DOUBLE"],
            ["_rest", "VARCHAR"]
          ]
        )
        assert.deepStrictEqual(
          yield* DuckDb.query(
            `select distinct row_group_id, row_group_num_rows from parquet_metadata('${file}') order by 1`
          ),
          [
            [0n, 10_000n],
            [1n, 10_000n],
            [2n, 1000n]
          ]
        )
        assert.deepStrictEqual(
          yield* DuckDb.query(`select name from parquet_schema('${file}') where logical_type like '%Json%'`),
          [["tags"], ["_rest"]]
        )
        assert.deepStrictEqual(yield* DuckDb.parquet(SinkLaws.things, file), records)
        // The statistics are right: they decide which groups are read.
        const sum = records.filter(({ count }) => count >= 19_990 && count < 20_010)
        assert.deepStrictEqual(
          yield* DuckDb.query(`select count(*), min(id) from '${file}' where count >= 19990 and count < 20010`),
          [[BigInt(sum.length), sum[0]?.id ?? ""]]
        )
        assert.deepStrictEqual(
          yield* DuckDb.query(`select tags->>'$[0]', count(*) from '${file}' where name = 'Zoë 😀 7' group by 1`),
          [["t2", 1n]]
        )
      })
    )

    it.effect("has times as timestamps in UTC; what no reader can have as one stays the number it was", () =>
      Effect.gen(function* () {
        const directory = yield* Disk.temporary
        const table = Table.fromSchema(
          "moments",
          Wire.open({
            id: Schema.String,
            created_at: Wire.nullish(Wire.UnixSeconds),
            of: Wire.open({ at: Wire.UnixSeconds })
          }),
          { key: "id" }
        )
        const records = [
          { id: "1", created_at: 1_800_000_000, of: { at: 0 } },
          { id: "2", created_at: null, of: { at: -1 } },
          { id: "3", created_at: 253_402_300_799, of: { at: -62_135_596_800 } },
          { id: "4", created_at: 253_402_300_800, of: { at: -62_135_596_801 } },
          { id: "5", created_at: "soon", of: { at: 1.5 } }
        ]
        const sink = Parquet.layer({ directory })
        yield* FileSinkLaws.session(sink, ({ open }) =>
          Effect.gen(function* () {
            const { commit, finish, forget } = yield* open(table, "replace")
            yield* commit({ records, quarantined: [] }, () => "1")
            return yield* Effect.tap(finish("moments"), () => forget)
          })
        )
        const file = `${directory}/moments.parquet`
        assert.deepStrictEqual(
          (yield* DuckDb.query(`describe select * from '${file}'`)).map(([name, type]) => [name, type]),
          [
            ["id", "VARCHAR"],
            ["created_at", "TIMESTAMP WITH TIME ZONE"],
            ["of__at", "TIMESTAMP WITH TIME ZONE"],
            ["_rest", "VARCHAR"]
          ]
        )
        assert.deepStrictEqual(
          yield* DuckDb.query(
            `set timezone = 'UTC'; select strftime(created_at, '%xT%X'), strftime(of__at, '%Y-%m-%d %H:%M:%S'), _rest from '${file}'`
          ),
          [
            ["2027-01-15T08:00:00", "1970-01-01 00:00:00", null],
            [null, "1969-12-31 23:59:59", null],
            ["9999-12-31T23:59:59", "0001-01-01 00:00:00", null],
            [null, null, '{"created_at":253402300800,"of":{"at":-62135596801}}'],
            [null, null, '{"created_at":"soon","of":{"at":1.5}}']
          ]
        )
        assert.deepStrictEqual(
          yield* DuckDb.parquet(table, file),
          records.map(({ created_at, ...record }) => (created_at === null ? record : { ...record, created_at }))
        )
        assert.deepStrictEqual(
          yield* DuckDb.query(
            `select id from '${file}' where created_at > '2027-01-15 07:59:59Z' and created_at < '2028-01-01'`
          ),
          [["1"]]
        )
      })
    )

    // Megabytes, which take a while.
    if (often)
      it.effect("closes a group of few rows when they are large", () =>
        Effect.gen(function* () {
          const directory = yield* Disk.temporary
          const records = Array.from({ length: 3 }, (_, index) => ({
            ...FileSinkLaws.record(index),
            name: String(index).repeat(9_000_000)
          }))
          const receipt = yield* FileSinkLaws.run(Parquet.layer({ directory }), [{ records, quarantined: [] }])
          const file = `${directory}/${receipt.place}`
          assert.deepStrictEqual(
            yield* DuckDb.query(
              `select distinct row_group_id, row_group_num_rows from parquet_metadata('${file}') order by 1`
            ),
            [
              [0n, 2n],
              [1n, 1n]
            ]
          )
          assert.deepStrictEqual(
            yield* DuckDb.query(`select length(name), name[1] from '${file}' order by id`),
            records.map((_, index) => [9_000_000n, String(index)])
          )
        })
      )
  })
})
