/** Content import sources, newest first. The pages of one are deleted with it. */
import { ContentImportSources } from "@effect-intercom/core"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Struct from "effect/Struct"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import * as Listing from "../internal/Listing.ts"
import * as Kind from "../Kind.ts"
import * as World from "../World.ts"

const ids = Ids.counting(33)

/** What is written, of a request: one audience is a list of one. */
const written = (input: Crud.Input): Crud.Input => {
  const { audience_ids, ...rest } = Struct.omit(input, ["apply_audience_to_existing_content"])
  return audience_ids === undefined
    ? rest
    : { ...rest, audience_ids: audience_ids === null ? null : Arr.ensure(audience_ids) }
}

export const contentImportSources = Kind.listed(ContentImportSources, {
  count: 2,
  ids,
  generate: (world, index) => {
    const created_at = World.start + index * World.day
    return {
      type: "content_import_source",
      id: world.id("contentImportSources", index),
      last_synced_at: created_at,
      sync_behavior: index === 0 ? "api" : "automatic",
      status: "active",
      url: `https://docs.example.com/${index}`,
      created_at,
      updated_at: created_at,
      audience_ids: null
    }
  },
  order: "newest",
  sent: Crud.numbered,
  handlers: {
    list: Crud.list({ perPage: 15 }),
    get: Crud.get,
    create: Crud.create((input, { id, now }) => ({
      type: "content_import_source",
      id,
      last_synced_at: now,
      status: "active",
      created_at: now,
      updated_at: now,
      audience_ids: null,
      ...written(input)
    })),
    update: Crud.update((row, input, now) => ({ ...row, ...written(input), updated_at: now })),
    delete: (call, here) =>
      Effect.flatMap(Crud.time, ({ at }) => {
        const { externalPages } = here.workspace.collections
        for (const { id, source_id } of Listing.rows(externalPages)) {
          if (String(source_id) === call.params.source_id) externalPages.remove(id, at)
        }
        return Crud.remove()(call, here)
      })
  }
})
