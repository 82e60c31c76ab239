/** All external pages; the size of a page is the API's own. */
import { ExternalPage, ExternalPages, type ExternalPageId } from "@effect-intercom/core/resources/ExternalPages"
import * as Stream from "effect/Stream"
import { listing } from "../Definition.ts"

export const externalPages = listing({
  name: "externalPages",
  about: "external pages, which the AI agent knows",
  schema: ExternalPage,
  changes: "filter",
  requests: ["GET /ai/external_pages"],
  permissions: [],
  get: {
    request: "GET /ai/external_pages/{page_id}",
    // The id of one.
    record: (id) => ExternalPages.use(({ get }) => get(id as ExternalPageId))
  },
  pages: (_, options) => Stream.unwrap(ExternalPages.useSync(({ list }) => list.pages({}, options)))
})
