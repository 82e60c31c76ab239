/** News: what a workspace publishes in the Messenger. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { Authorization } from "../Authorization.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import { LooseId, listing, nullish, open, openEnum, optional, unchecked, UnixSeconds } from "../Wire.ts"
import * as Operation from "../Operation.ts"
import * as Pagination from "../Pagination.ts"
import { NewsItemId } from "./Common.ts"

export { NewsItemId } from "./Common.ts"

// ---------------------------------------------------------------------------------------------------------------------
// wire schemas
// ---------------------------------------------------------------------------------------------------------------------

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

/** `page` counts from 1. `per_page` is 10 or 20 when left out; neither is in any document, so no maximum is known. */
export class ListNewsItems extends Schema.Opaque<ListNewsItems>()(
  Schema.Struct({
    page: optional(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))),
    per_page: optional(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)))
  })
) {}

/** A new news item. */
export class CreateNewsItem extends Schema.Opaque<CreateNewsItem>()(
  Schema.Struct({
    title: Schema.String,
    /** HTML. */
    body: optional(Schema.String),
    /** The id of the admin who publishes it. */
    sender_id: Schema.Int,
    /** `draft` when left out. */
    state: optional(openEnum("draft", "live")),
    /** Whether to publish without telling anyone. */
    deliver_silently: optional(Schema.Boolean),
    labels: optional(Schema.Array(Schema.String)),
    /** The emoji readers can answer with. */
    reactions: optional(Schema.Array(Schema.NullOr(Schema.String))),
    /** Where it appears, and since when (Unix seconds). */
    newsfeed_assignments: optional(
      Schema.Array(Schema.Struct({ newsfeed_id: optional(Schema.Int), published_at: optional(UnixSeconds) }))
    )
  })
) {}

// ---------------------------------------------------------------------------------------------------------------------
// endpoints
// ---------------------------------------------------------------------------------------------------------------------

/** The declaration of the operations on news. */
export class NewsGroup extends HttpApiGroup.make("News")
  .add(
    HttpApiEndpoint.get("listItems", "/news/news_items", {
      query: ListNewsItems,
      success: NewsItemList,
      error: ErrorResponse.BadRequest
    }).annotateMerge(Operation.annotations({ operationId: "listNewsItems" })),
    HttpApiEndpoint.post("createItem", "/news/news_items", {
      payload: CreateNewsItem,
      success: NewsItem,
      error: [ErrorResponse.BadRequest, ErrorResponse.UnprocessableEntity]
    }).annotateMerge(Operation.annotations({ operationId: "createNewsItem" }))
  )
  .middleware(Authorization) {}

// ---------------------------------------------------------------------------------------------------------------------
// service
// ---------------------------------------------------------------------------------------------------------------------

/** The news of a workspace. */
export class News extends Context.Service<News>()("@effect-intercom/core/News", {
  make: Effect.gen(function* () {
    const news = yield* Operation.client(NewsGroup)
    return {
      /** One page of news items; `listItems.pages` and `listItems.items` walk them all. */
      listItems: Pagination.page(news.listItems, { items: "data", item: NewsItem }),
      /** Creates a news item. Never sent twice. */
      createItem: Effect.fn("News.createItem")((payload: CreateNewsItem) => news.createItem({ payload }))
    }
  })
}) {
  static readonly layer = Layer.fresh(Layer.effect(this, this.make))
}
