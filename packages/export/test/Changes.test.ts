import type { Plan } from "@effect-intercom/export/Plan"
import { Simulator } from "@effect-intercom/simulator/Simulator"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as MemorySink from "./MemorySink.ts"
import * as Workspace from "./Workspace.ts"

type Kind = "contacts" | "conversations"

const recordsOf = (resource: Kind | "conversationDetails") =>
  Simulator.use(({ records }) => Stream.runCollect(records(resource)))

const idOf = (line: string) => (JSON.parse(line) as { readonly id: string }).id

/** What someone has who puts the outputs into a table, one after the other. */
const applied = (sink: ReturnType<typeof MemorySink.make>) =>
  new Map([...sink.outputs.values()].flat().map((record) => [String(record["id"]), JSON.stringify(record)]))

/** Every version of a record in any output. */
const versions = (sink: ReturnType<typeof MemorySink.make>) =>
  [...sink.outputs.values()].flat().map(({ id, updated_at }) => `${String(id)} ${String(updated_at)}`)

const last = (resource: Kind): Plan => ({ resources: [resource], since: "last", pageSize: 7 })

describe("Changes", () => {
  for (const timezone of ["UTC", "Pacific/Auckland", "America/Los_Angeles"]) {
    for (const resource of ["contacts", "conversations"] as const) {
      it.effect(`each change once, those made meanwhile too: ${resource}, ${timezone}`, () =>
        Effect.gen(function* () {
          const simulator = yield* Simulator
          const ids = (yield* recordsOf(resource)).map(idOf)

          /** Somebody changes a record. */
          const change = Effect.gen(function* () {
            const id = ids[yield* Random.nextIntBetween(0, ids.length - 1)] ?? ""
            yield* TestClock.adjust("1 second")
            yield* simulator.update(resource, id, { zz_change: yield* Random.nextInt })
          })
          const sink = MemorySink.make(Effect.orDie(change))
          for (const pause of ["1 second", "2 minutes", "1 hour", "30 hours", "1 second"] as const) {
            yield* Workspace.run(last(resource), sink)
            yield* TestClock.adjust(pause)
            yield* Effect.repeat(change, { times: 3 })
          }
          // Nobody changes anything any more, and what is in motion comes to rest.
          yield* TestClock.adjust("1 second")
          sink.quiet.value = true
          yield* Workspace.run(last(resource), sink)

          const held = yield* recordsOf(resource === "contacts" ? resource : "conversationDetails")
          const kept = applied(sink)
          assert.deepStrictEqual([...kept.keys()].toSorted(), ids.toSorted())
          for (const line of held) assert.strictEqual(kept.get(idOf(line)), line)
          assert.strictEqual(new Set(versions(sink)).size, versions(sink).length)
          assert.strictEqual(sink.outputs.size, 6)
        }).pipe(Random.withSeed("changes"), Effect.provide(Workspace.layer({ ...Workspace.small, timezone })), (test) =>
          Effect.andThen(Workspace.setClock, test)
        )
      )
    }
  }

  it.effect(
    "changes since a time: what changed at that second or later, to the second, though searches tell days",
    () =>
      Effect.andThen(
        Workspace.setClock,
        Effect.gen(function* () {
          const simulator = yield* Simulator
          const [first = "", second = "", third = ""] = (yield* recordsOf("contacts")).map(idOf)
          yield* simulator.update("contacts", first, { updated_at: Workspace.now - 3601 })
          yield* simulator.update("contacts", second, { updated_at: Workspace.now - 3600 })
          yield* simulator.update("contacts", third, { updated_at: Workspace.now })
          const sink = MemorySink.make()
          const [entry] = Workspace.entriesOf(
            yield* Workspace.run({ resources: ["contacts"], since: Workspace.now - 3600 }, sink)
          )
          assert.deepStrictEqual(
            [...sink.outputs].map(([name, records]) => [name, records.map(({ id }) => id)]),
            [["contacts.20270115T080000Z", [second, third]]]
          )
          assert.deepInclude(entry?.counts, { read: 3, records: 2, skipped: 1 })
          assert.isTrue(entry?.complete)
        }).pipe(Effect.provide(Workspace.layer()))
      )
  )

  it.effect("records that move while they are read are in an export once, and in the next as they became", () =>
    Effect.andThen(
      Workspace.setClock,
      Effect.gen(function* () {
        const simulator = yield* Simulator
        const ids = (yield* recordsOf("contacts")).map(idOf)
        const moved: Array<string> = []
        const change = Effect.gen(function* () {
          yield* TestClock.adjust("1 second")
          const id = ids[moved.length % ids.length] ?? ""
          moved.push(id)
          yield* simulator.update("contacts", id, { zz_moves: moved.length })
        })
        const sink = MemorySink.make(Effect.orDie(change))
        yield* Workspace.run({ resources: ["contacts"], since: 1, pageSize: 2, concurrency: 1 }, sink)
        assert.isAbove(moved.length, 10)
        sink.quiet.value = true
        yield* TestClock.adjust("1 second")
        yield* Workspace.run(last("contacts"), sink)
        for (const records of sink.outputs.values()) {
          assert.strictEqual(new Set(records.map(({ id }) => id)).size, records.length)
        }
        const kept = applied(sink)
        for (const line of yield* recordsOf("contacts")) assert.strictEqual(kept.get(idOf(line)), line)
        assert.strictEqual(kept.size, ids.length)
      }).pipe(Effect.provide(Workspace.layer()))
    )
  )

  it.effect("a change the search finds late is in the next export: windows overlap", () =>
    Effect.andThen(
      Workspace.setClock,
      Effect.gen(function* () {
        const simulator = yield* Simulator
        const [id = ""] = (yield* recordsOf("contacts")).map(idOf)
        const sink = MemorySink.make()
        yield* Workspace.run(last("contacts"), sink)
        yield* TestClock.adjust("1 hour")
        yield* simulator.update("contacts", id, { name: "found late" })
        yield* TestClock.adjust("1 minute")
        // The search has not heard of it.
        yield* Workspace.run(last("contacts"), sink)
        yield* TestClock.adjust("5 minutes")
        yield* Workspace.run(last("contacts"), sink)
        assert.deepStrictEqual(
          [...sink.outputs.values()].slice(1).map((records) => records.map(({ name }) => name)),
          [[], ["found late"]]
        )
      }).pipe(Effect.provide(Workspace.layer({ ...Workspace.small, searchLag: "2 minutes" })))
    )
  )

  it.effect(
    "resources that cannot be asked for changes are read whole: companies are filtered, tags are all there",
    () =>
      Effect.andThen(
        Workspace.setClock,
        Effect.gen(function* () {
          const simulator = yield* Simulator
          const companies = yield* Simulator.use(({ records }) => Stream.runCollect(records("companies")))
          const sink = MemorySink.make()
          const plan: Plan = { resources: ["companies", "tags"], since: "last" }
          yield* Workspace.run(plan, sink)
          yield* TestClock.adjust("1 hour")
          const id = idOf(companies[5] ?? "")
          yield* simulator.update("companies", id, { name: "Renamed" })
          yield* TestClock.adjust("1 second")
          yield* Workspace.run(plan, sink)
          assert.deepStrictEqual([...sink.outputs].map(([name, records]) => [name, records.length]).toSorted(), [
            ["companies", 230],
            ["companies.20270115T090001Z", 1],
            ["tags", sink.outputs.get("tags")?.length]
          ])
          assert.isAbove(sink.outputs.get("tags")?.length ?? 0, 0)
        }).pipe(Effect.provide(Workspace.layer()))
      )
  )
})

describe("what changed late", () => {
  /** Characters of all checkpoints and of the state, for so many contacts, all of which changed within the overlap or none. */
  const written = (contacts: number, overlap: number) =>
    Effect.andThen(
      Workspace.setClock,
      Effect.gen(function* () {
        let size = 0
        const sink = MemorySink.make(
          Effect.sync(() => void (size += sink.parts.get("contacts")?.checkpoint?.length ?? 0))
        )
        yield* Workspace.run({ resources: ["contacts"], pageSize: 5, overlap }, sink)
        return size + (sink.documents.get("state")?.length ?? 0)
      }).pipe(Effect.provide(Workspace.layer({ ...Workspace.small, contacts })))
    )

  it.effect("is written twice, whatever the number of checkpoints: the cost grows with the export", () =>
    Effect.gen(function* () {
      for (const contacts of [300, 1200]) {
        const more = (yield* written(contacts, Workspace.now)) - (yield* written(contacts, 0))
        // A digest and a second for each, in the last checkpoint and in the state.
        assert.isAtMost(more / contacts, 75)
        assert.isAtLeast(more / contacts, 2 * 14)
      }
    })
  )
})
