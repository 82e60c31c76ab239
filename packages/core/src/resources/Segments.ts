/** Segments: saved filters over contacts or companies. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { Authorization } from "../Authorization.ts"
import { listing, nullish, open, openEnum, optional, UnixSeconds } from "../Wire.ts"
import * as Operation from "../Operation.ts"
import * as Pagination from "../Pagination.ts"
import { SegmentId } from "./Common.ts"

export { SegmentId } from "./Common.ts"

// ---------------------------------------------------------------------------------------------------------------------
// wire schemas
// ---------------------------------------------------------------------------------------------------------------------

/**
 * A segment, as the API sends it. Times are Unix seconds; any field but `type` and `id` may be null or missing;
 * fields not listed here are kept. Source: the official 2.15 document.
 */
export class Segment extends Schema.Opaque<Segment>()(
  open({
    type: openEnum("segment"),
    id: SegmentId,
    name: nullish(Schema.String),
    created_at: nullish(UnixSeconds),
    updated_at: nullish(UnixSeconds),
    /** Whom it filters: `contact` are leads. */
    person_type: nullish(openEnum("contact", "user")),
    /** How many are in it; only with `include_count`, and null while Intercom has not counted. */
    count: nullish(Schema.Int)
  })
) {}

/** All segments of the workspace. `pages` is in the official document, but was never seen in an answer. */
export class SegmentList extends Schema.Opaque<SegmentList>()(
  listing({
    segments: Schema.Array(Segment),
    pages: nullish(Pagination.Pages)
  })
) {}

/** `include_count`: whether each segment comes with its `count`. */
export class ListSegments extends Schema.Opaque<ListSegments>()(
  Schema.Struct({
    include_count: optional(Schema.Boolean)
  })
) {}

// ---------------------------------------------------------------------------------------------------------------------
// endpoints
// ---------------------------------------------------------------------------------------------------------------------

/** The declaration of the operations on segments. */
export class SegmentsGroup extends HttpApiGroup.make("Segments")
  .add(
    HttpApiEndpoint.get("list", "/segments", {
      query: ListSegments,
      success: SegmentList
    }).annotateMerge(Operation.annotations({ operationId: "listSegments" }))
  )
  .middleware(Authorization) {}

// ---------------------------------------------------------------------------------------------------------------------
// service
// ---------------------------------------------------------------------------------------------------------------------

/** The segments of a workspace. */
export class Segments extends Context.Service<Segments>()("@effect-intercom/core/Segments", {
  make: Effect.gen(function* () {
    const segments = yield* Operation.client(SegmentsGroup)
    return {
      /** All segments, in one answer. */
      list: Pagination.single(segments.list, { items: "segments", item: Segment })
    }
  })
}) {
  static readonly layer = Layer.fresh(Layer.effect(this, this.make))
}
