/** All articles. 25 a page is the API's default; its maximum is not documented. */
import { Article, Articles, type ArticleId } from "@effect-intercom/core/resources/Articles"
import * as Stream from "effect/Stream"
import { listing } from "../Definition.ts"

export const articles = listing({
  name: "articles",
  about: "articles",
  schema: Article,
  pageSize: 25,
  requests: ["GET /articles"],
  permissions: ["Read and list articles"],
  get: {
    request: "GET /articles/{article_id}",
    // The id of one.
    record: (id) => Articles.use(({ get }) => get(id as ArticleId))
  },
  pages: (query, options) => Stream.unwrap(Articles.useSync(({ list }) => list.pages(query, options)))
})
