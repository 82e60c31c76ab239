/** Internal articles: knowledge for teammates and AI agents, which no customer sees. */
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import * as Id from "../Id.ts"
import * as Pagination from "../Pagination.ts"
import * as Resource from "../Resource.ts"
import {
  listing,
  LooseId,
  nullish,
  NumericId,
  open,
  openEnum,
  optional,
  pageNumbers,
  queryText,
  unchecked,
  UnixSeconds
} from "../Wire.ts"
import { Deleted } from "./Common.ts"

/** The id of an internal article: digits, as a string. */
export const InternalArticleId = Id.digits("intercom/InternalArticleId")
export type InternalArticleId = typeof InternalArticleId.Type

/**
 * An internal article, as the API sends it. Times are Unix seconds; any field but `type` and `id` may be null or missing;
 * fields not listed here are kept. Source: the official 2.15 document.
 */
export class InternalArticle extends Schema.Opaque<InternalArticle>()(
  open({
    type: openEnum("internal_article"),
    id: InternalArticleId,
    title: nullish(Schema.String),
    /** HTML. */
    body: nullish(Schema.String),
    /** The ids of admins, as numbers. */
    owner_id: nullish(LooseId),
    author_id: nullish(LooseId),
    created_at: nullish(UnixSeconds),
    updated_at: nullish(UnixSeconds),
    locale: nullish(Schema.String)
  })
) {}

/** One page of internal articles. `pages.next` is a URL or null. */
export class InternalArticleList extends Schema.Opaque<InternalArticleList>()(
  listing({
    data: Schema.Array(InternalArticle),
    total_count: unchecked,
    pages: nullish(Pagination.Pages)
  })
) {}

/** `page` counts from 1. Neither is in any document, so no maximum is known. */
export class ListInternalArticles extends Schema.Opaque<ListInternalArticles>()(Schema.Struct(pageNumbers)) {}

/** One page of the internal articles that were found. `pages.next` is a URL or null. */
export class InternalArticleSearchResult extends Schema.Opaque<InternalArticleSearchResult>()(
  listing({
    data: open({ internal_articles: Schema.Array(InternalArticle) }),
    total_count: unchecked,
    pages: nullish(Pagination.Pages)
  })
) {}

/** What to search for; the API knows no phrase here. */
export class SearchInternalArticles extends Schema.Opaque<SearchInternalArticles>()(
  Schema.Struct({
    folder_id: optional(queryText(Schema.String))
  })
) {}

/** A new internal article. */
export class CreateInternalArticle extends Schema.Opaque<CreateInternalArticle>()(
  Schema.Struct({
    title: Schema.String,
    /** HTML. */
    body: optional(Schema.String),
    /** The ids of admins: who wrote it, and who is in charge of it. */
    author_id: NumericId,
    owner_id: NumericId
  })
) {}

/** Changes of an internal article; what is left out stays. */
export class UpdateInternalArticle extends Schema.Opaque<UpdateInternalArticle>()(
  Schema.Struct({
    title: optional(Schema.String),
    /** HTML; it replaces the whole body. */
    body: optional(Schema.String),
    /** The ids of admins: who wrote it, and who is in charge of it. */
    author_id: optional(NumericId),
    owner_id: optional(NumericId)
  })
) {}

/** The internal articles of a workspace. */
export class InternalArticles extends Resource.Service<InternalArticles>()("InternalArticles", {
  /**
   * One page; `list.pages` and `list.items` walk them all.
   *
   * Permission: Read and list articles.
   */
  list: Endpoint.get("/internal_articles", {
    permission: "Read and list articles",
    query: ListInternalArticles,
    success: InternalArticleList,
    error: ErrorResponse.BadRequest,
    pages: Pagination.page("data", InternalArticle)
  }),
  /**
   * Fails with `NotFound` when there is no such internal article.
   *
   * Permission: Read and list articles.
   */
  get: Endpoint.get("/internal_articles/:internal_article_id", {
    permission: "Read and list articles",
    params: { internal_article_id: InternalArticleId },
    success: InternalArticle,
    error: ErrorResponse.NotFound
  }),
  /**
   * Creates an internal article. Never sent twice.
   *
   * Permission: Read and write articles.
   */
  create: Endpoint.post("/internal_articles", {
    permission: "Read and write articles",
    payload: CreateInternalArticle,
    success: InternalArticle,
    error: ErrorResponse.BadRequest
  }),
  /**
   * Changes what is given. Fails with `NotFound` when there is no such internal article.
   *
   * Permission: Read and write articles.
   */
  update: Endpoint.put("/internal_articles/:internal_article_id", {
    permission: "Read and write articles",
    params: { internal_article_id: InternalArticleId },
    payload: UpdateInternalArticle,
    success: InternalArticle,
    error: [ErrorResponse.BadRequest, ErrorResponse.NotFound]
  }),
  /**
   * Deletes an internal article for good. Fails with `NotFound` when it is gone.
   *
   * Permission: Read and write articles.
   */
  delete: Endpoint.del("/internal_articles/:internal_article_id", {
    permission: "Read and write articles",
    params: { internal_article_id: InternalArticleId },
    success: Deleted,
    error: ErrorResponse.NotFound
  }),
  /**
   * One page of the internal articles of a folder; `search.pages` and `search.items` walk them all.
   *
   * Permission: Read and list articles.
   */
  search: Endpoint.get("/internal_articles/search", {
    permission: "Read and list articles",
    query: SearchInternalArticles,
    success: InternalArticleSearchResult,
    pages: Pagination.url("data.internal_articles", InternalArticle)
  })
}) {}
