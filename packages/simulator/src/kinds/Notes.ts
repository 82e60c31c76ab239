/** Notes: a workspace begins with some about companies; those about contacts are written. */
import { Notes } from "@effect-intercom/core"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import type { Row } from "../internal/Collection.ts"
import * as Listing from "../internal/Listing.ts"
import type * as Kind from "../Kind.ts"
import { listed } from "../Kind.ts"
import * as World from "../World.ts"
import * as Admins from "./Admins.ts"

const ids = Ids.numeric("notes")

const generate = (world: World.World, index: number) => {
  const { admins, companies } = world.counts
  return {
    type: "note",
    id: world.id("notes", index),
    created_at: World.start + index * World.day,
    contact: null,
    company: companies > 0 ? { type: "company", id: world.id("companies", index % companies) } : null,
    author: admins > 0 ? Admins.generate(world, index % admins) : null,
    body: `<p>Note ${index}</p>`
  }
}

/** A new note on a contact. */
export const make = (contact: Row, author: Row | null, body: string, { id, now }: Crud.Making): Row => ({
  type: "note",
  id,
  created_at: now,
  contact: { type: "contact", id: contact.id },
  author,
  body: body.startsWith("<") ? body : `<p>${body}</p>`
})

/** The notes of a company. */
export const ofCompany = ({ collections }: Kind.Workspace, { id }: Row): ReadonlyArray<Row> =>
  Listing.rows(collections.notes).filter(({ company }) => Crud.fieldsOf(company)["id"] === id)

export const notes = listed(Notes, {
  count: 6,
  ids,
  generate,
  fresh: (row, { collections: { admins } }) => {
    const author = admins.changed(String(Crud.fieldsOf(row["author"])["id"]))
    return author === undefined || author === null ? row : { ...row, author }
  },
  handlers: { get: Crud.get }
})
