/** Collections, newest first. Those in one are deleted with it; the articles in them are in none then. */
import { Collections } from "@effect-intercom/core"
import * as Effect from "effect/Effect"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import type { Row } from "../internal/Collection.ts"
import * as ErrorList from "../internal/ErrorList.ts"
import * as Listing from "../internal/Listing.ts"
import type * as Prng from "../internal/Prng.ts"
import * as V from "../internal/Vocabulary.ts"
import * as Kind from "../Kind.ts"
import * as World from "../World.ts"

const salt = "collections"

const ids = Ids.counting(145)

const generate = (world: World.World, index: number) => {
  const random = World.random(world, salt, index)
  const created_at = World.start + index * World.day
  const id = world.id("collections", index)
  return {
    id,
    workspace_id: World.workspaceId(world),
    name: `${random.pick(V.topics)} ${index}`,
    description: random.chance(0.5) ? random.pick(V.sentences) : null,
    created_at,
    updated_at: created_at + random.below(World.day),
    url: `https://help.example.com/en/collections/${id}`,
    icon: "book-bookmark",
    order: index,
    default_locale: "en",
    translated_content: null,
    // The third of three is in the first of them.
    parent_id: index % 3 === 2 ? world.id("collections", index - 2) : null,
    help_center_id: world.counts.helpCenters > 0 ? Number(world.id("helpCenters", 0)) : null
  }
}

/** The id of a collection for a record that is in one. As many draws however many there are. */
export const draw = (world: World.World, random: Prng.Prng): string | undefined => {
  const within = random.chance(0.5)
  const index = Math.floor(random.next() * world.counts.collections)
  return within && world.counts.collections > 0 ? world.id("collections", index) : undefined
}

/** How an article says which collection it is in. */
export const parentOf = (id: string | undefined) =>
  id === undefined
    ? { parent_id: null, parent_ids: [], parent_type: null }
    : { parent_id: Number(id), parent_ids: [Number(id)], parent_type: "collection" }

const translated = (given: unknown, before: unknown) => {
  if (given === undefined) return before ?? null
  const { type: _, ...contents } = Crud.fieldsOf(given)
  const changed = Object.entries(contents).map(([locale, content]) => [
    locale,
    {
      type: "group_content",
      ...Crud.fieldsOf(Crud.fieldsOf(before)[locale]),
      ...Crud.present(Crud.fieldsOf(content))
    }
  ])
  return { type: "group_translated_content", ...Crud.fieldsOf(before), ...Object.fromEntries(changed) }
}

const write = (row: Row, input: Crud.Input, now: number): Row => ({
  ...row,
  ...input,
  updated_at: now,
  translated_content: translated(input["translated_content"], row["translated_content"])
})

const make = (input: Crud.Input, { id, now, workspace: { collections, world } }: Crud.Making): Row => {
  const [helpCenter] = Listing.rows(collections.helpCenters)
  const bare = {
    id,
    workspace_id: World.workspaceId(world),
    description: null,
    created_at: now,
    url: `https://help.example.com/en/collections/${id}`,
    icon: "book-bookmark",
    order: collections.collections.size(),
    default_locale: "en",
    parent_id: null
  }
  const help_center_id = input["help_center_id"] ?? (helpCenter === undefined ? null : Number(helpCenter.id))
  return { ...write(bare, input, now), help_center_id }
}

/** A collection, and all in it, each of them once. */
const withThoseIn = (rows: ReadonlyArray<Row>, id: string): ReadonlySet<string> => {
  const within = new Set([id])
  for (const one of within) for (const row of rows) if (String(row["parent_id"]) === one) within.add(row.id)
  return within
}

/** Refuses to put a collection into itself or what is in it. */
const outsideItself =
  (handler: Kind.Handler<Crud.Call>): Kind.Handler<Crud.Call> =>
  (call, here) => {
    const id = String(call.params["collection_id"])
    const { parent_id } = Crud.fieldsOf(call.payload)
    return withThoseIn(Listing.rows(here.collection), id).has(String(parent_id))
      ? ErrorList.respond(400, {
          code: "parameter_invalid",
          message: `Collection ${id} cannot be in itself or in a collection that is in it`,
          field: "parent_id"
        })
      : handler(call, here)
  }

export const collections = Kind.listed(Collections, {
  count: 6,
  ids,
  generate,
  order: "newest",
  handlers: {
    list: Crud.list({ perPage: 15 }),
    get: Crud.get,
    create: Crud.referring({ parent_id: "collection", help_center_id: "help center" }, Crud.create(make)),
    update: outsideItself(Crud.referring({ parent_id: "collection" }, Crud.update(write))),
    delete: (call, here) => {
      const { articles, collections } = here.workspace.collections
      const { collection_id } = call.params
      const gone = withThoseIn(Listing.rows(collections), collection_id)
      return Effect.flatMap(Crud.time, ({ at }) => {
        for (const article of Listing.rows(articles)) {
          if (gone.has(String(article["parent_id"]))) articles.replace({ ...article, ...parentOf(undefined) }, at)
        }
        for (const id of gone) if (id !== collection_id) collections.remove(id, at)
        return Crud.remove(({ id }) => ({ id, object: "collection", deleted: true }))(call, here)
      })
    }
  }
})
