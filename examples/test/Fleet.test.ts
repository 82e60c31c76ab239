// The runner of examples/fleet on two workspaces of a simulator: in this process, on SQLite.
import { TokenStore } from "@effect-intercom/core"
import { Fleet } from "@effect-intercom/fleet"
import { Simulator } from "@effect-intercom/simulator"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { ConfigProvider, Effect, FileSystem, Layer } from "effect"
import { Runner } from "../fleet/Runner.ts"

const Workspaces = Simulator.layerClient({
  tokens: {
    "acme-token": { contacts: 7, companies: 3, conversations: 2 },
    "bolt-token": { contacts: 5, companies: 2, conversations: 0 }
  }
})

it.live("a runner exports every workspace that has a token, and starts where it was when it is started again", () =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const directory = yield* fs.makeTempDirectoryScoped()
    yield* fs.makeDirectory(`${directory}/tokens`)
    for (const name of ["acme", "bolt"]) yield* fs.writeFileString(`${directory}/tokens/${name}`, `${name}-token\n`)
    const env = { FLEET_STATE: `${directory}/fleet.db`, EXPORTS: `${directory}/exports`, TOKENS: `${directory}/tokens` }
    const aNight = Effect.gen(function* () {
      const fleet = yield* Fleet
      const { over } = yield* fleet.start("2026-11-30", yield* Fleet.workspaces)
      const { exports } = yield* fleet.over("2026-11-30")
      return [over, ...exports.map(({ failure, records, state, workspace }) => [workspace, state, records, failure])]
    }).pipe(
      Effect.provide([Layer.fresh(Runner), TokenStore.layerDirectory(env.TOKENS)]),
      Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown(env))
    )
    const done = [
      ["acme", "done", 12, null],
      ["bolt", "done", 7, null]
    ]
    assert.deepStrictEqual(yield* aNight, [0, ...done])
    const contacts = yield* fs.readFileString(`${directory}/exports/acme/contacts.ndjson`)
    assert.strictEqual(contacts.trimEnd().split("\n").length, 7)
    assert.deepStrictEqual(yield* aNight, [2, ...done])
  }).pipe(Effect.provide([Workspaces, NodeServices.layer]))
)
