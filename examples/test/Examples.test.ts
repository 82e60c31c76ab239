// Every example runs against a simulator: the first as a user would run it, the others bundled, as a user would ship them,
// which loads in a quarter of the time.
import { afterAll, assert, beforeAll, it } from "@effect/vitest"
import { Contacts, IntercomHttp } from "@effect-intercom/core"
import { Simulator } from "@effect-intercom/simulator"
import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { Effect, FileSystem, Redacted, Stream } from "effect"
import { execFile, spawn } from "node:child_process"
import { globSync, mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:http"
import { createRequire } from "node:module"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { type Plugin, rolldown } from "rolldown"

const folder = join(import.meta.dirname, "..")

const examples = globSync("*.ts", { cwd: folder }).toSorted()

/** It stays where it is: a bundler cannot tell what it exports. */
const undici: Plugin = {
  name: "undici",
  resolveId: (source, importer) =>
    source === "undici" && importer !== undefined
      ? { id: createRequire(importer).resolve(source), external: "absolute" }
      : null
}

const bundles = mkdtempSync(join(tmpdir(), "intercom-examples-"))

beforeAll(async () => {
  const bundle = await rolldown({ cwd: folder, input: examples, platform: "node", plugins: [undici] })
  await bundle.write({ dir: bundles, entryFileNames: "[name].mjs", chunkFileNames: "[name]-[hash].mjs" })
  await bundle.close()
})

afterAll(() => rmSync(bundles, { recursive: true, force: true }))

/** An example as it is shipped. */
const bundled = (example: string) => join(bundles, example.replace(/\.ts$/, ".mjs"))

const environment = (token: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { url } = yield* Simulator
    const directory = yield* fs.makeTempDirectoryScoped()
    return {
      ...process.env,
      INTERCOM_BASE_URL: url,
      INTERCOM_ACCESS_TOKEN: token,
      BUCKET: join(directory, "bucket"),
      DATABASE: join(directory, "workspace.db"),
      IDS: join(directory, "ids"),
      REPORT: join(directory, "report.csv")
    }
  })

const runIn = (env: NodeJS.ProcessEnv, program: string) =>
  Effect.promise(() => promisify(execFile)(process.execPath, [program], { cwd: folder, env }))

const run = (program: string, token: string) => Effect.flatMap(environment(token), (env) => runIn(env, program))

const outputs: { readonly [example: string]: ReadonlyArray<RegExp> } = {
  "quickstart.ts": [/^500 contacts$/, /^\w{24} \S+$/, /^\w{24} \S+$/, /^\w{24} \S+$/],
  "upsert.ts": [/^one contact$/],
  "resume.ts": [/^300 contacts$/, /^200 contacts$/],
  "custom-sink.ts": [/^contacts: 500 records$/, /^tags: 40 records$/],
  "sign-up.ts": [/^one contact$/, /^Ada Lovelace: 1 company, 1 tag, 1 note$/],
  "support-bot.ts": [/^5 answered$/],
  "reporting.ts": [/report\.csv has [1-9]\d* bytes$/]
}

/** It does not end by itself, or calls what the simulator does not have, or has a test of its own. */
const others = ["help-center.ts", "install-app.ts", "nightly.ts", "telemetry.ts", "update.ts", "webhooks.ts"]

it("each example has an expected output", () => {
  assert.deepStrictEqual(examples, [...Object.keys(outputs), ...others].toSorted())
})

for (const [example, expected] of Object.entries(outputs)) {
  it.live(`${example} does what it says`, () =>
    Effect.gen(function* () {
      const { token } = yield* Simulator
      const program = example === "quickstart.ts" ? example : bundled(example)
      const { stdout } = yield* run(program, Redacted.value(token))
      const lines = stdout.trimEnd().split("\n")
      assert.strictEqual(lines.length, expected.length, lines.join("\n"))
      for (const [index, pattern] of expected.entries()) assert.match(lines[index] ?? "", pattern)
    }).pipe(Effect.provide([Simulator.layer({ contacts: 500 }), NodeServices.layer]))
  )
}

it.live("help-center.ts updates what it made, and makes again what was deleted", () =>
  Effect.gen(function* () {
    const { records, remove, token } = yield* Simulator
    const env = yield* environment(Redacted.value(token))
    const titled = Effect.map(Stream.runCollect(records("articles")), (all) =>
      all.map((text) => JSON.parse(text) as { readonly id: string; readonly title: string })
    )
    const first = yield* runIn(env, bundled("help-center.ts"))
    const billing = (yield* titled).find(({ title }) => title === "Billing")
    assert.isDefined(billing)
    yield* remove("articles", billing.id)
    const second = yield* runIn(env, bundled("help-center.ts"))
    assert.deepStrictEqual([first.stdout, second.stdout], ["2 created, 0 updated\n", "1 created, 1 updated\n"])
    assert.deepStrictEqual((yield* titled).map(({ title }) => title).toSorted(), ["Billing", "Signing in"])
  }).pipe(Effect.provide([Simulator.layer({ articles: 0, collections: 0 }), NodeServices.layer]))
)

it.live("quickstart.ts says what to do about a bad token, without showing it", () =>
  Effect.gen(function* () {
    const { stderr, stdout } = yield* run(bundled("quickstart.ts"), "a-wrong-token")
    assert.strictEqual(stdout, "")
    assert.match(stderr, /^HTTP 401 .*INTERCOM_ACCESS_TOKEN/)
    assert.notInclude(stderr, "a-wrong-token")
  }).pipe(Effect.provide([Simulator.layer({ jobDuration: 0 }), NodeServices.layer]))
)

it.live("update.ts sends the declared operation", () =>
  Effect.gen(function* () {
    const seen: Array<unknown> = []
    const server = createServer((request, response) => {
      const chunks: Array<Buffer> = []
      request.on("data", (chunk: Buffer) => chunks.push(chunk))
      request.on("end", () => {
        const body: unknown = JSON.parse(Buffer.concat(chunks).toString())
        seen.push([request.method, request.url, request.headers.authorization, body])
        response.end(JSON.stringify({ type: "contact", id: "65a1b2c3d4e5f6a7b8c9d0e1", name: "Zoë" }))
      })
    })
    const port = yield* Effect.acquireRelease(
      Effect.callback<number>((resume) => {
        server.listen(0, "127.0.0.1", () => resume(Effect.succeed((server.address() as AddressInfo).port)))
      }),
      () => Effect.sync(() => void server.close())
    )
    const env = { ...process.env, INTERCOM_BASE_URL: `http://127.0.0.1:${port}`, INTERCOM_ACCESS_TOKEN: "token" }
    const { stdout } = yield* Effect.promise(() =>
      promisify(execFile)(process.execPath, [bundled("update.ts")], { cwd: folder, env })
    )
    assert.strictEqual(stdout, "65a1b2c3d4e5f6a7b8c9d0e1 is Zoë\n")
    assert.deepStrictEqual(seen, [
      ["PUT", "/contacts/65a1b2c3d4e5f6a7b8c9d0e1", "Bearer token", { name: "Zoë", custom_attributes: { plan: "pro" } }]
    ])
  })
)

/** Runs an example until it has said so many lines. */
const lines = (program: string, env: NodeJS.ProcessEnv, count: number) =>
  Effect.callback<ReadonlyArray<string>>((resume) => {
    const child = spawn(process.execPath, [program], { cwd: folder, env, stdio: ["ignore", "pipe", "inherit"] })
    let text = ""
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk
      if (text.split("\n").length > count) child.kill("SIGKILL")
    })
    child.on("close", () => resume(Effect.succeed(text.trimEnd().split("\n"))))
    return Effect.sync(() => void child.kill("SIGKILL"))
  })

it.live(
  "nightly.ts exports everything in its first night, and what changed in the next",
  () =>
    Effect.gen(function* () {
      const { token, url } = yield* Simulator
      const env = yield* environment(Redacted.value(token))
      assert.deepStrictEqual(yield* lines(bundled("nightly.ts"), env, 3), [
        "contacts: 120 records",
        "companies: 10 records",
        "conversations: 15 records"
      ])
      yield* Contacts.use(({ create }) => create({ role: "user", email: "ada@example.com" })).pipe(
        Effect.provide(Contacts.layer),
        Effect.provide(IntercomHttp.layer({ accessToken: token, baseUrl: url })),
        Effect.provide(NodeHttpClient.layerUndici)
      )
      assert.deepStrictEqual(yield* lines(bundled("nightly.ts"), env, 3), [
        "contacts: 1 changed",
        "companies: 0 changed",
        "conversations: 0 changed"
      ])
    }).pipe(
      Effect.provide([
        Simulator.layer({ contacts: 120, companies: 10, conversations: 15, jobDuration: 0 }),
        NodeServices.layer
      ])
    ),
  90_000
)
