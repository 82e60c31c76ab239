/** Walking over pages. Whatever the style of a listing, a page has items, a cursor to resume from, and maybe a total. */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { IntercomError, Mismatch } from "./IntercomError.ts"
import { numberOf } from "./internal/Envelope.ts"
import { nullish, open, unchecked } from "./Wire.ts"

/**
 * The `pages` part of a listing. Its numbers are not checked: some answers have them as strings. `next` is an object with
 * `starting_after` (contacts, conversations), a URL (articles, companies, news, events), or null or absent at the end. Some
 * listings have `since`, a URL to poll later.
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
 * Where a walk resumes: an opaque string, good as long as the query stays the same. Store it, and pass it as `from` to
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
  /** All places where it differs, where these are more than the twenty of the error; each call looks for them again. */
  readonly mismatches?: () => ReadonlyArray<Mismatch>
  /** Where it stood among the records of its page, from 0; absent for what is no record of a page. */
  readonly index?: number
}

export interface WalkOptions<out E = never, out R = never> {
  /** The cursor of a page seen before: the walk starts with the page after it. */
  readonly from?: Cursor | undefined
  /**
   * Records on each page: what a listing calls `per_page`, and a search `pagination.per_page`. The default is the API's, and
   * depends on the listing.
   */
  readonly pageSize?: number | undefined
  /**
   * Pages requested ahead of the one being consumed; 0 for none. A scroll has none.
   *
   * @default 1
   */
  readonly prefetch?: number | undefined
  /**
   * Takes each record that does not fit, in order; the rest of its page is kept. It runs when the page is consumed, just
   * before the page itself, not when the page is fetched ahead: what was handed over and what was consumed are always
   * in step. What it fails with, the walk fails with. Without it such a record fails the walk with a `DecodeError`.
   */
  readonly onInvalid?: ((invalid: Invalid) => Effect.Effect<void, E, R>) | undefined
}

/** A listing: call it for one page, or walk it; first the ids in its path, if there are any. The query is never changed. */
export interface List<in out Query, out Envelope, out Item, in out Ids extends ReadonlyArray<unknown> = []> {
  (...args: [...Ids, ...Optional<Query>]): Effect.Effect<Envelope, IntercomError>
  /** The pages, each requested while the one before is consumed. */
  readonly pages: <E = never, R = never>(
    ...args: [...Ids, ...Optional<Query>, options?: WalkOptions<E, R>]
  ) => Stream.Stream<Page<Item>, IntercomError | E, R>
  /** The records of all pages. */
  readonly items: <E = never, R = never>(
    ...args: [...Ids, ...Optional<Query>, options?: WalkOptions<E, R>]
  ) => Stream.Stream<Item, IntercomError | E, R>
}

/** A query can be left out where all its fields can. */
export type Optional<Query> = {} extends Query ? [query?: Query] : [query: Query]

/** How a listing names its next page. */
export type Style = "cursor" | "search" | "page" | "scroll" | "url" | "single"

/** How the pages of a listing are walked. */
export interface Walk<out Item extends Schema.Top> {
  readonly style: Style
  /** The field of the body that holds the records; `data.articles` is a field of a field. */
  readonly items: string
  /** The field that holds them where the first one is not there. */
  readonly or: string | undefined
  /** The schema of a record, for judging each by itself. */
  readonly item: Item
}

const walk =
  (style: Style) =>
  <Item extends Schema.Top>(items: string, item: Item, or?: string): Walk<Item> => ({ style, items, item, or })

/** `starting_after` in the query, from `pages.next`; the end is no `next`. */
export const cursor = walk("cursor")

/** `pagination.starting_after` in the body, from `pages.next`; the end is no `next`. */
export const search = walk("search")

/**
 * `page` in the query, counted up to `pages.total_pages`; where that is missing, for as long as there is a `next` and the
 * pages have records.
 */
export const page = walk("page")

/**
 * `scroll_param` in the query, from the body, the same for all pages; the end is a page without records. (To ask once
 * more is answered with 404.) The API moves on with each request, so a page cannot be asked for again, and none is
 * requested ahead, whatever `prefetch` says.
 */
export const scroll = walk("scroll")

/** `pages.next` is the URL of the next page, on one of the API's hosts or at the base URL. */
export const url = walk("url")

/** No pages: the listing answers with everything at once. */
export const single = walk("single")
