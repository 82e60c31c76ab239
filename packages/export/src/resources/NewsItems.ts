/** All news items; the size of a page is the API's own. */
import { NewsItem, NewsItems, type NewsItemId } from "@effect-intercom/core/resources/NewsItems"
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
  get: {
    request: "GET /news/news_items/{news_item_id}",
    // The id of one.
    record: (id) => NewsItems.use(({ get }) => get(id as NewsItemId))
  },
  pages: (_, options) => Stream.unwrap(NewsItems.useSync(({ list }) => list.pages({}, options)))
})
