/** A record that has its identity is written, whatever else does not fit; how it differs is counted. */
import { DecodeError, IntercomError } from "@effect-intercom/core/IntercomError"
import { IntercomHttp } from "@effect-intercom/core/IntercomHttp"
import { Intercom } from "@effect-intercom/core/Intercom"
import * as Json from "@effect-intercom/core/Json"
import { NewsItem } from "@effect-intercom/core/resources/NewsItems"
import type { Counts } from "@effect-intercom/export/Checkpoint"
import * as Export from "@effect-intercom/export/Export"
import * as Drift from "@effect-intercom/export/internal/Drift"
import * as Memory from "@effect-intercom/export/Memory"
import * as NodeSha256 from "@effect-intercom/export/NodeSha256"
import type { Plan } from "@effect-intercom/export/Plan"
import * as Resource from "@effect-intercom/export/Resource"
import type { Received } from "@effect-intercom/export/Table"
import * as Verify from "@effect-intercom/export/Verify"
import { Simulator } from "@effect-intercom/simulator/Simulator"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as fc from "fast-check"
import * as MemorySink from "./MemorySink.ts"
import * as Sinks from "./Sinks.ts"
import * as Workspace from "./Workspace.ts"

const held = (name: "contacts" | "conversationDetails" | "events" | "newsItems") =>
  Simulator.use(({ records }) => Stream.runCollect(records(name)))

const inWorkspace =
  (options: Parameters<typeof Workspace.layer>[0]) =>
  <A, E>(effect: Effect.Effect<A, E, Layer.Success<ReturnType<typeof Workspace.layer>>>) =>
    Effect.andThen(Workspace.setClock, Effect.provide(effect, Workspace.layer({ ...Workspace.small, ...options })))

const drifting = {
  contacts: {
    0: { owner_id: true },
    3: { tags: "none", unheard: { of: 1 } },
    4: { owner_id: true, name: { first: "Ada", id: "1" } },
    80: { created_at: "2026-01-01T00:00:00Z" }
  }
}

const kinds = [
  { path: "owner_id", expected: "string | number | null", found: "boolean", shape: "boolean", records: 2 },
  { path: "tags", expected: "object | null", found: "string", shape: "string", records: 1 },
  { path: "name", expected: "string | null", found: "object", shape: "{*: string, id: string of digits}", records: 1 },
  { path: "created_at", expected: "number | null", found: "string", shape: "string that is a date", records: 1 }
]

const only = <A>([first, ...others]: ReadonlyArray<A>): A => {
  assert.strictEqual(others.length, 0)
  assert(first !== undefined)
  return first
}

describe("records that do not fit", () => {
  it.effect("are written as received, where they stood; what differs is counted by place, expectation and kind", () =>
    inWorkspace({ overrides: drifting })(
      Effect.gen(function* () {
        for (const pageSize of [7, 150]) {
          const sink = MemorySink.make()
          const entry = only(Workspace.entriesOf(yield* Workspace.run({ resources: ["contacts"], pageSize }, sink)))
          assert.sameMembers([...Workspace.linesOf(sink, "contacts")], [...(yield* held("contacts"))])
          assert.deepInclude(entry, { records: 90, complete: true })
          assert.deepInclude(entry.counts, { read: 90, records: 90, quarantined: 0 })
          assert.strictEqual(entry.counts.drift?.records, 4)
          assert.sameDeepMembers([...(entry.counts.drift?.kinds ?? [])], kinds)
        }
      })
    )
  )

  it.effect("do not change the order in which the API gave them, whatever the pages", () =>
    inWorkspace({ overrides: { contacts: { 0: { name: 1 }, 1: { name: 2 }, 5: { name: 3 }, 89: { name: 4 } } } })(
      Effect.gen(function* () {
        for (const pageSize of [1, 2, 7, 150]) {
          const sink = MemorySink.make()
          yield* Workspace.run({ resources: ["contacts"], pageSize }, sink)
          assert.deepStrictEqual(Workspace.linesOf(sink, "contacts"), yield* held("contacts"))
        }
      })
    )
  )

  it.effect(
    "are conversations with all their parts, the events of contacts that drifted, and companies of a scroll",
    () =>
      inWorkspace({
        overrides: {
          contacts: drifting.contacts,
          conversations: { 2: { priority: 7 }, 9: { statistics: "none" } },
          companies: { 4: { monthly_spend: "much" } }
        }
      })(
        Effect.gen(function* () {
          const sink = MemorySink.make()
          const entries = Workspace.entriesOf(
            yield* Workspace.run({ resources: ["companies", "conversations", "events"] }, sink)
          )
          assert.deepStrictEqual(
            entries.map(({ counts: { drift, quarantined, records } }) => [records, quarantined, drift?.records]),
            [
              [230, 0, 1],
              [40, 0, 2],
              [180, 0, undefined]
            ]
          )
          assert.deepStrictEqual(Workspace.linesOf(sink, "conversations"), yield* held("conversationDetails"))
          assert.sameMembers([...Workspace.linesOf(sink, "events")], [...(yield* held("events"))])
        })
      )
  )

  it.effect("are counted once by an export that is stopped at any commit, and resumed", () =>
    inWorkspace({ contacts: 24, overrides: { contacts: { 0: { name: 1 }, 9: { name: [] }, 23: { name: {} } } } })(
      Effect.gen(function* () {
        const plan: Plan = { resources: ["contacts"], pageSize: 3 }
        const undisturbed = MemorySink.make()
        const { counts } = only(Workspace.entriesOf(yield* Workspace.run(plan, undisturbed)))
        assert.strictEqual(counts.drift?.records, 3)
        for (let at = 1; at <= undisturbed.failing.commits; at += 1) {
          const sink = MemorySink.make()
          sink.failing.at = at
          yield* Effect.flip(Workspace.run(plan, sink))
          assert.deepStrictEqual(only(Workspace.entriesOf(yield* Workspace.run(plan, sink))).counts, counts)
        }
      })
    )
  )

  for (const [name, make] of Object.entries(Sinks.all)) {
    it.effect(`are sound in ${name}, and changes since the last time count theirs`, () =>
      inWorkspace({ contacts: 20, overrides: { contacts: { 3: { name: 5 }, 7: { tags: 1 }, 11: { id: {} } } } })(
        Effect.gen(function* () {
          const sink = yield* make
          const night = Effect.gen(function* () {
            const entry = only(
              Workspace.entriesOf(
                yield* Workspace.collected(Export.run({ resources: ["contacts"], since: "last" })).pipe(
                  Effect.provide(sink)
                )
              )
            )
            for (const verdict of yield* Effect.provide(Verify.outputs, sink)) {
              assert.deepStrictEqual([verdict.differences, verdict.unreadable], [[], undefined])
            }
            const { drift, quarantined, records } = entry.counts
            return [records, quarantined, drift?.records]
          })
          assert.deepStrictEqual(yield* night, [19, 1, 2])
          yield* TestClock.adjust("1 day")
          const [, id = ""] = (yield* held("contacts")).map((line) => String((JSON.parse(line) as Received)["id"]))
          yield* Simulator.use(({ update }) => update("contacts", id, { phone: 7 }))
          yield* TestClock.adjust("1 hour")
          assert.deepStrictEqual(yield* night, [1, 0, 1])
        }).pipe(Effect.scoped)
      )
    )
  }

  it.effect("are set apart, all of them, by a strict export", () =>
    inWorkspace({
      overrides: { contacts: drifting.contacts, conversations: { 2: { priority: 7 } } }
    })(
      Effect.gen(function* () {
        const sink = MemorySink.make()
        const entries = Workspace.entriesOf(
          yield* Workspace.run({ resources: ["contacts", "conversations"], strict: true }, sink)
        )
        assert.deepStrictEqual(
          entries
            .map(({ counts: { drift, quarantined, records }, resource }) => [resource, records, quarantined, drift])
            .toSorted(),
          [
            ["contacts", 86, 4, undefined],
            ["conversations", 39, 1, undefined]
          ]
        )
      })
    )
  )
})

// ---------------------------------------------------------------------------------------------------------------------
// what is told
// ---------------------------------------------------------------------------------------------------------------------

/** What an export of these news items counts. */
const exported = (items: ReadonlyArray<unknown>) =>
  Effect.gen(function* () {
    const store = yield* Memory.makeStore
    const body = JSON.stringify({ type: "list", data: items, total_count: items.length })
    const client = Intercom.layerHttp.pipe(
      Layer.provideMerge(IntercomHttp.layer({ accessToken: Redacted.make("token"), retry: { times: 0 } })),
      Layer.orDie,
      Layer.provide(
        Layer.succeed(
          HttpClient.HttpClient,
          HttpClient.make((request, { pathname }) =>
            Effect.succeed(
              HttpClientResponse.fromWeb(
                request,
                new Response(pathname === "/news/news_items" ? body : `{"type":"admin","id":"1"}`)
              )
            )
          )
        )
      )
    )
    const events = yield* Workspace.collected(Export.run({ resources: ["newsItems"] })).pipe(
      Effect.provide([client, Memory.layer(store).pipe(Layer.provide(NodeSha256.layer))])
    )
    const { counts } = only(Workspace.entriesOf(events))
    const { finished } = yield* Ref.get(store)
    return { counts, records: finished.get("newsItems")?.records ?? [] }
  })

const mark = "§"
const secret = fc.string({ maxLength: 6 }).map((text) => `${mark}${text}${mark}`)
const { value: anything } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    secret,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.oneof(secret, fc.constantFrom("name", "id", "email")), tie("value"), { maxKeys: 3 })
  )
}))
const fields = Object.fromEntries(
  Resource.newsItems.table.columns
    .flatMap(({ path: [name = ""] }) => (name === "id" ? [] : [name]))
    .map((name) => [name, anything])
)
const items = fc
  .array(fc.record(fields, { requiredKeys: [] }), { minLength: 1, maxLength: 8 })
  .map((all) => all.map((item, index): Received => ({ ...item, id: `${index}`, [`${mark}new`]: 1 })))

describe("what is told of drift", () => {
  it("has nothing of the workspace's: no value, and no name that the schema does not have", () =>
    fc.assert(
      fc.asyncProperty(items, (all) =>
        Effect.runPromise(
          Effect.gen(function* () {
            const { counts, records } = yield* exported(all)
            assert.deepStrictEqual(
              records,
              all.map((item) => Json.stringify(item))
            )
            assert.strictEqual(counts.drift?.records ?? 0, all.filter((item) => !Schema.is(NewsItem)(item)).length)
            assert.notInclude(JSON.stringify(counts), mark)
          })
        )
      ),
      { numRuns: 40, seed: 13 }
    ))

  it.effect("nor has why a record is set apart, of whatever depth: their keys do not fill up the reasons", () => {
    const key = (index: number) => `${mark}${index}@example.com.a[0]${mark}`
    const deep: unknown = JSON.parse(`${'{"a":['.repeat(600)}${"]}".repeat(600)}`)
    const contacts = Object.fromEntries(
      Array.from({ length: 3 }, (_, index) => [index, { custom_attributes: { [key(index)]: deep } }])
    )
    return inWorkspace({ overrides: { contacts } })(
      Effect.gen(function* () {
        const sink = MemorySink.make()
        const { counts } = only(Workspace.entriesOf(yield* Workspace.run({ resources: ["contacts"] }, sink)))
        assert.deepStrictEqual(counts.reasons, {
          "custom_attributes.*.*: expected at most 1000 levels of objects and arrays": 3
        })
      })
    )
  })

  it.effect("has every kind, however many entries of a list are wrong", () =>
    Effect.gen(function* () {
      const wrong = {
        type: "news-item",
        id: "1",
        newsfeed_assignments: Array.from({ length: 250 }, () => 7),
        updated_at: "x",
        reactions: 7
      }
      const { counts } = yield* exported([wrong])
      assert.deepStrictEqual(counts.drift?.kinds.map(({ path }) => path).toSorted(), [
        "newsfeed_assignments[]",
        "reactions",
        "updated_at"
      ])
    })
  )

  const schema = Schema.Struct({
    id: Schema.String,
    tags: Schema.Array(Schema.Struct({ name: Schema.String, "a.b": Schema.String })),
    free: Schema.Record(Schema.String, Schema.String)
  })

  const told = (record: Received, ...paths: ReadonlyArray<string>) => {
    Drift.note(record, {
      raw: record,
      error: new IntercomError({
        operation: "Tags.list",
        method: "GET",
        path: "/tags",
        reason: new DecodeError({
          status: 200,
          kind: "invalid",
          mismatches: paths.map((path) => ({ path, expected: "string", actual: `"secret"` })),
          body: ""
        })
      })
    })
    return Drift.differences(schema)(record) ?? []
  }

  it("names the place by the schema, each once for a record", () => {
    const record = { id: 5, tags: [{ name: 1 }, { name: 2, "a.b": [] }, {}], free: { "x.y[0]": { z: 1 } } }
    assert.deepStrictEqual(
      told(
        record,
        "id",
        "tags[0].name",
        "tags[1].name",
        "tags[1].a.b",
        "tags[2].name",
        "free.x.y[0]",
        "free.gone",
        ""
      ).map(({ found, path, shape }) => [path, found, shape]),
      [
        ["id", "number", "number"],
        ["tags[].name", "number", "number"],
        ["tags[].a.b", "array", "[]"],
        ["tags[].name", "nothing", "nothing"],
        ["free.*", "object", "{*: number}"],
        ["free.*", "nothing", "nothing"],
        ["", "object", "{id: number, tags: [{name: number}], free: {*: {*: number}}}"]
      ]
    )
  })

  it("is bounded: further kinds are counted together", () => {
    const records = Array.from({ length: 400 }, (_, index) => [
      { path: `p${index % 80}`, expected: "string", found: "number", shape: "number" } as const
    ])
    let counts: Pick<Counts, "drift"> = {}
    for (const record of records) counts = Drift.count(counts, [record])
    assert.strictEqual(counts.drift?.records, 400)
    assert.strictEqual(counts.drift?.kinds.length, 50)
    assert.strictEqual(counts.drift?.others, 400 - 50 * 5)
    assert.deepStrictEqual(Drift.count({}, records), counts)
    const long = told(
      { id: "x".repeat(10_000), tags: [Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`k${n}`, 1]))] },
      "tags"
    )
    assert.isBelow(JSON.stringify(long).length, 500)
  })
})
