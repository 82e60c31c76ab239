/** External pages: what the AI agent knows beside articles. */
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

/** The id Intercom gave an external page, not your own `external_id`. */
export const ExternalPageId = Id.any("intercom/ExternalPageId")
export type ExternalPageId = typeof ExternalPageId.Type

/**
 * An external page, as the API sends it. Times are Unix seconds; any field but `type` and `id` may be null or missing;
 * fields not listed here are kept. Source: the official 2.15 document.
 */
export class ExternalPage extends Schema.Opaque<ExternalPage>()(
  open({
    type: openEnum("external_page"),
    id: ExternalPageId,
    title: nullish(Schema.String),
    html: nullish(Schema.String),
    /** What answers that draw on it link to. */
    url: nullish(Schema.String),
    /** Who draws on it: the agent that answers customers, that which helps teammates, that which sells. */
    ai_agent_availability: nullish(Schema.Boolean),
    ai_copilot_availability: nullish(Schema.Boolean),
    ai_sales_agent_availability: nullish(Schema.Boolean),
    fin_availability: nullish(Schema.Boolean),
    locale: nullish(openEnum("en")),
    /** The content import source it is of. */
    source_id: nullish(LooseId),
    /** Your own id for the page. */
    external_id: nullish(Schema.String),
    created_at: nullish(UnixSeconds),
    updated_at: nullish(UnixSeconds),
    last_ingested_at: nullish(UnixSeconds)
  })
) {}

/** One page of external pages. `pages.next` is a URL or null. */
export class ExternalPageList extends Schema.Opaque<ExternalPageList>()(
  listing({
    data: Schema.Array(ExternalPage),
    total_count: unchecked,
    pages: nullish(Pagination.Pages)
  })
) {}

/** `page` counts from 1. Neither is in any document, so no maximum is known. */
export class ListExternalPages extends Schema.Opaque<ListExternalPages>()(Schema.Struct(pageNumbers)) {}

/** A new external page. */
export class CreateExternalPage extends Schema.Opaque<CreateExternalPage>()(
  Schema.Struct({
    title: Schema.String,
    /** Scripts and styles in it are ignored. */
    html: Schema.String,
    /** What answers that draw on it link to. */
    url: optional(Schema.String),
    /** Whether the agents that answer customers and help teammates may draw on it; neither by default. */
    ai_agent_availability: optional(Schema.Boolean),
    ai_copilot_availability: optional(Schema.Boolean),
    /** `en` is the only one there is. */
    locale: openEnum("en"),
    /** The id of a content import source with `sync_behavior: "api"`. */
    source_id: NumericId,
    /** Your own id for the page, one page for each in a source. */
    external_id: Schema.String
  })
) {}

/** An external page as it is to be: all of it, but for `fin_availability` and `external_id`. */
export class UpdateExternalPage extends Schema.Opaque<UpdateExternalPage>()(
  Schema.Struct({
    title: Schema.String,
    html: Schema.String,
    url: Schema.String,
    /** Whether the AI agent may draw on it; true by default. */
    fin_availability: optional(Schema.Boolean),
    locale: openEnum("en"),
    source_id: NumericId,
    external_id: optional(Schema.String)
  })
) {}

/** The external pages of a workspace. */
export class ExternalPages extends Resource.Service<ExternalPages>()("ExternalPages", {
  /** One page of external pages; `list.pages` and `list.items` walk them all. */
  list: Endpoint.get("/ai/external_pages", {
    query: ListExternalPages,
    success: ExternalPageList,
    error: ErrorResponse.BadRequest,
    pages: Pagination.page("data", ExternalPage)
  }),
  /** Fails with `NotFound` when there is no such page. */
  get: Endpoint.get("/ai/external_pages/:page_id", {
    params: { page_id: ExternalPageId },
    success: ExternalPage,
    error: ErrorResponse.NotFound
  }),
  /** Creates a page; to send one again, `update` it. Never sent twice. */
  create: Endpoint.post("/ai/external_pages", {
    payload: CreateExternalPage,
    success: ExternalPage,
    error: ErrorResponse.BadRequest
  }),
  /** Replaces a page. Fails with `NotFound` when there is no such page. */
  update: Endpoint.put("/ai/external_pages/:page_id", {
    params: { page_id: ExternalPageId },
    payload: UpdateExternalPage,
    success: ExternalPage,
    error: [ErrorResponse.BadRequest, ErrorResponse.NotFound]
  }),
  /** Deletes a page for good, and answers with it as it was. Fails with `NotFound` when it is gone. */
  delete: Endpoint.del("/ai/external_pages/:page_id", {
    params: { page_id: ExternalPageId },
    success: ExternalPage,
    error: ErrorResponse.NotFound
  })
}) {}
