/** Records as lines of JSON, as files and objects have them. */
import * as Json from "@effect-intercom/core/Json"
import type * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Compression from "../Compression.ts"
import type { Reason } from "../ExportError.ts"
import type { Received } from "../Table.ts"
import * as FileSink from "./FileSink.ts"

export interface NdjsonFormat extends FileSink.Format {
  readonly count: <R>(
    file: string,
    bytes: Stream.Stream<Uint8Array, Reason, R>
  ) => Effect.Effect<number, Reason, R | Compression.Compression>
}

export const make = (compression: Compression.Format | undefined): NdjsonFormat => ({
  extension: compression === undefined ? "ndjson" : `ndjson.${Compression.extensions[compression]}`,
  compression,
  header: () => "",
  line: () => (record) => `${Json.stringify(record)}\n`,
  parse: (_, file) => FileSink.jsonLines<Received>(file),
  count: (file, bytes) => Stream.runFold(FileSink.plain(compression, file, bytes), () => 0, addLines)
})

const newline = 10

const addLines = (sum: number, bytes: Uint8Array): number => {
  let count = sum
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) count += 1
  return count
}
