/** What is expected of all databases beyond the laws of sinks. */
import type { Reason } from "@effect-intercom/export/ExportError"
import { Sink } from "@effect-intercom/export/Sink"
import type { Table } from "@effect-intercom/export/Table"
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as NodeCrypto from "node:crypto"
import { batch, exported, type Row, session, type SqlPlace } from "./SqlPlace.ts"

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

/** As an earlier version may have had it. */
const earlier: Table = { ...people, columns: people.columns.filter(({ name }) => name !== "age" && name !== "vip") }

const other: Table = {
  ...people,
  columns: people.columns.map((column) => (column.name === "score" ? { ...column, kind: "text" } : column))
}

const ada = { id: "a", age: 36, score: 0.1, vip: true, home: { city: "London" }, tags: ["x", null], other: { é: 1 } }
const ben = { id: "b", age: null, score: 2, vip: false, home: { city: "Bonn", street: "Am Markt" } }
/** Numbers are keys too, in the order of their digits. */
const cyd = { id: 12, age: "unknown" }

const sha256 = (...lines: ReadonlyArray<string>) =>
  NodeCrypto.createHash("sha256")
    .update(lines.map((line) => `${line}\n`).join(""))
    .digest("hex")

const lines = [
  '{"age":"unknown","id":12}',
  '{"age":36,"home":{"city":"London"},"id":"a","other":{"é":1},"score":0.1,"tags":["x",null],"vip":true}',
  '{"home":{"city":"Bonn","street":"Am Markt"},"id":"b","score":2,"vip":false}'
]

const unfit = (id: unknown, message = "does not fit") => ({
  resource: "people",
  error: { message, mismatches: [{ path: "age", expected: "number", actual: "string" }] },
  record: { id }
})

const reasonOf = <A, R>(effect: Effect.Effect<A, Reason, R>): Effect.Effect<Reason, A, R> => Effect.flip(effect)

const message = <A, R>(effect: Effect.Effect<A, Reason, R>) => Effect.map(reasonOf(effect), ({ message }) => message)

const names = (rows: ReadonlyArray<Row>) => rows.map(({ id, name }) => id ?? name)

/** The database's part of a sink's name: messages have it. */
const databaseOf = <R>(place: SqlPlace<R>) =>
  Effect.provide(
    Sink.useSync(({ name }) => name.replace(/^(?:sqlite|duckdb):/, "")),
    place.layer
  )

type Scenario = <R>(place: SqlPlace<R>) => Effect.Effect<void, unknown, R | Scope.Scope>

export const scenarios: Readonly<Record<string, Scenario>> = {
  "a record is a row of typed columns; the digest is of canonical JSON, in the order of the key": (place) =>
    Effect.gen(function* () {
      const { boolean, json, query } = place
      const receipt = yield* exported(place, people, "replace", batch([ben, ada]), batch([cyd]))
      assert.deepStrictEqual(receipt, {
        place: "people",
        records: 3,
        bytes: null,
        sha256: sha256(...lines),
        quarantined: 0
      })
      const rows = yield* query("SELECT * FROM people WHERE score + 0.5 < 1 AND age % 2 = 0 AND vip")
      assert.deepStrictEqual(
        rows.map(({ _rest, age, tags, vip, ...row }) => ({
          ...row,
          age: Number(age),
          vip: boolean(vip),
          tags: JSON.parse(json(tags)) as unknown,
          _rest: JSON.parse(json(_rest)) as unknown
        })),
        [
          {
            id: "a",
            age: 36,
            score: 0.1,
            vip: true,
            home__city: "London",
            tags: ["x", null],
            _rest: { other: { é: 1 } }
          }
        ] as ReadonlyArray<unknown>
      )
      assert.deepStrictEqual(names(yield* query("SELECT id FROM people WHERE tags IS NULL ORDER BY id")), ["12", "b"])
    }),

  "an integer can be the key": (place) =>
    Effect.gen(function* () {
      const table: Table = { name: "numbered", key: "id", columns: [{ name: "id", path: ["id"], kind: "integer" }] }
      const receipt = yield* exported(place, table, "replace", batch([{ id: 10 }, { id: 9 }, { id: 10, a: 1 }]))
      assert.strictEqual(receipt.sha256, sha256('{"id":9}', '{"a":1,"id":10}'))
    }),

  "a record without a key is kept in the quarantine": (place) =>
    Effect.gen(function* () {
      const receipt = yield* exported(place, people, "replace", batch([ada, { age: 1 }, { id: null, age: 2 }]))
      assert.deepStrictEqual([receipt.records, receipt.quarantined], [1, 2])
      const rows = yield* place.query("SELECT message, record FROM _intercom_quarantine ORDER BY _position")
      assert.deepStrictEqual(
        rows.map(({ message, record }) => [message, JSON.parse(place.json(record))]),
        [
          ["The record has no id that its table could know it by", { age: 1 }],
          ["The record has no id that its table could know it by", { id: null, age: 2 }]
        ]
      )
    }),

  "what was quarantined goes when the record comes again": (place) =>
    Effect.gen(function* () {
      const before = [unfit("a", "once"), unfit("b", "once"), unfit("c", "once")]
      yield* exported(place, people, "replace", batch([], { quarantined: before }))
      const again = batch([ada], { quarantined: [unfit("b", "twice")] })
      const receipt = yield* exported(place, people, "merge", again)
      assert.deepStrictEqual([receipt.records, receipt.quarantined], [1, 2])
      const rows = yield* place.query("SELECT key, message FROM _intercom_quarantine ORDER BY key")
      assert.deepStrictEqual(
        rows.map(({ key, message }) => [key, message]),
        [
          ["b", "twice"],
          ["c", "once"]
        ]
      )
    }),

  "a full export keeps the table, with the views on it and columns of others; it adds those that are new": (place) =>
    Effect.gen(function* () {
      yield* exported(place, earlier, "replace", batch([ada, cyd]))
      yield* place.query("CREATE VIEW adults AS SELECT id, home__city FROM people")
      yield* place.query("ALTER TABLE people ADD COLUMN note text")
      yield* place.query("UPDATE people SET note = 'mine'")
      const receipt = yield* exported(place, people, "replace", batch([ada, ben]))
      assert.deepStrictEqual([receipt.records, receipt.sha256], [2, sha256(...lines.slice(1))])
      assert.deepStrictEqual(names(yield* place.query("SELECT id FROM adults ORDER BY id")), ["a", "b"])
      const notes = yield* place.query("SELECT id, note FROM people ORDER BY id")
      assert.deepStrictEqual(
        notes.map(({ id, note }) => [id, note]),
        [
          ["a", "mine"],
          ["b", null]
        ]
      )
    }),

  "an incremental export adds columns that are new, and leaves the rows it has not": (place) =>
    Effect.gen(function* () {
      yield* exported(place, earlier, "replace", batch([ada, cyd]))
      const receipt = yield* exported(place, people, "merge", batch([ben]))
      assert.deepStrictEqual([receipt.records, receipt.sha256], [3, sha256(...lines)])
      assert.deepStrictEqual(names(yield* place.query("SELECT id FROM people WHERE age IS NULL ORDER BY id")), [
        "12",
        "a",
        "b"
      ])
    }),

  "an export that an earlier version began is resumed": (place) =>
    Effect.gen(function* () {
      yield* session(place, ({ open }) =>
        Effect.scoped(Effect.flatMap(open(earlier, "replace"), ({ commit }) => commit(batch([ada, cyd]), () => "{}")))
      )
      const receipt = yield* exported(place, people, "replace", batch([ben]))
      assert.deepStrictEqual([receipt.records, receipt.sha256], [3, sha256(...lines)])
    }),

  "a column of another kind stops an incremental export, and a full one creates the table again": (place) =>
    Effect.gen(function* () {
      const before = yield* exported(place, people, "replace", batch([ada]))
      const merge = exported(place, other, "merge", batch([ben]))
      const found = yield* reasonOf(merge)
      assert.strictEqual(found._tag, "TableDiffers")
      assert.match(
        found.message,
        /^Table people in .* has the column score as (REAL|double precision|DOUBLE), and records need (TEXT|text|VARCHAR)\. Export everything once/
      )
      yield* session(place, ({ audit, discard }) =>
        Effect.gen(function* () {
          assert.deepStrictEqual(yield* audit(people, "people"), before)
          yield* discard(other)
        })
      )
      const after = yield* exported(place, other, "replace", batch([{ id: "a", score: "high" }]))
      assert.strictEqual(after.sha256, sha256('{"id":"a","score":"high"}'))
    }),

  "a table of somebody else is no place for records": (place) =>
    Effect.gen(function* () {
      yield* session(place, () => Effect.void)
      yield* place.query("CREATE TABLE people (id text, note text)")
      const found = yield* session(place, ({ occupied }) => occupied(people, "people"))
      assert.strictEqual(found, `Table people in ${yield* databaseOf(place)}`)
      assert.match(
        yield* message(exported(place, people, "merge", batch([ada]))),
        /^Table people in .* has the column id as not its primary key, and records need it to be/
      )
    }),

  "an unfinished export of one mode is not resumed in another": (place) =>
    Effect.gen(function* () {
      yield* session(place, ({ open }) =>
        Effect.scoped(Effect.flatMap(open(people, "replace"), ({ commit }) => commit(batch([ada]), () => "{}")))
      )
      const found = yield* reasonOf(exported(place, people, "merge", batch([ben])))
      assert.strictEqual(found._tag, "OtherExport")
      assert.match(found.message, /mode replace, this one has merge/)
    }),

  "names are quoted, and values are never part of a statement": (place) =>
    Effect.gen(function* () {
      const evil = `x"; DROP TABLE _intercom_export; --'$1?`
      const table: Table = {
        name: evil.slice(0, 36),
        key: `k"${evil}`,
        columns: [
          { name: `k"${evil}`, path: ["id"], kind: "text" },
          { name: "_position", path: ["_position"], kind: "integer" },
          { name: "a.b", path: ["a.b"], kind: "json" }
        ]
      }
      const record = { id: evil, [evil]: evil, "a.b": [evil], _position: 7 }
      const receipt = yield* exported(place, table, "replace", batch([record], { quarantined: [unfit(evil, evil)] }))
      const line = `{"_position":7,"a.b":[${JSON.stringify(evil)}],"id":${JSON.stringify(evil)},${JSON.stringify(evil)}:${JSON.stringify(evil)}}`
      assert.strictEqual(receipt.sha256, sha256(line))
      assert.deepStrictEqual(yield* place.query("SELECT * FROM _intercom_export WHERE name = 'manifest'"), [])
    }),

  "a commit that fails leaves neither its records nor its checkpoint": (place) =>
    Effect.gen(function* () {
      yield* session(place, ({ open }) =>
        Effect.scoped(
          Effect.gen(function* () {
            const { commit } = yield* open(people, "replace")
            yield* commit(batch([ada]), () => `{"at":1}`)
            yield* place.query("ALTER TABLE _intercom_export RENAME TO hidden")
            assert.strictEqual((yield* reasonOf(commit(batch([ben]), () => `{"at":2}`)))._tag, "DatabaseFailed")
            yield* place.query("ALTER TABLE hidden RENAME TO _intercom_export")
          })
        )
      )
      yield* session(place, ({ open, peek }) =>
        Effect.scoped(
          Effect.gen(function* () {
            assert.strictEqual(yield* peek(people), `{"at":1}`)
            const { finish } = yield* open(people, "replace")
            assert.strictEqual((yield* finish("people")).records, 1)
          })
        )
      )
    }),

  "whoever lost the fence is told who has it, and writes nothing": (place) =>
    session(place, ({ open, peek, write }) =>
      Effect.scoped(
        Effect.gen(function* () {
          const { commit, finish } = yield* open(people, "replace")
          yield* commit(batch([ada]), () => `{"at":1}`)
          const [row] = yield* place.query("SELECT content FROM _intercom_export WHERE name = 'fence'")
          const own = JSON.parse(String(row?.["content"])) as { readonly token: number }
          // As another would, through a pooler in which the session's lock is nobody's.
          const other = { ...own, token: own.token + 1, pid: 4711, host: "etl-2" }
          yield* place.query(`UPDATE _intercom_export SET content = '${JSON.stringify(other)}' WHERE name = 'fence'`)
          for (const effect of [commit(batch([ben]), () => `{"at":2}`), finish("people"), write("manifest", "{}")]) {
            const reason = yield* reasonOf<unknown, never>(effect)
            assert.strictEqual(reason._tag, "LostLock")
            assert.strictEqual(
              reason.message,
              `This export lost its lock on ${yield* databaseOf(place)}, because it was suspended for too long: process 4711 on etl-2 took over. Run the same command again to resume from what that wrote.`
            )
          }
          assert.strictEqual(yield* peek(people), `{"at":1}`)
          assert.deepStrictEqual(yield* place.query("SELECT 1 FROM _intercom_export WHERE name = 'manifest'"), [])
          assert.deepStrictEqual(names(yield* place.query("SELECT id FROM _intercom_replace_people")), ["a"])
        })
      )
    ),

  "a commit is refused when the stored checkpoint is not its own last one": (place) =>
    session(place, ({ open }) =>
      Effect.scoped(
        Effect.gen(function* () {
          const { commit } = yield* open(people, "replace")
          yield* commit(batch([ada]), () => `{"at":1}`)
          yield* place.query(`UPDATE _intercom_export SET content = '{"at":9}' WHERE name = 'checkpoint:people'`)
          assert.strictEqual((yield* reasonOf(commit(batch([ben]), () => `{"at":2}`)))._tag, "PartChanged")
          assert.deepStrictEqual(names(yield* place.query("SELECT id FROM _intercom_replace_people")), ["a"])
        })
      )
    ),

  "a table of somebody else is no place for checkpoints": (place) =>
    Effect.gen(function* () {
      yield* session(place, () => Effect.void)
      for (const [table, column] of [
        ["_intercom_quarantine", "message"],
        ["_intercom_export", "content"]
      ] as const) {
        yield* place.query(`ALTER TABLE ${table} RENAME COLUMN ${column} TO other`)
        const found = yield* reasonOf(session(place, () => Effect.void))
        assert.strictEqual(found._tag, "ForeignTable")
        assert.strictEqual(
          found.message,
          `Table ${table} in ${yield* databaseOf(place)} was not made by an export: it has no column ${column}. Rename it, or choose another database.`
        )
        yield* place.query(`ALTER TABLE ${table} RENAME COLUMN other TO ${column}`)
      }
      yield* session(place, ({ write }) => write("state", "{}"))
    }),

  "where nothing was exported, there is nothing to see": (place) =>
    Effect.scoped(
      Effect.gen(function* () {
        const { audit, peek, read } = yield* Sink.use(({ inspect }) => inspect)
        assert.deepStrictEqual([yield* read("manifest"), yield* peek(people)], [undefined, undefined])
        assert.strictEqual(
          yield* message(audit(people, "people")),
          `Table people in ${yield* databaseOf(place)} is not there, though it was exported. Put it back, or export it again with --force.`
        )
      })
    ).pipe(Effect.provide(place.layer))
}
