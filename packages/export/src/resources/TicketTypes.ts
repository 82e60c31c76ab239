/** All types of tickets, in one answer. */
import { TicketType, TicketTypes, type TicketTypeId } from "@effect-intercom/core/resources/TicketTypes"
import * as Stream from "effect/Stream"
import { listing } from "../Definition.ts"
import * as Table from "../Table.ts"

export const ticketTypes = listing({
  name: "ticketTypes",
  about: "types of tickets with their attributes",
  schema: TicketType,
  table: Table.fromSchema("ticketTypes", TicketType, {
    key: "id",
    lists: { of: "ticket_type", at: { ticket_type_attributes: "ticket_type_attributes.data" } }
  }),
  requests: ["GET /ticket_types"],
  permissions: ["Read tickets"],
  get: {
    request: "GET /ticket_types/{ticket_type_id}",
    // The id of one.
    record: (id) => TicketTypes.use(({ get }) => get(id as TicketTypeId))
  },
  pages: (_, options) => Stream.unwrap(TicketTypes.useSync(({ list }) => list.pages({}, options)))
})
