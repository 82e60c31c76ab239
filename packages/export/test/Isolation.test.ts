/** A record whose own request fails does not hold up its resource; a failure of everything does. */
import type { Plan } from "@effect-intercom/export/Plan"
import { Simulator } from "@effect-intercom/simulator/Simulator"
import * as Faults from "@effect-intercom/simulator/Faults"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as Answers from "./Answers.ts"
import * as MemorySink from "./MemorySink.ts"
import * as Workspace from "./Workspace.ts"

const idOf = (line: string) => (JSON.parse(line) as { readonly id: string }).id

const idsOf = (resource: "contacts" | "conversations") =>
  Simulator.use(({ records }) => Effect.map(Stream.runCollect(records(resource)), (lines) => lines.map(idOf)))

const idsIn = (sink: ReturnType<typeof MemorySink.make>, output: string) =>
  (sink.outputs.get(output) ?? []).map(({ id }) => String(id))

/** A workspace in which the requests for some records are answered like this. */
const failing = (answers: Map<string, () => Response>) =>
  Answers.layer(({ url }) => {
    const id = url.pathname.startsWith("/conversations/")
      ? url.pathname.split("/")[2]
      : url.searchParams.get("intercom_user_id")
    return answers.get(id ?? "")?.()
  })

const status =
  (status: number, body: unknown = { type: "error.list", errors: [{ code: "broken" }] }) =>
  () =>
    Response.json(body, { status })

const conversations: Plan = { resources: ["conversations"], pageSize: 5, concurrency: 4 }

const entryOf = (events: ReadonlyArray<Parameters<typeof Workspace.entriesOf>[0][number]>) => {
  const [entry] = Workspace.entriesOf(events)
  return entry ?? assert.fail("nothing is complete")
}

describe("a record whose request fails", () => {
  const answers: Readonly<Record<string, () => Response>> = {
    "500": status(500),
    "400": status(400),
    "403": status(403),
    "410": status(410),
    "a body cut off": () => new Response(`{"type":"conversation","id":"1`)
  }
  for (const [name, answer] of Object.entries(answers)) {
    const broken = new Map<string, () => Response>()
    it.effect(`is named, with its reason, and the others are exported: ${name}`, () =>
      Effect.gen(function* () {
        const ids = yield* idsOf("conversations")
        const bad = ids.at(7) ?? ""
        broken.set(bad, answer)
        const sink = MemorySink.make()
        const entry = entryOf(yield* Workspace.run(conversations, sink))
        assert.deepStrictEqual(
          idsIn(sink, "conversations"),
          ids.filter((id) => id !== bad)
        )
        assert.deepStrictEqual(
          entry.missing.map(({ id, what }) => [id, what]),
          [[bad, "record"]]
        )
        assert.match(entry.missing[0]?.reason ?? "", /^Conversations\.get \(GET /)
        assert.deepInclude(entry.counts, { read: 40, records: 39, missing: 1, skipped: 0 })
        assert.isFalse(entry.complete)

        // The next run tries it again, whatever is complete.
        broken.clear()
        const next = entryOf(yield* Workspace.run(conversations, sink))
        assert.deepStrictEqual(idsIn(sink, "conversations"), ids)
        assert.deepInclude(next, { complete: true, missing: [] })
        const third = yield* Workspace.run(conversations, sink)
        assert.deepStrictEqual(
          third.map(({ _tag }) => _tag),
          ["Skipped"]
        )
      }).pipe(Effect.provide(failing(broken)), (test) => Effect.andThen(Workspace.setClock, test))
    )
  }

  const broken = new Map<string, () => Response>()
  it.effect("is tried again by the next export of changes, which has it once", () =>
    Effect.gen(function* () {
      broken.clear()
      const [first = "", second = ""] = yield* idsOf("conversations")
      broken.set(first, status(500)).set(second, status(500))
      const sink = MemorySink.make()
      const plan: Plan = { ...conversations, since: "last" }
      yield* Workspace.run(plan, sink)
      yield* TestClock.adjust("1 day")
      broken.delete(first)
      // It changed as well.
      yield* Simulator.use(({ update }) => update("conversations", first, { open: false }))
      yield* TestClock.adjust("1 second")
      const entry = entryOf(yield* Workspace.run(plan, sink))
      assert.deepStrictEqual(idsIn(sink, entry.scope.output), [first])
      assert.deepStrictEqual(
        entry.missing.map(({ id }) => id),
        [second]
      )
      assert.deepInclude(entry.counts, { records: 1, missing: 1 })
      assert.isUndefined(entry.counts.duplicates)
      broken.clear()
      yield* TestClock.adjust("1 day")
      const last = entryOf(yield* Workspace.run(plan, sink))
      assert.deepStrictEqual(idsIn(sink, last.scope.output), [second])
      assert.isTrue(last.complete)
    }).pipe(Effect.provide(failing(broken)), (test) => Effect.andThen(Workspace.setClock, test))
  )

  it.effect("is tried again when the export is resumed", () =>
    Effect.gen(function* () {
      broken.clear()
      const ids = yield* idsOf("conversations")
      const [bad = ""] = ids
      broken.set(bad, status(500))
      const sink = MemorySink.make()
      sink.failing.at = 3
      yield* Effect.flip(Workspace.run(conversations, sink))
      broken.clear()
      const entry = entryOf(yield* Workspace.run(conversations, sink))
      assert.deepStrictEqual(idsIn(sink, "conversations").toSorted(), ids.toSorted())
      assert.deepInclude(entry, { complete: true, missing: [] })
      assert.deepInclude(entry.counts, { read: 40, records: 40, missing: 0, skipped: 0 })
    }).pipe(Effect.provide(failing(broken)), (test) => Effect.andThen(Workspace.setClock, test))
  )

  it.effect("is a contact whose events fail, too", () =>
    Effect.gen(function* () {
      broken.clear()
      const ids = yield* idsOf("contacts")
      const bad = ids.at(11) ?? ""
      broken.set(bad, status(500))
      const sink = MemorySink.make()
      const entry = entryOf(yield* Workspace.run({ resources: ["events"] }, sink))
      assert.deepStrictEqual(
        entry.missing.map(({ id, what }) => [id, what]),
        [[bad, "events"]]
      )
      assert.deepInclude(entry.counts, { records: (ids.length - 1) * 2, missing: 1, skipped: 0 })
    }).pipe(Effect.provide(failing(broken)), (test) => Effect.andThen(Workspace.setClock, test))
  )
})

describe("a 404 to a request of a record", () => {
  const gone = status(404, { type: "error.list", errors: [{ code: "not_found", message: "User Not Found" }] })
  const page = () => new Response("<html>404</html>", { status: 404, headers: { "content-type": "text/html" } })
  const inWorkspace = (answer: Answers.Answer) =>
    Effect.fnUntraced(
      function* (resource: "events" | "conversations") {
        const sink = MemorySink.make()
        const ran = yield* Effect.result(Workspace.run({ ...conversations, resources: [resource] }, sink))
        return { sink, ran }
      },
      Effect.provide(Answers.layer(answer)),
      (test) => Effect.andThen(Workspace.setClock, test)
    )

  const isEvents = (url: URL) => url.pathname === "/events"

  it.effect("of the API's own: a contact that is gone is named as missing", () =>
    Effect.gen(function* () {
      const asked: Array<string> = []
      const { ran } = yield* inWorkspace(({ url }) => {
        if (!isEvents(url)) return undefined
        asked.push(url.searchParams.get("intercom_user_id") ?? "")
        return asked.length === 3 ? gone() : undefined
      })("events")
      const entry = entryOf(Result.getOrThrow(ran))
      assert.deepStrictEqual(entry.missing, [{ id: asked[2] ?? "", what: "events", expected: 1, found: 0 }])
      assert.deepInclude(entry.counts, { read: 89 * 2, records: 89 * 2, missing: 1, skipped: 0 })
      assert.isFalse(entry.complete)
    })
  )

  it.effect("on a later page keeps those before, and is named with its reason", () =>
    Effect.gen(function* () {
      let cut = ""
      const { ran } = yield* inWorkspace(({ url }) => {
        if (!isEvents(url)) return undefined
        const id = url.searchParams.get("intercom_user_id") ?? ""
        if (url.searchParams.has("before")) return gone()
        if (cut !== "" && id !== cut) return undefined
        cut = id
        return {
          type: "event.list",
          events: [{ type: "event", event_name: "kept", created_at: 1, intercom_user_id: id }],
          pages: { next: `http://simulator.test/events?type=user&intercom_user_id=${id}&before=1` }
        }
      })("events")
      const entry = entryOf(Result.getOrThrow(ran))
      assert.deepStrictEqual(
        entry.missing.map(({ reason, ...rest }) => [rest, reason?.includes("404")]),
        [[{ id: cut, what: "events", expected: 2, found: 1 }, true]]
      )
      assert.strictEqual(entry.counts.records, 89 * 2 + 1)
    })
  )

  for (const resource of ["events", "conversations"] as const) {
    const isOne = ({ pathname }: URL) => pathname === "/events" || /^\/conversations\/\d+$/.test(pathname)
    it.effect(`of something before the API is a failure when all have it: ${resource}`, () =>
      Effect.gen(function* () {
        const { ran, sink } = yield* inWorkspace(({ url }) => (isOne(url) ? page() : undefined))(resource)
        const { reason } = yield* Effect.fromResult(Result.flip(ran))
        assert.strictEqual(reason._tag === "RequestFailed" && reason.error.reason._tag, "NotFound")
        assert.isFalse(sink.outputs.has(resource))
      })
    )

    it.effect(`of something before the API, for one, is named with its reason: ${resource}`, () =>
      Effect.gen(function* () {
        let asked: string | undefined
        let others = 0
        const { ran } = yield* inWorkspace(({ url }) => {
          if (!isOne(url) || others++ < 7) return undefined
          asked ??= url.href
          return url.href === asked ? page() : undefined
        })(resource)
        const { missing } = entryOf(Result.getOrThrow(ran))
        assert.deepStrictEqual(
          missing.map(({ reason, what }) => [what, reason?.includes("404")]),
          [[resource === "events" ? "events" : "record", true]]
        )
      })
    )
  }
})

describe("a failure of everything", () => {
  const inWorkspace = <E>(
    faults: Faults.Faults,
    test: Effect.Effect<void, E, Layer.Success<ReturnType<typeof Workspace.layer>>>
  ) =>
    Effect.andThen(
      Workspace.setClock,
      Effect.andThen(
        Simulator.use(({ setFaults }) => setFaults(faults)),
        test
      ).pipe(Effect.provide(Workspace.layer()))
    )

  const details = ({ operation }: Faults.Asked) => operation === "Conversations.get"

  for (const [kind, reason, of] of [
    ["error401", "Unauthorized", Faults.script("ok", "ok", "ok", "error401")],
    ["error403", "Forbidden", Faults.rate(1, ["error403"])],
    ["error500", "ServerError", Faults.rate(1, ["error500"])],
    ["reset", "TransportError", Faults.rate(1, ["reset"])],
    // From some moment on.
    [
      "reset",
      "TransportError",
      { ...Faults.script(...Array.from({ length: 17 }, () => "ok" as const)), probabilities: { reset: 1 } }
    ]
  ] as const) {
    it.effect(`ends the resource, and names nobody: ${kind}, ${of.script.length}`, () =>
      inWorkspace(
        Faults.when(details, of),
        Effect.gen(function* () {
          const sink = MemorySink.make()
          const error = yield* Effect.flip(Workspace.run(conversations, sink))
          assert.strictEqual(error.reason._tag === "RequestFailed" && error.reason.error.reason._tag, reason)
          const left = sink.parts.get("conversations")?.checkpoint
          assert.notInclude(left ?? "", `"reason"`)
          yield* Simulator.use(({ setFaults }) => setFaults(Faults.none))
          const entry = entryOf(yield* Workspace.run(conversations, sink))
          assert.deepInclude(entry, { complete: true, missing: [] })
          assert.deepStrictEqual(idsIn(sink, "conversations"), yield* idsOf("conversations"))
        })
      )
    )
  }

  it.effect("connections that break for one resource do not stop the others", () =>
    inWorkspace(
      Faults.when("Tags.list", Faults.rate(1, ["reset"])),
      Effect.gen(function* () {
        const sink = MemorySink.make()
        const error = yield* Effect.flip(Workspace.run({ resources: ["tags", "teams"], resourcesAtOnce: 1 }, sink))
        assert.strictEqual(error.reason._tag === "RequestFailed" && error.reason.error.reason._tag, "TransportError")
        assert.isFalse(error.ofAll)
        assert.isTrue(sink.outputs.has("teams"))
      })
    )
  )
})
