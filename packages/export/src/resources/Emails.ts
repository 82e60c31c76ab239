/** All addresses that emails are sent from, in one answer. */
import { Email, Emails } from "@effect-intercom/core/resources/Emails"
import * as Stream from "effect/Stream"
import { listing } from "../Definition.ts"

export const emails = listing({
  name: "emails",
  about: "addresses that emails are sent from",
  schema: Email,
  requests: ["GET /emails"],
  permissions: [],
  pages: (_, options) => Stream.unwrap(Emails.useSync(({ list }) => list.pages({}, options)))
})
