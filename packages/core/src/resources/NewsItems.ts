/** News: what a workspace publishes in the Messenger. */
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import {
  listing,
  LooseId,
  nullish,
  NumericId,
  open,
  openEnum,
  optional,
  pageNumbers,
  unchecked,
  UnixSeconds
} from "../Wire.ts"
import * as Pagination from "../Pagination.ts"
import * as Resource from "../Resource.ts"
import { Deleted, NewsItemId } from "./Common.ts"

export { NewsItemId } from "./Common.ts"

/** Where a news item appears, and since when (Unix seconds). */
export class NewsfeedAssignment extends Schema.Opaque<NewsfeedAssignment>()(
  open({
    newsfeed_id: nullish(LooseId),
    published_at: nullish(UnixSeconds)
  })
) {}

/**
 * A news item, as the API sends it. Times are Unix seconds; any field but `type` and `id` may be null or missing;
 * fields not listed here are kept. The published document leaves it out; source: the official 2.15 document.
 */
export class NewsItem extends Schema.Opaque<NewsItem>()(
  open({
    type: openEnum("news-item"),
    id: NewsItemId,
    workspace_id: nullish(Schema.String),
    title: nullish(Schema.String),
    /** HTML. */
    body: nullish(Schema.String),
    /** The id of an admin. */
    sender_id: nullish(LooseId),
    state: nullish(openEnum("draft", "live")),
    newsfeed_assignments: nullish(Schema.Array(NewsfeedAssignment)),
    /** Names shown above the item; entries may be null. */
    labels: nullish(Schema.Array(Schema.NullOr(Schema.String))),
    cover_image_url: nullish(Schema.String),
    /** The emoji readers can answer with; entries may be null. */
    reactions: nullish(Schema.Array(Schema.NullOr(Schema.String))),
    /** It was published without telling anyone. */
    deliver_silently: nullish(Schema.Boolean),
    created_at: nullish(UnixSeconds),
    updated_at: nullish(UnixSeconds)
  })
) {}

/** One page of news items. `pages.next` is a URL or null. */
export class NewsItemList extends Schema.Opaque<NewsItemList>()(
  listing({
    data: Schema.Array(NewsItem),
    total_count: unchecked,
    pages: nullish(Pagination.Pages)
  })
) {}

/** `page` counts from 1. `per_page`: 10 or 20 by default; neither is in any document, so no maximum is known. */
export class ListNewsItems extends Schema.Opaque<ListNewsItems>()(Schema.Struct(pageNumbers)) {}

const written = Schema.Struct({
  title: Schema.String,
  /** HTML. */
  body: optional(Schema.String),
  /** The id of the admin who publishes it. */
  sender_id: NumericId,
  /** `draft` by default. */
  state: optional(openEnum("draft", "live")),
  /** Whether to publish without telling anyone. */
  deliver_silently: optional(Schema.Boolean),
  labels: optional(Schema.Array(Schema.String)),
  /** The emoji readers can answer with. */
  reactions: optional(Schema.Array(Schema.NullOr(Schema.String))),
  /** Where it appears, and since when (Unix seconds). */
  newsfeed_assignments: optional(
    Schema.Array(Schema.Struct({ newsfeed_id: optional(NumericId), published_at: optional(UnixSeconds) }))
  )
})

/** A new news item. */
export class CreateNewsItem extends Schema.Opaque<CreateNewsItem>()(written) {}

/** Changes of a news item. `title` and `sender_id` are required here, too; what else is left out stays. */
export class UpdateNewsItem extends Schema.Opaque<UpdateNewsItem>()(written) {}

/** The news items of a workspace. */
export class NewsItems extends Resource.Service<NewsItems>()("NewsItems", {
  /**
   * One page of news items; `list.pages` and `list.items` walk them all.
   *
   * Permission: Read and list news items and newsfeeds.
   */
  list: Endpoint.get("/news/news_items", {
    permission: "Read and list news items and newsfeeds",
    query: ListNewsItems,
    success: NewsItemList,
    error: ErrorResponse.BadRequest,
    pages: Pagination.page("data", NewsItem)
  }),
  /**
   * Creates a news item. Never sent twice.
   *
   * Permission: Read and write news items and newsfeeds.
   */
  create: Endpoint.post("/news/news_items", {
    permission: "Read and write news items and newsfeeds",
    payload: CreateNewsItem,
    success: NewsItem,
    error: [ErrorResponse.BadRequest, ErrorResponse.UnprocessableEntity]
  }),
  /**
   * Fails with `NotFound` when there is no such news item.
   *
   * Permission: Read and list news items and newsfeeds.
   */
  get: Endpoint.get("/news/news_items/:news_item_id", {
    permission: "Read and list news items and newsfeeds",
    params: { news_item_id: NewsItemId },
    success: NewsItem,
    error: ErrorResponse.NotFound
  }),
  /**
   * Changes what is given. Fails with `NotFound` when there is no such news item.
   *
   * Permission: Read and write news items and newsfeeds.
   */
  update: Endpoint.put("/news/news_items/:news_item_id", {
    permission: "Read and write news items and newsfeeds",
    params: { news_item_id: NewsItemId },
    payload: UpdateNewsItem,
    success: NewsItem,
    error: [ErrorResponse.BadRequest, ErrorResponse.NotFound, ErrorResponse.UnprocessableEntity]
  }),
  /**
   * Deletes a news item for good. Fails with `NotFound` when it is gone.
   *
   * Permission: Read and write news items and newsfeeds.
   */
  delete: Endpoint.del("/news/news_items/:news_item_id", {
    permission: "Read and write news items and newsfeeds",
    params: { news_item_id: NewsItemId },
    success: Deleted,
    error: ErrorResponse.NotFound
  })
}) {}
