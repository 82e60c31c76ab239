import * as Faults from "@effect-intercom/simulator/Faults"
import { Simulator } from "@effect-intercom/simulator/Simulator"
import { assert, it } from "@effect/vitest"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import * as Command from "./Command.ts"

const token = "dG9rOnNlY3JldC0x"

const simulator = Layer.merge(
  Simulator.layer({ contacts: 12, companies: 3, conversations: 2, token: Redacted.make(token) }),
  NodeServices.layer
)

const intercom = (...args: ReadonlyArray<string>) =>
  Effect.flatMap(Simulator, ({ url }) =>
    Command.inProcess(args, { INTERCOM_BASE_URL: url, INTERCOM_ACCESS_TOKEN: token })
  )

it.live("a resource is not written in another format into the same directory, whatever is asked for", () =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const directory = yield* Command.temporary
    assert.strictEqual((yield* intercom("export", "tags", "--to", `ndjson:${directory}`)).code, 0)
    const visible = Effect.map(fs.readDirectory(directory), (names) => names.filter((name) => name !== ".export"))
    const before = yield* visible
    for (const [format, ...flags] of [
      ["csv", "--quiet"],
      ["csv", "--force"],
      ["csv", "--restart"],
      ["csv", "--dry-run"],
      ["ndjson.gz", "--since", "last"],
      ["parquet"]
    ] as const) {
      const { code, stderr, stdout } = yield* intercom("export", "tags", "--to", `${format}:${directory}`, ...flags)
      assert.deepStrictEqual([code, stdout], [1, ""], `${format} ${flags.join(" ")}`)
      assert.include(
        stderr,
        `${directory}/tags.ndjson belongs to an export with format ndjson, this one has ${format}. ` +
          "Choose another directory, or export as ndjson: --force does not change the format."
      )
    }
    assert.deepStrictEqual(yield* visible, before)
    // Another resource is another export.
    assert.strictEqual((yield* intercom("export", "teams", "--to", `csv:${directory}`)).code, 0)
    assert.strictEqual((yield* intercom("export", "tags", "--to", `ndjson:${directory}`)).code, 0)
  }).pipe(Effect.provide(simulator))
)

it.live("what is unfinished in another format is resumed in that one, or dropped", () =>
  Effect.gen(function* () {
    const { setFaults } = yield* Simulator
    const directory = yield* Command.temporary
    const args = (format: string) => ["export", "contacts", "--page-size", "5", "--to", `${format}:${directory}`]
    yield* setFaults(Faults.when("Contacts.search", Faults.script("ok", "ok", "error403")))
    assert.strictEqual((yield* intercom(...args("ndjson"))).code, 1)
    yield* setFaults(Faults.none)
    for (const flag of [["--dry-run"], ["--force"]]) {
      const { code, stderr } = yield* intercom(...args("csv"), ...flag)
      assert.strictEqual(code, 1)
      assert.match(
        stderr,
        /contacts\.checkpoint\.json belongs to an export with format ndjson, .* --restart for an unf/
      )
    }
    assert.match(
      (yield* intercom(...args("csv"), "--dry-run", "--restart")).stdout,
      /^contacts +export +everything +12 /m
    )
    const { code, stdout } = yield* intercom(...args("csv"), "--restart")
    assert.strictEqual(code, 0)
    assert.include(stdout, `${directory}/contacts.csv  12 records`)
  }).pipe(Effect.provide(simulator))
)

it.live("a directory is looked at in the formats it has, and not in another", () =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const directory = yield* Command.temporary
    yield* intercom("export", "tags", "--to", `ndjson.gz:${directory}`)
    for (const command of ["status", "verify", "report"]) {
      const { code, stderr, stdout } = yield* intercom("export", command, `parquet:${directory}`)
      assert.deepStrictEqual([code, stdout], [1, ""])
      assert.strictEqual(
        stderr.trim(),
        `${directory} holds ndjson.gz, not parquet: intercom export ${command} ${directory}`
      )
    }
    const status = yield* intercom("export", "status", directory)
    assert.match(status.stdout, new RegExp(`^ndjson\\.gz:${directory}\n`))

    // As earlier versions let them be mixed; a file of somebody's is no export.
    yield* intercom("export", "teams", "--to", `parquet:${directory}`)
    yield* intercom("export", "admins", "--to", `csv:${directory}`)
    yield* fs.writeFileString(`${directory}/mine.csv.zst`, "")
    for (const place of [directory, `csv:${directory}`, `parquet:${directory}`, `ndjson.gz:${directory}`]) {
      const { stdout } = yield* intercom("export", "status", place)
      assert.match(stdout, new RegExp(`^csv\\+ndjson\\.gz\\+parquet:${directory}\n`))
      const verified = yield* intercom("export", "verify", place)
      assert.strictEqual(verified.code, 0, verified.stdout + verified.stderr)
      assert.match(verified.stdout, /^✓ tags +40 records, .*\n✓ teams .*\n✓ admins /)
    }
    yield* fs.writeFileString(`${directory}/admins.csv`, "id\n")
    assert.match((yield* intercom("export", "verify", directory)).stdout, /✓ teams .*\n✗ admins +records: 0, not \d+;/)
  }).pipe(Effect.provide(simulator))
)

it.live("what is not there is said to be so, and what is unfinished is looked at", () =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const directory = yield* Command.temporary
    yield* fs.makeDirectory(`${directory}/empty`)
    yield* fs.writeFileString(`${directory}/empty/contacts.ndjson`, "")
    for (const command of ["status", "verify", "report"]) {
      for (const place of ["nowhere", "ndjson:nowhere", "sqlite:nothing.db"]) {
        const { code, stderr, stdout } = yield* intercom("export", command, place)
        assert.deepStrictEqual([code, stdout], [64, ""])
        assert.match(stderr, /^<destination>: (nowhere|nothing\.db) is not there[.:]/m)
      }
      const empty = yield* intercom("export", command, `${directory}/empty`)
      assert.strictEqual(empty.code, 64)
      assert.include(empty.stderr, "holds no export.")
    }
    const { setFaults } = yield* Simulator
    yield* setFaults(Faults.when("Contacts.search", Faults.script("ok", "error403")))
    yield* intercom("export", "contacts", "--page-size", "5", "--to", `parquet:${directory}/begun`)
    const { code, stdout } = yield* intercom("export", "status", `${directory}/begun`)
    assert.strictEqual(code, 0)
    assert.match(stdout, /^parquet:.*\noutput .*\ncontacts +unfinished +5 of 12 /)
    assert.strictEqual((yield* intercom("export", "verify", `${directory}/begun`)).code, 1)
    const page = yield* intercom("export", "report", `${directory}/begun`, "--out", `${directory}/empty`)
    assert.strictEqual(page.code, 1)
    assert.strictEqual(
      page.stderr.trim(),
      `${directory}/empty is a directory, where a file belongs. Move it away, or choose another place.`
    )
    // Its help does not say that it makes anything.
    const help = (yield* intercom("export", "status", "--help")).stdout
    assert.match(help, /--schema NAME +The schema of the PostgreSQL database; else/)
  }).pipe(Effect.provide(simulator))
)

/** Object storage with these objects, which nobody writes. */
const storage = (objects: { readonly [key: string]: string }) =>
  Effect.acquireRelease(
    Effect.callback<Server>((resume) => {
      const server = createServer((request, response) => {
        const text = objects[(request.url ?? "").split("?")[0] ?? ""]
        const missing = "<Error><Code>NoSuchKey</Code></Error>"
        response.writeHead(text === undefined ? 404 : 200, text === undefined ? {} : { etag: '"1"' })
        response.end(text ?? missing)
      }).listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.sync(() => (server.closeAllConnections(), server.close()))
  ).pipe(
    // It listens on a port.
    Effect.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  )

it.live("a bucket is looked at in the formats it has, and not in another", () =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const directory = yield* Command.temporary
    yield* intercom("export", "tags", "--to", `parquet:${directory}`)
    const endpoint = yield* storage({
      "/lake/a/manifest.json": yield* fs.readFileString(`${directory}/manifest.json`)
    })
    const status = (place: string) =>
      Command.inProcess(["export", "status", place], {
        AWS_ENDPOINT_URL_S3: endpoint,
        AWS_REGION: "eu-west-1",
        AWS_ACCESS_KEY_ID: "id",
        AWS_SECRET_ACCESS_KEY: "key"
      })
    const other = yield* status("csv.gz:s3://lake/a")
    assert.deepStrictEqual(
      [other.code, other.stdout, other.stderr.trim()],
      [1, "", "s3://lake/a holds parquet, not csv.gz: intercom export status s3://lake/a"]
    )
    for (const place of ["s3://lake/a", "S3://lake/a", "parquet:s3://lake/a"]) {
      const { code, stdout } = yield* status(place)
      assert.strictEqual(code, 0)
      assert.match(stdout, /^parquet:s3:\/\/lake\/a\n/)
    }
  }).pipe(Effect.provide(simulator))
)
