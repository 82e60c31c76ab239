/** What happens in a workspace by itself: to records whose time has come. */
import * as Latch from "effect/Latch"
import type * as Kind from "../Kind.ts"
import type { Collection, Row } from "./Collection.ts"

export interface Alarms {
  /** Looks at a record that changed: it may have a time. */
  readonly watch: (kind: string, row: Row) => void
  /** Lets happen what was to happen until `now`, in Unix milliseconds; false when that is nothing. */
  readonly run: (now: number) => boolean
  /** The next time something happens, in Unix milliseconds. */
  readonly next: () => number | undefined
  /** Opened when there is another time. */
  readonly latch: Latch.Latch
}

interface Alarm {
  readonly kind: string
  readonly id: string
  /** Unix seconds. */
  readonly at: number
}

export const make = (kinds: { readonly [name: string]: Kind.Top }, workspaceOf: () => Kind.Workspace): Alarms => {
  // The next one first.
  const alarms: Array<Alarm> = []
  const latch = Latch.makeUnsafe(false)
  const next = () => {
    const [first] = alarms
    return first === undefined ? undefined : first.at * 1000
  }
  const collectionOf = ({ collections }: Kind.Workspace, kind: string): Collection =>
    // There is one for each kind.
    (collections as { readonly [name: string]: Collection })[kind] as Collection
  const ring = ({ at, id, kind }: Alarm, now: number) => {
    const workspace = workspaceOf()
    const collection = collectionOf(workspace, kind)
    const row = collection.find(id)
    const due = kinds[kind]?.due
    // It may have another time by now, or none.
    if (row === undefined || due?.at(row) !== at) return
    // Not before what happened already.
    const last = collection.changes.at(-1)?.at ?? 0
    due.happen(row, workspace, Math.min(Math.max(at * 1000, last), now))
  }
  return {
    watch: (kind, row) => {
      const at = kinds[kind]?.due?.at(row)
      if (at === undefined) return
      const after = alarms.findIndex((alarm) => alarm.at > at)
      alarms.splice(after < 0 ? alarms.length : after, 0, { kind, id: row.id, at })
      latch.openUnsafe()
    },
    run: (now) => {
      let ran = false
      for (let [first] = alarms; first !== undefined && first.at * 1000 <= now; [first] = alarms) {
        alarms.shift()
        ring(first, now)
        ran = true
      }
      return ran
    },
    next,
    latch
  }
}
