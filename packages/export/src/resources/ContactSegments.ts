/** Which segments each contact is in: a request for each contact. */
import { type ContactId, Contacts } from "@effect-intercom/core/resources/Contacts"
import { Segment } from "@effect-intercom/core/resources/Segments"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Children from "../Children.ts"
import { make } from "../Definition.ts"
import * as Contact from "./Contacts.ts"

/** A contact in a segment. */
export const ContactSegment = Schema.Struct({
  /** Of both. */
  id: Schema.String,
  contact_id: Schema.String,
  segment: Segment
})

export const contactSegments = make<Contacts>({
  name: "contactSegments",
  about: "which segments each contact is in",
  schema: ContactSegment,
  requests: ["GET /contacts/{contact_id}/segments", "POST /contacts/search", "GET /contacts"],
  uncompared: "a request for each contact, of which all are read each time",
  permissions: ["Read and list users and companies"],
  ...Contact.asked<Contacts>({
    what: "segments",
    operation: { operation: "Contacts.listSegments", method: "GET", path: "/contacts/{contact_id}/segments" },
    pages: (contact) => (options) =>
      // The id of a contact.
      Stream.unwrap(Contacts.useSync(({ listSegments }) => listSegments.pages(contact as ContactId, {}, options))),
    row: Children.related("contact", "segment")
  })
})
