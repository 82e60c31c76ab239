/**
 * A kind's records in the order of a field, as the search knows them: behind by its lag. Seeded records are not made for
 * it. They were created in the order of their index, so that order costs nothing; the order of their last updates is one
 * typed array, made when first asked for. Records that are not as seeded are kept beside them.
 */
import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as Batches from "./Batches.ts"
import * as Bisect from "./Bisect.ts"
import type { Collection, Row } from "./Collection.ts"
import * as Gaps from "./Gaps.ts"
import * as SearchQuery from "./SearchQuery.ts"

/** When seeded records were created and last updated, in Unix seconds. */
export interface Times {
  readonly count: number
  /** Greater for each index. */
  readonly createdAt: (index: number) => number
  readonly updatedAt: (index: number) => number
  /** Greater for each index, as a number or, of one length, as a text. */
  readonly idOf: (index: number) => string
}

/** What records are sorted by. */
export type Sortable = number | string | boolean | null

/** A place in an order. Records of the same value are in the order of their ids. */
export interface Key {
  readonly value: Sortable
  readonly id: string
}

/** Records in ascending order, by their slots. */
export interface Run {
  readonly length: number
  readonly slot: (rank: number) => number
  readonly value: (rank: number) => Sortable
}

/** Records in ascending order, of the seed: where each of them is can be told. */
interface SeededRun extends Run {
  readonly rankOf: (slot: number) => number
}

const typeRanks = ["object", "boolean", "number", "string"]

const compareValues = (a: Sortable, b: Sortable): number => {
  if (a === b) return 0
  if (typeof a !== typeof b) return typeRanks.indexOf(typeof a) - typeRanks.indexOf(typeof b)
  // Of the same type, and neither is null: there is one null only.
  return (a as number) < (b as number) ? -1 : 1
}

/** Ids of digits are in the order of the numbers, ids of one length in that of the texts. */
const compareIds = (a: string, b: string): number => a.length - b.length || (a === b ? 0 : a < b ? -1 : 1)

const compareKeys = (a: Key, b: Key): number => compareValues(a.value, b.value) || compareIds(a.id, b.id)

const toSortable = ([value]: ReadonlyArray<unknown>): Sortable =>
  typeof value === "number" || typeof value === "string" || typeof value === "boolean" ? value : null

/** Seeded records in the order of their creation. */
const byCreation = ({ count, createdAt }: Times): SeededRun => ({
  length: count,
  slot: (rank) => rank,
  value: createdAt,
  rankOf: (slot) => slot
})

/** Seeded records in the order of their last updates. */
const byUpdate = ({ count, createdAt, updatedAt }: Times): SeededRun => {
  // Time and slot in one number, exact up to some ten million records.
  const start = count > 0 ? createdAt(0) : 0
  const keyOf = (slot: number) => (updatedAt(slot) - start) * count + slot
  const keys = new Float64Array(count)
  for (let slot = 0; slot < count; slot++) keys[slot] = keyOf(slot)
  keys.sort()
  // Ranks are below the length.
  const at = (rank: number) => keys[rank] as number
  return {
    length: count,
    slot: (rank) => at(rank) % count,
    value: (rank) => Math.floor(at(rank) / count) + start,
    rankOf: (slot) => {
      const key = keyOf(slot)
      return Bisect.first(count, (rank) => at(rank) >= key)
    }
  }
}

const without = (run: SeededRun, slots: Iterable<number>): Run => {
  const gaps = Gaps.make()
  for (const slot of slots) if (slot < run.length) gaps.leaveOut(run.rankOf(slot))
  return {
    length: run.length - gaps.size(),
    slot: (rank) => run.slot(gaps.at(rank)),
    value: (rank) => run.value(gaps.at(rank))
  }
}

/** What a search asks for. */
export interface Asked {
  readonly filter: SearchQuery.Filter
  readonly sort: SearchQuery.Sort
  /** The same for the same filter. */
  readonly name: string
}

/** Some of the records a search finds. */
export interface Slice {
  readonly slots: ReadonlyArray<number>
  /** Whether there are more after them. */
  readonly more: boolean
}

/** What a search finds; changes after it do not show. */
export interface Found {
  readonly total: number
  /** At most `limit` records that come after a key, or the first ones. */
  readonly take: (after: Key | undefined, limit: number) => Slice
  /** A record that was found. */
  readonly row: (slot: number) => Row
  readonly keyOf: (slot: number, field: string) => Key
}

export interface SearchIndex {
  /**
   * Searches the records as they were `lag` before `now`, both in milliseconds. Where it has to look at many records, it
   * does so in batches, between which other requests are answered.
   */
  readonly find: (asked: Asked, now: number) => Effect.Effect<Found>
}

/** The records as a search sees them. */
interface State {
  /** What is not as seeded, by slot; `None` is gone. */
  readonly changed: HashMap.HashMap<number, Option.Option<Row>>
  readonly ordered: Map<string, ReadonlyArray<Run>>
  readonly results: Map<string, Run>
}

const stateOf = (changed: State["changed"]): State => ({ changed, ordered: new Map(), results: new Map() })

/** A part of a run: ranks from `from` to before `to`. */
interface Part {
  readonly run: Run
  readonly from: number
  readonly to: number
}

const partOf = (run: Run, { from, to }: SearchQuery.Window): Part => ({
  run,
  from: Bisect.first(run.length, (rank) => compareValues(run.value(rank), from) >= 0),
  to: Bisect.first(run.length, (rank) => compareValues(run.value(rank), to) > 0)
})

const sizeOf = (parts: ReadonlyArray<Part>) => parts.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0)

const slotsOf = function* (parts: ReadonlyArray<Part>) {
  for (const { from, run, to } of parts) for (let rank = from; rank < to; rank++) yield run.slot(rank)
}

const timeFields = ["created_at", "updated_at"] as const

// How many results are kept for their next pages.
const kept = 8

export const make = (
  collection: Collection,
  times: Times,
  lag: number,
  valuesOf: (field: string) => (row: Row) => ReadonlyArray<unknown> = SearchQuery.valuesOf
): SearchIndex => {
  const readers = new Map<string, (row: Row) => ReadonlyArray<unknown>>()
  const seeded = new Map<string, SeededRun>()
  let state = stateOf(HashMap.empty())
  let applied = 0

  const refresh = (now: number): State => {
    const before = applied
    let changed = state.changed
    for (let change = collection.changes[applied]; change !== undefined; change = collection.changes[applied]) {
      if (change.at + lag > now) break
      changed = HashMap.set(changed, change.slot, Option.fromUndefinedOr(change.row))
      applied++
    }
    if (applied !== before) state = stateOf(changed)
    return state
  }

  const seededBy = (field: (typeof timeFields)[number]): SeededRun => {
    const run = seeded.get(field) ?? (field === "created_at" ? byCreation(times) : byUpdate(times))
    seeded.set(field, run)
    return run
  }

  const readerOf = (field: string) => {
    const reader = readers.get(field) ?? valuesOf(field)
    readers.set(field, reader)
    return reader
  }

  /** Searches the records of one state. */
  const within = ({ changed, ordered, results }: State) => {
    const current = (slot: number): Row | undefined => Option.getOrUndefined(Option.flatten(HashMap.get(changed, slot)))

    const row = (slot: number): Row => collection.fresh(current(slot) ?? collection.seeded(slot))

    const read = (slot: number, field: string): ReadonlyArray<unknown> => {
      if (!HashMap.has(changed, slot)) {
        if (field === "created_at") return [times.createdAt(slot)]
        if (field === "updated_at") return [times.updatedAt(slot)]
      }
      return readerOf(field)(row(slot))
    }

    const idOf = (slot: number) => current(slot)?.id ?? times.idOf(slot)

    const keyOf = (slot: number, field: string): Key => ({
      // Ids alone decide, in their own order.
      value: field === "id" ? null : toSortable(read(slot, field)),
      id: idOf(slot)
    })

    const sorted = Effect.fnUntraced(function* (slots: Iterable<number>, field: string) {
      const keyed = yield* Batches.map(slots, (slot) => ({ slot, key: keyOf(slot, field) }))
      const order = yield* Batches.sort(keyed, (a, b) => compareKeys(a.key, b.key))
      // Ranks are below the length.
      const at = (rank: number) => order[rank] as (typeof order)[number]
      return {
        length: order.length,
        slot: (rank: number) => at(rank).slot,
        value: (rank: number) => at(rank).key.value
      }
    })

    /** All records in the order of a time: those that are as seeded, and the others. */
    const orderedBy = Effect.fnUntraced(function* (field: (typeof timeFields)[number]) {
      const known = ordered.get(field)
      if (known !== undefined) return known
      const present = HashMap.keys(HashMap.filter(changed, Option.isSome))
      const runs = [without(seededBy(field), HashMap.keys(changed)), yield* sorted(present, field)]
      ordered.set(field, runs)
      return runs
    })

    const windowed = (filter: SearchQuery.Filter, field: (typeof timeFields)[number]) => {
      const window = SearchQuery.windowOf(filter, field)
      return Effect.map(orderedBy(field), (runs) => runs.map((run) => partOf(run, window)))
    }

    /** Every record that is searched for, by looking at those the narrower of both windows has. */
    const filtered = Effect.fnUntraced(function* ({ filter, name, sort }: Asked) {
      const key = JSON.stringify([name, sort.field])
      const known = results.get(key)
      if (known !== undefined) return known
      const created = yield* windowed(filter, "created_at")
      const narrow = SearchQuery.isBounded(filter, "updated_at") ? yield* windowed(filter, "updated_at") : created
      const candidates = sizeOf(narrow) < sizeOf(created) ? narrow : created
      const found = yield* Batches.filter(slotsOf(candidates), (slot) =>
        SearchQuery.holds(filter, (field) => read(slot, field))
      )
      const run = yield* sorted(found, sort.field)
      results.set(key, run)
      for (const oldest of results.keys()) if (results.size > kept) results.delete(oldest)
      return run
    })

    const partsOf = (asked: Asked): Effect.Effect<ReadonlyArray<Part>> => {
      const field = timeFields.find((field) => field === asked.sort.field)
      if (field !== undefined && SearchQuery.windowOf(asked.filter, field).exact) return windowed(asked.filter, field)
      return Effect.map(filtered(asked), (run) => [{ run, from: 0, to: run.length }])
    }

    const beyond = ({ from, run, to }: Part, after: Key, descending: boolean): Part => {
      const compareAt = (rank: number) =>
        compareValues(run.value(rank), after.value) || compareIds(idOf(run.slot(rank)), after.id)
      if (descending) {
        const end = Bisect.first(run.length, (rank) => compareAt(rank) >= 0)
        return { run, from, to: Math.min(to, end) }
      }
      const start = Bisect.first(run.length, (rank) => compareAt(rank) > 0)
      return { run, from: Math.max(from, start), to }
    }

    /** Merges parts, each of which is in order. */
    const merged = (parts: ReadonlyArray<Part>, { descending, field }: SearchQuery.Sort, limit: number): Slice => {
      const heads = parts.map(({ from, run, to }) => ({
        left: Math.max(0, to - from),
        next: (left: number) => run.slot(descending ? from + left - 1 : to - left)
      }))
      const slots: Array<number> = []
      while (slots.length < limit) {
        const [best] = heads
          .filter(({ left }) => left > 0)
          .map((head) => ({ head, slot: head.next(head.left) }))
          .toSorted((a, b) => {
            const order = compareKeys(keyOf(a.slot, field), keyOf(b.slot, field))
            return descending ? -order : order
          })
        if (best === undefined) break
        slots.push(best.slot)
        best.head.left--
      }
      return { slots, more: heads.some(({ left }) => left > 0) }
    }

    const find = (asked: Asked): Effect.Effect<Found> =>
      Effect.map(partsOf(asked), (parts) => ({
        total: sizeOf(parts),
        row,
        keyOf,
        take: (after, limit) =>
          merged(
            after === undefined ? parts : parts.map((part) => beyond(part, after, asked.sort.descending)),
            asked.sort,
            limit
          )
      }))

    return find
  }

  return { find: (asked, now) => Effect.suspend(() => within(refresh(now))(asked)) }
}
