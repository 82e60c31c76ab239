/** What records of another resource have, asked for of each by itself: events of contacts, notes, segments. */
import type { IntercomError } from "@effect-intercom/core/IntercomError"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import * as Completion from "./Completion.ts"
import { fieldsOf, type Options } from "./Definition.ts"
import * as Drift from "./internal/Drift.ts"
import * as FailureKind from "./internal/FailureKind.ts"
import type { Received } from "./Table.ts"
import * as Walk from "./Walk.ts"

/** What each parent is asked for. */
export interface Children<out R> {
  /** What they are called where some are missing. */
  readonly what: Walk.Missing["what"]
  readonly operation: Pick<IntercomError, "operation" | "method" | "path">
  /** The pages of those of a parent, by its id. */
  readonly pages: (parent: string) => Walk.Open<R>
  /** Whether a parent may have any: one that has none needs no request. @default it may */
  readonly has?: ((parent: Received) => boolean) | undefined
  /** How many a parent says it has. @default it does not say */
  readonly expected?: ((parent: Received) => number) | undefined
  /** What becomes of one. @default it stays as it was received */
  readonly row?: ((parent: string, child: Received) => Received) | undefined
  /** Whether one that does not fit is one all the same. @default it has an id */
  readonly identified?: Walk.Identified | undefined
}

/** All that a parent has. */
const allOf =
  <R>({ expected = () => 0, identified, pages, row, what }: Children<R>) =>
  (parent: Received): Effect.Effect<Completion.Completed, Walk.Failure, R> =>
    Effect.gen(function* () {
      const id = Completion.idOf(parent)
      const read = yield* Ref.make<ReadonlyArray<Walk.Step>>([])
      const found = Effect.map(Ref.get(read), (steps) => ({
        records: steps.flatMap(({ records }) => (row === undefined ? records : records.map((one) => row(id, one)))),
        invalid: steps.flatMap(({ invalid }) => invalid)
      }))
      return yield* Walk.steps(pages(id), undefined, identified).pipe(
        Stream.runForEach((step) => Ref.update(read, (steps) => [...steps, step])),
        Effect.andThen(found),
        Effect.map((all): Completion.Completed => ({
          ...all,
          missing: Completion.lacking(parent, what, all.records.length + all.invalid.length, expected(parent))
        })),
        Effect.catchReason("IntercomError", "NotFound", (_, error) =>
          Effect.gen(function* () {
            const { length: pages } = yield* Ref.get(read)
            // A page that the page before leads to is there, unless the parent was merged or deleted meanwhile.
            if (pages === 0 && !Completion.isGone(error)) return yield* error
            const kept = yield* found
            const count = kept.records.length + kept.invalid.length
            const missing: Walk.Missing = {
              id,
              what,
              expected: Math.max(count + 1, expected(parent)),
              found: count,
              ...(pages === 0 ? undefined : { reason: FailureKind.of(error) })
            }
            return { ...kept, missing: [missing] } satisfies Completion.Completed
          })
        )
      )
    })

/** The children of all parents, in the order of these. */
export const walk = <R, R2>(
  children: Children<R>,
  { accepts, again, concurrency, from }: Options,
  parents: Stream.Stream<Walk.Step, Walk.Failure, R2>
): Stream.Stream<Walk.Step, Walk.Failure, R | R2> =>
  Stream.suspend(() => {
    const failed = new Set(again)
    // Of a parent whose request failed before, all are given, whenever they changed.
    const late = new WeakSet<Received>()
    const all = allOf(children)
    const completion: Completion.Completion<R> = {
      what: children.what,
      operation: children.operation,
      needs: children.has,
      otherwise: () => ({}),
      complete: (parent) =>
        failed.has(Completion.idOf(parent))
          ? Effect.tap(all(parent), ({ records = [] }) => Effect.sync(() => records.forEach((one) => late.add(one))))
          : all(parent)
    }
    // A walk from its start comes by all parents; one that resumes is past those that failed.
    const missed = from === undefined ? [] : again
    return Walk.accepted(
      Completion.completing({ again: missed, concurrency, from }, completion, parents).pipe(
        // The API counts parents here.
        Stream.map((step) => ({
          ...step,
          total: undefined,
          rest: undefined,
          read: step.records.length + step.invalid.length,
          duplicates: 0
        }))
      ),
      (record) => late.has(record) || accepts(record)
    )
  })

/** Whether one of the lists within a record may have entries: it says how many it has. */
export const mayHave =
  (...lists: ReadonlyArray<string>) =>
  (record: Received): boolean =>
    lists.some((name) => {
      const { data, has_more, total_count } = fieldsOf(record[name])
      return (
        (data === undefined && total_count === undefined) ||
        has_more === true ||
        Completion.lengthOf(data) > 0 ||
        Completion.wholeOf(total_count) > 0
      )
    })

/** How many entries the lists within a record say they have. */
export const counted =
  (...lists: ReadonlyArray<string>) =>
  (record: Received): number =>
    lists.reduce((sum, name) => {
      const { data, total_count } = fieldsOf(record[name])
      return sum + Math.max(Completion.lengthOf(data), Completion.wholeOf(total_count))
    }, 0)

/** A row for what a parent has: `{id: "PARENT:CHILD", contact_id: "PARENT", segment: {…}}`. */
export const related =
  (of: string, as: string) =>
  (parent: string, child: Received): Received => {
    const row = { id: `${parent}:${Completion.idOf(child)}`, [`${of}_id`]: parent, [as]: child }
    Drift.carry(child, row, as)
    return row
  }
