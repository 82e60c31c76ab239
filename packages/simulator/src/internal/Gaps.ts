/** The integers from 0 on without some of them: each question costs a binary search, however many there are. */
import * as Bisect from "./Bisect.ts"

export interface Gaps {
  /** How many are left out. */
  readonly size: () => number
  readonly has: (value: number) => boolean
  readonly leaveOut: (value: number) => void
  /** How many that are left in are less than `value`. */
  readonly positionOf: (value: number) => number
  /** The integer at a position among those left in. */
  readonly at: (position: number) => number
}

export const make = (): Gaps => {
  const out: Array<number> = []
  // Callers stay below `out.length`.
  const outAt = (index: number) => out[index] as number
  const below = (value: number) => Bisect.first(out.length, (index) => outAt(index) >= value)
  const has = (value: number) => out[below(value)] === value
  return {
    size: () => out.length,
    has,
    leaveOut: (value) => {
      if (!has(value)) out.splice(below(value), 0, value)
    },
    positionOf: (value) => value - below(value),
    at: (position) => position + Bisect.first(out.length, (index) => outAt(index) - index > position)
  }
}
