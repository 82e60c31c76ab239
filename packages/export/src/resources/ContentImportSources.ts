/** All sources of external pages; the size of a page is the API's own. */
import {
  ContentImportSource,
  ContentImportSources,
  type ContentImportSourceId
} from "@effect-intercom/core/resources/ContentImportSources"
import * as Stream from "effect/Stream"
import { listing } from "../Definition.ts"

export const contentImportSources = listing({
  name: "contentImportSources",
  about: "sources of external pages",
  schema: ContentImportSource,
  requests: ["GET /ai/content_import_sources"],
  permissions: [],
  get: {
    request: "GET /ai/content_import_sources/{source_id}",
    // The id of one.
    record: (id) => ContentImportSources.use(({ get }) => get(id as ContentImportSourceId))
  },
  pages: (_, options) => Stream.unwrap(ContentImportSources.useSync(({ list }) => list.pages({}, options)))
})
