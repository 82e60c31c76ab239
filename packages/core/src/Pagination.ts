/** Walking over pages. Whatever the style of a listing, a page has items, a cursor to go on from, and maybe a total. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { type IntercomError, PaginationError } from "./IntercomError.ts"
import type { Reply } from "./IntercomHttp.ts"
import { guard } from "./internal/Guard.ts"
import { nullish, open } from "./internal/Wire.ts"
import type { Call } from "./Operation.ts"

/**
 * The `pages` part of a listing. `next` is an object with `starting_after` (contacts, conversations), a URL (articles,
 * companies, news, events), or null or absent at the end. Some listings have `since`, a URL to poll later.
 */
export class Pages extends Schema.Opaque<Pages>()(
  open({
    type: nullish(Schema.String),
    page: nullish(Schema.Int),
    per_page: nullish(Schema.Int),
    total_pages: nullish(Schema.Int),
    next: nullish(
      Schema.Union([
        Schema.String,
        open({ page: nullish(Schema.Int), per_page: nullish(Schema.Int), starting_after: nullish(Schema.String) })
      ])
    ),
    since: nullish(Schema.String)
  })
) {}

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
  /** Pages requested ahead of the one being consumed; 1 when left out, 0 for none. */
  readonly prefetch?: number | undefined
  /**
   * Takes each record that does not fit, in order; the rest of its page goes on. Without it such a record fails the
   * walk with a `DecodeError`.
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

/** How a listing names its next page. */
interface Style<Query> {
  /** The request for the page at `cursor`: a query, or a URL the API gave. */
  readonly request: (query: Query, cursor: Cursor | undefined) => Query | URL | PaginationError
  /** The cursor after `body`, which was the answer to the page at `cursor`. */
  readonly next: (body: Body, query: Query, cursor: Cursor | undefined) => Cursor | undefined | PaginationError
}

/** What every listing's body may have, whatever its schema. */
interface Body {
  readonly pages?: typeof Pages.Type | null
  readonly total_count?: number | null
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
    request: (query, cursor) => (cursor === undefined ? query : { ...query, starting_after: cursor }),
    next: ({ pages }) => {
      const next = pages?.next
      if (next === null || next === undefined) return undefined
      if (typeof next !== "string") return next.starting_after == null ? undefined : Cursor.make(next.starting_after)
      const after = URL.parse(next, "https://localhost")?.searchParams.get("starting_after")
      return after ? Cursor.make(after) : failure(`The next page is a URL without starting_after: ${next}`)
    }
  })

/** Style C: `page` in the query, counted up to `pages.total_pages`, or for as long as there is a `next`. */
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
    request: (query, cursor) => {
      if (cursor === undefined) return query
      const page = Number(cursor)
      return Number.isSafeInteger(page) && page > 0
        ? { ...query, page }
        : failure(`Not the cursor of a page: ${cursor}`, cursor)
    },
    next: ({ pages }, query, cursor) => {
      if (pages === null || pages === undefined) return undefined
      const asked = cursor === undefined ? (query.page ?? 1) : Number(cursor)
      if (typeof pages.page === "number" && pages.page !== asked) {
        return failure(
          `Page ${asked} was asked for, the API answered with page ${pages.page}: it would never end`,
          cursor
        )
      }
      const more = typeof pages.total_pages === "number" ? asked < pages.total_pages : pages.next != null
      return more ? Cursor.make(String(asked + 1)) : undefined
    }
  })

/** Style E: `pages.next` is the URL of the next page, on the API's own origin. */
export const url = <Query, Envelope, Item extends Schema.Top, Key extends keyof Envelope>(
  call: Call<{ readonly query: Query }, Envelope>,
  listing: Listing<Envelope, Item, Key>
): List<Query, Envelope, ItemsOf<Envelope, Key>> =>
  walker(call, listing, {
    request: (query, cursor) =>
      cursor === undefined
        ? query
        : (call.resolve(cursor) ?? failure(`The next page is not on the API's origin: ${cursor}`, cursor)),
    next: ({ pages }) => {
      const next = pages?.next
      if (next === null || next === undefined) return undefined
      if (typeof next !== "string") return failure("The next page is not a URL")
      const resolved = call.resolve(next)
      return resolved === undefined
        ? failure(`The next page is not on the API's origin: ${next}`)
        : Cursor.make(resolved.pathname + resolved.search)
    }
  })

/** No pages: the listing answers with everything at once. */
export const single = <Query, Envelope, Item extends Schema.Top, Key extends keyof Envelope>(
  call: Call<{ readonly query: Query }, Envelope>,
  listing: Listing<Envelope, Item, Key>
): List<Query, Envelope, ItemsOf<Envelope, Key>> =>
  walker(call, listing, { request: (query) => query, next: () => undefined })

const walker = <Query, Envelope, Item extends Schema.Top, Key extends keyof Envelope>(
  call: Call<{ readonly query: Query }, Envelope>,
  listing: Listing<Envelope, Item, Key>,
  style: Style<Query>
): List<Query, Envelope, ItemsOf<Envelope, Key>> => {
  type Record = ItemsOf<Envelope, Key>
  const isRecord = guard(listing.item) as (value: unknown) => value is Record
  // Every listing's query has optional fields only.
  const nothing = {} as Query

  const send = (query: Query, cursor: Cursor | undefined) => {
    const request = style.request(query, cursor)
    if (request instanceof PaginationError) return Effect.fail(call.fail(request))
    return (request instanceof URL ? call.sendUrl(request) : call.send({ query: request })).pipe(
      Effect.withSpan(call.operation.name)
    )
  }

  /** The items of a page; those that do not fit go to `onInvalid`. */
  const itemsOf = <E, R>(
    reply: Reply,
    options: WalkOptions<E, R>
  ): Effect.Effect<ReadonlyArray<Record>, IntercomError | E, R> => {
    const { body } = reply
    if (call.fits(body)) return Effect.succeed((body[listing.items] ?? []) as ReadonlyArray<Record>)
    const { onInvalid } = options
    const raw = (body as { readonly [key: PropertyKey]: unknown } | null)?.[listing.items]
    if (onInvalid === undefined || !Array.isArray(raw)) return Effect.as(call.decode(reply), [])
    // The envelope is judged without its records, then each record by itself.
    const envelope = { ...reply, body: { ...(body as object), [listing.items]: [] } }
    return Effect.andThen(
      call.decode(envelope),
      Effect.as(
        Effect.forEach(
          raw.filter((value) => !isRecord(value)),
          (raw: unknown) =>
            Effect.andThen(call.countInvalid, onInvalid({ raw, error: call.decodeError(listing.item, reply, raw) })),
          { discard: true }
        ),
        raw.filter(isRecord)
      )
    )
  }

  const pages = <E = never, R = never>(query: Query = nothing, options: WalkOptions<E, R> = {}) =>
    Stream.suspend(() => {
      const seen = new Set<string>()
      let previous = ""
      const walk = Stream.paginate(options.from, (cursor: Cursor | undefined) =>
        Effect.gen(function* () {
          const reply = yield* send(query, cursor)
          const items = yield* itemsOf(reply, options)
          // Decoded: every listing's body is an object with these fields.
          const body = reply.body as Body
          const next = style.next(body, query, cursor)
          if (next instanceof PaginationError) return yield* call.fail(next)
          if (next !== undefined) {
            if (next === cursor || seen.has(next)) {
              return yield* call.fail(failure(`The API gave the cursor ${next} twice: the walk would never end`, next))
            }
            seen.add(next)
            const ids = idsOf(items)
            if (ids !== "" && ids === previous) {
              return yield* call.fail(
                failure("The API answered with the same page twice: the walk would never end", cursor)
              )
            }
            previous = ids
          }
          const page: Page<Record> = {
            items,
            ...(next === undefined ? undefined : { cursor: next }),
            ...(typeof body.total_count === "number" ? { total: body.total_count } : undefined)
          }
          return [[page], next === undefined ? Option.none() : Option.some(next)] as const
        })
      )
      const capacity = options.prefetch ?? 1
      return capacity === 0 ? walk : Stream.bufferArray(walk, { capacity })
    })

  return Object.assign((query: Query = nothing) => Effect.withSpan(call({ query }), call.operation.name), {
    pages,
    items: <E = never, R = never>(query?: Query, options?: WalkOptions<E, R>) =>
      Stream.flattenIterable(Stream.map(pages(query, options), ({ items }) => items))
  })
}

const idsOf = (items: ReadonlyArray<unknown>): string =>
  items
    .map((item) => (item as { readonly id?: unknown } | null)?.id)
    .filter((id) => id !== undefined)
    .join(" ")
