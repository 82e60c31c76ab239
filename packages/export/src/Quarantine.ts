/**
 * Records that did not fit their schema, as received, each with the reason: one JSON object a line in
 * `quarantine.ndjson`, for all resources of a directory.
 */
import type { Invalid } from "@effect-intercom/core/Pagination"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Stream from "effect/Stream"
import * as Files from "./internal/Files.ts"

/** A line of the quarantine. */
export interface Line {
  readonly resource: string
  readonly error: {
    readonly message: string
    /** Where the record differs from its schema. */
    readonly mismatches: ReadonlyArray<{ readonly path: string; readonly expected: string; readonly actual: string }>
  }
  /** As received. */
  readonly record: unknown
}

export const line = (resource: string, { error, raw }: Invalid): Line => ({
  resource,
  error: {
    // Not the error's own message: it has the id of the request, and a line should not differ between two exports.
    message: `${error.operation}: the record does not fit its schema`,
    mismatches: error.reason._tag === "DecodeError" ? error.reason.mismatches : []
  },
  record: raw
})

/**
 * Puts the lines of one finished resource (the file at `part`) into the quarantine at `path`, in place of those an
 * earlier export of the resource left there. Doing it twice does what doing it once does.
 */
export const merge = Effect.fnUntraced(function* (path: string, part: string, resource: string) {
  const fs = yield* FileSystem.FileSystem
  // It goes when it is merged.
  if (!(yield* Files.exists(part))) return
  const had = yield* Files.exists(path)
  const adds = (yield* Files.size(part)) > 0
  if (!had && !adds) return yield* Files.remove(part)

  const mine = `{"resource":${JSON.stringify(resource)},`
  const others = had
    ? fs.stream(path).pipe(
        Stream.decodeText(),
        Stream.splitLines,
        Stream.filter((text) => text !== "" && !text.startsWith(mine)),
        Stream.map((text) => `${text}\n`),
        Stream.encodeText
      )
    : Stream.empty
  const temporary = `${path}.tmp`
  yield* Files.at(path)(Stream.run(Stream.concat(others, fs.stream(part)), fs.sink(temporary)))
  yield* Files.sync(temporary)
  yield* Files.move(temporary, path)
  if ((yield* Files.size(path)) === 0) yield* Files.remove(path)
})
