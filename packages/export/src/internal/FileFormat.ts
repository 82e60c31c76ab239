/** Kinds of files, wherever they are: in a directory, or as objects in a bucket. */
import * as Json from "@effect-intercom/core/Json"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { Compression, type Format as CompressionFormat } from "../Compression.ts"
import { FileFailed, type Reason, Unreadable } from "../ExportError.ts"
import type { Received, Table } from "../Table.ts"

/** A file that is read. */
export interface Source {
  /** For messages. */
  readonly path: string
  readonly size: Effect.Effect<number, Reason>
  readonly bytes: Stream.Stream<Uint8Array, Reason>
  /** So many bytes from a place in it. */
  readonly range: (start: number, length: number) => Effect.Effect<Uint8Array, Reason>
}

/** A kind of file. */
export interface FileFormat {
  /** Of the finished files: `ndjson.gz`. */
  readonly extension: string
  /** Of the part: what commits write. */
  readonly compression: CompressionFormat | undefined
  /** What the part starts with. */
  readonly header: (table: Table) => string
  /** A record, with the end of its line. */
  readonly line: (table: Table) => (record: Received) => string
  /** Makes the bytes of the finished file of the text of the part, where that is another one. */
  readonly convert?: (
    table: Table
  ) => <R>(text: Stream.Stream<string, Reason, R>) => Stream.Stream<Uint8Array, Reason, R>
  /** Back from the lines of the part, header and all, to its records: as received, or as far as their rows have it. */
  readonly parse: (
    table: Table,
    path: string
  ) => <R>(text: Stream.Stream<string, Reason, R>) => Stream.Stream<Received, Reason, R>
  /** Reads some columns of a finished file, where that is not as the part is. */
  readonly read?: (source: Source, columns: ReadonlyArray<string>) => Stream.Stream<Received, Reason, Compression>
  /** Counts the records of a finished file, whose bytes it reads once, to the end. */
  readonly count: (source: Source) => Effect.Effect<number, Reason, Compression>
}

/** What the bytes of a file say, when they are compressed. */
export const plain = <R>(
  compression: CompressionFormat | undefined,
  path: string,
  bytes: Stream.Stream<Uint8Array, Reason, R>
): Stream.Stream<Uint8Array, Reason, R | Compression> => {
  if (compression === undefined) return bytes
  return Stream.unwrap(
    Effect.gen(function* () {
      const { decompress } = yield* Compression
      const context = yield* Effect.context<R>()
      return decompress(compression)(Stream.provideContext(bytes, context)).pipe(
        Stream.mapError((error) =>
          error._tag === "Damaged" ? new FileFailed({ path, description: error.message, damaged: true }) : error
        )
      )
    })
  )
}

/** The values of lines of JSON; only this package writes them. */
export const jsonLines =
  <A>(path: string) =>
  <R>(text: Stream.Stream<string, Reason, R>): Stream.Stream<A, Reason, R> =>
    text.pipe(
      Stream.splitLines,
      Stream.filter((line) => line !== ""),
      Stream.mapEffect((line) =>
        // What was written by others is refused before; this package writes nothing else.
        Effect.try({ try: () => Json.parse(line) as A, catch: () => new Unreadable({ path }) })
      )
    )

/** What a finished file has in some of its columns, or in more. */
export const recordsIn = (
  { compression, parse, read }: FileFormat,
  table: Table,
  source: Source,
  columns: ReadonlyArray<string>
): Stream.Stream<Received, Reason, Compression> =>
  read === undefined
    ? parse(table, source.path)(Stream.decodeText(plain(compression, source.path, source.bytes)))
    : read(source, columns)
