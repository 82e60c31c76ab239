/** All newsfeeds; the size of a page is the API's own. */
import { Newsfeed, Newsfeeds } from "@effect-intercom/core/resources/Newsfeeds"
import * as Stream from "effect/Stream"
import { listing } from "../Definition.ts"

export const newsfeeds = listing({
  name: "newsfeeds",
  about: "newsfeeds",
  schema: Newsfeed,
  requests: ["GET /news/newsfeeds"],
  permissions: ["Read and list news items and newsfeeds"],
  pages: (_, options) => Stream.unwrap(Newsfeeds.useSync(({ list }) => list.pages({}, options)))
})
