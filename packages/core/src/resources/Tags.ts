/** Tags: labels on contacts, companies and conversations. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { Authorization } from "../Authorization.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import { listing, noParameters, nullish, open, openEnum, pathSegment, UnixSeconds } from "../Wire.ts"
import * as Operation from "../Operation.ts"
import * as Pagination from "../Pagination.ts"
import { Reference, TagId } from "./Common.ts"

export { TagId } from "./Common.ts"

// ---------------------------------------------------------------------------------------------------------------------
// wire schemas
// ---------------------------------------------------------------------------------------------------------------------

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

// ---------------------------------------------------------------------------------------------------------------------
// endpoints
// ---------------------------------------------------------------------------------------------------------------------

/** The declaration of the operations on tags. */
export class TagsGroup extends HttpApiGroup.make("Tags")
  .add(
    HttpApiEndpoint.get("list", "/tags", {
      query: ListTags,
      success: TagList
    }).annotateMerge(Operation.annotations({ operationId: "listTags" })),
    HttpApiEndpoint.get("get", "/tags/:tag_id", {
      params: { tag_id: pathSegment(TagId) },
      success: Tag,
      error: ErrorResponse.NotFound
    }).annotateMerge(Operation.annotations({ operationId: "getTag" }))
  )
  .middleware(Authorization) {}

// ---------------------------------------------------------------------------------------------------------------------
// service
// ---------------------------------------------------------------------------------------------------------------------

/** The tags of a workspace. */
export class Tags extends Context.Service<Tags>()("@effect-intercom/core/Tags", {
  make: Effect.gen(function* () {
    const tags = yield* Operation.client(TagsGroup)
    return {
      /** All tags, in one answer. */
      list: Pagination.single(tags.list, { items: "data", item: Tag }),
      /** Fails with `NotFound` when there is no such tag. */
      get: Effect.fn("Tags.get")((tag_id: TagId) => tags.get({ params: { tag_id } }))
    }
  })
}) {
  static readonly layer = Layer.fresh(Layer.effect(this, this.make))
}
