/** All tags, in one answer. */
import { Tag, Tags, type TagId } from "@effect-intercom/core/resources/Tags"
import * as Stream from "effect/Stream"
import { listing } from "../Definition.ts"

export const tags = listing({
  name: "tags",
  about: "tags",
  schema: Tag,
  requests: ["GET /tags"],
  permissions: ["Read tags"],
  get: {
    request: "GET /tags/{tag_id}",
    // The id of one.
    record: (id) => Tags.use(({ get }) => get(id as TagId))
  },
  pages: (_, options) => Stream.unwrap(Tags.useSync(({ list }) => list.pages({}, options)))
})
