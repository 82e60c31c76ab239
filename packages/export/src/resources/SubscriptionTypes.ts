/** All subscription types, in one answer. */
import { SubscriptionType, SubscriptionTypes } from "@effect-intercom/core/resources/SubscriptionTypes"
import * as Stream from "effect/Stream"
import { listing } from "../Definition.ts"

export const subscriptionTypes = listing({
  name: "subscriptionTypes",
  about: "subscription types",
  schema: SubscriptionType,
  requests: ["GET /subscription_types"],
  permissions: ["Read and list users and companies"],
  get: "listing",
  pages: (_, options) => Stream.unwrap(SubscriptionTypes.useSync(({ list }) => list.pages({}, options)))
})
