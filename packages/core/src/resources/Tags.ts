/** Tags: labels on contacts, companies and conversations. */
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import { listing, noParameters, nullish, open, openEnum, UnixSeconds } from "../Wire.ts"
import * as Pagination from "../Pagination.ts"
import * as Resource from "../Resource.ts"
import { Reference, TagId } from "./Common.ts"

export { TagId } from "./Common.ts"

/**
 * A tag, as the API sends it. Any field but `type` and `id` may be null or missing; fields not listed here are kept.
 * Source: the official 2.15 document.
 */
export class Tag extends Schema.Opaque<Tag>()(
  open({
    type: openEnum("tag"),
    id: TagId,
    name: nullish(Schema.String),
    /** Described for listings; a tag by itself is on nothing, so it has neither this (Unix seconds) nor `applied_by`. */
    applied_at: nullish(UnixSeconds),
    applied_by: nullish(Reference)
  })
) {}

/** All tags of the workspace. */
export class TagList extends Schema.Opaque<TagList>()(
  listing({
    data: Schema.Array(Tag)
  })
) {}

/** There is nothing to ask for. */
export class ListTags extends Schema.Opaque<ListTags>()(noParameters) {}

/** The tags of a workspace. */
export class Tags extends Resource.Service<Tags>()("Tags", {
  /** All tags, in one answer. */
  list: Endpoint.get("/tags", { query: ListTags, success: TagList, pages: Pagination.single("data", Tag) }),
  /** Fails with `NotFound` when there is no such tag. */
  get: Endpoint.get("/tags/:tag_id", { params: { tag_id: TagId }, success: Tag, error: ErrorResponse.NotFound })
}) {}
