/** How each kind of listing asks for its next page. */
import { PaginationError } from "../IntercomError.ts"
import * as Json from "../Json.ts"
import { Cursor, type Pages, type Style } from "../Pagination.ts"
import { numberOf } from "./Envelope.ts"
import type { Call } from "./Call.ts"

/** A query, whatever its fields. */
export type Query = { readonly [field: string]: unknown }

/** What every listing's body may have, whatever its schema. */
export interface Body {
  readonly pages?: typeof Pages.Type | null
  readonly total_count?: unknown
  readonly scroll_param?: string | null
}

/** The page that was answered. */
interface Answered {
  readonly body: Body
  readonly query: Query
  /** Where it began; `undefined` for the first one. */
  readonly cursor: Cursor | undefined
  /** How many records it had. */
  readonly count: number
  /** How many the walk has read with it; `undefined` where it began after another page. */
  readonly read: number | undefined
  readonly call: Call
  /** The path of the listing, with its ids. */
  readonly path: string
}

export interface PageStyle {
  /** Where a request carries the query. */
  readonly part: "query" | "payload"
  /** The query with so many records a page. */
  readonly sized: (query: Query, pageSize: number) => Query
  /** The cursor a query has of its own. */
  readonly start?: (query: Query) => unknown
  /**
   * The cursor is the same for all pages, as the API keeps the place: a page asked for ahead and not consumed would be
   * lost to whoever resumes from the cursor.
   */
  readonly constant?: true
  /** The request for the page at `cursor`: a query, or a URL the API gave. */
  readonly at: (query: Query, cursor: Cursor, call: Call) => Query | URL | PaginationError
  /** The cursor after a page. */
  readonly next: (page: Answered) => Cursor | undefined | PaginationError
}

export const failure = (description: string, cursor?: string) =>
  new PaginationError({ description, ...(cursor === undefined ? undefined : { cursor }) })

/** What `pages.next` says; an empty text, and an object with nothing in it, say that there is no next page. */
const nextOf = (pages: Body["pages"]) => {
  const next = pages?.next ?? {}
  // The values of a text are its characters.
  return Object.values(next).some((value) => value !== null) ? next : undefined
}

const isLast = (pages: Body["pages"]): boolean => {
  const [page, last] = [numberOf(pages?.page), numberOf(pages?.total_pages)]
  return page !== undefined && last !== undefined && page >= last
}

/** Whether an object says more than how long pages are. */
const namesPage = (next: object): boolean =>
  Object.entries(next).some(([name, value]) => name !== "per_page" && value !== null && value !== "")

const namesMore = (next: string | object): boolean => typeof next === "string" || namesPage(next)

/** The `starting_after` of the next page: an object has it, a URL carries it. */
const startingAfter = ({ body: { pages } }: Answered): Cursor | undefined | PaginationError => {
  const next = nextOf(pages)
  if (next === undefined) return undefined
  if (typeof next !== "string") {
    if (next.starting_after) return Cursor.make(next.starting_after)
    return namesPage(next) && !isLast(pages)
      ? failure(`The next page has no starting_after: ${Json.stringify(next)}`)
      : undefined
  }
  const after = URL.parse(next, "https://localhost")?.searchParams.get("starting_after")
  return after ? Cursor.make(after) : failure(`The next page is a URL without starting_after: ${next}`)
}

const paginationOf = ({ pagination }: Query): Query =>
  typeof pagination === "object" && pagination !== null ? { ...pagination } : {}

const perPage = (query: Query, per_page: number): Query => ({ ...query, per_page })

export const styles: { readonly [Name in Style]: PageStyle } = {
  cursor: {
    part: "query",
    sized: perPage,
    start: ({ starting_after }) => starting_after,
    at: (query, cursor) => ({ ...query, starting_after: cursor }),
    next: startingAfter
  },
  search: {
    part: "payload",
    sized: (query, size) => ({ ...query, pagination: perPage(paginationOf(query), size) }),
    start: (query) => paginationOf(query)["starting_after"],
    at: (query, cursor) => ({ ...query, pagination: { ...paginationOf(query), starting_after: cursor } }),
    next: startingAfter
  },
  page: {
    part: "query",
    sized: perPage,
    at: (query, cursor) =>
      /^[1-9]\d{0,14}$/.test(cursor)
        ? { ...query, page: Number(cursor) }
        : failure(`Not the cursor of a page: ${cursor}`, cursor),
    next: ({ body: { pages, total_count }, count, cursor, query, read }) => {
      if (pages === null || pages === undefined) return undefined
      const asked = cursor === undefined ? (numberOf(query["page"]) ?? 1) : Number(cursor)
      const got = numberOf(pages.page)
      if (got !== undefined && got !== asked) {
        return failure(`Page ${asked} was asked for, the API answered with page ${got}: it would never end`, cursor)
      }
      const last = numberOf(pages.total_pages)
      const next = nextOf(pages)
      const isFirst = (numberOf(query["page"]) ?? 1) === 1
      // Either may be odd; with what is counted, it is certain that some would be left out.
      const isShort = isFirst && read !== undefined && (numberOf(total_count) ?? 0) > read
      if (last !== undefined && asked >= last && isShort && next !== undefined && namesMore(next)) {
        return failure(
          `Page ${asked} says it is the last, but names a next one, and ${read} of ${total_count} were read`
        )
      }
      const more = last === undefined ? next !== undefined && count > 0 : asked < last
      return more ? Cursor.make(String(asked + 1)) : undefined
    }
  },
  scroll: {
    part: "query",
    sized: perPage,
    constant: true,
    at: (query, cursor) => ({ ...query, scroll_param: cursor }),
    next: ({ body: { scroll_param }, count, cursor }) => {
      if (count === 0) return undefined
      return scroll_param
        ? Cursor.make(scroll_param)
        : failure("The page has records but no scroll_param: the rest cannot be asked for", cursor)
    }
  },
  url: {
    part: "query",
    sized: perPage,
    at: (_, cursor, call) =>
      call.resolve(cursor) ??
      failure(`The next page is neither on a host of the API nor at the base URL: ${cursor}`, cursor),
    next: ({ body: { pages }, call, cursor, path }) => {
      const next = nextOf(pages)
      if (next === undefined) return undefined
      if (typeof next !== "string") return failure("The next page is not a URL")
      const resolved = call.resolve(next, cursor ?? path)
      return resolved === undefined
        ? failure(`The next page is neither on a host of the API nor at the base URL: ${next}`)
        : Cursor.make(resolved.pathname + resolved.search)
    }
  },
  single: {
    part: "query",
    sized: perPage,
    at: (query) => query,
    next: ({ body: { pages } }) => {
      const next = nextOf(pages)
      return (next !== undefined && namesMore(next)) || (numberOf(pages?.total_pages) ?? 0) > 1
        ? failure("The answer is one page of several, and this listing is not known to have any but one")
        : undefined
    }
  }
}
