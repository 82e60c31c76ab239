/** Whether a walk gets anywhere: bounded by what it has seen, and by what the API counts. */
import { Endless } from "../ExportError.ts"
import type { Received } from "../Table.ts"
import * as Keys from "./Keys.ts"

/** Pages in a row that may have nothing new: small ones, in a listing that shifts while it is read. */
const patience = 8

/** A count may be a little behind. */
const slack = 1000

/** What tells records apart; events, whose `id` is their contact's, by name and second. */
const identity = ({ created_at, event_name, id }: Received) =>
  `${String(id)} ${String(event_name)} ${String(created_at)}`

export interface Page {
  readonly records: ReadonlyArray<Received>
  /** How many there are with those that do not fit. */
  readonly read: number
  readonly cursor: string | undefined
  readonly total: number | undefined
}

/** Takes each page of a walk; the failure of one that leads nowhere. */
export const make = (): ((page: Page) => Endless | undefined) => {
  const seen = Keys.make()
  let read = 0
  let stale = 0
  return (page) => {
    read += page.read
    const fresh = page.records.filter((record) => seen.add(identity(record))).length
    // What does not fit may have nothing to tell it apart.
    stale = fresh > 0 || page.read > page.records.length ? 0 : stale + 1
    if (page.cursor === undefined) return undefined
    if (stale >= patience) return new Endless({ cursor: page.cursor, repeats: "pages" })
    const { total = 0 } = page
    return total > 0 && read > 2 * total + slack ? new Endless({ cursor: page.cursor, repeats: "records" }) : undefined
  }
}
