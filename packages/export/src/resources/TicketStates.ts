/** All states of tickets, in one answer. */
import { TicketState, TicketStates } from "@effect-intercom/core/resources/TicketStates"
import * as Stream from "effect/Stream"
import { listing } from "../Definition.ts"

export const ticketStates = listing({
  name: "ticketStates",
  about: "states of tickets",
  schema: TicketState,
  requests: ["GET /ticket_states"],
  permissions: ["Read tickets"],
  get: "listing",
  pages: (_, options) => Stream.unwrap(TicketStates.useSync(({ list }) => list.pages({}, options)))
})
