/**
 * What people said of other exporters of Intercom, in public, as scenarios that pass here. Each names where it was said; what
 * another test shows in full has its file.
 */
import { Contacts, Conversations, Tags } from "@effect-intercom/core"
import * as Export from "@effect-intercom/export/Export"
import type { Plan } from "@effect-intercom/export/Plan"
import * as Faults from "@effect-intercom/simulator/Faults"
import { type Options, Simulator } from "@effect-intercom/simulator/Simulator"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as Answers from "./Answers.ts"
import * as MemorySink from "./MemorySink.ts"
import * as Sinks from "./Sinks.ts"
import * as Workspace from "./Workspace.ts"

const inWorkspace =
  (options?: Options) =>
  <A, E>(effect: Effect.Effect<A, E, Layer.Success<ReturnType<typeof Workspace.layer>>>) =>
    Effect.andThen(Workspace.setClock, Effect.provide(effect, Workspace.layer(options)))

const requests = Simulator.use(({ stats }) => Effect.map(stats, ({ requests }) => requests))

const linesOf = (resource: "contacts" | "conversations" | "conversationDetails") =>
  Simulator.use(({ records }) => Stream.runCollect(records(resource)))

const idOf = (line: string) => (JSON.parse(line) as { readonly id: string }).id

/** Lets time pass until an export is done; how many seconds it took. */
const timed = Effect.fnUntraced(function* (plan: Plan, sink: ReturnType<typeof MemorySink.make>) {
  const fiber = yield* Effect.forkChild(Workspace.run(plan, sink))
  yield* TestClock.adjust("10 minutes")
  const [entry] = Workspace.entriesOf(yield* Fiber.join(fiber))
  return (entry?.workedMillis ?? Infinity) / 1000
})

describe("what people said of other exporters", () => {
  it.effect("30 hours for 200,000 records (airbyte#16808, #11595): hardly more requests than full pages", () =>
    inWorkspace({ ...Workspace.small, contacts: 9000 })(
      Effect.gen(function* () {
        const before = yield* requests
        yield* Workspace.run({ resources: ["contacts"] }, MemorySink.make())
        assert.isAtMost((yield* requests) - before, (9000 / 150) * 1.15)
      })
    )
  )

  it.effect("13 of 19 hours on parts (airbyte#9572): conversations are asked for several at once", () =>
    inWorkspace({ ...Workspace.small, conversations: 160, latency: "1 second" })(
      Effect.gen(function* () {
        const seconds = yield* timed({ resources: ["conversations"], concurrency: 16 }, MemorySink.make())
        // One after the other it would be more than 160.
        assert.isBelow(seconds, 25)
      })
    )
  )

  it.effect("60 % of the conversations without their parts (airbyte#39463): all have them, or are named", () =>
    inWorkspace({ ...Workspace.small, parts: { 7: { count: 12, shown: 4 } } })(
      Effect.gen(function* () {
        const sink = MemorySink.make()
        const [entry] = Workspace.entriesOf(yield* Workspace.run({ resources: ["conversations"] }, sink))
        assert.deepStrictEqual(Workspace.linesOf(sink, "conversations"), yield* linesOf("conversationDetails"))
        assert.deepStrictEqual(
          entry?.missing.map(({ expected, found, what }) => [what, found, expected]),
          [["parts", 4, 12]]
        )
      })
    )
  )

  it.effect("95,000 of 150,000, and no state saved (airbyte#52106, #31905): what was written counts", () =>
    inWorkspace()(
      Effect.gen(function* () {
        const sink = MemorySink.make()
        sink.failing.at = 5
        const plan: Plan = { resources: ["conversations"], pageSize: 5 }
        yield* Effect.flip(Workspace.run(plan, sink))
        const before = yield* requests
        yield* Workspace.run(plan, sink)
        // Who it is, 20 conversations, and the pages that hold them.
        assert.isAtMost((yield* requests) - before, 1 + 20 + 5)
        assert.deepStrictEqual(Workspace.linesOf(sink, "conversations"), yield* linesOf("conversationDetails"))
      })
    )
  )

  it.effect("conversations that stay open (airbyte#66292): one that is closed is in the next export, closed", () =>
    inWorkspace()(
      Effect.gen(function* () {
        const simulator = yield* Simulator
        const [id = ""] = (yield* linesOf("conversations")).map(idOf)
        const sink = MemorySink.make()
        const plan: Plan = { resources: ["conversations"], since: "last" }
        yield* Workspace.run(plan, sink)
        yield* TestClock.adjust("1 day")
        yield* simulator.update("conversations", id, { state: "closed", open: false })
        yield* TestClock.adjust("1 minute")
        yield* Workspace.run(plan, sink)
        const [, changed = []] = [...sink.outputs.values()]
        assert.deepStrictEqual(
          changed.map(({ id, state }) => [id, state]),
          [[id, "closed"]]
        )
      })
    )
  )

  it.effect("progress thrown away by one 502: it is met by asking again, and for less", () =>
    Effect.andThen(
      Workspace.setClock,
      Effect.gen(function* () {
        yield* Simulator.use(({ setFaults }) =>
          setFaults(
            Faults.all(
              Faults.when(({ operation, perPage = 0 }) => operation === "Contacts.search" && perPage > 20, "error504"),
              Faults.script("error502", "ok", "html500", "ok", "ok", "error503")
            )
          )
        )
        const sink = MemorySink.make()
        yield* timed({ resources: ["contacts"] }, sink)
        assert.deepStrictEqual(Workspace.linesOf(sink, "contacts"), yield* linesOf("contacts"))
      }).pipe(Effect.provide(Workspace.layer(Workspace.small, { retry: { times: 3 } })))
    )
  )

  it.effect("one search that is refused ends everything (airbyte#36277): the others are exported", () =>
    inWorkspace()(
      Effect.gen(function* () {
        yield* Simulator.use(({ setFaults }) => setFaults(Faults.when("Conversations.search", "error403")))
        const sink = MemorySink.make()
        yield* Effect.flip(Workspace.run({ resources: ["conversations", "contacts", "tags"] }, sink))
        assert.sameMembers([...sink.outputs.keys()], ["contacts", "tags"])
      })
    )
  )

  it.effect("two syncs clash over a scroll (airbyte#71141): the second waits for the first to end", () =>
    inWorkspace({ ...Workspace.small, latency: "1 second" })(
      Effect.gen(function* () {
        const [first, second] = [MemorySink.make(), MemorySink.make()]
        const fibers = yield* Effect.forEach([first, second], (sink) =>
          Effect.forkChild(Workspace.run({ resources: ["companies"] }, sink))
        )
        yield* TestClock.adjust("10 minutes")
        yield* Effect.forEach(fibers, Fiber.join)
        assert.strictEqual(first.outputs.get("companies")?.length, 230)
        assert.deepStrictEqual(first.outputs, second.outputs)
      })
    )
  )

  it.effect("more than ten tags are cut off in silence (estuary#2463): the contact is named", () =>
    inWorkspace({
      ...Workspace.small,
      overrides: {
        contacts: {
          3: {
            tags: {
              type: "list",
              data: Array.from({ length: 10 }, (_, index) => ({ type: "tag", id: String(index) })),
              url: "/contacts/3/tags",
              total_count: 14,
              has_more: true
            }
          }
        }
      }
    })(
      Effect.gen(function* () {
        const sink = MemorySink.make()
        const [entry] = Workspace.entriesOf(yield* Workspace.run({ resources: ["contacts"] }, sink))
        const [, , , id = ""] = (yield* linesOf("contacts")).map(idOf)
        assert.deepStrictEqual(entry?.missing, [{ id, what: "tags", expected: 14, found: 10 }])
        assert.isFalse(entry?.complete)
      })
    )
  )

  it.effect("nobody knows how far it is: events tell records and the API's total, as pages come", () =>
    inWorkspace({ ...Workspace.small, latency: "1 second" })(
      Effect.gen(function* () {
        const sink = MemorySink.make()
        const run = Export.run({ resources: ["contacts"], pageSize: 30 }).pipe(
          Stream.runCollect,
          Effect.provide(sink.layer)
        )
        const fiber = yield* Effect.forkChild(run)
        yield* TestClock.adjust("1 minute")
        assert.deepStrictEqual(
          (yield* Fiber.join(fiber)).flatMap((event) =>
            event._tag === "StepWritten" ? [[event.checkpoint.counts.records, event.checkpoint.total]] : []
          ),
          [
            [30, 90],
            [60, 90],
            [90, 90]
          ]
        )
      })
    )
  )

  it.effect("more than ten tags are cut off in silence (estuary#2463): all of them are there", () =>
    inWorkspace()(
      Effect.gen(function* () {
        const [id = ""] = (yield* linesOf("contacts")).map(idOf)
        const tags = yield* Tags.use(({ list }) => Stream.runCollect(list.items()))
        // It is a contact's.
        yield* Effect.forEach(tags.slice(0, 14), (tag) =>
          Contacts.use((all) => all.attachTag(id as never, { id: tag.id }))
        )
        const sink = MemorySink.make()
        const [entry] = Workspace.entriesOf(yield* Workspace.run({ resources: ["contacts"] }, sink))
        const list = sink.outputs.get("contacts")?.[0]?.["tags"] as { readonly data: ReadonlyArray<unknown> }
        assert.strictEqual(list.data.length, entry?.missing.length === 0 ? 14 : 0)
        assert.isTrue(entry?.complete)
      })
    )
  )

  it.effect("an attachment's size as text breaks a strict reader: the conversation is written as it came", () =>
    Effect.gen(function* () {
      const sink = MemorySink.make()
      const [entry] = Workspace.entriesOf(yield* Workspace.run({ resources: ["conversations"] }, sink))
      const [first] = sink.outputs.get("conversations") ?? []
      assert.deepInclude(first?.["source"], { attachments: [{ type: "upload", filesize: "1234", width: "640" }] })
      assert.deepInclude(entry?.counts, { records: 40, quarantined: 0, missing: 0 })
    }).pipe(
      Effect.provide(
        Workspace.layer({
          ...Workspace.small,
          overrides: {
            conversations: {
              0: {
                source: { type: "email", id: "1", attachments: [{ type: "upload", filesize: "1234", width: "640" }] }
              }
            }
          }
        })
      ),
      (test) => Effect.andThen(Workspace.setClock, test)
    )
  )

  const page = (data: ReadonlyArray<unknown> | undefined, total: number, next?: string) => ({
    type: "list",
    ...(data === undefined ? undefined : { data }),
    total_count: total,
    pages: { type: "pages", page: 1, ...(next === undefined ? undefined : { next: { page: 2, starting_after: next } }) }
  })

  it.effect("a page comes twice, under another cursor: its records are kept once, and told as duplicates", () =>
    Effect.gen(function* () {
      const contacts = ["a", "b", "c"].map((id, index) => ({ type: "contact", id, created_at: 1_700_000_000 + index }))
      let asked = 0
      const layer = Answers.layer(({ method, url }) => {
        if (method === "GET" && url.pathname === "/contacts") return page([], 3)
        if (url.pathname !== "/contacts/search") return undefined
        asked += 1
        return asked < 3 ? page(contacts, 3, `cursor-${asked}`) : page([], 3)
      })
      const sink = MemorySink.make()
      const [entry] = Workspace.entriesOf(
        yield* Workspace.run({ resources: ["contacts"] }, sink).pipe(Effect.provide(layer))
      )
      assert.deepStrictEqual(
        sink.outputs.get("contacts")?.map(({ id }) => id),
        ["a", "b", "c"]
      )
      assert.deepInclude(entry?.counts, { read: 6, records: 3, duplicates: 3, missing: 0 })
    }).pipe((test) => Effect.andThen(Workspace.setClock, test))
  )

  for (const total of [0, 5]) {
    it.effect(
      `a search answers without its list, and counts ${total}: ${total === 0 ? "nothing is there" : "it fails, and nothing is taken for empty"}`,
      () =>
        Effect.gen(function* () {
          const layer = Answers.layer(({ url }) =>
            url.pathname.startsWith("/contacts")
              ? page(url.pathname === "/contacts" ? [] : undefined, total)
              : undefined
          )
          const sink = MemorySink.make()
          const ran = yield* Effect.result(Workspace.run({ resources: ["contacts"] }, sink).pipe(Effect.provide(layer)))
          assert.strictEqual(ran._tag, total === 0 ? "Success" : "Failure")
          assert.deepStrictEqual(sink.outputs.get("contacts"), total === 0 ? [] : undefined)
        }).pipe((test) => Effect.andThen(Workspace.setClock, test))
    )
  }

  it.effect(
    "a NUL in an id ends an export into a database: that record is set apart, and its neighbours are there",
    () =>
      Effect.gen(function* () {
        const sink = yield* Sinks.all.sqlite
        const [entry] = yield* Export.entries({ resources: ["contacts"] }).pipe(Effect.provide(sink))
        assert.deepInclude(entry?.counts, { read: 90, records: 89, quarantined: 1 })
      }).pipe(
        Effect.provide(Workspace.layer({ ...Workspace.small, overrides: { contacts: { 3: { id: "5\0" } } } })),
        Effect.scoped,
        (test) => Effect.andThen(Workspace.setClock, test)
      )
  )

  it.effect(
    "pages that lead back to themselves, 1.68 billion records long (airbyte#55829): the walk ends, and says so",
    () =>
      Effect.gen(function* () {
        const contacts = ["a", "b"].map((id, index) => ({ type: "contact", id, created_at: 1_700_000_000 + index }))
        let asked = 0
        const layer = Answers.layer(({ method, url }) => {
          if (method === "GET" && url.pathname === "/contacts") return page([], 2)
          if (url.pathname !== "/contacts/search") return undefined
          asked += 1
          return page([contacts[asked % 2]], 2, `cursor-${asked}`)
        })
        const sink = MemorySink.make()
        const failed = yield* Effect.flip(Workspace.run({ resources: ["contacts"] }, sink).pipe(Effect.provide(layer)))
        assert.strictEqual(failed.reason._tag, "Endless")
        assert.isBelow(asked, 20)
        assert.isUndefined(sink.outputs.get("contacts"))
      }).pipe((test) => Effect.andThen(Workspace.setClock, test))
  )

  it.effect("parts that come while they are read (estuary#2600): the next export has the conversation with them", () =>
    inWorkspace()(
      Effect.gen(function* () {
        const [id = ""] = (yield* linesOf("conversations")).map(idOf)
        const [contact = ""] = (yield* linesOf("contacts")).map(idOf)
        const sink = MemorySink.make()
        const plan: Plan = { resources: ["conversations"], since: "last", pageSize: 5 }
        let isAnswered = false
        yield* Export.entries(plan, ({ _tag }) => {
          if (_tag !== "StepWritten" || isAnswered) return Effect.void
          isAnswered = true
          return Effect.andThen(
            TestClock.adjust("1 minute"),
            Effect.orDie(
              // The ids of both.
              Conversations.use(({ replyAsContact }) =>
                replyAsContact(id as never, {
                  message_type: "comment",
                  intercom_user_id: contact as never,
                  body: "Late"
                })
              )
            )
          )
        }).pipe(Effect.provide(sink.layer))
        yield* TestClock.adjust("1 hour")
        yield* Workspace.run(plan, sink)
        const found = [...sink.outputs.values()].flat().findLast((record) => record["id"] === id)
        assert.include(JSON.stringify(found?.["conversation_parts"]), "Late")
      })
    )
  )

  it.effect(
    "records at the borders of slices (airbyte#75462): each second of a month's first and last is there once",
    () => {
      const month = 30 * 86_400
      const at = [-1, 0, 1].flatMap((second) =>
        Array.from({ length: 8 }, (_, index) => Workspace.now - 43_200 - (index + 1) * month + second)
      )
      return inWorkspace({
        ...Workspace.small,
        contacts: at.length,
        overrides: { contacts: Object.fromEntries(at.map((created_at, index) => [index, { created_at }])) }
      })(
        Effect.gen(function* () {
          const sink = MemorySink.make()
          const [entry] = Workspace.entriesOf(yield* Workspace.run({ resources: ["contacts"], pageSize: 2 }, sink))
          assert.deepInclude(entry?.counts, { read: at.length, records: at.length, missing: 0 })
          assert.deepStrictEqual(
            sink.outputs.get("contacts")?.map((record) => record["created_at"]),
            at.toSorted((a, b) => a - b)
          )
        })
      )
    }
  )

  it.effect("filters of contacts by time that do nothing (posthog#48696): what changed at that second, or later", () =>
    inWorkspace()(
      Effect.gen(function* () {
        const { update } = yield* Simulator
        const [early = "", at = "", late = ""] = (yield* linesOf("contacts")).map(idOf)
        const since = Workspace.now - 7200
        yield* update("contacts", early, { updated_at: since - 1 })
        yield* update("contacts", at, { updated_at: since })
        yield* update("contacts", late, { updated_at: since + 3600 })
        const sink = MemorySink.make()
        yield* Workspace.run({ resources: ["contacts"], since }, sink)
        assert.deepStrictEqual(
          [...sink.outputs.values()].flat().map(({ id }) => id),
          [at, late]
        )
      })
    )
  )

  it.effect("bookmarks that compare ids as text (tap-intercom): 9, 10 and 100 are there, wherever it stopped", () =>
    inWorkspace({
      ...Workspace.small,
      contacts: 5,
      overrides: { contacts: Object.fromEntries(["9", "10", "100", "99", "1"].map((id, index) => [index, { id }])) }
    })(
      Effect.gen(function* () {
        for (let at = 1; at <= 5; at++) {
          const sink = MemorySink.make()
          sink.failing.at = at
          const plan: Plan = { resources: ["contacts"], pageSize: 1 }
          yield* Effect.exit(Workspace.run(plan, sink))
          yield* Workspace.run(plan, sink)
          assert.sameMembers(sink.outputs.get("contacts")?.map(({ id }) => id) ?? [], ["9", "10", "100", "99", "1"])
        }
      })
    )
  )

  // In full, some are in Endless.test.ts, Changes.test.ts and Windows.test.ts; memory (tap-intercom) is in bench/export.
})
