/** The API's times, in seconds since 1970-01-01T00:00:00Z, and those of programs: `DateTime`, `Date`, "7 days ago". */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

/**
 * The moment a field of a record tells. None when the field is null or missing, and when the number is beyond what a
 * `DateTime` can hold.
 *
 * @example
 * ```ts
 * import { type Contact, UnixTime } from "@effect-intercom/core"
 *
 * const lastSeen = (contact: Contact) => UnixTime.toDateTime(contact.last_seen_at)
 * ```
 */
export const toDateTime = (seconds: number | null | undefined): Option.Option<DateTime.Utc> =>
  DateTime.make((seconds ?? Number.NaN) * 1000)

/** A moment as a request takes it: whole seconds, rounded down. */
export const fromDateTime: (moment: DateTime.DateTime) => number = DateTime.toEpochSeconds

/** The moment a field of a record tells, as a `Date`; none where {@link toDateTime} is none. */
export const toDate = (seconds: number | null | undefined): Option.Option<Date> =>
  Option.map(toDateTime(seconds), DateTime.toDate)

/**
 * A moment as a request takes it: whole seconds, rounded down. None for a `Date` that is no moment, as that of a text
 * nobody understands.
 *
 * @example
 * ```ts
 * import { UnixTime } from "@effect-intercom/core"
 *
 * const since = UnixTime.fromDate(new Date("2026-11-30T09:00:00Z"))
 * ```
 */
export const fromDate = (date: Date): Option.Option<number> => Option.map(DateTime.make(date), fromDateTime)

/** What time it is, by the `Clock`. */
export const now: Effect.Effect<number> = Effect.map(Clock.currentTimeMillis, (millis) => Math.floor(millis / 1000))

/**
 * A time ago, by the `Clock`.
 *
 * @example
 * ```ts
 * import { Conversations, Search, UnixTime } from "@effect-intercom/core"
 * import { Effect, Stream } from "effect"
 *
 * // The conversations of the last seven days.
 * const recent = Effect.gen(function* () {
 *   const { search } = yield* Conversations
 *   const query = Search.conversation("created_at", ">", yield* UnixTime.ago("7 days"))
 *   return yield* Stream.runCollect(search.items({ query }))
 * })
 * ```
 */
export const ago = (duration: Duration.Input): Effect.Effect<number> => shifted(duration, -1)

/**
 * A time from now, by the `Clock`: `conversations.snooze` takes one.
 *
 * @example
 * ```ts
 * import { UnixTime } from "@effect-intercom/core"
 *
 * const tomorrow = UnixTime.fromNow("1 day")
 * ```
 */
export const fromNow = (duration: Duration.Input): Effect.Effect<number> => shifted(duration, 1)

const shifted = (duration: Duration.Input, sign: 1 | -1): Effect.Effect<number> =>
  Effect.map(Clock.currentTimeMillis, (millis) =>
    Math.floor((millis + sign * Duration.toMillis(Duration.fromInputUnsafe(duration))) / 1000)
  )
