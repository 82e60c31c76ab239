/** All sources of external pages; the size of a page is the API's own. */
import { ContentImportSource, ContentImportSources } from "@effect-intercom/core/resources/ContentImportSources"
import * as Stream from "effect/Stream"
import { listing } from "../Definition.ts"

export const contentImportSources = listing({
  name: "contentImportSources",
  about: "sources of external pages",
  schema: ContentImportSource,
  requests: ["GET /ai/content_import_sources"],
  permissions: [],
  pages: (_, options) => Stream.unwrap(ContentImportSources.useSync(({ list }) => list.pages({}, options)))
})
