/** Content import sources: where the AI agent's external pages come from. */
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import * as Id from "../Id.ts"
import * as Pagination from "../Pagination.ts"
import * as Resource from "../Resource.ts"
import { LooseId, listing, nullish, open, openEnum, optional, pageNumbers, unchecked, UnixSeconds } from "../Wire.ts"

/** The id of a content import source: digits, as a string. Answers have it as a number. */
export const ContentImportSourceId = Id.digits("intercom/ContentImportSourceId")
export type ContentImportSourceId = typeof ContentImportSourceId.Type

/**
 * A content import source, as the API sends it. Times are Unix seconds; any field but `type` and `id` may be null or
 * missing; fields not listed here are kept. Source: the official 2.15 document.
 */
export class ContentImportSource extends Schema.Opaque<ContentImportSource>()(
  open({
    type: openEnum("content_import_source"),
    /** A number; as a string it is a {@link ContentImportSourceId}. */
    id: LooseId,
    last_synced_at: nullish(UnixSeconds),
    /** `api`: its pages are what is sent to `externalPages`; of any other, Intercom fetches them. */
    sync_behavior: nullish(openEnum("api", "automatic", "manual")),
    status: nullish(openEnum("active", "deactivated")),
    /** Where it starts; of `api`, a URL that names it. */
    url: nullish(Schema.String),
    created_at: nullish(UnixSeconds),
    updated_at: nullish(UnixSeconds),
    /** Who may be told what is in it; null for everyone. */
    audience_ids: nullish(Schema.Array(LooseId))
  })
) {}

/** One page of content import sources. `pages.next` is a URL or null. */
export class ContentImportSourceList extends Schema.Opaque<ContentImportSourceList>()(
  listing({
    data: Schema.Array(ContentImportSource),
    total_count: unchecked,
    pages: nullish(Pagination.Pages)
  })
) {}

/** `page` counts from 1. Neither is in any document, so no maximum is known. */
export class ListContentImportSources extends Schema.Opaque<ListContentImportSources>()(Schema.Struct(pageNumbers)) {}

const common = {
  /** `active` by default. */
  status: optional(openEnum("active", "deactivated")),
  url: Schema.String,
  /** Who may be told what is in it: an audience, or several; null for everyone. */
  audience_ids: optional(Schema.NullOr(Schema.Union([Schema.Int, Schema.Array(Schema.Int)])))
}

/** A new content import source, whose pages you send. */
export class CreateContentImportSource extends Schema.Opaque<CreateContentImportSource>()(
  Schema.Struct({
    sync_behavior: openEnum("api"),
    ...common
  })
) {}

/** Changes of a content import source. `sync_behavior` and `url` are required here, too; what else is left out stays. */
export class UpdateContentImportSource extends Schema.Opaque<UpdateContentImportSource>()(
  Schema.Struct({
    sync_behavior: openEnum("api", "automated", "manual"),
    ...common,
    /** Whether `audience_ids` is for the pages there are, too; only for those to come by default. */
    apply_audience_to_existing_content: optional(Schema.Boolean)
  })
) {}

/** The content import sources of a workspace. */
export class ContentImportSources extends Resource.Service<ContentImportSources>()("ContentImportSources", {
  /** One page; `list.pages` and `list.items` walk them all. */
  list: Endpoint.get("/ai/content_import_sources", {
    query: ListContentImportSources,
    success: ContentImportSourceList,
    error: ErrorResponse.BadRequest,
    pages: Pagination.page("data", ContentImportSource)
  }),
  /** Fails with `NotFound` when there is no such source. */
  get: Endpoint.get("/ai/content_import_sources/:source_id", {
    params: { source_id: ContentImportSourceId },
    success: ContentImportSource,
    error: ErrorResponse.NotFound
  }),
  /** Creates a source for pages of your own. Never sent twice. */
  create: Endpoint.post("/ai/content_import_sources", {
    payload: CreateContentImportSource,
    success: ContentImportSource,
    error: ErrorResponse.BadRequest
  }),
  /** Changes what is given. Fails with `NotFound` when there is no such source. */
  update: Endpoint.put("/ai/content_import_sources/:source_id", {
    params: { source_id: ContentImportSourceId },
    payload: UpdateContentImportSource,
    success: ContentImportSource,
    error: [ErrorResponse.BadRequest, ErrorResponse.NotFound]
  }),
  /** Deletes a source for good, and its pages with it. Fails with `NotFound` when it is gone. */
  delete: Endpoint.del("/ai/content_import_sources/:source_id", {
    params: { source_id: ContentImportSourceId },
    error: ErrorResponse.NotFound
  })
}) {}
