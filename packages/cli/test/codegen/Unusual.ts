// Written by `intercom codegen attributes`: write it again when attributes change.
import { TicketTypeId, Wire } from "@effect-intercom/core"
import { Schema } from "effect"

/**
 * The attributes of contacts.
 * Left out: 2fa (another has its name), __proto__ (no name for a field), old (archived).
 */
export const ContactAttributes = Schema.Struct({
  "2fa": Wire.nullish(Schema.Boolean),
  /** Ends *\/ here and there */
  "Plan (new)": Wire.nullish(Schema.String),
  "a \"quoted\" name": Wire.nullish(Schema.String),
  /** A time, in Unix seconds. */
  renews_at: Wire.nullish(Wire.UnixSeconds),
  size: Wire.nullish(Schema.Literals(["S", "L\"; process.exit(1) //"]))
})

/** The attributes of companies. */
export const CompanyAttributes = Schema.Struct({})

/** The attributes of conversations. */
export const ConversationAttributes = Schema.Struct({})

/**
 * The attributes of tickets of the type 1st line / *bug*.
 * Left out: Gone (archived).
 */
export const Type1stLineBug4000TicketAttributes = Schema.Struct({
  _default_title_: Wire.nullish(Schema.String),
  _default_description_: Wire.nullish(Schema.String),
  "Log file": Wire.nullish(Schema.Json),
  "When?": Wire.nullish(Wire.LooseTime),
  /** New tickets must have it. */
  Hours: Wire.nullish(Wire.numberOrString(Schema.Finite))
})

/** The ids of these attributes, by which tickets are searched. */
export const Type1stLineBug4000TicketAttributeIds = {
  _default_title_: "4000000",
  _default_description_: "4000001",
  "Log file": "403365624000",
  "When?": "403365624001",
  Hours: "403365624002"
} as const

export const Type1stLineBug4000TicketTypeId = TicketTypeId.make("4000")

/** The attributes of tickets of the type 1st: line bug. */
export const Type1stLineBug4001TicketAttributes = Schema.Struct({
  _default_title_: Wire.nullish(Schema.String),
  _default_description_: Wire.nullish(Schema.String),
  Paid: Wire.nullish(Schema.Boolean)
})

/** The ids of these attributes, by which tickets are searched. */
export const Type1stLineBug4001TicketAttributeIds = {
  _default_title_: "4001000",
  _default_description_: "4001001",
  Paid: "403365624003"
} as const

export const Type1stLineBug4001TicketTypeId = TicketTypeId.make("4001")
