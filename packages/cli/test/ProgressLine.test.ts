import * as ProgressLine from "@effect-intercom/cli/ProgressLine"
import { colored } from "@effect-intercom/cli/Style"
import * as Format from "@effect-intercom/cli/Format"
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as CliOutput from "effect/cli/CliOutput"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const view: ProgressLine.View = {
  resource: "contacts",
  records: 2310,
  quarantined: 3,
  total: 5000,
  rate: 310,
  silence: 3200,
  retries: 2,
  waited: 4200
}

describe("ProgressLine.render", () => {
  it("shows everything where there is room", () => {
    assert.strictEqual(
      ProgressLine.render(view, 200),
      "contacts       ━━━━━━━━━───────────   46 %  2,310 of 5,000  310/s  8.7 s left  3 quarantined  2 retries  waited 4.2 s  no page for 3.2 s"
    )
  })

  it("drops what matters least first", () => {
    const at = (columns: number) => ProgressLine.render(view, columns)
    assert.strictEqual(
      at(100),
      "contacts       ━━━━━━━━━───────────   46 %  2,310 of 5,000  310/s  8.7 s left  3 quarantined"
    )
    assert.strictEqual(at(80), "contacts        46 %  2,310 of 5,000  310/s  8.7 s left  3 quarantined")
    assert.strictEqual(at(50), "contacts        46 %  2,310 of 5,000  8.7 s left")
    assert.strictEqual(at(40), "contacts        46 %  2,310 of 5,000")
    assert.strictEqual(at(30), "contacts       2,310 of 5,000")
    assert.strictEqual(at(20), "contacts 2,310")
    assert.strictEqual(at(5), "conta")
    assert.strictEqual(at(0), "")
  })

  it("does without a total, a rate, or anything to remark", () => {
    const quiet = { ...view, total: null, rate: 0, quarantined: 0, retries: 0, waited: 0, silence: 0 }
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
            total: Arbitrary.schema(Schema.NullOr(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9e6 })))),
            rate: amount,
            silence: amount,
            retries: amount,
            waited: amount
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
