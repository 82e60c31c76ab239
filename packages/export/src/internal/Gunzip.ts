/** Unpacks gzip as it comes, by what Node and browsers have; what is not packed stays as it is. */
import { DecodeError, IntercomError } from "@effect-intercom/core/IntercomError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Sink from "effect/Sink"
import * as Stream from "effect/Stream"

const operation = {
  operation: "DataExports.download",
  method: "GET",
  path: "/download/content/data/{job_identifier}"
} as const

const damaged = () =>
  new IntercomError({
    ...operation,
    reason: new DecodeError({
      status: 200,
      kind: "malformed",
      mismatches: [{ path: "", expected: "a file packed by gzip", actual: "one that is cut off, or damaged" }],
      body: ""
    })
  })

const isPacked = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b

/** It takes any kind of bytes, these among them. */
const unzip = () => new DecompressionStream("gzip") as ReadableWritablePair<Uint8Array, Uint8Array>

/** The bytes within, whatever they came as. */
export const whole = <E, R>(bytes: Stream.Stream<Uint8Array, E, R>): Stream.Stream<Uint8Array, E | IntercomError, R> =>
  Stream.unwrap(
    Effect.gen(function* (): Effect.fn.Return<Stream.Stream<Uint8Array, E | IntercomError>, E, R | Scope.Scope> {
      const [head, rest] = yield* Stream.peel(bytes, Sink.head<Uint8Array>())
      if (Option.isNone(head)) return Stream.empty
      const all = Stream.concat(Stream.succeed(head.value), rest)
      if (!isPacked(head.value)) return all
      // What the download fails with is no damage of the file.
      let failure: E | undefined
      const packed = yield* Stream.toReadableStreamEffect(
        Stream.tapError(all, (error) => Effect.sync(() => (failure = error)))
      )
      return Stream.fromReadableStream({
        evaluate: () => packed.pipeThrough(unzip()),
        onError: () => failure ?? damaged()
      })
    })
  )
