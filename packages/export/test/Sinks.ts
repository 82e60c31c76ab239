/** Every kind of sink that needs no server, each at a place of its own, and how many lines or rows it holds. */
import * as Csv from "@effect-intercom/export/Csv"
import * as Memory from "@effect-intercom/export/Memory"
import * as Ndjson from "@effect-intercom/export/Ndjson"
import * as NodeExport from "@effect-intercom/export/NodeExport"
import * as NodeSha256 from "@effect-intercom/export/NodeSha256"
import * as NodeSqlite from "@effect-intercom/export/NodeSqlite"
import * as Parquet from "@effect-intercom/export/Parquet"
import type { Sink } from "@effect-intercom/export/Sink"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"

const inDirectory = (
  make: (
    directory: string
  ) => Layer.Layer<Sink, never, Layer.Success<typeof NodeExport.layer | typeof NodeServices.layer>>
) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    return make(yield* fs.makeTempDirectoryScoped({ prefix: "sink-" })).pipe(
      Layer.provide(NodeExport.layer),
      Layer.provide(NodeServices.layer)
    )
  }).pipe(Effect.provide(NodeServices.layer), Effect.orDie)

export const all = {
  memory: Effect.map(Memory.makeStore, (store) => Layer.provide(Memory.layer(store), NodeSha256.layer)),
  ndjson: inDirectory((directory) => Ndjson.layer({ directory })),
  csv: inDirectory((directory) => Csv.layer({ directory, compression: "gzip" })),
  parquet: inDirectory((directory) => Parquet.layer({ directory })),
  sqlite: inDirectory((directory) => NodeSqlite.layer({ file: `${directory}/workspace.db` }))
}
