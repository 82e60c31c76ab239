/** What is true of every resource, and of what none but some have. */
import {
  type ApiOperation,
  AdminId,
  Admins,
  CompanyId,
  Contacts,
  DataExports,
  operations,
  SubscriptionTypes,
  Tags
} from "@effect-intercom/core"
import { ContactId } from "@effect-intercom/core/resources/Contacts"
import * as Export from "@effect-intercom/export/Export"
import * as Memory from "@effect-intercom/export/Memory"
import * as NodeSha256 from "@effect-intercom/export/NodeSha256"
import type { Plan } from "@effect-intercom/export/Plan"
import type { Event } from "@effect-intercom/export/Progress"
import * as Resource from "@effect-intercom/export/Resource"
import { Simulator } from "@effect-intercom/simulator/Simulator"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as Answers from "./Answers.ts"
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

/** What waits: for another scroll to end, or for a file to be made. */
const waiting = new Set<string>(["companies", "notes", "customObjectInstances", "deliveries"])

/** Lets time pass for what waits. */
const patiently =
  (names: ReadonlyArray<string>) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    names.some((name) => waiting.has(name))
      ? Effect.raceFirst(effect, Effect.forever(TestClock.adjust("5 seconds")))
      : effect

/** Runs a plan to its end, whatever it waits for. */
const run = (plan: Plan, sink: ReturnType<typeof MemorySink.make>) =>
  patiently(plan.resources)(Workspace.run(plan, sink))

const byRequest = new Map<string, ApiOperation>(
  operations.map((operation) => [`${operation.method} ${operation.path}`, operation] as const)
)

/** What is sent where a search leaves something out. */
const sometimes = new Set(["GET /tickets/{ticket_id}"])

/** Which requests an effect sends, each once, but for that of whose token it has. */
const sentBy = Effect.fnUntraced(function* <A, E, R>(effect: Effect.Effect<A, E, R>) {
  const { requests } = yield* Simulator
  const before = (yield* requests()).length
  yield* effect
  const names = new Set((yield* requests()).slice(before).map(({ operation }) => operation))
  return [...byRequest].flatMap(([request, { name }]) => (names.has(name) && name !== "Admins.me" ? [request] : []))
})

const whole = ["tags", "notes", "companies"]

/** What the test tells of a delivery. */
const told = new Set(["id", "content_type", "received_at"])

describe("every resource", () => {
  it.effect("has all that the workspace has of it, each record once, as it was received", () =>
    inWorkspace()(
      Effect.gen(function* () {
        yield* filled
        yield* Exported.referring
        const sink = MemorySink.make()
        const patient = Resource.everything.filter((name) => waiting.has(name))
        const others = Resource.everything.filter((name) => !waiting.has(name))
        const entries = [
          ...Workspace.entriesOf(yield* run({ resources: ["tags", ...others] }, sink)),
          ...Workspace.entriesOf(yield* run({ resources: ["tags", ...patient] }, sink))
        ]
        for (const name of Resource.everything) {
          const expected = yield* Exported.expected(name)
          assert.isNotEmpty(expected, name)
          const found = sink.outputs.get(name) ?? []
          const plain = (records: ReadonlyArray<object>) =>
            records.map((record) => {
              const entries = Object.entries(record)
              if (name === "contacts") return Object.fromEntries(entries.filter(([key]) => !whole.includes(key)))
              return name === "deliveries" ? Object.fromEntries(entries.filter(([key]) => told.has(key))) : record
            })
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
        yield* Exported.referring
        for (const name of Resource.everything) {
          const alone = MemorySink.make()
          const one: Plan = { resources: [name], pageSize: 6 }
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

  it.effect("sends the requests that its row in the documents has, and needs their permissions", () =>
    inWorkspace()(
      Effect.gen(function* () {
        yield* filled
        yield* Exported.referring
        for (const { name, permissions, requests } of Object.values(Resource.all)) {
          const sent = yield* sentBy(run({ resources: [name] }, MemorySink.make()))
          const needed = sent.flatMap((request) => byRequest.get(request)?.permission ?? [])
          const expected = requests.filter((request) => !sometimes.has(request))
          assert.deepStrictEqual(sent.toSorted(), expected.toSorted(), name)
          assert.deepStrictEqual([...new Set(needed)].toSorted(), permissions.toSorted(), name)
        }
      })
    )
  )

  it.effect("tells what was deleted of it, with the requests that its row in the documents has, or says why not", () =>
    inWorkspace()(
      Effect.gen(function* () {
        const { remove } = yield* Simulator
        for (const name of Resource.everything) {
          const { deletions, uncompared } = Resource.all[name]
          assert.strictEqual(uncompared === undefined, deletions !== undefined, name)
          if (deletions === undefined) continue
          const plan: Plan = { resources: [name], since: "last", deletions: "compare" }
          const sink = Layer.provide(Memory.layer(yield* Memory.makeStore), NodeSha256.layer)
          yield* patiently([name])(Effect.provide(Export.entries(plan), sink))
          const [first] = yield* Exported.expected(name)
          const id = String(first?.id)
          yield* TestClock.adjust("1 hour")
          // The resources that are compared are kinds of the simulator.
          yield* remove(name as Parameters<typeof remove>[0], id)
          const telling = Resource.deleted[`deleted${name.charAt(0).toUpperCase()}${name.slice(1)}`]
          const told: Array<number> = []
          const onEvent = (event: Event) =>
            Effect.sync(() => {
              if (event._tag === "Completed" && event.resource === telling?.name) told.push(event.entry.records)
            })
          // Nothing but what was deleted: the resource itself is left out.
          const sent = yield* sentBy(
            patiently([name])(
              Stream.runForEach(Export.run(plan, { without: [name] }), onEvent).pipe(Effect.provide(sink))
            )
          )
          // Those of the listing, in a version that has one.
          const expected = telling?.requests.filter((request) => request !== deletions?.told?.request)
          assert.deepStrictEqual(sent.toSorted(), expected?.toSorted(), name)
          assert.deepStrictEqual(told, [1], name)
        }
      })
    )
  )

  it("is one for each kind that the simulator lists, but what nothing lists", () => {
    assert.deepStrictEqual(
      Exported.kinds.filter((kind) => !Object.hasOwn(Resource.all, kind)),
      ["visitors", "jobs", "workflows"]
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

/** A workspace some of whose answers are the test's. */
const answering =
  (answer: Answers.Answer) =>
  <A, E>(effect: Effect.Effect<A, E, Layer.Success<ReturnType<typeof Answers.layer>>>) =>
    Effect.andThen(Workspace.setClock, Effect.provide(effect, Answers.layer(answer, options)))

describe("calls", () => {
  it.effect("are there without their transcripts where these are refused, which is told", () =>
    answering(({ url }) =>
      url.pathname === "/calls/search"
        ? Response.json({ type: "error.list", errors: [{ code: "refused" }] }, { status: 403 })
        : undefined
    )(
      Effect.gen(function* () {
        const sink = MemorySink.make()
        const [entry] = Workspace.entriesOf(yield* run({ resources: ["calls"] }, sink))
        assert.strictEqual(sink.outputs.get("calls")?.length, 8)
        assert.deepStrictEqual(
          entry?.missing.map(({ reason, what }) => [what, reason]),
          Array.from({ length: 6 }, () => ["transcript", undefined])
        )
      })
    )
  )
})

describe("deliveries", () => {
  it.effect("wait for the export that is under way, and resume with the file that was made", () => {
    let enqueued = 0
    return answering(({ method, url }) => {
      if (method === "POST" && url.pathname === "/export/content/data") enqueued += 1
      return undefined
    })(
      Effect.gen(function* () {
        yield* DataExports.use(({ enqueue }) => enqueue({ created_at_after: 0, created_at_before: Workspace.now }))
        const sink = MemorySink.make()
        // The file is read, and not written.
        sink.failing.at = 2
        yield* Effect.flip(run({ resources: ["deliveries"] }, sink))
        assert.strictEqual(enqueued, 3)
        const [entry] = Workspace.entriesOf(yield* run({ resources: ["deliveries"] }, sink))
        assert.strictEqual(enqueued, 3)
        assert.deepInclude(entry?.counts, { read: 6, records: 6 })
      })
    )
  })

  it.effect("are made again where the file is gone, and are none where nothing was sent", () =>
    inWorkspace()(
      Effect.gen(function* () {
        const sink = MemorySink.make()
        sink.failing.at = 2
        yield* Effect.flip(run({ resources: ["deliveries"] }, sink))
        yield* TestClock.adjust("3 days")
        const [entry] = Workspace.entriesOf(yield* run({ resources: ["deliveries"] }, sink))
        assert.deepInclude(entry?.counts, { read: 6, records: 6 })
        const [later] = Workspace.entriesOf(
          yield* run({ resources: ["deliveries"], since: Workspace.now }, MemorySink.make())
        )
        assert.deepInclude(later?.counts, { read: 0, records: 0 })
      })
    )
  )
})

describe("activity logs", () => {
  it.effect("since the last export are those that are new, each once", () =>
    inWorkspace()(
      Effect.gen(function* () {
        const { list, setAway } = yield* Admins
        const [admin] = (yield* list()).admins
        const plan: Plan = { resources: ["activityLogs"], since: "last" }
        const sink = MemorySink.make()
        yield* run(plan, sink)
        yield* setAway(AdminId.make(String(admin?.id)), { away_mode_enabled: true, away_mode_reassign: false })
        yield* TestClock.adjust("1 second")
        const [entry] = Workspace.entriesOf(yield* run(plan, sink))
        assert.deepInclude(entry?.counts, { records: 1 })
        const [last] = Workspace.entriesOf(yield* run(plan, sink))
        assert.deepInclude(last?.counts, { records: 0, skipped: 1 })
      })
    )
  )
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
