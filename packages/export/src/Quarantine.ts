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

/** The lines of a resource begin with this. */
const prefix = (resource: string) => `{"resource":${JSON.stringify(resource)},`

const linesOf = (path: string) =>
  Stream.unwrap(
    Effect.map(FileSystem.FileSystem, (fs) =>
      fs.stream(path).pipe(
        Stream.decodeText(),
        Stream.splitLines,
        Stream.filter((text) => text !== "")
      )
    )
  )

const ofResource = (path: string, resource: string) => {
  const mine = prefix(resource)
  return Stream.filter(linesOf(path), (text) => text.startsWith(mine))
}

/** How many records of a resource are in the quarantine at `path`. */
export const count = Effect.fnUntraced(function* (path: string, resource: string) {
  return (yield* Files.exists(path)) ? yield* Files.at(path)(Stream.runCount(ofResource(path, resource))) : 0
})

/**
 * Puts the lines of one finished resource (the file at `part`) into the quarantine at `path`: in place of those an
 * earlier export of the resource left there, or after them. Doing it twice does what doing it once does.
 */
export const merge = Effect.fnUntraced(function* (
  path: string,
  part: string,
  resource: string,
  mode: "replace" | "merge" = "replace"
) {
  const fs = yield* FileSystem.FileSystem
  // It goes when it is merged.
  if (!(yield* Files.exists(part))) return
  const had = yield* Files.exists(path)
  const adds = (yield* Files.size(part)) > 0
  const isDone = had ? mode === "merge" && (yield* endsWith(path, part, resource)) : !adds
  if (isDone) return yield* Files.remove(part)

  const mine = prefix(resource)
  const others = had
    ? linesOf(path).pipe(
        Stream.filter((text) => mode === "merge" || !text.startsWith(mine)),
        Stream.map((text) => `${text}\n`),
        Stream.encodeText
      )
    : Stream.empty
  const temporary = `${path}.tmp`
  yield* Files.at(path)(Stream.run(Stream.concat(others, fs.stream(part)), fs.sink(temporary)))
  yield* Files.sync(temporary)
  yield* Files.move(temporary, path)
  if ((yield* Files.size(path)) === 0) yield* Files.remove(path)
  yield* Files.remove(part)
})

/** Whether the last lines of a resource are those of the part: an export that was killed here has merged it. */
const endsWith = Effect.fnUntraced(function* (path: string, part: string, resource: string) {
  const added = yield* Files.at(part)(Stream.runCount(linesOf(part)))
  const before = (yield* count(path, resource)) - added
  if (before < 0) return false
  const last = Stream.drop(ofResource(path, resource), before)
  const pairs = Stream.zipWith(last, linesOf(part), (a, b) => a === b)
  return yield* Files.at(path)(
    Stream.runFold(
      pairs,
      () => true,
      (all, same) => all && same
    )
  )
})
