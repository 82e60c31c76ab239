/** Contacts: the users and leads of a workspace. */
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import { JsonObject, listing, nullish, openEnum, optional, queryText, unchecked, UnixSeconds } from "../Wire.ts"
import * as Pagination from "../Pagination.ts"
import * as Resource from "../Resource.ts"
import * as Search from "../Search.ts"
import { ContactId } from "./Common.ts"
import { Contact } from "./Contact.ts"

export { ContactId } from "./Common.ts"
export * from "./Contact.ts"

/** One page of contacts. `pages.next.starting_after` is the cursor of the next one; no `next`, no more pages. */
export class ContactList extends Schema.Opaque<ContactList>()(
  listing({
    data: Schema.Array(Contact),
    total_count: unchecked,
    pages: nullish(Pagination.Pages)
  })
) {}

/** One page of the contacts that were found. The list may be left out when there are none. */
export class ContactSearchPage extends Schema.Opaque<ContactSearchPage>()(
  listing({
    data: nullish(Schema.Array(Contact)),
    total_count: unchecked,
    pages: nullish(Pagination.Pages)
  }).check(Pagination.hasListOrNothing("data"))
) {}

/** `per_page`: 1 to 150, 10 by default. `starting_after`: the cursor of a page. */
export class ListContacts extends Schema.Opaque<ListContacts>()(
  Schema.Struct({
    per_page: optional(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 150 }))),
    starting_after: optional(queryText(Schema.String))
  })
) {}

/**
 * `query`: what to find, see `Search`. `pagination`: a page's size, 1 to 150, and cursor. `sort`: the order; without it
 * the API decides. Contacts are searchable some minutes after they were created.
 */
export class SearchContacts extends Schema.Opaque<SearchContacts>()(
  Schema.Struct(Search.requestOn(Search.contactFields))
) {}

/** A new contact. At least one of `email`, `external_id` and `role` is needed. Times are Unix seconds. */
export class CreateContact extends Schema.Opaque<CreateContact>()(
  Schema.Struct({
    role: optional(openEnum("user", "lead")),
    external_id: optional(Schema.NullOr(Schema.String)),
    email: optional(Schema.String),
    phone: optional(Schema.NullOr(Schema.String)),
    name: optional(Schema.NullOr(Schema.String)),
    /** A URL of a picture. */
    avatar: optional(Schema.NullOr(Schema.String)),
    signed_up_at: optional(Schema.NullOr(UnixSeconds)),
    last_seen_at: optional(Schema.NullOr(UnixSeconds)),
    /** The id of an admin. */
    owner_id: optional(Schema.NullOr(Schema.Int)),
    unsubscribed_from_emails: optional(Schema.NullOr(Schema.Boolean)),
    custom_attributes: optional(Schema.NullOr(JsonObject))
  }).check(
    Schema.makeFilter(
      (contact) => contact.email !== undefined || contact.external_id !== undefined || contact.role !== undefined,
      { expected: "at least one of email, external_id and role", arbitraryConstraint: { minProperties: 1 } }
    )
  )
) {}

/**
 * The contacts of a workspace.
 *
 * @example
 * ```ts
 * import { Contacts } from "@effect-intercom/core"
 * import { Effect, Stream } from "effect"
 *
 * const emails = Effect.gen(function*() {
 *   const contacts = yield* Contacts
 *   return yield* contacts.list.items({ per_page: 150 }).pipe(
 *     Stream.map((contact) => contact.email),
 *     Stream.runCollect
 *   )
 * })
 * ```
 */
export class Contacts extends Resource.Service<Contacts>()("Contacts", {
  /** One page; `list.pages` and `list.items` walk them all. */
  list: Endpoint.get("/contacts", {
    query: ListContacts,
    success: ContactList,
    error: ErrorResponse.BadRequest,
    pages: Pagination.cursor("data", Contact)
  }),
  /**
   * Creates a contact. Fails with `Conflict` (and its `existingId`) when one with the same email or external id exists.
   * Never sent twice.
   */
  create: Endpoint.post("/contacts", {
    payload: CreateContact,
    success: Contact,
    error: [ErrorResponse.BadRequest, ErrorResponse.Conflict, ErrorResponse.UnprocessableEntity]
  }),
  /** Fails with `NotFound` when there is no such contact, or it was merged into another. */
  get: Endpoint.get("/contacts/:contact_id", {
    params: { contact_id: ContactId },
    success: Contact,
    error: ErrorResponse.NotFound
  }),
  /** One page of what is found; `search.pages` and `search.items` walk it all. Safe to repeat. */
  search: Endpoint.post("/contacts/search", {
    payload: SearchContacts,
    success: ContactSearchPage,
    error: ErrorResponse.BadRequest,
    // It only reads.
    idempotent: true,
    pages: Pagination.search("data", Contact)
  })
}) {}
