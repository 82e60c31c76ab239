/**
 * A sink that writes each resource to a Parquet file: `contacts.parquet`.
 *
 * Its columns are those of the table (see `Table.ts`), `_rest` last, all of them optional: `STRING`, `JSON` (text
 * to readers that do not know the logical type), 64-bit integers, doubles and booleans. Times are `TIMESTAMP` in UTC, to
 * the millisecond (the API sends seconds); one outside of the years 1 to 9999, which not every reader knows, stands in
 * `_rest` as the number it was. Pages are compressed with Snappy, which every reader knows.
 *
 * A Parquet file cannot grow, so that an export collects the records first, compressed (`contacts.parquet.part`), and makes
 * the file of them when it finishes, a group of rows at a time. A group has 10,000 rows, or fewer that are 16 million
 * characters of JSON: the memory this takes does not grow with the export.
 */
import type * as Layer from "effect/Layer"
import * as FileSink from "./internal/FileSink.ts"
import * as ParquetFormat from "./internal/ParquetFormat.ts"
import type { Sink } from "./Sink.ts"

export interface Options {
  /** Created when it does not exist. */
  readonly directory: string
}

/** What the sink needs of the machine. */
export type Environment = FileSink.Environment

export const layer = ({ directory }: Options): Layer.Layer<Sink, never, Environment> =>
  FileSink.layer(ParquetFormat.format, { directory })

/** The type of a column. */
export const typeOf = ParquetFormat.typeOf
