import { assert, describe, it } from "@effect/vitest"
import * as Resource from "@effect-intercom/export/Resource"
import * as Effect from "effect/Effect"
import * as Command from "./Command.ts"

const names = [...Resource.everything]

describe("help", () => {
  it.effect("names every subcommand", () =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* Command.inProcess(["--help"])
      assert.strictEqual(code, 0)
      assert.strictEqual(stderr, "")
      for (const name of ["export", "whoami", "listen", "simulate", "codegen", "demo"])
        assert.match(stdout, new RegExp(`^  ${name} `, "m"))
    })
  )

  it.effect("of export says where the token comes from, and offers no flag for it", () =>
    Effect.gen(function* () {
      const { code, stdout } = yield* Command.inProcess(["export", "--help"])
      assert.strictEqual(code, 0)
      assert.include(stdout, "INTERCOM_ACCESS_TOKEN")
      assert.include(stdout, "--since TIME")
      assert.include(stdout, "postgres:URL")
      for (const name of ["status", "verify", "report"]) assert.match(stdout, new RegExp(`^  ${name} `, "m"))
      assert.notMatch(stdout, /--\S*token/)
    })
  )

  it.effect("is what the bare command shows", () =>
    Effect.gen(function* () {
      const { code, stdout } = yield* Command.inProcess([])
      assert.strictEqual(code, 0)
      assert.include(stdout, "SUBCOMMANDS")
    })
  )

  it.effect("--version", () =>
    Effect.gen(function* () {
      const { code, stdout } = yield* Command.inProcess(["--version"])
      assert.strictEqual(code, 0)
      assert.match(stdout, /^intercom v\d+\.\d+\.\d+$/)
    })
  )

  for (const shell of ["bash", "zsh", "fish"]) {
    it.effect(`completions for ${shell}`, () =>
      Effect.gen(function* () {
        const { code, stdout } = yield* Command.inProcess(["--completions", shell])
        assert.strictEqual(code, 0)
        for (const word of ["export", "simulate", ...names]) assert.include(stdout, word)
      })
    )
  }
})

describe("schema", () => {
  const cases: ReadonlyArray<readonly [string, ReadonlyArray<string>, RegExp]> = [
    [
      "sqlite:x.db",
      ["deletedContacts"],
      /^CREATE TABLE "deletedContacts" \(.*"merged_into" TEXT,.*"noticed_at" INTEGER/s
    ],
    ["sqlite:x.db", ["tags"], /^CREATE TABLE "tags" \(\n.*"id" TEXT NOT NULL PRIMARY KEY,.*"_rest" JSON TEXT\n\);$/s],
    ["postgres:", ["news", "--schema", "crm"], /^CREATE TABLE "crm"\."newsItems" \(.*"created_at" bigint,/s],
    [
      "x.duckdb",
      ["tags", "events"],
      /^CREATE TABLE "tags" \(\n.*"applied_at" TIMESTAMP WITH TIME ZONE,.*"_rest" JSON\n\);\n\nCREATE SEQUENCE IF NOT EXISTS "_intercom_position";\nCREATE TABLE "events"/s
    ],
    ["x.duckdb", ["contacts", "--format", "views"], /^DROP VIEW IF EXISTS "contact_tags";\nCREATE VIEW .*json_each/s],
    ["s3://acme/x", ["tags"], /^\{\n {2}"\$schema": ".*2020-12.*"title": "tags"/s],
    ["parquet:s3://acme/x", ["tags"], /^\| `id` \| STRING \| the key \|$.*TIMESTAMP \(UTC, ms\)/ms],
    ["ndjson:x", ["tags"], /^\{\n {2}"\$schema": ".*2020-12.*"title": "tags"/s],
    ["parquet:x", ["tags"], /^## tags\n.*\| `id` \| STRING \| the key \|$.*TIMESTAMP \(UTC, ms\)/ms],
    ["csv:x", [], /^## admins$.*^## events$/ms],
    ["sqlite:x.db", ["tags", "--format", "markdown"], /^\| `id` \| TEXT \| the key \|$/m]
  ]
  it.effect.each(cases)("is told for %s without a request", ([to, args, expected]) =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* Command.inProcess(["export", "schema", ...args, "--to", to])
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.match(stdout, expected)
    })
  )
})

describe("mistakes in the command line", () => {
  const cases: ReadonlyArray<readonly [string, ReadonlyArray<string>, RegExp]> = [
    ["an unknown subcommand", ["exprot"], /exprot/],
    [
      "an unknown resource",
      ["export", "people", "--to", "csv:x"],
      /^<resource> takes admins, .* or activityLogs, not "people"\. Did you mean contacts\?$/m
    ],
    ["a resource with a slip", ["export", "convs", "--to", "csv:x"], /Did you mean conversations\?/],
    [
      "nothing like a resource",
      ["export", "xyz", "--to", "csv:x"],
      /contacts, .*deliveries or activityLogs, not "xyz"\.\n/
    ],
    ["no resource", ["export", "--to", "csv:x"], /Name what to export, or write --all: admins, .*events/],
    ["all and some", ["export", "contacts", "--all", "--to", "csv:x"], /--all is every resource/],
    ["no destination", ["export", "contacts"], /--to/],
    [
      "a destination without a format",
      ["export", "contacts", "--to", "x"],
      /^--to: It names no format, such as ndjson:x\. It takes one of ndjson:DIR, .*postgres:URL, s3:\/\/BUCKET\/PREFIX, .*, -\.$/m
    ],
    [
      "a format there is not",
      ["export", "contacts", "--to", "xml:x"],
      /^--to: "xml" is not a format\. It takes .*parquet:DIR/m
    ],
    [
      "a database that is none",
      ["export", "contacts", "--to", "postgres:crm:secret"],
      /^--to: The address of a PostgreSQL database starts with postgres:/m
    ],
    [
      "an unknown flag",
      ["export", "contacts", "--to", "csv:x", "--token", "abc"],
      /^--token is not a flag of intercom export\.$/m
    ],
    ["a slip in a flag", ["export", "contacts", "--too", "csv:x"], /^--too is not a flag .* Did you mean --to\?$/m],
    ["a flag without its value", ["export", "contacts", "--to="], /^--to: It names no format, such as ndjson:DIR\./m],
    ["a time that is empty", ["export", "contacts", "--to", "csv:x", "--since="], /^--since takes last, a date/m],
    ["an address that is empty", ["whoami", "--base-url="], /^--base-url takes an address such as [^,]*\.$/m],
    ["a flag twice", ["whoami", "--region", "eu", "--region", "us"], /^--region is given 2 times: give it once\.$/m],
    ["a number that is none", ["whoami", "--timeout", "soon"], /^--timeout takes a number, not "soon"\.$/m],
    ["half a second", ["whoami", "--timeout", "0.5"], /^--timeout takes a whole number, not "0.5"\.$/m],
    ["no time at all", ["whoami", "--timeout", "0"], /^--timeout takes a whole number from 1 to 86,400, not "0"\.$/m],
    ["more at once than there is", ["export", "tags", "--to", "csv:x", "--concurrency", "1e9"], /from 1 to 1,000/],
    ["two places of the API", ["whoami", "--region", "eu", "--base-url", "http://localhost:1"], /exclude each other/],
    ["a word too many", ["whoami", "please"], /^"please" is too much/m],
    [
      "a page the API refuses",
      ["export", "contacts", "tags", "--to", "csv:x", "--page-size", "151"],
      /^--page-size is at most 150 for contacts$/m
    ],
    ["DDL of a file", ["export", "schema", "--to", "csv:x", "--format", "ddl"], /^--format ddl is for databases, and/m],
    [
      "CSV where objects are none",
      ["export", "tags", "--to", "parquet:s3://acme", "--csv-bom"],
      /^--csv-bom is for csv:, and the destination is parquet$/m
    ],
    ["CSV where there is none", ["export", "tags", "--to", "ndjson:x", "--csv-bom"], /^--csv-bom is for csv:, and/m],
    ["formulas where there are none", ["export", "tags", "--to", "-", "--csv-formulas", "verbatim"], /is for csv:/],
    [
      "deletions that cannot be told",
      ["export", "events", "--to", "csv:x", "--deletions", "compare"],
      /^--deletions compare cannot tell what was deleted of events \(they have no id/m
    ],
    ["pages where there are none", ["export", "tags", "--to", "csv:x", "--page-size", "5"], /none of these has any/],
    [
      "an overlap of nothing",
      ["export", "tags", "--to", "csv:x", "--overlap", "5"],
      /^--overlap is for --since last$/m
    ],
    ["what a pipe does not know", ["export", "tags", "--to", "-", "--since", "last"], /needs a destination that keeps/],
    [
      "a comparison with a pipe",
      ["export", "tags", "--to", "-", "--deletions", "compare"],
      /^--deletions compare needs a destination that keeps/m
    ],
    ["a restart of a pipe", ["export", "tags", "--to", "-", "--restart"], /^--restart is about what an earlier/m],
    ["a schema of files", ["export", "tags", "--to", "csv:x", "--schema", "crm"], /^--schema is for postgres:/m],
    ["a schema of files, afterwards", ["export", "status", "csv:x", "--schema", "crm"], /^--schema is for postgres:/m],
    ["a schema without a name", ["export", "tags", "--to", "postgres:", "--schema="], /takes the name of a schema\./],
    ["a format with a slip", ["export", "tags", "--to", "ndjsn:x"], /Did you mean ndjson\?/],
    ["an address without postgres:", ["export", "tags", "--to", "host=h dbname=d"], /comes after postgres:/],
    [
      "a parameter with a slip",
      ["export", "tags", "--to", "postgres://u@h/d?sslmod=require"],
      /^--to: In the address of the database, sslmod is not known\. Did you mean sslmode\?$/m
    ],
    ["a year in which there was nothing", ["export", "tags", "--to", "csv:x", "--since", "1970"], /after 1973/],
    ["more records than a machine has room for", ["simulate", "--contacts", "99999999999"], /from 0 to 10,000,000/],
    ["the flag of before", ["export", "contacts", "--to", "csv:x", "--out", "x"], /--out/],
    [
      "a moment that is none",
      ["export", "contacts", "--to", "csv:x", "--since", "yesterday"],
      /^--since takes last, .*ISO 8601 .*, not "yesterday"\.$/m
    ],
    ["a moment to come", ["export", "contacts", "--to", "csv:x", "--since", "2999-01-01"], /a moment that is past/],
    [
      "pages of nothing",
      ["export", "contacts", "--to", "csv:x", "--page-size", "0"],
      /^--page-size takes a whole number from 1 to 1,000,000, not "0"\.$/m
    ],
    ["no request at once", ["export", "contacts", "--to", "csv:x", "--concurrency", "0"], /--concurrency/],
    [
      "an overlap ahead",
      ["export", "contacts", "--to", "csv:x", "--overlap=-1"],
      /^--overlap takes a whole number from 0 to/m
    ],
    [
      "quiet JSON",
      ["export", "contacts", "--to", "csv:x", "--quiet", "--log-format", "json"],
      /--quiet and --log-format/
    ],
    ["a format of logs", ["export", "contacts", "--to", "csv:x", "--log-format", "xml"], /--log-format/],
    ["the status of a pipe", ["export", "status", "-"], /^<destination>: Nothing stays in a pipe\.$/m],
    [
      "the status of a place that is not",
      ["export", "status", "nowhere"],
      /^<destination>: nowhere is not there: name a directory or a database that was exported to/m
    ],
    ["flags of export for its subcommand", ["export", "verify", "csv:x", "--force"], /--force/],
    ["no such region", ["whoami", "--region", "mars"], /mars/],
    ["no such port", ["simulate", "--port", "70000"], /--port/],
    ["a rate limit of another form", ["simulate", "--rate-limit", "fast"], /166\/10s/],
    ["an unknown fault", ["simulate", "--faults", "gremlins=1%"], /gremlins/]
  ]
  for (const [name, args, expected] of cases) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const { code, stderr, stdout } = yield* Command.inProcess(args)
        assert.strictEqual(code, 64)
        assert.strictEqual(stdout, "")
        assert.match(stderr, expected)
        assert.match(stderr, /See intercom.* --help/)
        assert.notMatch(stderr, /^\s+at |secret/m)
      })
    )
  }
})

describe("what may be a secret", () => {
  const words: ReadonlyArray<ReadonlyArray<string>> = [
    ["export", "tags", "--to", "postgre://user:S3cret@host/db"],
    ["export", "tags", "--to", "user:S3cret@host/db"],
    ["export", "tags", "--to", "S3cret@host:5432/db"],
    ["export", "tags", "--to", "mysql://user:S3cret@host/db"],
    ["export", "tags", "--to", "postgres:user:S3cret@host/db"],
    ["export", "tags", "--to", "postgres://user:12/S3cret@host/db"],
    ["export", "tags", "--to", "postgres:password=12 S3cret=x"],
    ["export", "tags", "--to", "password=S3cret host=h"],
    ["export", "status", "postgre://user:S3cret@host/db"],
    ["export", "verify", "postgres://user:S3cret@host:port/db"],
    ["export", "tags", "--since", "postgres://u:S3cret@h/d", "--to", "csv:x"],
    ["export", "tags", "--page-size", "postgres://u:S3cret@h/d", "--to", "csv:x"],
    ["export", "postgres://u:S3cret@h/d", "--to", "csv:x"],
    ["export", "tags", "--to", "csv:x", "--token=S3cret"],
    ["export", "tags", "--to", "csv:x", "--password", "S3cret"],
    ["export", "tags", "--to", "csv:x", "-p=S3cret"],
    ["whoami", "dG9rOmFiYzEyMzQ1Njc4OTBS3cret="],
    ["whoami", "--region", "dG9rOmFiYzEyMzQ1Njc4OTBS3cret="],
    ["whoami", "--base-url", "https://user:S3cret@proxy.example"],
    ["whoami", "--base-url", "postgres://user:S3cret@h/d"],
    ["dG9rOmFiYzEyMzQ1Njc4OTBS3cret="],
    ["simulate", "--faults", "postgres://u:S3cret@h/d"],
    ["simulate", "--rate-limit", "postgres://u:S3cret@h/d"],
    ["simulate", "--timezone", "postgres://u:S3cret@h/d"]
  ]
  for (const args of words) {
    it.effect(`is not repeated: ${args.join(" ")}`, () =>
      Effect.gen(function* () {
        const { code, stderr, stdout } = yield* Command.inProcess(args, { INTERCOM_ACCESS_TOKEN: "token" })
        assert.strictEqual(code, 64)
        assert.notInclude(`${stdout}${stderr}`, "S3cret")
        assert.isAbove(stderr.length, 10)
      })
    )
  }

  const variables: ReadonlyArray<Record<string, string>> = [
    { INTERCOM_ACCESS_TOKEN: "S3cret with spaces" },
    { INTERCOM_ACCESS_TOKEN: "x", INTERCOM_REGION: "S3cret" },
    { INTERCOM_ACCESS_TOKEN: "x", INTERCOM_BASE_URL: "https://user:S3cret@host" },
    { INTERCOM_ACCESS_TOKEN: "x", INTERCOM_VERSION: "S3cret" },
    { INTERCOM_ACCESS_TOKEN: "x", INTERCOM_EXPORT_POSTGRES_URL: "postgre://user:S3cret@host/db" },
    { INTERCOM_ACCESS_TOKEN: "x", INTERCOM_EXPORT_POSTGRES_URL: "postgres://user:12/S3cret@host/db" },
    { INTERCOM_ACCESS_TOKEN: "x", INTERCOM_EXPORT_POSTGRES_URL: "postgres://u@h/d?sslmod=S3cret" }
  ]
  for (const env of variables) {
    it.effect(`is not repeated of ${Object.keys(env).at(-1)}: ${Object.values(env).at(-1)}`, () =>
      Effect.gen(function* () {
        const inDatabase = "INTERCOM_EXPORT_POSTGRES_URL" in env
        const args = inDatabase ? ["export", "tags", "--to", "postgres:"] : ["whoami"]
        const { code, stderr } = yield* Command.inProcess(args, env)
        assert.strictEqual(code, 64)
        assert.include(stderr, String(Object.keys(env).at(-1)))
        assert.notInclude(stderr, "S3cret")
      })
    )
  }
})

describe("mistakes in the environment", () => {
  const token = { INTERCOM_ACCESS_TOKEN: "secret-token" }
  const cases: ReadonlyArray<readonly [string, ReadonlyArray<string>, Record<string, string>, RegExp]> = [
    ["no token", ["whoami"], {}, /^INTERCOM_ACCESS_TOKEN is not set: [^\n]+\.$/],
    ["a token with a space", ["whoami"], { INTERCOM_ACCESS_TOKEN: "secret token" }, /^INTERCOM_ACCESS_TOKEN: expected/],
    ["a region", ["whoami"], { ...token, INTERCOM_REGION: "mars" }, /^INTERCOM_REGION: expected "us"/],
    ["an address", ["whoami"], { ...token, INTERCOM_BASE_URL: "mars" }, /^INTERCOM_BASE_URL: expected an http/],
    ["a version", ["whoami"], { ...token, INTERCOM_VERSION: "new" }, /^INTERCOM_VERSION: expected/],
    ["an address by flag", ["whoami", "--base-url", "mars"], token, /^--base-url: expected an http/],
    ["a version by flag", ["whoami", "--api-version", "new"], token, /^--api-version: expected/],
    ["no token, exporting", ["export", "contacts", "--to", "csv:x"], {}, /^INTERCOM_ACCESS_TOKEN is not set/],
    [
      "no address of a database",
      ["export", "contacts", "--to", "postgres:"],
      token,
      /^INTERCOM_EXPORT_POSTGRES_URL is not set: it takes [^\n]*postgres:\/\/USER/
    ],
    ["no address to look at", ["export", "status", "postgres:"], {}, /^INTERCOM_EXPORT_POSTGRES_URL is not set/]
  ]
  for (const [name, args, env, expected] of cases) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const { code, stderr, stdout } = yield* Command.inProcess(args, env)
        assert.strictEqual(code, 64)
        assert.strictEqual(stdout, "")
        assert.match(stderr.trim(), expected)
        assert.strictEqual(stderr.trim().split("\n").length, 1)
        assert.notInclude(stderr, "secret")
      })
    )
  }
})

describe("a bug", () => {
  it.effect("is a sentence that asks for a report, not a stack", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* Command.inProcess(Effect.die(new TypeError("boom")))
      assert.strictEqual(code, 1)
      assert.strictEqual(stderr.trim(), "The tool broke, please report this: TypeError: boom")
    })
  )
})
