/** Subscription types: what contacts agree to be written about, or do not. */
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.ts"
import * as Id from "../Id.ts"
import { listing, noParameters, nullish, open, openEnum } from "../Wire.ts"
import * as Pagination from "../Pagination.ts"
import * as Resource from "../Resource.ts"

/** The id of a subscription type: digits, as a string. */
export const SubscriptionTypeId = Id.digits("intercom/SubscriptionTypeId")
export type SubscriptionTypeId = typeof SubscriptionTypeId.Type

/** A subscription type in a language. */
export class SubscriptionTypeTranslation extends Schema.Opaque<SubscriptionTypeTranslation>()(
  open({
    name: nullish(Schema.String),
    description: nullish(Schema.String),
    /** Two letters. */
    locale: nullish(Schema.String)
  })
) {}

/**
 * A subscription type, as the API sends it. Any field but `type` and `id` may be null or missing; fields not listed here
 * are kept. Source: the official 2.15 document.
 */
export class SubscriptionType extends Schema.Opaque<SubscriptionType>()(
  open({
    type: openEnum("subscription"),
    id: SubscriptionTypeId,
    state: nullish(openEnum("live", "draft", "archived")),
    default_translation: nullish(SubscriptionTypeTranslation),
    translations: nullish(Schema.Array(SubscriptionTypeTranslation)),
    /** Whether contacts have it until they opt out, or have it not until they opt in. */
    consent_type: nullish(openEnum("opt_out", "opt_in")),
    /** What it is sent as. */
    content_types: nullish(Schema.Array(openEnum("email", "sms_message")))
  })
) {}

/** Subscription types: of the workspace, or of a contact. */
export class SubscriptionTypeList extends Schema.Opaque<SubscriptionTypeList>()(
  listing({
    data: Schema.Array(SubscriptionType)
  })
) {}

/** There is nothing to ask for. */
export class ListSubscriptionTypes extends Schema.Opaque<ListSubscriptionTypes>()(noParameters) {}

/** The subscription types of a workspace; those of a contact are `contacts.listSubscriptions`. */
export class SubscriptionTypes extends Resource.Service<SubscriptionTypes>()("SubscriptionTypes", {
  /**
   * All subscription types, in one answer.
   *
   * Permission: Read and list users and companies.
   */
  list: Endpoint.get("/subscription_types", {
    permission: "Read and list users and companies",
    query: ListSubscriptionTypes,
    success: SubscriptionTypeList,
    pages: Pagination.single("data", SubscriptionType)
  })
}) {}
