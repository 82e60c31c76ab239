/** Internal articles, newest first. */
import { InternalArticles } from "@effect-intercom/core"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import * as V from "../internal/Vocabulary.ts"
import * as Kind from "../Kind.ts"
import * as World from "../World.ts"
import * as Admins from "./Admins.ts"

const salt = "internalArticles"

const ids = Ids.numeric(salt)

const generate = (world: World.World, index: number) => {
  const random = World.random(world, salt, index)
  const created_at = World.start + index * 3600
  const admin = () => Admins.idOf(world, Math.floor(random.next() * world.counts.admins))
  return {
    type: "internal_article",
    id: world.id("internalArticles", index),
    title: `${random.pick(V.topics)} ${index}`,
    body: random.chance(0.1) ? null : `<p>${random.pick(V.sentences)}</p>`,
    owner_id: admin(),
    author_id: admin(),
    created_at,
    updated_at: created_at + random.below(World.day),
    locale: "en"
  }
}

/** What an internal article names. */
const named = { author_id: "admin", owner_id: "admin" } as const

export const internalArticles = Kind.listed(InternalArticles, {
  count: 8,
  ids,
  generate,
  order: "newest",
  handlers: {
    list: Crud.list({ perPage: 25 }),
    get: Crud.get,
    create: Crud.referring(
      named,
      Crud.create((input, { id, now }) => ({
        type: "internal_article",
        id,
        body: "",
        created_at: now,
        updated_at: now,
        locale: "en",
        ...input
      }))
    ),
    update: Crud.referring(named, Crud.update()),
    delete: Crud.remove(),
    // Folders are none of the API's: what was created by it is in none.
    search: (call, here) => Crud.matching({ perPage: 10 }, () => call.query.folder_id === undefined, call, here)
  }
})
