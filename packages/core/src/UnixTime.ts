/** The API's times, in seconds since 1970-01-01T00:00:00Z, and `DateTime`. */
import * as DateTime from "effect/DateTime"
import type * as Option from "effect/Option"

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
