/** Newsfeeds, newest first. */
import { Newsfeeds } from "@effect-intercom/core"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import * as Collection from "../internal/Collection.ts"
import * as Listing from "../internal/Listing.ts"
import * as Kind from "../Kind.ts"
import * as World from "../World.ts"

const ids = Ids.counting(198_313)

export const newsfeeds = Kind.listed(Newsfeeds, {
  count: 2,
  ids,
  generate: (world, index) => ({
    type: "newsfeed",
    id: world.id("newsfeeds", index),
    name: index === 0 ? "Visitor feed" : `Feed ${index}`,
    created_at: World.start + index * World.day,
    updated_at: World.start + index * World.day
  }),
  order: "newest",
  handlers: {
    list: Crud.list({ perPage: 10 }),
    get: Crud.get,
    listItems: (call, here) => {
      const { newsfeeds, newsItems } = here.workspace.collections
      if (newsfeeds.find(call.params.newsfeed_id) === undefined) return Crud.missing()
      const live = Listing.rows(newsItems).filter(
        ({ newsfeed_assignments, state }) =>
          state === "live" &&
          Array.isArray(newsfeed_assignments) &&
          newsfeed_assignments.some((one) => String(Crud.fieldsOf(one)["newsfeed_id"]) === call.params.newsfeed_id)
      )
      return Crud.show({ perPage: 20 }, Collection.of(live), call, here)
    }
  }
})
