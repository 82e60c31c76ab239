import * as Walk from "@effect-intercom/export/Walk"
import { assert, describe, it } from "@effect/vitest"
import type * as Arr from "effect/Array"
import * as fc from "fast-check"

/** What an export knows after some steps. */
const outcome = (steps: ReadonlyArray<Walk.Step>) => {
  const kept = steps.slice(Math.max(0, steps.map(({ startOver }) => startOver).lastIndexOf(true)))
  return {
    records: kept.flatMap(({ records }) => records),
    read: kept.reduce((sum, { read }) => sum + read, 0),
    missing: kept.flatMap(({ missing = [] }) => missing),
    position: steps.at(-1)?.position,
    total: steps.findLast(({ total }) => total !== undefined)?.total,
    startOver: steps.some(({ startOver }) => startOver)
  }
}

const step = fc
  .record({
    ids: fc.array(fc.string(), { maxLength: 3 }),
    total: fc.option(fc.nat(), { nil: undefined }),
    startOver: fc.option(fc.constant(true), { nil: undefined, freq: 6 }),
    missing: fc.option(fc.array(fc.string(), { maxLength: 2 }), { nil: undefined })
  })
  .map(({ startOver, ids, missing, total }): Walk.Step => ({
    records: ids.map((id) => ({ id })),
    invalid: [],
    read: ids.length,
    position: ids.join(),
    total,
    startOver,
    missing: missing?.map((id) => ({ id, what: "record", expected: 1, found: 0 }))
  }))

describe("Walk", () => {
  it("steps together say what they say one by one, up to four at once", () => {
    fc.assert(
      fc.property(fc.tuple(step, fc.array(step, { maxLength: 13 })), ([first, others]) => {
        const steps: Arr.NonEmptyReadonlyArray<Walk.Step> = [first, ...others]
        const together = Walk.together(steps)
        assert.strictEqual(together.length, Math.ceil(steps.length / 4))
        assert.deepStrictEqual(outcome(together), outcome(steps))
      })
    )
  })
})
