/** Contacts: the users and leads of a workspace. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Attributes from "../Attributes.ts"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import {
  JsonObject,
  listing,
  noParameters,
  nullish,
  NumericId,
  open,
  openEnum,
  optional,
  queryText,
  unchecked,
  UnixSeconds
} from "../Wire.ts"
import * as ContactUpsert from "../internal/ContactUpsert.ts"
import type { ContactKey, UpsertOptions } from "../internal/ContactUpsert.ts"
import * as WithAttributes from "../internal/WithAttributes.ts"
import * as Pagination from "../Pagination.ts"
import * as Resource from "../Resource.ts"
import * as Search from "../Search.ts"
import { CompanyId, ContactId, ListByPage, TagId } from "./Common.ts"
import { AttachedCompany, Company } from "./Company.ts"
import { Contact } from "./Contact.ts"
import { CreateNote, Note, NoteList } from "./Notes.ts"
import { Segment } from "./Segments.ts"
import { SubscriptionType, SubscriptionTypeId, SubscriptionTypeList } from "./SubscriptionTypes.ts"
import { Tag, TagList } from "./Tags.ts"

export { ContactId } from "./Common.ts"
export * from "./Contact.ts"
export { Ambiguous, type ContactKey, type Upserted, type UpsertOptions } from "../internal/ContactUpsert.ts"

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

const input = {
  role: optional(openEnum("user", "lead")),
  /** Your own id for the contact. */
  external_id: optional(Schema.NullOr(Schema.String)),
  email: optional(Schema.String),
  phone: optional(Schema.NullOr(Schema.String)),
  name: optional(Schema.NullOr(Schema.String)),
  /** A URL of a picture. */
  avatar: optional(Schema.NullOr(Schema.String)),
  signed_up_at: optional(Schema.NullOr(UnixSeconds)),
  last_seen_at: optional(Schema.NullOr(UnixSeconds)),
  /** The id of an admin. */
  owner_id: optional(Schema.NullOr(NumericId)),
  unsubscribed_from_emails: optional(Schema.NullOr(Schema.Boolean)),
  custom_attributes: optional(Schema.NullOr(JsonObject))
} as const

/** A new contact. At least one of `email`, `external_id` and `role` is needed. Times are Unix seconds. */
export class CreateContact extends Schema.Opaque<CreateContact>()(
  Schema.Struct(input).check(
    Schema.makeFilter(
      (contact) => contact.email !== undefined || contact.external_id !== undefined || contact.role !== undefined,
      { expected: "at least one of email, external_id and role", arbitraryConstraint: { minProperties: 1 } }
    )
  )
) {}

/** A contact to create, or to update: named by its `email`, its `external_id`, or both. */
export type UpsertContact = typeof CreateContact.Type & ContactKey

/** What to change of a contact; what is left out stays, of the custom attributes, too. Times are Unix seconds. */
export class UpdateContact extends Schema.Opaque<UpdateContact>()(
  Schema.Struct({ ...input, external_id: optional(Schema.String) })
) {}

/** A lead, and the user it becomes part of. */
export class MergeContacts extends Schema.Opaque<MergeContacts>()(
  Schema.Struct({
    /** The lead, which is gone afterwards. */
    from: ContactId,
    /** The user, who stays. */
    into: ContactId
  })
) {}

const named = {
  type: nullish(openEnum("contact")),
  /** Its kind, where old versions say it. */
  object: nullish(openEnum("contact")),
  id: nullish(ContactId),
  /** Your own id for the contact. */
  external_id: nullish(Schema.String)
} as const

/** A contact that was deleted. */
export class DeletedContact extends Schema.Opaque<DeletedContact>()(
  open({ ...named, deleted: nullish(Schema.Boolean) })
) {}

/** A contact that was archived, or is no longer. */
export class ArchivedContact extends Schema.Opaque<ArchivedContact>()(
  open({ ...named, archived: nullish(Schema.Boolean) })
) {}

/** A contact that was blocked. */
export class BlockedContact extends Schema.Opaque<BlockedContact>()(
  open({ ...named, blocked: nullish(Schema.Boolean) })
) {}

/**
 * One page of a contact's companies: under `data` in live answers, under `companies` in the official document; walks know
 * both. `pages.next` is a URL or null.
 */
export class ContactCompanies extends Schema.Opaque<ContactCompanies>()(
  listing({
    data: nullish(Schema.Array(Company)),
    companies: nullish(Schema.Array(Company)),
    total_count: unchecked,
    pages: nullish(Pagination.Pages)
  }).check(
    Schema.makeFilter(({ companies, data }) => Array.isArray(data ?? companies), {
      expected: "a page that has its data, or its companies",
      arbitraryConstraint: { minProperties: 1 }
    })
  )
) {}

/** All segments a contact is in. */
export class ContactSegments extends Schema.Opaque<ContactSegments>()(
  listing({
    data: Schema.Array(Segment)
  })
) {}

/** A company, by Intercom's id: not your own `company_id`. */
export class AttachCompany extends Schema.Opaque<AttachCompany>()(Schema.Struct({ id: CompanyId })) {}

/** A tag there is; `tags.createOrUpdate` makes one. */
export class AttachTag extends Schema.Opaque<AttachTag>()(Schema.Struct({ id: TagId })) {}

/** A subscription type, and what the contact says to it. */
export class AttachSubscription extends Schema.Opaque<AttachSubscription>()(
  Schema.Struct({
    id: SubscriptionTypeId,
    consent_type: openEnum("opt_in", "opt_out")
  })
) {}

const strings = { since: "2.16", fields: ["owner_id"] } as const

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
export class Contacts extends Resource.Service<Contacts>()(
  "Contacts",
  {
    /**
     * One page; `list.pages` and `list.items` walk them all.
     *
     * Permission: Read and list users and companies.
     */
    list: Endpoint.get("/contacts", {
      permission: "Read and list users and companies",
      query: ListContacts,
      success: ContactList,
      error: ErrorResponse.BadRequest,
      pages: Pagination.cursor("data", Contact)
    }),
    /**
     * Creates a contact. Fails with `Conflict` (and its `existingId`) when one with the same email or external id exists.
     * Never sent twice.
     *
     * Permission: Write users and companies.
     */
    create: Endpoint.post("/contacts", {
      permission: "Write users and companies",
      payload: CreateContact,
      success: Contact,
      strings,
      error: [ErrorResponse.BadRequest, ErrorResponse.Conflict, ErrorResponse.UnprocessableEntity]
    }),
    /**
     * Fails with `NotFound` when there is no such contact, or it was merged into another; from version 2.16 on, one that was
     * merged is `Gone`, with `mergedInto`.
     *
     * Permission: Read one user and one company.
     */
    get: Endpoint.get("/contacts/:contact_id", {
      permission: "Read one user and one company",
      params: { contact_id: ContactId },
      success: Contact,
      error: ErrorResponse.NotFound
    }),
    /**
     * The user with this id of yours: leads have none. It is up to date, where searches lag behind by minutes. Fails with
     * `NotFound` when there is none.
     *
     * Permission: Read and list users and companies.
     */
    getByExternalId: Endpoint.get("/contacts/find_by_external_id/:external_id", {
      permission: "Read and list users and companies",
      params: { external_id: Schema.String },
      success: Contact,
      error: ErrorResponse.NotFound,
      operationId: "getContactByExternalId"
    }),
    /**
     * Changes a contact; what is left out stays. Fails with `Conflict` (and its `existingId`) when another contact has the
     * email or external id, and with `BadRequest` when a user is to become a lead.
     *
     * Permission: Write users and companies.
     */
    update: Endpoint.put("/contacts/:contact_id", {
      permission: "Write users and companies",
      params: { contact_id: ContactId },
      payload: UpdateContact,
      success: Contact,
      strings,
      error: [ErrorResponse.BadRequest, ErrorResponse.NotFound, ErrorResponse.Conflict]
    }),
    /**
     * Deletes a contact for good; `archive` can be undone. Fails with `NotFound` when there is no such contact.
     *
     * Permission: Write users and companies.
     */
    delete: Endpoint.del("/contacts/:contact_id", {
      permission: "Write users and companies",
      params: { contact_id: ContactId },
      success: DeletedContact,
      error: ErrorResponse.NotFound
    }),
    /**
     * Makes a lead part of a user, which it answers with: the lead's conversations, tags, notes and companies are the user's
     * then. Never sent twice: when its fate is unknown, look whether the lead is still there.
     *
     * Permission: Write users and companies.
     */
    merge: Endpoint.post("/contacts/merge", {
      permission: "Write users and companies",
      payload: MergeContacts,
      success: Contact,
      error: [ErrorResponse.BadRequest, ErrorResponse.NotFound]
    }),
    /**
     * Puts a contact away: it is no longer listed or found, and keeps its email and external id, which `create` meets as a
     * `Conflict`. Safe to repeat.
     *
     * Permission: Write users and companies.
     */
    archive: Endpoint.post("/contacts/:contact_id/archive", {
      permission: "Write users and companies",
      params: { contact_id: ContactId },
      success: ArchivedContact,
      error: ErrorResponse.NotFound,
      // An archived contact stays archived.
      idempotent: true
    }),
    /**
     * Brings an archived contact back. Fails with `BadRequest` when it is to be deleted for good. Safe to repeat.
     *
     * Permission: Write users and companies.
     */
    unarchive: Endpoint.post("/contacts/:contact_id/unarchive", {
      permission: "Write users and companies",
      params: { contact_id: ContactId },
      success: ArchivedContact,
      error: [ErrorResponse.BadRequest, ErrorResponse.NotFound],
      // A contact that is back stays back.
      idempotent: true
    }),
    /**
     * Lets a contact write no more.
     *
     * Permission: Write users and companies.
     */
    block: Endpoint.post("/contacts/:contact_id/block", {
      permission: "Write users and companies",
      params: { contact_id: ContactId },
      success: BlockedContact,
      error: ErrorResponse.NotFound
    }),
    /**
     * One page of what is found; `search.pages` and `search.items` walk it all. Safe to repeat.
     *
     * Permission: Read and list users and companies.
     */
    search: Endpoint.post("/contacts/search", {
      permission: "Read and list users and companies",
      payload: SearchContacts,
      success: ContactSearchPage,
      error: ErrorResponse.BadRequest,
      // It only reads.
      idempotent: true,
      pages: Pagination.search("data", Contact)
    }),
    /**
     * One page of the companies of a contact, 50 by default; `listCompanies.pages` and `.items` walk them all.
     *
     * Permission: Read and list users and companies.
     */
    listCompanies: Endpoint.get("/contacts/:contact_id/companies", {
      permission: "Read and list users and companies",
      params: { contact_id: ContactId },
      query: ListByPage,
      success: ContactCompanies,
      error: [ErrorResponse.BadRequest, ErrorResponse.NotFound],
      pages: Pagination.page("data", Company, "companies"),
      operationId: "listCompaniesOfContact"
    }),
    /**
     * Makes a contact one of a company, with which it answers. Fails with `BadRequest` (`contact_company_limit_exceeded`) when
     * the contact has 1,000 companies. Safe to repeat.
     *
     * Permission: Write users and companies.
     */
    attachCompany: Endpoint.post("/contacts/:contact_id/companies", {
      permission: "Write users and companies",
      params: { contact_id: ContactId },
      payload: AttachCompany,
      success: AttachedCompany,
      error: [ErrorResponse.BadRequest, ErrorResponse.NotFound],
      // One company more, however often it is attached.
      idempotent: true
    }),
    /**
     * Ends that a contact is one of a company, with which it answers.
     *
     * Permission: Write users and companies.
     */
    detachCompany: Endpoint.del("/contacts/:contact_id/companies/:company_id", {
      permission: "Write users and companies",
      params: { contact_id: ContactId, company_id: CompanyId },
      success: AttachedCompany,
      error: ErrorResponse.NotFound
    }),
    /**
     * One page of the notes about a contact, 50 by default; `listNotes.pages` and `.items` walk them all.
     *
     * Permission: Read and list users and companies.
     */
    listNotes: Endpoint.get("/contacts/:contact_id/notes", {
      permission: "Read and list users and companies",
      params: { contact_id: ContactId },
      query: ListByPage,
      success: NoteList,
      error: [ErrorResponse.BadRequest, ErrorResponse.NotFound],
      pages: Pagination.page("data", Note),
      operationId: "listNotesOfContact"
    }),
    /**
     * Writes a note about a contact. Never sent twice.
     *
     * Permission: Write users and companies.
     */
    createNote: Endpoint.post("/contacts/:contact_id/notes", {
      permission: "Write users and companies",
      params: { contact_id: ContactId },
      payload: CreateNote,
      success: Note,
      error: ErrorResponse.NotFound,
      operationId: "createNoteOnContact"
    }),
    /**
     * The segments a contact is in, in one answer.
     *
     * Permission: Read and list users and companies.
     */
    listSegments: Endpoint.get("/contacts/:contact_id/segments", {
      permission: "Read and list users and companies",
      params: { contact_id: ContactId },
      query: noParameters,
      success: ContactSegments,
      error: ErrorResponse.NotFound,
      pages: Pagination.single("data", Segment),
      operationId: "listSegmentsOfContact"
    }),
    /**
     * The subscription types a contact opted in to or out of, in one answer.
     *
     * Permission: Read and list users and companies.
     */
    listSubscriptions: Endpoint.get("/contacts/:contact_id/subscriptions", {
      permission: "Read and list users and companies",
      params: { contact_id: ContactId },
      query: noParameters,
      success: SubscriptionTypeList,
      error: ErrorResponse.NotFound,
      pages: Pagination.single("data", SubscriptionType),
      operationId: "listSubscriptionsOfContact"
    }),
    /**
     * Opts a contact in to a subscription type, with which it answers, or out of it. Safe to repeat.
     *
     * Permission: Write users and companies.
     */
    attachSubscription: Endpoint.post("/contacts/:contact_id/subscriptions", {
      permission: "Write users and companies",
      params: { contact_id: ContactId },
      payload: AttachSubscription,
      success: SubscriptionType,
      error: ErrorResponse.NotFound,
      // The last word counts, however often it is said.
      idempotent: true
    }),
    /**
     * Forgets what a contact said to a subscription type, with which it answers.
     *
     * Permission: Write users and companies.
     */
    detachSubscription: Endpoint.del("/contacts/:contact_id/subscriptions/:subscription_id", {
      permission: "Write users and companies",
      params: { contact_id: ContactId, subscription_id: SubscriptionTypeId },
      success: SubscriptionType,
      error: ErrorResponse.NotFound
    }),
    /**
     * The tags of a contact, in one answer; a contact itself has its first ten. Live answers were seen to stop short of all of
     * them.
     *
     * Permission: Read tags.
     */
    listTags: Endpoint.get("/contacts/:contact_id/tags", {
      permission: "Read tags",
      params: { contact_id: ContactId },
      query: noParameters,
      success: TagList,
      error: ErrorResponse.NotFound,
      pages: Pagination.single("data", Tag),
      operationId: "listTagsOfContact"
    }),
    /**
     * Puts a tag on a contact, and answers with the tag; `tags.tagContacts` does it to many. Safe to repeat.
     *
     * Permission: Write tags.
     */
    attachTag: Endpoint.post("/contacts/:contact_id/tags", {
      permission: "Write tags",
      params: { contact_id: ContactId },
      payload: AttachTag,
      success: Tag,
      error: ErrorResponse.NotFound,
      // One tag more, however often it is attached.
      idempotent: true
    }),
    /**
     * Takes a tag off a contact, and answers with the tag.
     *
     * Permission: Write tags.
     */
    detachTag: Endpoint.del("/contacts/:contact_id/tags/:tag_id", {
      permission: "Write tags",
      params: { contact_id: ContactId, tag_id: TagId },
      success: Tag,
      error: ErrorResponse.NotFound
    })
  },
  {
    /**
     * The contact that an email or an external id names, if there is one. An email is looked up by a search, which lags minutes
     * behind; of several leads that share it, it is the first, and the user, if there is one. An external id is up to date, and
     * names users only. Archived contacts are not found.
     */
    find: (contacts) => (key: ContactKey) => Effect.suspend(() => ContactUpsert.find(contacts, key)),
    /**
     * Creates the contact, or updates the one with the same email or external id, whoever else does the same at the same time:
     * what is left out stays. An archived one is brought back, unless `unarchive` is false. Where the contact is deleted or
     * merged in between, or cannot be found yet, it is tried again, four times within some seconds.
     *
     * Fails with `Ambiguous` when the email is that of one contact and the external id that of another. It is safe to call it
     * again when its fate is unknown.
     *
     * @example
     * ```ts
     * import { Contacts } from "@effect-intercom/core"
     * import { Effect } from "effect"
     *
     * const signUp = Effect.fn(function* (email: string, name: string) {
     *   const { upsert } = yield* Contacts
     *   return yield* upsert({ email, name }).pipe(
     *     Effect.catchTag("Ambiguous", ({ contact, other }) => Effect.die(new Error(`${contact} or ${other}?`)))
     *   )
     * })
     * ```
     */
    upsert: (contacts) => (contact: UpsertContact, options?: UpsertOptions) =>
      Effect.suspend(() =>
        ContactUpsert.upsert(
          {
            ...contacts,
            // Here, null is no external id.
            update: (id, { external_id, ...rest }: UpsertContact) =>
              contacts.update(id, typeof external_id === "string" ? { ...rest, external_id } : rest)
          },
          contact,
          options
        )
      )
  }
) {
  /**
   * The class of a service like this one, of contacts with attributes of your own: a schema of the `custom_attributes`, as
   * `intercom codegen attributes` writes it. Requests take these attributes and no others; a search compares them with values
   * they can have; what is received has their names and types, and may be a `Misfit`: `attributes.decode(contact)` checks it.
   *
   * @example
   * ```ts
   * import { Contacts, Search, Wire } from "@effect-intercom/core"
   * import { Effect, Schema, Stream } from "effect"
   *
   * class MyContacts extends Contacts.withAttributes<MyContacts>()(
   *   "MyContacts",
   *   Schema.Struct({ plan: Wire.nullish(Schema.Literals(["free", "pro"])), seats: Wire.nullish(Schema.Int) })
   * ) {}
   *
   * const upgrade = Effect.gen(function* () {
   *   const contacts = yield* MyContacts
   *   const query = Search.and(
   *     MyContacts.where("custom_attributes.plan").equals("free"),
   *     MyContacts.where("custom_attributes.seats").greaterThan(5)
   *   )
   *   yield* contacts.search.items({ query }).pipe(
   *     Stream.runForEach(({ id }) => contacts.update(id, { custom_attributes: { plan: "pro" } }))
   *   )
   * })
   * ```
   */
  static readonly withAttributes =
    <Self>() =>
    <const Id extends string, S extends Attributes.Any>(id: Id, schema: S): ContactsWith<Self, Id, S> =>
      // These types say what it is made of.
      WithAttributes.make(id, Contacts, schema, {
        key: "custom_attributes",
        fields: Search.contactFields
      }) as ContactsWith<Self, Id, S>
}

/** A contact with attributes of your own. */
export type ContactWith<S extends Attributes.Any> = WithAttributes.RecordWith<Contact, "custom_attributes", S>

/** What {@link Contacts.withAttributes} makes. */
export interface ContactsWith<Self, Id extends string, S extends Attributes.Any> extends WithAttributes.SearchedWith<
  Self,
  Id,
  typeof Contacts,
  Contact,
  "custom_attributes",
  S,
  typeof Search.contactFields
> {}
