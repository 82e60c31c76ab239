/** A search as the API's: over records with a time, compared by the second or by the day of some zone. */
import type * as Walk from "@effect-intercom/export/Walk"
import type * as Windows from "@effect-intercom/export/Windows"
import { BadRequest, IntercomError, ServerError } from "@effect-intercom/core/IntercomError"
import { Cursor } from "@effect-intercom/core/Pagination"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"

export interface Item {
  readonly id: string
  readonly created_at: number
}

/** The number of the second, or of the day, that holds a moment. */
export type Granularity = (seconds: number) => number

export const bySecond: Granularity = (seconds) => seconds

/** Days of a zone, its changes of the clock included. */
export const byDay = (timeZone: string): Granularity => {
  const format = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" })
  const known = new Map<number, number>()
  return (seconds) => {
    const found = known.get(seconds)
    if (found !== undefined) return found
    const day = Date.parse(`${format.format(seconds * 1000)}T00:00:00Z`) / 86_400_000
    known.set(seconds, day)
    return day
  }
}

type Node =
  | { readonly field: string; readonly operator: string; readonly value: unknown }
  | { readonly operator: "AND" | "OR"; readonly value: ReadonlyArray<Node> }

const matches = (query: Node, time: number, unit: Granularity): boolean => {
  if ("field" in query) {
    const [at, value] = [unit(time), unit(Number(query.value))]
    return query.operator === ">" ? at > value : query.operator === "<" ? at < value : at === value
  }
  const holds = (part: Node) => matches(part, time, unit)
  return query.operator === "AND" ? query.value.every(holds) : query.value.some(holds)
}

const failed = (reason: BadRequest | ServerError) =>
  new IntercomError({ operation: "Fake.search", method: "POST", path: "/fake/search", reason })

export interface Options {
  readonly items: ReadonlyArray<Item>
  readonly unit: Granularity
  /** Larger pages end in a 504. */
  readonly largest?: number
}

export const make = ({ items, largest = Infinity, unit }: Options) => {
  const requests: Array<{ readonly size: number; readonly cursor: string | undefined }> = []
  const sorted = items.toSorted((a, b) => a.created_at - b.created_at || (a.id < b.id ? -1 : 1))
  // A cursor says after which record the page starts, as the API's do: it is good for any page size.
  const keyOf = ({ created_at, id }: Item) => `${String(created_at).padStart(12, "0")}/${id}`

  const search: Windows.Options<never>["search"] =
    ({ order, query, size }) =>
    (options) =>
      Stream.paginate(options.from, (from) =>
        Effect.gen(function* () {
          requests.push({ size, cursor: from })
          if (size > largest) {
            return yield* Effect.fail(failed(new ServerError({ status: 504, errors: [] })))
          }
          const found = sorted.filter(({ created_at }) => matches(query, created_at, unit))
          const rows = order === "descending" ? found.toReversed() : found
          const rest = from === undefined ? rows : rows.filter((item) => keyOf(item) > from)
          const page = rest.slice(0, size)
          const last = page.at(-1)
          const next = rest.length > size && last !== undefined ? Cursor.make(keyOf(last)) : undefined
          return [
            [{ items: page, total: rows.length, ...(next === undefined ? {} : { cursor: next }) }],
            next === undefined ? undefined : next
          ] as const
        }).pipe(Effect.map(([pages, next]) => [pages, optionOf(next)] as const))
      )
  return { search, requests, sorted }
}

const optionOf = <A>(value: A | undefined) => Option.fromUndefinedOr(value)

export const idsOf = (steps: ReadonlyArray<Walk.Step>) => steps.flatMap(({ records }) => records.map(({ id }) => id))
