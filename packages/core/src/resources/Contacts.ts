/** Contacts: the users and leads of a workspace. */
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import {
  CustomAttributes,
  JsonObject,
  listing,
  LooseId,
  nullish,
  open,
  openEnum,
  optional,
  queryText,
  unchecked,
  UnixSeconds
} from "../Wire.ts"
import * as Pagination from "../Pagination.ts"
import * as Resource from "../Resource.ts"
import * as Search from "../Search.ts"
import { ContactId } from "./Common.ts"

export { ContactId } from "./Common.ts"

/** A picture; `image_url` is null when the contact has none. */
export class ContactAvatar extends Schema.Opaque<ContactAvatar>()(
  open({
    type: nullish(Schema.String),
    image_url: nullish(Schema.String)
  })
) {}

/** The first ten of a contact's tags, notes, companies or subscription types. `has_more` tells that `url` has the rest. */
export class ContactReferences extends Schema.Opaque<ContactReferences>()(
  open({
    type: nullish(Schema.String),
    data: nullish(
      Schema.Array(
        open({
          id: nullish(LooseId),
          type: nullish(Schema.String),
          url: nullish(Schema.String)
        })
      )
    ),
    url: nullish(Schema.String),
    total_count: nullish(Schema.Int),
    has_more: nullish(Schema.Boolean)
  })
) {}

/** Where the contact was last seen, by its address. */
export class ContactLocation extends Schema.Opaque<ContactLocation>()(
  open({
    type: nullish(Schema.String),
    country: nullish(Schema.String),
    region: nullish(Schema.String),
    city: nullish(Schema.String),
    country_code: nullish(Schema.String),
    continent_code: nullish(Schema.String)
  })
) {}

/** Social profiles found for the contact. */
export class ContactSocialProfiles extends Schema.Opaque<ContactSocialProfiles>()(
  open({
    type: nullish(Schema.String),
    data: nullish(
      Schema.Array(
        open({
          type: nullish(Schema.String),
          name: nullish(Schema.String),
          url: nullish(Schema.String)
        })
      )
    )
  })
) {}

/**
 * A contact, as the API sends it. Times are Unix seconds; any field but `type` and `id` may be null or missing;
 * fields not listed here are kept. Source: the 2.15 description, loosened where live responses differ (`email` is
 * null for leads, `avatar` may be a URL).
 */
export class Contact extends Schema.Opaque<Contact>()(
  open({
    type: openEnum("contact"),
    id: ContactId,
    /** Your own id for the contact. */
    external_id: nullish(Schema.String),
    workspace_id: nullish(Schema.String),
    role: nullish(openEnum("user", "lead")),
    email: nullish(Schema.String),
    email_domain: nullish(Schema.String),
    phone: nullish(Schema.String),
    name: nullish(Schema.String),
    /** The admin who owns the contact: a number up to 2.15, a string from 2.16. */
    owner_id: nullish(LooseId),
    has_hard_bounced: nullish(Schema.Boolean),
    marked_email_as_spam: nullish(Schema.Boolean),
    unsubscribed_from_emails: nullish(Schema.Boolean),
    unsubscribed_from_sms: nullish(Schema.Boolean),
    sms_consent: nullish(Schema.Boolean),
    /** Not in listings. */
    enabled_push_messaging: nullish(Schema.Boolean),
    created_at: nullish(UnixSeconds),
    updated_at: nullish(UnixSeconds),
    signed_up_at: nullish(UnixSeconds),
    last_seen_at: nullish(UnixSeconds),
    last_replied_at: nullish(UnixSeconds),
    last_contacted_at: nullish(UnixSeconds),
    last_email_opened_at: nullish(UnixSeconds),
    last_email_clicked_at: nullish(UnixSeconds),
    language_override: nullish(Schema.String),
    browser: nullish(Schema.String),
    browser_version: nullish(Schema.String),
    browser_language: nullish(Schema.String),
    os: nullish(Schema.String),
    android_app_name: nullish(Schema.String),
    android_app_version: nullish(Schema.String),
    android_device: nullish(Schema.String),
    android_os_version: nullish(Schema.String),
    android_sdk_version: nullish(Schema.String),
    android_last_seen_at: nullish(UnixSeconds),
    ios_app_name: nullish(Schema.String),
    ios_app_version: nullish(Schema.String),
    ios_device: nullish(Schema.String),
    ios_os_version: nullish(Schema.String),
    ios_sdk_version: nullish(Schema.String),
    ios_last_seen_at: nullish(UnixSeconds),
    custom_attributes: nullish(CustomAttributes),
    /** Where the contact came from, with the parameters of the first visit. */
    referrer: nullish(Schema.String),
    utm_campaign: nullish(Schema.String),
    utm_content: nullish(Schema.String),
    utm_medium: nullish(Schema.String),
    utm_source: nullish(Schema.String),
    utm_term: nullish(Schema.String),
    avatar: nullish(Schema.Union([Schema.String, ContactAvatar])),
    tags: nullish(ContactReferences),
    notes: nullish(ContactReferences),
    companies: nullish(ContactReferences),
    opted_in_subscription_types: nullish(ContactReferences),
    opted_out_subscription_types: nullish(ContactReferences),
    location: nullish(ContactLocation),
    social_profiles: nullish(ContactSocialProfiles)
  })
) {}

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
