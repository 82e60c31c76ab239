/** Walking over pages. Whatever the style of a listing, a page has items, a cursor to go on from, and maybe a total. */
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { type IntercomError, PaginationError } from "./IntercomError.ts"
import type { Reply } from "./IntercomHttp.ts"
import * as Endless from "./internal/Endless.ts"
import { guard } from "./internal/Guard.ts"
import * as Json from "./Json.ts"
import { nullish, open, unchecked } from "./Wire.ts"
import type { Call } from "./Operation.ts"

/**
 * The `pages` part of a listing. Its numbers are not checked: some answers have them as text. `next` is an object with `starting_after` (contacts, conversations), a URL (articles,
 * companies, news, events), or null or absent at the end. Some listings have `since`, a URL to poll later.
 */
export class Pages extends Schema.Opaque<Pages>()(
  open({
    type: unchecked,
    page: unchecked,
    per_page: unchecked,
    total_pages: unchecked,
    next: nullish(
      Schema.Union([
        Schema.String,
        open({ page: unchecked, per_page: unchecked, starting_after: nullish(Schema.String) })
      ])
    ),
    since: unchecked
  })
) {}

/** A search that counts no records may answer without its list; any other has lost it. */
export const hasListOrNothing = (list: string) =>
  Schema.makeFilter<{ readonly [field: string]: unknown }>(
    (page) => Array.isArray(page[list]) || numberOf(page["total_count"]) === 0,
    { expected: `a page that has its ${list}`, arbitraryConstraint: { minProperties: 1 } }
  )

/**
 * Where a walk goes on: opaque text, good as long as the query stays the same. Store it, and pass it as `from` to
 * resume, in another process too.
 */
export const Cursor = Schema.String.pipe(Schema.brand("intercom/Cursor"))
export type Cursor = typeof Cursor.Type

/** One page. `cursor` is where the next one starts, absent on the last; `total` is what the API counts, if it does. */
export interface Page<out Item> {
  readonly items: ReadonlyArray<Item>
  readonly cursor?: Cursor
  readonly total?: number
}

/** A record that does not fit its schema: as received, with the error that says where. */
export interface Invalid {
  readonly raw: unknown
  readonly error: IntercomError
}

export interface WalkOptions<out E = never, out R = never> {
  /** The cursor of a page seen before: the walk starts with the page after it. */
  readonly from?: Cursor | undefined
  /** Pages requested ahead of the one being consumed; 1 when left out, 0 for none. A scroll has none. */
  readonly prefetch?: number | undefined
  /**
   * Takes each record that does not fit, in order; the rest of its page goes on. It runs when the page is consumed, just
   * before the page itself, not when the page is fetched ahead: what was handed over and what was consumed are always
   * in step. What it fails with, the walk fails with. Without it such a record fails the walk with a `DecodeError`.
   */
  readonly onInvalid?: ((invalid: Invalid) => Effect.Effect<void, E, R>) | undefined
}

/** A listing: call it for one page, or walk it. The query is never changed. */
export interface List<in out Query, out Envelope, out Item> {
  (query?: Query): Effect.Effect<Envelope, IntercomError>
  /** The pages, each requested while the one before is consumed. */
  readonly pages: <E = never, R = never>(
    query?: Query,
    options?: WalkOptions<E, R>
  ) => Stream.Stream<Page<Item>, IntercomError | E, R>
  /** The records of all pages. */
  readonly items: <E = never, R = never>(
    query?: Query,
    options?: WalkOptions<E, R>
  ) => Stream.Stream<Item, IntercomError | E, R>
}

/** A listing that needs a query: a search, say. */
export interface Queried<in out Query, out Envelope, out Item> {
  (query: Query): Effect.Effect<Envelope, IntercomError>
  /** The pages, each requested while the one before is consumed. */
  readonly pages: <E = never, R = never>(
    query: Query,
    options?: WalkOptions<E, R>
  ) => Stream.Stream<Page<Item>, IntercomError | E, R>
  /** The records of all pages. */
  readonly items: <E = never, R = never>(
    query: Query,
    options?: WalkOptions<E, R>
  ) => Stream.Stream<Item, IntercomError | E, R>
}

/** How a listing names its next page. */
interface Style<Query, Request> {
  /** Where a request carries the query. */
  readonly carry: (query: Query) => Request
  /** The cursor a query has of its own. */
  readonly start?: (query: Query) => string | null | undefined
  /**
   * The cursor is the same for all pages, as the API keeps the place: a page asked for ahead and not consumed would be
   * lost to whoever goes on from the cursor.
   */
  readonly constant?: true
  /** The request for the page at `cursor`: a query, or a URL the API gave. */
  readonly request: (query: Query, cursor: Cursor | undefined) => Query | URL | PaginationError
  /** The cursor after `body`, which was the answer to the page at `cursor` and had `count` records. */
  readonly next: (
    body: Body,
    query: Query,
    cursor: Cursor | undefined,
    count: number
  ) => Cursor | undefined | PaginationError
}

/** What every listing's body may have, whatever its schema. */
interface Body {
  readonly pages?: typeof Pages.Type | null
  readonly total_count?: unknown
  readonly scroll_param?: string | null
}

interface Listing<Envelope, Item extends Schema.Top, Key extends keyof Envelope> {
  /** The field of the body that holds the records. */
  readonly items: Key
  /** The schema of a record, for judging each by itself. */
  readonly item: Item
}

type ItemsOf<Envelope, Key extends keyof Envelope> =
  NonNullable<Envelope[Key]> extends ReadonlyArray<infer Item> ? Item : never

const failure = (description: string, cursor?: string) =>
  new PaginationError({ description, ...(cursor === undefined ? undefined : { cursor }) })

/** What `pages.next` says; an empty text, and an object with nothing in it, say that there is no next page. */
const nextOf = (pages: Body["pages"]) => {
  const next = pages?.next ?? {}
  // The values of a text are its characters.
  return Object.values(next).some((value) => value !== null) ? next : undefined
}

/** A number of an envelope, none of which is negative, and which may come as text; `undefined` for anything else. */
const numberOf = (value: unknown): number | undefined => {
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : undefined
}

const inQuery = <Query>(query: Query): { readonly query: Query } => ({ query })
const inPayload = <Payload>(payload: Payload): { readonly payload: Payload } => ({ payload })

const isLast = (pages: Body["pages"]): boolean => {
  const [page, last] = [numberOf(pages?.page), numberOf(pages?.total_pages)]
  return page !== undefined && last !== undefined && page >= last
}

/** Whether an object says more than how long pages are. */
const namesPage = (next: object): boolean =>
  Object.entries(next).some(([name, value]) => name !== "per_page" && value !== null && value !== "")

/** The `starting_after` of the next page: an object has it, a URL carries it. */
const startingAfter = ({ pages }: Body): Cursor | undefined | PaginationError => {
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

/** Style A: `starting_after` in the query, from `pages.next`; the end is no `next`. */
export const cursor = <
  Query extends { readonly starting_after?: string | undefined },
  Envelope,
  Item extends Schema.Top,
  Key extends keyof Envelope
>(
  call: Call<{ readonly query: Query }, Envelope>,
  listing: Listing<Envelope, Item, Key>
): List<Query, Envelope, ItemsOf<Envelope, Key>> =>
  walker(call, listing, {
    carry: inQuery,
    start: ({ starting_after }) => starting_after,
    request: (query, cursor) => (cursor === undefined ? query : { ...query, starting_after: cursor }),
    next: startingAfter
  })

/** What a search may have besides its query. */
interface Searching {
  readonly pagination?:
    | { readonly per_page?: number | undefined; readonly starting_after?: string | null | undefined }
    | undefined
}

/** Style B: `pagination.starting_after` in the body, from `pages.next`; the end is no `next`. */
export const search = <Query extends Searching, Envelope, Item extends Schema.Top, Key extends keyof Envelope>(
  call: Call<{ readonly payload: Query }, Envelope>,
  listing: Listing<Envelope, Item, Key>
): Queried<Query, Envelope, ItemsOf<Envelope, Key>> =>
  walker(call, listing, {
    carry: inPayload,
    start: ({ pagination }) => pagination?.starting_after,
    request: (query, cursor) =>
      cursor === undefined ? query : { ...query, pagination: { ...query.pagination, starting_after: cursor } },
    next: startingAfter
  })

/**
 * Style C: `page` in the query, counted up to `pages.total_pages`; where that is missing, for as long as there is a
 * `next` and the pages have records.
 */
export const page = <
  Query extends { readonly page?: number | undefined },
  Envelope,
  Item extends Schema.Top,
  Key extends keyof Envelope
>(
  call: Call<{ readonly query: Query }, Envelope>,
  listing: Listing<Envelope, Item, Key>
): List<Query, Envelope, ItemsOf<Envelope, Key>> =>
  walker(call, listing, {
    carry: inQuery,
    request: (query, cursor) => {
      if (cursor === undefined) return query
      return /^[1-9]\d{0,14}$/.test(cursor)
        ? { ...query, page: Number(cursor) }
        : failure(`Not the cursor of a page: ${cursor}`, cursor)
    },
    next: ({ pages }, query, cursor, count) => {
      if (pages === null || pages === undefined) return undefined
      const asked = cursor === undefined ? (query.page ?? 1) : Number(cursor)
      const got = numberOf(pages.page)
      if (got !== undefined && got !== asked) {
        return failure(`Page ${asked} was asked for, the API answered with page ${got}: it would never end`, cursor)
      }
      const last = numberOf(pages.total_pages)
      const more = last === undefined ? nextOf(pages) !== undefined && count > 0 : asked < last
      return more ? Cursor.make(String(asked + 1)) : undefined
    }
  })

/**
 * Style D: `scroll_param` in the query, from the body, the same for all pages; the end is a page without records. (To
 * ask once more is answered with 404.) The API moves on with each request, so a page cannot be asked for again, and
 * none is requested ahead, whatever `prefetch` says.
 */
export const scroll = <
  Query extends { readonly scroll_param?: string | undefined },
  Envelope,
  Item extends Schema.Top,
  Key extends keyof Envelope
>(
  call: Call<{ readonly query: Query }, Envelope>,
  listing: Listing<Envelope, Item, Key>
): List<Query, Envelope, ItemsOf<Envelope, Key>> =>
  walker(call, listing, {
    carry: inQuery,
    constant: true,
    request: (query, cursor) => (cursor === undefined ? query : { ...query, scroll_param: cursor }),
    next: ({ scroll_param }, _query, cursor, count) => {
      if (count === 0) return undefined
      return scroll_param
        ? Cursor.make(scroll_param)
        : failure("The page has records but no scroll_param: the rest cannot be asked for", cursor)
    }
  })

/** Style E: `pages.next` is the URL of the next page, on one of the API's hosts or at the base URL. */
export const url = <Query, Envelope, Item extends Schema.Top, Key extends keyof Envelope>(
  call: Call<{ readonly query: Query }, Envelope>,
  listing: Listing<Envelope, Item, Key>
): List<Query, Envelope, ItemsOf<Envelope, Key>> =>
  walker(call, listing, {
    carry: inQuery,
    request: (query, cursor) =>
      cursor === undefined
        ? query
        : (call.resolve(cursor) ??
          failure(`The next page is neither on a host of the API nor at the base URL: ${cursor}`, cursor)),
    next: ({ pages }, _query, cursor) => {
      const next = nextOf(pages)
      if (next === undefined) return undefined
      if (typeof next !== "string") return failure("The next page is not a URL")
      const resolved = call.resolve(next, cursor)
      return resolved === undefined
        ? failure(`The next page is neither on a host of the API nor at the base URL: ${next}`)
        : Cursor.make(resolved.pathname + resolved.search)
    }
  })

/** No pages: the listing answers with everything at once. */
export const single = <Query, Envelope, Item extends Schema.Top, Key extends keyof Envelope>(
  call: Call<{ readonly query: Query }, Envelope>,
  listing: Listing<Envelope, Item, Key>
): List<Query, Envelope, ItemsOf<Envelope, Key>> =>
  walker(call, listing, { carry: inQuery, request: (query) => query, next: () => undefined })

/** A page as it was fetched, with the records that do not fit set aside. */
interface Fetched<Record> {
  readonly page: Page<Record>
  readonly invalid: ReadonlyArray<Invalid>
}

const walker = <Query, Request, Envelope, Item extends Schema.Top, Key extends keyof Envelope>(
  call: Call<Request, Envelope>,
  listing: Listing<Envelope, Item, Key>,
  style: Style<Query, Request>
): List<Query, Envelope, ItemsOf<Envelope, Key>> => {
  type Record = ItemsOf<Envelope, Key>
  const isRecord = guard(listing.item) as (value: unknown) => value is Record
  // A query can be left out where all its fields can; the types of the others ask for it.
  const nothing = {} as Query

  const send = (query: Query, cursor: Cursor | undefined): Effect.Effect<Reply, IntercomError> => {
    const request = style.request(query, cursor)
    if (request instanceof PaginationError) return Effect.fail(call.fail(request))
    return request instanceof URL ? call.sendUrl(request) : call.send(style.carry(request))
  }

  /** The records of a page, all of them as received, and those that do not fit if there is someone to take them. */
  const judge = (
    reply: Reply,
    lenient: boolean
  ): Effect.Effect<
    { readonly raw: ReadonlyArray<unknown>; readonly invalid: ReadonlyArray<Invalid> },
    IntercomError
  > => {
    const raw = (reply.body as { readonly [key: PropertyKey]: unknown } | null)?.[listing.items]
    const records: ReadonlyArray<unknown> = Array.isArray(raw) ? raw : []
    if (call.fits(reply.body)) return Effect.succeed({ raw: records, invalid: [] })
    if (!lenient || !Array.isArray(raw)) return Effect.as(call.decode(reply), { raw: [], invalid: [] })
    // The envelope is judged without its records, then each record by itself.
    const envelope = { ...reply, body: { ...(reply.body as object), [listing.items]: [] } }
    const invalid = records
      .filter((record) => !isRecord(record))
      .map((raw) => ({ raw, error: call.decodeError(listing.item, reply, raw) }))
    return Effect.as(
      Effect.andThen(
        call.decode(envelope),
        Effect.forEach(invalid, () => call.countInvalid)
      ),
      { raw: records, invalid }
    )
  }

  /** One request and what it gave. `watch` says whether the walk would never end. */
  const fetch = (
    query: Query,
    cursor: Cursor | undefined,
    lenient: boolean,
    watch: (page: Endless.Page) => string | undefined
  ): Effect.Effect<Fetched<Record>, IntercomError> =>
    Effect.gen(function* () {
      const reply = yield* send(query, cursor)
      const { invalid, raw } = yield* judge(reply, lenient)
      // Decoded: every listing's body is an object with these fields.
      const body = reply.body as Body
      const next = style.next(body, query, cursor, raw.length)
      const total = numberOf(body.total_count)
      if (next instanceof PaginationError) return yield* call.fail(next)
      const endless = next === undefined ? undefined : watch({ records: raw, next, total })
      if (endless !== undefined) return yield* call.fail(failure(`${endless}: the walk would never end`, next))
      const misfits = new Set(invalid.map(({ raw }) => raw))
      return {
        invalid,
        page: {
          // Decoded, but for those set aside.
          items: (misfits.size === 0 ? raw : raw.filter((record) => !misfits.has(record))) as ReadonlyArray<Record>,
          ...(typeof next === "string" ? { cursor: next } : undefined),
          ...(total === undefined ? undefined : { total })
        }
      }
      // A stack taken here would name this line for every page.
    }).pipe(call.traced, Effect.withSpan(call.operation.name, {}, { captureStackTrace: false }))

  const pages = <E = never, R = never>(query: Query = nothing, options: WalkOptions<E, R> = {}) => {
    const { from, onInvalid, prefetch = 1 } = options
    const fetched = Stream.suspend(() => {
      const watch = Endless.watch(style.constant === true ? undefined : [from, style.start?.(query)])
      return Stream.paginate(from, (cursor: Cursor | undefined) =>
        Effect.map(
          fetch(query, cursor, onInvalid !== undefined, watch),
          (fetched) => [[fetched], Option.fromUndefinedOr(fetched.page.cursor)] as const
        )
      )
    })
    // A page waits outside of the buffer too, until there is room in it.
    const ahead =
      prefetch > 0 && style.constant !== true ? Stream.bufferArray(fetched, { capacity: prefetch - 1 }) : fetched
    return onInvalid === undefined
      ? Stream.map(ahead, ({ page }) => page)
      : Stream.mapEffect(ahead, ({ invalid, page }) => Effect.as(Effect.forEach(invalid, onInvalid), page))
  }

  return Object.assign((query: Query = nothing) => Effect.withSpan(call(style.carry(query)), call.operation.name), {
    pages,
    items: <E = never, R = never>(query?: Query, options?: WalkOptions<E, R>) =>
      // Not `flattenIterable`: it opens a stream for each page, which kept pages alive through garbage collections.
      pages(query, options).pipe(
        Stream.map(({ items }) => items),
        Stream.filter(Arr.isReadonlyArrayNonEmpty),
        Stream.flattenArray
      )
  })
}
