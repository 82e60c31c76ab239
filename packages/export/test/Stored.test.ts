/** What an export reads back of its own is judged like any input, and every way out that a message names works. */
import * as Checkpoint from "@effect-intercom/export/Checkpoint"
import * as Export from "@effect-intercom/export/Export"
import * as Ndjson from "@effect-intercom/export/Ndjson"
import * as NodeExport from "@effect-intercom/export/NodeExport"
import type { Plan } from "@effect-intercom/export/Plan"
import * as Resource from "@effect-intercom/export/Resource"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as PlatformError from "effect/PlatformError"
import * as Metric from "effect/Metric"
import * as Schema from "effect/Schema"
import * as Workspace from "./Workspace.ts"

const place = (directory: string) =>
  Ndjson.layer({ directory }).pipe(Layer.provide(NodeExport.layer), Layer.provide(NodeServices.layer))

const run = (directory: string, plan: Plan) =>
  Export.entries(plan).pipe(Effect.provide(place(directory)), Effect.provideService(Metric.MetricRegistry, new Map()))

/** Runs in a directory and a workspace of its own. */
const within = <A, E>(
  use: (
    directory: string
  ) => Effect.Effect<A, E, FileSystem.FileSystem | Layer.Success<ReturnType<typeof Workspace.layer>>>
) =>
  Effect.gen(function* () {
    yield* Workspace.setClock
    return yield* use(yield* (yield* FileSystem.FileSystem).makeTempDirectoryScoped({ prefix: "stored-" }))
  }).pipe(Effect.scoped, Effect.provide(Workspace.layer()), Effect.provide(NodeServices.layer))

describe("two exports of changes that start in the same second", () => {
  it.effect("have files of their own", () =>
    within((directory) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const plan: Plan = { resources: ["contacts"], since: "last" }
        yield* run(directory, plan)
        const places = []
        for (let turn = 0; turn < 3; turn++) places.push(...(yield* run(directory, plan)).map(({ place }) => place))
        assert.deepStrictEqual(places, [
          "contacts.20270115T080000Z.ndjson",
          "contacts.20270115T080000Z-2.ndjson",
          "contacts.20270115T080000Z-3.ndjson"
        ])
        const names = yield* fs.readDirectory(directory)
        for (const place of places) assert.include(names, place)
      })
    )
  )
})

describe.each(["manifest", "state"])("a damaged %s", (document) => {
  const damages = { truncated: (text: string) => text.slice(0, 40), empty: () => "", zeroed: () => "\0".repeat(64) }

  it.effect.each(Object.entries(damages))("is named with its path, and the way out works: %s", ([, damage]) =>
    within((directory) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const plan: Plan = { resources: ["tags"], since: "last" }
        yield* run(directory, plan)
        const path = `${directory}/${document}.json`
        yield* fs.writeFileString(path, damage(yield* fs.readFileString(path)))
        const error = yield* Effect.flip(run(directory, plan))
        assert.strictEqual(error.reason._tag, "Unreadable")
        assert.include(error.message, path)
        assert.include(error.message, "move it away and export everything again with --force")
        yield* fs.rename(path, `${path}.damaged`)
        const [entry] = yield* run(directory, { resources: ["tags"], force: true })
        assert.strictEqual(entry?.records, 40)
      })
    )
  )
})

describe("a failure", () => {
  it.effect("says that what was written is kept only when there is a checkpoint to resume from", () =>
    within((directory) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        /** Syncs that succeed before one fails. */
        const failing = (left: number) => {
          let syncs = 0
          const cause = Object.assign(new Error("EIO: i/o error, fsync"), { code: "EIO" })
          const error = PlatformError.systemError({
            _tag: "Unknown",
            module: "FileSystem",
            method: "sync",
            pathOrDescriptor: 22,
            cause
          })
          const sync = Effect.suspend(() => (++syncs > left ? Effect.fail(error) : Effect.void))
          return FileSystem.FileSystem.of({
            ...fs,
            open: (path, options) =>
              Effect.map(
                fs.open(path, options),
                (file) =>
                  new Proxy(file, {
                    get: (target, key) => (key === "sync" ? sync : (Reflect.get(target, key) as unknown))
                  })
              )
          })
        }
        const plan: Plan = { resources: ["contacts"], pageSize: 10 }
        const kept: Array<boolean | undefined> = []
        for (const left of [0, 1, 2, 3, 4, 20]) {
          const place = Ndjson.layer({ directory: `${directory}/${left}` }).pipe(
            Layer.provide(NodeExport.layer),
            Layer.provide(Layer.succeed(FileSystem.FileSystem, failing(left))),
            Layer.provide(NodeServices.layer)
          )
          const error = yield* Effect.flip(
            Export.entries(plan).pipe(Effect.provide(place), Effect.provideService(Metric.MetricRegistry, new Map()))
          )
          assert.match(error.message, /^contacts: \S+: i\/o error \(EIO\)$/)
          const overview = yield* Effect.exit(run(`${directory}/${left}`, { ...plan, concurrency: 2 }))
          assert.strictEqual(overview._tag, "Success")
          kept.push(error.kept)
        }
        assert.deepStrictEqual([kept[0], kept.at(-1)], [false, true])
      })
    )
  )
})

describe("a stored checkpoint", () => {
  const stored = { position: null, since: null, until: 1, pageSize: null }
  const isScope = Schema.is(Checkpoint.Scope)

  it("names an output, and no path", () => {
    for (const output of ["contacts", "contacts.20270115T080000Z", "contacts.20270115T080000Z-2"]) {
      assert.isTrue(isScope({ ...stored, output }), output)
    }
    for (const output of ["../../x", "/etc/passwd", "a/b", String.raw`a\b`, "", ".", "contacts..x"]) {
      assert.isFalse(isScope({ ...stored, output }), output)
    }
  })

  it("counts nothing below zero", () => {
    const counts = { read: 0, records: 0, quarantined: 0, skipped: 0, missing: 0 }
    assert.isTrue(Schema.is(Checkpoint.Counts)(counts))
    for (const name of Object.keys(counts))
      assert.isFalse(Schema.is(Checkpoint.Counts)({ ...counts, [name]: -1 }), name)
  })

  it("resumes at a position of its resource's own only", () => {
    const window = { after: 1, window: null, counted: 0, whole: 0 }
    const positions: Readonly<Record<string, ReadonlyArray<unknown>>> = {
      articles: ["2"],
      companies: [{}],
      contacts: [window, { ...window, untimed: 2 }, { listing: null, total: 3 }],
      conversations: [window],
      events: [window]
    }
    for (const [name, resource] of Object.entries(Resource.all)) {
      for (const position of [null, ...(positions[name] ?? [])]) {
        assert.isTrue(resource.resumes(position), `${name}: ${JSON.stringify(position)}`)
      }
      for (const position of [5, true, [], { after: "1" }]) {
        assert.isFalse(resource.resumes(position), `${name}: ${JSON.stringify(position)}`)
      }
    }
  })
})
