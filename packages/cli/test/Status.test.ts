import { Simulator } from "@effect-intercom/simulator/Simulator"
import { assert, it } from "@effect/vitest"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Command from "./Command.ts"

it.live("what was exported and is gone is damaged, and neither complete nor skipped", () =>
  Effect.gen(function* () {
    const { token, url } = yield* Simulator
    const env = { INTERCOM_BASE_URL: url, INTERCOM_ACCESS_TOKEN: Redacted.value(token) }
    const directory = yield* Command.temporary
    const exported = ["export", "tags", "teams", "--to", `ndjson:${directory}`]
    assert.strictEqual((yield* Command.inProcess(exported, env)).code, 0)
    yield* (yield* FileSystem.FileSystem).remove(`${directory}/tags.ndjson`)

    const { stdout } = yield* Command.inProcess(["export", "status", `ndjson:${directory}`], env)
    assert.match(stdout, /^tags +damaged /m)
    assert.match(stdout, /^teams +complete /m)
    assert.include(stdout, "--force exports it again")

    const { code, stderr } = yield* Command.inProcess(exported, env)
    assert.strictEqual(code, 1)
    assert.include(stderr, `${directory}/tags.ndjson is not there, though it was exported.`)
    assert.strictEqual((yield* Command.inProcess([...exported, "--force"], env)).code, 0)
  }).pipe(
    Effect.provide(Layer.merge(Simulator.layer({ contacts: 3, companies: 1, conversations: 1 }), NodeServices.layer))
  )
)
