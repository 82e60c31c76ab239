/** All contacts, with all of their tags, notes and companies: those beyond the ten within each are asked for. */
import { Contact, type ContactId, Contacts } from "@effect-intercom/core/resources/Contacts"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import { contactFields } from "@effect-intercom/core/Search"
import * as Stream from "effect/Stream"
import * as Children from "../Children.ts"
import * as Completion from "../Completion.ts"
import { fieldsOf, make, type Options } from "../Definition.ts"
import * as Table from "../Table.ts"
import * as Records from "../internal/Records.ts"
import * as Searched from "../Searched.ts"
import type { Received } from "../Table.ts"
import * as Walk from "../Walk.ts"

const searching: Searched.Searched<Contacts> = {
  search:
    ({ field, order, query, size }) =>
    (options) =>
      Stream.unwrap(
        Contacts.useSync(({ search }) =>
          search.pages({ query, sort: { field, order }, pagination: { per_page: size } }, options)
        )
      ),
  list: (size) => (options) => Stream.unwrap(Contacts.useSync(({ list }) => list.pages({ per_page: size }, options)))
}

/** How many contacts there are. */
export const count = Searched.count(searching)

type List = (contact: ContactId) => Walk.Open<Contacts>

/** The lists within a contact that the API cuts off after ten, and what has the rest. */
const embedded: { readonly [what: string]: List } = {
  tags: (id) => (options) => Stream.unwrap(Contacts.useSync(({ listTags }) => listTags.pages(id, {}, options))),
  notes: (id) => (options) => Stream.unwrap(Contacts.useSync(({ listNotes }) => listNotes.pages(id, {}, options))),
  companies: (id) => (options) =>
    Stream.unwrap(Contacts.useSync(({ listCompanies }) => listCompanies.pages(id, {}, options)))
}

const isCutOff = (contact: Received) => (what: string) => fieldsOf(contact[what])["has_more"] === true

const cutOffIn = (contact: Received) => Object.keys(embedded).filter(isCutOff(contact))

/** The lists that are still cut off. */
const cutOff = (contact: Received): ReadonlyArray<Walk.Missing> =>
  cutOffIn(contact).flatMap((what) => {
    const { data, total_count } = fieldsOf(contact[what])
    const found = Completion.lengthOf(data)
    return Completion.lacking(contact, what, found, Math.max(found + 1, Completion.wholeOf(total_count)))
  })

/** A contact with the whole of a list, whose entries are references as the first ten are. */
const withList = Effect.fnUntraced(function* (contact: Received, what: string, list: List) {
  const before = fieldsOf(contact[what])
  const data: ReadonlyArray<unknown> = Array.isArray(before["data"]) ? before["data"] : []
  const seen = new Set(data.map((one) => Completion.idOf(fieldsOf(one))))
  const more = yield* Ref.make<ReadonlyArray<Received>>([])
  // The id of a contact.
  yield* Walk.steps(list(Completion.idOf(contact) as ContactId), undefined).pipe(
    Stream.runForEach(({ records }) =>
      Ref.update(more, (all) => [
        ...all,
        ...records.flatMap((record) => {
          const id = Completion.idOf(record)
          if (seen.has(id)) return []
          seen.add(id)
          return [{ id, type: record["type"], url: `/${what}/${id}` }]
        })
      ])
    )
  )
  const all = [...data, ...(yield* Ref.get(more))]
  const whole = all.length >= Completion.wholeOf(before["total_count"])
  return Records.withFields(contact, { [what]: Records.withFields(before, { data: all, has_more: !whole }) })
})

/** A contact with the lists that were cut off. */
const completed = (contact: Received) =>
  Effect.map(
    Effect.reduce(
      cutOffIn(contact),
      () => contact,
      (whole, what) => {
        const list = embedded[what]
        return list === undefined ? Effect.succeed(whole) : withList(whole, what, list)
      }
    ),
    (whole): Completion.Completed => ({ records: [whole], missing: cutOff(whole) })
  )

const completion: Completion.Completion<Contacts> = {
  what: "record",
  operation: { operation: "Contacts.listTags", method: "GET", path: "/contacts/{contact_id}/tags" },
  needs: (contact) => cutOffIn(contact).length > 0,
  complete: completed,
  // It is there, with the first ten.
  failed: (contact) => ({ records: [contact], missing: cutOff(contact) })
}

export const contacts = make<Contacts>({
  name: "contacts",
  about: "contacts, with all of their tags, notes and companies",
  schema: Contact,
  table: Table.fromSchema("contacts", Contact, {
    key: "id",
    lists: {
      of: "contact",
      at: { contact_tags: "tags.data", contact_companies: "companies.data", contact_notes: "notes.data" }
    }
  }),
  pageSize: 150,
  largestPage: 150,
  changes: "search",
  search: contactFields,
  requests: [
    "POST /contacts/search",
    "GET /contacts",
    "GET /contacts/{contact_id}/tags",
    "GET /contacts/{contact_id}/notes",
    "GET /contacts/{contact_id}/companies"
  ],
  permissions: ["Read and list users and companies", "Read tags"],
  resumes: Searched.resumes,
  walk: (options) => Completion.completing(options, completion, Searched.steps(searching, options)),
  count,
  deletions: {
    listed: (options) => Searched.steps(searching, options),
    // The id of a contact.
    get: (id) => Contacts.use(({ get }) => get(id as ContactId)),
    requests: ["POST /contacts/search", "GET /contacts", "GET /contacts/{contact_id}"]
  }
})

/** Contacts, for what is asked of each of them. */
export const parents = (options: Options) =>
  // It is not known which were asked for; those that a search by time finds were.
  Searched.steps(searching, {
    ...options,
    windows: 1,
    since: undefined,
    accepts: () => true,
    known: Searched.isTimed
  })

/** What a resource is that asks each contact. */
export const asked = <R>(children: Children.Children<R>) => ({
  pageSize: 50,
  largestPage: 150,
  resumes: Searched.resumes,
  walk: (options: Options) => Children.walk(children, options, parents(options)),
  parents: () => count(undefined),
  cost: { perParent: { resource: "contacts", requests: 1 } }
})
