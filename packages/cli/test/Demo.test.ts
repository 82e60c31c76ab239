import * as DemoCommand from "@effect-intercom/cli/DemoCommand"
import * as NodeSha256 from "@effect-intercom/export/NodeSha256"
import { plain } from "@effect-intercom/cli/Style"
import { Simulator } from "@effect-intercom/simulator/Simulator"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Stream from "effect/Stream"
import * as TestConsole from "effect/testing/TestConsole"
import * as Command from "./Command.ts"

const small = ["--contacts", "230", "--companies", "20", "--conversations", "20", "--rate-limit", "20/1s"]

const faults = "script:ok,ok,ok,error503,ok,reset,html502,ok,empty200,ok,stall"

describe("intercom demo", () => {
  it.live(
    "rides through faults and the limit, and checks every byte",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const directory = yield* Command.temporary
        const out = `${directory}/demo`
        const { code, stderr, stdout } = yield* Command.inProcess(["demo", "--out", out, ...small, "--faults", faults])
        assert.strictEqual(code, 0, stderr)
        assert.strictEqual(stdout.match(/^✓ /gm)?.length, 4)
        assert.match(stdout, /5 faults: .*1 × reset/)
        assert.match(stdout, /requests waited [1-9]\d* times?, .* s in all, and \d+ answers? (was a|were) 429s?/)
        assert.match(stdout, /sent [4-9] requests again/)
        assert.match(stderr, /^✓ contacts +230 records/m)
        assert.strictEqual((yield* fs.readFileString(`${out}/contacts.ndjson`)).split("\n").length, 231)

        // Again in the same place: it starts from nothing.
        yield* fs.writeFileString(`${out}/contacts.ndjson`, "left over")
        const again = yield* Command.inProcess(["demo", "--out", out, ...small, "--faults", "none"])
        assert.strictEqual(again.code, 0, again.stderr)
        assert.include(again.stdout, "0 faults;")
      }).pipe(Effect.provide(NodeServices.layer)),
    90_000
  )

  it.live("does not empty a directory that is not its own", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* Command.temporary
      yield* fs.writeFileString(`${directory}/thesis.txt`, "precious")
      const { code, stderr } = yield* Command.inProcess(["demo", "--out", directory, ...small])
      assert.strictEqual(code, 1)
      assert.match(stderr.trim(), /^\S+ has files that are not the demo's[^\n]*--out\.$/)
      assert.strictEqual(yield* fs.readFileString(`${directory}/thesis.txt`), "precious")
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.live("notices a single byte that differs", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* Command.temporary
      const { records } = yield* Simulator
      for (const name of ["contacts", "companies", "conversations"] as const) {
        const held = name === "conversations" ? "conversationDetails" : name
        const lines = yield* Stream.runCollect(records(held))
        yield* fs.writeFileString(`${directory}/${name}.ndjson`, lines.map((line) => `${line}\n`).join(""))
      }
      yield* DemoCommand.compare(directory, plain)
      const text = yield* fs.readFileString(`${directory}/companies.ndjson`)
      yield* fs.writeFileString(`${directory}/companies.ndjson`, text.replace('"', "'"))
      const error = yield* Effect.flip(DemoCommand.compare(directory, plain))
      assert.deepStrictEqual(error, new DemoCommand.Differs({ resources: ["companies"] }))
      const said = (yield* TestConsole.logLines).map(String)
      assert.deepStrictEqual(
        said.map((line) => line.slice(0, 3)),
        ["✓ c", "✓ c", "✓ c", "✓ c", "✗ c", "✓ c"]
      )
    }).pipe(
      Effect.provide([NodeServices.layer, NodeSha256.layer, Simulator.layerClient(), TestConsole.layer]),
      Effect.scoped
    )
  )
})
