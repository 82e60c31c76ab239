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
export const changedAt = ({ updated_at }: Received): number | undefined =>
  typeof updated_at === "number" ? updated_at : undefined

const digestOf = ({ id }: Received) => Keys.digest(String(id))

/** Remembers a record, if it changed at `after` or later. */
export const add = (changed: Changed, record: Received, after: number): void => {
  const at = changedAt(record)
  if (at === undefined || at < after) return
  const digests = changed.get(at)
  if (digests === undefined) changed.set(at, new Set([digestOf(record)]))
  else digests.add(digestOf(record))
}

/** Whether this version of a record is remembered. */
export const has = (changed: Changed, record: Received): boolean =>
  changed.get(changedAt(record) ?? -1)?.has(digestOf(record)) ?? false

/** As it is written. */
export const encode = (changed: Changed): Recent =>
  Object.fromEntries(Array.from(changed, ([at, digests]) => [String(at), [...digests].join("")]))

/** As it was written, but for what changed before `after`. */
export const decode = (recent: Recent, after: number): Changed => {
  const changed: Changed = new Map()
  for (const [name, value] of Object.entries(recent)) {
    // An earlier version wrote the time of each id.
    if (typeof value === "number") add(changed, { id: name, updated_at: value }, after)
    else if (Number(name) >= after) changed.set(Number(name), new Set(value.match(digests)))
  }
  return changed
}

const digests = new RegExp(`.{${Keys.digestLength}}`, "g")
