import type { Contacts } from "@effect-intercom/core/resources/Contacts"
import type { Segments } from "@effect-intercom/core/resources/Segments"
import * as Export from "@effect-intercom/export/Export"
import type { ExportError } from "@effect-intercom/export/ExportError"
import type { Entry } from "@effect-intercom/export/Manifest"
import * as Resource from "@effect-intercom/export/Resource"
import { assert, describe, layer } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Metric from "effect/Metric"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import * as NodeCrypto from "node:crypto"
import * as Disk from "./Disk.ts"
import * as FakeIntercom from "./FakeIntercom.ts"

const temporary = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped({ prefix: "export-" }))

const plan = (directory: string, options: Partial<Export.Plan> = {}) => ({
  resources: [Resource.contacts],
  directory,
  pageSize: 3,
  ...options
})

/** Runs an export against a workspace, with counts of its own. */
const run = (
  workspace: Pick<ReturnType<typeof FakeIntercom.make>, "client">,
  options: Export.Plan,
  config?: Parameters<ReturnType<typeof FakeIntercom.make>["client"]>[0]
) =>
  Export.run(options).pipe(
    Effect.provide(workspace.client(config)),
    Effect.provideService(Metric.MetricRegistry, new Map())
  )

const reason = (error: ExportError) => error.reason._tag

/** Contacts 1 to `count`; every id in `bad` does not fit. */
const contacts = (count: number, bad: ReadonlyArray<number> = []) =>
  Array.from({ length: count }, (_, index) =>
    bad.includes(index + 1) ? FakeIntercom.unsound(index + 1) : FakeIntercom.sound(index + 1)
  )

const lines = (values: ReadonlyArray<unknown>) => values.map((value) => `${JSON.stringify(value)}\n`).join("")

describe("Export", () => {
  layer(Disk.layer)((it) => {
    it.effect("writes each record as received, a line each, and a manifest with the checksum", () =>
      Effect.gen(function* () {
        const directory = yield* temporary
        const all = contacts(7)
        const workspace = FakeIntercom.make({ contacts: all })
        const [entry] = yield* run(workspace, plan(`${directory}/deep/er`))
        const files = yield* Disk.contents(`${directory}/deep/er`)
        assert.deepStrictEqual(Object.keys(files), ["contacts.ndjson", "manifest.json"])
        const file = files["contacts.ndjson"] ?? ""
        assert.strictEqual(file, lines(all))
        assert.deepStrictEqual(entry, {
          resource: "contacts",
          file: "contacts.ndjson",
          records: 7,
          bytes: Buffer.byteLength(file),
          sha256: NodeCrypto.createHash("sha256").update(file).digest("hex"),
          quarantined: 0,
          total: 7,
          matches: true,
          source: { baseUrl: "https://api.example.test/", version: "2.15", workspace: "w1" },
          pageSize: 3,
          from: null,
          pages: 3,
          runs: 1,
          effort: { requests: 3, retries: 0, waits: 0, waitedMillis: 0 },
          startedAt: "1970-01-01T00:00:00.000Z",
          finishedAt: "1970-01-01T00:00:00.000Z"
        })
        const manifest = JSON.parse(files["manifest.json"] ?? "") as { readonly resources: unknown }
        assert.deepStrictEqual(manifest.resources, { contacts: entry })
        assert.deepStrictEqual(
          workspace.listings.map(({ search }) => search),
          ["?per_page=3", "?per_page=3&starting_after=c3", "?per_page=3&starting_after=c6"]
        )
      })
    )

    it.effect("sets aside what does not fit, with the reason, and counts it", () =>
      Effect.gen(function* () {
        const directory = yield* temporary
        const all = contacts(5, [2, 5])
        const [entry] = yield* run(FakeIntercom.make({ contacts: all }), plan(directory))
        const files = yield* Disk.contents(directory)
        assert.strictEqual(files["contacts.ndjson"], lines([all[0], all[2], all[3]]))
        assert.deepInclude(entry, { records: 3, quarantined: 2, total: 5, matches: true })
        const quarantine = (files["quarantine.ndjson"] ?? "").trimEnd().split("\n")
        assert.strictEqual(quarantine.length, 2)
        assert.deepStrictEqual(JSON.parse(quarantine[0] ?? ""), {
          resource: "contacts",
          error: {
            message: "Contacts.list: the record does not fit its schema",
            mismatches: [{ path: "id", expected: "string", actual: "2" }]
          },
          record: all[1]
        })
      })
    )

    it.effect("exports several resources, listings without pages among them", () =>
      Effect.gen(function* () {
        const directory = yield* temporary
        const workspace = FakeIntercom.make({ contacts: contacts(2) })
        const entries = yield* run(workspace, plan(directory, { resources: [Resource.segments, Resource.contacts] }))
        assert.deepStrictEqual(
          entries.map(({ matches, records, resource, total }) => ({ matches, records, resource, total })),
          [
            { matches: null, records: 1, resource: "segments", total: null },
            { matches: true, records: 2, resource: "contacts", total: 2 }
          ]
        )
      })
    )

    it.effect("needs the services of its resources, and infers them", () =>
      Effect.gen(function* () {
        const workspace = FakeIntercom.make({ contacts: contacts(1) })
        const program: Effect.Effect<
          ReadonlyArray<Entry>,
          ExportError,
          Contacts | Segments | Export.Environment
        > = Export.run({ resources: [Resource.contacts, Resource.segments], directory: yield* temporary })
        assert.strictEqual((yield* Effect.provide(program, workspace.client())).length, 2)
      })
    )

    it.effect("an empty listing is an empty file", () =>
      Effect.gen(function* () {
        const directory = yield* temporary
        const [entry] = yield* run(FakeIntercom.make({ contacts: [] }), plan(directory))
        assert.deepInclude(entry, { records: 0, bytes: 0, matches: true })
        assert.strictEqual((yield* Disk.contents(directory))["contacts.ndjson"], "")
      })
    )

    it.effect("says when the API counted otherwise", () =>
      Effect.gen(function* () {
        const directory = yield* temporary
        const [entry] = yield* run(FakeIntercom.make({ contacts: contacts(2), total: 3 }), plan(directory))
        assert.deepInclude(entry, { records: 2, total: 3, matches: false })
      })
    )

    it.effect(
      "a failure at any page leaves a part file and a checkpoint; the next run ends as if nothing had been",
      () =>
        Effect.gen(function* () {
          const all = contacts(11, [1, 6, 11])
          const undisturbed = yield* temporary
          yield* run(FakeIntercom.make({ contacts: all }), plan(undisturbed))
          const expected = yield* Disk.contents(undisturbed)
          for (const failing of [0, 1, 2, 3]) {
            const directory = yield* temporary
            const instead = (index: number) => (index === failing ? new Response("<html>", { status: 503 }) : undefined)
            const error = yield* Effect.flip(run(FakeIntercom.make({ contacts: all, instead }), plan(directory)))
            assert.strictEqual(error.resource, "contacts")
            assert.strictEqual(error.reason._tag === "RequestFailed" && error.reason.error.reason._tag, "ServerError")
            assert.isTrue(error.resumable)
            const left = yield* Disk.contents(directory)
            assert.deepStrictEqual(
              Object.keys(left),
              failing === 0
                ? ["contacts.ndjson.part", "contacts.quarantine.part"]
                : ["contacts.checkpoint.json", "contacts.ndjson.part", "contacts.quarantine.part"]
            )

            const workspace = FakeIntercom.make({ contacts: all })
            const [entry] = yield* run(workspace, plan(directory))
            const files = yield* Disk.contents(directory)
            assert.deepStrictEqual(Object.keys(files), Object.keys(expected))
            assert.strictEqual(files["contacts.ndjson"], expected["contacts.ndjson"])
            assert.strictEqual(files["quarantine.ndjson"], expected["quarantine.ndjson"])
            // Only what was missing was asked for; the manifest counts both runs.
            assert.strictEqual(workspace.listings.length, 4 - failing)
            assert.strictEqual(entry?.runs, failing === 0 ? 1 : 2)
            assert.strictEqual(entry?.pages, 4)
          }
        })
    )

    it.effect("killed at any operation on files, the next run ends as if nothing had been", () =>
      Effect.gen(function* () {
        const real = yield* FileSystem.FileSystem
        const all = contacts(7, [2, 7])
        const undisturbed = yield* temporary
        const { count, service } = Disk.mortal(real)
        yield* Effect.provideService(
          run(FakeIntercom.make({ contacts: all }), plan(undisturbed)),
          FileSystem.FileSystem,
          service
        )
        const expected = yield* Disk.contents(undisturbed)
        assert.isAbove(count.operations, 40)

        for (let at = 1; at <= count.operations; at++) {
          for (const when of ["before", "middle", "after"] as const) {
            const directory = yield* temporary
            const name = `${when} operation ${at}`
            const { service } = Disk.mortal(real, { at, when })
            const killed = yield* Effect.exit(
              Effect.provideService(
                run(FakeIntercom.make({ contacts: all }), plan(directory)),
                FileSystem.FileSystem,
                service
              )
            )
            assert.strictEqual(killed._tag, "Failure", name)
            yield* run(FakeIntercom.make({ contacts: all }), plan(directory))
            const files = yield* Disk.contents(directory)
            assert.deepStrictEqual(Object.keys(files), Object.keys(expected), name)
            assert.strictEqual(files["contacts.ndjson"], expected["contacts.ndjson"], name)
            assert.strictEqual(files["quarantine.ndjson"], expected["quarantine.ndjson"], name)
          }
        }
      })
    )

    it.effect("killed any number of times in a row, the last run ends as if nothing had been", () =>
      Effect.gen(function* () {
        const real = yield* FileSystem.FileSystem
        const deaths = Arbitrary.array(
          Arbitrary.all({
            at: Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 5, maximum: 60 }))),
            when: Arbitrary.schema(Schema.Literals(["before", "middle", "after"]))
          }),
          { maxLength: 5 }
        )
        const history = Arbitrary.all({
          deaths,
          size: Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 12 }))),
          bad: Arbitrary.array(Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 12 }))), {
            maxLength: 4
          })
        })
        const result = yield* Arbitrary.checkEffect(
          history,
          ({ bad, deaths, size }) =>
            Effect.gen(function* () {
              const all = contacts(size, bad)
              const undisturbed = yield* temporary
              const directory = yield* temporary
              yield* run(FakeIntercom.make({ contacts: all }), plan(undisturbed))
              for (const death of deaths) {
                yield* run(FakeIntercom.make({ contacts: all }), plan(directory)).pipe(
                  Effect.provideService(FileSystem.FileSystem, Disk.mortal(real, death).service),
                  Effect.exit
                )
              }
              yield* run(FakeIntercom.make({ contacts: all }), plan(directory))
              const { "manifest.json": _, ...files } = yield* Disk.contents(directory)
              const { "manifest.json": __, ...expected } = yield* Disk.contents(undisturbed)
              return JSON.stringify(files) === JSON.stringify(expected)
            }).pipe(Effect.scoped),
          { runs: 40, seed: 7 }
        )
        assert.isUndefined(Arbitrary.formatCheckFailure(result))
      })
    )

    it.effect("adds up what the runs cost, and keeps the time of the first", () =>
      Effect.gen(function* () {
        const directory = yield* temporary
        const instead = (index: number) => (index === 2 ? Response.json({}, { status: 404 }) : undefined)
        const all = contacts(12)
        yield* Effect.flip(run(FakeIntercom.make({ contacts: all, instead }), plan(directory)))
        yield* TestClock.adjust("1 hour")
        const [entry] = yield* run(FakeIntercom.make({ contacts: all }), plan(directory))
        assert.deepInclude(entry, {
          runs: 2,
          startedAt: "1970-01-01T00:00:00.000Z",
          finishedAt: "1970-01-01T01:00:00.000Z"
        })
        // Two pages in each run; the request that failed counts if it did before the last page was written.
        assert.include([4, 5], entry?.effort.requests)
      })
    )

    it.effect("asks ahead for one page, and no more", () =>
      Effect.gen(function* () {
        const workspace = FakeIntercom.make({ contacts: contacts(30) })
        const asked: Array<number> = []
        yield* Export.run(plan(yield* temporary), (event) =>
          Effect.sync(() => {
            if (event._tag === "PageWritten") asked.push(workspace.listings.length - event.checkpoint.pages)
          })
        ).pipe(Effect.provide(workspace.client()))
        assert.isAtMost(Math.max(...asked), 2)
        assert.isAtLeast(Math.max(...asked), 1)
      })
    )
  })

  describe("what is there already", () => {
    layer(Disk.layer)((it) => {
      it.effect("skips what is complete, exports it again with force, in place of the old", () =>
        Effect.gen(function* () {
          const directory = yield* temporary
          yield* run(FakeIntercom.make({ contacts: contacts(4, [1]) }), plan(directory))
          const before = yield* Disk.contents(directory)

          const grown = FakeIntercom.make({ contacts: contacts(5, [2, 3]) })
          const events: Array<string> = []
          const [entry] = yield* Export.run(plan(directory), ({ _tag }) => Effect.sync(() => events.push(_tag))).pipe(
            Effect.provide(grown.client())
          )
          assert.deepStrictEqual(events, ["Skipped"])
          assert.strictEqual(entry?.records, 3)
          assert.strictEqual(grown.listings.length, 0)
          assert.deepStrictEqual(yield* Disk.contents(directory), before)

          const [again] = yield* run(grown, plan(directory, { force: true }))
          const after = yield* Disk.contents(directory)
          assert.deepInclude(again, { records: 3, quarantined: 2 })
          assert.strictEqual(after["quarantine.ndjson"]?.trimEnd().split("\n").length, 2)
          assert.include(after["contacts.ndjson"], '"id-5"')
        })
      )

      it.effect("with force, what is unfinished is still resumed, and the old file stays until then", () =>
        Effect.gen(function* () {
          const directory = yield* temporary
          const all = contacts(9)
          yield* run(FakeIntercom.make({ contacts: contacts(2) }), plan(directory))
          const instead = (index: number) => (index === 2 ? Response.json({}, { status: 404 }) : undefined)
          yield* Effect.flip(run(FakeIntercom.make({ contacts: all, instead }), plan(directory, { force: true })))
          assert.strictEqual((yield* Disk.contents(directory))["contacts.ndjson"], lines(contacts(2)))
          const workspace = FakeIntercom.make({ contacts: all })
          yield* run(workspace, plan(directory, { force: true }))
          assert.strictEqual((yield* Disk.contents(directory))["contacts.ndjson"], lines(all))
          assert.strictEqual(workspace.listings.length, 1)
        })
      )

      it.effect("exports again what was complete but whose file is gone", () =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const directory = yield* temporary
          yield* run(FakeIntercom.make({ contacts: contacts(2) }), plan(directory))
          yield* fs.remove(`${directory}/contacts.ndjson`)
          yield* run(FakeIntercom.make({ contacts: contacts(3) }), plan(directory))
          assert.strictEqual((yield* Disk.contents(directory))["contacts.ndjson"], lines(contacts(3)))
        })
      )

      it.effect("does not touch a file it knows nothing of", () =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const directory = yield* temporary
          yield* fs.writeFileString(`${directory}/contacts.ndjson`, "precious")
          const workspace = FakeIntercom.make({ contacts: contacts(1) })
          const error = yield* Effect.flip(run(workspace, plan(directory)))
          assert.strictEqual(reason(error), "Occupied")
          assert.include(error.message, "--force")
          assert.isFalse(error.resumable)
          assert.deepStrictEqual(yield* Disk.contents(directory), { "contacts.ndjson": "precious" })
          yield* run(workspace, plan(directory, { force: true }))
          assert.strictEqual((yield* Disk.contents(directory))["contacts.ndjson"], lines(contacts(1)))
        })
      )

      it.effect("a checkpoint of another workspace, version, host, page size or start is refused, and stays", () =>
        Effect.gen(function* () {
          const directory = yield* temporary
          const instead = (index: number) => (index === 1 ? Response.json({}, { status: 404 }) : undefined)
          const all = contacts(6)
          yield* Effect.flip(run(FakeIntercom.make({ contacts: all, instead }), plan(directory)))
          const before = yield* Disk.contents(directory)
          const own = FakeIntercom.make({ contacts: all })
          const others = [
            ["workspace", run(FakeIntercom.make({ contacts: all, workspace: "w2" }), plan(directory))],
            ["version", run(own, plan(directory), { version: "2.14" })],
            ["baseUrl", run(own, plan(directory), { baseUrl: "https://other.example.test" })],
            ["page size", run(own, plan(directory, { pageSize: 2 }))],
            ["starting cursor", run(own, plan(directory, { from: "c3" }))]
          ] as const
          for (const [field, other] of others) {
            const error = yield* Effect.flip(other)
            assert.strictEqual(error.reason._tag === "OtherExport" && error.reason.field, field)
            assert.include(error.message, "contacts.checkpoint.json")
            assert.isFalse(error.resumable)
          }
          assert.deepStrictEqual(yield* Disk.contents(directory), before)
          assert.strictEqual(own.listings.length, 0)
        })
      )

      it.effect("a directory holds one workspace only", () =>
        Effect.gen(function* () {
          const directory = yield* temporary
          yield* run(FakeIntercom.make({ contacts: [] }), plan(directory))
          const other = FakeIntercom.make({ contacts: [], workspace: "w2" })
          const error = yield* Effect.flip(run(other, plan(directory, { resources: [Resource.segments] })))
          assert.strictEqual(error.reason._tag === "OtherExport" && error.reason.field, "workspace")
          const [replaced] = yield* run(other, plan(directory, { force: true }))
          assert.strictEqual(replaced?.source.workspace, "w2")
        })
      )

      it.effect("a part file that something else changed is refused", () =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const instead = (index: number) => (index === 1 ? Response.json({}, { status: 404 }) : undefined)
          const all = contacts(6)
          for (const change of [
            (text: string) => text.replace("id-1", "id-9"),
            (text: string) => text.slice(0, -1),
            () => undefined
          ]) {
            const directory = yield* temporary
            const part = `${directory}/contacts.ndjson.part`
            yield* Effect.flip(run(FakeIntercom.make({ contacts: all, instead }), plan(directory)))
            const changed = change(yield* fs.readFileString(part))
            yield* changed === undefined ? fs.remove(part) : fs.writeFileString(part, changed)
            const error = yield* Effect.flip(run(FakeIntercom.make({ contacts: all }), plan(directory)))
            assert.strictEqual(reason(error), "PartChanged")
            assert.include(error.message, "contacts.checkpoint.json")
          }
        })
      )

      it.effect("a part file changed before the last steps does not replace what was there", () =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const all = contacts(4)
          for (const change of ["cut", "removed"]) {
            const directory = yield* temporary
            const part = `${directory}/contacts.ndjson.part`
            yield* run(FakeIntercom.make({ contacts: contacts(1) }), plan(directory))
            // Stopped when every page was written, before the part file got its name.
            yield* Effect.exit(
              Export.run(plan(directory, { force: true }), (event) =>
                event._tag === "PageWritten" && event.checkpoint.cursor === null ? Effect.interrupt : Effect.void
              ).pipe(Effect.provide(FakeIntercom.make({ contacts: all }).client()))
            )
            yield* change === "cut" ? fs.truncate(part, 9) : fs.remove(part)
            const error = yield* Effect.flip(run(FakeIntercom.make({ contacts: all }), plan(directory)))
            assert.strictEqual(reason(error), "PartChanged")
            assert.strictEqual((yield* Disk.contents(directory))["contacts.ndjson"], lines(contacts(1)))
          }
        })
      )

      it.effect("another export writing to the same directory is noticed", () =>
        Effect.gen(function* () {
          const directory = yield* temporary
          const workspace = FakeIntercom.make({ contacts: contacts(9) })
          const meanwhile = Export.run(plan(directory), (event) =>
            event._tag === "PageWritten" && event.checkpoint.pages === 1
              ? Effect.flatMap(FileSystem.FileSystem, (fs) =>
                  fs.writeFileString(`${directory}/contacts.ndjson.part`, "x\n", { flag: "a" })
                )
              : Effect.void
          ).pipe(Effect.provide(workspace.client()))
          const error = yield* Effect.flip(meanwhile)
          assert.strictEqual(error._tag === "ExportError" && reason(error), "PartChanged")
        })
      )

      it.effect("a damaged checkpoint or manifest is named, before anything is written", () =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          for (const name of ["contacts.checkpoint.json", "manifest.json"]) {
            const directory = yield* temporary
            yield* fs.writeFileString(`${directory}/${name}`, '{"format":')
            const error = yield* Effect.flip(run(FakeIntercom.make({ contacts: contacts(1) }), plan(directory)))
            assert.strictEqual(reason(error), "Unreadable")
            assert.include(error.message, name)
            assert.deepStrictEqual(Object.keys(yield* Disk.contents(directory)), [name])
          }
        })
      )
    })
  })

  describe("starting from a cursor", () => {
    layer(Disk.layer)((it) => {
      it.effect("exports what comes after it, and says so", () =>
        Effect.gen(function* () {
          const directory = yield* temporary
          const all = contacts(8)
          const [entry] = yield* run(FakeIntercom.make({ contacts: all }), plan(directory, { from: "c3" }))
          assert.deepInclude(entry, { from: "c3", records: 5, total: 8, matches: null })
          assert.strictEqual((yield* Disk.contents(directory))["contacts.ndjson"], lines(all.slice(3)))
        })
      )

      it.effect("is for a single resource with pages", () =>
        Effect.gen(function* () {
          const workspace = FakeIntercom.make({ contacts: contacts(2) })
          for (const resources of [[Resource.contacts, Resource.segments], [Resource.segments]]) {
            const error = yield* Effect.flip(run(workspace, plan(yield* temporary, { resources, from: "c1" })))
            assert.strictEqual(reason(error), "NoSuchStart")
          }
          assert.strictEqual(workspace.listings.length, 0)
        })
      )

      it.effect("resumes such an export with the same cursor", () =>
        Effect.gen(function* () {
          const directory = yield* temporary
          const all = contacts(9)
          const instead = (index: number) => (index === 1 ? Response.json({}, { status: 404 }) : undefined)
          yield* Effect.flip(run(FakeIntercom.make({ contacts: all, instead }), plan(directory, { from: "c3" })))
          yield* run(FakeIntercom.make({ contacts: all }), plan(directory, { from: "c3" }))
          assert.strictEqual((yield* Disk.contents(directory))["contacts.ndjson"], lines(all.slice(3)))
        })
      )

      it.effect("a cursor the API refuses is named, with what to do", () =>
        Effect.gen(function* () {
          const directory = yield* temporary
          const workspace = FakeIntercom.make({ contacts: contacts(4) })
          const error = yield* Effect.flip(run(workspace, plan(directory, { from: "nonsense" })))
          assert.strictEqual(reason(error), "CursorRefused")
          assert.match(error.message, /^contacts: The API refused .* nonsense: .*Check the cursor/)
          assert.isFalse(error.resumable)
        })
      )

      it.effect("a checkpoint's cursor the API refuses is named, with the file to delete", () =>
        Effect.gen(function* () {
          const directory = yield* temporary
          const all = contacts(9)
          const fail = (status: number, at: number) => (index: number) =>
            index === at ? Response.json({}, { status }) : undefined
          yield* Effect.flip(run(FakeIntercom.make({ contacts: all, instead: fail(404, 1) }), plan(directory)))
          const error = yield* Effect.flip(
            run(FakeIntercom.make({ contacts: all, instead: fail(400, 0) }), plan(directory))
          )
          assert.strictEqual(reason(error), "CursorRefused")
          assert.include(error.message, "Delete ")
          assert.include(error.message, "contacts.checkpoint.json")
        })
      )

      it.effect("a 400 later in the walk is not about that cursor", () =>
        Effect.gen(function* () {
          const instead = (index: number) => (index === 1 ? Response.json({}, { status: 400 }) : undefined)
          const workspace = FakeIntercom.make({ contacts: contacts(9), instead })
          const error = yield* Effect.flip(run(workspace, plan(yield* temporary, { from: "c3" })))
          assert.strictEqual(reason(error), "RequestFailed")
        })
      )
    })
  })

  describe("failures", () => {
    layer(Disk.layer)((it) => {
      it.effect("a full disk, a directory that cannot be written and other failures are sentences", () =>
        Effect.gen(function* () {
          const real = yield* FileSystem.FileSystem
          const fail = (code: string, at: number) =>
            Effect.flatMap(temporary, (directory) =>
              Effect.flip(
                Effect.provideService(
                  run(FakeIntercom.make({ contacts: contacts(5) }), plan(directory)),
                  FileSystem.FileSystem,
                  Disk.mortal(real, { at, when: "before", code }).service
                )
              )
            )
          const full = yield* fail("ENOSPC", 12)
          assert.strictEqual(reason(full), "DiskFull")
          assert.match(full.message, /^contacts: The disk is full: \S+ could not be written\. Make room first\.$/)
          assert.isTrue(full.resumable)
          const readOnly = yield* fail("EROFS", 1)
          assert.strictEqual(reason(readOnly), "NotWritable")
          assert.include(readOnly.message, "Choose another directory")
          assert.strictEqual(reason(yield* fail("EIO", 12)), "FileFailed")
        })
      )

      it.effect("a file where the directory should be", () =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          const directory = yield* temporary
          yield* fs.writeFileString(`${directory}/file`, "")
          const error = yield* Effect.flip(run(FakeIntercom.make({ contacts: [] }), plan(`${directory}/file/out`)))
          assert.strictEqual(reason(error), "NotWritable")
        })
      )

      it.effect("interrupted between two pages, it can be resumed", () =>
        Effect.gen(function* () {
          const directory = yield* temporary
          const all = contacts(9)
          const workspace = FakeIntercom.make({ contacts: all })
          const exit = yield* Effect.exit(
            Export.run(plan(directory), (event) =>
              event._tag === "PageWritten" && event.checkpoint.pages === 2 ? Effect.interrupt : Effect.void
            ).pipe(Effect.provide(workspace.client()))
          )
          assert.strictEqual(exit._tag, "Failure")
          assert.strictEqual((yield* Disk.contents(directory))["contacts.ndjson.part"], lines(all.slice(0, 6)))
          yield* run(FakeIntercom.make({ contacts: all }), plan(directory))
          assert.strictEqual((yield* Disk.contents(directory))["contacts.ndjson"], lines(all))
        })
      )

      it.effect("the token is in no file and no error", () =>
        Effect.gen(function* () {
          const directory = yield* temporary
          const echo = () =>
            Response.json({ type: "error.list", errors: [{ code: FakeIntercom.token }] }, { status: 400 })
          const bad = { type: "contact", id: 7, note: FakeIntercom.token }
          const error = yield* Effect.flip(
            run(FakeIntercom.make({ contacts: contacts(6), instead: echo }), plan(directory, { from: "c3" }))
          )
          assert.notInclude(`${error.message}${JSON.stringify(error)}${String(error)}`, FakeIntercom.token)
          yield* run(FakeIntercom.make({ contacts: [...contacts(3), bad] }), plan(`${directory}/2`))
          const { "quarantine.ndjson": quarantine = "", ...others } = yield* Disk.contents(`${directory}/2`)
          assert.notInclude(JSON.stringify(others), FakeIntercom.token)
          // The record is kept as received; only what the client says about it is its own.
          const { record: _, ...said } = JSON.parse(quarantine) as { readonly record: unknown }
          assert.notInclude(JSON.stringify(said), FakeIntercom.token)
        })
      )
    })
  })
})
