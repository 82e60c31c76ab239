/** A ticket, as the API sends it, wherever it is. */
import * as Schema from "effect/Schema"
import * as Id from "../Id.ts"
import { CustomAttributes, LooseId, nullish, open, openEnum, unchecked, UnixSeconds } from "../Wire.ts"
import { Reference } from "./Common.ts"
import { Attachment, ConversationContacts, LinkedObjects } from "./Conversation.ts"
import { EmbeddedTicketState, EmbeddedTicketType, ticketCategory, ticketStateCategory } from "./TicketType.ts"

/** The id of a ticket: digits, as a string. It is not the `ticket_id` that people see. */
export const TicketId = Id.digits("intercom/TicketId")
export type TicketId = typeof TicketId.Type

/**
 * Attributes in a request, by the names people gave them; title and description are `_default_title_` and
 * `_default_description_`. An attribute that is a list is set by the id of its item, as its type has it.
 */
export const TicketAttributes = Schema.Record(
  Schema.String,
  Schema.Union([Schema.Null, Schema.String, Schema.Finite, Schema.Boolean, Schema.Array(Schema.Json)])
)

/** The attribute that a part changed. */
export class UpdatedAttribute extends Schema.Opaque<UpdatedAttribute>()(
  open({
    attribute: nullish(
      open({ type: nullish(openEnum("attribute")), id: nullish(LooseId), label: nullish(Schema.String) })
    ),
    /** Lists where the attribute has several values. */
    value: nullish(
      open({
        type: nullish(openEnum("value")),
        id: nullish(Schema.Union([LooseId, Schema.Array(LooseId)])),
        label: nullish(Schema.Union([Schema.String, Schema.Array(Schema.String)]))
      })
    )
  })
) {}

/** Who wrote a part, or made a change. */
export class TicketPartAuthor extends Schema.Opaque<TicketPartAuthor>()(
  open({
    type: nullish(openEnum("admin", "bot", "team", "user")),
    id: nullish(LooseId),
    name: nullish(Schema.String),
    email: nullish(Schema.String)
  })
) {}

const replyFields = {
  type: nullish(openEnum("ticket_part")),
  id: nullish(LooseId),
  /** `comment`, `note`, `assignment`, `ticket_state_updated_by_admin`, `ticket_attribute_updated_by_admin`, … */
  part_type: nullish(Schema.String),
  /** HTML; null for parts without text. */
  body: nullish(Schema.String),
  created_at: nullish(UnixSeconds),
  updated_at: nullish(UnixSeconds),
  author: nullish(TicketPartAuthor),
  attachments: nullish(Schema.Array(Attachment)),
  redacted: nullish(Schema.Boolean)
} as const

/** The part that a reply makes. Times are Unix seconds; any field may be null or missing. */
export class TicketReply extends Schema.Opaque<TicketReply>()(open(replyFields)) {}

/** A reply, note, assignment or change of a ticket. Times are Unix seconds; any field may be null or missing. */
export class TicketPart extends Schema.Opaque<TicketPart>()(
  open({
    ...replyFields,
    previous_ticket_state: nullish(ticketStateCategory),
    ticket_state: nullish(ticketStateCategory),
    assigned_to: nullish(Reference),
    external_id: nullish(Schema.String),
    app_package_code: nullish(Schema.String),
    updated_attribute_data: nullish(UpdatedAttribute)
  })
) {}

/** The parts of a ticket. */
export class TicketParts extends Schema.Opaque<TicketParts>()(
  open({
    type: nullish(openEnum("ticket_part.list")),
    ticket_parts: nullish(Schema.Array(TicketPart)),
    total_count: unchecked
  })
) {}

/**
 * A ticket, as the API sends it. Times are Unix seconds; any field but `type` and `id` may be null or missing; fields not
 * listed here are kept. Source: the official 2.15 document, loosened where live answers differ.
 */
export class Ticket extends Schema.Opaque<Ticket>()(
  open({
    type: openEnum("ticket"),
    id: TicketId,
    /** The number people see; `get` does not take it. */
    ticket_id: nullish(LooseId),
    category: nullish(ticketCategory),
    /** By the names people gave them; files are objects, numbers may be text. */
    ticket_attributes: nullish(CustomAttributes),
    /** Its category alone in some live answers, which have the labels beside it. */
    ticket_state: nullish(Schema.Union([Schema.String, EmbeddedTicketState])),
    ticket_state_internal_label: nullish(Schema.String),
    ticket_state_external_label: nullish(Schema.String),
    ticket_type: nullish(EmbeddedTicketType),
    contacts: nullish(ConversationContacts),
    /** `0` for nobody; a number from 2.16 on. Likewise `team_assignee_id`. */
    admin_assignee_id: nullish(LooseId),
    team_assignee_id: nullish(LooseId),
    created_at: nullish(UnixSeconds),
    updated_at: nullish(UnixSeconds),
    open: nullish(Schema.Boolean),
    snoozed_until: nullish(UnixSeconds),
    linked_objects: nullish(LinkedObjects),
    ticket_parts: nullish(TicketParts),
    /** Whether contacts see it. */
    is_shared: nullish(Schema.Boolean),
    /** Where it came from: `messenger`, say; sent live, not in the official document. */
    channel: nullish(Schema.String)
  })
) {}
