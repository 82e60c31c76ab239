/** `--since`: a moment, or the last export. */
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Result from "effect/Result"

/** Unix seconds, or the last export into the same place. */
export type Since = number | "last"

export const forms =
  "last, a date such as 2026-11-20, 2026-11 or 2026, ISO 8601 such as 2026-11-20T08:30:00+01:00, or Unix seconds"

const pattern = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?)?$/i

/** `2026`, `2026-11` and `20261120` are the start of what they name. */
const start = (text: string): string => {
  const [, year, month, day] = /^(\d{4})(?:(\d\d)(\d\d))?$/.exec(text) ?? []
  if (year !== undefined) return `${year}-${month ?? "01"}-${day ?? "01"}`
  return /^\d{4}-\d\d$/.test(text) ? `${text}-01` : text
}

/** A day that is in the calendar: 30 February is not, though dates can be made of it. */
const isDay = (day: string): boolean =>
  Option.exists(DateTime.make(`${day}T00:00:00Z`), (time) => DateTime.formatIso(time).startsWith(day))

/** The seconds of ISO 8601. A date alone is midnight UTC, and a time without a zone is UTC. */
export const fromIso = (text: string): Option.Option<number> => {
  const [, day, time = "00:00", zone = "Z"] = pattern.exec(text) ?? []
  if (day === undefined || !isDay(day)) return Option.none()
  const offset = zone.toUpperCase().replace(/^([+-]\d\d)(\d\d)$/, "$1:$2")
  return Option.map(DateTime.make(`${day}T${time}${offset}`), (found) =>
    Math.floor(DateTime.toEpochMillis(found) / 1000)
  )
}

/** The seconds of early 1973: whoever means a time since then writes nine digits or more. */
const earliest = 100_000_000

const secondsOf = (text: string): Option.Option<number> => {
  if (text === "0") return Option.some(0)
  return /^\d{9,15}$/.test(text) ? Option.some(Number(text)) : fromIso(start(text))
}

/** Reads it; fails with what is expected instead. `now`: Unix seconds. */
export const parse = (text: string, now: number): Result.Result<Since, string> => {
  if (text === "last") return Result.succeed("last")
  const seconds = secondsOf(text)
  if (Option.isNone(seconds)) return Result.fail(forms)
  if (seconds.value > now) {
    // 1e11 seconds are the year 5138.
    return Result.fail(seconds.value > 1e11 ? "seconds, not milliseconds" : "a moment that is past")
  }
  return seconds.value < earliest && text !== "0" ? Result.fail("a moment after 1973") : Result.succeed(seconds.value)
}
