/** All external pages; the size of a page is the API's own. */
import { ExternalPage, ExternalPages } from "@effect-intercom/core/resources/ExternalPages"
import * as Stream from "effect/Stream"
import { listing } from "../Definition.ts"

export const externalPages = listing({
  name: "externalPages",
  about: "external pages, which the AI agent knows",
  schema: ExternalPage,
  changes: "filter",
  requests: ["GET /ai/external_pages"],
  permissions: [],
  pages: (_, options) => Stream.unwrap(ExternalPages.useSync(({ list }) => list.pages({}, options)))
})
