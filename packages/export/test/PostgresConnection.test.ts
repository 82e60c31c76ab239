// How a connection is made: what libpq does with an address, the environment and files.
import type { Reason } from "@effect-intercom/export/ExportError"
import * as Postgres from "@effect-intercom/export/Postgres"
import { Sink } from "@effect-intercom/export/Sink"
import * as PgClient from "@effect/sql-pg/PgClient"
import { assert, describe, layer } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as NodeCrypto from "node:crypto"
import * as NodeNet from "node:net"
import * as NodePath from "node:path"
import * as Disk from "./Disk.ts"
import * as PostgresServer from "./PostgresServer.ts"
import type { Row } from "./SqlPlace.ts"

type Environment = { readonly [name: string]: string }

const fixture = (name: string): string => NodePath.join(PostgresServer.tls, name)

/** What the server says, by other means than the sink's. */
const ask = Effect.fnUntraced(function* (sql: string) {
  const { url } = yield* PostgresServer.PostgresServer
  return yield* Effect.orDie(
    Effect.provide(
      PgClient.PgClient.use((client) => client.unsafe<Row>(sql)),
      PgClient.layerFrom(PgClient.makeClient({ url: Redacted.make(url) }))
    )
  )
})

/** The server's address with these parameters, from `localhost`, unless they say otherwise. */
const addressOf = (parameters: { readonly [name: string]: string } = {}, user?: string) =>
  PostgresServer.PostgresServer.useSync(({ url }) => {
    const address = new URL(url)
    address.search = ""
    address.hostname = "localhost"
    if (user !== undefined) {
      address.username = user
      address.password = "role"
    }
    for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value)
    return address.href.replaceAll("+", "%20")
  })

const connected = <A, E, R>(url: string, use: Effect.Effect<A, E, R>, env: Environment = {}, schema?: string) =>
  Sink.use(({ inspect }) => inspect).pipe(
    Effect.andThen(use),
    Effect.scoped,
    Effect.provide(Postgres.layer({ url: Redacted.make(url), schema })),
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown(env))
  )

/** Of a connection made so: whether it is encrypted, whose it is and where. */
const sessionOf = Effect.fnUntraced(function* (address: string, env: Environment = {}) {
  const name = NodeCrypto.randomUUID()
  const [row] = yield* connected(
    address,
    ask(`SELECT ssl, usename, datname, client_dn FROM pg_stat_activity JOIN pg_stat_ssl USING (pid)
      WHERE application_name = '${name}'`),
    { PGAPPNAME: name, ...env }
  )
  return row
})

const isEncrypted = (address: string, env?: Environment) => Effect.map(sessionOf(address, env), (row) => row?.["ssl"])

const failing = (address: string, env?: Environment) => Effect.flip(connected(address, Effect.void, env))

const role = (name: string) =>
  Effect.acquireRelease(ask(`CREATE ROLE ${name} LOGIN PASSWORD 'role'`), () => ask(`DROP ROLE ${name}`))

/** A server that answers each connection with this, and nothing else. */
const answering = (answer: string) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.callback<NodeNet.Server>((resume) => {
        const server = NodeNet.createServer((socket) => {
          socket.on("error", () => socket.destroy())
          if (answer !== "") socket.once("data", () => socket.write(answer))
        })
        server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
      }),
      (server) => Effect.sync(() => void server.close())
    ),
    // A server that listens on TCP has such an address.
    (server) => (server.address() as NodeNet.AddressInfo).port
  )

const temporary = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())

describe("a connection to PostgreSQL", () => {
  layer(Layer.merge(PostgresServer.layer, Disk.layer), { excludeTestServices: true, timeout: 60_000 })((it) => {
    const modes: ReadonlyArray<readonly [Environment, boolean]> = [
      [{}, true],
      [{ sslmode: "disable" }, false],
      [{ sslmode: "allow" }, false],
      [{ sslmode: "prefer" }, true],
      [{ sslmode: "require" }, true],
      [{ sslmode: "require", host: "127.0.0.1", sslrootcert: fixture("ca.crt") }, true],
      [{ sslmode: "verify-ca", host: "127.0.0.1", sslrootcert: fixture("ca.crt") }, true],
      [{ sslmode: "verify-full", sslrootcert: fixture("ca.crt") }, true],
      [{ sslmode: "verify-full", hostaddr: "127.0.0.1", sslrootcert: fixture("ca.crt") }, true],
      [
        { sslmode: "verify-full", sslrootcert: fixture("ca.crt"), sslsni: "0", ssl_min_protocol_version: "TLSv1.3" },
        true
      ],
      [{ sslmode: "prefer", sslrootcert: fixture("other.crt") }, false]
    ]
    for (const [parameters, encrypted] of modes) {
      const name = Object.entries(parameters).map(([name, value]) => `${name}=${NodePath.basename(value)}`)
      it.effect(`with ${name.join(" ") || "no mode"} is ${encrypted ? "encrypted" : "not encrypted"}`, () =>
        Effect.gen(function* () {
          assert.strictEqual(yield* isEncrypted(yield* addressOf(parameters)), encrypted)
        })
      )
    }

    const refused: ReadonlyArray<readonly [Environment, Reason["_tag"], RegExp]> = [
      [
        { sslmode: "verify-full", host: "127.0.0.1", sslrootcert: fixture("ca.crt") },
        "DatabaseInsecure",
        /^The certificate of postgres:127\.0\.0\.1:\d+\/postgres is not trusted \(.*127\.0\.0\.1.*\)\. Name the certificate/
      ],
      [{ sslmode: "require", sslrootcert: fixture("other.crt") }, "DatabaseInsecure", /unable to|self-signed/],
      [{ sslmode: "verify-ca", sslrootcert: fixture("other.crt") }, "DatabaseInsecure", /sslrootcert=FILE/],
      [{ sslrootcert: "system" }, "DatabaseInsecure", /not trusted/],
      [{ sslrootcert: "system", sslmode: "require" }, "BadAddress", /sslrootcert=system needs sslmode=verify-full/],
      [{ sslmode: "verify-full" }, "BadAddress", /sslmode=verify-full needs .* sslrootcert=system/],
      [{ sslmode: "require", sslrootcert: "/nowhere" }, "BadAddress", /sslrootcert names cannot be read \(NotFound\)/],
      [{ sslrootcert: fixture("server.key") }, "BadAddress", /sslrootcert names has no certificate/],
      [{ sslcert: fixture("client.crt") }, "BadAddress", /sslcert needs its key/],
      [{ sslcert: fixture("client.crt"), sslkey: fixture("server.key") }, "BadAddress", /do not fit together/],
      [{ port: "1,2" }, "BadAddress", /one port for all servers/],
      [{ hostaddr: "localhost" }, "BadAddress", /addresses in numbers/]
    ]
    for (const [parameters, tag, message] of refused) {
      const name = Object.entries(parameters).map(([name, value]) => `${name}=${NodePath.basename(value)}`)
      it.effect(`with ${name.join(" ")} is refused`, () =>
        Effect.gen(function* () {
          const reason = yield* failing(yield* addressOf(parameters))
          assert.strictEqual(reason._tag, tag)
          assert.match(reason.message, message)
        })
      )
    }

    it.effect("is tried encrypted, or not, as the server's rules want it", () =>
      Effect.gen(function* () {
        yield* role("tls_only")
        yield* role("plain_only")
        assert.isTrue(yield* isEncrypted(yield* addressOf({ sslmode: "allow" }, "tls_only")))
        assert.isFalse(yield* isEncrypted(yield* addressOf({ sslmode: "prefer" }, "plain_only")))
        const plain = yield* failing(yield* addressOf({ sslmode: "disable" }, "tls_only"))
        assert.strictEqual(plain._tag, "DatabaseRefused")
        const encrypted = yield* failing(yield* addressOf({ sslmode: "require" }, "plain_only"))
        assert.strictEqual(encrypted._tag, "DatabaseRefused")
      })
    )

    it.effect("shows a certificate of one's own", () =>
      Effect.gen(function* () {
        yield* role("holder")
        const own = { sslcert: fixture("client.crt"), sslkey: fixture("client.key"), sslmode: "require" }
        const row = yield* sessionOf(yield* addressOf(own, "holder"))
        assert.deepStrictEqual(row, { ssl: true, usename: "holder", datname: "postgres", client_dn: "/CN=holder" })
        const none = yield* failing(yield* addressOf({ ...own, sslcertmode: "disable" }, "holder"))
        assert.strictEqual(none._tag, "DatabaseRefused")
      })
    )

    it.effect("is not made where a server takes no encrypted ones, and one has to be", () =>
      Effect.gen(function* () {
        const port = yield* answering("N")
        const reason = yield* failing(`host=127.0.0.1 port=${port} user=u dbname=d sslmode=require`)
        assert.strictEqual(
          reason.message,
          `postgres:127.0.0.1:${port}/d takes no encrypted connections (The server does not support TLS), and the sslmode asks for one. Switch TLS on there, or, where you trust the network, write sslmode=prefer.`
        )
        const wanted = yield* failing(`host=127.0.0.1 port=${port} user=u dbname=d`, { PGSSLMODE: "require" })
        assert.strictEqual(wanted._tag, "DatabaseInsecure")
      })
    )

    it.effect("is given up after connect_timeout", () =>
      Effect.gen(function* () {
        const port = yield* answering("")
        const reason = yield* failing(`host=127.0.0.1 port=${port} user=u connect_timeout=1`)
        assert.strictEqual(reason._tag, "DatabaseUnreachable")
        assert.match(reason.message, /timed out/)
      })
    )

    it.effect("is made of PG* variables, where the address says nothing", () =>
      Effect.gen(function* () {
        const { hostname, password, port, username } = new URL((yield* PostgresServer.PostgresServer).url)
        const env = {
          PGHOST: hostname,
          PGPORT: port,
          PGUSER: username,
          PGPASSWORD: decodeURIComponent(password),
          PGDATABASE: "template1",
          PGSSLMODE: "disable"
        }
        const row = yield* sessionOf("postgres://", env)
        assert.deepStrictEqual(row, { ssl: false, usename: username, datname: "template1", client_dn: null })
        // The address goes before them.
        const other = yield* sessionOf("postgres:///postgres?sslmode=require", env)
        assert.deepStrictEqual(other, { ssl: true, usename: username, datname: "postgres", client_dn: null })
        const wrong: ReadonlyArray<readonly [Environment, RegExp]> = [
          [{ PGSSLMODE: "on" }, /^PGSSLMODE takes disable, allow, .* or verify-full\.$/],
          [{ PGPORT: "s3cret" }, /^PGPORT takes a number from 1 to 65535\.$/],
          [{ PGSERVICE: "crm" }, /^PGSERVICE cannot be honoured here: leave it out\.$/]
        ]
        for (const [more, expected] of wrong) {
          const reason = yield* failing("postgres://", { ...env, ...more })
          assert.strictEqual(reason._tag, "BadAddress")
          assert.match(reason.message, expected)
        }
      })
    )

    it.effect("takes its password from a file that is its owner's alone", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const home = yield* temporary
        const { hostname, password, port, username } = new URL((yield* PostgresServer.PostgresServer).url)
        const secret = decodeURIComponent(password).replaceAll(/[:\\]/g, "\\$&")
        const text = `# a comment\n${hostname}:${port}:other:*:wrong\n${hostname}:*:postgres:${username}:${secret}\n*:*:*:*:wrong\n`
        yield* fs.writeFileString(`${home}/.pgpass`, text, { mode: 0o600 })
        const address = `host=${hostname} port=${port} user=${username} dbname=postgres sslmode=disable`
        assert.isFalse(yield* isEncrypted(address, { HOME: home }))
        yield* fs.rename(`${home}/.pgpass`, `${home}/mine`)
        assert.isFalse(yield* isEncrypted(address, { PGPASSFILE: `${home}/mine` }))
        assert.isFalse(yield* isEncrypted(`${address} passfile='${home}/mine'`))

        const logged: Array<unknown> = []
        const logger = Logger.make(({ message }) => void logged.push(message))
        yield* fs.chmod(`${home}/mine`, 0o644)
        const open = yield* Effect.provide(failing(address, { PGPASSFILE: `${home}/mine` }), Logger.layer([logger]))
        assert.strictEqual(open._tag, "DatabaseRefused")
        assert.match(String(logged), /mine is not used: others than its owner can read it\. chmod 600 mends that\./)
        const gone = yield* failing(address, { PGPASSFILE: `${home}/nowhere` })
        assert.match(gone.message, /passfile names cannot be read \(NotFound\)/)
      })
    )

    it.effect("trusts ~/.postgresql/root.crt, where it is", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const home = yield* temporary
        yield* fs.makeDirectory(`${home}/.postgresql`)
        yield* fs.copyFile(fixture("ca.crt"), `${home}/.postgresql/root.crt`)
        assert.isTrue(yield* isEncrypted(yield* addressOf({ sslmode: "verify-full" }), { HOME: home }))
        yield* fs.copyFile(fixture("other.crt"), `${home}/.postgresql/root.crt`)
        const reason = yield* failing(yield* addressOf({ sslmode: "require" }), { HOME: home })
        assert.strictEqual(reason._tag, "DatabaseInsecure")
      })
    )

    it.effect("has the schema of search_path, unless one is named", () =>
      Effect.gen(function* () {
        const name = (address: string, schema?: string) =>
          Effect.provide(
            Sink.useSync(({ name }) => name),
            Postgres.layer({ url: Redacted.make(address), schema })
          )
        const address = yield* addressOf({ options: '-c work_mem=8MB --search_path="$user",CRM,public' })
        assert.match(yield* name(address), /\/postgres \(schema crm\)$/)
        assert.match(yield* name(address, "other"), /\/postgres \(schema other\)$/)
        assert.match(yield* name(yield* addressOf({ options: "-csearch_path=public" })), /\/postgres$/)
        const made = connected(
          yield* addressOf({ options: "-c search_path=Sales" }),
          Effect.scoped(Sink.use(({ connect }) => connect))
        )
        yield* Effect.addFinalizer(() => ask("DROP SCHEMA IF EXISTS sales CASCADE"))
        yield* made
        assert.deepStrictEqual(yield* ask("SELECT tablename FROM pg_tables WHERE schemaname = 'sales' ORDER BY 1"), [
          { tablename: "_intercom_export" },
          { tablename: "_intercom_quarantine" }
        ])
        // The options reach the server as well.
        const broken = yield* failing(yield* addressOf({ options: "-c no_such_setting=1" }))
        assert.match(broken.message, /no_such_setting/)
      })
    )

    it.effect("is made to the first of several servers that is there, and of the kind that is asked for", () =>
      Effect.gen(function* () {
        const { hostname, password, port, username } = new URL((yield* PostgresServer.PostgresServer).url)
        const gone = yield* Effect.scoped(answering(""))
        const several = `postgres://${username}:${password}@${hostname}:${gone},${hostname}:${port}/postgres?sslmode=disable`
        assert.isFalse(yield* isEncrypted(several))
        for (const kind of ["any", "read-write", "primary", "prefer-standby"]) {
          assert.isFalse(yield* isEncrypted(`${several}&target_session_attrs=${kind}`))
        }
        for (const kind of ["read-only", "standby"]) {
          const reason = yield* failing(`${several}&target_session_attrs=${kind}`)
          assert.strictEqual(
            reason.message,
            `postgres:${hostname}:${gone},${hostname}:${port}/postgres: none of its servers is ${kind}.`
          )
        }
      })
    )
  })
})
