/** A workspace made from two numbers: which records there are, when each was created, and where a search finds them. */
import type { Query } from "@effect-intercom/export/Windows"

export const resources = ["contacts", "conversations"] as const
export type Resource = (typeof resources)[number]

const day = 86_400
const start = 1_600_000_000
const span = 1_500 * day

/** When record `n` of `count` was created, in Unix seconds: later than the one before, and with each day there are more. */
export const createdAt = (n: number, count: number): number => start + Math.floor(span * Math.sqrt(n / count))

/** The first and the last moment a record may be from. */
export const [oldest, newest] = [start, start + span]

/** What a time is compared by: contacts by the day, in UTC, and conversations by the second. */
const unitOf = (resource: Resource): ((seconds: number) => number) =>
  resource === "contacts" ? (seconds) => Math.floor(seconds / day) : (seconds) => seconds

type Comparison = Extract<Query, { readonly field: string }>

/** A query of a window of time, for all records in it: nothing here exports some only. */
export type Windowed = Comparison | Extract<Query, { readonly value: readonly [unknown, unknown] }>

/** The records a query finds: those from a number on, up to another one without it. */
export type Range = readonly [from: number, to: number]

/** A search of the kind an export makes: what it finds are neighbours in the order of their creation. */
export const find = (resource: Resource, query: Windowed, count: number): Range => {
  const unit = unitOf(resource)
  /** The first record in the unit of a moment; or in a later one. */
  const first = (seconds: number, later: number): number => {
    const wanted = unit(seconds) + later
    let [low, high] = [0, count]
    while (low < high) {
      const middle = (low + high) >> 1
      if (unit(createdAt(middle, count)) >= wanted) high = middle
      else low = middle + 1
    }
    return low
  }
  const compare = ({ operator, value }: Comparison): Range => {
    if (operator === ">") return [first(value, 1), count]
    return operator === "<" ? [0, first(value, 0)] : [first(value, 0), first(value, 1)]
  }
  if ("field" in query) return compare(query)
  const [{ value: all }, one] = query.value
  const ranges = all.map(compare)
  const [from, to] = [Math.max(...ranges.map(([from]) => from)), Math.min(...ranges.map(([, to]) => to))]
  const [otherFrom, otherTo] = compare(one)
  return from >= to ? [otherFrom, otherTo] : [Math.min(from, otherFrom), Math.max(to, otherTo)]
}
