import * as NodeHost from "@effect-intercom/export/NodeHost"
import * as NodeSqlite from "@effect-intercom/export/NodeSqlite"
import * as SinkKit from "@effect-intercom/export/SinkKit"
import { describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import { DatabaseSync } from "node:sqlite"
import * as Disk from "./Disk.ts"
import { type SqlPlace, subject } from "./SqlPlace.ts"
import { scenarios } from "./SqlScenarios.ts"

const withDatabase = <A>(file: string, use: (database: DatabaseSync) => A): A => {
  const database = new DatabaseSync(file)
  const result = use(database)
  database.close()
  return result
}

/** A database in a new directory, which is not there yet. */
const place = Effect.map(
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped({ prefix: "sqlite-" })),
  (directory) => {
    const file = `${directory}/out/workspace.sqlite`
    return {
      file,
      layer: NodeSqlite.layer({ file }),
      query: (sql: string) =>
        Effect.sync(() =>
          withDatabase(file, (database) =>
            database
              .prepare(sql)
              .all()
              .map((row) => ({ ...row }))
          )
        ),
      json: String,
      boolean: (value: unknown) => value === 1
    } satisfies SqlPlace<unknown> & { readonly file: string }
  }
)

describe("NodeSqlite", () => {
  layer(Layer.merge(Disk.layer, NodeHost.layer))((it) => {
    for (const { check, name } of SinkKit.laws(Effect.map(place, subject))) it.effect(name, () => check)

    for (const [name, scenario] of Object.entries(scenarios)) it.effect(name, () => Effect.flatMap(place, scenario))
  })
})
