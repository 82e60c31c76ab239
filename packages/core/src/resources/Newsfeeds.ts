/** Newsfeeds: the places in the Messenger where news items appear. */
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import * as Id from "../Id.ts"
import * as Pagination from "../Pagination.ts"
import * as Resource from "../Resource.ts"
import { listing, nullish, open, openEnum, pageNumbers, unchecked, UnixSeconds } from "../Wire.ts"
import { NewsItem, NewsItemList } from "./NewsItems.ts"

/** The id of a newsfeed: digits, as a string. News items have that of theirs as a number. */
export const NewsfeedId = Id.digits("intercom/NewsfeedId")
export type NewsfeedId = typeof NewsfeedId.Type

/**
 * A newsfeed, as the API sends it. Times are Unix seconds; any field but `type` and `id` may be null or missing; fields not
 * listed here are kept. Source: the official 2.15 document.
 */
export class Newsfeed extends Schema.Opaque<Newsfeed>()(
  open({
    type: openEnum("newsfeed"),
    id: NewsfeedId,
    name: nullish(Schema.String),
    created_at: nullish(UnixSeconds),
    updated_at: nullish(UnixSeconds)
  })
) {}

/** One page of newsfeeds. `pages.next` is a URL or null. */
export class NewsfeedList extends Schema.Opaque<NewsfeedList>()(
  listing({
    data: Schema.Array(Newsfeed),
    total_count: unchecked,
    pages: nullish(Pagination.Pages)
  })
) {}

/** `page` counts from 1. Neither is in any document, so no maximum is known. */
export class ListNewsfeeds extends Schema.Opaque<ListNewsfeeds>()(Schema.Struct(pageNumbers)) {}

/** `page` counts from 1. Neither is in any document, so no maximum is known. */
export class ListNewsfeedItems extends Schema.Opaque<ListNewsfeedItems>()(Schema.Struct(pageNumbers)) {}

/** The newsfeeds of a workspace. They are made in Intercom alone; a news item says which it appears in. */
export class Newsfeeds extends Resource.Service<Newsfeeds>()("Newsfeeds", {
  /**
   * One page; `list.pages` and `list.items` walk them all.
   *
   * Permission: Read and list news items and newsfeeds.
   */
  list: Endpoint.get("/news/newsfeeds", {
    permission: "Read and list news items and newsfeeds",
    query: ListNewsfeeds,
    success: NewsfeedList,
    error: ErrorResponse.BadRequest,
    pages: Pagination.page("data", Newsfeed)
  }),
  /**
   * Fails with `NotFound` when there is no such newsfeed.
   *
   * Permission: Read and list news items and newsfeeds.
   */
  get: Endpoint.get("/news/newsfeeds/:newsfeed_id", {
    permission: "Read and list news items and newsfeeds",
    params: { newsfeed_id: NewsfeedId },
    success: Newsfeed,
    error: ErrorResponse.NotFound
  }),
  /**
   * One page of the news items that are live in a newsfeed; those that are drafts are in `newsItems.list` alone. Fails with
   * `NotFound` when there is no such newsfeed.
   *
   * Permission: Read and list news items and newsfeeds.
   */
  listItems: Endpoint.get("/news/newsfeeds/:newsfeed_id/items", {
    permission: "Read and list news items and newsfeeds",
    params: { newsfeed_id: NewsfeedId },
    query: ListNewsfeedItems,
    success: NewsItemList,
    error: [ErrorResponse.BadRequest, ErrorResponse.NotFound],
    pages: Pagination.page("data", NewsItem)
  })
}) {}
