/**
 * Records of one kind: those the seed makes, made when asked for, then those added since. A record keeps its *slot* for
 * good, which is the index of a seeded one; its *position* in the listing moves up when one before it is removed.
 */
import { identity } from "effect/Function"
import * as Gaps from "./Gaps.ts"

/** A record, as it is sent. */
export interface Row {
  readonly id: string
  readonly [field: string]: unknown
}

/** What became of a slot. */
export interface Change {
  readonly slot: number
  /** The record from now on; `undefined`: it is gone. */
  readonly row: Row | undefined
  /** When it happened, in Unix milliseconds. */
  readonly at: number
}

export interface Collection {
  /** How many records are listed. */
  readonly size: () => number
  /** The record at a position below `size`. */
  readonly at: (position: number) => Row
  /** How many records are listed before this slot. */
  readonly positionOf: (slot: number) => number
  /** The slot of the record that has this id, or had it until it was removed. */
  readonly slotOf: (id: string) => number | undefined
  /** How many records are the seed's. */
  readonly seeds: number
  /** The record of the seed at an index. */
  readonly seeded: (index: number) => Row
  /** The record in a slot, as it is or last was. */
  readonly last: (slot: number) => Row
  /** The record in a slot; `undefined` when it was removed or there never was one. */
  readonly get: (slot: number | undefined) => Row | undefined
  /**
   * The record with this id, as it is kept, if it was changed since it was seeded, or is none of the seed's; null when it is
   * gone.
   */
  readonly changed: (id: string) => Row | null | undefined
  /** A record of this collection, with what it has copies of as that is now. */
  readonly fresh: (row: Row) => Row
  /** The record with this id. */
  readonly find: (id: string) => Row | undefined
  /** The record that has a value no other has, by the name of its `unique`. */
  readonly by: (name: string, value: string) => Row | undefined
  /** One more than the last slot. */
  readonly slots: () => number
  /** Every slot that is not as seeded, in the order of the changes. */
  readonly changes: ReadonlyArray<Change>
  /** The id of the next record to be added; `now` is in Unix seconds. */
  readonly nextId: (now: number) => string
  /** Adds a record at the end. Here as below, `at` is in Unix milliseconds. */
  readonly add: (row: Row, at: number) => void
  /** Puts a record in the place of the one with its id; false when there is none. */
  readonly replace: (row: Row, at: number) => boolean
  /** Removes the record with this id; false when there is none. */
  readonly remove: (id: string, at: number) => boolean
}

/** A value that no two records have. */
export interface Unique {
  readonly of: (row: Row) => string | undefined
  /** The index of the seeded record that a value is of, should it be of one. */
  readonly indexOf: (value: string) => number | undefined
}

export interface Options {
  readonly count: number
  readonly generate: (index: number) => Row
  /** The index an id of a generated record carries; whether the record has that id is checked here. */
  readonly indexOf: (id: string) => number | undefined
  /** The id of a record that is added to a slot, at `now` in Unix seconds. */
  readonly nextId: (slot: number, now: number) => string
  readonly unique?: { readonly [name: string]: Unique } | undefined
  /** Fields of generated records that are to be other than generated, by index. */
  readonly overrides?: { readonly [index: number]: { readonly [field: string]: unknown } } | undefined
  /** What a record is when it is read: with what it has copies of as that is now. */
  readonly fresh?: ((row: Row) => Row) | undefined
  /** Told of each record that is added (there is none before), replaced, or removed (there is none after). */
  readonly onChange?: ((before: Row | undefined, after: Row | undefined) => void) | undefined
}

/** Some records, listed like a collection. */
export const of = (rows: ReadonlyArray<Row>): Collection =>
  make({
    count: rows.length,
    // It is asked for indexes below the count only.
    generate: (index) => rows[index] as Row,
    indexOf: (id) => rows.findIndex((row) => row.id === id),
    nextId: String
  })

export const make = ({
  count,
  fresh = identity,
  generate,
  indexOf,
  nextId,
  onChange = () => {},
  overrides = {},
  unique = {}
}: Options): Collection => {
  const rows = new Map<number, Row>()
  const ids = new Map<string, number>()
  // The slots of records that are not as seeded, by their unique values; of seeded ones, the values carry the index.
  const known = new Map<string, number>()
  const removed = Gaps.make()
  const changes: Array<Change> = []
  let slots = count

  const kept = (slot: number): Row => rows.get(slot) ?? generate(slot)

  const last = (slot: number): Row => fresh(kept(slot))

  const set = (slot: number, row: Row, at: number) => {
    rows.set(slot, row)
    ids.set(row.id, slot)
    for (const [name, { of }] of Object.entries(unique)) {
      const value = of(row)
      if (value !== undefined) known.set(JSON.stringify([name, value]), slot)
    }
    changes.push({ slot, row, at })
  }

  for (const [key, fields] of Object.entries(overrides)) {
    const index = Number(key)
    if (index < count) set(index, { ...generate(index), ...fields }, Number.NEGATIVE_INFINITY)
  }

  const slotOf = (id: string) => {
    const known = ids.get(id)
    if (known !== undefined) return known
    const index = indexOf(id)
    return index !== undefined && index < count && kept(index).id === id ? index : undefined
  }

  const get = (slot: number | undefined) =>
    slot === undefined || slot >= slots || removed.has(slot) ? undefined : last(slot)

  const liveSlot = (id: string) => {
    const slot = slotOf(id)
    return get(slot) === undefined ? undefined : slot
  }

  return {
    size: () => slots - removed.size(),
    at: (position) => last(removed.at(position)),
    positionOf: removed.positionOf,
    slotOf,
    seeds: count,
    seeded: generate,
    last,
    get,
    changed: (id) => {
      const slot = ids.get(id)
      return slot === undefined ? undefined : removed.has(slot) ? null : kept(slot)
    },
    fresh,
    find: (id) => get(slotOf(id)),
    by: (name, value) => {
      const seeded = unique[name]?.indexOf(value)
      const slots = [
        known.get(JSON.stringify([name, value])),
        seeded !== undefined && seeded < count ? seeded : undefined
      ]
      // The record may have another value by now.
      return slots.map(get).find((row) => row !== undefined && unique[name]?.of(row) === value)
    },
    slots: () => slots,
    changes,
    nextId: (now) => nextId(slots, now),
    add: (row, at) => {
      set(slots++, row, at)
      onChange(undefined, row)
    },
    replace: (row, at) => {
      const slot = liveSlot(row.id)
      if (slot === undefined) return false
      const before = last(slot)
      set(slot, row, at)
      onChange(before, row)
      return true
    },
    remove: (id, at) => {
      const slot = liveSlot(id)
      if (slot === undefined) return false
      const before = last(slot)
      rows.set(slot, before)
      ids.set(id, slot)
      removed.leaveOut(slot)
      changes.push({ slot, row: undefined, at })
      onChange(before, undefined)
      return true
    }
  }
}
