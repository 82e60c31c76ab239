/** Types of tickets, with their attributes and states, as the API sends them, wherever they are. */
import * as Schema from "effect/Schema"
import * as Id from "../Id.ts"
import { CustomAttributes, LooseId, nullish, open, openEnum, UnixSeconds } from "../Wire.ts"

/** The id of a type of ticket: digits, as a string. */
export const TicketTypeId = Id.digits("intercom/TicketTypeId")
export type TicketTypeId = typeof TicketTypeId.Type

/** The id of an attribute of a type of ticket: what tickets are searched by. */
export const TicketTypeAttributeId = Id.any("intercom/TicketTypeAttributeId")
export type TicketTypeAttributeId = typeof TicketTypeAttributeId.Type

/** The id of a state of tickets: digits, as a string. */
export const TicketStateId = Id.digits("intercom/TicketStateId")
export type TicketStateId = typeof TicketStateId.Type

/** What tickets of a type are for: customers' requests, work behind them, or many tickets with one cause. */
export const ticketCategory = openEnum("Customer", "Back-office", "Tracker")

/** What states of tickets are, whatever their names. */
export const ticketStateCategory = openEnum("submitted", "in_progress", "waiting_on_customer", "resolved")

/** The fields of a state but `type` and `id`. */
export const ticketStateFields = {
  category: nullish(ticketStateCategory),
  /** What admins see. */
  internal_label: nullish(Schema.String),
  /** What contacts see. */
  external_label: nullish(Schema.String)
} as const

/** The state of a ticket, or one of those of a type. */
export class EmbeddedTicketState extends Schema.Opaque<EmbeddedTicketState>()(
  open({
    type: nullish(openEnum("ticket_state")),
    id: nullish(LooseId),
    ...ticketStateFields
  })
) {}

const attributeFields = {
  workspace_id: nullish(Schema.String),
  name: nullish(Schema.String),
  description: nullish(Schema.String),
  data_type: nullish(openEnum("string", "list", "integer", "decimal", "boolean", "datetime", "files")),
  /**
   * What it can be set to, as far as its kind of value leaves a choice: the items of a list, by whose ids a ticket's attribute
   * is set. Null for files.
   */
  input_options: nullish(CustomAttributes),
  /** Where it stands among the others. */
  order: nullish(Schema.Int),
  required_to_create: nullish(Schema.Boolean),
  required_to_create_for_contacts: nullish(Schema.Boolean),
  visible_on_create: nullish(Schema.Boolean),
  visible_to_contacts: nullish(Schema.Boolean),
  /** Every type has it: the title, or the description. */
  default: nullish(Schema.Boolean),
  ticket_type_id: nullish(LooseId),
  archived: nullish(Schema.Boolean),
  created_at: nullish(UnixSeconds),
  updated_at: nullish(UnixSeconds)
} as const

/** An attribute that tickets of a type have. Times are Unix seconds. */
export class TicketTypeAttribute extends Schema.Opaque<TicketTypeAttribute>()(
  open({ type: openEnum("ticket_type_attribute"), id: TicketTypeAttributeId, ...attributeFields })
) {}

const EmbeddedAttribute = open({
  type: nullish(openEnum("ticket_type_attribute")),
  id: nullish(LooseId),
  ...attributeFields
})

/** The attributes of a type: under `data` in live answers, under their own name in the official 2.15 document. */
export class TicketTypeAttributes extends Schema.Opaque<TicketTypeAttributes>()(
  open({
    type: nullish(Schema.String),
    data: nullish(Schema.Array(EmbeddedAttribute)),
    ticket_type_attributes: nullish(Schema.Array(EmbeddedAttribute))
  })
) {}

const typeFields = {
  category: nullish(ticketCategory),
  name: nullish(Schema.String),
  description: nullish(Schema.String),
  /** An emoji. */
  icon: nullish(Schema.String),
  workspace_id: nullish(Schema.String),
  /** Contacts do not see tickets of it; sent live, not in the official document. */
  is_internal: nullish(Schema.Boolean),
  ticket_type_attributes: nullish(TicketTypeAttributes),
  ticket_states: nullish(open({ type: nullish(Schema.String), data: nullish(Schema.Array(EmbeddedTicketState)) })),
  archived: nullish(Schema.Boolean),
  created_at: nullish(UnixSeconds),
  updated_at: nullish(UnixSeconds)
} as const

/**
 * A type of ticket. Times are Unix seconds; any field but `type` and `id` may be null or missing; fields not listed here
 * are kept. Source: the official 2.15 document, live answers.
 */
export class TicketType extends Schema.Opaque<TicketType>()(
  open({ type: openEnum("ticket_type"), id: TicketTypeId, ...typeFields })
) {}

/** The type of a ticket. */
export class EmbeddedTicketType extends Schema.Opaque<EmbeddedTicketType>()(
  open({ type: nullish(openEnum("ticket_type")), id: nullish(LooseId), ...typeFields })
) {}
