/** What is told of an export before it is made is what it makes. */
import * as Description from "@effect-intercom/export/Description"
import * as NodeExport from "@effect-intercom/export/NodeExport"
import * as NodeSqlite from "@effect-intercom/export/NodeSqlite"
import * as Parquet from "@effect-intercom/export/Parquet"
import * as Resource from "@effect-intercom/export/Resource"
import { Sink } from "@effect-intercom/export/Sink"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { DatabaseSync } from "node:sqlite"

describe("a description", () => {
  it.effect("has the statements that make the tables of SQLite", () =>
    Effect.gen(function* () {
      const directory = yield* (yield* FileSystem.FileSystem).makeTempDirectoryScoped({ prefix: "description-" })
      const file = `${directory}/workspace.db`
      yield* Effect.gen(function* () {
        const { open } = yield* Sink.use(({ connect }) => connect)
        for (const { name, table } of Object.values(Resource.all)) {
          const { finish } = yield* open(table, "replace")
          yield* finish(name)
        }
      }).pipe(Effect.scoped, Effect.provide(NodeSqlite.layer({ file })), Effect.provide(NodeExport.layer))
      const made = new DatabaseSync(file)
      const told = new DatabaseSync(":memory:")
      for (const { table } of Object.values(Resource.all)) {
        told.exec(NodeSqlite.tableDefinition(table))
        const columns = (database: DatabaseSync) => database.prepare(`PRAGMA table_info("${table.name}")`).all()
        assert.deepStrictEqual(columns(told), columns(made))
      }
      made.close()
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it("has the JSON Schema of records, of several under their names", () => {
    const tags: unknown = Description.jsonSchema(["tags"])
    assert.deepInclude(tags, { title: "tags", type: "object", required: ["type", "id"] })
    const both = Description.jsonSchema(["tags", "contacts"]) as { readonly $defs: Readonly<Record<string, unknown>> }
    assert.includeMembers(Object.keys(both.$defs), ["tags", "contacts"])
    for (const reference of JSON.stringify(Description.jsonSchema(Resource.everything)).matchAll(/"\$ref":"(.*?)"/g)) {
      assert.match(reference[1] ?? "", /^#\/\$defs\//)
    }
  })

  it("has a row for each column, with its field where that has another name, and what its numbers are", () => {
    const { table } = Resource.all.companies
    const rows = Description.markdown(table, ({ kind }) => kind).split("\n")
    assert.strictEqual(rows.length, 4 + table.columns.length + 2)
    assert.includeMembers(rows, [
      "## companies",
      "| `id` | text | the key |",
      "| `plan__name` | text | `plan.name` |",
      "| `created_at` | integer | Unix seconds |"
    ])
    assert.include(Description.markdown(table, Parquet.typeOf), "| `created_at` | TIMESTAMP (UTC, ms) |  |")
  })
})
