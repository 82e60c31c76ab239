import { BadRequest, IntercomError, NotFound, type Reason, ServerError } from "@effect-intercom/core/IntercomError"
import { Cursor, type Page } from "@effect-intercom/core/Pagination"
import * as Scroll from "@effect-intercom/export/Scroll"
import type * as Walk from "@effect-intercom/export/Walk"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"

const failed = (reason: Reason) =>
  new IntercomError({ operation: "Companies.scroll", method: "GET", path: "/companies/scroll", reason })

const taken = failed(
  new BadRequest({
    status: 400,
    errors: [{ code: "scroll_exists", message: "scroll already exists for this workspace" }]
  })
)
const gone = failed(new NotFound({ status: 404, errors: [{ code: "not_found" }] }))
const broken = failed(new ServerError({ status: 500, errors: [] }))

const page = (...ids: ReadonlyArray<string>): Page<unknown> => ({
  items: ids.map((id) => ({ id })),
  ...(ids.length === 0 ? {} : { cursor: Cursor.make("the one") })
})

/** Each attempt gives its pages, and fails at the end if it is to. */
const scripted = (...attempts: ReadonlyArray<ReadonlyArray<Page<unknown> | IntercomError>>) => {
  const opened = { count: 0 }
  const open: Walk.Open<never> = () =>
    Stream.suspend(() => {
      const script = attempts[opened.count] ?? []
      opened.count += 1
      return Stream.fromIterable(script).pipe(
        Stream.mapEffect((one) => (one instanceof IntercomError ? Effect.fail(one) : Effect.succeed(one)))
      )
    })
  return { open, opened }
}

/** What is left of the steps, as a sink would keep them. */
const kept = (steps: ReadonlyArray<Walk.Step>) =>
  steps.reduce<ReadonlyArray<unknown>>(
    (kept, { startOver, records }) => [...(startOver === true ? [] : kept), ...records.map(({ id }) => id)],
    []
  )

describe("Scroll", () => {
  it.effect("gives the pages of a scroll", () =>
    Effect.gen(function* () {
      const { open } = scripted([page("a", "b"), page("c"), page()])
      const steps = yield* Stream.runCollect(Scroll.steps(open, undefined))
      assert.deepStrictEqual(kept(steps), ["a", "b", "c"])
      assert.deepStrictEqual(
        steps.map(({ startOver, position }) => [startOver ?? false, position]),
        [
          [false, {}],
          [false, {}],
          [false, undefined]
        ]
      )
    })
  )

  for (const [name, error] of Object.entries({ "it expired": gone, "the server failed": broken })) {
    it.effect(`starts over when ${name}, and what came before goes`, () =>
      Effect.gen(function* () {
        const { open, opened } = scripted([page("a", "b"), error], [page("a"), page("b", "c"), page()])
        const steps = yield* Stream.runCollect(Scroll.steps(open, undefined))
        assert.deepStrictEqual(kept(steps), ["a", "b", "c"])
        assert.strictEqual(opened.count, 2)
      })
    )
  }

  it.effect("starts over in the run after the one that was stopped", () =>
    Effect.gen(function* () {
      const { open } = scripted([page("a"), page()])
      const [first] = yield* Stream.runCollect(Scroll.steps(open, {}))
      assert.isTrue(first?.startOver)
    })
  )

  it.effect("gives up when it breaks off again and again", () =>
    Effect.gen(function* () {
      const { open, opened } = scripted(...Array.from({ length: 9 }, () => [page("a"), broken]))
      assert.strictEqual(yield* Effect.flip(Stream.runDrain(Scroll.steps(open, undefined))), broken)
      assert.strictEqual(opened.count, 6)
    })
  )

  it.effect("waits while another scroll is open in the workspace", () =>
    Effect.gen(function* () {
      const { open, opened } = scripted([taken], [taken], [page("a"), page()])
      const fiber = yield* Effect.forkChild(Stream.runCollect(Scroll.steps(open, undefined)))
      yield* TestClock.adjust("39 seconds")
      assert.strictEqual(opened.count, 2)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(kept(yield* Fiber.join(fiber)), ["a"])
    })
  )

  it.effect("does not wait for ever", () =>
    Effect.gen(function* () {
      const { open } = scripted(...Array.from({ length: 99 }, () => [taken]))
      const fiber = yield* Effect.forkChild(Effect.flip(Stream.runDrain(Scroll.steps(open, undefined))))
      yield* TestClock.adjust("20 minutes")
      assert.strictEqual(yield* Fiber.join(fiber), taken)
    })
  )
})
