/** All tickets with their parts: one whose parts a search leaves out, or cuts off, is asked for by itself. */
import { Ticket, type TicketId, Tickets } from "@effect-intercom/core/resources/Tickets"
import { ticketFields } from "@effect-intercom/core/Search"
import * as Stream from "effect/Stream"
import * as Completion from "../Completion.ts"
import { fieldsOf, make, type Options } from "../Definition.ts"
import * as Table from "../Table.ts"
import * as Searched from "../Searched.ts"
import type { Received } from "../Table.ts"

const searching: Searched.Searched<Tickets> = {
  search:
    ({ field, order, query, size }) =>
    (options) =>
      Stream.unwrap(
        Tickets.useSync(({ search }) =>
          search.pages({ query, sort: { field, order }, pagination: { per_page: size } }, options)
        )
      ),
  // Nothing lists tickets.
  list: undefined
}

/** All of them as they are listed, for what is asked of each. */
export const parents = (options: Options) =>
  Searched.steps(searching, { ...options, windows: 1, since: undefined, accepts: () => true })

const parts = (ticket: Received) => fieldsOf(ticket["ticket_parts"])

const lacking = (ticket: Received) =>
  Completion.lacking(
    ticket,
    "parts",
    Completion.lengthOf(parts(ticket)["ticket_parts"]),
    Completion.wholeOf(parts(ticket)["total_count"])
  )

export const tickets = make<Tickets>({
  name: "tickets",
  about: "tickets with their parts",
  schema: Ticket,
  table: Table.fromSchema("tickets", Ticket, {
    key: "id",
    lists: { of: "ticket", at: { ticket_parts: "ticket_parts.ticket_parts", ticket_contacts: "contacts.contacts" } }
  }),
  pageSize: 150,
  largestPage: 150,
  changes: "search",
  search: ticketFields,
  requests: ["POST /tickets/search", "GET /tickets/{ticket_id}"],
  permissions: ["Read tickets"],
  resumes: Searched.resumes,
  walk: (options) =>
    Completion.completing(
      options,
      {
        what: "record",
        operation: { operation: "Tickets.get", method: "GET", path: "/tickets/{ticket_id}" },
        needs: (ticket) => !Array.isArray(parts(ticket)["ticket_parts"]) || lacking(ticket).length > 0,
        complete: Completion.detailed({
          get: (id) => Tickets.use(({ get }) => get(id as TicketId)),
          missing: lacking
        })
      },
      Searched.steps(searching, options)
    ),
  count: Searched.count(searching),
  deletions: {
    listed: (options) => Searched.steps(searching, options),
    // The id of a ticket.
    get: (id) => Tickets.use(({ get }) => get(id as TicketId)),
    requests: ["POST /tickets/search", "GET /tickets/{ticket_id}"]
  }
})
