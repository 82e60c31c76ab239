/** What an earlier version exported under the name a resource had then is found under the one it has. */
import * as Export from "@effect-intercom/export/Export"
import * as Ndjson from "@effect-intercom/export/Ndjson"
import * as NodeExport from "@effect-intercom/export/NodeExport"
import * as NodeSqlite from "@effect-intercom/export/NodeSqlite"
import * as Overview from "@effect-intercom/export/Overview"
import { Plan } from "@effect-intercom/export/Plan"
import type { Sink } from "@effect-intercom/export/Sink"
import * as Verify from "@effect-intercom/export/Verify"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { createHash } from "node:crypto"
import { DatabaseSync } from "node:sqlite"
import * as Workspace from "./Workspace.ts"

const former = (text: string): string => text.replaceAll("newsItems", "news")

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex")

interface Kind {
  readonly layer: (directory: string) => Layer.Layer<Sink, never, Layer.Success<typeof NodeExport.layer> | Services>
  /** Makes an export what an earlier version would have left. */
  readonly age: (directory: string) => Effect.Effect<void, unknown, FileSystem.FileSystem>
  readonly places: readonly [before: string, after: string]
}

type Services = Layer.Success<typeof NodeServices.layer>

const kinds: { readonly [name: string]: Kind } = {
  files: {
    layer: (directory) => Ndjson.layer({ directory }),
    age: Effect.fnUntraced(function* (directory) {
      const fs = yield* FileSystem.FileSystem
      const path = (name: string) => `${directory}/${name}`
      const read = (name: string) => fs.readFileString(path(name))
      const manifest = yield* read("manifest.json")
      const quarantine = yield* read("quarantine.ndjson")
      // The digest of the quarantine is one of its lines, the name among them.
      yield* fs.writeFileString(
        path("manifest.json"),
        former(manifest).replace(sha256(quarantine), sha256(former(quarantine)))
      )
      yield* fs.writeFileString(path("state.json"), former(yield* read("state.json")))
      yield* fs.writeFileString(path("quarantine.ndjson"), former(quarantine))
      yield* fs.rename(`${directory}/newsItems.ndjson`, `${directory}/news.ndjson`)
    }),
    places: ["news.ndjson", "newsItems.ndjson"]
  },
  "a database": {
    layer: (directory) => NodeSqlite.layer({ file: `${directory}/workspace.db` }),
    age: (directory) =>
      Effect.sync(() => {
        const database = new DatabaseSync(`${directory}/workspace.db`)
        database.exec(`ALTER TABLE "newsItems" RENAME TO news;
          UPDATE _intercom_export SET content = replace(content, 'newsItems', 'news');
          UPDATE _intercom_quarantine SET resource = replace(resource, 'newsItems', 'news')`)
        database.close()
      }),
    places: ["news", "newsItems"]
  }
}

describe.each(Object.entries(kinds))("news in %s", (_, { age, layer, places: [before, after] }) => {
  it.effect("is newsItems: complete, sound, listed, and replaced with what was set apart of it", () =>
    Effect.gen(function* () {
      yield* Workspace.setClock
      const directory = yield* (yield* FileSystem.FileSystem).makeTempDirectoryScoped({ prefix: "renamed-" })
      const place = layer(directory).pipe(Layer.provide(NodeExport.layer), Layer.provide(NodeServices.layer))
      const exported = (plan: Plan) => Export.run(plan).pipe(Workspace.collected, Effect.provide(place))
      yield* exported({ resources: ["newsItems"], since: "last" })
      yield* age(directory)

      const isSound = Effect.map(Effect.provide(Verify.outputs, place), (verdicts) =>
        verdicts.map((verdict) => [verdict.entry.resource, verdict.entry.place, Verify.isSound(verdict)])
      )
      assert.deepStrictEqual(yield* isSound, [["newsItems", before, true]])
      const { damaged, manifest, state } = yield* Effect.provide(Overview.read, place)
      assert.isUndefined(damaged)
      assert.deepStrictEqual(Object.keys(manifest?.exports ?? {}), ["newsItems"])
      assert.deepStrictEqual(Object.keys(state?.resources ?? {}), ["newsItems"])

      const [skipped] = yield* exported({ resources: ["newsItems"] })
      assert.deepInclude(skipped, { _tag: "Skipped", resource: "newsItems" })

      const entry = Workspace.entriesOf(yield* exported({ resources: ["newsItems"], since: "last" }))[0]
      assert.deepInclude(entry, { place: after, records: 11, quarantined: 1 })
      assert.deepStrictEqual(yield* isSound, [["newsItems", after, true]])
    }).pipe(
      Effect.scoped,
      Effect.provide(Workspace.layer({ ...Workspace.small, overrides: { newsItems: { 3: { id: {} } } } })),
      Effect.provide(NodeServices.layer)
    )
  )
})

it.effect("what an earlier version did not finish is dropped, and read from its start", () =>
  Effect.gen(function* () {
    yield* Workspace.setClock
    const fs = yield* FileSystem.FileSystem
    const directory = yield* fs.makeTempDirectoryScoped({ prefix: "renamed-" })
    const place = Ndjson.layer({ directory }).pipe(Layer.provide(NodeExport.layer), Layer.provide(NodeServices.layer))
    const exported = Export.run({ resources: ["newsItems"], force: true }).pipe(
      Workspace.collected,
      Effect.provide(place)
    )
    yield* exported
    const [work = ""] = yield* fs.readDirectory(`${directory}/.export`)
    for (const name of ["news.ndjson.part", "news.checkpoint.json"]) {
      yield* fs.writeFileString(`${directory}/.export/${work}/${name}`, "{}\n")
    }
    const [entry] = Workspace.entriesOf(yield* exported)
    assert.strictEqual(entry?.records, 12)
    const left = yield* fs.readDirectory(`${directory}/.export`, { recursive: true })
    assert.deepStrictEqual(
      left.filter((name) => name.includes("news")),
      []
    )
  }).pipe(Effect.scoped, Effect.provide(Workspace.layer()), Effect.provide(NodeServices.layer))
)

it("a plan that was kept with the former name is one with the name of today", () => {
  const plan = Schema.decodeUnknownSync(Plan)({ resources: ["tags", "news"] })
  assert.deepStrictEqual(plan, { resources: ["tags", "newsItems"] })
  assert.deepStrictEqual(Schema.encodeSync(Plan)(plan), { resources: ["tags", "newsItems"] })
})
