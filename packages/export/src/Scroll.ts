/**
 * A scroll over companies. There is one at a time in a workspace, it dies after a minute without a request or with a
 * failure of the server, and it cannot be gone back in: then it starts over, and what was written before is dropped.
 */
import { hasCode, type IntercomError } from "@effect-intercom/core/IntercomError"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as SideBySide from "./internal/SideBySide.ts"
import * as Walk from "./Walk.ts"

/** How often a scroll may break off before the export does. */
const patience = 5

/** Waiting for another scroll to end, or to die: that takes a minute without a request. */
const occupied = Schedule.spaced("20 seconds").pipe(Schedule.upTo({ times: 30 }))

const isOccupied = (error: Walk.Failure) => error._tag === "IntercomError" && hasCode(error, "scroll_exists")

const hasDied = ({ reason }: IntercomError) =>
  reason._tag === "NotFound" ||
  reason._tag === "ServerError" ||
  reason._tag === "TransportError" ||
  reason._tag === "TimeoutError" ||
  (reason._tag === "DecodeError" && reason.kind === "malformed")

/** The steps of a scroll. A position says only that it was begun: the next one starts from nothing. */
export const steps = <R>(
  open: Walk.Open<R>,
  from: Walk.Position | undefined,
  /** What the API counts, where that is known: a scroll does not say. */
  total?: number | undefined
): Stream.Stream<Walk.Step, Walk.Failure, R> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const { scroll } = yield* SideBySide.Current
      yield* scroll
      return attempt(open, yield* Ref.make(from === undefined ? 0 : 1), patience, total)
    })
  )

const attempt = <R>(
  open: Walk.Open<R>,
  begun: Ref.Ref<number>,
  left: number,
  total: number | undefined
): Stream.Stream<Walk.Step, Walk.Failure, R> =>
  Stream.unwrap(
    Effect.map(Ref.get(begun), (before) =>
      Walk.scrolled(open, total).pipe(
        Stream.mapEffect((step) =>
          Effect.map(
            Ref.getAndUpdate(begun, (count) => count + 1),
            (count): Walk.Step => (count === before && before > 0 ? { ...step, startOver: true } : step)
          )
        ),
        Stream.catch((error) => {
          if (isOccupied(error)) return Stream.fail(error)
          return error._tag === "IntercomError" && hasDied(error) && left > 0
            ? attempt(open, begun, left - 1, total)
            : Stream.fail(error)
        })
      )
    )
  ).pipe(
    Stream.retry(Schedule.while(Schedule.setInputType<Walk.Failure>()(occupied), ({ input }) => isOccupied(input)))
  )
