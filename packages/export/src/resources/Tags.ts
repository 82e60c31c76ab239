/** All tags, in one answer. */
import { Tag, Tags } from "@effect-intercom/core/resources/Tags"
import * as Stream from "effect/Stream"
import { listing } from "../Definition.ts"

export const tags = listing({
  name: "tags",
  about: "tags",
  schema: Tag,
  requests: ["GET /tags"],
  permissions: ["Read tags"],
  pages: (_, options) => Stream.unwrap(Tags.useSync(({ list }) => list.pages({}, options)))
})
