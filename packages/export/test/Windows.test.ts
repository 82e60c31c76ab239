import * as Windows from "@effect-intercom/export/Windows"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as fc from "fast-check"
import * as FakeSearch from "./FakeSearch.ts"

const units = {
  "by the second": FakeSearch.bySecond,
  "by the day, UTC": FakeSearch.byDay("UTC"),
  "by the day, New York": FakeSearch.byDay("America/New_York"),
  "by the day, Auckland": FakeSearch.byDay("Pacific/Auckland"),
  "by the day, Chatham": FakeSearch.byDay("Pacific/Chatham"),
  "by the day, Honolulu": FakeSearch.byDay("Pacific/Honolulu")
}

const start = 1_600_000_000

/** When clocks went back in New York and in Auckland, when windows of a day are most at risk. */
const [autumn, southernAutumn] = [1_636_264_800, 1_617_458_400]

/** Records that come thick and thin: most on the few days around a change of clocks, the others over years. */
const items = fc
  .tuple(
    fc.array(fc.integer({ min: start, max: start + 90_000_000 }), { maxLength: 30, size: "max" }),
    fc.array(fc.integer({ min: autumn - 400_000, max: autumn + 400_000 }), { maxLength: 120, size: "max" }),
    fc.array(fc.integer({ min: southernAutumn - 400_000, max: southernAutumn + 400_000 }), {
      maxLength: 120,
      size: "max"
    }),
    // Just where windows begin and end.
    fc.array(
      fc.tuple(fc.nat(9), fc.integer({ min: -1, max: 1 })).map(([day, off]) => 1_636_027_200 + day * 86_400 + off),
      { maxLength: 40, size: "max" }
    )
  )
  .map((times) => times.flat().map((created_at, index) => ({ id: `r${index}`, created_at })))

const options = (search: ReturnType<typeof FakeSearch.make>["search"], more: Partial<Windows.Options<never>> = {}) => ({
  field: "created_at" as const,
  search,
  pageSize: 2,
  concurrency: 4,
  after: 0,
  from: undefined,
  ...more
})

const check = <A>(property: fc.IAsyncPropertyWithHooks<A>, numRuns: number) =>
  Effect.promise(() => fc.assert(property, { seed: 7, numRuns }))

describe("Windows", () => {
  for (const [name, unit] of Object.entries(units)) {
    it.live(`gives every record once, in the order of time, whatever the windows are: ${name}`, () =>
      check(
        fc.asyncProperty(items, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 6 }), (items, pageSize, n) =>
          Effect.runPromise(
            Effect.gen(function* () {
              const { search, sorted } = FakeSearch.make({ items, unit })
              const steps = yield* Stream.runCollect(Windows.steps(options(search, { pageSize, concurrency: n })))
              assert.deepStrictEqual(
                FakeSearch.idsOf(steps),
                sorted.map(({ id }) => id)
              )
              assert.strictEqual(steps.at(-1)?.total, items.length)
              assert.isUndefined(steps.at(-1)?.position)
            })
          )
        ),
        10
      )
    )

    it.live(`resumes from the position of any step: ${name}`, () =>
      check(
        fc.asyncProperty(items, fc.nat(), (items, at) =>
          Effect.runPromise(
            Effect.gen(function* () {
              const { search, sorted } = FakeSearch.make({ items, unit })
              const steps = yield* Stream.runCollect(Windows.steps(options(search)))
              const cut = at % steps.length
              const position = steps[cut]?.position
              if (position === undefined) return
              // As a checkpoint would give it back.
              const from = Schema.decodeUnknownSync(Windows.Position)(JSON.parse(JSON.stringify(position)))
              const rest = yield* Stream.runCollect(Windows.steps(options(search, { from })))
              assert.deepStrictEqual(
                [...FakeSearch.idsOf(steps.slice(0, cut + 1)), ...FakeSearch.idsOf(rest)],
                sorted.map(({ id }) => id)
              )
              assert.strictEqual(rest.at(-1)?.total, items.length)
            })
          )
        ),
        10
      )
    )
  }

  it.live("asks for hardly more pages than the records fill, once they are many", () =>
    Effect.gen(function* () {
      const items = Array.from({ length: 6_000 }, (_, index) => ({
        id: `r${String(index).padStart(6, "0")}`,
        created_at: start + index * 2000
      }))
      const { requests, search } = FakeSearch.make({ items, unit: FakeSearch.byDay("America/New_York") })
      const steps = yield* Stream.runCollect(Windows.steps(options(search, { pageSize: 50, concurrency: 8 })))
      assert.strictEqual(FakeSearch.idsOf(steps).length, 6_000)
      assert.isAtMost(requests.length, (6_000 / 50) * 1.12)
    })
  )

  it.live("asks for less where large pages fail, and for more again when that goes well", () =>
    Effect.gen(function* () {
      const items = Array.from({ length: 600 }, (_, index) => ({ id: `r${index}`, created_at: start + index }))
      const { requests, search, sorted } = FakeSearch.make({ items, unit: FakeSearch.bySecond, largest: 20 })
      const steps = yield* Stream.runCollect(Windows.steps(options(search, { pageSize: 150 })))
      assert.deepStrictEqual(
        FakeSearch.idsOf(steps),
        sorted.map(({ id }) => id)
      )
      const sizes = requests.map(({ size }) => size)
      assert.deepStrictEqual(sizes.slice(0, 4), [150, 75, 37, 18])
      assert.isTrue(sizes.slice(4).some((size) => size > 18))
    })
  )

  it("asks for a window as after a and before b, or at b, two groups deep as the API allows", () => {
    assert.deepStrictEqual(Windows.query("updated_at", { after: 1, until: 2 }), {
      operator: "OR",
      value: [
        {
          operator: "AND",
          value: [
            { field: "updated_at", operator: ">", value: 1 },
            { field: "updated_at", operator: "<", value: 2 }
          ]
        },
        { field: "updated_at", operator: "=", value: 2 }
      ]
    })
    assert.deepStrictEqual(Windows.query("created_at", { after: 5, until: null }), {
      field: "created_at",
      operator: ">",
      value: 5
    })
  })
})
