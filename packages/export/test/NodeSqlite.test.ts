import { type Locked, type Reason } from "@effect-intercom/export/ExportError"
import * as NodeHost from "@effect-intercom/export/NodeHost"
import * as NodeSqlite from "@effect-intercom/export/NodeSqlite"
import { type Batch, type Connection, type Mode, Sink } from "@effect-intercom/export/Sink"
import type { Received, Table } from "@effect-intercom/export/Table"
import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as NodeCrypto from "node:crypto"
import { DatabaseSync } from "node:sqlite"
import * as TestClock from "effect/testing/TestClock"
import * as Fiber from "effect/Fiber"
import * as Disk from "./Disk.ts"

const people: Table = {
  name: "people",
  key: "id",
  columns: [
    { name: "id", path: ["id"], kind: "text" },
    { name: "age", path: ["age"], kind: "integer" },
    { name: "score", path: ["score"], kind: "real" },
    { name: "vip", path: ["vip"], kind: "boolean" },
    { name: "home__city", path: ["home", "city"], kind: "text" },
    { name: "tags", path: ["tags"], kind: "json" }
  ]
}

const events: Table = { name: "events", key: null, columns: [{ name: "name", path: ["name"], kind: "text" }] }

const batch = (records: ReadonlyArray<Received>, options: Partial<Batch> = {}): Batch => ({
  records,
  quarantined: [],
  ...options
})

const file = Effect.map(
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped({ prefix: "sqlite-" })),
  (directory) => `${directory}/out/workspace.sqlite`
)

/** Uses the sink as one process would. */
const session = <A, E, R>(file: string, use: (connection: Connection) => Effect.Effect<A, E, R>) =>
  Effect.scoped(
    Effect.flatMap(
      Sink.use(({ connect }) => connect),
      use
    )
  ).pipe(Effect.provide(NodeSqlite.layer({ file })))

/** An export from beginning to end. */
const exported = (file: string, table: Table, mode: Mode, ...batches: ReadonlyArray<Batch>) =>
  session(file, (connection) =>
    Effect.scoped(
      Effect.gen(function* () {
        const output = yield* connection.open(table, mode)
        for (const one of batches) yield* output.commit(one, "{}")
        const receipt = yield* output.finish(table.name)
        yield* output.forget
        return receipt
      })
    )
  )

/** Reads with SQLite itself. */
const query = (file: string, sql: string): ReadonlyArray<unknown> => {
  const database = new DatabaseSync(file, { readOnly: true })
  const rows = database.prepare(sql).all()
  database.close()
  return rows.map((row) => ({ ...row }))
}

const change = (file: string, sql: string): void => {
  const database = new DatabaseSync(file)
  database.exec(sql)
  database.close()
}

const ada = { id: "a", age: 36, score: 0.1, vip: true, home: { city: "London" }, tags: ["x", null], other: { é: 1 } }
const ben = { id: "b", age: null, score: 2, vip: false, home: { city: "Bonn", street: "Am Markt" }, tags: null }

const sha256 = (...lines: ReadonlyArray<string>) =>
  NodeCrypto.createHash("sha256")
    .update(lines.map((line) => `${line}\n`).join(""))
    .digest("hex")

describe("NodeSqlite", () => {
  layer(Layer.merge(Disk.layer, NodeHost.layer))((it) => {
    it.effect("keeps each record in a row of typed columns, and counts and hashes them in the order of their key", () =>
      Effect.gen(function* () {
        const path = yield* file
        const receipt = yield* exported(path, people, "replace", batch([ben]), batch([ada]))
        assert.deepStrictEqual(query(path, "SELECT * FROM people ORDER BY id"), [
          {
            id: "a",
            age: 36,
            score: 0.1,
            vip: 1,
            home__city: "London",
            tags: '["x",null]',
            _rest: '{"other":{"é":1}}'
          },
          {
            id: "b",
            age: null,
            score: 2,
            vip: 0,
            home__city: "Bonn",
            tags: null,
            _rest: '{"home":{"street":"Am Markt"}}'
          }
        ])
        assert.deepStrictEqual(
          query(path, "SELECT typeof(age) AS age, typeof(score) AS score FROM people WHERE id = 'a'"),
          [{ age: "integer", score: "real" }]
        )
        assert.deepStrictEqual(receipt, {
          place: "people",
          records: 2,
          bytes: null,
          sha256: sha256(
            '{"age":36,"home":{"city":"London"},"id":"a","other":{"é":1},"score":0.1,"tags":["x",null],"vip":true}',
            '{"home":{"city":"Bonn","street":"Am Markt"},"id":"b","score":2,"vip":false}'
          ),
          quarantined: 0
        })
      })
    )
  })
})
void [events, change, TestClock, Fiber] as unknown as [Locked, Reason]
