import * as Export from "@effect-intercom/export/Export"
import type { ExportError } from "@effect-intercom/export/ExportError"
import type { Plan } from "@effect-intercom/export/Plan"
import * as Faults from "@effect-intercom/simulator/Faults"
import { Simulator } from "@effect-intercom/simulator/Simulator"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as MemorySink from "./MemorySink.ts"
import * as Workspace from "./Workspace.ts"

/** What the workspace holds, each record as sent, in order; conversations with their parts. */
const expected = (name: (typeof listed)[number]) =>
  Simulator.use(({ records }) => Stream.runCollect(records(name === "conversations" ? "conversationDetails" : name)))

/** What the simulator tells byte for byte; the others are in Resources.test.ts. */
const listed = [
  "admins",
  "teams",
  "tags",
  "segments",
  "companies",
  "contacts",
  "conversations",
  "articles",
  "newsItems",
  "events"
] as const

const inWorkspace =
  (options?: Parameters<typeof Workspace.layer>[0]) =>
  <A, E>(effect: Effect.Effect<A, E, Layer.Success<ReturnType<typeof Workspace.layer>>>) =>
    // The clock first: the rate limit's windows start with the layer.
    Effect.andThen(Workspace.setClock, Effect.provide(effect, Workspace.layer(options)))

const all: Plan = {
  resources: listed,
  pageSize: 7
}

describe("Export", () => {
  it.effect("writes every resource of a workspace as it was received, in the API's order", () =>
    inWorkspace()(
      Effect.gen(function* () {
        const sink = MemorySink.make()
        const events = yield* Workspace.run(all, sink)
        for (const name of listed) {
          assert.deepStrictEqual(Workspace.linesOf(sink, name), yield* expected(name), name)
        }
        const entries = Workspace.entriesOf(events)
        assert.deepStrictEqual(
          Export.inOrder(all, entries).map(({ resource }) => resource),
          [...listed]
        )
        for (const { complete, counts, resource, total } of entries) {
          assert.deepInclude(counts, { quarantined: 0, skipped: 0, missing: 0 }, resource)
          assert.strictEqual(complete, total === null ? null : true, resource)
        }
        assert.deepInclude(
          entries.find(({ resource }) => resource === "contacts"),
          { total: 90, runs: 1 }
        )
        assert.strictEqual(sink.parts.size, 0)
      })
    )
  )

  it.effect("stopped at any commit, resumes after it; what comes out is what an undisturbed run gives", () =>
    inWorkspace({ ...Workspace.small, contacts: 40, conversations: 12, companies: 130 })(
      Effect.gen(function* () {
        const undisturbed = MemorySink.make()
        const plan: Plan = {
          ...all,
          resources: ["segments", "companies", "contacts", "conversations", "newsItems"],
          pageSize: 3
        }
        yield* Workspace.run(plan, undisturbed)
        const { commits } = undisturbed.failing
        assert.isAbove(commits, 10)
        for (let at = 1; at <= commits; at += 1) {
          const sink = MemorySink.make()
          sink.failing.at = at
          const stopped = yield* Effect.flip(Workspace.run(plan, sink))
          assert.strictEqual(stopped.reason._tag, "FileFailed")
          assert.isTrue(stopped.resumable)
          // The scroll that was left open has to die first.
          const again = yield* Effect.forkChild(Workspace.run(plan, sink))
          yield* TestClock.adjust("2 minutes")
          yield* Fiber.join(again)
          assert.deepStrictEqual(sink.outputs, undisturbed.outputs, `stopped at commit ${at}`)
        }
      })
    )
  )

  it.effect("skips what is complete, and exports it again when it is told to", () =>
    inWorkspace()(
      Effect.gen(function* () {
        const sink = MemorySink.make()
        const plan: Plan = { resources: ["contacts"] }
        yield* Workspace.run(plan, sink)
        const { requests: before } = yield* Simulator.use(({ stats }) => stats)
        const again = yield* Workspace.run(plan, sink)
        assert.deepStrictEqual(
          again.map(({ _tag }) => _tag),
          ["Skipped"]
        )
        // Whose workspace it is, and no more.
        assert.strictEqual((yield* Simulator.use(({ stats }) => stats)).requests, before + 1)
        const forced = yield* Workspace.run({ ...plan, force: true }, sink)
        assert.strictEqual(forced.at(-1)?._tag, "Completed")
      })
    )
  )

  it.effect("does not replace what it did not write, unless it is told to", () =>
    inWorkspace()(
      Effect.gen(function* () {
        const sink = MemorySink.make()
        sink.outputs.set("contacts", [{ id: "somebody's" }])
        const error = yield* Effect.flip(Workspace.run({ resources: ["contacts"] }, sink))
        assert.strictEqual(error.reason._tag, "Occupied")
        assert.isFalse(error.resumable)
        yield* Workspace.run({ resources: ["contacts"], force: true }, sink)
        assert.strictEqual(sink.outputs.get("contacts")?.length, 90)
      })
    )
  )

  it.effect("continues past the failure of one resource, and fails with it in the end", () =>
    inWorkspace()(
      Effect.gen(function* () {
        yield* Simulator.use(({ setFaults }) =>
          setFaults(Faults.when("Contacts.search", Faults.script("error403", "error403", "error403", "error403")))
        )
        const sink = MemorySink.make()
        const told: Array<string> = []
        const error = yield* Export.run({ resources: ["contacts", "tags"] }).pipe(
          Stream.runForEach((event) => Effect.sync(() => void told.push(`${event.resource} ${event._tag}`))),
          Effect.provide(sink.layer),
          Effect.flip
        )
        assert.deepStrictEqual(
          told.filter((event) => event.startsWith("contacts")),
          ["contacts Started", "contacts Failed"]
        )
        assert.deepStrictEqual(
          told.filter((event) => event.startsWith("tags")),
          ["tags Started", "tags StepWritten", "tags Completed"]
        )
        assert.strictEqual(error.resource, "contacts")
        assert.strictEqual(error.reason._tag === "RequestFailed" && error.reason.error.reason._tag, "Forbidden")
        assert.include(error.message, "api_plan_restricted")
      })
    )
  )

  it.effect("stops at once where every resource would fail", () =>
    inWorkspace()(
      Effect.gen(function* () {
        yield* Simulator.use(({ setFaults }) => setFaults(Faults.when("Contacts.search", Faults.script("error401"))))
        const sink = MemorySink.make()
        const error = yield* Effect.flip(Workspace.run({ resources: ["contacts", "tags"], resourcesAtOnce: 1 }, sink))
        assert.isTrue(error.ofAll)
        assert.isFalse(sink.outputs.has("tags"))
      })
    )
  )

  it.effect("names what the API says is there and does not give", () =>
    inWorkspace({ ...Workspace.small, parts: { 3: { count: 720 } } })(
      Effect.gen(function* () {
        const sink = MemorySink.make()
        const [entry] = Workspace.entriesOf(yield* Workspace.run({ resources: ["conversations"] }, sink))
        const [missing] = entry?.missing ?? []
        assert.deepInclude(missing, { what: "parts", expected: 720 })
        assert.isBelow(missing?.found ?? 720, 720)
        assert.deepInclude(entry?.counts, { records: 40, missing: 1 })
        assert.isFalse(entry?.complete)
      })
    )
  )

  it.effect("names a conversation that is gone when it is asked for", () =>
    inWorkspace()(
      Effect.gen(function* () {
        const simulator = yield* Simulator
        const lines = yield* expected("conversations")
        // Found by the search already when the first page is written, and not asked for yet.
        const { id } = JSON.parse(lines[17] ?? "") as { readonly id: string }
        const sink = MemorySink.make(Effect.ignore(simulator.remove("conversations", id)))
        const [entry] = Workspace.entriesOf(
          yield* Workspace.run({ resources: ["conversations"], pageSize: 5, concurrency: 2 }, sink)
        )
        assert.deepStrictEqual(entry?.missing, [{ id, what: "record", expected: 1, found: 0 }])
        assert.deepInclude(entry?.counts, { read: 40, records: 39, missing: 1, skipped: 0 })
      })
    )
  )

  it.effect("sets records apart that do not fit, when it is strict", () =>
    inWorkspace({ ...Workspace.small, overrides: { contacts: { 3: { owner_id: true }, 80: { owner_id: true } } } })(
      Effect.gen(function* () {
        const sink = MemorySink.make()
        const [entry] = Workspace.entriesOf(
          yield* Workspace.run({ resources: ["contacts"], pageSize: 7, strict: true }, sink)
        )
        assert.deepInclude(entry, { records: 88, complete: true })
        assert.deepInclude(entry?.counts, { read: 90, records: 88, quarantined: 2 })
      })
    )
  )

  const identities: ReadonlyArray<readonly [string, Plan]> = [
    ["start of changes", { resources: ["articles"], since: 5, pageSize: 7 }],
    ["page size", { resources: ["articles"], pageSize: 9 }]
  ]
  for (const [field, plan] of identities) {
    it.effect(`does not resume an export of another ${field}, but starts over when asked to`, () =>
      inWorkspace()(
        Effect.gen(function* () {
          const sink = MemorySink.make()
          sink.failing.at = 2
          yield* Effect.flip(Workspace.run({ resources: ["articles"], pageSize: 7 }, sink))
          const error: ExportError = yield* Effect.flip(Workspace.run(plan, sink))
          assert.deepInclude(error.reason, { _tag: "OtherExport", field })
          assert.include(error.message, "--restart")
          const [entry] = Workspace.entriesOf(yield* Workspace.run({ ...plan, restart: true }, sink))
          assert.deepInclude(entry, { runs: 1 })
          assert.strictEqual(entry?.counts.read, 30)
        })
      )
    )
  }

  it.effect("does not mix two workspaces", () =>
    Effect.gen(function* () {
      const sink = MemorySink.make()
      const plan: Plan = { resources: ["tags"] }
      yield* inWorkspace({ ...Workspace.small, seed: 1 })(Workspace.run(plan, sink))
      const error = yield* Effect.flip(inWorkspace({ ...Workspace.small, seed: 2 })(Workspace.run(plan, sink)))
      assert.deepInclude(error.reason, { _tag: "OtherExport", field: "workspace" })
    })
  )

  it.effect("tells what a plan would do, and writes nothing", () =>
    inWorkspace()(
      Effect.gen(function* () {
        const sink = MemorySink.make()
        yield* Workspace.run({ resources: ["tags"] }, sink)
        sink.failing.at = sink.failing.commits + 2
        yield* Effect.flip(Workspace.run({ resources: ["contacts"], pageSize: 7 }, sink))
        const before = [new Map(sink.documents), new Map(sink.parts), new Map(sink.outputs)]
        const preview = yield* Effect.provide(
          Export.preview({ resources: ["tags", "contacts", "companies", "events"] }),
          sink.layer
        )
        assert.deepStrictEqual(
          preview.map(({ action, resource, total, written }) => [resource, action, written, total]),
          [
            ["tags", "skip", 0, null],
            ["contacts", "resume", sink.parts.get("contacts")?.records.length, 90],
            ["companies", "start", 0, 230],
            ["events", "start", 0, null]
          ]
        )
        assert.deepStrictEqual([sink.documents, sink.parts, sink.outputs], before)
      })
    )
  )

  it.effect("tells how the work went over time", () =>
    inWorkspace({ ...Workspace.small, latency: "1 second" })(
      Effect.gen(function* () {
        const sink = MemorySink.make()
        const fiber = yield* Effect.forkChild(
          Workspace.run({ resources: ["contacts"], pageSize: 9, concurrency: 1 }, sink)
        )
        yield* TestClock.adjust("5 minutes")
        const [entry] = Workspace.entriesOf(yield* Fiber.join(fiber))
        assert.isAbove(entry?.workedMillis ?? 0, 9000)
        assert.isAbove(entry?.samples.length ?? 0, 5)
        assert.strictEqual(entry?.samples.at(-1)?.records, 90)
      })
    )
  )

  it.effect("a clock that is put back makes no negative seconds", () =>
    inWorkspace()(
      Effect.gen(function* () {
        const sink = MemorySink.make(
          Effect.suspend(() =>
            sink.failing.commits === 3 ? TestClock.setTime((Workspace.now - 400) * 1000) : TestClock.adjust("1 second")
          )
        )
        const [entry] = Workspace.entriesOf(
          yield* Workspace.run({ resources: ["articles"], pageSize: 1, concurrency: 1 }, sink)
        )
        const seconds = entry?.samples.map(({ seconds }) => seconds) ?? []
        assert.isAbove(seconds.length, 5)
        assert.deepStrictEqual(
          seconds,
          seconds.toSorted((a, b) => a - b)
        )
        assert.isAtLeast(seconds[0] ?? -1, 0)
        // A second for each commit before the last, but for the one in which the clock was put back.
        assert.strictEqual(entry?.workedMillis, (sink.failing.commits - 2) * 1000)
      })
    )
  )
})
