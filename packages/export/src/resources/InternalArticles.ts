/** All internal articles; the size of a page is the API's own. */
import {
  InternalArticle,
  InternalArticles,
  type InternalArticleId
} from "@effect-intercom/core/resources/InternalArticles"
import * as Stream from "effect/Stream"
import { listing } from "../Definition.ts"

export const internalArticles = listing({
  name: "internalArticles",
  about: "internal articles",
  schema: InternalArticle,
  changes: "filter",
  requests: ["GET /internal_articles"],
  permissions: ["Read and list articles"],
  get: {
    request: "GET /internal_articles/{internal_article_id}",
    // The id of one.
    record: (id) => InternalArticles.use(({ get }) => get(id as InternalArticleId))
  },
  pages: (_, options) => Stream.unwrap(InternalArticles.useSync(({ list }) => list.pages({}, options)))
})
