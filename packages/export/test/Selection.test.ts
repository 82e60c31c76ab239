/** Some of the records, and some of their fields: `where` and `fields`. */
import { Json, Search } from "@effect-intercom/core"
import * as Export from "@effect-intercom/export/Export"
import * as Fields from "@effect-intercom/export/Fields"
import type { Plan } from "@effect-intercom/export/Plan"
import * as Resource from "@effect-intercom/export/Resource"
import * as Verify from "@effect-intercom/export/Verify"
import * as Where from "@effect-intercom/export/Where"
import * as Windows from "@effect-intercom/export/Windows"
import { Simulator } from "@effect-intercom/simulator/Simulator"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as MemorySink from "./MemorySink.ts"
import * as Sinks from "./Sinks.ts"
import * as Workspace from "./Workspace.ts"

type Row = { readonly [field: string]: unknown }

const rowsOf = (resource: "contacts" | "conversationDetails" | "tickets") =>
  Simulator.use(({ records }) =>
    Effect.map(Stream.runCollect(records(resource)), (lines) => lines.map((line) => JSON.parse(line) as Row))
  )

const inWorkspace =
  (options: Parameters<typeof Workspace.layer>[0] = Workspace.small) =>
  <A, E>(effect: Effect.Effect<A, E, Layer.Success<ReturnType<typeof Workspace.layer>>>) =>
    Effect.andThen(Workspace.setClock, Effect.provide(effect, Workspace.layer(options)))

const only = (events: Parameters<typeof Workspace.entriesOf>[0]) => {
  const [entry] = Workspace.entriesOf(events)
  return entry ?? assert.fail("nothing is complete")
}

const leads: Plan = { resources: ["contacts"], pageSize: 3, where: Search.contact("role", "=", "lead") }

describe("where", () => {
  const plans: Readonly<Record<string, readonly [Plan, (row: Row) => boolean]>> = {
    "a comparison": [leads, ({ role }) => role === "lead"],
    alternatives: [
      {
        ...leads,
        where: Search.or(
          Search.contact("role", "=", "lead"),
          Search.and(
            Search.contact("unsubscribed_from_emails", "=", true),
            Search.contact("has_hard_bounced", "=", false)
          )
        )
      },
      ({ has_hard_bounced, role, unsubscribed_from_emails }) =>
        role === "lead" || (unsubscribed_from_emails === true && has_hard_bounced === false)
    ],
    "an attribute of one's own": [
      { ...leads, where: Search.contact("custom_attributes.trial", "=", true) },
      ({ custom_attributes }) => (custom_attributes as Row)["trial"] === true
    ]
  }
  for (const [name, [plan, isOurs]] of Object.entries(plans)) {
    it.effect(`has the records of which it holds, each once, wherever the export stops: ${name}`, () =>
      inWorkspace({ ...Workspace.small, contacts: 60 })(
        Effect.gen(function* () {
          const expected = (yield* rowsOf("contacts")).filter(isOurs)
          const sink = MemorySink.make()
          const entry = only(yield* Workspace.run(plan, sink))
          assert.isAbove(expected.length, 3)
          assert.deepStrictEqual(sink.outputs.get("contacts"), expected)
          assert.deepInclude(entry, { total: expected.length, complete: true })
          for (let at = 1; at <= sink.failing.commits; at += 1) {
            const stopped = MemorySink.make()
            stopped.failing.at = at
            yield* Effect.flip(Workspace.run(plan, stopped))
            yield* Workspace.run(plan, stopped)
            assert.deepStrictEqual(stopped.outputs, sink.outputs)
          }
        })
      )
    )
  }

  it.effect("is for conversations and tickets, too, and for what changed", () =>
    inWorkspace({ ...Workspace.small, tickets: 20 })(
      Effect.gen(function* () {
        const sink = MemorySink.make()
        const states = [...new Set((yield* rowsOf("conversationDetails")).map(({ state }) => String(state)))]
        const [state = ""] = states
        const where = { field: "state", operator: "=", value: state } as const
        yield* Workspace.run({ resources: ["conversations"], where }, sink)
        const open = (yield* rowsOf("conversationDetails")).filter((row) => row["state"] === state)
        assert.deepStrictEqual(sink.outputs.get("conversations"), open)
        yield* Workspace.run({ resources: ["tickets"], where: Search.ticket("open", "=", true) }, sink)
        assert.strictEqual(
          sink.outputs.get("tickets")?.length,
          (yield* rowsOf("tickets")).filter((row) => row["open"] === true).length
        )

        const plan: Plan = { ...leads, since: "last" }
        yield* Workspace.run(plan, sink)
        yield* TestClock.adjust("1 day")
        const [lead, user] = ["lead", "user"].map((role) =>
          sink.outputs.get("contacts")?.find((row) => row["role"] === role)
        )
        assert.isUndefined(user)
        yield* Simulator.use(({ update }) => update("contacts", String(lead?.["id"]), { name: "Changed" }))
        yield* TestClock.adjust("1 second")
        const entry = only(yield* Workspace.run(plan, sink))
        assert.deepStrictEqual(
          sink.outputs.get(entry.scope.output)?.map(({ name }) => name),
          ["Changed"]
        )
      })
    )
  )

  it.effect("that is another one is not added to what is there, nor resumed; --force exports again", () =>
    inWorkspace()(
      Effect.gen(function* () {
        const sink = MemorySink.make()
        const users: Plan = { ...leads, where: Search.contact("role", "=", "user") }
        sink.failing.at = 2
        yield* Effect.flip(Workspace.run(leads, sink))
        const resumed = yield* Effect.flip(Workspace.run(users, sink))
        assert.match(resumed.message, /belongs to an export with where .*"lead".* this one has .*"user"/)
        yield* Workspace.run(leads, sink)
        for (const plan of [users, { resources: ["contacts"] }, { ...users, since: "last" }] as ReadonlyArray<Plan>) {
          const error = yield* Effect.flip(Workspace.run(plan, sink))
          assert.strictEqual(error.reason._tag, "OtherExport")
          assert.strictEqual(
            (yield* Effect.flip(Effect.provide(Export.preview(plan), sink.layer))).reason._tag,
            "OtherExport"
          )
        }
        yield* Workspace.run({ ...users, since: "last", force: true }, sink)
        assert.isTrue(sink.outputs.get("contacts")?.every(({ role }) => role === "user"))
      })
    )
  )

  it.effect("is refused where nothing is searched, and by the rules of searches", () =>
    inWorkspace()(
      Effect.gen(function* () {
        const failure = (plan: Plan) =>
          Effect.map(Effect.flip(Workspace.run(plan, MemorySink.make())), ({ message }) => message)
        assert.match(yield* failure({ ...leads, resources: ["tags"] }), /tags: it is not searched/)
        assert.match(
          yield* failure({ ...leads, where: { field: "created_at", operator: ">=", value: 1 } }),
          /one of ">", "<", "=" for created_at/
        )
        const many = Array.from({ length: 8 }, (_, index) => Search.contact("name", "=", `${index}`))
        assert.match(yield* failure({ ...leads, where: Search.or(...many) }), /8 alternatives, and 7/)
      })
    )
  )

  it("keeps within the API's bounds, whatever it is", () => {
    const fields = Resource.all.contacts.search ?? {}
    const filter = Search.contact("role", "=", "user")
    const groups = [
      filter,
      Search.and(filter, filter),
      Search.or(...Array.from({ length: 7 }, () => filter)),
      Search.and(Search.or(filter, filter), Search.or(filter, filter, filter)),
      Search.or(Search.and(...Array.from({ length: 13 }, () => filter)), filter)
    ]
    for (const where of groups) {
      const alternatives = Result.getOrThrow(Where.alternatives(fields, where))
      for (const until of [null, 100]) {
        const query = Windows.query("created_at", { after: 1, until }, alternatives)
        assert.isTrue(Schema.is(Search.requestOn(Search.contactFields).query)(query), JSON.stringify(query))
      }
    }
  })
})

describe("fields", () => {
  it("are found by any name a record can have, and keep their digits", () => {
    const text =
      '{"id":"1","updated_at":1,"custom_attributes":{"__proto__":9007199254740993,"toString":{"a":1},"plan":"x"}}'
    const { contacts } = Resource.all
    const pick = Fields.pick(contacts, ["custom_attributes.__proto__", "custom_attributes.toString"])
    // It is an object.
    const picked = pick(Json.parse(text) as Row)
    assert.strictEqual(Json.stringify(picked), text.replace(',"plan":"x"', ""))
  })

  const plan: Plan = { resources: ["contacts"], fields: ["email", "location.city", "custom_attributes.plan"] }

  it.effect("are all there is of a record, beside what tells it apart, and when it changed", () =>
    inWorkspace({ ...Workspace.small, overrides: { contacts: { 2: { owner_id: true, email: 7 } } } })(
      Effect.gen(function* () {
        const sink = MemorySink.make()
        const entry = only(yield* Workspace.run(plan, sink))
        assert.deepStrictEqual(
          sink.outputs.get("contacts"),
          (yield* rowsOf("contacts")).map(({ custom_attributes, email, id, location, updated_at }) => ({
            id,
            email,
            updated_at,
            custom_attributes: { plan: (custom_attributes as Row)["plan"] },
            location: { city: (location as Row)["city"] }
          }))
        )
        // That its owner is no id is nothing of this export's.
        assert.deepStrictEqual(
          entry.counts.drift?.kinds.map(({ path }) => path),
          ["email"]
        )
      })
    )
  )

  for (const [name, make] of Object.entries(Sinks.all)) {
    it.effect(`are verified, and stay what they were: ${name}`, () =>
      inWorkspace()(
        Effect.gen(function* () {
          const sink = yield* make
          const run = (plan: Plan) =>
            Export.entries(plan).pipe(
              Effect.provide(Layer.fresh(sink)),
              Effect.provideService(Metric.MetricRegistry, new Map())
            )
          yield* run({ ...plan, since: "last" })
          yield* TestClock.adjust("1 day")
          const [first] = (yield* rowsOf("contacts")).map(({ id }) => String(id))
          yield* Simulator.use(({ update }) => update("contacts", first ?? "", { email: "new@example.com" }))
          yield* TestClock.adjust("1 second")
          const [entry] = yield* run({ ...plan, since: "last" })
          assert.deepInclude(entry?.counts, { records: 1, quarantined: 0 })
          const verdicts = yield* Effect.provide(Verify.outputs, Layer.fresh(sink))
          assert.isNotEmpty(verdicts)
          for (const verdict of verdicts) assert.isTrue(Verify.isSound(verdict), JSON.stringify(verdict.differences))
          for (const other of [
            { resources: ["contacts"] },
            { ...plan, fields: ["name"], force: true }
          ] as ReadonlyArray<Plan>) {
            const { message, reason } = yield* Effect.flip(run(other))
            assert.strictEqual(reason._tag, "OtherExport")
            assert.match(message, /an export keeps the fields it began with/)
          }
        }).pipe(Effect.scoped)
      )
    )
  }

  it.effect("that no record has are refused", () =>
    inWorkspace()(
      Effect.gen(function* () {
        const error = yield* Effect.flip(Workspace.run({ ...plan, fields: ["emial"] }, MemorySink.make()))
        assert.match(error.message, /fields cannot be so for contacts: emial is no field/)
      })
    )
  )
})

describe("numbers of a plan", () => {
  it.effect("that it cannot have are refused, and named, before anything is asked", () =>
    inWorkspace()(
      Effect.gen(function* () {
        const plans: ReadonlyArray<readonly [Partial<Plan>, string]> = [
          ...[0, -1, Number.NaN, 1.5].flatMap((number) =>
            [
              ["concurrency", 'a whole number from 1, or "auto"'],
              ["resourcesAtOnce", "a whole number from 1"],
              ["pageSize", "a whole number from 1"]
            ].map(
              ([option = "", expected]) =>
                [{ [option]: number }, `${option} cannot be ${number}: give ${expected}.`] as const
            )
          ),
          [{ since: Number.NaN }, 'since cannot be NaN: give Unix seconds, or "last".'],
          [{ overlap: -1 }, "overlap cannot be -1: give a whole number of seconds from 0."]
        ]
        for (const [given, message] of plans) {
          const plan: Plan = { resources: ["tags"], ...given }
          const sink = MemorySink.make()
          const run = Effect.asVoid(Workspace.run(plan, sink))
          for (const refused of [run, Effect.asVoid(Effect.provide(Export.preview(plan), sink.layer))]) {
            const { reason, resumable } = yield* Effect.flip(refused)
            assert.deepStrictEqual([reason._tag, reason.message, resumable], ["BadPlan", message, false])
          }
        }
      })
    )
  )
})
