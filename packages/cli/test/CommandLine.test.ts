import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Command from "./Command.ts"

const names = ["contacts", "companies", "conversations", "articles", "admins", "segments"]

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
      assert.include(stdout, "--from CURSOR")
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
    ["an unknown resource", ["export", "people", "--out", "x"], /"people".*"contacts"/],
    ["no resource", ["export", "--out", "x"], /resource/],
    ["no directory", ["export", "contacts"], /--out/],
    ["an unknown flag", ["export", "contacts", "--out", "x", "--token", "abc"], /--token/],
    [
      "a cursor for two listings",
      ["export", "contacts", "companies", "--out", "x", "--from", "c"],
      /--from takes a single/
    ],
    ["a cursor where there are no pages", ["export", "admins", "--out", "x", "--from", "c"], /one with pages/],
    ["pages of nothing", ["export", "contacts", "--out", "x", "--page-size", "0"], /--page-size/],
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
        assert.notMatch(stderr, /^\s+at /m)
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
    ["no token, exporting", ["export", "contacts", "--out", "x"], {}, /^INTERCOM_ACCESS_TOKEN is not set/]
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
