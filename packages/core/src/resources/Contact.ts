/** A contact, as the API sends it, wherever it is. */
import * as Schema from "effect/Schema"
import { CustomAttributes, LooseId, nullish, open, openEnum, UnixSeconds } from "../Wire.ts"
import { ContactId } from "./Common.ts"

/** A picture; `image_url` is null when the contact has none. */
export class ContactAvatar extends Schema.Opaque<ContactAvatar>()(
  open({
    type: nullish(Schema.String),
    image_url: nullish(Schema.String)
  })
) {}

/** The first ten of what a contact or a company has, such as tags or notes. `has_more` tells that `url` has the rest. */
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
