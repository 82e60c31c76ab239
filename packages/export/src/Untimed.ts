/**
 * Records that a search by time does not find, as they have none. The listing counts them: when it counts more than the
 * search does, it is walked too, for what the search did not give.
 */
import type { IntercomError } from "@effect-intercom/core/IntercomError"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { isObject, type Received } from "./Table.ts"
import * as Walk from "./Walk.ts"

export interface Options<R> {
  /** The walk over what has a time. */
  readonly timed: (from: Walk.Position | undefined) => Stream.Stream<Walk.Step, Walk.Failure, R>
  /** The listing of all, with so many records a page. */
  readonly list: (size: number) => Walk.Open<R>
  readonly pageSize: number
  /** Whether a record was given already. */
  readonly known: (record: Received) => boolean
  readonly from: Walk.Position | undefined
}

/** Beside the position of a walk over what has a time: how many more the listing counts, at the start of both. */
const Timed = Schema.Struct({ untimed: Schema.Int })

/** Where the listing resumes. */
export const Listing = Schema.Struct({
  listing: Schema.NullOr(Schema.String),
  /** What the API counts in all. */
  total: Schema.Int
})
export type Listing = typeof Listing.Type

const timedPosition = Schema.decodeUnknownOption(Timed)
const listingPosition = Schema.decodeUnknownOption(Listing)

/** Everything, what has a time first. */
export const steps = <R>(options: Options<R>): Stream.Stream<Walk.Step, Walk.Failure, R> => {
  const { from, list, timed } = options
  const listing = Option.getOrUndefined(listingPosition(from))
  if (listing !== undefined) return untimed(options, listing)
  return Stream.unwrap(
    Effect.gen(function* () {
      // Counted while the walk begins.
      const listed = yield* Effect.forkScoped(from === undefined || from === null ? count(list) : Effect.succeed(0))
      const before = Option.getOrUndefined(timedPosition(from))?.untimed
      const more = yield* Ref.make<number | undefined>(before)
      const next = yield* Ref.make<Listing | undefined>(undefined)

      const told = Effect.fnUntraced(function* (step: Walk.Step) {
        const { position, total = 0 } = step
        const known = yield* Ref.get(more)
        // The first step of a walk has the count of a search of all.
        const untimed = known ?? Math.max(0, (yield* Fiber.join(listed)) - total)
        yield* Ref.set(more, untimed)
        if (untimed === 0) return step
        const all = total + untimed
        if (position !== undefined) return { ...step, total: all, position: { ...Object(position), untimed } }
        const start: Listing = { listing: null, total: all }
        yield* Ref.set(next, start)
        return { ...step, total: all, position: start }
      })

      return Stream.concat(
        Stream.mapEffect(timed(from), told),
        Stream.unwrap(
          Effect.map(Ref.get(next), (start) => (start === undefined ? Stream.empty : untimed(options, start)))
        )
      )
    })
  )
}

/** What a listing counts; 0 where it does not say. */
const count = <R>(list: Options<R>["list"]): Effect.Effect<number, IntercomError, R> =>
  Effect.map(Walk.fetch(list(1), undefined), ({ page }) => page.total ?? 0)

/** The listing, without what was given already. */
const untimed = <R>({ known, list, pageSize }: Options<R>, { listing, total }: Listing) =>
  Stream.map(
    Walk.pages((cursor) => Walk.fetch(list(pageSize), cursor), listing ?? undefined),
    ({ invalid, page }): Walk.Step => {
      const records = page.items.filter((record) => !known(record))
      const apart = invalid.filter(({ raw }) => !isObject(raw) || !known(raw))
      return {
        records,
        invalid: apart,
        read: records.length + apart.length,
        position: page.cursor === undefined ? undefined : { listing: page.cursor, total },
        total,
        rest: true
      }
    }
  )
