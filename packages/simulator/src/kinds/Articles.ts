/** Articles, newest first. */
import { Articles } from "@effect-intercom/core"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import type { Row } from "../internal/Collection.ts"
import * as V from "../internal/Vocabulary.ts"
import * as Kind from "../Kind.ts"
import * as World from "../World.ts"
import * as Admins from "./Admins.ts"
import * as Collections from "./Collections.ts"

const salt = 4

const ids = Ids.numeric(salt)

const generate = (world: World.World, index: number) => {
  const random = World.random(world, salt, index)
  const created_at = World.start + index * 3600
  const id = world.id("articles", index)
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
    ...Collections.parentOf(Collections.draw(world, random)),
    default_locale: "en",
    translated_content: null,
    tags: { type: "tag.list", tags: [] },
    statistics: {
      type: "article_statistics",
      views: random.below(10_000),
      conversations: random.below(100),
      reactions: random.below(500),
      happy_reaction_percentage: random.below(1000) / 10,
      neutral_reaction_percentage: 0,
      sad_reaction_percentage: 0
    }
  }
}

/** What is written in the other languages, each with what an article has in any: `before`, with what is given changed. */
const translated = (given: unknown, before: unknown, now: number) => {
  if (given === undefined) return before ?? null
  const kept = { type: "article_translated_content", ...Crud.fieldsOf(before) }
  const { type: _, ...contents } = Crud.fieldsOf(given)
  const changed = Object.entries(contents).map(([locale, content]) => {
    const fresh = { type: "article_content", title: "", description: "", body: "", state: "draft", created_at: now }
    const written = {
      ...fresh,
      ...Crud.fieldsOf(Crud.fieldsOf(before)[locale]),
      ...Crud.present(Crud.fieldsOf(content))
    }
    return [locale, { ...written, updated_at: now }]
  })
  return { ...kept, ...Object.fromEntries(changed) }
}

const textOf = (html: unknown): string => String(html ?? "").replaceAll(/<[^>]*>/g, "")

const has = (text: string, word: string): boolean => text.toLowerCase().includes(word)

/** A text in stretches that are the word, and those between them. */
const stretches = (text: string, word: string): ReadonlyArray<object> => {
  const at = text.toLowerCase().indexOf(word)
  if (at < 0) return text === "" ? [] : [{ type: "plain", text }]
  const end = at + word.length
  return [
    ...(at === 0 ? [] : [{ type: "plain", text: text.slice(0, at) }]),
    { type: "highlight", text: text.slice(at, end) },
    ...stretches(text.slice(end), word)
  ]
}

const highlightsOf = ({ body, id, title }: Row, phrase: string) => ({
  article_id: id,
  highlighted_title: stretches(textOf(title), phrase),
  highlighted_summary: has(textOf(body), phrase) ? [stretches(textOf(body), phrase)] : []
})

/** Those with the phrase in their title or body, in a state, and of a Help Center. */
const search: Kind.Handler<Kind.Call<typeof Articles.endpoints.search>> = (call, here) => {
  const { help_center_id, highlight = false, phrase = "", state = "all" } = call.query
  const word = phrase.trim().toLowerCase()
  const { collections } = here.workspace.collections
  const helpCenterOf = ({ parent_id }: Row) =>
    parent_id === null ? undefined : collections.find(String(parent_id))?.["help_center_id"]
  return Crud.matching(
    { perPage: 10 },
    (row) =>
      (has(textOf(row["title"]), word) || has(textOf(row["body"]), word)) &&
      (state === "all" || row["state"] === state) &&
      (help_center_id === undefined || helpCenterOf(row) === help_center_id),
    call,
    here,
    (rows) => (highlight && word !== "" ? { highlights: rows.map((row) => highlightsOf(row, word)) } : {})
  )
}

const write = (row: Row, input: Crud.Input, now: number): Row => {
  const { parent_id, parent_type, translated_content, ...rest } = input
  const written: Row = { ...row, ...rest, updated_at: now }
  const published = written["state"] === "published"
  return {
    ...written,
    url: published ? (row["url"] ?? `https://help.example.com/en/articles/${row.id}`) : null,
    ...(parent_id === undefined
      ? undefined
      : { parent_id: Number(parent_id), parent_ids: [Number(parent_id)], parent_type: parent_type ?? "collection" }),
    translated_content: translated(translated_content, row["translated_content"], now)
  }
}

const make = (input: Crud.Input, { id, now, workspace }: Crud.Making): Row =>
  write(
    {
      type: "article",
      id,
      workspace_id: World.workspaceId(workspace.world),
      description: "",
      body: "",
      state: "draft",
      created_at: now,
      url: null,
      ...Collections.parentOf(undefined),
      default_locale: "en",
      translated_content: null,
      statistics: {
        type: "article_statistics",
        views: 0,
        conversations: 0,
        reactions: 0,
        happy_reaction_percentage: 0,
        neutral_reaction_percentage: 0,
        sad_reaction_percentage: 0
      }
    },
    input,
    now
  )

/** What an article names. */
const named = { author_id: "admin", parent_id: "collection", "translated_content.*.author_id": "admin" } as const

export const articles = Kind.listed(Articles, {
  count: 30,
  ids,
  generate,
  order: "newest",
  missing: { message: "Resource Not Found" },
  handlers: {
    list: Crud.list({ perPage: 25 }),
    get: Crud.get,
    create: Crud.referring(named, Crud.create(make)),
    update: Crud.referring(named, Crud.update(write)),
    delete: Crud.remove(),
    search
  }
})
