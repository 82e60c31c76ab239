import { TokenStore } from "@effect-intercom/core/TokenStore"
import { BadAddress, ExportError, type Reason } from "@effect-intercom/export/ExportError"
import type { Host } from "@effect-intercom/export/Host"
import * as NodeSqlite from "@effect-intercom/export/NodeSqlite"
import * as Postgres from "@effect-intercom/export/Postgres"
import type { Sha256 } from "@effect-intercom/export/Sha256"
import { type Connection, type Output, Sink } from "@effect-intercom/export/Sink"
import * as SinkLaws from "@effect-intercom/export/SinkLaws"
import * as Table from "@effect-intercom/export/Table"
import * as PgClient from "@effect/sql-pg/PgClient"
import { assert, describe, layer } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as EffectSchema from "effect/Schema"
import type * as FileSystem from "effect/FileSystem"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as TestClock from "effect/testing/TestClock"
import * as Tracer from "effect/Tracer"
import * as NodeCrypto from "node:crypto"
import * as NodeNet from "node:net"
import * as NodeOs from "node:os"
import * as NodeUtil from "node:util"
import * as Disk from "./Disk.ts"
import * as PostgresServer from "./PostgresServer.ts"
import { resources } from "./Samples.ts"
import * as Hostile from "./Hostile.ts"
import { often, some } from "./Kills.ts"
import { modes, survive, timeout, undisturbed } from "./SqlKill.ts"
import { batch, exported, type Row, session, type SqlPlace, subject } from "./SqlPlace.ts"
import { scenarios } from "./SqlScenarios.ts"

const client = (url: string) => PgClient.layerFrom(PgClient.makeClient({ url: Redacted.make(url) }))

/** What the database says to a statement, by a connection of the tests' own; to open one for each takes most of the time. */
class Questions extends Context.Service<
  Questions,
  { readonly ask: (sql: string, schema?: string) => Effect.Effect<ReadonlyArray<Row>> }
>()("test/Questions") {
  static readonly layer = Layer.effect(
    this,
    Effect.map(Effect.all([PgClient.PgClient, Semaphore.make(1)]), ([client, semaphore]) => ({
      ask: (sql, schema = "public") =>
        Effect.orDie(
          semaphore.withPermits(1)(
            Effect.andThen(client`SELECT set_config('search_path', ${quoted(schema)}, false)`, client.unsafe<Row>(sql))
          )
        )
    }))
  ).pipe(Layer.provide(Layer.unwrap(PostgresServer.PostgresServer.useSync(({ url }) => client(url)))))
}

const ask = (sql: string) => Questions.use(({ ask }) => ask(sql))

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`

interface Schema extends SqlPlace<FileSystem.FileSystem | Host | Sha256> {
  readonly schema: string
  readonly url: string
}

const schemaOf = (url: string, schema: string, { ask }: Questions["Service"]): Schema => ({
  schema,
  url,
  layer: Postgres.layer({ url: Redacted.make(url), schema }),
  query: (sql) => ask(sql, schema),
  json: JSON.stringify,
  boolean: (value) => value === true,
  // The lock is the session's: it goes with it.
  abandon: Effect.asVoid(
    ask(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        JOIN pg_locks USING (pid) WHERE locktype = 'advisory' AND granted AND application_name = 'intercom export'`
    )
  )
})

/** A schema that is not there yet. */
const place = Effect.gen(function* () {
  const { url } = yield* PostgresServer.PostgresServer
  const schema = `test "${NodeCrypto.randomUUID()}`
  const questions = yield* Questions
  yield* Effect.addFinalizer(() => questions.ask(`DROP SCHEMA IF EXISTS ${quoted(schema)} CASCADE`))
  return schemaOf(url, schema, questions)
})

/** The address, with something else in it. */
const urlWith = (change: (url: URL) => void) =>
  PostgresServer.PostgresServer.useSync(({ url }) => {
    const other = new URL(url)
    change(other)
    return other.href
  })

const connecting = (url: string, schema?: string) =>
  Effect.flip(
    Effect.scoped(
      Effect.provide(
        Sink.use(({ connect }) => connect),
        Postgres.layer({ url: Redacted.make(url), schema })
      )
    )
  )

/** `postgres:127.0.0.1:5432/postgres`, as messages have it. */
const nameOf = (url: string) => {
  const { hostname, pathname, port } = new URL(url)
  return `postgres:${hostname}:${port}${pathname}`
}

const writing = <A, E>(
  place: Schema,
  use: (
    output: Output,
    connection: Connection
  ) => Effect.Effect<A, E, FileSystem.FileSystem | Host | Sha256 | Scope.Scope>
): Effect.Effect<A, E | Reason, FileSystem.FileSystem | Host | Sha256> =>
  session(place, (connection) =>
    Effect.scoped(Effect.flatMap(connection.open(SinkLaws.things, "replace"), (output) => use(output, connection)))
  )

const freePort = Effect.callback<number>((resume) => {
  const server = NodeNet.createServer().listen(0, "127.0.0.1", () => {
    // A server that listens on TCP has such an address.
    const { port } = server.address() as NodeNet.AddressInfo
    server.close(() => resume(Effect.succeed(port)))
  })
})

const things = (...ids: ReadonlyArray<string>) => batch(ids.map((id) => ({ type: "thing", id })))

describe("Postgres", () => {
  layer(Layer.provideMerge(Questions.layer, Layer.merge(PostgresServer.layer, Disk.layer)), {
    excludeTestServices: true,
    timeout: "1 minute"
  })((it) => {
    for (const { check, name } of SinkLaws.laws(Effect.map(place, subject), some)) it.effect(name, () => check, timeout)

    it.effect("hostile records come back, or are set apart by name", () =>
      Effect.flatMap(Effect.map(place, subject), (sink) => Hostile.comeBack(sink, Hostile.byId))
    )

    for (const [name, scenario] of Object.entries(scenarios)) it.effect(name, () => Effect.flatMap(place, scenario))

    it.effect("tokens of workspaces are in a table, made by whoever is first, encrypted", () =>
      Effect.gen(function* () {
        const { schema, url } = yield* place
        const key = Redacted.make(Buffer.alloc(32, 1).toString("base64"))
        const store = () => TokenStore.layerSql({ table: `tokens_${schema}`, key }).pipe(Layer.provide(client(url)))
        const names = ["acme", "ACME", "globex", "initech"]
        const setAll = (prefix: string) =>
          TokenStore.use(({ set }) =>
            Effect.forEach(names, (name) =>
              set(name, { accessToken: Redacted.make(`${prefix}-${name}`), region: "eu" })
            )
          )
        // Two that find no table.
        const first = Effect.provide(setAll("first"), store())
        yield* Effect.all([first, first], { concurrency: 2 })
        yield* Effect.gen(function* () {
          const { find, keys, remove } = yield* TokenStore
          yield* setAll("token-of")
          assert.deepStrictEqual(yield* keys, names.toSorted())
          for (const name of names) {
            const { accessToken, region } = yield* find(name)
            assert.deepStrictEqual([Redacted.value(accessToken), region], [`token-of-${name}`, "eu"])
          }
          yield* remove("acme")
          assert.strictEqual((yield* Effect.flip(find("acme")))._tag, "UnknownWorkspace")
          assert.strictEqual(Redacted.value((yield* find("ACME")).accessToken), "token-of-ACME")
        }).pipe(Effect.provide(store()))
        const rows = yield* ask(`SELECT credentials FROM ${quoted(`tokens_${schema}`)}`)
        assert.strictEqual(rows.length, 3)
        assert.notInclude(JSON.stringify(rows), "token-of")
      })
    )

    it.effect("the statement that is told makes the table that an export makes", () =>
      Effect.gen(function* () {
        const one = yield* place
        const columns = one.query(
          `SELECT column_name, data_type, is_nullable, collation_name, is_identity FROM information_schema.columns
            WHERE table_schema = '${one.schema}' AND table_name IN ('things', 'happenings') ORDER BY 1, 2, 3`
        )
        for (const table of [SinkLaws.things, SinkLaws.happenings]) yield* exported(one, table, "replace")
        const made = yield* columns
        for (const table of [SinkLaws.things, SinkLaws.happenings]) {
          yield* one.query(`DROP TABLE "${table.name}"`)
          yield* one.query(Postgres.tableDefinition(table, one.schema))
        }
        assert.isAbove(made.length, 10)
        assert.deepStrictEqual(yield* columns, made)
      })
    )

    // The same as with SQLite, which is tried each time.
    if (often) {
      it.effect(
        "an export that is killed resumes, and ends as if nothing had been",
        () =>
          Effect.gen(function* () {
            const [one, other] = [yield* place, yield* place]
            const child = ({ schema, url }: Schema) => ({ CHILD_URL: url, CHILD_SCHEMA: schema })
            for (const mode of modes) {
              const expected = yield* undisturbed(child(other), mode)
              assert.strictEqual(yield* survive(child(one), mode), expected)
            }
            const tables = yield* one.query(
              `SELECT tablename FROM pg_tables WHERE schemaname = '${one.schema}' ORDER BY tablename`
            )
            assert.deepStrictEqual(
              tables.map(({ tablename }) => tablename),
              ["_intercom_export", "_intercom_quarantine", "things"]
            )
            assert.deepStrictEqual(yield* one.query("SELECT * FROM _intercom_export WHERE name <> 'fence'"), [])
          }),
        timeout
      )
    }

    for (const { name, records: all, table } of resources) {
      it.effect(`finds every value of ${name}, as SQLite does`, () =>
        Effect.gen(function* () {
          const [one, file] = [yield* place, `${yield* Disk.temporary}/workspace.sqlite`]
          const records = yield* all
          // In the order they came, and then in that of a key; the last of several with one key stays.
          for (const key of [null, table.columns[0]?.name ?? ""]) {
            const keyed = { ...table, name: `${name}_${key}`, key }
            const receipt = yield* exported(one, keyed, "replace", batch(records))
            const inSqlite = { ...one, layer: NodeSqlite.layer({ file }) }
            assert.deepStrictEqual(receipt, yield* exported(inSqlite, keyed, "replace", batch(records)))
            if (key !== null) continue
            const found = yield* subject(one).records(keyed, keyed.name)
            // Not as rows: the order of the keys in JSON is free.
            const [rowOf, recordOf] = [Table.rowOf(table), Table.recordOf(table)]
            assert.deepStrictEqual(
              found,
              records.map((record) => recordOf(rowOf(record)))
            )
          }
        })
      )
    }

    it.effect("the second of two exports is told who is writing; another schema is not in its way", () =>
      Effect.gen(function* () {
        const [one, other] = [yield* place, yield* place]
        yield* session(one, () =>
          Effect.gen(function* () {
            yield* session(other, () => Effect.void)
            const reason = yield* Effect.flip(session(one, () => Effect.void))
            assert.strictEqual(reason._tag, "Locked")
            const owner = `process ${process.pid} on ${NodeOs.hostname()}, since 20\\d\\d-\\d\\d-\\d\\dT[0-9:.]+Z`
            assert.match(
              reason.message,
              new RegExp(
                `^Another export writes to postgres:.* \\(schema test ".*\\): ${owner}\\. Wait until it ends, or stop it\\.$`
              )
            )
          })
        )
        yield* session(one, () => Effect.void)
      })
    )

    it.effect("a page costs the same statements, however many records it has", () =>
      Effect.gen(function* () {
        const statements = (records: number) =>
          Effect.gen(function* () {
            const spans: Array<string> = []
            const tracer = Tracer.make({
              span: (options) => {
                spans.push(options.name)
                return new Tracer.NativeSpan(options)
              }
            })
            yield* writing(yield* place, ({ commit }) =>
              Effect.gen(function* () {
                yield* commit(things(), () => "{}")
                const page = batch(Array.from({ length: records }, (_, id) => ({ type: "thing", id: `t${id}` })))
                yield* Effect.withTracer(
                  commit(page, () => "{}"),
                  tracer
                )
              })
            )
            return spans.length
          })
        assert.strictEqual(yield* statements(1), yield* statements(2000))
      })
    )

    it.effect("text that PostgreSQL cannot store is in _rest, as the text of its JSON", () =>
      Effect.gen(function* () {
        const one = yield* place
        const record = { id: "t1", type: "thing", name: "a\0b", tags: ["\\u0000 is fine", "\ud800"], more: "c" }
        const fine = { id: "t2", type: "thing", name: "\\u0000", tags: ["\\\\u0000", "\\ud800"], more: "\\u0000" }
        yield* exported(one, SinkLaws.things, "replace", batch([record, fine]))
        const [row, other] = yield* one.query("SELECT * FROM things ORDER BY id")
        assert.deepStrictEqual([row?.["name"], row?.["tags"], typeof row?.["_rest"]], [null, null, "string"])
        assert.deepStrictEqual(JSON.parse(String(row?.["_rest"])), {
          name: record.name,
          tags: record.tags,
          more: record.more
        })
        assert.deepStrictEqual(
          [other?.["name"], other?.["tags"], other?.["_rest"]],
          [fine.name, fine.tags, { more: fine.more }]
        )
      })
    )

    it.effect("views have a row for each entry of a list, whatever drifted", () =>
      Effect.gen(function* () {
        const one = yield* place
        const entry = EffectSchema.Struct({
          name: EffectSchema.String,
          at: EffectSchema.Int,
          "it's": EffectSchema.Boolean,
          of: EffectSchema.Struct({ id: EffectSchema.String }),
          more: EffectSchema.Array(EffectSchema.String)
        })
        const schema = EffectSchema.Struct({
          id: EffectSchema.String,
          parts: EffectSchema.Struct({ all: EffectSchema.Array(entry) })
        })
        const lists = { of: "post", at: { post_parts: "parts.all" } }
        const table = Table.fromSchema("posts", schema, { key: "id", lists })
        const parts = [
          { name: "a", at: 3, "it's": true, of: { id: "x" }, more: ["m"] },
          { name: 7, at: "soon", "it's": null, new: 1 }
        ]
        const records = [{ id: "1", parts: { all: parts } }, { id: "2", parts: { all: { 0: "no list" } } }, { id: "3" }]
        yield* exported(one, table, "replace", batch(records))
        for (let turn = 0; turn < 2; turn += 1) {
          for (const statement of Postgres.viewDefinitions(table, one.schema).split(/;\n/)) yield* one.query(statement)
        }
        const rows = yield* one.query("SELECT * FROM post_parts ORDER BY post_id, position")
        const nothing = { at: null, "it's": null, of__id: null, more: null }
        assert.deepStrictEqual(
          rows.map((row): Row => ({
            ...row,
            position: Number(row["position"]),
            at: row["at"] === null ? null : Number(row["at"])
          })),
          [
            { post_id: "1", position: 0, name: "a", at: 3, "it's": true, of__id: "x", more: ["m"], _record: parts[0] },
            { post_id: "1", position: 1, ...nothing, name: "7", _record: parts[1] }
          ]
        )
      })
    )

    it.effect("columns that PostgreSQL cannot have are in _rest", () =>
      Effect.gen(function* () {
        const one = yield* place
        const long = `é${"x".repeat(62)}`
        const table: Table.Table = {
          name: "odd",
          key: "id",
          columns: ["id", "ctid", long, long.slice(0, -1)].map((name) => ({ name, path: [name], kind: "text" }))
        }
        const record = Object.fromEntries(table.columns.map(({ name }) => [name, name.slice(-9)]))
        const receipt = yield* exported(one, table, "replace", batch([record]))
        const [row] = yield* one.query("SELECT * FROM odd")
        const kept = { id: "id", [long.slice(0, -1)]: "xxxxxxxxx" }
        assert.deepStrictEqual({ ...row }, { ...kept, _rest: { ctid: "ctid", [long]: "xxxxxxxxx" } })
        assert.strictEqual(receipt.records, 1)
      })
    )

    it.effect("a process that gives no sign of life loses its lock, and can write nothing any more", () =>
      Effect.gen(function* () {
        const one = yield* place
        const patient: Schema = {
          ...one,
          layer: Postgres.layer({ url: Redacted.make(one.url), schema: one.schema, patience: "300 millis" })
        }
        // Its clock stands still, as that of a frozen process does.
        const frozen = yield* TestClock.make()
        const live = yield* Clock.Clock
        const lost = yield* writing(patient, ({ commit }) =>
          Effect.gen(function* () {
            yield* commit(things("a", "b"), () => `{"at":1}`)
            yield* Effect.retry(
              writing(patient, ({ checkpoint, commit }) => {
                assert.strictEqual(checkpoint, `{"at":1}`)
                return commit(things("c"), () => `{"at":2}`)
              }),
              { while: (reason) => reason._tag === "Locked", schedule: Schedule.spaced("20 millis") }
            ).pipe(Effect.provideService(Clock.Clock, live))
            return yield* Effect.flip(commit(things("d"), () => `{"at":3}`))
          })
        ).pipe(Effect.provideService(Clock.Clock, frozen))
        assert.include(["DatabaseLost", "LostLock"], lost._tag)
        yield* writing(one, ({ checkpoint }) => Effect.sync(() => assert.strictEqual(checkpoint, `{"at":2}`)))
      })
    )

    it.effect("a connection that is lost in the middle of a commit loses that commit alone", () =>
      Effect.gen(function* () {
        const one = yield* place
        const reason = yield* writing(one, ({ commit }) =>
          Effect.gen(function* () {
            yield* commit(things("a", "b"), () => `{"at":1}`)
            // Another holds the table of checkpoints, which comes last in a commit, until the connection is gone.
            const [held, gone] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
            const holder = yield* Effect.provide(
              PgClient.PgClient.use((sql) =>
                sql.withTransaction(
                  Effect.gen(function* () {
                    yield* sql.unsafe(`LOCK TABLE ${quoted(one.schema)}._intercom_export IN EXCLUSIVE MODE`)
                    yield* Deferred.succeed(held, undefined)
                    yield* Deferred.await(gone)
                  })
                )
              ),
              client(one.url)
            ).pipe(Effect.forkChild)
            yield* Deferred.await(held)
            const commits = yield* Effect.forkChild(Effect.flip(commit(things("c"), () => `{"at":2}`)))
            const terminate = one.query(
              `SELECT pg_terminate_backend(pid) AS done FROM pg_stat_activity JOIN pg_locks USING (pid)
               WHERE locktype = 'relation' AND NOT granted AND relation = '_intercom_export'::regclass`
            )
            yield* Effect.repeat(terminate, {
              until: (rows) => rows.length > 0,
              schedule: Schedule.spaced("20 millis")
            })
            const reason = yield* Fiber.join(commits)
            yield* Deferred.succeed(gone, undefined)
            yield* Fiber.join(holder)
            return reason
          })
        )
        assert.strictEqual(reason._tag, "DatabaseLost")
        assert.isTrue(new ExportError({ reason }).resumable)
        assert.match(
          reason.message,
          /^The connection to postgres:.* was lost \(.*\)\. Run the same command again to resume\.$/
        )
        yield* writing(one, ({ checkpoint, finish }) =>
          Effect.gen(function* () {
            assert.strictEqual(checkpoint, `{"at":1}`)
            assert.strictEqual((yield* finish("things")).records, 2)
          })
        )
      })
    )

    const failures: ReadonlyArray<readonly [string, Reason["_tag"], RegExp]> = [
      ["53100", "DiskFull", /^The disk is full: postgres:.* could not be written\. Make room first\.$/],
      ["55P03", "DatabaseBusy", /^postgres:.* is locked by another program\. Let it end its transaction/],
      [
        "25006",
        "DatabaseForbidden",
        /^postgres:.* does not allow it \(on purpose\)\. .* is not a read-only replica\.$/
      ],
      ["57P01", "DatabaseLost", /^The connection to postgres:.* was lost \(on purpose\)\. Run the same command again/],
      ["XX001", "DatabaseFailed", /^postgres:.*: on purpose$/]
    ]
    for (const [code, tag, message] of failures) {
      it.effect(`the server's ${code} is ${tag}, and the commit is not kept`, () =>
        Effect.gen(function* () {
          const one = yield* place
          yield* writing(one, ({ commit }, { peek }) =>
            Effect.gen(function* () {
              yield* commit(things("a"), () => `{"at":1}`)
              yield* one.query(
                `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN RAISE EXCEPTION 'on purpose' USING ERRCODE = '${code}'; END $$`
              )
              yield* one.query(
                "CREATE TRIGGER fail BEFORE INSERT ON _intercom_export FOR EACH ROW EXECUTE FUNCTION fail()"
              )
              const reason = yield* Effect.flip(commit(things("b"), () => `{"at":2}`))
              assert.strictEqual(reason._tag, tag)
              assert.match(reason.message, message)
              assert.strictEqual(yield* peek(SinkLaws.things), `{"at":1}`)
            })
          )
        })
      )
    }

    it.effect("a server that does not answer cannot be reached", () =>
      Effect.gen(function* () {
        const port = yield* freePort
        const url = yield* urlWith((url) => {
          url.hostname = "127.0.0.1"
          url.port = String(port)
        })
        const reason = yield* connecting(url)
        assert.strictEqual(reason._tag, "DatabaseUnreachable")
        assert.strictEqual(
          reason.message,
          `${nameOf(url)} cannot be reached (connect ECONNREFUSED 127.0.0.1:${port}). Check host and port, and that the server runs.`
        )
      })
    )

    it.effect("a wrong password is refused", () =>
      Effect.gen(function* () {
        const url = yield* urlWith((url) => (url.password = "wr0ng-s3cret"))
        const reason = yield* connecting(url)
        assert.strictEqual(reason._tag, "DatabaseRefused")
        assert.match(
          reason.message,
          /^postgres:.* refused the login \(password authentication failed for user ".*"\)\. Check user and password/
        )
      })
    )

    it.effect("a database that is not there does not exist", () =>
      Effect.gen(function* () {
        const url = yield* urlWith((url) => (url.pathname = "/nowhere"))
        const reason = yield* connecting(url)
        assert.strictEqual(reason._tag, "NoSuchDatabase")
        assert.strictEqual(
          reason.message,
          `${nameOf(url)} does not exist. Create the database first, or correct its name.`
        )
      })
    )

    it.effect("who may not create tables is told what it takes", () =>
      Effect.gen(function* () {
        const { schema } = yield* place
        const role = `role_${NodeCrypto.randomUUID().slice(0, 8)}`
        yield* Effect.acquireRelease(ask(`CREATE ROLE ${role} LOGIN PASSWORD 'role'`), () => ask(`DROP ROLE ${role}`))
        const other = yield* urlWith((url) => {
          url.username = role
          url.password = "role"
        })
        const reason = yield* connecting(other, schema)
        assert.strictEqual(reason._tag, "DatabaseForbidden")
        assert.match(
          reason.message,
          /^postgres:.* does not allow it \(permission denied for database .*\)\. .* GRANT USAGE, CREATE/
        )
      })
    )

    it.effect("a database of another encoding is not written to", () =>
      Effect.gen(function* () {
        const name = `latin_${NodeCrypto.randomUUID().slice(0, 8)}`
        yield* Effect.acquireRelease(
          ask(`CREATE DATABASE ${name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0`),
          () => ask(`DROP DATABASE ${name} WITH (FORCE)`)
        )
        const other = yield* urlWith((url) => (url.pathname = `/${name}`))
        assert.strictEqual(
          (yield* connecting(other)).message,
          `${nameOf(other)}: its encoding is LATIN1, which lacks characters. Create a database with ENCODING 'UTF8'.`
        )
      })
    )

    it.effect("an address that cannot be read is not repeated", () =>
      Effect.gen(function* () {
        for (const address of [
          "s3cret",
          "mysql://user:s3cret@host/db",
          "postgres://user:s3cret@host:port/db",
          "postgres://user:s3cret%zz@host/db",
          "postgres://user:12@x#s3cret@host/db",
          "postgres://user:12@x?s3cret@host/db",
          "postgres://user:12/s3cret@host/db"
        ]) {
          const reason = yield* connecting(address)
          assert.instanceOf(reason, BadAddress, address)
          assert.match(reason.message, /Write postgres:\/\/USER:PASSWORD@HOST:PORT\/DATABASE|port takes/)
          assert.notInclude(reason.message, "s3cret")
          assert.isFalse(new ExportError({ reason }).resumable)
          assert.notInclude(
            yield* Effect.provide(
              Sink.useSync(({ name }) => name),
              Postgres.layer({ url: Redacted.make(address) })
            ),
            "12"
          )
        }
      })
    )

    it.effect("the password is in no message, log, span or document, whatever happens", () =>
      Effect.gen(function* () {
        const one = yield* place
        const seen: Array<unknown> = []
        const tracer = Tracer.make({
          span: (options) => {
            const span = new Tracer.NativeSpan(options)
            seen.push(span)
            return span
          }
        })
        const logger = Logger.make((entry) => {
          seen.push(entry.message, entry.cause)
        })
        const refused = yield* urlWith((url) => (url.password = "wr0ng-s3cret"))
        const unreachable = yield* urlWith((url) => {
          url.port = "1"
          url.password = "wr0ng-s3cret"
        })
        const work = Effect.gen(function* () {
          yield* exported(one, SinkLaws.things, "replace", things("a"))
          yield* writing(one, ({ commit }, { write }) =>
            Effect.gen(function* () {
              yield* write("manifest", "{}")
              yield* commit(things("b"), () => "{}")
              yield* one.query("DROP TABLE _intercom_replace_things")
              seen.push(yield* Effect.flip(commit(things("c"), () => "{}")))
              seen.push(yield* Effect.flip(session(one, () => Effect.void)))
              seen.push(yield* one.query("SELECT * FROM _intercom_export"))
            })
          )
          for (const url of [refused, unreachable, "postgres://user:wr0ng-s3cret@host:port/db"]) {
            seen.push(yield* connecting(url))
          }
          seen.push(
            yield* Effect.provide(
              Sink.useSync(({ name }) => name),
              one.layer
            )
          )
        })
        yield* work.pipe(
          Effect.withTracer(tracer),
          Effect.provide(Logger.layer([logger])),
          Effect.provideService(References.MinimumLogLevel, "All")
        )
        const text = NodeUtil.inspect(seen, {
          depth: 20,
          showHidden: true,
          maxStringLength: null,
          maxArrayLength: null
        })
        const { password } = new URL(one.url)
        for (const secret of [password, decodeURIComponent(password), "wr0ng-s3cret"]) assert.notInclude(text, secret)
        assert.include(text, "INSERT INTO")
      })
    )
  })
})
