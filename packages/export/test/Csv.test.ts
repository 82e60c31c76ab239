import * as Csv from "@effect-intercom/export/Csv"
import * as SinkLaws from "@effect-intercom/export/SinkLaws"
import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Stream from "effect/Stream"
import * as Disk from "./Disk.ts"
import * as DuckDb from "./DuckDb.ts"
import * as FileSinkLaws from "./FileSinkLaws.ts"

describe("Csv", () => {
  FileSinkLaws.tests({
    layer: (directory) => Csv.layer({ directory }),
    extension: "csv",
    step: 13,
    records: DuckDb.csv
  })

  layer(Disk.layer)((it) => {
    it.effect("writes a header, CRLF, and quotes where they are needed", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const directory = yield* Disk.temporary
        const records = [
          { type: "thing", id: "1", name: 'a "b", c', count: -3, ratio: 1e21, flag: true, tags: ["x,y"] },
          { type: "thing", id: "2", name: "", owner: 7, place: { city: " c\r\nd", zip: 1 } },
          { type: "thing", id: "3", name: "=1+1" }
        ]
        yield* FileSinkLaws.run(Csv.layer({ directory }), [{ records, quarantined: [] }])
        assert.strictEqual(
          yield* fs.readFileString(`${directory}/things.csv`),
          [
            "type,id,owner,name,count,ratio,flag,tags,place__city,place__spot__x,_rest",
            'thing,1,,"a ""b"", c",-3,1e+21,true,"[""x,y""]",,,',
            'thing,2,7,"",,,,," c\r\nd",,"{""owner"":7,""place"":{""zip"":1}}"',
            "thing,3,,'=1+1,,,,,,,",
            ""
          ].join("\r\n")
        )
      })
    )

    const texts = {
      "=HYPERLINK(1)": "'=HYPERLINK(1)",
      "@SUM(1)": "'@SUM(1)",
      "-2+3": "'-2+3",
      "+1-555-0100": "'+1-555-0100",
      "＝1": "'＝1",
      "\tx": "'\tx",
      "'=1": "''=1",
      "''": "''",
      "'t": "'t",
      "-": "'-",
      "-5": "-5",
      "+353 87 123 4567": "+353 87 123 4567",
      "-1.5e-10": "-1.5e-10",
      "1+1": "1+1",
      " =1": " =1"
    }

    it.effect("guards a spreadsheet from formulas that strangers wrote, and gives them back when it resumes", () =>
      Effect.gen(function* () {
        const directory = yield* Disk.temporary
        const records = Object.keys(texts).map((name, index) => ({ type: "thing", id: `${100 + index}`, name }))
        const sink = Csv.layer({ directory })
        const resumed = yield* FileSinkLaws.session(sink, ({ open }) =>
          Effect.andThen(
            Effect.scoped(
              Effect.flatMap(open(SinkLaws.things, "replace"), ({ commit }) =>
                commit({ records, quarantined: [] }, () => "1")
              )
            ),
            Effect.flatMap(open(SinkLaws.things, "replace"), ({ written }) => Stream.runCollect(written.records))
          )
        )
        assert.deepStrictEqual(resumed, records)
        for (const [formulas, written] of [
          ["guarded", Object.values(texts)],
          ["verbatim", Object.keys(texts)]
        ] as const) {
          const place = yield* Disk.temporary
          yield* FileSinkLaws.run(Csv.layer({ directory: place, formulas }), [{ records, quarantined: [] }])
          const found = yield* DuckDb.csv(SinkLaws.things, `${place}/things.csv`, (value) => value)
          assert.deepStrictEqual(
            found.map(({ name }) => name),
            written
          )
        }
      })
    )

    it.effect("begins with a byte order mark when told so, of which readers and a resumed export take no notice", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        for (const compression of [undefined, "gzip"] as const) {
          const directory = yield* Disk.temporary
          const records = [FileSinkLaws.record(1), FileSinkLaws.record(2)]
          const sink = Csv.layer({ directory, compression, bom: true })
          const receipt = yield* FileSinkLaws.run(sink, [{ records, quarantined: [] }])
          const file = `${directory}/${receipt.place}`
          if (compression === undefined) {
            assert.deepStrictEqual(
              [...(yield* fs.readFile(file)).subarray(0, 7)],
              [0xef, 0xbb, 0xbf, ...Buffer.from("type")]
            )
          }
          assert.strictEqual(receipt.records, 2)
          assert.deepStrictEqual(yield* DuckDb.csv(SinkLaws.things, file), records)
          const { written } = yield* FileSinkLaws.session(sink, ({ open }) =>
            Effect.gen(function* () {
              const { commit } = yield* open(SinkLaws.things, "replace")
              yield* commit({ records, quarantined: [] }, () => "1")
              const again = yield* open(SinkLaws.things, "replace")
              return { written: yield* Stream.runCollect(again.written.records) }
            })
          )
          assert.deepStrictEqual(written, records)
        }
      })
    )

    it.effect("an export of nothing is a header", () =>
      Effect.gen(function* () {
        const directory = yield* Disk.temporary
        const receipt = yield* FileSinkLaws.run(Csv.layer({ directory }), [])
        assert.strictEqual(receipt.records, 0)
        const { "things.csv": text = "" } = yield* Disk.contents(directory)
        assert.match(text, /^type,id,.*,_rest\r\n$/)
      })
    )

    for (const compression of ["gzip", "zstd"] as const) {
      it.effect(`is compressed with ${compression} when told so`, () =>
        Effect.gen(function* () {
          const directory = yield* Disk.temporary
          const records = Array.from({ length: 5000 }, (_, index) => FileSinkLaws.record(index))
          const sink = Csv.layer({ directory, compression })
          const receipt = yield* FileSinkLaws.run(sink, [{ records, quarantined: [] }])
          const found = yield* DuckDb.csv(SinkLaws.things, `${directory}/${receipt.place}`)
          assert.deepStrictEqual(found, records)
          const audit = FileSinkLaws.session(sink, ({ audit }) => audit(SinkLaws.things, receipt.place))
          assert.deepStrictEqual(yield* audit, receipt)
        })
      )
    }
  })
})
