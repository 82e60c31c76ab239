/** All news items; the size of a page is the API's own. */
import { NewsItem, NewsItems } from "@effect-intercom/core/resources/NewsItems"
import * as Stream from "effect/Stream"
import { listing } from "../Definition.ts"
import * as Table from "../Table.ts"

export const newsItems = listing({
  name: "newsItems",
  about: "news items",
  schema: NewsItem,
  table: Table.fromSchema("newsItems", NewsItem, {
    key: "id",
    formerly: ["news"],
    lists: { of: "news_item", at: { newsfeed_assignments: "newsfeed_assignments" } }
  }),
  requests: ["GET /news/news_items"],
  permissions: ["Read and list news items and newsfeeds"],
  pages: (_, options) => Stream.unwrap(NewsItems.useSync(({ list }) => list.pages({}, options)))
})
