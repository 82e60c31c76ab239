import { Compression, type Damaged } from "@effect-intercom/export/Compression"
import * as NodeCompression from "@effect-intercom/export/NodeCompression"
import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Zlib from "node:zlib"

const encode = (text: string) => new TextEncoder().encode(text)

// Texts that compress well, hardly, and to nothing.
const texts = ["abc\n", "", "x".repeat(300_000), Array.from({ length: 1500 }, (_, n) => String(n * n * 7919)).join("")]

/** The bytes in chunks of a size. */
const chunked = (bytes: Uint8Array, size: number) =>
  Stream.fromIterable(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.slice(index * size, (index + 1) * size))
  )

const decompressed = <E>(
  format: "gzip" | "zstd",
  bytes: Stream.Stream<Uint8Array, E>
): Effect.Effect<string, E | Damaged, Compression> =>
  Effect.flatMap(Compression, ({ decompress }) => Stream.mkString(Stream.decodeText(decompress(format)(bytes))))

describe("NodeCompression", () => {
  layer(NodeCompression.layer)((it) => {
    for (const format of ["gzip", "zstd"] as const) {
      it.effect(`gives back what it compressed, however many ${format} members, whatever the chunks`, () =>
        Effect.gen(function* () {
          const { compress } = yield* Compression
          const members = yield* Effect.forEach(texts, (text) => compress(format, encode(text)))
          const file = new Uint8Array(Buffer.concat(members))
          for (const size of [1, 7, 65_536, file.length]) {
            assert.strictEqual(yield* decompressed(format, chunked(file, size)), texts.join(""), `chunks of ${size}`)
          }
        })
      )

      it.effect(`compresses ${format} the same way each time`, () =>
        Effect.gen(function* () {
          const { compress } = yield* Compression
          const [a, b] = yield* Effect.forEach([1, 2], () => compress(format, encode(texts.join(""))))
          assert.deepStrictEqual(a, b)
        })
      )

      it.effect(`notices damaged ${format}, and passes on what else went wrong`, () =>
        Effect.gen(function* () {
          const { compress } = yield* Compression
          const file = yield* compress(format, encode(texts.join("")))
          const cut = yield* Effect.flip(decompressed(format, chunked(file.slice(0, -5), 1000)))
          assert.match(cut.message, /^The compressed data is damaged: unexpected end of file$/)
          const other = yield* Effect.flip(decompressed(format, chunked(encode("not compressed at all"), 1000)))
          assert.strictEqual(other._tag, "Damaged")
          const failing = Stream.concat(chunked(file, 1000), Stream.fail("unplugged" as const))
          assert.strictEqual(yield* Effect.flip(decompressed(format, failing)), "unplugged")
        })
      )
    }

    it.effect("finds the ends of zstd frames of every kind", () =>
      Effect.gen(function* () {
        const { ZSTD_c_checksumFlag, ZSTD_c_compressionLevel, ZSTD_c_contentSizeFlag } = Zlib.constants
        const frames = texts.flatMap((text) =>
          [
            {},
            { [ZSTD_c_checksumFlag]: 1 },
            { [ZSTD_c_contentSizeFlag]: 0 },
            { [ZSTD_c_contentSizeFlag]: 0, [ZSTD_c_checksumFlag]: 1, [ZSTD_c_compressionLevel]: 19 }
          ].map((params) => Zlib.zstdCompressSync(text, { params }))
        )
        const skippable = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3])
        const file = new Uint8Array(Buffer.concat(frames.flatMap((frame) => [frame, skippable])))
        const expected = texts.flatMap((text) => [text, text, text, text]).join("")
        assert.strictEqual(yield* decompressed("zstd", chunked(file, 1001)), expected)
      })
    )
  })
})
