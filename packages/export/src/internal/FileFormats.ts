/** All kinds of files, by how their names end. Parquet is loaded when it is the one: not everybody has such files. */
import * as Effect from "effect/Effect"
import * as Compression from "../Compression.ts"
import * as CsvFormat from "./CsvFormat.ts"
import type { FileFormat } from "./FileFormat.ts"
import * as NdjsonFormat from "./NdjsonFormat.ts"

/** Which kind, and how it is written. */
export type Options =
  | {
      /** Lines of JSON, or tables as `Csv` and `Parquet` have them. @default "ndjson" */
      readonly format?: "ndjson" | undefined
      /** @default none */
      readonly compression?: Compression.Format | undefined
    }
  | ({ readonly format: "csv" } & CsvFormat.Options)
  | { readonly format: "parquet"; readonly compression?: undefined }

const parquet = Effect.map(
  Effect.promise(() => import("./ParquetFormat.ts")),
  ({ format }) => format
)

export const make = (options: Options): Effect.Effect<FileFormat> => {
  if (options.format === "parquet") return parquet
  return Effect.succeed(options.format === "csv" ? CsvFormat.make(options) : NdjsonFormat.make(options.compression))
}

const compressed = (format: "ndjson" | "csv"): ReadonlyArray<readonly [string, Effect.Effect<FileFormat>]> => [
  [format, make({ format })],
  ...Object.entries(Compression.extensions).map(
    // The keys of that record.
    ([compression, end]) =>
      [`${format}.${end}`, make({ format, compression: compression as Compression.Format })] as const
  )
]

const all = new Map([...compressed("ndjson"), ...compressed("csv"), ["parquet", parquet] as const])

/** How the name of a finished file ends; `undefined` when it is none of these. */
export const extensionOf = (name: string): string | undefined =>
  [...all.keys()].find((extension) => name.endsWith(`.${extension}`))

/** The kind of a finished file of this name. */
export const ofName = (name: string): Effect.Effect<FileFormat | undefined> =>
  all.get(extensionOf(name) ?? "") ?? Effect.undefined
