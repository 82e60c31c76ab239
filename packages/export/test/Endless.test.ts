/** Walks that would never end, ended by what was seen and by what the API counts, with an error that says so. */
import { Cursor, type Page } from "@effect-intercom/core/Pagination"
import { Endless } from "@effect-intercom/export/ExportError"
import * as Scroll from "@effect-intercom/export/Scroll"
import * as Walk from "@effect-intercom/export/Walk"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as MemorySink from "./MemorySink.ts"
import * as Answers from "./Answers.ts"
import * as Workspace from "./Workspace.ts"

/** A listing whose page under cursor n has what `itemsOf` says; every cursor is new, and there is always another. */
const open =
  (itemsOf: (page: number) => ReadonlyArray<unknown>, total?: number): Walk.Open<never> =>
  ({ from }) =>
    Stream.iterate(from === undefined ? 0 : Number(from), (page) => page + 1).pipe(
      Stream.map((page): Page<unknown> => ({
        items: itemsOf(page),
        cursor: Cursor.make(String(page + 1)),
        ...(total === undefined ? undefined : { total })
      }))
    )

const ended = (steps: Stream.Stream<Walk.Step, Walk.Failure>) =>
  Effect.map(Effect.flip(Stream.runDrain(steps)), (error) => {
    if (!(error instanceof Endless)) return assert.fail(String(error))
    assert.match(error.message, /would never end\. Try again with another --page-size\.$/)
    return error.repeats
  })

const alternating = (page: number) => [{ id: page % 2 === 0 ? "a" : "b" }]
const fresh = (page: number) => Array.from({ length: 50 }, (_, index) => ({ id: `${page} ${index}` }))

describe("a walk that would never end", () => {
  it.effect("pages A, B, A, B under ever new cursors", () =>
    Effect.map(ended(Walk.steps(open(alternating), undefined)), (repeats) => assert.strictEqual(repeats, "pages"))
  )

  it.effect("empty pages under ever new cursors", () =>
    Effect.map(
      ended(
        Walk.steps(
          open(() => []),
          undefined
        )
      ),
      (repeats) => assert.strictEqual(repeats, "pages")
    )
  )

  it.effect("more and more records, of which the API counts a hundred", () =>
    Effect.map(ended(Walk.steps(open(fresh, 100), undefined)), (repeats) => assert.strictEqual(repeats, "records"))
  )

  it.effect("a scroll that gives the same companies for ever", () =>
    Effect.map(ended(Scroll.steps(open(alternating), undefined)), (repeats) => assert.strictEqual(repeats, "pages"))
  )

  it.effect("a scroll that gives ever new companies, of which the API counts a hundred", () =>
    Effect.map(ended(Scroll.steps(open(fresh), undefined, 100)), (repeats) => assert.strictEqual(repeats, "records"))
  )

  it.effect("a listing that shifts by some pages of one record is none", () =>
    Effect.gen(function* () {
      const ids = ["a", "a", "a", "a", "a", "a", "b"]
      const pages = Walk.steps(
        open((page) => [{ id: ids[page] ?? `c${page}` }]),
        undefined
      )
      assert.strictEqual((yield* Stream.runCollect(Stream.take(pages, 20))).length, 20)
    })
  )

  it.effect("the events of one contact: the contact is named, the others are exported", () =>
    Effect.gen(function* () {
      let pages = 0
      const layer = Answers.layer(({ url }) => {
        if (url.pathname !== "/events" || pages > 500) return undefined
        const who = url.searchParams.get("intercom_user_id") ?? url.searchParams.get("who")
        if (who !== (bad ??= who)) return undefined
        pages += 1
        return {
          type: "event.list",
          events: [{ type: "event", id: who, event_name: pages % 2 === 0 ? "a" : "b", created_at: 1 }],
          pages: { next: `http://simulator.test/events?type=user&intercom_user_id=${who}&before=${pages}` }
        }
      })
      let bad: string | null | undefined
      const sink = MemorySink.make()
      const [entry] = Workspace.entriesOf(
        yield* Effect.provide(Workspace.run({ resources: ["events"], concurrency: 1 }, sink), layer)
      )
      assert.deepStrictEqual(
        entry?.missing.map(({ id, what }) => [id, what]),
        [[bad, "events"]]
      )
      assert.strictEqual(entry?.missing[0]?.reason, "Endless")
      assert.strictEqual(entry?.counts.records, 89 * 2)
      assert.isBelow(pages, 20)
    }).pipe((test) => Effect.andThen(Workspace.setClock, test))
  )
})
