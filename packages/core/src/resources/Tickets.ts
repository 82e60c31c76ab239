/** Tickets: requests that take more than an answer, with a type, attributes and a state. */
import * as Schema from "effect/Schema"
import type * as Attributes from "../Attributes.ts"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import { JsonObject, listing, nullish, NumericId, optional, unchecked, UnixSeconds } from "../Wire.ts"
import * as WithAttributes from "../internal/WithAttributes.ts"
import * as Pagination from "../Pagination.ts"
import * as Resource from "../Resource.ts"
import * as Search from "../Search.ts"
import { AdminId, ContactId, ConversationId, Deleted, EmbeddedTag, TagId, TeamId } from "./Common.ts"
import { BackgroundJob } from "./Jobs.ts"
import { adminReply, AttachTagAsAdmin, ByAdmin, byContact, contactReply } from "./Reply.ts"
import { Ticket, TicketAttributes, TicketId, TicketReply } from "./Ticket.ts"
import { TicketStateId, TicketTypeId } from "./TicketType.ts"

export * from "./Ticket.ts"

const skip_notifications = optional(Schema.Boolean)

/** A new ticket. Its type decides which attributes it has, and which it needs. */
export class CreateTicket extends Schema.Opaque<CreateTicket>()(
  Schema.Struct({
    ticket_type_id: TicketTypeId,
    /**
     * Whose it is: one contact, by exactly one of `id`, `external_id` and `email`. An email nobody has makes a contact.
     */
    contacts: Schema.Array(
      Schema.Union([
        Schema.Struct({ id: ContactId }),
        Schema.Struct({ external_id: Schema.String }),
        Schema.Struct({ email: Schema.String })
      ])
    ).check(Schema.isMaxLength(1)),
    ticket_attributes: optional(TicketAttributes),
    /** The conversation it comes from; a ticket for a customer can be linked to one only. */
    conversation_to_link_id: optional(ConversationId),
    /** The company it is about, by your own id for it. */
    company_id: optional(Schema.String),
    /** Unix seconds; now by default. */
    created_at: optional(UnixSeconds),
    assignment: optional(Schema.Struct({ admin_assignee_id: optional(AdminId), team_assignee_id: optional(TeamId) })),
    /** Whether nobody is told of it; everybody is by default. */
    skip_notifications
  })
) {}

/** What is left out stays. */
export class UpdateTicket extends Schema.Opaque<UpdateTicket>()(
  Schema.Struct({
    /** Those given are set, others stay. */
    ticket_attributes: optional(JsonObject),
    ticket_state_id: optional(TicketStateId),
    /** The company it is about, by your own id for it. */
    company_id: optional(Schema.String),
    open: optional(Schema.Boolean),
    /** Whether contacts see it. */
    is_shared: optional(Schema.Boolean),
    /** When it opens again, in Unix seconds. */
    snoozed_until: optional(UnixSeconds),
    /** The admin who changes it: a number here. An assignment needs it. */
    admin_id: optional(NumericId),
    /** An admin's or a team's id; `0` for nobody. */
    assignee_id: optional(Schema.String),
    /** Whether nobody is told of it; everybody is by default. */
    skip_notifications
  })
) {}

/** What an admin says. */
export class ReplyToTicketAsAdmin extends Schema.Opaque<ReplyToTicketAsAdmin>()(
  Schema.Struct({
    ...adminReply,
    /** Whether a note goes to the tickets this one is linked to, too. */
    cross_post: optional(Schema.Boolean)
  })
) {}

/** What a contact says; exactly one of `intercom_user_id`, `user_id` (your own id) and `email` says who. */
export class ReplyToTicketAsContact extends Schema.Opaque<ReplyToTicketAsContact>()(
  Schema.Struct({ ...contactReply, skip_notifications }).check(byContact(2))
) {}

/** One page of the tickets that were found. The list may be left out when there are none. */
export class TicketSearchPage extends Schema.Opaque<TicketSearchPage>()(
  listing({
    tickets: nullish(Schema.Array(Ticket)),
    total_count: unchecked,
    pages: nullish(Pagination.Pages)
  }).check(Pagination.hasListOrNothing("tickets"))
) {}

/**
 * `query`: what to find, see `Search`. `pagination`: a page's size, 1 to 150, 20 by default, and cursor. `sort`: the order;
 * without it the API decides.
 */
export class SearchTickets extends Schema.Opaque<SearchTickets>()(
  Schema.Struct(Search.requestOn(Search.ticketFields, "ticket_attribute"))
) {}

const params = { ticket_id: TicketId }

/** The tickets of a workspace. There is no list of them: `search` finds all that are newer than the epoch. */
export class Tickets extends Resource.Service<Tickets>()("Tickets", {
  /**
   * Creates a ticket. Fails with `BadRequest` when an attribute is not of its type, `NotFound` when there is no such type
   * or contact. Never sent twice; `enqueue` answers at once where many are created.
   *
   * Permission: Write tickets.
   */
  create: Endpoint.post("/tickets", {
    permission: "Write tickets",
    payload: CreateTicket,
    success: Ticket,
    error: [ErrorResponse.BadRequest, ErrorResponse.NotFound]
  }),
  /**
   * Creates a ticket later: `jobs.wait` tells when it is there, as `resource_id`. Never sent twice.
   *
   * Permission: Write tickets.
   */
  enqueue: Endpoint.post("/tickets/enqueue", {
    permission: "Write tickets",
    payload: CreateTicket,
    success: BackgroundJob,
    error: ErrorResponse.BadRequest
  }),
  /**
   * A ticket with its parts, by its `id`, not by its `ticket_id`. Fails with `NotFound` when there is none.
   *
   * Permission: Read tickets.
   */
  get: Endpoint.get("/tickets/:ticket_id", {
    permission: "Read tickets",
    params,
    success: Ticket,
    error: ErrorResponse.NotFound
  }),
  /**
   * Changes a ticket: attributes, state, assignment. Fails with `NotFound` when there is no such ticket, state, admin or
   * assignee, with `BadRequest` when an attribute is not of its type.
   *
   * Permission: Write tickets.
   */
  update: Endpoint.put("/tickets/:ticket_id", {
    permission: "Write tickets",
    params,
    payload: UpdateTicket,
    success: Ticket,
    error: [ErrorResponse.BadRequest, ErrorResponse.NotFound]
  }),
  /**
   * Deletes a ticket for good. Fails with `NotFound` when there is none: after a repeated call that means done.
   *
   * Permission: Write tickets.
   */
  delete: Endpoint.del("/tickets/:ticket_id", {
    permission: "Write tickets",
    params,
    success: Deleted,
    error: ErrorResponse.NotFound
  }),
  /**
   * Says something as an admin, or makes a note, and answers with the part, not with the ticket. Never sent twice.
   *
   * Permission: Write tickets.
   */
  replyAsAdmin: Endpoint.post("/tickets/:ticket_id/reply", {
    permission: "Write tickets",
    params,
    payload: ReplyToTicketAsAdmin,
    success: TicketReply,
    error: [ErrorResponse.BadRequest, ErrorResponse.NotFound],
    alternativeOf: "reply",
    operationId: "replyToTicket"
  }),
  /**
   * Says something as a contact, and answers with the part, not with the ticket. Never sent twice.
   *
   * Permission: Write tickets.
   */
  replyAsContact: Endpoint.post("/tickets/:ticket_id/reply", {
    permission: "Write tickets",
    params,
    payload: ReplyToTicketAsContact,
    success: TicketReply,
    error: [ErrorResponse.BadRequest, ErrorResponse.NotFound],
    alternativeOf: "reply",
    operationId: "replyToTicket"
  }),
  /**
   * Tags a ticket, and answers with the tag. Fails with `NotFound` when one of them is not there. Safe to repeat.
   *
   * Permission: Write tags.
   */
  attachTag: Endpoint.post("/tickets/:ticket_id/tags", {
    permission: "Write tags",
    params,
    payload: AttachTagAsAdmin,
    success: EmbeddedTag,
    error: ErrorResponse.NotFound,
    operationId: "attachTagToTicket",
    // A tag is there once.
    idempotent: true
  }),
  /**
   * Takes a tag away from a ticket, and answers with it. Fails with `NotFound` when one of them is not there.
   *
   * Permission: Write tags.
   */
  detachTag: Endpoint.del("/tickets/:ticket_id/tags/:tag_id", {
    permission: "Write tags",
    params: { ...params, tag_id: TagId },
    payload: ByAdmin,
    success: EmbeddedTag,
    error: ErrorResponse.NotFound,
    operationId: "detachTagFromTicket"
  }),
  /**
   * One page of what is found; `search.pages` and `search.items` walk it all. Safe to repeat.
   *
   * Permission: Read tickets.
   */
  search: Endpoint.post("/tickets/search", {
    permission: "Read tickets",
    payload: SearchTickets,
    success: TicketSearchPage,
    error: ErrorResponse.BadRequest,
    // It only reads.
    idempotent: true,
    pages: Pagination.search("tickets", Ticket)
  })
}) {
  /**
   * The class of a service like this one, of tickets of a type, or of types, with these `ticket_attributes`, as
   * `intercom codegen attributes` writes the schema of each type. Requests take these attributes and no others; what is
   * received has their names and types, and may be a `Misfit`: `attributes.decode(ticket)` checks it. Searches compare an
   * attribute by its id: `ids` has those of the attributes, by their names.
   *
   * @example
   * ```ts
   * import { Tickets, Wire } from "@effect-intercom/core"
   * import { Schema } from "effect"
   *
   * const Bug = Schema.Struct({
   *   _default_title_: Wire.nullish(Schema.String),
   *   Priority: Wire.nullish(Wire.listItem(["0f0e", "Low"], ["0f0f", "High"]))
   * })
   *
   * class Bugs extends Tickets.withAttributes<Bugs>()("Bugs", Bug, { ids: { Priority: "4001002" } }) {}
   *
   * const urgent = Bugs.use(({ search }) => search({ query: Bugs.where("ticket_attributes.Priority").equals("High") }))
   * ```
   */
  static readonly withAttributes =
    <Self>() =>
    <const Id extends string, S extends Attributes.Any, const Ids extends TicketAttributeIds<S> = {}>(
      id: Id,
      schema: S,
      options: { readonly ids?: Ids } = {}
    ): TicketsWith<Self, Id, S, Ids> =>
      // These types say what it is made of.
      WithAttributes.make(id, Tickets, schema, {
        key: "ticket_attributes",
        fields: Search.ticketFields,
        ids: options.ids
      }) as TicketsWith<Self, Id, S, Ids>
}

/** The ids of attributes, by their names. */
export type TicketAttributeIds<S extends Attributes.Any> = { readonly [Name in keyof S["Type"]]?: string }

/** A ticket with attributes of your own. */
export type TicketWith<S extends Attributes.Any> = WithAttributes.RecordWith<Ticket, "ticket_attributes", S>

/** What {@link Tickets.withAttributes} makes. */
export interface TicketsWith<
  Self,
  Id extends string,
  S extends Attributes.Any,
  Ids
> extends WithAttributes.SearchedWith<
  Self,
  Id,
  typeof Tickets,
  Ticket,
  "ticket_attributes",
  S,
  typeof Search.ticketFields,
  Ids
> {}
