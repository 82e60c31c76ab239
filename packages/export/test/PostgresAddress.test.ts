import * as NodeExport from "@effect-intercom/export/NodeExport"
import * as Postgres from "@effect-intercom/export/Postgres"
import * as PostgresAddress from "@effect-intercom/export/PostgresAddress"
import { Sink } from "@effect-intercom/export/Sink"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"

describe("addresses of PostgreSQL", () => {
  const good: ReadonlyArray<readonly [string, PostgresAddress.Parameters]> = [
    ["postgres://", {}],
    ["postgresql://localhost", { host: "localhost" }],
    ["postgresql://localhost/", { host: "localhost" }],
    ["postgresql:///mydb", { dbname: "mydb" }],
    ["POSTGRES://localhost:5433", { host: "localhost", port: "5433" }],
    ["postgresql://user@localhost/mydb", { user: "user", host: "localhost", dbname: "mydb" }],
    [
      "postgresql://user:s%40c:ret@localhost?sslmode=require",
      { user: "user", password: "s@c:ret", host: "localhost", sslmode: "require" }
    ],
    ["postgres://u:a?b#c@h/d", { user: "u", password: "a?b#c", host: "h", dbname: "d" }],
    [
      "postgresql://other@localhost/otherdb?connect_timeout=10&application_name=myapp",
      { user: "other", host: "localhost", dbname: "otherdb", connect_timeout: "10", application_name: "myapp" }
    ],
    [
      "postgresql://host1:123,host2:456/somedb?target_session_attrs=any&application_name=myapp",
      {
        host: "host1,host2",
        port: "123,456",
        dbname: "somedb",
        target_session_attrs: "any",
        application_name: "myapp"
      }
    ],
    ["postgresql://[2001:db8::1234]:5/database", { host: "2001:db8::1234", port: "5", dbname: "database" }],
    ["postgresql://%2Fvar%2Flib%2Fpostgresql/dbname", { host: "/var/lib/postgresql", dbname: "dbname" }],
    ["postgresql:///dbname?host=/var/lib/postgresql", { host: "/var/lib/postgresql", dbname: "dbname" }],
    ["postgresql://h/d?dbname=e&sslmode=", { host: "h", dbname: "e" }],
    ["postgresql://h/d?ssl=true", { host: "h", dbname: "d", sslmode: "require" }],
    ["postgresql://h/d?options=-c%20search_path%3Dcrm", { host: "h", dbname: "d", options: "-c search_path=crm" }],
    [
      "host=localhost port=5432 dbname=mydb connect_timeout=10",
      { host: "localhost", port: "5432", dbname: "mydb", connect_timeout: "10" }
    ],
    ["host = h  user='a b'  password = 'it\\'s \\\\'", { host: "h", user: "a b", password: "it's \\" }],
    ["password=a\\ b'c host=h", { password: "a b'c", host: "h" }],
    ["host=h password='' user=u", { host: "h", user: "u" }],
    ["host=a host=b", { host: "b" }]
  ]
  for (const [text, expected] of good) {
    it(`says ${text}`, () => assert.deepStrictEqual(PostgresAddress.parse(text), Result.succeed(expected)))
  }

  const bad: ReadonlyArray<readonly [string, RegExp]> = [
    ["postgres://u@h/d?sslmod=require", /sslmod is not known\. Did you mean sslmode\?/],
    ["postgres://u@h/d?ssl_mode=require", /Did you mean sslmode\?/],
    ["postgres://u@h/d?aplication_name=x", /Did you mean application_name\?/],
    ["postgres://u@h/d?colour=red", /colour is not known: it takes the parameters of libpq/],
    ["postgres://u@h/d?toString=x", /toString is not known/],
    ["postgres://u@h/d?sslmode=requires", /sslmode takes disable, allow, prefer, require, verify-ca or verify-full\./],
    ["postgres://u@h/d?sslmode=no-verify", /sslmode takes disable/],
    ["postgres://u@h/d?service=crm", /service cannot be honoured here: leave it out\./],
    [
      "postgres://u@h/d?channel_binding=require",
      /channel_binding cannot be honoured here, other than as prefer or disable/
    ],
    ["postgres://u@h/d?connect_timeout=soon", /connect_timeout takes a whole number/],
    ["postgres://u@h/d?sslmode", /name=value/],
    ["postgres://u@h/d?options=-c search_path=x", /= in a value is %3D/],
    ["postgres://u@h:0/d", /port takes a number from 1 to 65535/],
    ["postgres://u@h:99999/d", /port takes/],
    ["host=h sslmod=require", /Did you mean sslmode\?/],
    ["host=h client_encoding=LATIN1", /client_encoding can only be UTF8/]
  ]
  for (const [text, expected] of bad) {
    it(`not ${text}`, () => assert.match(failure(text), expected))
  }

  const secret = [
    "s3cret",
    "mysql://user:s3cret@host/db",
    "postgres://user:s3cret@host:port/db",
    "postgres://user:s3cret%zz@host/db",
    "postgres://user:12/s3cret@host/db",
    "postgres://user:12@s3cret@host/db",
    "postgres://user:12@x?s3cret@host/db",
    "postgres://user:12@x?s3cret=x@host/db",
    "postgres://user:12/s3cret=1@host/db",
    "postgres://user:12#s3cret/@host/db",
    "postgres://h/d?password=s3cret&sslmod=x",
    "postgres://h/d?password=s3cret&s3cret",
    "host=h password=12 s3cret=x",
    "host=h password=12 s3cret",
    "host=h password='12's3cret",
    "host=h password='12 s3cret",
    "host=h port=s3cret"
  ]
  for (const text of secret) {
    it(`what may be a secret is not repeated: ${text}`, () => assert.notInclude(failure(text), "s3cret"))
  }

  it("has a variable for each parameter that libpq has one for, once", () => {
    const all = PostgresAddress.variables.map(([, variable]) => variable)
    assert.strictEqual(new Set(all).size, all.length)
    for (const one of ["PGHOST", "PGUSER", "PGSSLMODE", "PGSSLROOTCERT", "PGCONNECT_TIMEOUT"]) assert.include(all, one)
  })
})

const failure = (text: string): string =>
  Result.match(PostgresAddress.parse(text), {
    onSuccess: () => assert.fail(`read: ${text}`),
    onFailure: (problem) => problem
  })

it.effect("names that PostgreSQL would cut are no schemas: two could become one past their locks", () =>
  Effect.gen(function* () {
    const connecting = (schema: string) =>
      Effect.flip(
        Effect.scoped(
          Effect.provide(
            Sink.use(({ connect }) => connect),
            Postgres.layer({ url: Redacted.make("postgres://u:p@127.0.0.1:1/d?sslmode=disable"), schema })
          )
        )
      )
    for (const schema of ["x".repeat(64), "ü".repeat(32)]) {
      const reason = yield* connecting(schema)
      assert.strictEqual(reason._tag, "BadAddress")
      assert.match(
        reason.message,
        new RegExp(`^The name of the schema ${schema} has 64 bytes, .* 63: choose a shorter`)
      )
    }
    for (const schema of ["x".repeat(63), "ü".repeat(31)]) {
      assert.strictEqual((yield* connecting(schema))._tag, "DatabaseUnreachable")
    }
  }).pipe(
    Effect.provide([NodeExport.layer, NodeServices.layer]),
    Effect.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({})))
  )
)
