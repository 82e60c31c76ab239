/**
 * What changed shortly before an export started, or after: the next one, whose window overlaps, leaves it out unless it
 * changed again. It is kept in memory, and written once, with the last checkpoint.
 */
import type { Recent } from "../Checkpoint.ts"
import type { Received } from "../Table.ts"
import * as Keys from "./Keys.ts"

/** Digests of the ids, by the second of the change. */
export type Changed = Map<number, Set<string>>

/** When a record changed, in Unix seconds. */
export type ChangedAt = (record: Received) => number | undefined

/** When a record changed, by one of its fields. */
export const changedAt =
  (field: string): ChangedAt =>
  (record) => {
    const at = record[field]
    return typeof at === "number" ? at : undefined
  }

const digestOf = ({ id }: Received) => Keys.digest(String(id))

/** Remembers a record that changed at a moment, if that is `after` or later. */
export const add = (changed: Changed, record: Received, at: number | undefined, after: number): void => {
  if (at === undefined || at < after) return
  const digests = changed.get(at)
  if (digests === undefined) changed.set(at, new Set([digestOf(record)]))
  else digests.add(digestOf(record))
}

/** Whether the version of a record that is of a moment is remembered. */
export const has = (changed: Changed, record: Received, at: number): boolean =>
  changed.get(at)?.has(digestOf(record)) ?? false

/** As it is written. */
export const encode = (changed: Changed): Recent =>
  Object.fromEntries(Array.from(changed, ([at, digests]) => [String(at), [...digests].join("")]))

/** As it was written, but for what changed before `after`. */
export const decode = (recent: Recent, after: number): Changed => {
  const changed: Changed = new Map()
  for (const [name, value] of Object.entries(recent)) {
    // An earlier version wrote the time of each id.
    if (typeof value === "number") add(changed, { id: name }, value, after)
    else if (Number(name) >= after) changed.set(Number(name), new Set(value.match(digests)))
  }
  return changed
}

const digests = new RegExp(`.{${Keys.digestLength}}`, "g")
