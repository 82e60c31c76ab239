/** All collections, of all levels; the size of a page is the API's own. */
import { Collection, Collections, type CollectionId } from "@effect-intercom/core/resources/Collections"
import * as Stream from "effect/Stream"
import { listing } from "../Definition.ts"

export const collections = listing({
  name: "collections",
  about: "collections of the Help Centers",
  schema: Collection,
  changes: "filter",
  requests: ["GET /help_center/collections"],
  permissions: ["Read and list articles"],
  get: {
    request: "GET /help_center/collections/{collection_id}",
    // The id of one.
    record: (id) => Collections.use(({ get }) => get(id as CollectionId))
  },
  pages: (_, options) => Stream.unwrap(Collections.useSync(({ list }) => list.pages({}, options)))
})
