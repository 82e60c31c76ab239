/** All sinks of files, by how what they write ends. Each is loaded when it is the one: not everybody has Parquet files. */
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type { Sink } from "../Sink.ts"
import type { Environment, Options } from "./FileSink.ts"

type Make = (options: Options) => Layer.Layer<Sink, never, Environment>

const ndjson = Effect.promise(() => import("../Ndjson.ts"))
const csv = Effect.promise(() => import("../Csv.ts"))
const parquet = Effect.promise(() => import("../Parquet.ts"))

const makers: { readonly [extension: string]: Effect.Effect<Make> } = {
  ndjson: Effect.map(ndjson, ({ layer }) => layer),
  "ndjson.gz": Effect.map(
    ndjson,
    ({ layer }): Make =>
      ({ directory }) =>
        layer({ directory, compression: "gzip" })
  ),
  "ndjson.zst": Effect.map(
    ndjson,
    ({ layer }): Make =>
      ({ directory }) =>
        layer({ directory, compression: "zstd" })
  ),
  csv: Effect.map(csv, ({ layer }) => layer),
  "csv.gz": Effect.map(
    csv,
    ({ layer }): Make =>
      ({ directory }) =>
        layer({ directory, compression: "gzip" })
  ),
  "csv.zst": Effect.map(
    csv,
    ({ layer }): Make =>
      ({ directory }) =>
        layer({ directory, compression: "zstd" })
  ),
  parquet: Effect.map(parquet, ({ layer }) => layer)
}

const extensions = Object.keys(makers).toSorted((a, b) => b.length - a.length)

/** How the name of a finished file ends; `undefined` when no sink writes such a file. */
export const extensionOf = (name: string): string | undefined =>
  extensions.find((extension) => name.endsWith(`.${extension}`))

/** The sink that writes files which end like this. */
export const make = (extension: string): Effect.Effect<Make | undefined> => makers[extension] ?? Effect.undefined
