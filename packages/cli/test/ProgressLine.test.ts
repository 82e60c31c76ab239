import * as ProgressLine from "@effect-intercom/cli/ProgressLine"
import { DiskFull, ExportError } from "@effect-intercom/export/ExportError"
import * as fixture from "./Fixture.ts"
import { colored } from "@effect-intercom/cli/Style"
import * as Format from "@effect-intercom/export/Format"
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as CliOutput from "effect/cli/CliOutput"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const view: ProgressLine.View = {
  resource: "contacts",
  records: 2310,
  quarantined: 3,
  missing: 1,
  total: 5000,
  rate: 310,
  silence: 3200,
  requests: 16,
  retries: 2,
  waited: 4200,
  pause: undefined
}

describe("ProgressLine.render", () => {
  it("shows everything where there is room", () => {
    assert.strictEqual(
      ProgressLine.render(view, 200),
      "contacts       ━━━━━━━━━───────────   46 %  2,310 of 5,000  310/s  8.7 s left  3 quarantined  1 missing  2 retries  requests waited 4.2 s in all  nothing new for 3.2 s"
    )
  })

  it("drops what matters least first", () => {
    const at = (columns: number) => ProgressLine.render(view, columns)
    assert.strictEqual(at(100), "contacts        46 %  2,310 of 5,000  310/s  8.7 s left  3 quarantined  1 missing")
    assert.strictEqual(at(80), "contacts        46 %  2,310 of 5,000  310/s  8.7 s left  3 quarantined")
    assert.strictEqual(at(50), "contacts        46 %  2,310 of 5,000  8.7 s left")
    assert.strictEqual(at(40), "contacts        46 %  2,310 of 5,000")
    assert.strictEqual(at(30), "contacts       2,310 of 5,000")
    assert.strictEqual(at(20), "contacts 2,310")
    assert.strictEqual(at(5), "conta")
    assert.strictEqual(at(0), "")
  })

  it("says what it waits for, before anything but the counts goes", () => {
    const waiting = { ...view, pause: { cause: "limit", millis: 5400 } } as const
    assert.include(ProgressLine.render(waiting, 200), "  waiting for the rate limit, 6 s")
    assert.strictEqual(
      ProgressLine.render(waiting, 75),
      "contacts        46 %  2,310 of 5,000  waiting for the rate limit, 6 s"
    )
    assert.strictEqual(ProgressLine.render(waiting, 40), "contacts        46 %  2,310 of 5,000")
    const failing = { ...view, pause: { cause: "failure", millis: 900 } } as const
    assert.include(ProgressLine.render(failing, 200), "  a request failed, sent again soon")
    const scrolling = { ...view, pause: { cause: "scroll", millis: 900 } } as const
    assert.include(ProgressLine.render(scrolling, 200), "  waiting for the workspace's other scroll to end")
  })

  it("does without a total, a rate, or anything to remark", () => {
    const quiet = { ...view, total: null, rate: 0, quarantined: 0, missing: 0, retries: 0, waited: 0, silence: 0 }
    assert.strictEqual(ProgressLine.render({ ...quiet, records: 1 }, 80), "contacts       1 record")
    assert.strictEqual(ProgressLine.render(quiet, 80), "contacts       2,310 records")
    assert.strictEqual(ProgressLine.render({ ...quiet, total: 0, records: 0 }, 80), "contacts       0 records")
  })

  it("more than the total is not more than all", () => {
    const line = ProgressLine.render({ ...view, records: 6000 }, 200)
    assert.include(line, "100 %")
    assert.notInclude(line, "left")
  })

  it.effect("is never wider than the terminal, in colours too", () =>
    Effect.gen(function* () {
      const amount = Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 10_000_000 })))
      const result = yield* Arbitrary.checkEffect(
        Arbitrary.all({
          columns: Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 250 }))),
          view: Arbitrary.all({
            resource: Arbitrary.schema(Schema.Literals(["contacts", "conversations", "admins"])),
            records: amount,
            quarantined: amount,
            missing: amount,
            total: Arbitrary.schema(Schema.NullOr(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9e6 })))),
            rate: amount,
            silence: amount,
            requests: amount,
            retries: amount,
            waited: amount,
            pause: Arbitrary.schema(
              Schema.UndefinedOr(
                Schema.Struct({
                  cause: Schema.Literals(["limit", "failure", "scroll"]),
                  millis: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1e7 }))
                })
              )
            )
          })
        }),
        ({ columns, view }) => {
          const line = ProgressLine.render(view, columns, colored)
          // Whatever is switched on is switched off again.
          const styles = line.split("\x1b[").length - 1
          return CliOutput.displayWidth(line) <= columns && !line.includes("\n") && styles % 2 === 0
        },
        { runs: 500, seed: 3 }
      )
      assert.isUndefined(Arbitrary.formatCheckFailure(result))
    })
  )
})

describe("the other lines", () => {
  it("a resource whose turn has not come is as narrow as the terminal", () => {
    assert.strictEqual(ProgressLine.waiting("contacts", 80), "contacts       waiting")
    assert.strictEqual(ProgressLine.waiting("contacts", 4), "cont")
  })

  it("a table has no bytes, and what is wrong is told", () => {
    const entry = fixture.entry({ bytes: null, counts: { ...fixture.counts, quarantined: 2, missing: 1 } })
    assert.strictEqual(
      ProgressLine.completed(entry, 3000),
      "✓ contacts             100 records  in 3 s  2 quarantined  1 missing  3 retries  requests waited 1.5 s in all"
    )
  })

  it("a failure has its sentence", () => {
    const error = new ExportError({ resource: "contacts", reason: new DiskFull({ path: "dump/contacts.ndjson" }) })
    assert.strictEqual(
      ProgressLine.failed("contacts", error),
      "✗ contacts       The disk is full: dump/contacts.ndjson could not be written. Make room first."
    )
    assert.include(ProgressLine.failed("contacts", error, colored), "\u001b[31mThe disk is full")
  })
})

describe("Format", () => {
  it("writes durations as people say them", () => {
    assert.deepStrictEqual(
      [0, 40, 950, 2000, 9940, 9960, 59_400, 61_000, 3_599_000, 3_600_000, 90_000_000].map(Format.duration),
      ["0 s", "0 s", "0.9 s", "2 s", "9.9 s", "10 s", "59 s", "1 min 1 s", "59 min 59 s", "1 h 0 min", "25 h 0 min"]
    )
  })

  it("writes counts and sizes", () => {
    assert.strictEqual(Format.plural(1, "retry", "retries"), "1 retry")
    assert.strictEqual(Format.plural(1234, "record"), "1,234 records")
    assert.strictEqual(Format.bytes(9_400_000), "9.4 MB")
  })
})
