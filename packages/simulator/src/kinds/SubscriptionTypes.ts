/** Subscription types. */
import { SubscriptionTypes } from "@effect-intercom/core"
import * as Ids from "../Ids.ts"
import * as Lookup from "../Lookup.ts"

const names = ["Newsletter", "Announcements", "Discounts", "Events"]

export const subscriptionTypes = Lookup.make(SubscriptionTypes, {
  count: 4,
  ids: Ids.numeric("subscription types"),
  record: (index) => {
    const name = names[index] ?? `Subscription ${index}`
    const translation = { name, description: `${name} by email`, locale: "en" }
    return {
      state: "live",
      default_translation: translation,
      translations: [translation],
      consent_type: index % 2 === 0 ? "opt_out" : "opt_in",
      content_types: ["email"]
    }
  }
})
