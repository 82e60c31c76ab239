/// <reference types="node" />
/** Compression by Node's zlib: zstd since Node 22.15. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as Zlib from "node:zlib"
import { Compression, Damaged, type Format } from "./Compression.ts"
import { frameLength } from "./internal/ZstdFrames.ts"

const compressors = { gzip: Zlib.gzip, zstd: Zlib.zstdCompress } satisfies Record<Format, unknown>

const damaged = (error: unknown) => new Damaged({ description: error instanceof Error ? error.message : String(error) })

const gunzip = <E>(bytes: Stream.Stream<Uint8Array, E>): Stream.Stream<Uint8Array, E | Damaged> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const unzip = yield* Effect.acquireRelease(Effect.sync(Zlib.createGunzip), (unzip) =>
        Effect.sync(() => unzip.destroy())
      )
      const write = (chunk: Uint8Array) =>
        Effect.callback<void, Damaged>((resume) => {
          unzip.write(chunk, (error) => resume(error ? Effect.fail(damaged(error)) : Effect.void))
        })
      const feed = Effect.andThen(
        Stream.runForEach(bytes, write),
        Effect.sync(() => void unzip.end())
      )
      return Stream.merge(
        Stream.fromAsyncIterable<Uint8Array, Damaged>(unzip, damaged),
        Stream.drain(Stream.fromEffect(feed))
      )
    })
  )

const unzstdFrame = (frame: Uint8Array) =>
  Effect.callback<Uint8Array, Damaged>((resume) => {
    Zlib.zstdDecompress(frame, (error, bytes) => resume(error ? Effect.fail(damaged(error)) : Effect.succeed(bytes)))
  })

/** The frames that are complete, and the bytes of the next. */
const cut = (bytes: Uint8Array): Effect.Effect<readonly [Uint8Array, ReadonlyArray<Uint8Array>], Damaged> => {
  const frames: Array<Uint8Array> = []
  let start = 0
  while (start < bytes.length) {
    const length = frameLength(bytes, start)
    if (length === null) return Effect.fail(new Damaged({ description: "no zstd frame where one should start" }))
    if (length === undefined) break
    frames.push(bytes.subarray(start, start + length))
    start += length
  }
  return Effect.succeed([bytes.subarray(start), frames])
}

const concat = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}

const unzstd = <E>(bytes: Stream.Stream<Uint8Array, E>): Stream.Stream<Uint8Array, E | Damaged> =>
  bytes.pipe(
    Stream.map((chunk): Uint8Array | undefined => chunk),
    // The end, to notice what is left then.
    Stream.concat(Stream.succeed(undefined)),
    Stream.mapAccumEffect(
      (): Uint8Array => new Uint8Array(),
      (left, chunk) => {
        if (chunk !== undefined) return cut(concat(left, chunk))
        if (left.length > 0) return Effect.fail(new Damaged({ description: "unexpected end of file" }))
        return Effect.succeed([left, []] as const)
      }
    ),
    Stream.mapEffect(unzstdFrame)
  )

/** What compressing and Parquet sinks need, on Node. */
export const layer: Layer.Layer<Compression> = Layer.succeed(
  Compression,
  Compression.of({
    compress: (format, bytes) =>
      Effect.callback((resume) => {
        // Memory is all that can run out here.
        compressors[format](bytes, (error, compressed) =>
          resume(error ? Effect.die(error) : Effect.succeed(compressed))
        )
      }),
    decompress: (format) => (format === "gzip" ? gunzip : unzstd)
  })
)
