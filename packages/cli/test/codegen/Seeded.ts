// Written by `intercom codegen attributes`: write it again when attributes change.
import { TicketTypeId, Wire } from "@effect-intercom/core"
import { Schema } from "effect"

/** The attributes of contacts. */
export const ContactAttributes = Schema.Struct({
  Größe: Wire.nullish(Schema.String),
  lifetime_value: Wire.nullish(Schema.Finite),
  /** A time, in Unix seconds. */
  onboarded_at: Wire.nullish(Wire.UnixSeconds),
  plan: Wire.nullish(Schema.String),
  seats: Wire.nullish(Schema.Int),
  trial: Wire.nullish(Schema.Boolean)
})

/** The attributes of companies. */
export const CompanyAttributes = Schema.Struct({
  Ort: Wire.nullish(Schema.String),
  partner: Wire.nullish(Schema.Boolean),
  tier: Wire.nullish(Schema.Int)
})

/** The attributes of conversations. */
export const ConversationAttributes = Schema.Struct({
  Attempts: Wire.nullish(Schema.Int),
  Thème: Wire.nullish(Schema.String),
  Urgent: Wire.nullish(Schema.Boolean)
})

/** The attributes of tickets of the type Bug. */
export const BugTicketAttributes = Schema.Struct({
  _default_title_: Wire.nullish(Schema.String),
  _default_description_: Wire.nullish(Schema.String),
  /** How urgent it is */
  Priority: Wire.nullish(Wire.listItem(
    ["00000000-0000-4000-8000-004000002000", "Low"],
    ["00000000-0000-4000-8000-004000002001", "High"],
    ["00000000-0000-4000-8000-004000002002", "Très urgent"]
  )),
  /** How many people it concerns */
  Seats: Wire.nullish(Wire.numberOrString(Schema.Int))
})

/** The ids of these attributes, by which tickets are searched. */
export const BugTicketAttributeIds = {
  _default_title_: "4000000",
  _default_description_: "4000001",
  Priority: "4000002",
  Seats: "4000003"
} as const

export const BugTicketTypeId = TicketTypeId.make("4000")

/** The attributes of tickets of the type Outage. */
export const OutageTicketAttributes = Schema.Struct({
  _default_title_: Wire.nullish(Schema.String),
  _default_description_: Wire.nullish(Schema.String),
  /** How urgent it is */
  Priority: Wire.nullish(Wire.listItem(
    ["00000000-0000-4000-8000-004002002000", "Low"],
    ["00000000-0000-4000-8000-004002002001", "High"],
    ["00000000-0000-4000-8000-004002002002", "Très urgent"]
  )),
  /** How many people it concerns */
  Seats: Wire.nullish(Wire.numberOrString(Schema.Int))
})

/** The ids of these attributes, by which tickets are searched. */
export const OutageTicketAttributeIds = {
  _default_title_: "4002000",
  _default_description_: "4002001",
  Priority: "4002002",
  Seats: "4002003"
} as const

export const OutageTicketTypeId = TicketTypeId.make("4002")

/** The attributes of tickets of the type Refund. */
export const RefundTicketAttributes = Schema.Struct({
  _default_title_: Wire.nullish(Schema.String),
  _default_description_: Wire.nullish(Schema.String),
  /** How urgent it is */
  Priority: Wire.nullish(Wire.listItem(
    ["00000000-0000-4000-8000-004001002000", "Low"],
    ["00000000-0000-4000-8000-004001002001", "High"],
    ["00000000-0000-4000-8000-004001002002", "Très urgent"]
  )),
  /** How many people it concerns */
  Seats: Wire.nullish(Wire.numberOrString(Schema.Int))
})

/** The ids of these attributes, by which tickets are searched. */
export const RefundTicketAttributeIds = {
  _default_title_: "4001000",
  _default_description_: "4001001",
  Priority: "4001002",
  Seats: "4001003"
} as const

export const RefundTicketTypeId = TicketTypeId.make("4001")

/**
 * The attributes of custom objects of the type Order.
 * Inferred from the values of 2 instances: the API tells nowhere how types of custom objects are defined. Where another instance does not fit, name that one, too.
 */
export const OrderObjectAttributes = Schema.Struct({
  order_number: Wire.nullish(Schema.String),
  total: Wire.nullish(Schema.Finite)
})
