/**
 * A sink that writes each resource to a file with a record a line: `contacts.ndjson`, or `contacts.ndjson.gz` and
 * `contacts.ndjson.zst`, which `zcat` and `zstd -dc` read.
 *
 * A line is the JSON of the record as it was received: the same fields and values in the same order, unknown ones
 * included, and numbers to their last digit. What is not kept is what JSON does not mean: white space, the escaping of
 * characters, the spelling of numbers (`1.0` is `1`), and the place of keys that look like array indexes, which come first.
 *
 * `internal/FileSink.ts` says what else is in the directory.
 */
import type * as Layer from "effect/Layer"
import type * as Compression from "./Compression.ts"
import * as FileSink from "./internal/FileSink.ts"
import * as NdjsonFormat from "./internal/NdjsonFormat.ts"
import type { Sink } from "./Sink.ts"

export interface Options {
  /** Created when it does not exist. */
  readonly directory: string
  /** @default none */
  readonly compression?: Compression.Format | undefined
}

/** What the sink needs of the machine. */
export type Environment = FileSink.Environment

export const layer = ({ compression, directory }: Options): Layer.Layer<Sink, never, Environment> =>
  FileSink.layer(NdjsonFormat.make(compression), { directory })
