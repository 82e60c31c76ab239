/** Collections: the folders of a Help Center, which hold articles and other collections. */
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
  unchecked,
  UnixSeconds
} from "../Wire.ts"
import { Deleted, inEveryLocale } from "./Common.ts"

/** The id of a collection: digits, as a string. Articles have that of theirs as a number, in `parent_id`. */
export const CollectionId = Id.digits("intercom/CollectionId")
export type CollectionId = typeof CollectionId.Type

/** A collection in one language. */
export class CollectionContent extends Schema.Opaque<CollectionContent>()(
  open({
    type: nullish(openEnum("group_content")),
    name: nullish(Schema.String),
    description: nullish(Schema.String)
  })
) {}

/** A collection in the other languages it has, by locale; null for those it lacks. */
export class CollectionTranslations extends Schema.Opaque<CollectionTranslations>()(
  open({
    type: nullish(openEnum("group_translated_content")),
    ...inEveryLocale(nullish(CollectionContent))
  })
) {}

/**
 * A collection, as the API sends it. Times are Unix seconds; any field but `id` may be null or missing; fields not listed
 * here are kept. Source: the official 2.15 document.
 */
export class Collection extends Schema.Opaque<Collection>()(
  open({
    id: CollectionId,
    workspace_id: nullish(LooseId),
    name: nullish(Schema.String),
    description: nullish(Schema.String),
    created_at: nullish(UnixSeconds),
    updated_at: nullish(UnixSeconds),
    /** Null while nothing in it is published. */
    url: nullish(Schema.String),
    /** The name of a picture. */
    icon: nullish(Schema.String),
    /** Its place among those beside it. */
    order: nullish(Schema.Int),
    default_locale: nullish(Schema.String),
    translated_content: nullish(CollectionTranslations),
    /** The collection it is in; null at the top. */
    parent_id: nullish(LooseId),
    /** Null where a workspace has one Help Center alone. */
    help_center_id: nullish(LooseId)
  })
) {}

/** One page of collections, the last updated first. `pages.next` is a URL or null. */
export class CollectionList extends Schema.Opaque<CollectionList>()(
  listing({
    data: Schema.Array(Collection),
    total_count: unchecked,
    pages: nullish(Pagination.Pages)
  })
) {}

/** `page` counts from 1. Neither is in any document, so no maximum is known. */
export class ListCollections extends Schema.Opaque<ListCollections>()(Schema.Struct(pageNumbers)) {}

/** A collection in one language, to create or to change. */
export class CreateCollectionContent extends Schema.Opaque<CreateCollectionContent>()(
  Schema.Struct({
    /** As answers have it; nothing depends on it. */
    type: optional(Schema.Literal("group_content")),
    name: optional(Schema.String),
    description: optional(Schema.String)
  })
) {}

/** A collection in other languages, by locale, to create or to change. */
export class CreateCollectionTranslations extends Schema.Opaque<CreateCollectionTranslations>()(
  Schema.Struct({
    /** As answers have it; nothing depends on it. */
    type: optional(Schema.Literal("group_translated_content")),
    ...inEveryLocale(optional(CreateCollectionContent))
  })
) {}

const changes = {
  description: optional(Schema.String),
  /** The other languages, by locale. */
  translated_content: optional(CreateCollectionTranslations),
  /** The collection to put it in; null for the top. */
  parent_id: optional(Schema.NullOr(Schema.String))
}

/** A new collection. */
export class CreateCollection extends Schema.Opaque<CreateCollection>()(
  Schema.Struct({
    /** In the default language of the Help Center, as is `description`. */
    name: Schema.String,
    ...changes,
    /** The Help Center it is of; the default one, if left out or null. */
    help_center_id: optional(Schema.NullOr(NumericId))
  })
) {}

/** Changes of a collection; what is left out stays, as do languages that are not named. */
export class UpdateCollection extends Schema.Opaque<UpdateCollection>()(
  Schema.Struct({
    /** In the default language of the Help Center, as is `description`. */
    name: optional(Schema.String),
    ...changes
  })
) {}

/** The collections of a workspace's Help Centers. */
export class Collections extends Resource.Service<Collections>()("Collections", {
  /**
   * One page, of all levels; `list.pages` and `list.items` walk them all.
   *
   * Permission: Read and list articles.
   */
  list: Endpoint.get("/help_center/collections", {
    permission: "Read and list articles",
    query: ListCollections,
    success: CollectionList,
    error: ErrorResponse.BadRequest,
    pages: Pagination.page("data", Collection)
  }),
  /**
   * Fails with `NotFound` when there is no such collection.
   *
   * Permission: Read and list articles.
   */
  get: Endpoint.get("/help_center/collections/:collection_id", {
    permission: "Read and list articles",
    params: { collection_id: CollectionId },
    success: Collection,
    error: ErrorResponse.NotFound
  }),
  /**
   * Creates a collection. Names need not differ, so it is never sent twice.
   *
   * Permission: Read and write articles.
   */
  create: Endpoint.post("/help_center/collections", {
    permission: "Read and write articles",
    payload: CreateCollection,
    success: Collection,
    error: ErrorResponse.BadRequest
  }),
  /**
   * Changes what is given. Fails with `NotFound` when there is no such collection.
   *
   * Permission: Read and write articles.
   */
  update: Endpoint.put("/help_center/collections/:collection_id", {
    permission: "Read and write articles",
    params: { collection_id: CollectionId },
    payload: UpdateCollection,
    success: Collection,
    error: [ErrorResponse.BadRequest, ErrorResponse.NotFound]
  }),
  /**
   * Deletes a collection for good. Fails with `NotFound` when it is gone.
   *
   * Permission: Read and write articles.
   */
  delete: Endpoint.del("/help_center/collections/:collection_id", {
    permission: "Read and write articles",
    params: { collection_id: CollectionId },
    success: Deleted,
    error: ErrorResponse.NotFound
  })
}) {}
