/** News items, newest first. */
import { NewsItems } from "@effect-intercom/core"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import * as V from "../internal/Vocabulary.ts"
import * as Kind from "../Kind.ts"
import * as World from "../World.ts"
import * as Admins from "./Admins.ts"

const salt = 7

const ids = Ids.numeric(salt)

const generate = (world: World.World, index: number) => {
  const random = World.random(world, salt, index)
  const created_at = World.start + index * World.day
  return {
    type: "news-item",
    id: world.id("newsItems", index),
    workspace_id: World.workspaceId(world),
    title: `${random.pick(V.topics)} ${index}`,
    body: `<p>${random.pick(V.sentences)}</p>`,
    sender_id: Admins.idOf(world, world.counts.admins > 0 ? random.below(world.counts.admins) : 0),
    state: random.chance(0.7) ? "live" : "draft",
    newsfeed_assignments:
      random.chance(0.5) && world.counts.newsfeeds > 0
        ? [{ newsfeed_id: Number(world.id("newsfeeds", 0)), published_at: created_at + World.day }]
        : [],
    labels: random.chance(0.5) ? ["Product", "Größeres"] : [],
    cover_image_url: null,
    // The live API has nulls in here.
    reactions: random.chance(0.3) ? ["😆", null, "😭"] : [null, null, null, null],
    deliver_silently: random.chance(0.5),
    created_at,
    updated_at: created_at + random.below(World.day)
  }
}

const make = (input: Crud.Input, { id, now, workspace }: Crud.Making) => ({
  type: "news-item",
  id,
  workspace_id: World.workspaceId(workspace.world),
  body: "",
  state: "draft",
  newsfeed_assignments: [],
  labels: [],
  cover_image_url: null,
  reactions: [],
  deliver_silently: false,
  created_at: now,
  updated_at: now,
  ...input
})

/** What a news item names. */
const named = { sender_id: "admin", "newsfeed_assignments.newsfeed_id": "newsfeed" } as const

export const newsItems = Kind.listed(NewsItems, {
  count: 12,
  ids,
  generate,
  order: "newest",
  handlers: {
    list: Crud.list({ perPage: 10 }),
    get: Crud.get,
    create: Crud.referring(named, Crud.create(make)),
    update: Crud.referring(named, Crud.update()),
    delete: Crud.remove()
  }
})
