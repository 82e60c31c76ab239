/** What is counted is what was kept: doubled, set aside and missing records, in every sink. */
import * as Document from "@effect-intercom/export/Document"
import * as Export from "@effect-intercom/export/Export"
import type { Entry } from "@effect-intercom/export/Manifest"
import type { Plan } from "@effect-intercom/export/Plan"
import * as Resource from "@effect-intercom/export/Resource"
import { Sink } from "@effect-intercom/export/Sink"
import * as Verify from "@effect-intercom/export/Verify"
import { Simulator } from "@effect-intercom/simulator/Simulator"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as Answers from "./Answers.ts"
import * as MemorySink from "./MemorySink.ts"
import * as Sinks from "./Sinks.ts"
import * as Workspace from "./Workspace.ts"

type Place = Layer.Layer<Sink>

/** One export, as a process of its own. */
const run = (plan: Plan, sink: Place) =>
  Export.entries(plan).pipe(Effect.provide(Layer.fresh(sink)), Effect.provideService(Metric.MetricRegistry, new Map()))

const only = (entries: ReadonlyArray<Entry>): Entry => {
  const [entry] = entries
  if (entry === undefined || entries.length > 1) return assert.fail(`${entries.length} entries`)
  return entry
}

/** What differs from the manifest, over all outputs. */
const differences = (sink: Place) =>
  Effect.map(Verify.outputs, (verdicts) => verdicts.flatMap(({ differences }) => differences)).pipe(
    Effect.provide(Layer.fresh(sink))
  )

/** How many records an output holds, read again. */
const held = (sink: Place, { place, resource }: Entry) =>
  Effect.scoped(
    Effect.gen(function* () {
      const { audit } = yield* (yield* Sink).inspect
      return yield* audit(Resource.all[resource as Resource.ResourceName].table, place)
    })
  ).pipe(Effect.provide(Layer.fresh(sink)))

const idOf = (line: string) => (JSON.parse(line) as { readonly id: string }).id

const linesOf = (resource: "articles" | "contacts" | "conversationDetails") =>
  Simulator.use(({ records }) => Stream.runCollect(records(resource)))

/** Articles 1, 2, 3 and then 3, 4, of which there are so many. */
const shifted = (total: number) => {
  const articles = ["1", "2", "3", "4"].map((id) => ({
    type: "article",
    id,
    title: `Article ${id}`,
    created_at: 1,
    updated_at: Number(id)
  }))
  return Answers.layer(({ url }) => {
    if (url.pathname !== "/articles") return undefined
    const number = Number(url.searchParams.get("page") ?? 1)
    const data = number === 1 ? articles.slice(0, 3) : articles.slice(2)
    return Answers.page(data, { page: number, of: 2, total })
  })
}

const inWorkspace =
  <R>(layer: Layer.Layer<R>) =>
  <A, E, R2>(effect: Effect.Effect<A, E, R2>) =>
    Effect.andThen(Workspace.setClock, Effect.provide(effect, layer))

it.effect("a count that is negative is none", () =>
  Effect.gen(function* () {
    const sink = MemorySink.make()
    const [entry] = Workspace.entriesOf(yield* Workspace.run({ resources: ["articles"], pageSize: 3 }, sink))
    assert.deepInclude(entry, { records: 4, total: null, complete: null })
  }).pipe(inWorkspace(shifted(-5)))
)

for (const [name, make] of Object.entries(Sinks.all)) {
  describe(`into ${name}`, () => {
    it.effect("a record that comes twice is kept and counted once, and what never came is missing", () =>
      Effect.gen(function* () {
        const sink = yield* make
        const entry = only(yield* run({ resources: ["articles"], pageSize: 3 }, sink))
        assert.deepInclude(entry, { records: 4, total: 5, complete: false })
        assert.deepStrictEqual(entry.counts, {
          read: 5,
          records: 4,
          quarantined: 0,
          duplicates: 1,
          skipped: 0,
          missing: 1
        })
        assert.strictEqual((yield* held(sink, entry)).records, 4)
        assert.deepStrictEqual(yield* differences(sink), [])
      }).pipe(inWorkspace(shifted(5)), Effect.scoped)
    )

    it.effect("what has no identity is set apart, each record of it, and is no duplicate", () =>
      Effect.gen(function* () {
        const sink = yield* make
        const articles = ["", "", null, undefined, {}, [], ["1"], true, 0, "0x", " "].map((id, index) => ({
          type: "article",
          id,
          title: `${index}`,
          updated_at: 1
        }))
        const layer = Answers.layer(({ url }) =>
          url.pathname === "/articles" ? Answers.page(articles, { page: 1, of: 1, total: 11 }) : undefined
        )
        yield* Effect.gen(function* () {
          for (let night = 0; night < 2; night += 1) {
            const entry = only(yield* run({ resources: ["articles"] }, sink))
            assert.deepInclude(entry.counts, { read: 11, records: 3, quarantined: 8 })
            assert.strictEqual(entry.counts.duplicates, undefined)
            assert.deepInclude(yield* held(sink, entry), { records: 3, quarantined: 8 })
            assert.deepStrictEqual(yield* differences(sink), [])
          }
        }).pipe(inWorkspace(layer))
      }).pipe(Effect.scoped)
    )

    it.effect("a key that the sink cannot have is set aside, counted, and verified; its neighbours are kept", () =>
      Effect.gen(function* () {
        const sink = yield* make
        const entry = only(yield* run({ resources: ["contacts"] }, sink))
        const { records, quarantined } = yield* held(sink, entry)
        assert.deepStrictEqual([entry.counts.records, entry.counts.quarantined], [records, quarantined])
        assert.strictEqual(records + quarantined, 90)
        assert.deepStrictEqual([quarantined, entry.quarantined], name === "sqlite" ? [2, 2] : [0, 0])
        if (name === "sqlite") {
          assert.deepStrictEqual(entry.counts.reasons, { "The record has no id that its table could know it by": 2 })
        }
        assert.deepStrictEqual(yield* differences(sink), [])
        // Every night again.
        for (let night = 0; night < 2; night += 1) {
          yield* TestClock.adjust("1 day")
          const next = only(yield* run({ resources: ["contacts"], since: 1 }, sink))
          assert.strictEqual(next.quarantined, quarantined)
          assert.deepStrictEqual(yield* differences(sink), [])
        }
      }).pipe(
        inWorkspace(
          Workspace.layer({
            ...Workspace.small,
            overrides: { contacts: { 3: { id: "5\0" }, 80: { id: "6\ud800" } } }
          })
        ),
        Effect.scoped
      )
    )

    it.effect("one that does not fit a strict export, changed an hour ago, is one every night; verify agrees", () =>
      Effect.gen(function* () {
        const sink = yield* make
        const { update } = yield* Simulator
        const [, id = ""] = (yield* linesOf("contacts")).map(idOf)
        yield* update("contacts", id, { owner_id: true })
        yield* TestClock.adjust("1 hour")
        const told: Array<ReadonlyArray<number | undefined>> = []
        for (const pause of ["1 day", "1 day", "5 minutes", "1 second"] as const) {
          const { counts, quarantined } = only(
            yield* run({ resources: ["contacts"], since: "last", strict: true }, sink)
          )
          told.push([counts.quarantined, quarantined])
          assert.deepStrictEqual(yield* differences(sink), [])
          yield* TestClock.adjust(pause)
        }
        assert.deepStrictEqual(told, [
          [1, 1],
          [0, 1],
          [0, 1],
          [0, 1]
        ])
        yield* update("contacts", id, { owner_id: false })
        yield* TestClock.adjust("1 second")
        const { counts, quarantined } = only(yield* run({ resources: ["contacts"], since: "last", strict: true }, sink))
        assert.deepStrictEqual([counts.quarantined, quarantined], [1, 1])
        assert.deepStrictEqual(yield* differences(sink), [])
      }).pipe(inWorkspace(Workspace.layer()), Effect.scoped)
    )
  })
}

describe("Export", () => {
  it.effect("a record that comes twice is kept once when the export stopped in between", () =>
    Effect.gen(function* () {
      const sink = MemorySink.make()
      const plan: Plan = { resources: ["articles"], pageSize: 3 }
      // Both pages were read; one was written.
      sink.failing.at = 2
      yield* Effect.flip(Workspace.run(plan, sink))
      const entry = only(Workspace.entriesOf(yield* Workspace.run(plan, sink)))
      assert.deepStrictEqual(
        sink.outputs.get("articles")?.map(({ id }) => id),
        ["1", "2", "3", "4"]
      )
      assert.deepInclude(entry.counts, { read: 5, records: 4, duplicates: 1, missing: 1 })
      assert.isFalse(entry.complete)
    }).pipe(inWorkspace(shifted(5)))
  )

  it.effect("a record that comes twice hides nothing where all are there", () =>
    Effect.gen(function* () {
      const sink = MemorySink.make()
      const entry = only(Workspace.entriesOf(yield* Workspace.run({ resources: ["articles"], pageSize: 3 }, sink)))
      assert.deepInclude(entry, { total: 4, complete: true, records: 4 })
      assert.deepInclude(entry.counts, { read: 5, records: 4, duplicates: 1, missing: 0 })
    }).pipe(inWorkspace(shifted(4)))
  )

  it.effect("a record that comes twice and is none of the export's hides no other either", () =>
    Effect.gen(function* () {
      const sink = MemorySink.make()
      const entry = only(
        Workspace.entriesOf(yield* Workspace.run({ resources: ["articles"], since: 4, pageSize: 3 }, sink))
      )
      assert.deepInclude(entry.counts, { read: 5, records: 1, skipped: 3, duplicates: 1, missing: 1 })
      assert.isFalse(entry.complete)
    }).pipe(inWorkspace(shifted(5)))
  )

  it.effect("the manifest keeps the order in which outputs were finished", () =>
    Effect.gen(function* () {
      const sink = MemorySink.make()
      yield* Workspace.run({ resources: ["tags"] }, sink)
      yield* Workspace.run({ resources: ["teams"] }, sink)
      yield* Workspace.run({ resources: ["tags"], force: true }, sink)
      const manifest = yield* Effect.scoped(
        Effect.flatMap(
          Sink.use(({ inspect }) => inspect),
          Document.manifest
        )
      ).pipe(Effect.provide(sink.layer))
      assert.deepStrictEqual(Object.keys(manifest?.exports ?? {}), ["teams", "tags"])
    }).pipe(inWorkspace(Workspace.layer()))
  )

  for (const resource of ["contacts", "conversations"] as const) {
    it.effect(`${resource} without a time, which a search by time does not find, are fetched from the listing`, () =>
      Effect.gen(function* () {
        const all = (yield* linesOf(resource === "contacts" ? resource : "conversationDetails")).map(idOf)
        const sink = MemorySink.make()
        const entry = only(Workspace.entriesOf(yield* Workspace.run({ resources: [resource], pageSize: 7 }, sink)))
        assert.deepInclude(entry, { total: all.length, complete: true })
        assert.deepStrictEqual(entry.counts, {
          read: all.length,
          records: all.length,
          quarantined: 0,
          skipped: 0,
          missing: 0
        })
        assert.deepStrictEqual(
          sink.outputs
            .get(resource)
            ?.map(({ id }) => String(id))
            .toSorted(),
          all.toSorted()
        )
        // Stopped anywhere, the walk resumes to the same.
        for (let at = 1; at <= sink.failing.commits; at += 1) {
          const stopped = MemorySink.make()
          stopped.failing.at = at
          yield* Effect.flip(Workspace.run({ resources: [resource], pageSize: 7 }, stopped))
          const resumed = only(
            Workspace.entriesOf(yield* Workspace.run({ resources: [resource], pageSize: 7 }, stopped))
          )
          assert.deepStrictEqual(resumed.counts, entry.counts)
          assert.deepStrictEqual(stopped.outputs, sink.outputs)
        }
      }).pipe(
        inWorkspace(
          Workspace.layer({
            ...Workspace.small,
            overrides: {
              contacts: { 3: { created_at: null }, 50: { created_at: null, owner_id: 7 } },
              conversations: { 5: { created_at: null } }
            }
          })
        )
      )
    )
  }

  it.effect("the events of contacts without a time are there, too", () =>
    Effect.gen(function* () {
      const sink = MemorySink.make()
      const entry = only(Workspace.entriesOf(yield* Workspace.run({ resources: ["events"] }, sink)))
      assert.deepInclude(entry.counts, { read: 180, records: 180 })
      assert.isUndefined(entry.counts.duplicates)
    }).pipe(inWorkspace(Workspace.layer({ ...Workspace.small, overrides: { contacts: { 3: { created_at: null } } } })))
  )

  it.effect("what the listing counts and does not give either is missing", () =>
    Effect.gen(function* () {
      const sink = MemorySink.make()
      const entry = only(Workspace.entriesOf(yield* Workspace.run({ resources: ["contacts"] }, sink)))
      assert.deepInclude(entry, { total: 93, complete: false, records: 90 })
      assert.deepInclude(entry.counts, { read: 90, missing: 3 })
    }).pipe(
      inWorkspace(
        Answers.layer(({ method, url }) =>
          method === "GET" && url.pathname === "/contacts"
            ? { type: "list", data: [], total_count: 93, pages: { type: "pages", page: 1, total_pages: 1 } }
            : undefined
        )
      )
    )
  )

  it.effect("a scroll tells no count: companies are compared with that of their listing", () =>
    Effect.gen(function* () {
      const sink = MemorySink.make()
      const entry = only(Workspace.entriesOf(yield* Workspace.run({ resources: ["companies"] }, sink)))
      assert.deepInclude(entry, { total: 232, complete: false, records: 230 })
      assert.deepInclude(entry.counts, { missing: 2 })
    }).pipe(
      inWorkspace(
        Answers.layer(({ method, url }) =>
          method === "GET" && url.pathname === "/companies"
            ? Answers.page([], { page: 1, of: 232, total: 232 })
            : undefined
        )
      )
    )
  )
})
