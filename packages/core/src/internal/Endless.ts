import * as Json from "../Json.ts"

/** A page that is not the last. */
export interface Page {
  readonly records: ReadonlyArray<unknown>
  readonly next: string
  /** How many records the API counts, if it does. */
  readonly total: number | undefined
}

// An empty page that is not the last is odd, a row of them is a server that makes cursors up.
const mostEmpty = 10

// Cursors that come again soon are found out at once.
const remembered = 64

/** Records come twice where they change during a walk, and more are made; not that many. */
const most = (total: number): number => 4 * total + 10_000

/**
 * Watches a walk for signs that it would never end, and says what is wrong. What it keeps does not grow with the walk:
 * the last cursors, and two pages. One of them is replaced after 1, 2, 4, 8 … pages (Brent's way to find cycles): a
 * walk in circles comes back to it twice, in the same number of pages, however long the circle is. One page that comes
 * again proves nothing: records move while a walk is under way.
 *
 * `origins` are the cursors the walk began at; without them cursors tell nothing, as all are the same.
 */
export const watch = (origins: ReadonlyArray<string | null | undefined> | undefined) => {
  const recent = new Set<string | null | undefined>()
  const seen = (cursor: string): boolean => {
    if (origins === undefined) return false
    if (origins.includes(cursor) || recent.has(cursor) || cursor === mark.next) return true
    recent.add(cursor)
    if (recent.size > remembered) recent.delete(recent.values().next().value)
    return false
  }

  let mark: { readonly ids: ReadonlyArray<unknown>; readonly next: string | undefined } = { ids: [], next: undefined }
  let patience = 1
  let since = 0
  let returns = new Set<number>()
  /** Whether the walk has gone round a circle twice, or came back to one page more often than any walk does. */
  const circles = (ids: ReadonlyArray<unknown>, next: string): boolean => {
    since++
    if (same(ids, mark.ids)) {
      if (returns.has(since / 2) || returns.size === remembered) return true
      returns.add(since)
    }
    if (since < patience) return false
    mark = { ids, next }
    patience *= 2
    since = 0
    returns = new Set()
    return false
  }

  let previous: ReadonlyArray<unknown> = []
  let empty = 0
  let count = 0
  let counted: number | undefined

  return ({ next, records, total }: Page): string | undefined => {
    if (seen(next)) return `The API gave the cursor ${next} twice`
    empty = records.length === 0 ? empty + 1 : 0
    if (empty > mostEmpty) return `The API answered with ${empty} empty pages in a row`
    const ids = records.map(identity)
    if (same(ids, previous)) return "The API answered with the same page twice"
    previous = ids
    if (circles(ids, next)) return "The API answered with the same pages again and again"
    count += records.length
    if (total !== undefined) counted = Math.max(counted ?? 0, total)
    return counted !== undefined && count > most(counted)
      ? `The API counts ${counted} records, and gave ${count}`
      : undefined
  }
}

/** What tells a record from another: its id, or all of it where there is none. */
const identity = (record: unknown): unknown =>
  (record as { readonly id?: unknown } | null)?.id ?? Json.stringify(record)

/** Whether two pages have the same records, if any. */
const same = (ids: ReadonlyArray<unknown>, others: ReadonlyArray<unknown>): boolean =>
  ids.length > 0 && ids.length === others.length && ids.every((id, index) => id === others[index])
