import * as Contract from "@effect-intercom/contract-tests/checks/Contract"
import * as EffectiveDocument from "@effect-intercom/contract-tests/document/EffectiveDocument"
import * as Main from "@effect-intercom/contract-tests/cli/Main"
import * as PrismCommand from "@effect-intercom/contract-tests/cli/PrismCommand"
import * as ReportJson from "@effect-intercom/contract-tests/report/ReportJson"
import * as Network from "@effect-intercom/contract-tests/traffic/Network"
import { assert, describe, it } from "@effect/vitest"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Schema from "effect/Schema"
import * as ChildProcess from "effect/process/ChildProcess"
import * as Runtime from "effect/Runtime"
import * as Stream from "effect/Stream"
import * as TestConsole from "effect/testing/TestConsole"
import { fileURLToPath } from "node:url"
import { services } from "../Subjects.ts"

/** Runs the command within this process: what ends it, and what it prints. */
const inProcess = (...args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(Command.runWith(Main.command, { version: Main.version })(args))
    return { error, stdout: (yield* TestConsole.logLines).join("\n") }
  }).pipe(Effect.provide([TestConsole.layer, NodeServices.layer, Network.layer]))

const bin = fileURLToPath(new URL("../../src/bin.ts", import.meta.url))

const run = (...args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const child = yield* ChildProcess.make(process.execPath, [bin, ...args], { stdin: "ignore" })
    const [stdout, stderr, code] = yield* Effect.all(
      [
        Stream.mkString(Stream.decodeText(child.stdout)),
        Stream.mkString(Stream.decodeText(child.stderr)),
        child.exitCode
      ],
      { concurrency: "unbounded" }
    )
    return { stdout, stderr, code: Number(code) }
  }).pipe(Effect.scoped)

/** The published document with something else in it. */
const changed = (from: string, to: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { spec } = yield* EffectiveDocument.ours
    const file = yield* fs.makeTempFileScoped({ suffix: ".yml" })
    const text = yield* fs.readFileString(spec)
    assert.include(text, from)
    yield* fs.writeFileString(file, text.replace(from, to))
    return file
  })

// Each is a run of the suite: room for a busy machine.
const patience = 120_000

// What a command prints is the same of few operations.
const few = ["--resource", "Admins"]

describe("intercom-contract", () => {
  it.live(
    "ends with 1, a table, and a line for each divergence of another document, its operations matched by method and path",
    () =>
      Effect.gen(function* () {
        const overlays = (yield* EffectiveDocument.ours).overlays.flatMap((file) => ["--overlay", file])
        const file = yield* changed(
          "operationId: getMe",
          "operationId: identify\n      parameters: [{ name: x, in: query, required: true, schema: { type: string } }]"
        )
        const fs = yield* FileSystem.FileSystem
        const folder = `${yield* fs.makeTempDirectoryScoped()}/reports`
        const args = ["--spec", file, ...overlays, ...few, "--runs", "2", "--report", folder]
        const { error, stdout } = yield* inProcess(...args)
        assert.match(
          stdout,
          /^breaking request: GET \/me \(Admins\.me\): query parameter x: the document requires it, the client cannot send it at #\/paths\/~1me\/get\/parameters\/0, \S+\.yml:47 \| curl /m
        )
        assert.match(stdout, /^breaking request: GET \/me .* \| seed 20261122 path [\d:]+ \| curl -X GET /m)
        // The simulator is the project's own, and is checked with the project's document alone.
        for (const check of Object.keys(Contract.checks).filter((name) => name !== "simulated")) {
          assert.match(stdout, new RegExp(`^operation .*\\b${check}\\b`, "m"))
        }
        assert.match(stdout, /^GET \/me +ok +1 FAILED +1 FAILED /m)
        assert.match(stdout, /^PUT \/admins\/\{admin_id\}\/away +ok .* ok 2 .*ok \d+ /m)
        assert.match(stdout, /seed 20261122: \d+ canary requests refused, \d+ divergences, \d+ notes/)
        assert.instanceOf(error, Main.Diverged)
        assert.strictEqual(error[Runtime.errorExitCode], 1)
        const report = yield* Schema.decodeUnknownEffect(Schema.fromJsonString(ReportJson.ReportJson))(
          yield* fs.readFileString(`${folder}/report.json`)
        )
        assert.isTrue(
          report.findings.some(({ message, place }) => message.includes("parameter x") && place?.line === 47)
        )
        assert.lengthOf(yield* fs.readDirectory(folder), 5)
      }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
    patience
  )

  it.live(
    "ends with 2 and a sentence when the document cannot be used",
    () =>
      Effect.gen(function* () {
        const { code, stderr } = yield* run("--spec", "/no/such/file.yml")
        assert.match(stderr, /^\/no\/such\/file\.yml: .*\n$/)
        assert.strictEqual(code, 2)
      }).pipe(Effect.provide(NodeServices.layer)),
    patience
  )
})

describe("Prism's own command", () => {
  it.live("serves the effective document on a free port, and leaves no file behind", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const file = yield* Effect.gen(function* () {
        const prism = yield* PrismCommand.start({ port: 0, stdout: "pipe" })
        const address = yield* prism.process.stdout.pipe(
          Stream.decodeText,
          Stream.splitLines,
          Stream.map(PrismCommand.addressIn),
          Stream.filter((address) => address !== undefined),
          Stream.runHead,
          Effect.flatMap(Effect.fromOption)
        )
        const response = yield* HttpClient.execute(
          HttpClientRequest.get(`${address}/contacts`).pipe(HttpClientRequest.bearerToken("x"))
        )
        assert.strictEqual(response.status, 200)
        // Only the effective document has it.
        assert.property(yield* response.json, "pages")
        assert.isTrue(yield* fs.exists(prism.file))
        return prism.file
      }).pipe(Effect.scoped)
      assert.isFalse(yield* fs.exists(file))
    }).pipe(Effect.provide(services))
  )
})
