/** Articles: what a Help Center is made of. */
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
  queryText,
  unchecked,
  UnixSeconds
} from "../Wire.ts"
import * as Pagination from "../Pagination.ts"
import * as Resource from "../Resource.ts"
import { ArticleId, Deleted, EmbeddedTags, inEveryLocale } from "./Common.ts"

export { ArticleId } from "./Common.ts"

/** An article in one language. Times are Unix seconds; any field may be null or missing. */
export class ArticleContent extends Schema.Opaque<ArticleContent>()(
  open({
    type: nullish(openEnum("article_content")),
    title: nullish(Schema.String),
    description: nullish(Schema.String),
    /** HTML. */
    body: nullish(Schema.String),
    author_id: nullish(LooseId),
    state: nullish(openEnum("published", "draft")),
    created_at: nullish(UnixSeconds),
    updated_at: nullish(UnixSeconds),
    url: nullish(Schema.String)
  })
) {}

/** An article in the other languages it has, by locale; null for those it lacks. */
export class ArticleTranslations extends Schema.Opaque<ArticleTranslations>()(
  open({
    type: nullish(openEnum("article_translated_content")),
    ...inEveryLocale(nullish(ArticleContent))
  })
) {}

/** How readers took an article. Percentages are 0 to 100. */
export class ArticleStatistics extends Schema.Opaque<ArticleStatistics>()(
  open({
    type: nullish(openEnum("article_statistics")),
    views: nullish(Schema.Int),
    /** Readers who went on to write to the team. */
    conversations: nullish(Schema.Int),
    /** The same, by the name the official document gives it; never seen in an answer. */
    conversions: nullish(Schema.Int),
    reactions: nullish(Schema.Int),
    happy_reaction_percentage: nullish(Schema.Finite),
    neutral_reaction_percentage: nullish(Schema.Finite),
    sad_reaction_percentage: nullish(Schema.Finite)
  })
) {}

/**
 * An article, as the API sends it. Times are Unix seconds; any field but `type` and `id` may be null or missing;
 * fields not listed here are kept. Source: the official 2.15 document.
 */
export class Article extends Schema.Opaque<Article>()(
  open({
    type: openEnum("article"),
    id: ArticleId,
    workspace_id: nullish(Schema.String),
    content_id: nullish(LooseId),
    title: nullish(Schema.String),
    /** Null, or empty live, when there is none; so is `body`. */
    description: nullish(Schema.String),
    /** HTML. */
    body: nullish(Schema.String),
    /** The id of an admin, as a number. */
    author_id: nullish(LooseId),
    state: nullish(openEnum("published", "draft")),
    created_at: nullish(UnixSeconds),
    updated_at: nullish(UnixSeconds),
    /** Null while it is a draft. */
    url: nullish(Schema.String),
    /** The collection or section it is in; null for none. Gone from 2.16 on, as is `parent_type`. */
    parent_id: nullish(LooseId),
    parent_ids: nullish(Schema.Array(LooseId)),
    parent_type: nullish(openEnum("collection", "section")),
    default_locale: nullish(Schema.String),
    /** Missing unless the Help Center has more than one language. */
    translated_content: nullish(ArticleTranslations),
    tags: nullish(EmbeddedTags),
    /** Not in listings. */
    statistics: nullish(ArticleStatistics)
  })
) {}

/** One page of articles, the last updated first. `pages.next` is a URL live, where the official document has an object. */
export class ArticleList extends Schema.Opaque<ArticleList>()(
  listing({
    data: Schema.Array(Article),
    total_count: unchecked,
    pages: nullish(Pagination.Pages)
  })
) {}

/** A stretch of a text that was found: `highlight` where it is the phrase, `plain` around it. */
export class HighlightedText extends Schema.Opaque<HighlightedText>()(
  open({
    type: nullish(openEnum("highlight", "plain")),
    text: nullish(Schema.String)
  })
) {}

/** Where the phrase is in an article that was found: in its title, and in sentences of its body. */
export class ArticleHighlights extends Schema.Opaque<ArticleHighlights>()(
  open({
    article_id: nullish(LooseId),
    highlighted_title: nullish(Schema.Array(HighlightedText)),
    highlighted_summary: nullish(Schema.Array(Schema.Array(HighlightedText)))
  })
) {}

/** One page of the articles that were found; with `highlight`, where. `pages.next` is a URL or null. */
export class ArticleSearchResult extends Schema.Opaque<ArticleSearchResult>()(
  listing({
    data: open({
      articles: Schema.Array(Article),
      highlights: nullish(Schema.Array(ArticleHighlights))
    }),
    total_count: unchecked,
    pages: nullish(Pagination.Pages)
  })
) {}

/** What to search for; all articles, when there is nothing in it. */
export class SearchArticles extends Schema.Opaque<SearchArticles>()(
  Schema.Struct({
    /** Words in their titles and bodies. */
    phrase: optional(queryText(Schema.String)),
    state: optional(queryText(openEnum("published", "draft", "all"))),
    help_center_id: optional(Schema.Int),
    /** Whether to say where in them the phrase is. */
    highlight: optional(Schema.Boolean)
  })
) {}

/** `page` counts from 1. `per_page`: 25 by default; neither is in any document, so no maximum is known. */
export class ListArticles extends Schema.Opaque<ListArticles>()(Schema.Struct(pageNumbers)) {}

/** A new article in one language. */
export class CreateArticleContent extends Schema.Opaque<CreateArticleContent>()(
  Schema.Struct({
    /** As answers have it; nothing depends on it. */
    type: optional(Schema.Literal("article_content")),
    title: optional(Schema.String),
    description: optional(Schema.String),
    /** HTML. */
    body: optional(Schema.String),
    /** The id of an admin. */
    author_id: optional(NumericId),
    state: optional(openEnum("published", "draft"))
  })
) {}

/** An article in other languages, by locale, to create or to change. */
export class CreateArticleTranslations extends Schema.Opaque<CreateArticleTranslations>()(
  Schema.Struct({
    /** As answers have it; nothing depends on it. */
    type: optional(Schema.Literal("article_translated_content")),
    ...inEveryLocale(optional(CreateArticleContent))
  })
) {}

/** A new article. */
export class CreateArticle extends Schema.Opaque<CreateArticle>()(
  Schema.Struct({
    /** In the default language of the Help Center, as are `description` and `body`. */
    title: Schema.String,
    description: optional(Schema.String),
    /** HTML. */
    body: optional(Schema.String),
    /** The id of an admin. */
    author_id: NumericId,
    /** `draft` by default. */
    state: optional(openEnum("published", "draft")),
    /** The collection or section to put it in; needs `parent_type`. */
    parent_id: optional(NumericId),
    parent_type: optional(openEnum("collection", "section")),
    /** The other languages, by locale. */
    translated_content: optional(CreateArticleTranslations)
  })
) {}

/** Changes of an article; what is left out stays. */
export class UpdateArticle extends Schema.Opaque<UpdateArticle>()(
  Schema.Struct({
    /** In the default language of the Help Center, as are `description` and `body`. */
    title: optional(Schema.String),
    description: optional(Schema.String),
    /** HTML; it replaces the whole body. */
    body: optional(Schema.String),
    /** The id of an admin. */
    author_id: optional(NumericId),
    state: optional(openEnum("published", "draft")),
    /** The collection or section to move it to, as text here; needs `parent_type`. */
    parent_id: optional(Schema.String),
    parent_type: optional(openEnum("collection", "section")),
    /** The languages to change, by locale; the others stay. */
    translated_content: optional(CreateArticleTranslations)
  })
) {}

/** The articles of a workspace. */
export class Articles extends Resource.Service<Articles>()("Articles", {
  /**
   * One page; `list.pages` and `list.items` walk them all.
   *
   * Permission: Read and list articles.
   */
  list: Endpoint.get("/articles", {
    permission: "Read and list articles",
    query: ListArticles,
    success: ArticleList,
    error: ErrorResponse.BadRequest,
    pages: Pagination.page("data", Article)
  }),
  /**
   * Creates an article. Never sent twice.
   *
   * Permission: Read and write articles.
   */
  create: Endpoint.post("/articles", {
    permission: "Read and write articles",
    payload: CreateArticle,
    success: Article,
    error: [ErrorResponse.BadRequest, ErrorResponse.UnprocessableEntity]
  }),
  /**
   * The only way to an article's `statistics`. Fails with `NotFound` when there is no such article.
   *
   * Permission: Read and list articles.
   */
  get: Endpoint.get("/articles/:article_id", {
    permission: "Read and list articles",
    params: { article_id: ArticleId },
    success: Article,
    error: ErrorResponse.NotFound
  }),
  /**
   * Changes what is given. Fails with `NotFound` when there is no such article.
   *
   * Permission: Read and write articles.
   */
  update: Endpoint.put("/articles/:article_id", {
    permission: "Read and write articles",
    params: { article_id: ArticleId },
    payload: UpdateArticle,
    success: Article,
    error: [ErrorResponse.BadRequest, ErrorResponse.NotFound, ErrorResponse.UnprocessableEntity]
  }),
  /**
   * Deletes an article for good; `update` it to `state: "draft"` to hide it. Fails with `NotFound` when it is gone.
   *
   * Permission: Read and write articles.
   */
  delete: Endpoint.del("/articles/:article_id", {
    permission: "Read and write articles",
    params: { article_id: ArticleId },
    success: Deleted,
    error: ErrorResponse.NotFound
  }),
  /**
   * One page of the articles that have a phrase; `search.pages` and `search.items` walk them all.
   *
   * Permission: Read and list articles.
   */
  search: Endpoint.get("/articles/search", {
    permission: "Read and list articles",
    query: SearchArticles,
    success: ArticleSearchResult,
    pages: Pagination.url("data.articles", Article)
  })
}) {}
