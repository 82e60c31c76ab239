/** All newsfeeds; the size of a page is the API's own. */
import { Newsfeed, Newsfeeds, type NewsfeedId } from "@effect-intercom/core/resources/Newsfeeds"
import * as Stream from "effect/Stream"
import { listing } from "../Definition.ts"

export const newsfeeds = listing({
  name: "newsfeeds",
  about: "newsfeeds",
  schema: Newsfeed,
  requests: ["GET /news/newsfeeds"],
  permissions: ["Read and list news items and newsfeeds"],
  get: {
    request: "GET /news/newsfeeds/{newsfeed_id}",
    // The id of one.
    record: (id) => Newsfeeds.use(({ get }) => get(id as NewsfeedId))
  },
  pages: (_, options) => Stream.unwrap(Newsfeeds.useSync(({ list }) => list.pages({}, options)))
})
