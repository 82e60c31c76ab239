/** Companies: an upsert, the scroll, and listings by tag, segment, name and id of one's own. */
import { Companies } from "@effect-intercom/core"
import * as Effect from "effect/Effect"
import * as Function from "effect/Function"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import * as Collection from "../internal/Collection.ts"
import * as ErrorList from "../internal/ErrorList.ts"
import * as Listing from "../internal/Listing.ts"
import * as Request from "../internal/Request.ts"
import * as Scroll from "../internal/Scroll.ts"
import * as V from "../internal/Vocabulary.ts"
import * as Kind from "../Kind.ts"
import * as World from "../World.ts"
import * as Lists from "./Lists.ts"
import * as Notes from "./Notes.ts"
import * as Tags from "./Tags.ts"

type Row = Collection.Row

const salt = 2

const createdAt = (index: number) => World.start + index * 5 * World.minute

const ids = Ids.object(salt, (_, index) => createdAt(index))

/** `plan` is `{}` for a company without one; `size` and `industry` are missing when unset, as live. */
const generate = (world: World.World, index: number) => {
  const random = World.random(world, salt, index)
  const created_at = createdAt(index)
  return {
    type: "company",
    id: world.id("companies", index),
    company_id: `company-${index}`,
    app_id: World.workspaceId(world),
    name: `${random.pick(V.companyNames)} ${index}`,
    remote_created_at: created_at - World.day,
    created_at,
    updated_at: created_at + random.below(200 * World.day),
    last_request_at: random.chance(0.8) ? created_at + random.below(300 * World.day) : null,
    monthly_spend: random.below(5000),
    session_count: random.below(10_000),
    user_count: 1 + random.below(200),
    ...(random.chance(0.7) ? { size: 1 + random.below(5000) } : undefined),
    ...(random.chance(0.5) ? { website: `https://www.example.com/company/${index}` } : undefined),
    ...(random.chance(0.6) ? { industry: random.pick(V.industries) } : undefined),
    tags: {
      type: "tag.list",
      tags: random.chance(0.3) ? Tags.draw(world, random, 1).map((index) => Tags.generate(world, index)) : []
    },
    segments: { type: "segment.list", segments: [] },
    plan: random.chance(0.4) ? {} : { type: "plan", id: String(1 + random.below(9)), name: random.pick(V.plans) },
    custom_attributes: { tier: 1 + random.below(3), partner: random.chance(0.2), Ort: random.pick(V.places)[2] }
  }
}

/** A new company, or what an update makes of `previous`: fields the request leaves out stay. */
const make = (input: Crud.Input, { id, now, workspace }: Crud.Making, previous?: Row): Row => {
  const { custom_attributes, plan, ...rest } = input
  const before = previous ?? {
    type: "company",
    id,
    company_id: input["company_id"],
    app_id: World.workspaceId(workspace.world),
    name: null,
    remote_created_at: null,
    created_at: now,
    last_request_at: null,
    monthly_spend: 0,
    session_count: 0,
    user_count: 0,
    tags: { type: "tag.list", tags: [] },
    segments: { type: "segment.list", segments: [] },
    plan: {}
  }
  return {
    ...before,
    ...rest,
    updated_at: now,
    ...(typeof plan === "string"
      ? { plan: { type: "plan", id: String(workspace.nextNumber()), name: plan } }
      : undefined),
    // The attributes a request names change, the others stay.
    custom_attributes: { ...Crud.fieldsOf(previous?.["custom_attributes"]), ...Crud.fieldsOf(custom_attributes) }
  }
}

/** Whether the list at `row[key][key]` has an entry with this id; true when no id is asked for. */
const holds = (row: Row, key: "tags" | "segments", id: string | undefined): boolean => {
  if (id === undefined) return true
  // Companies' tags and segments have this form, seeded and created.
  const entries = (row[key] as { readonly [key: string]: ReadonlyArray<{ readonly id?: unknown }> })[key]
  return entries?.some((entry) => entry.id === id) ?? false
}

/** The one scroll a workspace can have open. */
const scrollOf = Function.memoize(({ collections, world }: Kind.Workspace) =>
  Scroll.make(collections.companies, world.seed)
)

// So many companies a listing goes through.
const mostListed = 10_000

/** The contacts that have a company among theirs. */
const contactsOf = (workspace: Kind.Workspace, id: string): ReadonlyArray<Row> => {
  const { contacts } = workspace.collections
  const found: Array<Row> = []
  for (let position = 0; position < contacts.size(); position++) {
    const contact = contacts.at(position)
    const companies = Crud.referencesOf(Lists.contact.companies, workspace, contact)
    if (companies.some((company) => company.id === id)) found.push(contact)
  }
  return found
}

const missing = Lists.companyNotFound

export const companies = Kind.listed(Companies, {
  count: 20,
  ids,
  generate,
  fresh: (row, workspace) => Crud.refreshed(Lists.segments, workspace, Crud.refreshed(Lists.tags, workspace, row)),
  unique: {
    company_id: {
      of: ({ company_id }) => String(company_id),
      // `company-42`
      indexOf: (companyId) => {
        const digits = /^company-(\d+)$/.exec(companyId)?.[1]
        return digits === undefined ? undefined : Number(digits)
      }
    }
  },
  missing,
  failing: {
    scroll: (workspace) => {
      scrollOf(workspace).break()
      return "Request failed due to an internal network error. Please restart the scroll operation."
    }
  },
  handlers: {
    list: (call, here) => {
      const { collection } = here
      const { segment_id, tag_id } = call.query
      const { searchParams } = Request.urlOf(call.request)
      const companyId = searchParams.get("company_id")
      const name = searchParams.get("name")
      if (companyId !== null || name !== null) {
        const found =
          companyId === null
            ? Listing.rows(collection).find((row) => row["name"] === name)
            : collection.by("company_id", companyId)
        return found === undefined ? Crud.missing(missing) : Effect.succeed(Listing.value(found))
      }
      const all = segment_id === undefined && tag_id === undefined
      const kept = all
        ? collection
        : Collection.of(
            Listing.rows(collection).filter((row) => holds(row, "tags", tag_id) && holds(row, "segments", segment_id))
          )
      return Crud.show({ perPage: 15 }, kept, call, here)
    },
    createOrUpdate: ({ payload }, { collection, workspace }) =>
      Effect.map(Crud.time, ({ at, now }) => {
        const existing = collection.by("company_id", payload.company_id)
        const row = make(Crud.present(payload), { workspace, id: collection.nextId(now), now }, existing)
        if (existing === undefined) collection.add(row, at)
        else collection.replace(row, at)
        return Listing.value(row)
      }),
    scroll: ({ query }, { workspace }) =>
      Effect.flatMap(Crud.time, ({ at }) => {
        const turn = scrollOf(workspace).turn(query.scroll_param, at)
        switch (turn._tag) {
          case "Page":
            return Effect.succeed(Listing.scrollPage(turn.rows, turn.param))
          case "Exists":
            return ErrorList.respond(400, {
              code: "scroll_exists",
              message: "scroll already exists for this workspace"
            })
          case "NotFound":
            return ErrorList.notFound("scroll parameter not found")
        }
      }),
    get: Crud.get,
    update: (call, here) =>
      Crud.update((row, input, now) => make(input, { workspace: here.workspace, id: row.id, now }, row))(call, here),
    delete: Crud.remove(undefined, (company, workspace, at) => {
      const { contacts, notes } = workspace.collections
      Crud.unrelate(Lists.contact.companies, workspace, contacts, company, at)
      for (const { id } of Notes.ofCompany(workspace, company)) notes.remove(id, at)
    }),
    listAll: (call, here) => {
      const { order, page = 1, per_page: perPage = 15 } = call.query
      if (page * perPage > mostListed) {
        return ErrorList.respond(400, { code: "bad_request", message: "page limit reached, please use scroll API" })
      }
      if (order === undefined) return Crud.show({ perPage: 15 }, here.collection, call, here)
      const seen = (row: Row) => Number(row["last_request_at"] ?? 0)
      const sign = order === "asc" ? 1 : -1
      const sorted = Listing.rows(here.collection).toSorted((a, b) => sign * (seen(a) - seen(b)))
      return Crud.show({ perPage: 15 }, Collection.of(sorted), call, here)
    },
    listContacts: (call, here) => {
      const { collection, workspace } = here
      if (collection.find(call.params.company_id) === undefined) return Crud.missing(missing)
      return Crud.show({}, Collection.of(contactsOf(workspace, call.params.company_id)), call, here)
    },
    listSegments: Crud.related(Lists.segments),
    listNotes: (call, here) => {
      const company = here.collection.find(call.params.company_id)
      return company === undefined
        ? Crud.missing(missing)
        : Crud.show({}, Collection.of(Notes.ofCompany(here.workspace, company)), call, here)
    }
  }
})
