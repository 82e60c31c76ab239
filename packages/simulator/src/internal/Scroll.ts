/** The scroll over all companies: one at a time in a workspace, and gone when nobody asks for a minute. */
import type { Collection, Row } from "./Collection.ts"
import * as Prng from "./Prng.ts"

/** What a request for a page of the scroll gets. */
export type Turn =
  | { readonly _tag: "Page"; readonly param: string; readonly rows: ReadonlyArray<Row> }
  /** Another scroll is open. */
  | { readonly _tag: "Exists" }
  /** There is no scroll of this name, or no longer. */
  | { readonly _tag: "NotFound" }

export interface Scroll {
  /** The next page; without `param` the first one of a new scroll. `now` is in milliseconds. */
  readonly turn: (param: string | undefined, now: number) => Turn
  /** Ends the scroll that is open: nobody can resume it. */
  readonly break: () => void
}

const perPage = 100
const idle = 60_000

interface Open {
  readonly param: string
  /** The records there were when it was opened. */
  readonly end: number
  next: number
  used: number
}

export const make = (companies: Collection, seed: number): Scroll => {
  let open: Open | undefined
  let count = 0

  const page = (scroll: Open): ReadonlyArray<Row> => {
    const rows: Array<Row> = []
    while (rows.length < perPage && scroll.next < scroll.end) {
      const row = companies.get(scroll.next++)
      if (row !== undefined) rows.push(row)
    }
    return rows
  }

  return {
    break: () => {
      open = undefined
    },
    turn: (param, now) => {
      if (open !== undefined && now - open.used >= idle) open = undefined
      if (param === undefined) {
        if (open !== undefined) return { _tag: "Exists" }
        open = { param: paramOf(seed, count++), end: companies.slots(), next: 0, used: now }
      }
      if (open === undefined || (param !== undefined && param !== open.param)) return { _tag: "NotFound" }
      open.used = now
      const turn: Turn = { _tag: "Page", param: open.param, rows: page(open) }
      if (turn.rows.length === 0) open = undefined
      return turn
    }
  }
}

/** A UUID, as live. */
const paramOf = (seed: number, count: number): string => {
  const hex = [1, 2, 3, 4].map((part) => Prng.hash(seed, 0x5c01, count, part).toString(16).padStart(8, "0")).join("")
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")
}
