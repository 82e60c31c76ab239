/** Calendar days of a time zone, in Unix seconds. */
import * as DateTime from "effect/DateTime"

export interface Days {
  /** The first second of the day a time is in. */
  readonly start: (seconds: number) => number
  /** The last second of the day a time is in. */
  readonly end: (seconds: number) => number
}

export const make = (timeZone: DateTime.TimeZone): Days => {
  const startOf = DateTime.startOf("day")
  const dayOf = (seconds: number) => startOf(DateTime.setZone(DateTime.makeUnsafe(seconds * 1000), timeZone))
  const toSeconds = (time: DateTime.DateTime) => Math.floor(DateTime.toEpochMillis(time) / 1000)
  return {
    start: (seconds) => toSeconds(dayOf(seconds)),
    // Days have 23 or 25 hours where clocks change, and do not always start at midnight.
    end: (seconds) => toSeconds(startOf(DateTime.add(dayOf(seconds), { days: 1 }))) - 1
  }
}
