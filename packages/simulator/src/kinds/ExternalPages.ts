/** External pages, newest first. */
import { ExternalPages } from "@effect-intercom/core"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import * as V from "../internal/Vocabulary.ts"
import * as Kind from "../Kind.ts"
import * as World from "../World.ts"

const salt = "externalPages"

const ids = Ids.counting(21)

const generate = (world: World.World, index: number) => {
  const random = World.random(world, salt, index)
  const created_at = World.start + index * World.day
  return {
    type: "external_page",
    id: world.id("externalPages", index),
    title: `${random.pick(V.topics)} ${index}`,
    html: `<p>${random.pick(V.sentences)}</p>`,
    url: `https://docs.example.com/0/${index}`,
    ai_agent_availability: random.chance(0.8),
    ai_copilot_availability: random.chance(0.5),
    ai_sales_agent_availability: false,
    fin_availability: true,
    locale: "en",
    source_id: Number(world.id("contentImportSources", 0)),
    external_id: `page-${index}`,
    created_at,
    updated_at: created_at,
    last_ingested_at: created_at
  }
}

/** What an external page names. */
const named = { source_id: "content import source" } as const

export const externalPages = Kind.listed(ExternalPages, {
  count: 4,
  ids,
  generate,
  order: "newest",
  handlers: {
    list: Crud.list({ perPage: 15 }),
    get: Crud.get,
    create: Crud.referring(
      named,
      Crud.create((input, { id, now }) => ({
        type: "external_page",
        id,
        url: "",
        ai_agent_availability: false,
        ai_copilot_availability: false,
        ai_sales_agent_availability: false,
        fin_availability: true,
        created_at: now,
        updated_at: now,
        last_ingested_at: now,
        ...input
      }))
    ),
    update: Crud.referring(
      named,
      Crud.update((row, input, now) => ({ ...row, ...input, updated_at: now, last_ingested_at: now }))
    ),
    delete: Crud.remove((row) => row)
  }
})
