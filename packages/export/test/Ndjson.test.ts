import * as Json from "@effect-intercom/core/Json"
import * as Ndjson from "@effect-intercom/export/Ndjson"
import * as SinkLaws from "@effect-intercom/export/SinkLaws"
import type { Received } from "@effect-intercom/export/Table"
import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Zlib from "node:zlib"
import * as Disk from "./Disk.ts"
import * as FileSinkLaws from "./FileSinkLaws.ts"

/** Node reads one frame, and tells how long it was. */
const unzstd = (bytes: Uint8Array): string => {
  const texts: Array<string> = []
  for (let at = 0; at < bytes.length;) {
    // With `info`, it gives more than its types say.
    const { buffer, engine } = Zlib.zstdDecompressSync(bytes.subarray(at), { info: true }) as unknown as {
      readonly buffer: Buffer
      readonly engine: { readonly bytesWritten: number }
    }
    texts.push(buffer.toString())
    at += engine.bytesWritten
  }
  return texts.join("")
}

const readers = {
  ndjson: (bytes: Uint8Array) => Buffer.from(bytes).toString(),
  "ndjson.gz": (bytes: Uint8Array) => Zlib.gunzipSync(bytes).toString(),
  "ndjson.zst": unzstd
}

for (const compression of [undefined, "gzip", "zstd"] as const) {
  const extension = compression === undefined ? "ndjson" : compression === "gzip" ? "ndjson.gz" : "ndjson.zst"
  const text = (path: string) =>
    Effect.map(
      Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFile(path)),
      readers[extension]
    )
  describe(`Ndjson, ${compression ?? "plain"}`, () => {
    FileSinkLaws.tests({
      layer: (directory) => Ndjson.layer({ directory, compression }),
      extension,
      step: compression === undefined ? 5 : 11,
      records: (_, path) =>
        Effect.map(text(path), (text) =>
          text
            .split("\n")
            .filter((line) => line !== "")
            // A line is an object.
            .map((line) => Json.parse(line) as Received)
        )
    })

    layer(Disk.layer)((it) => {
      it.effect("writes a record a line, as received, and nothing else", () =>
        Effect.gen(function* () {
          const directory = yield* Disk.temporary
          const records = [
            { z: null, a: "Zoë 😀 \u2028", id: "1" },
            { id: "2", n: 1.5, list: [{ b: 1, a: 2 }], lone: "\ud800" }
          ]
          const receipt = yield* FileSinkLaws.run(Ndjson.layer({ directory, compression }), [
            { records, quarantined: [] }
          ])
          assert.deepStrictEqual(Object.keys(yield* Disk.contents(directory)), ["manifest.json", receipt.place])
          assert.strictEqual(receipt.place, `things.${extension}`)
          assert.strictEqual(
            yield* text(`${directory}/${receipt.place}`),
            records.map((record) => `${JSON.stringify(record)}\n`).join("")
          )
        })
      )

      it.effect("keeps no plain copy, and little beside the part", () =>
        Effect.gen(function* () {
          if (compression === undefined) return
          const directory = yield* Disk.temporary
          const records = Array.from({ length: 20_000 }, (_, index) => FileSinkLaws.record(index))
          yield* FileSinkLaws.session(Ndjson.layer({ directory, compression }), ({ open }) =>
            Effect.flatMap(open(SinkLaws.things, "replace"), ({ commit }) =>
              commit({ records, quarantined: [] }, () => "1")
            )
          )
          const files = yield* Disk.contents(directory)
          assert.deepStrictEqual(Object.keys(files), [
            ".export/things.checkpoint.json",
            `.export/things.${extension}.part`
          ])
          const plain = records.map((record) => JSON.stringify(record)).join("\n").length
          assert.isBelow(Object.values(files).join("").length, plain / 2)
        })
      )
    })
  })
}
