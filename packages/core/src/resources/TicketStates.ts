/** States of tickets: how far the work on them is. */
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.ts"
import { nullish, open, openEnum } from "../Wire.ts"
import * as Resource from "../Resource.ts"
import { EmbeddedTicketType, ticketStateFields, TicketStateId } from "./TicketType.ts"

/** A state, with the types whose tickets can be in it. Source: the official 2.15 document. */
export class TicketState extends Schema.Opaque<TicketState>()(
  open({
    type: openEnum("ticket_state"),
    id: TicketStateId,
    ...ticketStateFields,
    archived: nullish(Schema.Boolean),
    ticket_types: nullish(open({ type: nullish(Schema.String), data: nullish(Schema.Array(EmbeddedTicketType)) }))
  })
) {}

/** The states of tickets of a workspace. */
export class TicketStates extends Resource.Service<TicketStates>()("TicketStates", {
  /**
   * All states, in one answer.
   *
   * Permission: Read tickets.
   */
  list: Endpoint.all("/ticket_states", "data", TicketState, "Read tickets")
}) {}
