import * as Baseline from "@effect-intercom/contract-tests/report/Baseline"
import * as Report from "@effect-intercom/contract-tests/report/Report"
import * as Grouping from "@effect-intercom/contract-tests/report/Grouping"
import * as Contract from "@effect-intercom/contract-tests/checks/Contract"
import type { Divergence } from "@effect-intercom/contract-tests/report/Divergence"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as TestClock from "effect/testing/TestClock"

const divergence: Divergence = {
  operation: "GET /contacts/{contact_id}",
  method: "Contacts.get",
  direction: "response",
  class: "breaking",
  pointer: "/paths/~1contacts~1{contact_id}/get/parameters/1/required",
  through: [],
  message: "query parameter x: the document requires it, the client does not"
}
const sampled: Divergence = {
  ...divergence,
  direction: "response",
  message: "name: the client expects text",
  counterexample: { name: 1 },
  replay: { seed: 1, path: "0:1" }
}

/** A report of which only what a baseline looks at is filled in. */
const report = (...divergences: ReadonlyArray<Divergence>): Contract.Report => ({
  document: {
    source: "test.yml",
    document: {},
    published: {},
    actions: [],
    defects: [],
    sources: new Map(),
    own: false
  },
  client: { operations: [], methods: [], call: () => Effect.void, listing: () => undefined, builder: () => undefined },
  seed: 1,
  runs: 10,
  rows: [{ operation: divergence.operation, check: "structure", runs: 1, divergences }],
  divergences,
  canaries: 0
})

const entry = { ...Baseline.of(report(divergence)).accepted[0]!, reason: "known" }
const baseline = (...accepted: ReadonlyArray<Baseline.Entry>): Baseline.Baseline => ({
  version: 1,
  seed: 1,
  runs: 10,
  accepted
})
const today = DateTime.makeUnsafe("2026-11-22T12:00:00Z")

const failuresOf = (found: Contract.Report, accepted: Baseline.Baseline, now: DateTime.DateTime = today) =>
  Contract.failures(Baseline.apply(found, accepted, now)).map(({ message }) => message)

describe("a baseline", () => {
  it("accepts what is in it, whatever parameters are called and in what order they stand", () => {
    const renamed = {
      ...divergence,
      operation: "GET /contacts/{id}",
      pointer: "/paths/~1contacts~1{id}/get/parameters/0/required"
    }
    assert.deepStrictEqual(failuresOf(report(divergence), baseline(entry)), [])
    assert.deepStrictEqual(failuresOf(report(renamed), baseline(entry)), [])
    const accepted = Baseline.apply(report(divergence), baseline(entry), today)
    assert.deepStrictEqual(accepted.divergences, [{ ...divergence, accepted: "known" }])
  })

  it("lets what is new fail: another operation, direction, class, place or message", () => {
    for (const other of [
      { operation: "POST /contacts" },
      { direction: "request" },
      { class: "drift" },
      { pointer: "/paths" },
      { message: "otherwise" }
    ] as const) {
      const found = { ...divergence, ...other }
      assert.deepStrictEqual(failuresOf(report(divergence, found), baseline(entry)), [found.message])
    }
  })

  it("fails for what is found no more", () => {
    assert.deepStrictEqual(failuresOf(report(), baseline(entry)), [
      `the baseline accepts what is found no more: response: ${divergence.message}`
    ])
  })

  it("lets what samples found stay away with other samples, or fewer", () => {
    const [known] = Baseline.of(report(sampled)).accepted
    const accepted = baseline({ ...known!, reason: "known" })
    assert.strictEqual(known?.sampled, true)
    assert.strictEqual(failuresOf(report(), accepted).length, 1)
    assert.strictEqual(failuresOf({ ...report(), runs: 20 }, accepted).length, 1)
    assert.deepStrictEqual(failuresOf({ ...report(), seed: 2 }, accepted), [])
    assert.deepStrictEqual(failuresOf({ ...report(), runs: 9 }, accepted), [])
    // Seed, sample and path are no part of what it is known by.
    const again = { ...sampled, counterexample: { name: true }, replay: { seed: 7, path: "3" } }
    assert.deepStrictEqual(failuresOf(report(again), accepted), [])
  })

  it.effect("accepts until the end of a day in UTC", () =>
    Effect.gen(function* () {
      const accepted = baseline({ ...entry, expires: "2026-11-22" })
      yield* TestClock.setTime(Date.UTC(2026, 10, 22, 23, 59, 59))
      const before = yield* Baseline.accept(report(divergence), accepted)
      yield* TestClock.adjust("1 second")
      const after = yield* Baseline.accept(report(divergence), accepted)
      assert.deepStrictEqual(Contract.failures(before), [])
      assert.deepStrictEqual(Contract.failures(after), [{ ...divergence, expired: "2026-11-22" }])
    })
  )
})

/** A rule, and the report it is tried on: what the schemas say, and what samples show of the same place. */
const nulls = { name: "nulls", reason: "no null was ever seen", message: "*: the client expects text*" } as const
const place = "/components/schemas/Contact/properties/name/type"
const declared = {
  ...divergence,
  class: "breaking",
  pointer: place,
  message: "name: the client expects text"
} as const
const shown = { ...sampled, pointer: place, message: "the value is null" }

const ofChecks = (rows: { readonly [check: string]: ReadonlyArray<Divergence> }): Contract.Report => ({
  ...report(...Object.values(rows).flat()),
  rows: Object.entries(rows).map(([check, divergences]) => ({
    operation: divergence.operation,
    check,
    runs: 1,
    divergences
  }))
})

describe("a rule of a baseline", () => {
  const by = (...rules: NonNullable<Baseline.Baseline["rules"]>) => ({ ...baseline(), rules })
  const acceptedOf = (found: Contract.Report, accepted: Baseline.Baseline) =>
    Baseline.apply(found, accepted, today).divergences.map((one) => [one.message, one.rule ?? one.accepted])

  it("accepts all that fit its patterns, wherever they are", () => {
    const other = { ...declared, operation: "POST /contacts", message: "email: the client expects text, or null" }
    const note = { ...declared, class: "note", message: "c: the client expects text" } as const
    assert.deepStrictEqual(acceptedOf(report(declared, other, divergence, note), by(nulls)), [
      [declared.message, "nulls"],
      [other.message, "nulls"],
      [divergence.message, undefined],
      [note.message, undefined]
    ])
    const [first] = Baseline.apply(report(declared), by(nulls), today).divergences
    assert.deepStrictEqual(first, { ...declared, accepted: nulls.reason, rule: "nulls" })
  })

  it("must fit in all it says: check, direction, class, operation, place and message", () => {
    const fits = {
      ...nulls,
      check: ["coverage", "structure"],
      direction: "response",
      class: "breaking",
      operation: "GET /contacts/{*}",
      pointer: ["/paths/*", "/components/schemas/*/properties/name/type"]
    } as const
    assert.deepStrictEqual(failuresOf(report(declared), by(fits)), [])
    for (const other of [
      { check: "requests" },
      { direction: ["request", "error"] },
      { class: "drift" },
      // The patterns are no regular expressions.
      { operation: "GET /contacts/{.*}" },
      { operation: "GET /contacts" },
      { pointer: "/components/schemas/*/properties" },
      { message: "the client expects text" }
    ] as const) {
      assert.deepStrictEqual(failuresOf(report(declared), by({ ...fits, ...other })), [
        declared.message,
        'the rule "nulls" of the baseline accepts nothing any more'
      ])
    }
  })

  it("accepts what samples show of a place of which it accepts what is declared", () => {
    const both = ofChecks({ structure: [declared], responses: [shown] })
    assert.deepStrictEqual(acceptedOf(both, by(nulls)), [
      [declared.message, "nulls"],
      [shown.message, "nulls"]
    ])
    // Not where more is said of the place than the rule is about.
    const more = { ...declared, message: "name: another thing" }
    assert.deepStrictEqual(failuresOf(ofChecks({ structure: [declared, more], responses: [shown] }), by(nulls)), [
      more.message,
      shown.message
    ])
    // Nor of a place nothing is declared of.
    assert.deepStrictEqual(failuresOf(ofChecks({ responses: [shown] }), by(nulls)).length, 2)
  })

  it("comes after entries, and after the rules before it", () => {
    const known = { ...by(nulls, { ...nulls, name: "late" }), accepted: [{ ...entry, ...declared }] }
    const other = { ...declared, pointer: "/components/schemas/Contact/properties/email/type" }
    assert.deepStrictEqual(acceptedOf(report(declared, other), known), [
      [declared.message, "known"],
      [other.message, "nulls"],
      ['the rule "late" of the baseline accepts nothing any more', undefined]
    ])
  })

  it("says nothing of a check that broke", () => {
    const broken = { ...declared, fault: "check" } as const
    assert.deepStrictEqual(failuresOf(report(declared, broken), by(nulls)), [broken.message])
  })

  it("accepts until its day is over", () => {
    const brief = by({ ...nulls, expires: "2026-11-21" })
    assert.deepStrictEqual(Contract.failures(Baseline.apply(report(declared), brief, today)), [
      { ...declared, expired: "2026-11-21" }
    ])
  })

  it("may accept nothing with other samples, or of some resources", () => {
    const known = by({ ...nulls, sampled: true })
    assert.strictEqual(failuresOf(report(), known).length, 1)
    assert.deepStrictEqual(failuresOf({ ...report(), seed: 2 }, known), [])
    assert.deepStrictEqual(failuresOf({ ...report(), partial: true }, by(nulls)), [])
    // Of what was looked at, an entry must be true.
    const elsewhere = { ...entry, operation: "POST /contacts" }
    assert.deepStrictEqual(failuresOf({ ...report(), partial: true }, baseline(entry, elsewhere)), [
      `the baseline accepts what is found no more: response: ${divergence.message}`
    ])
  })

  it("is kept when the baseline is written again, and needs no entries", () => {
    const found = ofChecks({ structure: [declared, divergence], responses: [shown] })
    const written = Baseline.of(found, by(nulls))
    assert.deepStrictEqual(written.rules, [nulls])
    assert.deepStrictEqual(
      written.accepted.map(({ message }) => message),
      [divergence.message]
    )
  })

  it("is counted on the console", () => {
    const found = report(declared, { ...declared, pointer: `${place}/2` }, divergence)
    const text = Report.text(Baseline.apply(found, { ...by(nulls), accepted: [entry] }, today), { notes: false })
    assert.include(text, "accepted by the baseline:\n  2  nulls\n  1  entries of their own\n")
    assert.notInclude(Report.text(found, { notes: false }), "accepted by")
  })
})

describe("a baseline file", () => {
  const refused = (name: string, change: (file: ReturnType<typeof baseline>) => unknown, message: RegExp) =>
    it.effect(name, () =>
      Effect.gen(function* () {
        const text = change(baseline(entry))
        const result = Baseline.parse("b.json", typeof text === "string" ? text : JSON.stringify(text))
        assert.match((yield* Effect.flip(Effect.fromResult(result))).message, message)
      })
    )
  refused("must be JSON", () => "{", /^b\.json: not JSON$/)
  refused("must be of this version", (file) => ({ ...file, version: 2 }), /^b\.json: version: Expected 1/)
  refused(
    "names the field that is missing",
    ({ accepted, ...file }) => ({ ...file, accepted: accepted.map(({ reason: _reason, ...rest }) => rest) }),
    /^b\.json: accepted\[0\]\.reason: Missing key$/
  )
  refused(
    "names the field that is wrong",
    (file) => ({ ...file, accepted: [entry, { ...entry, expires: "2026-02-30" }] }),
    /^b\.json: accepted\[1\]\.expires: Expected a day such as 2026-12-31/
  )
  refused(
    "names the field nobody knows",
    (file) => ({ ...file, accepted: [{ ...entry, reson: "x" }] }),
    /^b\.json: accepted\[0\]\.reson: /
  )
  refused(
    "says what a rule is about",
    (file) => ({ ...file, rules: [{ name: "all", reason: "x" }] }),
    /^b\.json: rules\[0\]: Expected a rule with a pattern for check, direction, .* or message/
  )
  refused(
    "names no two rules alike",
    (file) => ({ ...file, rules: [nulls, nulls] }),
    /^b\.json: rules: Expected rules with names of their own/
  )

  const inFolder = <A, E>(
    test: (file: string) => Effect.Effect<A, E, FileSystem.FileSystem>
  ): Effect.Effect<A, unknown> =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* Path.Path
      return yield* test(path.join(yield* fs.makeTempDirectoryScoped(), Baseline.fileName))
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))

  it.effect("is written from what is found, and needs a reason for each entry", () =>
    inFolder((file) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const note = { ...divergence, class: "note", message: "a note" } as const
        const { unexplained } = yield* Baseline.update(file, report(divergence, sampled, note))
        assert.strictEqual(unexplained, 2)
        const error = yield* Effect.flip(Baseline.load(file))
        assert.strictEqual(error.field, "accepted[0].reason")
        assert.match(error.message, /say why "query parameter x: .*" of GET \/contacts\/\{contact_id\} is accepted$/)

        const text = yield* fs.readFileString(file)
        yield* fs.writeFileString(
          file,
          text.replace('"reason": ""', '"reason": "known", "expires": "2027-01-01"').replace('""', '"too"')
        )
        assert.strictEqual((yield* Baseline.load(file)).accepted.length, 2)

        const rules = [{ ...nulls, reason: " " }]
        yield* fs.writeFileString(file, JSON.stringify({ ...(yield* Baseline.load(file)), rules }))
        assert.match(
          (yield* Effect.flip(Baseline.load(file))).message,
          /: rules\[0\]\.reason: empty: say why what "nulls" is about is accepted$/
        )

        const other = { ...divergence, message: "another" }
        const { baseline } = yield* Baseline.update(file, report(other, divergence))
        assert.deepStrictEqual(
          baseline.accepted.map(({ expires, message, reason }) => ({ expires, message, reason })),
          [
            { expires: undefined, message: "another", reason: "" },
            { expires: "2027-01-01", message: divergence.message, reason: "known" }
          ]
        )
      })
    )
  )

  it.effect("is named when it is not there", () =>
    inFolder((file) =>
      Effect.map(Effect.flip(Baseline.load(file)), (error) =>
        assert.strictEqual(error.message, `${file}: there is no such file`)
      )
    )
  )
})

describe("a console", () => {
  it("shows what is said of one place once, and many missing operations as one sentence", () => {
    const field = (message: string): Divergence => ({ ...divergence, pointer: "/components/schemas/A/type", message })
    const missing = Array.from({ length: 11 }, (_, index): Divergence => {
      const { method: _method, ...rest } = divergence
      return { ...rest, operation: `GET /${index}`, direction: "coverage", class: "drift", message: "none" }
    })
    const alike = [field("a: it differs"), field("b.c: it differs"), field("a: it is missing")]
    const few = Grouping.of([...missing.slice(1), ...alike])
    assert.strictEqual(few.missing, undefined)
    assert.strictEqual(few.groups.length, 12)
    const { groups, missing: sentence } = Grouping.of([...missing, ...alike])
    assert.deepStrictEqual(
      groups.map((group) => [group.first.message, Grouping.others(group)]),
      [
        ["a: it differs", " | and 1 more like it: b.c"],
        ["a: it is missing", ""]
      ]
    )
    assert.match(sentence ?? "", /no method for 11 operations of the document: GET \/0, .*GET \/9, …$/)
  })
})
