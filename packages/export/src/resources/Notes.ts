/** The notes about companies and contacts: a request for each of them that may have some. */
import { Companies } from "@effect-intercom/core/resources/Companies"
import type { CompanyId } from "@effect-intercom/core/resources/Common"
import { type ContactId, Contacts } from "@effect-intercom/core/resources/Contacts"
import { Note } from "@effect-intercom/core/resources/Notes"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Children from "../Children.ts"
import * as Completion from "../Completion.ts"
import { make, type Options } from "../Definition.ts"
import * as Searched from "../Searched.ts"
import type { Received } from "../Table.ts"
import * as Walk from "../Walk.ts"
import * as Company from "./Companies.ts"
import * as Contact from "./Contacts.ts"

/** What tells the id of a company from that of a contact. */
const prefix = "companies/"

const children: Children.Children<Companies | Contacts> = {
  what: "notes",
  operation: { operation: "Contacts.listNotes", method: "GET", path: "/contacts/{contact_id}/notes" },
  pages: (id) => (options) =>
    // The ids of a company and of a contact.
    id.startsWith(prefix)
      ? Stream.unwrap(
          Companies.useSync(({ listNotes }) => listNotes.pages(id.slice(prefix.length) as CompanyId, {}, options))
        )
      : Stream.unwrap(Contacts.useSync(({ listNotes }) => listNotes.pages(id as ContactId, {}, options))),
  has: Children.mayHave("notes"),
  expected: Children.counted("notes")
}

const named = (company: Received): Received => ({ ...company, id: `${prefix}${Completion.idOf(company)}` })

/** Companies first: a scroll that breaks off starts over, and what was written before is dropped. */
const parents = Walk.inTurn<Options, Companies | Contacts>(
  {
    name: "companies",
    resumes: Company.resumes,
    walk: ({ from }) => Stream.map(Company.scrolled(from), (step) => ({ ...step, records: step.records.map(named) }))
  },
  { name: "contacts", resumes: Searched.resumes, walk: Contact.parents }
)

export const notes = make<Companies | Contacts>({
  name: "notes",
  about: "notes about companies and contacts",
  schema: Note,
  pageSize: 50,
  largestPage: 150,
  changes: "filter",
  changedAt: "created_at",
  requests: [
    "GET /companies/{company_id}/notes",
    "GET /contacts/{contact_id}/notes",
    "GET /companies/scroll",
    "GET /companies",
    "POST /contacts/search",
    "GET /contacts"
  ],
  cost: { perParent: { resource: "companies and contacts", requests: 1 } },
  uncompared: "nothing lists them without a request for each company and contact",
  permissions: ["Read and list users and companies"],
  resumes: parents.resumes,
  walk: (options) => Children.walk(children, options, parents.walk(options)),
  parents: () =>
    Effect.zipWith(Company.count, Contact.count(undefined), (companies = 0, contacts = 0) => companies + contacts)
})
