/** The events of all contacts of the last 90 days: a request for each contact, at least. */
import type { ContactId, Contacts } from "@effect-intercom/core/resources/Contacts"
import { DataEvent, Events } from "@effect-intercom/core/resources/Events"
import * as Stream from "effect/Stream"
import { make } from "../Definition.ts"
import * as Table from "../Table.ts"
import * as Contact from "./Contacts.ts"

const identityOf = Table.identity({ key: null })

export const events = make<Contacts | Events>({
  name: "events",
  about: "events of contacts, of the last 90 days",
  schema: DataEvent,
  table: Table.fromSchema("events", DataEvent, { key: null }),
  requests: ["GET /events", "POST /contacts/search", "GET /contacts"],
  uncompared: "they have no id, and none is deleted by itself",
  permissions: ["Read events", "Read and list users and companies"],
  ...Contact.asked<Events>({
    what: "events",
    operation: { operation: "Events.list", method: "GET", path: "/events" },
    pages: (contact) => (options) =>
      Stream.unwrap(
        // The id of a contact.
        Events.useSync(({ list }) => list.pages({ intercom_user_id: contact as ContactId }, options))
      ),
    identified: (record) => identityOf(record) !== undefined
  })
})
