/** What each contact said to subscription types: a request for each contact that said something. */
import { type ContactId, Contacts } from "@effect-intercom/core/resources/Contacts"
import { SubscriptionType } from "@effect-intercom/core/resources/SubscriptionTypes"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Children from "../Children.ts"
import { make } from "../Definition.ts"
import * as Contact from "./Contacts.ts"

/** A subscription type that a contact opted out of, or in to, as the `consent_type` of the subscription says. */
export const ContactSubscription = Schema.Struct({
  /** Of both. */
  id: Schema.String,
  contact_id: Schema.String,
  subscription: SubscriptionType
})

const lists = ["opted_in_subscription_types", "opted_out_subscription_types"] as const

export const contactSubscriptions = make<Contacts>({
  name: "contactSubscriptions",
  about: "which subscription types each contact opted in to or out of",
  schema: ContactSubscription,
  requests: ["GET /contacts/{contact_id}/subscriptions", "POST /contacts/search", "GET /contacts"],
  uncompared: "a request for each contact, of which all are read each time",
  permissions: ["Read and list users and companies"],
  ...Contact.asked<Contacts>({
    what: "subscriptions",
    operation: { operation: "Contacts.listSubscriptions", method: "GET", path: "/contacts/{contact_id}/subscriptions" },
    pages: (contact) => (options) =>
      Stream.unwrap(
        // The id of a contact.
        Contacts.useSync(({ listSubscriptions }) => listSubscriptions.pages(contact as ContactId, {}, options))
      ),
    has: Children.mayHave(...lists),
    expected: Children.counted(...lists),
    row: Children.related("contact", "subscription")
  })
})
