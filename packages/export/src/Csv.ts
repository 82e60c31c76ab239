/**
 * A sink that writes each resource to a CSV file: `contacts.csv`, or `contacts.csv.gz` and `contacts.csv.zst`.
 *
 * The file is what RFC 4180 says: a header, lines that end in CRLF, fields in quotes where they have a comma, a quote or a
 * line break; in UTF-8, with a byte order mark where that is asked for. Its columns are those of the table (see `Table.ts`), `_rest` last.
 *
 * - An empty field stands for null, and `""` for an empty string: readers that know the difference keep it.
 * - Booleans are `true` and `false`; numbers are written as in JSON, times as the Unix seconds the API sends.
 * - Lists and objects are JSON.
 * - A text that a spreadsheet would run as a formula, as strangers may have written one, is guarded: it has an apostrophe in
 *   front, `'=1+1`. That is one that begins with `=`, `+`, `-`, `@`, their full-width forms, a tab or a line break, and is
 *   no number; and one that would be, but for apostrophes in front, so that taking one away gives back what was received.
 */
import type * as Layer from "effect/Layer"
import * as CsvFormat from "./internal/CsvFormat.ts"
import * as FileSink from "./internal/FileSink.ts"
import type { Sink } from "./Sink.ts"

export interface Options extends CsvFormat.Options {
  /** Created when it does not exist. */
  readonly directory: string
}

export type Formulas = CsvFormat.Formulas

/** What the sink needs of the machine. */
export type Environment = FileSink.Environment

export const layer = ({ directory, ...options }: Options): Layer.Layer<Sink, never, Environment> =>
  FileSink.layer(CsvFormat.make(options), { directory })
