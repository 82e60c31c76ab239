/** The scroll over companies, as it comes over the wire. */
import { assert, describe, it } from "@effect/vitest"
import { Intercom } from "@effect-intercom/core"
import { Faults, Simulator } from "@effect-intercom/simulator"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { errorsOf, inProcess, overSocket, raw } from "./Client.ts"

interface Page {
  readonly type: string
  readonly pages: unknown
  readonly total_count: unknown
  readonly data: ReadonlyArray<{ readonly id: string; readonly name: string }>
  readonly scroll_param: string
}

const scroll = (param?: string) => raw("GET", `/companies/scroll${param === undefined ? "" : `?scroll_param=${param}`}`)

const page = (param?: string) =>
  Effect.map(scroll(param), ({ body, status }) => {
    assert.strictEqual(status, 200)
    return body as Page
  })

const refused = (param?: string) =>
  Effect.map(scroll(param), (answer) => ({ status: answer.status, code: errorsOf(answer)[0]?.code }))

describe("a scroll", () => {
  it.effect("has every company once, a hundred a page, then an empty page, then is gone", () =>
    Effect.gen(function* () {
      const first = yield* page()
      assert.deepInclude(first, { type: "list", pages: null, total_count: null })
      const second = yield* page(first.scroll_param)
      const third = yield* page(first.scroll_param)
      const end = yield* page(first.scroll_param)
      assert.deepStrictEqual(
        [first, second, third, end].map(({ data, scroll_param }) => [data.length, scroll_param === first.scroll_param]),
        [
          [100, true],
          [100, true],
          [50, true],
          [0, true]
        ]
      )
      const { records } = yield* Simulator
      assert.deepStrictEqual(
        [first, second, third].flatMap(({ data }) => data.map((company) => JSON.stringify(company))),
        yield* Stream.runCollect(records("companies"))
      )
      assert.deepStrictEqual(yield* refused(first.scroll_param), { status: 404, code: "not_found" })
      assert.notStrictEqual((yield* page()).scroll_param, first.scroll_param)
    }).pipe(Effect.provide(inProcess({ companies: 250 })))
  )

  it.effect("is the only one until nobody has asked for a minute", () =>
    Effect.gen(function* () {
      const first = yield* page()
      assert.deepStrictEqual(yield* refused(), { status: 400, code: "scroll_exists" })
      assert.deepStrictEqual(yield* refused("another"), { status: 404, code: "not_found" })
      yield* TestClock.adjust("59 seconds")
      assert.lengthOf((yield* page(first.scroll_param)).data, 100)
      yield* TestClock.adjust("59 seconds")
      assert.deepStrictEqual(yield* refused(), { status: 400, code: "scroll_exists" })
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* refused(first.scroll_param), { status: 404, code: "not_found" })
      assert.lengthOf((yield* page()).data, 100)
    }).pipe(Effect.provide(inProcess({ companies: 250 })))
  )

  for (const kind of ["error500", "html500"] as const) {
    it.effect(`is dead after ${kind}, and another one can be opened`, () =>
      Effect.gen(function* () {
        const { scroll_param } = yield* page()
        const failed = yield* scroll(scroll_param)
        assert.strictEqual(failed.status, 500)
        if (kind === "error500") assert.include(errorsOf(failed)[0]?.message, "restart the scroll")
        assert.deepStrictEqual(yield* refused(scroll_param), { status: 404, code: "not_found" })
        assert.lengthOf((yield* page()).data, 100)
      }).pipe(Effect.provide(inProcess({ companies: 250, faults: Faults.script("ok", kind) })))
    )
  }

  it.effect("lives on after a 500 of another operation, and after a 502 of its own", () =>
    Effect.gen(function* () {
      const { scroll_param } = yield* page()
      assert.strictEqual((yield* raw("GET", "/companies")).status, 500)
      assert.strictEqual((yield* scroll(scroll_param)).status, 502)
      assert.lengthOf((yield* page(scroll_param)).data, 100)
      assert.lengthOf((yield* page(scroll_param)).data, 50)
    }).pipe(Effect.provide(inProcess({ companies: 250, faults: Faults.script("ok", "error500", "error502") })))
  )

  it.effect("moves on when its answer is lost: who asks again misses a page", () =>
    Effect.gen(function* () {
      const { data, scroll_param } = yield* page()
      assert.isUndefined((yield* scroll(scroll_param)).body)
      const { data: after } = yield* page(scroll_param)
      assert.deepStrictEqual([data.length, after.length], [100, 50])
    }).pipe(Effect.provide(inProcess({ companies: 250, faults: Faults.script("ok", "truncated") })))
  )

  it.effect("has the companies there were when it was opened, less those removed since", () =>
    Effect.gen(function* () {
      const { insert, remove, update } = yield* Simulator
      const first = yield* page()
      const companies = yield* Stream.runCollect((yield* Simulator).records("companies"))
      const [changed = "", removed = ""] = companies
        .slice(120)
        .map((text) => String((JSON.parse(text) as Page["data"][0]).id))
      yield* update("companies", changed, { name: "Renamed" })
      yield* remove("companies", removed)
      yield* insert("companies", { id: "late", type: "company" })
      const { data } = yield* page(first.scroll_param)
      assert.lengthOf(data, 49)
      assert.strictEqual(data.find(({ id }) => id === changed)?.name, "Renamed")
      assert.isFalse(data.some(({ id }) => id === removed || id === "late"))
    }).pipe(Effect.provide(inProcess({ companies: 150 })))
  )

  it.live("is what the client's scroll walks", () =>
    Effect.gen(function* () {
      const { companies } = yield* Intercom
      const { snapshot } = yield* Simulator
      const names = yield* Stream.runCollect(companies.scroll.items())
      assert.strictEqual(names.length, (yield* snapshot("companies")).count)
      assert.strictEqual(new Set(names.map(({ id }) => id)).size, 250)
    }).pipe(Effect.provide(overSocket({ companies: 250 })))
  )
})
