/** The lists that records of one kind have of records of another. */
import type * as Crud from "../Crud.ts"

// A contact shows the first ten of each.
const ofContact = (
  field: string,
  to: Crud.Relation["to"],
  type: string,
  path: string,
  missing?: Crud.Relation["missing"]
): Crud.Relation => ({ to, field, shown: 10, reference: ({ id }) => ({ id, type, url: `/${path}/${id}` }), missing })

const tagNotFound = { message: "Resource Not Found", code: "tag_not_found" }
/** What is said of a company there is not. */
export const companyNotFound = { message: "Company Not Found", code: "company_not_found" }

/** The lists of a contact. */
export const contact = {
  tags: ofContact("tags", ({ collections }) => collections.tags, "tag", "tags", tagNotFound),
  notes: ofContact("notes", ({ collections }) => collections.notes, "note", "notes"),
  companies: ofContact(
    "companies",
    ({ collections }) => collections.companies,
    "company",
    "companies",
    companyNotFound
  ),
  optIns: ofContact(
    "opted_in_subscription_types",
    ({ collections }) => collections.subscriptionTypes,
    "subscription",
    "subscriptions"
  ),
  optOuts: ofContact(
    "opted_out_subscription_types",
    ({ collections }) => collections.subscriptionTypes,
    "subscription",
    "subscriptions"
  )
}

/** The tags of a company or a conversation. */
export const tags: Crud.Relation = {
  to: ({ collections }) => collections.tags,
  field: "tags",
  items: "tags",
  reference: ({ id, name }) => ({ type: "tag", id, name }),
  missing: tagNotFound
}

/** What a conversation or a ticket is linked to, of one kind: the others are left alone. */
const links = (kind: "conversations" | "tickets"): Crud.Relation => ({
  to: ({ collections }) => collections[kind],
  field: "linked_objects",
  reference: ({ category, id, type }) => ({ type, id, category: category ?? null })
})

/** The tickets of a conversation, and the conversations of a ticket. */
export const linked = { tickets: links("tickets"), conversations: links("conversations") }

/** The segments of a company. */
export const segments: Crud.Relation = {
  to: ({ collections }) => collections.segments,
  field: "segments",
  items: "segments"
}

/** The contacts of a conversation or a ticket. */
export const contacts: Crud.Relation = {
  to: ({ collections }) => collections.contacts,
  field: "contacts",
  items: "contacts",
  reference: ({ external_id, id }) => ({ type: "contact", id, external_id: external_id ?? null }),
  stays: true
}
