import * as UnixTime from "@effect-intercom/core/UnixTime"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import * as FastCheck from "fast-check"

describe("UnixTime", () => {
  it("reads seconds, not milliseconds", () => {
    assert.deepStrictEqual(
      Option.map(UnixTime.toDateTime(1_704_067_200), DateTime.formatIso),
      Option.some("2024-01-01T00:00:00.000Z")
    )
    assert.deepStrictEqual(
      Option.map(UnixTime.toDateTime(0), DateTime.formatIso),
      Option.some("1970-01-01T00:00:00.000Z")
    )
  })

  it("has no moment for what is null, missing, or beyond all dates", () => {
    for (const nothing of [null, undefined, 1e15, Number.NaN]) {
      assert.isTrue(Option.isNone(UnixTime.toDateTime(nothing)), String(nothing))
    }
  })

  it("gives back the seconds it was given", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.integer({ min: -8_640_000_000_000, max: 8_640_000_000_000 }), (seconds) => {
        assert.deepStrictEqual(Option.map(UnixTime.toDateTime(seconds), UnixTime.fromDateTime), Option.some(seconds))
      }),
      { seed: 215 }
    )
  })

  it("drops what a second does not hold", () => {
    assert.strictEqual(UnixTime.fromDateTime(DateTime.makeUnsafe("2024-01-01T00:00:00.999Z")), 1_704_067_200)
    assert.isTrue(Schema.is(Schema.Int)(UnixTime.fromDateTime(DateTime.makeUnsafe(1.5))))
  })

  it("is a Date and back, where there is one", () => {
    const date = new Date("2024-01-01T00:00:00.999Z")
    assert.deepStrictEqual(UnixTime.fromDate(date), Option.some(1_704_067_200))
    assert.deepStrictEqual(UnixTime.toDate(1_704_067_200), Option.some(new Date("2024-01-01T00:00:00Z")))
    assert.isTrue(Option.isNone(UnixTime.fromDate(new Date("yesterday"))))
    for (const nothing of [null, undefined, Number.NaN, 1e20]) assert.isTrue(Option.isNone(UnixTime.toDate(nothing)))
  })

  it.effect("counts from now, by the clock", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_704_067_200_999)
      const day = 86_400
      assert.strictEqual(yield* UnixTime.now, 1_704_067_200)
      assert.strictEqual(yield* UnixTime.ago("7 days"), 1_704_067_200 - 7 * day)
      assert.strictEqual(yield* UnixTime.ago("1500 millis"), 1_704_067_199)
      assert.strictEqual(yield* UnixTime.fromNow("1 day"), 1_704_067_200 + day)
    })
  )
})
