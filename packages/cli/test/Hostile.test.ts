// What servers, files and file names say reaches neither the terminal nor a log as commands for it.
import * as ProgressLine from "@effect-intercom/cli/ProgressLine"
import * as StatusCommand from "@effect-intercom/cli/StatusCommand"
import * as Style from "@effect-intercom/cli/Style"
import * as VerifyCommand from "@effect-intercom/cli/VerifyCommand"
import { DatabaseFailed, ExportError } from "@effect-intercom/export/ExportError"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as Command from "./Command.ts"
import { checkpoint, entry } from "./Fixture.ts"

const hostile = "bad\x1b[2J\x07\x9b31m\u202etxt\r\n::error::x\n##[warning]y"
const escaped = "bad\\u001b[2J\\u0007\\u009b31m\\u202etxt\\r\\n::error::x\\n#\\u0023[warning]y"

/** What may not be in any line. */
// oxlint-disable-next-line no-control-regex
const raw = /[\0-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|^\s*::|##\[/

const harmless = (text: string) => {
  for (const line of text.split("\n")) assert.notMatch(line, raw)
}

/** An API that refuses everything, in these words. */
const refusing = Effect.map(
  Effect.acquireRelease(
    Effect.callback<ReturnType<typeof createServer>>((resume) => {
      const body = JSON.stringify({
        type: "error.list",
        request_id: hostile,
        errors: [{ code: hostile, message: hostile }]
      })
      const server = createServer((_, response) => {
        response.writeHead(400, { "content-type": "application/json" }).end(body)
      }).listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      })
  ),
  // A server that listens on TCP has such an address.
  (server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
)

describe("text from outside", () => {
  it("is escaped in the line of a failure", () => {
    const error = new ExportError({
      resource: "tags",
      reason: new DatabaseFailed({ database: "d", description: hostile })
    })
    assert.strictEqual(ProgressLine.failed("tags", error), `✗ tags           d: ${escaped}`)
  })

  it("is escaped in the table of the status", () => {
    const one = entry({ finishedAt: hostile })
    const text = StatusCommand.render({
      name: hostile,
      manifest: { format: 1, tool: { name: "x", version: "1" }, exports: { [hostile]: one } } as never,
      state: undefined,
      unfinished: [checkpoint(1, { scope: { output: hostile, since: null, until: 0, pageSize: null } })]
    } as never)
    harmless(text)
    assert.include(text, escaped)
  })

  it("is escaped in the verdict on an output", () => {
    const verdict = {
      output: hostile,
      entry: entry(),
      differences: [{ what: "sha256", found: hostile, expected: "0f" }],
      unreadable: undefined
    } as never
    const line = VerifyCommand.render(verdict, 13, Style.plain)
    harmless(line)
    assert.include(line, `sha256: ${escaped}`)
  })

  layer(NodeServices.layer)((it) => {
    for (const args of [
      ["whoami"],
      ["export", "tags", "--to", "ndjson:OUT"],
      ["export", "tags", "--to", "ndjson:OUT", "--quiet"],
      ["export", "tags", "--to", "ndjson:OUT", "--log-format", "json"]
    ]) {
      it.effect(`is escaped by intercom ${args.join(" ")}`, () =>
        Effect.gen(function* () {
          const url = yield* refusing
          const out = yield* Command.temporary
          const { code, stderr, stdout } = yield* Command.inProcess(
            args.map((word) => word.replace("OUT", `${out}/o`)),
            { INTERCOM_ACCESS_TOKEN: "token", INTERCOM_BASE_URL: url }
          )
          assert.strictEqual(code, 1)
          harmless(stdout)
          harmless(stderr)
          assert.include(stderr, "bad\\u001b[2J")
        })
      )
    }

    it.effect("is escaped in a mistake", () =>
      Effect.gen(function* () {
        for (const args of [["export", hostile], [hostile], ["export", "tags", "--to", hostile], ["whoami", hostile]]) {
          const { code, stderr } = yield* Command.inProcess(args, { INTERCOM_ACCESS_TOKEN: "token" })
          assert.strictEqual(code, 64)
          harmless(stderr)
        }
      })
    )
  })
})
