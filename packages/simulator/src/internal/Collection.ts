/**
 * Records of one kind: those the seed makes, made when asked for, then those added since. A record keeps its *slot* for
 * good, which is the index of a seeded one; its *position* in the listing moves up when one before it is removed.
 */
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
  /** The record of the seed at an index. */
  readonly seeded: (index: number) => Row
  /** The record in a slot, as it is or last was. */
  readonly last: (slot: number) => Row
  /** The record in a slot; `undefined` when it was removed or there never was one. */
  readonly get: (slot: number | undefined) => Row | undefined
  /** The record with this id. */
  readonly find: (id: string) => Row | undefined
  /** One more than the last slot. */
  readonly slots: () => number
  /** Every slot that is not as seeded, in the order of the changes. */
  readonly changes: ReadonlyArray<Change>
  /** Adds a record at the end. */
  readonly add: (row: Row, at: number) => number
  readonly replace: (slot: number, row: Row, at: number) => void
  readonly remove: (slot: number, at: number) => void
}

export interface Options {
  readonly count: number
  readonly generate: (index: number) => Row
  /** The index an id of a generated record carries; whether the record has that id is checked here. */
  readonly indexOf: (id: string) => number | undefined
  /** Fields of generated records that are to be other than generated, by index. */
  readonly overrides?: { readonly [index: number]: { readonly [field: string]: unknown } } | undefined
}

export const make = ({ count, generate, indexOf, overrides = {} }: Options): Collection => {
  const rows = new Map<number, Row>()
  const ids = new Map<string, number>()
  const removed = Gaps.make()
  const changes: Array<Change> = []
  let slots = count

  const last = (slot: number): Row => rows.get(slot) ?? generate(slot)

  const replace = (slot: number, row: Row, at: number) => {
    rows.set(slot, row)
    ids.set(row.id, slot)
    changes.push({ slot, row, at })
  }

  for (const [key, fields] of Object.entries(overrides)) {
    const index = Number(key)
    if (index < count) replace(index, { ...generate(index), ...fields }, Number.NEGATIVE_INFINITY)
  }

  const slotOf = (id: string) => {
    const known = ids.get(id)
    if (known !== undefined) return known
    const index = indexOf(id)
    return index !== undefined && index < count && last(index).id === id ? index : undefined
  }

  const get = (slot: number | undefined) =>
    slot === undefined || slot >= slots || removed.has(slot) ? undefined : last(slot)

  return {
    size: () => slots - removed.size(),
    at: (position) => last(removed.at(position)),
    positionOf: removed.positionOf,
    slotOf,
    seeded: generate,
    last,
    get,
    find: (id) => get(slotOf(id)),
    slots: () => slots,
    changes,
    add: (row, at) => {
      const slot = slots++
      replace(slot, row, at)
      return slot
    },
    replace,
    remove: (slot, at) => {
      rows.set(slot, last(slot))
      removed.leaveOut(slot)
      changes.push({ slot, row: undefined, at })
    }
  }
}
