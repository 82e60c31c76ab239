import * as Csv from "@effect-intercom/export/Csv"
import * as SinkLaws from "@effect-intercom/export/SinkLaws"
import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Disk from "./Disk.ts"
import * as DuckDb from "./DuckDb.ts"
import * as FileSinkLaws from "./FileSinkLaws.ts"

describe("Csv", () => {
  FileSinkLaws.tests({
    layer: (directory) => Csv.layer({ directory }),
    extension: "csv",
    step: 5,
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
            "thing,3,,=1+1,,,,,,,",
            ""
          ].join("\r\n")
        )
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
