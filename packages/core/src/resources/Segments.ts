/** Segments: saved filters over contacts or companies. */
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import { listing, nullish, open, openEnum, optional, UnixSeconds } from "../Wire.ts"
import * as Pagination from "../Pagination.ts"
import * as Resource from "../Resource.ts"
import { SegmentId } from "./Common.ts"

export { SegmentId } from "./Common.ts"

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

/** The segments of a workspace. */
export class Segments extends Resource.Service<Segments>()("Segments", {
  /**
   * All segments, in one answer.
   *
   * Permission: Read and list users and companies.
   */
  list: Endpoint.get("/segments", {
    permission: "Read and list users and companies",
    query: ListSegments,
    success: SegmentList,
    pages: Pagination.single("segments", Segment)
  }),
  /**
   * Fails with `NotFound` when there is no such segment.
   *
   * Permission: Read and list users and companies.
   */
  get: Endpoint.get("/segments/:segment_id", {
    permission: "Read and list users and companies",
    params: { segment_id: SegmentId },
    success: Segment,
    error: ErrorResponse.NotFound
  })
}) {}
