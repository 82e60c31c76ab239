/** Visitors: who has been on your site, and has not said who they are. */
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import * as Id from "../Id.ts"
import {
  CustomAttributes,
  JsonObject,
  LooseId,
  nullish,
  open,
  openEnum,
  optional,
  queryText,
  UnixSeconds
} from "../Wire.ts"
import * as Resource from "../Resource.ts"
import { EmbeddedCompany } from "./Company.ts"
import { Contact, ContactAvatar } from "./Contact.ts"

/** The id Intercom gave a visitor. */
export const VisitorId = Id.text("intercom/VisitorId")
export type VisitorId = typeof VisitorId.Type

/** Where a visitor was last seen, by its address. */
export class VisitorLocation extends Schema.Opaque<VisitorLocation>()(
  open({
    type: nullish(openEnum("location_data")),
    city_name: nullish(Schema.String),
    continent_code: nullish(Schema.String),
    country_code: nullish(Schema.String),
    country_name: nullish(Schema.String),
    postal_code: nullish(Schema.String),
    region_name: nullish(Schema.String),
    timezone: nullish(Schema.String)
  })
) {}

/**
 * A visitor, as the API sends it. Times are Unix seconds; any field but `type` and `id` may be null or missing; fields not
 * listed here are kept. Source: the official 2.15 document, where `last_request_at` is misspelt.
 */
export class Visitor extends Schema.Opaque<Visitor>()(
  open({
    type: openEnum("visitor"),
    id: VisitorId,
    /** What the Messenger calls the visitor: a UUID. */
    user_id: nullish(Schema.String),
    anonymous: nullish(Schema.Boolean),
    email: nullish(Schema.String),
    phone: nullish(Schema.String),
    name: nullish(Schema.String),
    pseudonym: nullish(Schema.String),
    avatar: nullish(ContactAvatar),
    /** The workspace. */
    app_id: nullish(Schema.String),
    companies: nullish(
      open({ type: nullish(openEnum("company.list")), companies: nullish(Schema.Array(EmbeddedCompany)) })
    ),
    location_data: nullish(VisitorLocation),
    last_request_at: nullish(UnixSeconds),
    /** The same, as the official document spells it. */
    las_request_at: nullish(UnixSeconds),
    created_at: nullish(UnixSeconds),
    remote_created_at: nullish(UnixSeconds),
    signed_up_at: nullish(UnixSeconds),
    updated_at: nullish(UnixSeconds),
    session_count: nullish(Schema.Int),
    social_profiles: nullish(
      open({
        type: nullish(openEnum("social_profile.list")),
        social_profiles: nullish(Schema.Array(Schema.Unknown))
      })
    ),
    owner_id: nullish(LooseId),
    unsubscribed_from_emails: nullish(Schema.Boolean),
    marked_email_as_spam: nullish(Schema.Boolean),
    has_hard_bounced: nullish(Schema.Boolean),
    tags: nullish(
      open({
        type: nullish(openEnum("tag.list")),
        tags: nullish(
          Schema.Array(open({ type: nullish(openEnum("tag")), id: nullish(LooseId), name: nullish(Schema.String) }))
        )
      })
    ),
    segments: nullish(
      open({ type: nullish(openEnum("segment.list")), segments: nullish(Schema.Array(Schema.Unknown)) })
    ),
    custom_attributes: nullish(CustomAttributes),
    referrer: nullish(Schema.String),
    utm_campaign: nullish(Schema.String),
    utm_content: nullish(Schema.String),
    utm_medium: nullish(Schema.String),
    utm_source: nullish(Schema.String),
    utm_term: nullish(Schema.String),
    do_not_track: nullish(Schema.Boolean)
  })
) {}

/** `user_id`: the visitor's. */
export class GetVisitor extends Schema.Opaque<GetVisitor>()(
  Schema.Struct({ user_id: queryText(Schema.NonEmptyString) })
) {}

/** At least one way of naming somebody is given. */
const named = (...names: ReadonlyArray<string>) =>
  Schema.makeFilter<{ readonly [name: string]: unknown }>((value) => names.some((name) => value[name] !== undefined), {
    expected: `at least one of ${names.join(", ")}`,
    arbitraryConstraint: { minProperties: 1 }
  })

/** Which visitor, by `id` or `user_id`, and what to change; what is left out stays. */
export class UpdateVisitor extends Schema.Opaque<UpdateVisitor>()(
  Schema.Struct({
    id: optional(VisitorId),
    user_id: optional(Schema.String),
    name: optional(Schema.String),
    custom_attributes: optional(JsonObject)
  }).check(named("id", "user_id"))
) {}

/** A visitor, and the contact to become. */
export class ConvertVisitor extends Schema.Opaque<ConvertVisitor>()(
  Schema.Struct({
    /** What the contact is to be. */
    type: openEnum("user", "lead"),
    /** The contact: one there is, by Intercom's `id` or your `user_id`, or a new one. */
    user: Schema.Struct({
      id: optional(Schema.String),
      user_id: optional(Schema.String),
      email: optional(Schema.String)
    }).check(named("id", "user_id")),
    visitor: Schema.Struct({
      id: optional(VisitorId),
      user_id: optional(Schema.String),
      email: optional(Schema.String)
    }).check(named("id", "user_id", "email"))
  })
) {}

/** The visitors of a workspace. */
export class Visitors extends Resource.Service<Visitors>()("Visitors", {
  /**
   * The visitor with this `user_id`. Fails with `NotFound` when there is none, as when it has become a contact.
   *
   * Permission: Read and list users and companies.
   */
  get: Endpoint.get("/visitors", {
    permission: "Read and list users and companies",
    query: GetVisitor,
    success: Visitor,
    error: ErrorResponse.NotFound
  }),
  /**
   * Fails with `NotFound` when there is no such visitor.
   *
   * Permission: Write users and companies.
   */
  update: Endpoint.put("/visitors", {
    permission: "Write users and companies",
    payload: UpdateVisitor,
    success: Visitor,
    error: ErrorResponse.NotFound
  }),
  /**
   * Makes the visitor a contact, or part of one there is; the visitor is gone afterwards. Fails with `NotFound` when there
   * is no such visitor. Never sent twice.
   *
   * Permission: Write users and companies.
   */
  convert: Endpoint.post("/visitors/convert", {
    permission: "Write users and companies",
    payload: ConvertVisitor,
    success: Contact,
    error: ErrorResponse.NotFound
  })
}) {}
