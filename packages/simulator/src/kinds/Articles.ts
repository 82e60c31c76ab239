/** Articles, newest first. */
import { Articles } from "@effect-intercom/core"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import * as V from "../internal/Vocabulary.ts"
import * as Kind from "../Kind.ts"
import * as World from "../World.ts"
import * as Admins from "./Admins.ts"

const salt = 4

const ids = Ids.numeric(salt)

const generate = (world: World.World, index: number) => {
  const random = World.random(world, salt, index)
  const created_at = World.start + index * 3600
  const id = ids.of(world, index)
  const published = random.chance(0.8)
  const title = `${random.pick(V.topics)} ${index}`
  return {
    type: "article",
    id,
    workspace_id: World.workspaceId(world),
    title,
    description: random.chance(0.5) ? random.pick(V.sentences) : "",
    body: random.chance(0.1) ? "" : `<p class="no-margin">${random.pick(V.sentences)}</p>`,
    author_id: Admins.idOf(world, world.counts.admins > 0 ? random.below(world.counts.admins) : 0),
    state: published ? "published" : "draft",
    created_at,
    updated_at: created_at + (index % 60),
    url: published ? `https://help.example.com/en/articles/${id}-${index}` : null,
    parent_id: random.chance(0.5) ? 145 : null,
    parent_ids: [],
    parent_type: random.chance(0.5) ? "collection" : null,
    default_locale: "en",
    translated_content: null,
    tags: { type: "tag.list", tags: [] },
    statistics: {
      type: "article_statistics",
      views: random.below(10_000),
      conversions: random.below(100),
      reactions: random.below(500),
      happy_reaction_percentage: random.below(1000) / 10,
      neutral_reaction_percentage: 0,
      sad_reaction_percentage: 0
    }
  }
}

const make = (input: Crud.Input, { id, now, workspace }: Crud.Making) => {
  const published = input["state"] === "published"
  return {
    type: "article",
    id,
    workspace_id: World.workspaceId(workspace.world),
    title: input["title"],
    description: input["description"] ?? "",
    body: input["body"] ?? "",
    author_id: input["author_id"],
    state: published ? "published" : "draft",
    created_at: now,
    updated_at: now,
    url: published ? `https://help.example.com/en/articles/${id}` : null,
    parent_id: input["parent_id"] ?? null,
    parent_ids: input["parent_id"] === undefined ? [] : [input["parent_id"]],
    parent_type: input["parent_type"] ?? null,
    default_locale: "en",
    translated_content: input["translated_content"] ?? null,
    statistics: {
      type: "article_statistics",
      views: 0,
      conversions: 0,
      reactions: 0,
      happy_reaction_percentage: 0,
      neutral_reaction_percentage: 0,
      sad_reaction_percentage: 0
    }
  }
}

export const articles = Kind.listed(Articles, {
  count: 30,
  ids,
  generate,
  order: "newest",
  handlers: { list: Crud.list({ perPage: 25 }), create: Crud.create(make) }
})
