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
      for (const name of ["export", "whoami", "simulate", "demo"]) assert.match(stdout, new RegExp(`^  ${name} `, "m"))
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

describe("mistakes in the command line", () => {
  const cases: ReadonlyArray<readonly [string, ReadonlyArray<string>, RegExp]> = [
    ["an unknown subcommand", ["exprot"], /exprot/],
    ["an unknown resource", ["export", "people", "--to", "csv:x"], /"people".*"contacts".*\. Did you mean contacts\?/],
    ["a resource with a slip", ["export", "convs", "--to", "csv:x"], /Did you mean conversations\?/],
    ["nothing like a resource", ["export", "xyz", "--to", "csv:x"], /"contacts" \| .*"events"\n/],
    ["no resource", ["export", "--to", "csv:x"], /Name what to export, or write --all: admins, .*events/],
    ["all and some", ["export", "contacts", "--all", "--to", "csv:x"], /--all is every resource/],
    ["no destination", ["export", "contacts"], /--to/],
    [
      "a destination without a format",
      ["export", "contacts", "--to", "x"],
      /postgres:URL, -; it names no format, such as ndjson:x/
    ],
    ["a format there is not", ["export", "contacts", "--to", "xml:x"], /"xml:x".*parquet:DIR.*"xml" is none/],
    [
      "a database that is none",
      ["export", "contacts", "--to", "postgres:crm:secret"],
      /"postgres:…".*starts with postgres:/
    ],
    ["an unknown flag", ["export", "contacts", "--to", "csv:x", "--token", "abc"], /--token/],
    ["the flag of before", ["export", "contacts", "--to", "csv:x", "--out", "x"], /--out/],
    [
      "a moment that is none",
      ["export", "contacts", "--to", "csv:x", "--since", "yesterday"],
      /--since: "yesterday".*ISO 8601/
    ],
    ["a moment to come", ["export", "contacts", "--to", "csv:x", "--since", "2999-01-01"], /a moment that is past/],
    ["pages of nothing", ["export", "contacts", "--to", "csv:x", "--page-size", "0"], /--page-size takes at least 1/],
    ["no request at once", ["export", "contacts", "--to", "csv:x", "--concurrency", "0"], /--concurrency/],
    ["an overlap ahead", ["export", "contacts", "--to", "csv:x", "--overlap=-1"], /--overlap cannot be negative/],
    [
      "quiet JSON",
      ["export", "contacts", "--to", "csv:x", "--quiet", "--log-format", "json"],
      /--quiet and --log-format/
    ],
    ["a format of logs", ["export", "contacts", "--to", "csv:x", "--log-format", "xml"], /--log-format/],
    ["the status of a pipe", ["export", "status", "-"], /nothing stays in a pipe/],
    [
      "the status of a place that is not",
      ["export", "status", "nowhere"],
      /it names no format, such as ndjson:nowhere/
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
