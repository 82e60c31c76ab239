/** What is a list within records is rows of its own. */
import * as Export from "@effect-intercom/export/Export"
import { DuckDBInstance } from "@duckdb/node-api"
import * as NodeDuckDb from "@effect-intercom/export/NodeDuckDb"
import * as NodeExport from "@effect-intercom/export/NodeExport"
import * as NodeSqlite from "@effect-intercom/export/NodeSqlite"
import * as Resource from "@effect-intercom/export/Resource"
import { Simulator } from "@effect-intercom/simulator/Simulator"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { DatabaseSync } from "node:sqlite"
import * as Workspace from "./Workspace.ts"

interface Conversation {
  readonly id: string
  readonly conversation_parts: {
    readonly conversation_parts: ReadonlyArray<{
      readonly id: string
      readonly part_type: string
      readonly created_at: number
      readonly author: { readonly id: string }
    }>
  }
  readonly tags: { readonly tags: ReadonlyArray<{ readonly id: string; readonly name: string }> }
}

/** Every table that has lists. */
const tables = Object.values(Resource.all).flatMap(({ table }) => (table.lists === undefined ? [] : [table]))

describe("views", () => {
  it("are of lists that are columns, and have what the schema says of an entry", () => {
    for (const { columns, lists = [], name } of tables) {
      for (const { column, columns: of, name: view } of lists) {
        assert.strictEqual(columns.find((one) => one.name === column)?.kind, "json", `${name}: ${view}`)
        assert.isAtLeast(of.length, 1, view)
      }
    }
    const names = tables.flatMap(({ lists = [] }) => lists.map(({ name }) => name))
    assert.deepStrictEqual(names, [...new Set(names)])
    assert.isEmpty(names.filter((name) => Object.hasOwn(Resource.all, name)))
  })

  it.effect("are the same in DuckDB, with times as timestamps; the queries of the README run in both", () =>
    Effect.gen(function* () {
      yield* Workspace.setClock
      const fs = yield* FileSystem.FileSystem
      const directory = yield* fs.makeTempDirectoryScoped({ prefix: "views-" })
      const [lite, duck] = [`${directory}/workspace.db`, `${directory}/workspace.duckdb`]
      const names = ["conversations", "contacts", "tags"] as const
      for (const sink of [NodeSqlite.layer({ file: lite }), NodeDuckDb.layer({ file: duck })]) {
        yield* Workspace.collected(Export.run({ resources: [...names] })).pipe(
          Effect.provide(Layer.provide(sink, NodeExport.layer))
        )
      }
      const database = new DatabaseSync(lite)
      yield* Effect.addFinalizer(() => Effect.sync(() => database.close()))
      const instance = yield* Effect.acquireRelease(
        Effect.promise(() => DuckDBInstance.create(duck)),
        (instance) => Effect.sync(() => instance.closeSync())
      )
      const connection = yield* Effect.promise(() => instance.connect())
      const both = (sql: string) =>
        Effect.map(
          Effect.promise(() => connection.runAndReadAll(sql)),
          (found) => [
            found.getRowObjectsJson(),
            database
              .prepare(sql)
              .all()
              .map((row) => ({ ...row }))
          ]
        )
      for (const name of [...names, ...names]) {
        const { table } = Resource.all[name]
        database.exec(NodeSqlite.viewDefinitions(table))
        yield* Effect.promise(() => connection.run(NodeDuckDb.viewDefinitions(table)))
      }
      const parts = `SELECT conversation_id, CAST("position" AS text) AS place, id, part_type, body, author__id, author__name
        FROM conversation_parts ORDER BY conversation_id, "position"`
      const [found, expected] = yield* both(parts)
      assert.isNotEmpty(found)
      assert.deepStrictEqual(found, expected)
      const [type] = (yield* Effect.promise(() =>
        connection.runAndReadAll("SELECT typeof(created_at) FROM conversation_parts LIMIT 1")
      )).getRows()
      assert.deepStrictEqual(type, ["TIMESTAMP WITH TIME ZONE"])
      const readme = yield* fs.readFileString(`${import.meta.dirname}/../README.md`)
      const [, queries = ""] = /### Lists as rows[^]*?```sql\n([^]*?)```/.exec(readme) ?? []
      const all = queries.split(/;\n+/).filter((query) => query !== "")
      assert.lengthOf(all, 2)
      for (const query of all) {
        const [ducks, lites] = yield* both(query)
        assert.isNotEmpty(ducks, query)
        assert.strictEqual(ducks?.length, lites?.length, query)
      }
    }).pipe(
      Effect.scoped,
      Effect.provide(Workspace.layer({ ...Workspace.small, contacts: 20, conversations: 8 })),
      Effect.provide(NodeServices.layer)
    )
  )

  it.effect("have a row for each entry, with the key of its record, in SQLite", () =>
    Effect.gen(function* () {
      yield* Workspace.setClock
      const directory = yield* (yield* FileSystem.FileSystem).makeTempDirectoryScoped({ prefix: "views-" })
      const file = `${directory}/workspace.db`
      const layer = NodeSqlite.layer({ file }).pipe(Layer.provide(NodeExport.layer))
      yield* Workspace.collected(Export.run({ resources: ["conversations", "contacts", "tickets"] })).pipe(
        Effect.provide(layer)
      )
      const conversations = yield* Simulator.use(({ records }) =>
        Effect.map(Stream.runCollect(records("conversationDetails")), (lines) =>
          lines.map((line) => JSON.parse(line) as Conversation)
        )
      )
      const database = new DatabaseSync(file)
      // Twice, as after an update of this package.
      for (const name of ["conversations", "contacts", "tickets", "conversations"] as const) {
        database.exec(NodeSqlite.viewDefinitions(Resource.all[name].table))
      }
      const rows = (sql: string) =>
        database
          .prepare(sql)
          .all()
          .map((row) => ({ ...row }))
      assert.deepStrictEqual(
        rows(
          `SELECT conversation_id, position, id, part_type, created_at, author__id FROM conversation_parts ORDER BY conversation_id, position`
        ),
        conversations
          .flatMap(({ conversation_parts, id }) =>
            conversation_parts.conversation_parts.map((part, position) => ({
              conversation_id: id,
              position,
              id: part.id,
              part_type: part.part_type,
              created_at: part.created_at,
              author__id: part.author.id
            }))
          )
          .toSorted((a, b) =>
            a.conversation_id < b.conversation_id
              ? -1
              : a.conversation_id > b.conversation_id
                ? 1
                : a.position - b.position
          )
      )
      assert.strictEqual(
        rows("SELECT * FROM conversation_tags").length,
        conversations.reduce((sum, { tags }) => sum + tags.tags.length, 0)
      )
      assert.isNotEmpty(
        rows("SELECT contact_id, email, contact_tags.id FROM contact_tags JOIN contacts ON contacts.id = contact_id")
      )
      database.close()
    }).pipe(
      Effect.scoped,
      Effect.provide(Workspace.layer({ ...Workspace.small, contacts: 20, conversations: 8 })),
      Effect.provide(NodeServices.layer)
    )
  )
})
