/** All types of tickets, in one answer. */
import { TicketType, TicketTypes } from "@effect-intercom/core/resources/TicketTypes"
import * as Stream from "effect/Stream"
import { listing } from "../Definition.ts"

export const ticketTypes = listing({
  name: "ticketTypes",
  about: "types of tickets with their attributes",
  schema: TicketType,
  requests: ["GET /ticket_types"],
  permissions: ["Read tickets"],
  pages: (_, options) => Stream.unwrap(TicketTypes.useSync(({ list }) => list.pages({}, options)))
})
