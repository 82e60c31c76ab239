/**
 * Whether this runner still has an export. It is told so by the ledger, time and again, and each time it counts for a while.
 * A process that was frozen longer than that asks before its next request: another runner may have the export by now.
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"
import type { FleetDatabaseFailed } from "../Ledger.ts"

/** Another runner has the export by now: this one was frozen, or cut off. */
export class Stale extends Schema.TaggedError<Stale>()("Stale", {}) {}

export interface Lease {
  /** Writes to the ledger, which says whether the export is this runner's; fails with `Stale` when it is not. */
  readonly renew: (
    written: Effect.Effect<boolean, FleetDatabaseFailed>
  ) => Effect.Effect<void, FleetDatabaseFailed | Stale>
  /** The same client, whose requests wait until it is certain whose the export is. */
  readonly guard: (client: HttpClient.HttpClient) => HttpClient.HttpClient
  /** Fails with `Stale` as soon as that is known. */
  readonly lost: Effect.Effect<never, Stale>
}

export interface Options {
  /** Writes a sign of life to the ledger. */
  readonly sign: Effect.Effect<boolean, FleetDatabaseFailed>
  /** How long what the ledger said counts: not longer than it takes until another runner has the export. */
  readonly lasts: Duration.Input
}

/** The lease of an export that was claimed just now. */
export const make = Effect.fnUntraced(function* ({ lasts, sign }: Options): Effect.fn.Return<Lease> {
  const longest = Duration.toMillis(Duration.fromInputUnsafe(lasts))
  const lost = yield* Deferred.make<never, Stale>()
  const { withPermit } = yield* Semaphore.make(1)
  let until = (yield* Clock.currentTimeMillis) + longest

  const renew: Lease["renew"] = Effect.fnUntraced(function* (written) {
    const now = yield* Clock.currentTimeMillis
    if (!(yield* written)) {
      const stale = new Stale()
      yield* Deferred.fail(lost, stale)
      return yield* stale
    }
    until = Math.max(until, now + longest)
  })

  const counts = Effect.map(Clock.currentTimeMillis, (now) => now < until)
  // As long as the database is away, nobody knows; whoever waits for an answer to `Stale` is interrupted.
  const certain = Effect.retry(renew(sign), {
    while: ({ _tag }) => _tag === "FleetDatabaseFailed",
    schedule: Schedule.spaced("1 seconds")
  }).pipe(Effect.catch(() => Effect.never))
  const ask = withPermit(Effect.flatMap(counts, (so) => (so ? Effect.void : certain)))
  const must = Effect.flatMap(counts, (so) => (so ? Effect.void : ask))

  return {
    renew,
    guard: HttpClient.mapRequestEffect((request) => Effect.as(must, request)),
    lost: Deferred.await(lost)
  }
})
