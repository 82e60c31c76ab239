import type * as Clock from "effect/Clock"
import type * as Headers from "effect/http/Headers"
import * as Monotonic from "./Monotonic.ts"

/**
 * What time it is for the server, in Unix milliseconds: its resets and dates are moments of its own clock. This machine's
 * may be wrong, or be set while a program runs.
 */
export interface ServerTime {
  /** Learns from the `Date` of an answer that just came to a request that left at `sent` (monotonic milliseconds). */
  readonly learn: (headers: Headers.Headers, sent: number, clock: Clock.Clock) => void
  readonly now: (clock: Clock.Clock) => number
  /** It is earlier than it seemed: the server has not reached a moment that should be over. */
  readonly doubt: () => void
}

export const make = (clock: Clock.Clock): ServerTime => {
  const ownOffset = (clock: Clock.Clock) => clock.currentTimeMillisUnsafe() - Monotonic.millisOf(clock)
  const first = ownOffset(clock)
  let doubts = 0
  /** The server's time less the monotonic one lies between these, by the dates it sent. */
  let bounds: { readonly least: number; readonly most: number } | undefined
  return {
    learn: (headers, sent, clock) => {
      const date = Date.parse(headers["date"] ?? "")
      if (Number.isNaN(date)) return
      // It was written after the request left, before the answer came, and is cut to the second.
      const least = date - Monotonic.millisOf(clock)
      const most = date + 1000 - sent
      const narrowed = { least: Math.max(least, bounds?.least ?? least), most: Math.min(most, bounds?.most ?? most) }
      // Where they contradict one another, a clock was set, or this machine slept.
      bounds = narrowed.least <= narrowed.most ? narrowed : { least, most }
    },
    now: (clock) => {
      const elapsed = Monotonic.millisOf(clock)
      const own = ownOffset(clock)
      // Without a date, a clock that was set back is not believed: it would hold up everything for as long.
      if (bounds === undefined) return elapsed + Math.max(first, own) - doubts * step
      // To the millisecond while this machine may be right; else the earlier, as nobody minds who waits too long.
      return elapsed + (doubts === 0 && own >= bounds.least && own <= bounds.most ? own : bounds.least)
    },
    doubt: () => {
      doubts++
    }
  }
}

// So much earlier it is taken to be with each doubt, in milliseconds.
const step = 250
