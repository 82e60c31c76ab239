/** What is true of every resource, and of what none but some have. */
import { CompanyId, Contacts, SubscriptionTypes, Tags } from "@effect-intercom/core"
import { ContactId } from "@effect-intercom/core/resources/Contacts"
import type { Plan } from "@effect-intercom/export/Plan"
import * as Resource from "@effect-intercom/export/Resource"
import { Simulator } from "@effect-intercom/simulator/Simulator"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as Exported from "./Exported.ts"
import * as MemorySink from "./MemorySink.ts"
import * as Workspace from "./Workspace.ts"

/** Some of everything, and contacts that have more of it than a contact shows. */
const options = {
  ...Workspace.small,
  contacts: 12,
  companies: 13,
  conversations: 6,
  articles: 6,
  newsItems: 5,
  tickets: 14,
  notes: 6
}

/** Lets the second contact have more than ten of everything there is. */
const filled = Effect.gen(function* () {
  const { attachCompany, attachSubscription, attachTag, createNote } = yield* Contacts
  const ids = (resource: "contacts" | "companies") =>
    Simulator.use(({ records }) =>
      Effect.map(Stream.runCollect(records(resource)), (lines) =>
        lines.map((line) => (JSON.parse(line) as { readonly id: string }).id)
      )
    )
  const [, id, other] = (yield* ids("contacts")).map((id) => ContactId.make(id))
  if (id === undefined || other === undefined) return assert.fail("there are too few contacts")
  const tags = yield* Tags.use(({ list }) => Stream.runCollect(list.items()))
  yield* Effect.forEach(tags.slice(0, 14), (tag) => attachTag(id, { id: tag.id }), { discard: true })
  yield* Effect.forEach(Array.from({ length: 13 }), (_, index) => createNote(id, { body: `Note ${index}` }))
  yield* createNote(other, { body: "one" })
  yield* Effect.forEach((yield* ids("companies")).slice(0, 12), (company) =>
    attachCompany(id, { id: CompanyId.make(company) })
  )
  const types = yield* SubscriptionTypes.use(({ list }) => Stream.runCollect(list.items()))
  yield* Effect.forEach(types.slice(0, 3), (type) => attachSubscription(id, { id: type.id, consent_type: "opt_out" }))
  return id
})

const inWorkspace =
  (given: Parameters<typeof Workspace.layer>[0] = options) =>
  <A, E>(effect: Effect.Effect<A, E, Layer.Success<ReturnType<typeof Workspace.layer>>>) =>
    Effect.andThen(Workspace.setClock, Effect.provide(effect, Workspace.layer(given)))

/** Runs a plan to its end, whatever it waits for. */
const run = Effect.fnUntraced(function* (plan: Plan, sink: ReturnType<typeof MemorySink.make>) {
  const fiber = yield* Effect.forkChild(Effect.result(Workspace.run(plan, sink)))
  yield* TestClock.adjust("5 minutes")
  return yield* Effect.fromResult(yield* Fiber.join(fiber))
})

const whole = ["tags", "notes", "companies"]

describe("every resource", () => {
  it.effect("has all that the workspace has of it, each record once, as it was received", () =>
    inWorkspace()(
      Effect.gen(function* () {
        yield* filled
        const sink = MemorySink.make()
        const entries = Workspace.entriesOf(yield* run({ resources: Resource.everything }, sink))
        for (const name of Resource.everything) {
          const expected = yield* Exported.expected(name)
          assert.isNotEmpty(expected, name)
          const found = sink.outputs.get(name) ?? []
          const plain = (records: ReadonlyArray<object>) =>
            records.map((record) =>
              name === "contacts"
                ? Object.fromEntries(Object.entries(record).filter(([key]) => !whole.includes(key)))
                : record
            )
          assert.deepStrictEqual(plain(found), plain(expected), name)
        }
        for (const { complete, counts, resource, total } of entries) {
          assert.deepInclude(counts, { quarantined: 0, skipped: 0, missing: 0 }, resource)
          assert.isUndefined(counts.duplicates, resource)
          assert.isUndefined(counts.drift, resource)
          assert.strictEqual(complete, total === null ? null : true, resource)
        }
      })
    )
  )

  it.effect("stopped at any commit, resumes after it; what comes out is what an undisturbed run gives", () =>
    inWorkspace()(
      Effect.gen(function* () {
        yield* filled
        for (const name of Resource.everything) {
          const alone = MemorySink.make()
          const one: Plan = { resources: [name], pageSize: 4 }
          yield* run(one, alone)
          for (let at = 1; at <= alone.failing.commits; at += 1) {
            const sink = MemorySink.make()
            sink.failing.at = at
            assert.strictEqual((yield* Effect.flip(run(one, sink))).reason._tag, "FileFailed")
            const [entry] = Workspace.entriesOf(yield* run(one, sink))
            assert.deepStrictEqual(sink.outputs, alone.outputs, `${name}, stopped at commit ${at}`)
            assert.deepInclude(entry?.counts, { quarantined: 0, skipped: 0, missing: 0 }, name)
          }
        }
      })
    )
  )

  it("is one for each kind that the simulator lists, but what nothing lists", () => {
    assert.deepStrictEqual(
      Exported.kinds.filter((kind) => !Object.hasOwn(Resource.all, kind)),
      ["visitors", "jobs", "calls", "customObjectInstances", "workflows"]
    )
  })

  it("says what it is, what it asks for, and whether a walk resumes at its start", () => {
    for (const { about, name, requests, resumes, table } of Object.values(Resource.all)) {
      assert.isNotEmpty(about, name)
      assert.isNotEmpty(requests, name)
      for (const request of requests) assert.match(request, /^(GET|POST) \/[\w/{}]+$/, name)
      assert.isTrue(resumes(null), name)
      assert.isFalse(resumes(5), name)
      assert.strictEqual(table.name, name)
    }
  })
})

describe("a contact with more than ten of something", () => {
  it.effect("has all of it, in the order it came, and nothing is missing", () =>
    inWorkspace()(
      Effect.gen(function* () {
        const id = yield* filled
        const sink = MemorySink.make()
        const [entry] = Workspace.entriesOf(yield* run({ resources: ["contacts"] }, sink))
        const contact = sink.outputs.get("contacts")?.find((contact) => contact["id"] === id)
        const listed = yield* Contacts.use(({ listTags }) => Stream.runCollect(listTags.items(id)))
        for (const what of whole) {
          const list = contact?.[what] as {
            readonly data: ReadonlyArray<{ readonly id: string }>
            readonly has_more: boolean
            readonly total_count: number
          }
          assert.isAbove(list.data.length, 10, what)
          assert.strictEqual(list.data.length, list.total_count, what)
          assert.isFalse(list.has_more, what)
          assert.strictEqual(new Set(list.data.map(({ id }) => id)).size, list.total_count, what)
          if (what === "tags")
            assert.sameMembers(
              list.data.map(({ id }) => id),
              listed.map(({ id }) => id)
            )
        }
        assert.deepInclude(entry, { complete: true, missing: [] })
      })
    )
  )
})
