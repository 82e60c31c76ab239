/** Newsfeeds, newest first. */
import { Newsfeeds } from "@effect-intercom/core"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import * as Kind from "../Kind.ts"
import * as World from "../World.ts"

const ids = Ids.counting(198_313)

export const newsfeeds = Kind.listed(Newsfeeds, {
  count: 2,
  ids,
  generate: (world, index) => ({
    type: "newsfeed",
    id: ids.of(world, index),
    name: index === 0 ? "Visitor feed" : `Feed ${index}`,
    created_at: World.start + index * World.day,
    updated_at: World.start + index * World.day
  }),
  order: "newest",
  handlers: {
    list: Crud.list({ perPage: 10 }),
    get: Crud.get
  }
})
