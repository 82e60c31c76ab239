/** Tags: the first ones have names of their own. */
import { Tags } from "@effect-intercom/core"
import * as Effect from "effect/Effect"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import type * as Collection from "../internal/Collection.ts"
import * as Listing from "../internal/Listing.ts"
import type * as Prng from "../internal/Prng.ts"
import * as V from "../internal/Vocabulary.ts"
import * as Kind from "../Kind.ts"
import type { World } from "../World.ts"
import * as Lists from "./Lists.ts"

const ids = Ids.counting(7_000_000)

type Row = Collection.Row

export const generate = (world: World, index: number) => ({
  type: "tag",
  id: world.id("tags", index),
  name: V.tagNames[index] ?? `${V.tagNames[index % V.tagNames.length]} ${index}`
})

/** Indexes of tags for a record that has some. As many draws however many tags there are. */
export const draw = ({ counts }: World, random: Prng.Prng, length: number): ReadonlyArray<number> => {
  const drawn = Array.from({ length }, () => random.below(counts.tags))
  return counts.tags > 0 ? drawn : []
}

/** The tag of this name, which is made if there is none. */
const named = ({ collection }: Kind.Here, name: string, at: number, now: number): Row => {
  const known = Listing.rows(collection).find((tag) => tag["name"] === name)
  if (known !== undefined) return known
  const tag = { type: "tag", id: collection.nextId(now), name }
  collection.add(tag, at)
  return tag
}

const told = (tag: Row) => Effect.succeed(Listing.value(tag))

/** What can be tagged: a record of a kind, and the list it has tags in. */
interface Taggable {
  readonly owners: Collection.Collection
  readonly owner: Row | undefined
  readonly list: Crud.Relation
  readonly missing: Kind.Missing
}

const companiesOf = (
  { workspace }: Kind.Here,
  companies: ReadonlyArray<{ readonly id?: string | undefined; readonly company_id?: string | undefined }>
): ReadonlyArray<Taggable> => {
  const owners = workspace.collections.companies
  return companies.map(({ company_id, id }) => ({
    owners,
    owner: id === undefined ? owners.by("company_id", company_id ?? "") : owners.find(id),
    list: Lists.tags,
    missing: Lists.companyNotFound
  }))
}

const contactIn = ({ workspace }: Kind.Here, id: string): Taggable => ({
  owners: workspace.collections.contacts,
  owner: workspace.collections.contacts.find(id),
  list: Lists.contact.tags,
  missing: { message: "User Not Found" }
})

/** Changes which records have a tag: all of them, or none where one is not there. */
const mark = (
  here: Kind.Here,
  name: string,
  marked: ReadonlyArray<Taggable>,
  change: typeof Crud.including
): ReturnType<typeof Crud.missing> =>
  Effect.flatMap(Crud.time, ({ at, now }) => {
    const unknown = marked.find(({ owner }) => owner === undefined)
    if (unknown !== undefined) return Crud.missing(unknown.missing)
    const tag = named(here, name, at, now)
    for (const { list, owner, owners } of marked) {
      if (owner === undefined) continue
      const references = change(list, Crud.referencesOf(list, here.workspace, owner), tag)
      owners.replace(Crud.relatedTo(list, here.workspace, owner, references), at)
    }
    return told(tag)
  })

export const tags = Kind.listed(Tags, {
  count: 40,
  ids,
  generate,
  missing: Lists.tags.missing,
  handlers: {
    list: Crud.list(),
    get: Crud.get,
    createOrUpdate: ({ payload: { id, name } }, here) =>
      Effect.flatMap(Crud.time, ({ at, now }) => {
        const tag = id === undefined ? named(here, name, at, now) : here.collection.find(id)
        if (tag === undefined) return Crud.missing(here.kind.missing)
        const renamed = { ...tag, name }
        here.collection.replace(renamed, at)
        return told(renamed)
      }),
    tagCompanies: ({ payload }, here) => mark(here, payload.name, companiesOf(here, payload.companies), Crud.including),
    untagCompanies: ({ payload }, here) =>
      mark(here, payload.name, companiesOf(here, payload.companies), (_, references, tag) =>
        Crud.excluding(references, tag)
      ),
    tagContacts: ({ payload: { name, users } }, here) =>
      mark(
        here,
        name,
        users.map(({ id }) => contactIn(here, id)),
        Crud.including
      ),
    delete: Crud.remove(undefined, (tag, workspace, at) => {
      const { companies, contacts, conversations } = workspace.collections
      Crud.unrelate(Lists.contact.tags, workspace, contacts, tag, at)
      for (const tagged of [companies, conversations]) Crud.unrelate(Lists.tags, workspace, tagged, tag, at)
    })
  }
})
