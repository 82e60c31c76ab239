/** All segments, in one answer. */
import { Segment, Segments, type SegmentId } from "@effect-intercom/core/resources/Segments"
import * as Stream from "effect/Stream"
import { listing } from "../Definition.ts"

export const segments = listing({
  name: "segments",
  about: "segments",
  schema: Segment,
  requests: ["GET /segments"],
  permissions: ["Read and list users and companies"],
  get: {
    request: "GET /segments/{segment_id}",
    // The id of one.
    record: (id) => Segments.use(({ get }) => get(id as SegmentId))
  },
  pages: (_, options) => Stream.unwrap(Segments.useSync(({ list }) => list.pages({}, options)))
})
