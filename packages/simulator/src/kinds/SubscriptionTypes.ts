/** Subscription types. */
import { SubscriptionTypes } from "@effect-intercom/core"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import * as Kind from "../Kind.ts"

const ids = Ids.numeric("subscription types")

const names = ["Newsletter", "Announcements", "Discounts", "Events"]

export const subscriptionTypes = Kind.listed(SubscriptionTypes, {
  count: 4,
  ids,
  generate: (world, index) => {
    const name = names[index] ?? `Subscription ${index}`
    const translation = { name, description: `${name} by email`, locale: "en" }
    return {
      type: "subscription",
      id: ids.of(world, index),
      state: "live",
      default_translation: translation,
      translations: [translation],
      consent_type: index % 2 === 0 ? "opt_out" : "opt_in",
      content_types: ["email"]
    }
  },
  handlers: { list: Crud.list() }
})
