import { Simulator } from "@effect-intercom/simulator/Simulator"
import * as Faults from "@effect-intercom/simulator/Faults"
import { assert, describe, it } from "@effect/vitest"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Redacted from "effect/Redacted"
import { createHash } from "node:crypto"
import * as Command from "./Command.ts"

/** A token that nothing else in a test looks like. */
const token = "dG9rOnNlY3JldC0x+/tok_5ECR3T="

const simulator = (options: Parameters<typeof Simulator.layer>[0] = {}) =>
  Simulator.layer({ contacts: 120, companies: 30, conversations: 60, ...options, token: Redacted.make(token) })

const environment = Simulator.useSync(({ url }) => ({ INTERCOM_BASE_URL: url, INTERCOM_ACCESS_TOKEN: token }))

const read = (file: string) => Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString(file))

/** The count and checksum of an exported file, to compare with the simulator's. */
const snapshot = (file: string) =>
  Effect.map(read(file), (text) => ({
    count: text.split("\n").length - 1,
    sha256: createHash("sha256").update(text).digest("hex")
  }))

/** Every file of a directory, one after the other. */
const everything = Effect.fnUntraced(function* (directory: string) {
  const fs = yield* FileSystem.FileSystem
  const files = yield* Effect.forEach(yield* fs.readDirectory(directory), (name) => read(`${directory}/${name}`))
  return files.join("\n")
})

const names = (directory: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => Effect.map(fs.readDirectory(directory), (names) => names.toSorted()))

/** The records the checkpoint vouches for; 0 before there is one. */
const progress = (directory: string) =>
  read(`${directory}/contacts.checkpoint.json`).pipe(
    Effect.map((text) => (JSON.parse(text) as { readonly records: { readonly records: number } }).records.records),
    Effect.orElseSucceed(() => 0)
  )

describe("intercom export", () => {
  it.live("exports what the simulator holds, faults and all, and never shows the token", () =>
    Effect.gen(function* () {
      const { snapshot: expected } = yield* Simulator
      const directory = `${yield* Command.temporary}/out`
      const resources = ["contacts", "companies", "conversations", "articles", "admins", "segments"] as const
      const { code, stderr, stdout } = yield* Command.run(
        ["export", ...resources, "--out", directory, "--page-size", "20", "--log-level", "all"],
        yield* environment
      )
      assert.strictEqual(code, 0, stderr)
      for (const resource of resources) {
        const found = yield* snapshot(`${directory}/${resource}.ndjson`)
        assert.deepStrictEqual(found, yield* expected(resource))
        assert.include(stdout, `${directory}/${resource}.ndjson  ${found.count} records  sha256 ${found.sha256}`)
        assert.match(stderr, new RegExp(`message=complete .*resource=${resource} records=${found.count} `))
      }
      // The retries are told, so there were some.
      assert.include(stderr, "retry 1 in")
      for (const output of [stdout, stderr, yield* everything(directory)]) assert.notInclude(output, token)
    }).pipe(
      Effect.provide(
        simulator({
          faults: Faults.script("ok", "ok", "error503", "ok", "reset", "html502", "ok", "empty200", "truncated")
        })
      ),
      Effect.provide(NodeServices.layer)
    )
  )

  it.live("what does not fit goes to the quarantine, and the exit code tells", () =>
    Effect.gen(function* () {
      const directory = yield* Command.temporary
      const { code, stderr } = yield* Command.inProcess(
        ["export", "contacts", "--out", directory, "--page-size", "50"],
        yield* environment
      )
      assert.strictEqual(code, 2)
      assert.match(
        stderr,
        /^2 records do not fit the schema: they are in \S+quarantine\.ndjson, each with the reason\.$/m
      )
      const quarantine = (yield* read(`${directory}/quarantine.ndjson`)).trimEnd().split("\n")
      assert.strictEqual(quarantine.length, 2)
      const first = JSON.parse(quarantine[0] ?? "") as { readonly record: { readonly owner_id: unknown } }
      assert.strictEqual(first.record.owner_id, true)
      assert.strictEqual((yield* snapshot(`${directory}/contacts.ndjson`)).count, 118)

      // What was skipped still is not whole.
      const again = yield* Command.inProcess(["export", "contacts", "--out", directory], yield* environment)
      assert.strictEqual(again.code, 2)
      assert.include(again.stderr, "complete already; --force exports it again")
    }).pipe(
      Effect.provide(simulator({ overrides: { contacts: { 3: { owner_id: true }, 99: { name: 5 } } } })),
      Effect.provide(NodeServices.layer)
    )
  )

  it.live("a second run leaves what is complete, --force exports it again", () =>
    Effect.gen(function* () {
      const directory = yield* Command.temporary
      const args = ["export", "admins", "--out", directory]
      const { stats } = yield* Simulator
      yield* Command.inProcess(args, yield* environment)
      const before = (yield* stats).requests
      const second = yield* Command.inProcess(args, yield* environment)
      assert.strictEqual(second.code, 0)
      assert.include(second.stderr, "complete already")
      // Only whose token it is was asked.
      assert.strictEqual((yield* stats).requests, before + 1)
      yield* Command.inProcess([...args, "--force"], yield* environment)
      assert.strictEqual((yield* stats).requests, before + 3)
    }).pipe(Effect.provide(simulator()), Effect.provide(NodeServices.layer))
  )

  it.live("a failure is one sentence", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* Command.temporary
      const env = yield* environment
      const refused = yield* Command.inProcess(["export", "contacts", "--out", directory], {
        ...env,
        INTERCOM_ACCESS_TOKEN: "another"
      })
      assert.strictEqual(refused.code, 1)
      assert.match(refused.stderr.trim(), /^Admins\.me .*Unauthorized.*INTERCOM_ACCESS_TOKEN[^\n]*$/)

      yield* fs.writeFileString(`${directory}/file`, "")
      const nowhere = yield* Command.inProcess(["export", "contacts", "--out", `${directory}/file`], env)
      assert.strictEqual(nowhere.code, 64)
      assert.match(nowhere.stderr, /--out.*not a directory/)

      const cursor = yield* Command.inProcess(["export", "contacts", "--out", directory, "--from", "nonsense"], env)
      assert.strictEqual(cursor.code, 1)
      assert.match(cursor.stderr, /^contacts: The API refused to go on from the cursor nonsense: /m)
      assert.notInclude(cursor.stderr, "the same command")
      for (const { stderr } of [refused, nowhere, cursor]) assert.notMatch(stderr, /^\s+at /m)
    }).pipe(Effect.provide(simulator()), Effect.provide(NodeServices.layer))
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

describe("an export that is stopped", () => {
  // Enough pages, slow enough, to be stopped in the middle.
  const slow = simulator({ contacts: 1200, latency: "10 millis", overrides: { contacts: { 7: { owner_id: true } } } })
  const args = (directory: string) => ["export", "contacts", "--out", directory, "--page-size", "20"]

  /** Starts an export, and stops it when the checkpoint has reached `records`. */
  const stop = Effect.fnUntraced(function* (directory: string, records: number, signal: NodeJS.Signals) {
    const child = yield* Command.start(args(directory), yield* environment)
    yield* Command.until(Effect.map(progress(directory), (reached) => reached >= records))
    yield* child.signal(signal)
    return yield* child.result
  }, Effect.scoped)

  const undisturbed = Effect.gen(function* () {
    const directory = yield* Command.temporary
    yield* Command.inProcess(args(directory), yield* environment)
    return {
      contacts: yield* read(`${directory}/contacts.ndjson`),
      quarantine: yield* read(`${directory}/quarantine.ndjson`)
    }
  })

  it.live("by Ctrl-C says so, and goes on to the same bytes", () =>
    Effect.gen(function* () {
      const directory = yield* Command.temporary
      const stopped = yield* stop(directory, 200, "SIGINT")
      assert.strictEqual(stopped.code, 130)
      assert.include(stopped.stderr, "Stopped. The same command goes on from here.")
      assert.notMatch(stopped.stderr, /^\s+at /m)
      assert.deepStrictEqual(yield* names(directory), [
        "contacts.checkpoint.json",
        "contacts.ndjson.part",
        "contacts.quarantine.part"
      ])

      const resumed = yield* Command.run(args(directory), yield* environment)
      assert.strictEqual(resumed.code, 2, resumed.stderr)
      assert.match(resumed.stderr, /message=resumed .*records=[1-9]/)
      const expected = yield* undisturbed
      assert.strictEqual(yield* read(`${directory}/contacts.ndjson`), expected.contacts)
      assert.strictEqual(yield* read(`${directory}/quarantine.ndjson`), expected.quarantine)
      assert.deepStrictEqual(yield* names(directory), ["contacts.ndjson", "manifest.json", "quarantine.ndjson"])
    }).pipe(Effect.provide(slow), Effect.provide(NodeServices.layer))
  )

  it.live("by kill -9, again and again, goes on to the same bytes", () =>
    Effect.gen(function* () {
      const directory = yield* Command.temporary
      for (const records of [20, 300, 700]) {
        assert.strictEqual((yield* stop(directory, records, "SIGKILL")).code, -1)
      }
      assert.strictEqual((yield* Command.run(args(directory), yield* environment)).code, 2)
      const expected = yield* undisturbed
      assert.strictEqual(yield* read(`${directory}/contacts.ndjson`), expected.contacts)
      assert.strictEqual(yield* read(`${directory}/quarantine.ndjson`), expected.quarantine)
      const manifest = JSON.parse(yield* read(`${directory}/manifest.json`)) as {
        readonly resources: { readonly contacts: { readonly runs: number } }
      }
      assert.strictEqual(manifest.resources.contacts.runs, 4)
    }).pipe(Effect.provide(slow), Effect.provide(NodeServices.layer))
  )
})

describe("intercom whoami", () => {
  it.live("shows admin, workspace, region and version", () =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* Command.inProcess(["whoami"], yield* environment)
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
