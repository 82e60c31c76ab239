/** States of tickets: any type's tickets can be in any. */
import { TicketStates } from "@effect-intercom/core"
import * as Crud from "../Crud.ts"
import * as Kind from "../Kind.ts"
import * as TicketTypes from "./TicketTypes.ts"

export const ticketStates = Kind.listed(TicketStates, {
  count: 4,
  ids: TicketTypes.stateIds,
  generate: (world, index) => ({
    ...TicketTypes.stateOf(world, index),
    archived: false,
    ticket_types: {
      type: "list",
      data: Array.from({ length: world.counts.ticketTypes }, (_, type) => TicketTypes.generate(world, type))
    }
  }),
  handlers: { list: Crud.list() }
})
