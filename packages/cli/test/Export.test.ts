import * as LogEvent from "@effect-intercom/cli/LogEvent"
import type * as Walk from "@effect-intercom/export/Walk"
import { Simulator } from "@effect-intercom/simulator/Simulator"
import * as Faults from "@effect-intercom/simulator/Faults"
import { assert, describe, it } from "@effect/vitest"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as PlatformError from "effect/PlatformError"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { createHash } from "node:crypto"
import * as Command from "./Command.ts"

/** A token that nothing else in a test looks like. */
const token = "dG9rOnNlY3JldC0x+/tok_5ECR3T="

const simulator = (options: Parameters<typeof Simulator.layer>[0] = {}) =>
  Layer.merge(
    Simulator.layer({ contacts: 120, companies: 30, conversations: 20, ...options, token: Redacted.make(token) }),
    NodeServices.layer
  )

const environment = Simulator.useSync(({ url }) => ({ INTERCOM_BASE_URL: url, INTERCOM_ACCESS_TOKEN: token }))

const read = (file: string) => Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString(file))

/** The count and checksum of an exported file, to compare with the simulator's. */
const snapshot = (file: string) =>
  Effect.map(read(file), (text) => ({
    count: text.split("\n").length - 1,
    sha256: createHash("sha256").update(text).digest("hex")
  }))

/** The names of all files in a directory, and below. */
const names = Effect.fnUntraced(function* (directory: string) {
  const fs = yield* FileSystem.FileSystem
  const all = yield* fs.readDirectory(directory, { recursive: true })
  const files = yield* Effect.filter(all, (name) =>
    Effect.map(fs.stat(`${directory}/${name}`), ({ type }) => type === "File")
  )
  return files.toSorted()
})

/** Every file of a directory, one after the other. */
const everything = Effect.fnUntraced(function* (directory: string) {
  const files = yield* Effect.forEach(yield* names(directory), (name) => read(`${directory}/${name}`))
  return files.join("\n")
})

const events = (stderr: string) =>
  stderr
    .trim()
    .split("\n")
    .map((line) => Schema.decodeUnknownSync(Schema.fromJsonString(LogEvent.LogEvent))(line))

/** Runs the command on the simulator, within this process. */
const intercom = (...args: ReadonlyArray<string>) => Effect.flatMap(environment, (env) => Command.inProcess(args, env))

const isSentence = (text: string) => assert.match(text, /^[^\n]+\.$/)

describe("intercom export", () => {
  it.live("exports what the simulator holds, faults and all, and never shows the token", () =>
    Effect.gen(function* () {
      const { snapshot: expected } = yield* Simulator
      const directory = `${yield* Command.temporary}/out`
      const resources = ["contacts", "companies", "conversations", "articles", "admins", "segments", "tags"] as const
      const { code, stderr, stdout } = yield* intercom(
        "export",
        ...resources,
        "--to",
        `ndjson:${directory}`,
        "--page-size",
        "20",
        "--log-level",
        "all"
      )
      assert.strictEqual(code, 0, stderr)
      for (const resource of resources) {
        const found = yield* snapshot(`${directory}/${resource}.ndjson`)
        const held = resource === "conversations" ? "conversationDetails" : resource
        assert.deepStrictEqual(found, yield* expected(held), resource)
        assert.include(stdout, `${directory}/${resource}.ndjson  ${found.count} records  sha256 ${found.sha256}`)
        assert.match(stderr, new RegExp(`^✓ ${resource} +${found.count} records`, "m"))
      }
      // The retries are told, so there were some.
      assert.include(stderr, "retry 1 in")
      for (const output of [stdout, stderr, yield* everything(directory)]) assert.notInclude(output, token)
    }).pipe(
      Effect.provide(
        simulator({
          faults: Faults.script("ok", "ok", "error503", "ok", "reset", "html502", "ok", "empty200", "truncated")
        })
      )
    )
  )

  it.live("what drifted is written as received, and told; the exit code is 0", () =>
    Effect.gen(function* () {
      const directory = yield* Command.temporary
      const args = ["export", "contacts", "--to", `ndjson:${directory}`]
      const { code, stderr } = yield* intercom(...args)
      assert.strictEqual(code, 0, stderr)
      assert.match(stderr, /^✓ contacts +120 records .* 2 drifted\b/m)
      assert.match(stderr, /^ {2}drift owner_id: expected .*number.*, found boolean, in 1 record$/m)
      assert.match(stderr, /^ {2}drift name: expected string \| null, found number, in 1 record$/m)
      assert.strictEqual(
        (yield* snapshot(`${directory}/contacts.ndjson`)).sha256,
        (yield* Simulator.use(({ snapshot }) => snapshot("contacts"))).sha256
      )
      assert.notInclude(yield* names(directory), "quarantine.ndjson")
      assert.strictEqual((yield* intercom("export", "verify", directory)).code, 0)
      assert.match((yield* intercom("export", "status", directory)).stdout, /^contacts +complete +120 +2 /m)
      yield* intercom("export", "report", directory, "--out", `${directory}/report.html`)
      const page = yield* read(`${directory}/report.html`)
      assert.include(page, "120 records (2 drifted), complete")
      assert.include(page, "<code>owner_id</code>")

      const again = yield* intercom(...args, "--log-format", "json")
      assert.strictEqual(again.code, 0)
      assert.include(again.stderr, '"drifted":2')
      assert.include(again.stderr, '"path":"owner_id"')
    }).pipe(Effect.provide(simulator({ overrides: { contacts: { 3: { owner_id: true }, 99: { name: 5 } } } })))
  )

  it.live("what does not fit a strict export goes to the quarantine, and the exit code tells", () =>
    Effect.gen(function* () {
      const directory = yield* Command.temporary
      const args = ["export", "contacts", "--to", `ndjson:${directory}`, "--strict"]
      const { code, stderr } = yield* intercom(...args)
      assert.strictEqual(code, 2)
      assert.match(stderr, /^2 records are set apart in \S+quarantine\.ndjson, each with the reason\.$/m)
      const quarantine = (yield* read(`${directory}/quarantine.ndjson`)).trimEnd().split("\n")
      assert.strictEqual(quarantine.length, 2)
      assert.strictEqual((yield* snapshot(`${directory}/contacts.ndjson`)).count, 118)
      assert.strictEqual((yield* intercom("export", "verify", directory)).code, 0)

      // What was skipped still is not whole.
      const again = yield* intercom(...args)
      assert.strictEqual(again.code, 2)
      assert.include(again.stderr, "complete since")
    }).pipe(Effect.provide(simulator({ overrides: { contacts: { 3: { owner_id: true }, 99: { name: 5 } } } })))
  )

  it.live("what comes twice is written once, what never came is missing, and the exit code tells", () =>
    Effect.gen(function* () {
      for (const to of ["ndjson:", "csv:", "parquet:", "sqlite:"]) {
        const directory = yield* Command.temporary
        const place = `${to}${directory}${to === "sqlite:" ? "/workspace.db" : ""}`
        const { code, stderr } = yield* intercom("export", "articles", "--to", place)
        assert.strictEqual(code, 2, stderr)
        assert.match(stderr, /^✓ articles +29 records .* 1 missing {2}1 duplicate$/m)
        assert.match(stderr, /The API did not give 1 record /)
        assert.match(stderr, /The API gave 1 record a second time, which is kept once/)
        const status = yield* intercom("export", "status", place)
        assert.match(status.stdout, /^articles +complete +29 +1 +1 /m)
        assert.strictEqual((yield* intercom("export", "verify", place)).code, 0)
      }
    }).pipe(Effect.provide(simulator({ overrides: { articles: { 3: { id: "twice" }, 4: { id: "twice" } } } })))
  )

  it.live("a key that a database cannot have is set aside, told, and verified", () =>
    Effect.gen(function* () {
      const place = `sqlite:${yield* Command.temporary}/workspace.db`
      const { code, stderr } = yield* intercom("export", "contacts", "--to", place)
      assert.strictEqual(code, 2, stderr)
      assert.match(stderr, /^✓ contacts +119 records .* 1 quarantined$/m)
      assert.match(stderr, /^1 record is set apart in /m)
      const verified = yield* intercom("export", "verify", place)
      assert.strictEqual(verified.code, 0, verified.stdout)
    }).pipe(Effect.provide(simulator({ overrides: { contacts: { 5: { id: "5\0" } } } })))
  )

  it.live("contacts without a time are exported, too", () =>
    Effect.gen(function* () {
      const directory = yield* Command.temporary
      const { code, stderr } = yield* intercom("export", "contacts", "--to", `ndjson:${directory}`)
      assert.strictEqual(code, 0, stderr)
      assert.strictEqual((yield* snapshot(`${directory}/contacts.ndjson`)).count, 120)
    }).pipe(Effect.provide(simulator({ overrides: { contacts: { 5: { created_at: null } } } })))
  )

  it.live("a conversation whose request fails is named, the others are exported, and the exit code tells", () =>
    Effect.gen(function* () {
      const { records, setFaults } = yield* Simulator
      const directory = yield* Command.temporary
      const [, line = ""] = yield* Command.collect(records("conversations"))
      const { id } = JSON.parse(line) as { readonly id: string }
      yield* setFaults(Faults.when(({ path }) => path === `/conversations/${id}`, "error403"))
      const args = ["export", "conversations", "tags", "--to", `ndjson:${directory}`]
      const { code, stderr } = yield* intercom(...args)
      assert.strictEqual(code, 2, stderr)
      assert.match(stderr, /^✓ conversations +19 records .* 1 missing$/m)
      assert.match(stderr, /^✓ tags /m)
      assert.match(stderr, /with the reason where a request failed, which the next run tries again/)
      const manifest = JSON.parse(yield* read(`${directory}/manifest.json`)) as {
        readonly exports: { readonly conversations: { readonly missing: ReadonlyArray<Walk.Missing> } }
      }
      assert.deepInclude(manifest.exports.conversations.missing[0], { id, what: "record" })
      assert.include(manifest.exports.conversations.missing[0]?.reason, "403")
      yield* setFaults(Faults.none)
      const next = yield* intercom(...args)
      assert.strictEqual(next.code, 0, next.stderr)
      assert.match(next.stderr, /^✓ conversations +20 records/m)
      assert.match(next.stderr, /^= tags /m)
    }).pipe(Effect.provide(simulator()))
  )

  it.live("parts that do not come are missing, and the exit code tells", () =>
    Effect.gen(function* () {
      const directory = yield* Command.temporary
      const { code, stderr } = yield* intercom("export", "conversations", "--to", `ndjson:${directory}`)
      assert.strictEqual(code, 2, stderr)
      assert.match(stderr, /^The API did not give 1 record or parts that it counts: [^\n]+\.$/m)
      const manifest = JSON.parse(yield* read(`${directory}/manifest.json`)) as {
        readonly exports: { readonly conversations: { readonly missing: ReadonlyArray<unknown> } }
      }
      assert.deepInclude(manifest.exports.conversations.missing[0], { what: "parts", expected: 10, found: 8 })
      const status = yield* intercom("export", "status", directory)
      assert.match(status.stdout, /^conversations +complete +20 +1 /m)
    }).pipe(Effect.provide(simulator({ parts: { 4: { count: 10, shown: 8 } } })))
  )

  it.live("a second run leaves what is complete, --force exports it again", () =>
    Effect.gen(function* () {
      const directory = yield* Command.temporary
      const args = ["export", "admins", "--to", `ndjson:${directory}`]
      const { stats } = yield* Simulator
      yield* intercom(...args)
      const before = (yield* stats).requests
      const second = yield* intercom(...args)
      assert.strictEqual(second.code, 0)
      assert.include(second.stderr, "--force exports it again")
      // Only whose token it is was asked.
      assert.strictEqual((yield* stats).requests, before + 1)
      yield* intercom(...args, "--force")
      assert.strictEqual((yield* stats).requests, before + 3)
    }).pipe(Effect.provide(simulator()))
  )

  it.live("--since last exports what changed, once", () =>
    Effect.gen(function* () {
      const { records, update } = yield* Simulator
      const to = `sqlite:${yield* Command.temporary}/workspace.db`
      const args = ["export", "contacts", "--to", to, "--since", "last"]
      const first = yield* intercom(...args)
      assert.match(first.stdout, /, contacts {2}120 records {2}sha256/)
      const contact = (yield* Command.collect(records("contacts")))[7] ?? ""
      yield* update("contacts", (JSON.parse(contact) as { readonly id: string }).id, { name: "Ada" })
      const changed = yield* intercom(...args)
      assert.strictEqual(changed.code, 0, changed.stderr)
      assert.match(changed.stderr, /^✓ contacts +1 record /m)
      assert.match(changed.stdout, /, contacts {2}120 records {2}sha256/)
      const none = yield* intercom(...args)
      assert.match(none.stderr, /^✓ contacts +0 records/m)
      assert.strictEqual((yield* intercom("export", "verify", to)).code, 0)
    }).pipe(Effect.provide(simulator()))
  )

  it.live("--dry-run says what would be done, and does not do it", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const directory = `${yield* Command.temporary}/out`
      const to = ["--to", `ndjson:${directory}`]
      const { code, stderr, stdout } = yield* intercom(
        "export",
        "contacts",
        "conversations",
        "tags",
        ...to,
        "--dry-run"
      )
      assert.strictEqual(code, 0, stderr)
      assert.deepStrictEqual(
        stdout.split("\n").map((line) => line.split(/ {2,}/)),
        [
          ["resource", "to do", "what changed since", "records", "requests"],
          ["contacts", "export", "everything", "120", "1"],
          ["conversations", "export", "everything", "20", "21"],
          ["tags", "export", "everything", "40", "1"],
          ["", "23"]
        ]
      )
      assert.isFalse(yield* fs.exists(directory))
      yield* intercom("export", "tags", ...to)
      const after = yield* intercom("export", "tags", ...to, "--dry-run")
      assert.match(after.stdout, /^tags +complete already .* 0$/m)
    }).pipe(Effect.provide(simulator()))
  )

  it.live("into a pipe, standard output is the records alone", () =>
    Effect.gen(function* () {
      const { records } = yield* Simulator
      const { code, stderr, stdout } = yield* Command.run(["export", "contacts", "--to", "-"], yield* environment)
      assert.strictEqual(code, 0, stderr)
      assert.deepStrictEqual(stdout.trimEnd().split("\n"), yield* Command.collect(records("contacts")))
    }).pipe(Effect.provide(simulator()))
  )

  it.live("records of several resources come with its name, what does not fit apart", () =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* intercom("export", "contacts", "tags", "--to", "-", "--quiet", "--strict")
      assert.strictEqual(code, 2, stderr)
      const names = stdout
        .trimEnd()
        .split("\n")
        .map((line) => (JSON.parse(line) as { readonly resource: string }).resource)
      assert.deepStrictEqual(
        [names.filter((name) => name === "contacts").length, names.filter((name) => name === "tags").length],
        [119, 40]
      )
      assert.match(stderr, /^\{"resource":"contacts","error":\{.*\n1 record is set apart in standard error/)
    }).pipe(Effect.provide(simulator({ overrides: { contacts: { 3: { owner_id: true } } } })))
  )

  it.live("what fails in a pipe is not said to be resumable", () =>
    Effect.gen(function* () {
      const args = ["export", "--to", "-", "contacts"]
      const { code, stderr } = yield* intercom(...args, "newsItems")
      assert.strictEqual(code, 1)
      assert.match(stderr, /^1 of 2 resources failed: newsItems\. .*\.$/m)
      const alone = yield* Command.inProcess([...args, "--timeout", "1", "--page-size", "50"], {
        ...(yield* environment),
        INTERCOM_ACCESS_TOKEN: "another"
      })
      assert.match(alone.stderr.trim(), /refused the access token/)
      for (const text of [stderr, alone.stderr]) assert.notInclude(text, "is kept")
    }).pipe(Effect.provide(simulator({ faults: Faults.when("NewsItems.list", "error403") })))
  )

  it.live("--quiet says nothing when all is well", () =>
    Effect.gen(function* () {
      const result = yield* intercom("export", "tags", "--to", `csv:${yield* Command.temporary}`, "--quiet")
      assert.deepStrictEqual(result, { code: 0, stdout: "", stderr: "" })
    }).pipe(Effect.provide(simulator()))
  )
})

describe("--log-format json", () => {
  it.live("is events alone, the last of which has the exit code", () =>
    Effect.gen(function* () {
      const directory = yield* Command.temporary
      const { code, stderr } = yield* intercom(
        "export",
        "contacts",
        "tags",
        "--to",
        `ndjson:${directory}`,
        "--log-format",
        "json",
        "--log-level",
        "all",
        "--strict"
      )
      assert.strictEqual(code, 2)
      const all = events(stderr)
      assert.deepStrictEqual(
        all
          .filter(({ event }) => event !== "progress" && event !== "log")
          .map(({ event }) => event)
          .toSorted(),
        ["completed", "completed", "finished", "started", "started"]
      )
      assert.strictEqual(all.at(-1)?.event, "finished")
      assert.isTrue(all.some(({ event }) => event === "progress"))
      assert.deepInclude(
        all.find((one) => one.event === "completed" && one.resource === "contacts"),
        { records: 119, quarantined: 1, total: 120, complete: true, place: "contacts.ndjson" }
      )
      assert.deepInclude(all.at(-1), { event: "finished", code: 2 })
    }).pipe(Effect.provide(simulator({ overrides: { contacts: { 3: { owner_id: true } } } })))
  )

  it.live("a resource's former name is taken for the one of today, which is told", () =>
    Effect.gen(function* () {
      const to = `ndjson:${yield* Command.temporary}`
      const { code, stderr, stdout } = yield* intercom("export", "news", "newsItems", "tags", "--to", to)
      assert.strictEqual(code, 0)
      assert.include(stderr, "news is newsItems now: say that instead")
      assert.match(stdout, /newsItems\.ndjson .*\n.*tags\.ndjson [^\n]*$/)
      const quiet = yield* intercom("export", "news", "--to", to, "--quiet")
      assert.deepStrictEqual(quiet, { code: 0, stdout: "", stderr: "" })
    }).pipe(Effect.provide(simulator()))
  )

  it.live("of failures too, and of what is not configured", () =>
    Effect.gen(function* () {
      const args = ["export", "newsItems", "tags", "--to", `ndjson:${yield* Command.temporary}`, "--log-format", "json"]
      const { code, stderr } = yield* intercom(...args)
      assert.strictEqual(code, 1)
      const all = events(stderr)
      assert.deepInclude(
        all.find(({ event }) => event === "failed"),
        { resource: "newsItems", reason: "RequestFailed", resumable: true }
      )
      assert.deepInclude(all.at(-1), { event: "finished", code: 1 })
      const unset = yield* Command.inProcess(args)
      assert.strictEqual(unset.code, 64)
      assert.match(JSON.stringify(events(unset.stderr)), /"code":64,"message":"INTERCOM_ACCESS_TOKEN is not set/)
    }).pipe(Effect.provide(simulator({ faults: Faults.when("NewsItems.list", "error403") })))
  )
})

describe("an error says what to do", () => {
  it.live("a refused token: which address refused it, and what it takes", () =>
    Effect.gen(function* () {
      const { url } = yield* Simulator
      for (const args of [["export", "tags", "--to", `ndjson:${yield* Command.temporary}`], ["whoami"]]) {
        const { code, stderr } = yield* Command.inProcess(args, {
          INTERCOM_BASE_URL: url,
          INTERCOM_ACCESS_TOKEN: "another"
        })
        assert.strictEqual(code, 1)
        isSentence(stderr.trim())
        assert.include(stderr, `${new URL(url).host} refused the access token (HTTP 401`)
        assert.include(stderr, "none of Intercom's own: put a token that it takes into INTERCOM_ACCESS_TOKEN")
        assert.notInclude(stderr, "another region")
      }
    }).pipe(Effect.provide(simulator()))
  )

  it.live("an address where the API is not", () =>
    Effect.gen(function* () {
      const { url } = yield* Simulator
      for (const args of [["export", "tags", "--to", `ndjson:${yield* Command.temporary}`], ["whoami"]]) {
        const { code, stderr } = yield* Command.inProcess(args, {
          INTERCOM_BASE_URL: `${url}/v2`,
          INTERCOM_ACCESS_TOKEN: "simulator-token"
        })
        assert.strictEqual(code, 1)
        isSentence(stderr.trim())
        assert.include(stderr, `${url}/v2 is not where Intercom's API is: it knows no /me (HTTP 404`)
        assert.include(stderr, "Correct the path of --base-url or INTERCOM_BASE_URL")
        assert.notInclude(stderr, "Check the id")
      }
    }).pipe(Effect.provide(simulator()))
  )

  it.live("a token revoked on the way: what was written is kept", () =>
    Effect.gen(function* () {
      const { setFaults } = yield* Simulator
      const directory = yield* Command.temporary
      const to = ["--to", `ndjson:${directory}`, "--page-size", "20", "--resources-at-once", "1"]
      const args = ["export", "tags", "contacts", "teams", ...to]
      const { code, stderr } = yield* intercom(...args)
      assert.strictEqual(code, 1)
      assert.match(stderr, /^\S+ refused the access token \(HTTP 401, token_revoked/m)
      // The others would meet it too.
      assert.notInclude(stderr, "teams")
      yield* setFaults(Faults.none)
      const again = yield* intercom(...args)
      assert.strictEqual(again.code, 0, again.stderr)
    }).pipe(
      Effect.provide(simulator({ faults: Faults.when("Contacts.search", Faults.script("ok", "ok", "ok", "error401")) }))
    )
  )

  it.live("what the plan is without: the others are exported", () =>
    Effect.gen(function* () {
      const directory = yield* Command.temporary
      const { code, stderr } = yield* intercom("export", "tags", "newsItems", "teams", "--to", `ndjson:${directory}`)
      assert.strictEqual(code, 1)
      assert.match(stderr, /^✗ newsItems .*api_plan_restricted.*plan does not include this operation\.$/m)
      assert.match(
        stderr,
        /^1 of 3 resources failed: newsItems\. The workspace's plan is without newsItems: name the others, instead of --all\.$/m
      )
      assert.deepStrictEqual(yield* names(directory), ["manifest.json", "state.json", "tags.ndjson", "teams.ndjson"])
    }).pipe(Effect.provide(simulator({ faults: Faults.when("NewsItems.list", "error403") })))
  )

  it.live("a full disk", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const full = PlatformError.systemError({
        _tag: "Unknown",
        module: "FileSystem",
        method: "write",
        cause: Object.assign(new Error("ENOSPC"), { code: "ENOSPC" })
      })
      // Every file that is opened for writing is on a disk that takes nothing more.
      const disk = FileSystem.FileSystem.of({
        ...fs,
        open: (path, options) =>
          Effect.map(
            fs.open(path, options),
            (file) =>
              new Proxy(file, {
                get: (target, key) =>
                  key === "writeAll" || key === "write"
                    ? () => Effect.fail(full)
                    : (Reflect.get(target, key) as unknown)
              })
          )
      })
      const directory = yield* Command.temporary
      const { code, stderr } = yield* Command.inProcess(
        ["export", "tags", "teams", "--to", `ndjson:${directory}`],
        yield* environment,
        Layer.succeed(FileSystem.FileSystem, disk)
      )
      assert.strictEqual(code, 1)
      // Side by side: whichever is written first.
      assert.match(stderr, /^(?:tags|teams): The disk is full: \S+ could not be written\. Make room first\.$/m)
      // Nothing was.
      assert.notInclude(stderr, "is kept")
    }).pipe(Effect.provide(simulator()))
  )

  it.live("a database that cannot be reached; its password is not repeated", () =>
    Effect.gen(function* () {
      const url = "postgres://ada:s3cr3tpw@127.0.0.1:1/crm"
      const args = ["export", "tags", "--to"]
      const inCommand = yield* intercom(...args, `postgres:${url}`)
      assert.strictEqual(inCommand.code, 1)
      assert.match(inCommand.stderr, /127\.0\.0\.1:1.* cannot be reached [^\n]+ Check host and port/)
      assert.include(inCommand.stderr, "can be seen in the list of processes")
      const inEnvironment = yield* Command.inProcess([...args, "postgres:"], {
        ...(yield* environment),
        INTERCOM_EXPORT_POSTGRES_URL: url
      })
      assert.strictEqual(inEnvironment.code, 1)
      assert.match(inEnvironment.stderr, /cannot be reached/)
      assert.notInclude(inEnvironment.stderr, "list of processes")
      for (const { stderr, stdout } of [inCommand, inEnvironment]) assert.notInclude(stdout + stderr, "s3cr3tpw")
    }).pipe(Effect.provide(simulator()))
  )

  it.live("what another workspace, or another version of the API, has left there", () =>
    Effect.gen(function* () {
      const directory = yield* Command.temporary
      const args = ["export", "tags", "--to", `ndjson:${directory}`]
      yield* intercom(...args)
      const version = yield* intercom("export", "teams", "--to", `ndjson:${directory}`, "--api-version", "2.14")
      assert.strictEqual(version.code, 1)
      assert.match(version.stderr.trim(), /version 2\.15, this one has 2\.14\. Choose another place, [^\n]*--force/)
      assert.notInclude(version.stderr, "the same command")
      const workspace = yield* Effect.provide(intercom(...args), simulator({ seed: 2 }))
      assert.strictEqual(workspace.code, 1)
      assert.match(workspace.stderr, /belongs to an export with (workspace|baseUrl)/)
    }).pipe(Effect.provide(simulator()))
  )

  it.live("a second export into the same place", () =>
    Effect.gen(function* () {
      const directory = yield* Command.temporary
      const args = ["export", "contacts", "--to", `ndjson:${directory}`, "--page-size", "10"]
      const first = yield* Command.start(args, yield* environment)
      const fs = yield* FileSystem.FileSystem
      yield* Command.until(fs.exists(`${directory}/export.lock`))
      const second = yield* intercom(...args)
      assert.strictEqual(second.code, 1)
      assert.match(second.stderr.trim(), /^Another export writes there: process \d+ on \S+, since \S+Z\. Wait until/)
      assert.include(second.stderr, `process ${first.child.pid} `)
      // To look at it is no export.
      assert.strictEqual((yield* intercom("export", "status", `ndjson:${directory}`)).code, 0)
    }).pipe(Effect.scoped, Effect.provide(simulator({ contacts: 600, latency: "100 millis" })))
  )

  it.live("a directory that is a file, and a database that is none", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const file = `${yield* Command.temporary}/file`
      yield* fs.writeFileString(file, "This is no database, and no directory either. ".repeat(30))
      const directory = yield* intercom("export", "tags", "--to", `ndjson:${file}`)
      assert.strictEqual(directory.code, 1)
      assert.match(directory.stderr, /file is not a directory\. Move it away, or choose another place\.$/m)
      const database = yield* intercom("export", "tags", "--to", `sqlite:${file}`)
      assert.strictEqual(database.code, 1)
      assert.match(database.stderr.trim(), /is not a SQLite database\. Choose another file\.$/)
    }).pipe(Effect.provide(simulator()))
  )

  it.live("nobody listens", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* Command.inProcess(["whoami", "--base-url", "http://127.0.0.1:1"], {
        INTERCOM_ACCESS_TOKEN: token
      })
      assert.strictEqual(code, 1)
      assert.match(stderr.trim(), /^Admins\.me [^\n]*INTERCOM_BASE_URL[^\n]*$/)
    })
  )
})

describe("status, verify and report", () => {
  it.live("tell what is there; the directory alone will do", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const directory = `${yield* Command.temporary}/out`
      const to = `ndjson.gz:${directory}`
      const nothing = yield* intercom("export", "status", to)
      assert.deepStrictEqual([nothing.code, nothing.stdout], [64, ""])
      assert.include(nothing.stderr, `<destination>: ${directory} is not there.`)
      yield* fs.makeDirectory(directory)
      const empty = yield* intercom("export", "status", to)
      assert.deepStrictEqual([empty.code, empty.stdout], [0, `ndjson.gz:${directory}: nothing is exported there.`])
      const unverified = yield* intercom("export", "verify", to)
      assert.strictEqual(unverified.code, 1)
      isSentence(unverified.stderr.trim())

      yield* intercom("export", "contacts", "tags", "--to", to)
      // None of them needs a token.
      const status = yield* Command.inProcess(["export", "status", directory])
      assert.strictEqual(status.code, 0, status.stderr)
      assert.match(status.stdout, /^contacts +complete +120 +\d{4}-\d\d-\d\dT[\d:]+Z/m)
      const verified = yield* Command.inProcess(["export", "verify", directory])
      assert.strictEqual(verified.code, 0, verified.stderr)
      assert.match(verified.stdout, /^✓ contacts +120 records, sha256 [0-9a-f]{64}\n✓ tags +40 records/)
      const page = `${directory}/pages/report.html`
      const report = yield* Command.inProcess(["export", "report", directory, "--out", page])
      assert.deepStrictEqual([report.code, report.stdout], [0, page])
      assert.include(yield* read(page), "<h1>160 records, complete</h1>")

      const file = `${directory}/tags.ndjson.gz`
      yield* fs.writeFile(file, (yield* fs.readFile(file)).slice(0, -9))
      yield* fs.remove(`${directory}/contacts.ndjson.gz`)
      const changed = yield* Command.inProcess(["export", "verify", directory])
      assert.strictEqual(changed.code, 1)
      assert.match(changed.stdout, /^✗ contacts .*is not there/m)
      assert.match(changed.stdout, /^✗ tags /m)
      assert.match(changed.stderr.trim(), /^contacts, tags: not as the manifest says\. [^\n]*--force\.$/)
    }).pipe(Effect.provide(simulator()))
  )

  for (const [format, place] of [
    ["csv", ""],
    ["parquet", ""],
    ["ndjson.zst", ""],
    ["sqlite", "/workspace.db"]
  ] as const) {
    it.live(`${format}: exported, recognized, verified`, () =>
      Effect.gen(function* () {
        const path = `${yield* Command.temporary}${place}`
        const exported = yield* intercom("export", "contacts", "events", "--to", `${format}:${path}`)
        assert.strictEqual(exported.code, 0, exported.stderr)
        const status = yield* Command.inProcess(["export", "status", path])
        assert.strictEqual(status.stdout.split("\n")[0], `${format}:${path}`)
        const verified = yield* Command.inProcess(["export", "verify", path])
        assert.strictEqual(verified.code, 0, verified.stdout)
        assert.match(verified.stdout, /^✓ contacts +12 records, .*\n✓ events +36 records/)
      }).pipe(Effect.provide(simulator({ contacts: 12 })))
    )
  }
})

describe("an export that is stopped", () => {
  // Enough pages, slow enough, to be stopped in the middle.
  const slow = simulator({ contacts: 600, latency: "10 millis", overrides: { contacts: { 7: { owner_id: true } } } })
  const args = (directory: string) => [
    "export",
    "contacts",
    "--to",
    `ndjson:${directory}`,
    "--page-size",
    "20",
    "--strict"
  ]

  /** Starts an export, and stops it when so many bytes are written. */
  const stop = Effect.fnUntraced(function* (directory: string, bytes: number, signal: NodeJS.Signals) {
    const fs = yield* FileSystem.FileSystem
    const child = yield* Command.start(args(directory), yield* environment)
    const written = Effect.orElseSucceed(
      Effect.gen(function* () {
        const [work = ""] = yield* fs.readDirectory(`${directory}/.export`)
        return Number((yield* fs.stat(`${directory}/.export/${work}/contacts.ndjson.part`)).size)
      }),
      () => 0
    )
    yield* Command.until(Effect.map(written, (size) => size >= bytes))
    yield* child.signal(signal)
    return yield* child.result
  }, Effect.scoped)

  it.live(
    "by kill -9, and by Ctrl-C, which says so, again and again, resumes to the same bytes",
    () =>
      Effect.gen(function* () {
        const directory = yield* Command.temporary
        assert.strictEqual((yield* stop(directory, 1, "SIGKILL")).code, -1)

        const stopped = yield* stop(directory, 60_000, "SIGINT")
        assert.strictEqual(stopped.code, 130)
        assert.include(stopped.stderr, "Stopped. The same command resumes here.")
        assert.notMatch(stopped.stderr, /^\s+at /m)
        const status = yield* intercom("export", "status", directory)
        assert.match(status.stdout, /^contacts +unfinished +\d+ of 600 /m)

        assert.strictEqual((yield* stop(directory, 120_000, "SIGKILL")).code, -1)
        const resumed = yield* intercom(...args(directory))
        assert.strictEqual(resumed.code, 2, resumed.stderr)
        assert.match(resumed.stderr, /^contacts: resuming after [1-9]\d* records$/m)

        const undisturbed = yield* Command.temporary
        yield* intercom(...args(undisturbed))
        for (const name of ["contacts.ndjson", "quarantine.ndjson"]) {
          assert.strictEqual(yield* read(`${directory}/${name}`), yield* read(`${undisturbed}/${name}`))
        }
        assert.deepStrictEqual(yield* names(directory), [
          "contacts.ndjson",
          "manifest.json",
          "quarantine.ndjson",
          "state.json"
        ])
        assert.strictEqual((yield* intercom("export", "verify", directory)).code, 0)
      }).pipe(Effect.provide(slow)),
    180_000
  )
})

describe("intercom whoami", () => {
  it.live("shows admin, workspace, region and version", () =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* intercom("whoami")
      assert.strictEqual(code, 0, stderr)
      const { url } = yield* Simulator
      assert.match(stdout, /^admin {6}\S.*, id \S+$/m)
      assert.match(stdout, /^workspace {2}\S.*, \S+$/m)
      assert.match(stdout, /^region {5}(US|EU|AU), \S+$/m)
      assert.include(stdout, `API        ${url}/ version 2.15`)
      assert.notInclude(stdout + stderr, token)
    }).pipe(Effect.provide(simulator()))
  )
})
