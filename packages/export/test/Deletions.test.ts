import type { ContactId } from "@effect-intercom/core/resources/Common"
import { Contacts } from "@effect-intercom/core/resources/Contacts"
import { Tag, TagId, Tags } from "@effect-intercom/core/resources/Tags"
import * as Search from "@effect-intercom/core/Search"
import * as Definition from "@effect-intercom/export/Definition"
import * as Deletions from "@effect-intercom/export/Deletions"
import * as Export from "@effect-intercom/export/Export"
import * as Memory from "@effect-intercom/export/Memory"
import * as NodeSha256 from "@effect-intercom/export/NodeSha256"
import type { Plan } from "@effect-intercom/export/Plan"
import * as Resource from "@effect-intercom/export/Resource"
import { Sink } from "@effect-intercom/export/Sink"
import * as Verify from "@effect-intercom/export/Verify"
import * as Walk from "@effect-intercom/export/Walk"
import * as Faults from "@effect-intercom/simulator/Faults"
import { Simulator, type Options } from "@effect-intercom/simulator/Simulator"
import { assert, describe, it } from "@effect/vitest"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as Sinks from "./Sinks.ts"
import * as Workspace from "./Workspace.ts"

const options: Options = { ...Workspace.small, contacts: 24, companies: 6, conversations: 14, tags: 5 }

type Kind = "contacts" | "conversations" | "tags"

const idsOf = (kind: Kind) =>
  Simulator.use(({ records }) =>
    Effect.map(Stream.runCollect(records(kind)), (lines) =>
      lines.map((line) => String((JSON.parse(line) as { readonly id: unknown }).id))
    )
  )

const sinkOf = Effect.map(Memory.makeStore, (store) => Layer.provide(Memory.layer(store), NodeSha256.layer))

type SinkLayer = Layer.Layer<Sink>

const entries = (plan: Plan, sink: SinkLayer) => Workspace.collected(Export.run(plan)).pipe(Effect.provide(sink))

/** What a sink has of what was deleted: each tombstone there is, in all outputs. */
const told = Effect.fnUntraced(function* (sink: SinkLayer, kind: Kind) {
  const name = Deletions.nameOf(kind)
  const table = Resource.deleted[name]?.table ?? assert.fail(name)
  return yield* Effect.scoped(
    Effect.gen(function* () {
      const { connect } = yield* Sink
      const { read, records } = yield* connect
      const { exports } = JSON.parse((yield* read("manifest")) ?? '{"exports":{}}') as {
        readonly exports: {
          readonly [output: string]: {
            readonly resource: string
            readonly place: string
            readonly scope: { readonly since: number | null }
          }
        }
      }
      const outputs = Object.values(exports).filter(({ resource }) => resource === name)
      // What is told from the start takes the place of what was told before.
      const start = outputs.findLastIndex(({ scope }) => scope.since === null)
      const places = Arr.dedupe(outputs.slice(Math.max(start, 0)).map(({ place }) => place))
      const all = yield* Effect.forEach(places, (place) =>
        Stream.runCollect(records?.(table, place, ["id", "event", "merged_into"]) ?? Stream.empty)
      )
      return all.flat().map(({ event, id, merged_into }) => [event, id, merged_into].filter(Boolean).join(" "))
    })
  ).pipe(Effect.provide(sink))
})

/** Runs a plan that is stopped again and again, after so many events; and what happens meanwhile. */
const stopping = Effect.fnUntraced(function* <E, R>(plan: Plan, sink: SinkLayer, meanwhile: Effect.Effect<void, E, R>) {
  for (let stops = yield* Random.nextIntBetween(0, 6); stops > 0; stops--) {
    const events = yield* Random.nextIntBetween(1, 9)
    yield* Workspace.collected(Stream.take(Export.run(plan), events)).pipe(Effect.provide(sink))
    yield* meanwhile
  }
  yield* entries(plan, sink)
})

const at216 = (given: Options = options) => Workspace.layer({ ...given, version: "2.16" }, { version: "2.16" })

const some = (ids: ReadonlyArray<string>, most: number) =>
  Effect.gen(function* () {
    const count = yield* Random.nextIntBetween(0, most + 1)
    return (yield* Random.shuffle(ids)).slice(0, count)
  })

describe("Deletions", () => {
  for (let seed = 1; seed <= Number(process.env["INTERCOM_TEST_DELETIONS"] ?? 2); seed++) {
    it.effect(`whatever is deleted, merged and stopped, and whenever, each deletion is told once: ${seed}`, () =>
      Effect.andThen(
        Workspace.setClock,
        Effect.gen(function* () {
          const simulator = yield* Simulator
          const sink = yield* sinkOf
          const plan: Plan = {
            resources: ["contacts", "tags", "conversations"],
            since: "last",
            pageSize: 5,
            deletions: "compare"
          }
          const kinds = ["contacts", "tags", "conversations"] as const
          const expected = {
            contacts: new Array<string>(),
            tags: new Array<string>(),
            conversations: new Array<string>()
          }
          const removing = (most: number) =>
            Effect.gen(function* () {
              for (const kind of kinds) {
                for (const id of yield* some(yield* idsOf(kind), most)) {
                  yield* simulator.remove(kind, id)
                  expected[kind].push(`deleted ${id}`)
                }
              }
            })
          yield* stopping(plan, sink, Effect.void)
          for (let night = 0; night < 3; night++) {
            yield* TestClock.adjust("1 hour")
            yield* removing(3)
            const [from, into] = yield* Random.shuffle(yield* idsOf("contacts"))
            if (from !== undefined && into !== undefined) {
              yield* simulator.mergeContacts(from, into)
              expected.contacts.push(seed % 2 === 1 ? `merged ${from} ${into}` : `deleted ${from}`)
            }
            const before = { ...expected, ...Object.fromEntries(kinds.map((kind) => [kind, [...expected[kind]]])) }
            yield* stopping(plan, sink, removing(1))
            for (const kind of kinds) {
              const found = yield* told(sink, kind)
              assert.deepStrictEqual(Arr.dedupe(found), found, kind)
              assert.includeMembers(found, before[kind], kind)
              assert.includeMembers(expected[kind], found, kind)
            }
          }
          // What was deleted while it was told is told the next time, and nothing more ever.
          for (let night = 0; night < 2; night++) {
            yield* TestClock.adjust("1 hour")
            yield* entries(plan, sink)
            for (const kind of kinds) {
              assert.deepStrictEqual((yield* told(sink, kind)).toSorted(), expected[kind].toSorted(), kind)
            }
          }
          const verdicts = yield* Effect.provide(Verify.outputs, sink)
          assert.isTrue(verdicts.every(Verify.isSound))
        }).pipe(Random.withSeed(seed), Effect.provide(seed % 2 === 1 ? at216() : Workspace.layer(options)))
      )
    )
  }

  it.effect("a comparison that stops after each of its steps gets to its end", () =>
    Effect.andThen(
      Workspace.setClock,
      Effect.gen(function* () {
        const { remove, requests } = yield* Simulator
        const sink = yield* sinkOf
        const plan: Plan = { resources: ["contacts", "tickets"], since: "last", pageSize: 5, deletions: "compare" }
        yield* entries(plan, sink)
        const gone = (yield* idsOf("contacts")).slice(0, 30)
        for (const id of gone) yield* remove("contacts", id)
        const sent = (operation: string) =>
          Effect.map(
            requests((one) => one.operation === operation),
            (all) => all.length
          )
        const before = yield* sent("Contacts.search")
        const stopped = { ...plan, resources: ["contacts"] as const, resourcesAtOnce: 1 }
        let runs = 0
        for (let isOver = false; !isOver; runs++) {
          assert.isBelow(runs, 40)
          const events = yield* Workspace.collected(Stream.take(Export.run(stopped), 2)).pipe(Effect.provide(sink))
          isOver = events.some(({ _tag }) => _tag === "Completed")
        }
        assert.isAbove(runs, 8)
        // Ten pages are left; what was asked for beside the step that was written is asked for again.
        assert.isAtMost((yield* sent("Contacts.search")) - before, 10 + 4 * runs)
        assert.isAtMost(yield* sent("Contacts.get"), gone.length + 25)
        yield* entries(plan, sink)
        assert.deepStrictEqual((yield* told(sink, "contacts")).toSorted(), gone.map((id) => `deleted ${id}`).toSorted())
      }).pipe(Effect.provide(Workspace.layer({ ...options, contacts: 80 })))
    )
  )

  it.effect("a comparison whose listing starts over when it resumes was given nothing twice", () =>
    Effect.andThen(
      Workspace.setClock,
      Effect.gen(function* () {
        const sink = yield* sinkOf
        const plan: Plan = { resources: ["contacts", "companies"], since: "last", pageSize: 10, deletions: "compare" }
        yield* entries(plan, sink)
        // Other pages, and a scroll of its own.
        for (const name of ["contacts", "companies"] as const) {
          yield* Export.run({ ...plan, resources: [name] }).pipe(
            Stream.takeUntil(({ _tag }) => _tag === "StepWritten"),
            Workspace.collected,
            Effect.provide(sink)
          )
        }
        // So that the scroll that was left is dead.
        yield* TestClock.adjust("2 minutes")
        const told = yield* entries({ ...plan, pageSize: 7 }, sink)
        assert.deepStrictEqual(
          told
            .flatMap((event) =>
              event._tag === "Completed" && event.entry.runs === 2
                ? [[event.resource, event.entry.counts.duplicates]]
                : []
            )
            .toSorted(),
          [
            ["deletedCompanies", undefined],
            ["deletedContacts", undefined]
          ]
        )
      }).pipe(Effect.provide(Workspace.layer({ ...options, contacts: 80, companies: 120 })))
    )
  )

  it.effect("a comparison whose keys are others when it resumes starts over, and tells what it told once", () =>
    Effect.andThen(
      Workspace.setClock,
      Effect.gen(function* () {
        const { insert, remove } = yield* Simulator
        const sink = yield* sinkOf
        const plan: Plan = { resources: ["contacts"], since: "last", pageSize: 10, deletions: "compare" }
        yield* entries(plan, sink)
        const [gone = "", later = ""] = yield* idsOf("contacts")
        yield* remove("contacts", gone)
        // Listed, asked for, and written; not done.
        yield* Export.run(plan).pipe(
          Stream.takeUntil((event) => event._tag === "StepWritten" && event.checkpoint.counts.records > 0),
          Workspace.collected,
          Effect.provide(sink)
        )
        yield* TestClock.adjust("1 hour")
        yield* insert("contacts", { id: "new", type: "contact", created_at: Workspace.now, updated_at: Workspace.now })
        yield* entries({ ...plan, deletions: "none" }, sink)
        yield* remove("contacts", later)
        yield* entries(plan, sink)
        assert.deepStrictEqual(yield* told(sink, "contacts"), [`deleted ${gone}`, `deleted ${later}`])
      }).pipe(Effect.provide(Workspace.layer(options)))
    )
  )

  it.effect("a comparison takes over no marks of as many other keys, and starts over", () =>
    Effect.gen(function* () {
      const keysOf = (name: string) => Array.from({ length: 24 }, (_, index) => `${name} ${index}`)
      const recordsOf = (ids: ReadonlyArray<string>) => ids.map((id) => ({ type: "tag", id, name: id }))
      const [some, others] = [keysOf("some"), keysOf("others")]
      const there = recordsOf([...some.slice(1, 12), ...others.slice(1)])
      // Eight records a page.
      const listed = ({ from }: { readonly from: Walk.Position | undefined }) =>
        Stream.map(
          Stream.fromIterable([0, 8, 16, 24, 32].filter((at) => at >= Number(from ?? 0))),
          (at): Walk.Step => ({
            records: there.slice(at, at + 8),
            invalid: [],
            read: 8,
            position: at < 32 ? String(at + 8) : undefined
          })
        )
      const labels = Definition.make({
        ...Resource.all.tags,
        walk: listed,
        resumes: () => true,
        deletions: { listed, requests: [] }
      })
      const deleted = Deletions.of(labels)
      assert(deleted !== undefined)
      const compared = (keys: ReadonlyArray<string>, from: Walk.Position | undefined) =>
        Effect.provideService(
          Stream.runCollect(
            deleted.walk({
              from,
              pageSize: 8,
              concurrency: 1,
              windows: 1,
              since: undefined,
              until: 1,
              accepts: () => true,
              known: () => false,
              where: undefined,
              again: []
            })
          ),
          Deletions.Exported,
          { since: 1, version: "2.15", records: Stream.fromIterable(recordsOf(keys)), told: Stream.empty }
        )
      const found = (steps: ReadonlyArray<Walk.Step>) => steps.flatMap(({ records }) => records.map(({ id }) => id))
      const begun = yield* compared(others, undefined)
      assert.deepStrictEqual(found(begun), ["others 0"])
      const second = begun[1]?.position
      const resumed = yield* compared(others, second)
      assert.deepStrictEqual([found(resumed), resumed[0]?.startOver], [["others 0"], undefined])
      assert.isBelow(resumed.length, begun.length)
      const again = yield* compared(some, second)
      assert.deepStrictEqual(found(again), ["some 0", ...some.slice(12)])
      assert.isTrue(again[0]?.startOver)
    }).pipe(Effect.provide(Workspace.layer(options)))
  )

  for (const [name, make] of Object.entries(Sinks.all)) {
    it.effect(`told in every sink: ${name}`, () =>
      Effect.andThen(
        Workspace.setClock,
        Effect.gen(function* () {
          const { mergeContacts, remove } = yield* Simulator
          const sink = yield* make
          const plan: Plan = { resources: ["contacts", "tags"], since: "last", pageSize: 12, deletions: "compare" }
          yield* entries(plan, sink)
          const [first = "", second = "", third = ""] = yield* idsOf("contacts")
          const [tag = ""] = yield* idsOf("tags")
          yield* TestClock.adjust("1 hour")
          yield* remove("contacts", first)
          yield* mergeContacts(second, third)
          yield* remove("tags", tag)
          yield* Workspace.collected(Stream.take(Export.run(plan), 3)).pipe(Effect.provide(sink))
          yield* entries(plan, sink)
          yield* TestClock.adjust("1 hour")
          yield* entries(plan, sink)
          assert.deepStrictEqual(
            (yield* told(sink, "contacts")).toSorted(),
            [`deleted ${first}`, `merged ${second} ${third}`].toSorted()
          )
          assert.deepStrictEqual(yield* told(sink, "tags"), [`deleted ${tag}`])
        }).pipe(Effect.provide(at216()), Effect.scoped)
      )
    )
  }

  it.effect("from 2.16 on the listing tells of conversations, unasked, and only since the last export", () =>
    Effect.andThen(
      Workspace.setClock,
      Effect.gen(function* () {
        const { remove, requests } = yield* Simulator
        const sink = yield* sinkOf
        const plan: Plan = { resources: ["contacts", "conversations"], since: "last" }
        const [early = "", ...ids] = yield* idsOf("conversations")
        yield* remove("conversations", early)
        yield* TestClock.adjust("1 minute")
        yield* entries(plan, sink)
        const gone = ids.slice(0, 3)
        for (const id of gone) {
          yield* TestClock.adjust("1 minute")
          yield* remove("conversations", id)
          yield* stopping(plan, sink, Effect.void)
        }
        assert.deepStrictEqual(
          yield* told(sink, "conversations"),
          gone.map((id) => `deleted ${id}`)
        )
        assert.deepStrictEqual(yield* told(sink, "contacts"), [])
        assert.isNotEmpty(yield* requests(({ path }) => path === "/conversations/deleted"))
        yield* entries({ ...plan, deletions: "none" }, sink)
      }).pipe(Random.withSeed("listing"), Effect.provide(at216()))
    )
  )

  it.effect("before 2.16 nothing is told unless it is asked for, and a merge is a deletion", () =>
    Effect.andThen(
      Workspace.setClock,
      Effect.gen(function* () {
        const { mergeContacts } = yield* Simulator
        const sink = yield* sinkOf
        const plan: Plan = { resources: ["contacts", "conversations"], since: "last" }
        yield* entries(plan, sink)
        const [from = "", into = ""] = yield* idsOf("contacts")
        yield* mergeContacts(from, into)
        const events = yield* entries(plan, sink)
        assert.isTrue(events.every(({ resource }) => !resource.startsWith("deleted")))
        const asked: Plan = { ...plan, deletions: "compare" }
        const previews = yield* Export.preview({ ...asked, pageSize: 10 }).pipe(Effect.provide(sink))
        assert.deepStrictEqual(
          previews.flatMap(({ requests, resource }) => (resource.startsWith("deleted") ? [[resource, requests]] : [])),
          [
            ["deletedContacts", 3],
            ["deletedConversations", 2]
          ]
        )
        yield* entries(asked, sink)
        assert.deepStrictEqual(yield* told(sink, "contacts"), [`deleted ${from}`])
      }).pipe(Effect.provide(Workspace.layer(options)))
    )
  )

  it.effect("what was only not seen is not told: filtered, not exported this time, not listed, or not to be had", () =>
    Effect.andThen(
      Workspace.setClock,
      Effect.gen(function* () {
        const { insert, remove, setFaults, update } = yield* Simulator
        const sink = yield* sinkOf
        const plan: Plan = {
          resources: ["contacts"],
          since: "last",
          deletions: "compare",
          where: Search.contact("role", "=", "user")
        }
        yield* insert("contacts", {
          id: "odd",
          type: "contact",
          role: "user",
          created_at: 1_600_000_000,
          updated_at: 1_600_000_000
        })
        yield* entries(plan, sink)
        const ids = yield* idsOf("contacts")
        // No longer one of the query's.
        yield* TestClock.adjust("1 hour")
        yield* update("contacts", "odd", { role: "lead" })
        yield* entries(plan, sink)
        assert.deepStrictEqual(yield* told(sink, "contacts"), [])
        // A page that fails, and so does a request for one that is gone.
        yield* remove("contacts", "odd")
        for (const operation of ["Contacts.search", "Contacts.get"] as const) {
          yield* setFaults(Faults.when(operation, "error403"))
          const failed = yield* Effect.flip(entries(plan, sink))
          assert.strictEqual(failed.reason._tag, "RequestFailed")
          assert.deepStrictEqual(yield* told(sink, "contacts"), [])
        }
        yield* setFaults(Faults.none)
        yield* entries(plan, sink)
        assert.deepStrictEqual(yield* told(sink, "contacts"), ["deleted odd"])
        assert.isAbove(ids.length, 1)
      }).pipe(Effect.provide(Workspace.layer(options)))
    )
  )

  it.effect(
    "an archived contact is told as deleted, as restored when it is there again, and once more when it goes",
    () =>
      Effect.andThen(
        Workspace.setClock,
        Effect.gen(function* () {
          const contacts = yield* Contacts
          const sink = yield* sinkOf
          const plan: Plan = { resources: ["contacts"], since: "last", deletions: "compare" }
          yield* entries(plan, sink)
          const [id = ""] = yield* idsOf("contacts")
          // The id of a contact.
          const contact = id as ContactId
          for (const change of [contacts.archive(contact), contacts.unarchive(contact), contacts.delete(contact)]) {
            yield* TestClock.adjust("1 hour")
            yield* change
            yield* entries(plan, sink)
          }
          assert.deepStrictEqual(yield* told(sink, "contacts"), [`deleted ${id}`, `restored ${id}`, `deleted ${id}`])
        }).pipe(Effect.provide(Workspace.layer(options)))
      )
  )

  it.effect("an export of everything does not lose what was deleted before it, and its own history stays", () =>
    Effect.andThen(
      Workspace.setClock,
      Effect.gen(function* () {
        const { remove } = yield* Simulator
        const sink = yield* sinkOf
        const plan: Plan = { resources: ["contacts"], force: true, deletions: "compare" }
        const [first = "", second = ""] = yield* idsOf("contacts")
        yield* entries(plan, sink)
        for (const id of [first, second]) {
          yield* TestClock.adjust("1 hour")
          yield* remove("contacts", id)
          yield* entries(plan, sink)
        }
        assert.deepStrictEqual(yield* told(sink, "contacts"), [`deleted ${first}`, `deleted ${second}`])
      }).pipe(Effect.provide(Workspace.layer(options)))
    )
  )

  it.effect("is told after an export of everything too, which leaves files of changes where they are", () =>
    Effect.andThen(
      Workspace.setClock,
      Effect.gen(function* () {
        const { remove, update } = yield* Simulator
        const sink = yield* sinkOf
        const plan: Plan = { resources: ["contacts"], since: "last", deletions: "compare" }
        const [changed = "", gone = ""] = yield* idsOf("contacts")
        yield* entries(plan, sink)
        yield* TestClock.adjust("1 hour")
        yield* update("contacts", changed, { name: "Changed" })
        yield* entries(plan, sink)
        yield* entries({ resources: ["contacts"], force: true }, sink)
        yield* TestClock.adjust("1 hour")
        yield* remove("contacts", gone)
        yield* entries(plan, sink)
        assert.deepStrictEqual(yield* told(sink, "contacts"), [`deleted ${gone}`])
      }).pipe(Effect.provide(Workspace.layer(options)))
    )
  )

  it.effect("is told once, whatever overlaps the exports have", () =>
    Effect.andThen(
      Workspace.setClock,
      Effect.gen(function* () {
        const { remove } = yield* Simulator
        const sink = yield* sinkOf
        const plan: Plan = { resources: ["conversations"], since: "last" }
        yield* entries(plan, sink)
        const [gone = ""] = yield* idsOf("conversations")
        yield* TestClock.adjust("1 second")
        yield* remove("conversations", gone)
        for (const overlap of [900, 0, 900, 60, 900, 900]) {
          yield* TestClock.adjust("1 second")
          yield* entries({ ...plan, overlap }, sink)
        }
        assert.deepStrictEqual(yield* told(sink, "conversations"), [`deleted ${gone}`])
      }).pipe(Effect.provide(at216()))
    )
  )

  it.effect("is told from the start, with force, where what was told is gone, or an output it is compared with", () =>
    Effect.andThen(
      Workspace.setClock,
      Effect.gen(function* () {
        const { remove } = yield* Simulator
        const store = yield* Memory.makeStore
        const sink = Layer.provide(Memory.layer(store), NodeSha256.layer)
        const lose = (place: string) =>
          Ref.update(store, (state) => ({
            ...state,
            finished: new Map([...state.finished].filter(([name]) => name !== place))
          }))
        const plan: Plan = { resources: ["contacts", "tags"], since: "last", deletions: "compare" }
        yield* entries(plan, sink)
        const [first = ""] = yield* idsOf("contacts")
        yield* TestClock.adjust("1 hour")
        yield* remove("contacts", first)
        yield* lose("tags")
        yield* entries({ ...plan, force: true }, sink)
        assert.deepStrictEqual(yield* told(sink, "contacts"), [`deleted ${first}`])

        yield* lose("deletedContacts")
        const refused = yield* Effect.flip(entries(plan, sink))
        assert.strictEqual(refused.reason._tag, "Missing")
        yield* entries({ ...plan, force: true }, sink)
        assert.deepStrictEqual(yield* told(sink, "contacts"), [`deleted ${first}`])
      }).pipe(Effect.provide(Workspace.layer(options)))
    )
  )

  it.effect("that cannot be told leaves what would lose it, and each is told by its own name", () =>
    Effect.andThen(
      Workspace.setClock,
      Effect.gen(function* () {
        const store = yield* Memory.makeStore
        const sink = Layer.provide(Memory.layer(store), NodeSha256.layer)
        const plan: Plan = { resources: ["tags"], since: "last", deletions: "compare" }
        yield* entries(plan, sink)
        yield* Ref.update(store, (state) => ({ ...state, finished: new Map() }))
        const failures: Array<string> = []
        yield* Export.run(plan).pipe(
          Stream.runForEach((event) =>
            Effect.sync(() => {
              if (event._tag === "Failed") failures.push(`${event.error.resource} ${event.error.reason._tag}`)
            })
          ),
          Effect.provide(sink),
          Effect.exit
        )
        assert.deepStrictEqual(failures, ["deletedTags Missing", "tags DeletionsUntold"])
      }).pipe(Effect.provide(Workspace.layer(options)))
    )
  )

  it.effect("what is deleted after it was told, and before everything is exported again, is told the next time", () =>
    Effect.andThen(
      Workspace.setClock,
      Effect.gen(function* () {
        const { remove } = yield* Simulator
        const sink = yield* sinkOf
        const plan: Plan = { resources: ["tags"], since: "last", deletions: "compare" }
        yield* entries(plan, sink)
        const ids = yield* idsOf("tags")
        for (const id of ids.slice(0, 2)) {
          yield* TestClock.adjust("1 hour")
          yield* Export.entries(plan, (event) =>
            event._tag === "Completed" && event.resource === "deletedTags"
              ? Effect.orDie(remove("tags", id))
              : Effect.void
          ).pipe(Effect.provide(sink))
        }
        for (let night = 0; night < 2; night++) yield* entries(plan, sink)
        assert.deepStrictEqual(
          yield* told(sink, "tags"),
          ids.slice(0, 2).map((id) => `deleted ${id}`)
        )
      }).pipe(Effect.provide(Workspace.layer(options)))
    )
  )

  it.effect("of a resource of one's own: what is not listed, and there when it is asked for, is not told", () =>
    Effect.andThen(
      Workspace.setClock,
      Effect.gen(function* () {
        const { remove } = yield* Simulator
        const sink = yield* sinkOf
        const ids = yield* idsOf("tags")
        const [hidden = "", gone = ""] = ids
        const unlisted = new Set<string>()
        const get = (id: string) => Tags.use((tags) => tags.get(TagId.make(id)))
        const labels = Resource.make({
          name: "labels",
          schema: Tag,
          walk: ({ from }) => Walk.each(ids, get, from),
          deletions: {
            listed: () =>
              Walk.each(
                ids.filter((id) => !unlisted.has(id)),
                get
              ),
            get,
            requests: ["GET /tags/{tag_id}"]
          }
        })
        const plan: Plan = { resources: ["labels"], deletions: "compare", force: true }
        const run = Effect.provide(entries(plan, sink), Resource.layer(labels))
        yield* run
        unlisted.add(hidden)
        yield* remove("tags", gone)
        yield* run
        const state = yield* Effect.scoped(
          Sink.use(({ connect }) => Effect.flatMap(connect, ({ read }) => read("manifest")))
        ).pipe(Effect.provide(sink))
        const { exports } = JSON.parse(state ?? "{}") as {
          readonly exports: { readonly [output: string]: { readonly counts: { readonly records: number } } }
        }
        const counts = Object.entries(exports).flatMap(([name, { counts }]) =>
          name.startsWith("deletedLabels") ? [counts.records] : []
        )
        assert.deepStrictEqual(counts, [0, 1])
      }).pipe(Effect.provide(Workspace.layer(options)))
    )
  )

  it.effect("of what cannot be asked for by its id: a second listing tells, and no more than one", () =>
    Effect.andThen(
      Workspace.setClock,
      Effect.gen(function* () {
        const sink = yield* sinkOf
        const all = Array.from({ length: 60 }, (_, index) => `label ${index}`)
        let [there, listings] = [all, 0]
        const listed = () =>
          Stream.suspend(() => {
            listings++
            const records = there.map((id) => ({ type: "tag", id, name: id }))
            return Stream.succeed<Walk.Step>({ records, invalid: [], read: records.length, position: undefined })
          })
        const labels = Resource.make({
          name: "labels",
          schema: Tag,
          walk: listed,
          deletions: { listed, requests: ["GET /tags"] }
        })
        const plan: Plan = { resources: ["labels"], deletions: "compare", force: true }
        const run = Effect.provide(entries(plan, sink), Resource.layer(labels))
        yield* run
        there = all.slice(0, 3)
        listings = 0
        const found = yield* run
        const counts = found.flatMap((event) =>
          event._tag === "Completed" && event.resource === "deletedLabels" ? [event.entry.counts.records] : []
        )
        assert.deepStrictEqual(counts, [57])
        // Of the export itself, of the comparison, and of what that found.
        assert.strictEqual(listings, 3)
      }).pipe(Effect.provide(Workspace.layer(options)))
    )
  )
})
