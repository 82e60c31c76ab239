/**
 * Records that are set apart, as received, each with the reason: they have no identity, or cannot be stored; in a strict
 * export, they do not fit their schema. One JSON object a line in `quarantine.ndjson`, for all resources of a directory.
 */
import type { Invalid } from "@effect-intercom/core/Pagination"
import * as Json from "@effect-intercom/core/Json"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as Files from "./internal/Files.ts"
import { Sha256 } from "./Sha256.ts"
import type { Receipt } from "./Sink.ts"
import * as Table from "./Table.ts"

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

/** A line as it is written, with its end. */
export const text = ({ error, record, resource }: Line): string => `${Json.stringify({ resource, error, record })}\n`

type Named = Pick<Table.Table, "formerly" | "name">

/** Whether a line is one of the table's: it begins with its name, or with one it had. */
const isOf = (table: Named) => {
  const prefixes = Table.namesOf(table).map((name) => `{"resource":${JSON.stringify(name)},`)
  return (text: string): boolean => prefixes.some((prefix) => text.startsWith(prefix))
}

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

/** What a receipt says of a quarantine. */
export type Summary = Pick<Receipt, "quarantined" | "quarantineSha256">

/** How many lines there are, and their digest. */
export const summary = Effect.fnUntraced(function* <E, R>(lines: Stream.Stream<string, E, R>) {
  const hash = yield* (yield* Sha256).make
  const encoder = new TextEncoder()
  const quarantined = yield* Stream.runFoldEffect(
    lines,
    () => 0,
    (count, line) => Effect.as(hash.update(encoder.encode(`${line}\n`)), count + 1)
  )
  return (quarantined === 0 ? { quarantined } : { quarantined, quarantineSha256: yield* hash.hex }) satisfies Summary
})

/** The records of a resource in the quarantine at `path`. */
export const read = Effect.fnUntraced(function* (path: string, table: Named) {
  const isThere = yield* Files.exists(path)
  return yield* Files.reading(path)(summary(isThere ? Stream.filter(linesOf(path), isOf(table)) : Stream.empty))
})

/**
 * Puts the lines of one finished resource (the file at `part`) into the quarantine at `path`: in place of those an
 * earlier export of the resource left there, or after them. A record stands there once: of two lines with one `key`, or
 * of the same record without key, the later stays. So doing it twice does what doing it once does. It is made
 * at `temporary`, and moved.
 */
export const merge = Effect.fnUntraced(function* (
  path: string,
  part: string,
  table: Named & Pick<Table.Table, "key">,
  mode: "replace" | "merge" = "replace",
  temporary = `${path}.tmp`
) {
  const fs = yield* FileSystem.FileSystem
  // It goes when it is merged.
  if (!(yield* Files.exists(part))) return
  const had = yield* Files.exists(path)
  if (!had && (yield* Files.size(part)) === 0) return yield* Files.remove(part)

  const { key } = table
  const isMine = isOf(table)
  const fresh = new Set<string>()
  if (mode === "merge") {
    yield* Files.at(part)(
      Stream.runForEach(linesOf(part), (text) => Effect.sync(() => void fresh.add(identityOf(text, key))))
    )
  }
  const stays = (text: string) => !isMine(text) || (mode === "merge" && !fresh.has(identityOf(text, key)))
  const others = had
    ? linesOf(path).pipe(
        Stream.filter(stays),
        Stream.map((text) => `${text}\n`),
        Stream.encodeText
      )
    : Stream.empty
  yield* Files.at(path)(Stream.run(Stream.concat(others, fs.stream(part)), fs.sink(temporary)))
  yield* Files.sync(temporary)
  const isEmpty = (yield* Files.size(temporary)) === 0
  if (isEmpty && had) yield* Files.move(path, temporary)
  if (isEmpty) yield* Files.remove(temporary)
  else yield* Files.move(temporary, path)
  yield* Files.remove(part)
})

/** What tells a quarantined record apart from others of its resource: its key, or where it has none, all of it. */
export const identity = (record: unknown, key: string | null): string => {
  if (typeof record !== "object" || record === null || key === null) return Json.stringify(record)
  const value: unknown = Json.digits(record, key) ?? Reflect.get(record, key)
  return (typeof value === "string" && value !== "") || typeof value === "number"
    ? `key ${value}`
    : Json.stringify(record)
}

/** The same of a line as it is written. One that is damaged stays what it is. */
export const identityOf = (text: string, key: string | null): string =>
  Result.try(() => Json.parse(text)).pipe(
    Result.map((line) =>
      typeof line === "object" && line !== null && "record" in line ? identity(line.record, key) : text
    ),
    Result.getOrElse(() => text)
  )
