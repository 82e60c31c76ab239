/** All addresses that emails are sent from, in one answer. */
import { Email, Emails, type EmailId } from "@effect-intercom/core/resources/Emails"
import * as Stream from "effect/Stream"
import { listing } from "../Definition.ts"

export const emails = listing({
  name: "emails",
  about: "addresses that emails are sent from",
  schema: Email,
  requests: ["GET /emails"],
  permissions: [],
  get: {
    request: "GET /emails/{id}",
    // The id of one.
    record: (id) => Emails.use(({ get }) => get(id as EmailId))
  },
  pages: (_, options) => Stream.unwrap(Emails.useSync(({ list }) => list.pages({}, options)))
})
