/** Types of tickets: what a ticket is about, and which attributes it has. */
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import { listing, noParameters, openEnum, optional } from "../Wire.ts"
import * as Pagination from "../Pagination.ts"
import * as Resource from "../Resource.ts"
import { ticketCategory, TicketType, TicketTypeAttribute, TicketTypeAttributeId, TicketTypeId } from "./TicketType.ts"

export * from "./TicketType.ts"

/** All types of the workspace. */
export class TicketTypeList extends Schema.Opaque<TicketTypeList>()(listing({ data: Schema.Array(TicketType) })) {}

/** There is nothing to ask for. */
export class ListTicketTypes extends Schema.Opaque<ListTicketTypes>()(noParameters) {}

/** A new type of ticket, which has a title and a description. */
export class CreateTicketType extends Schema.Opaque<CreateTicketType>()(
  Schema.Struct({
    name: Schema.String,
    description: optional(Schema.String),
    category: optional(ticketCategory),
    /** An emoji; 🎟️ by default. */
    icon: optional(Schema.String),
    /** Whether contacts are not to see tickets of it: they see them by default. */
    is_internal: optional(Schema.Boolean)
  })
) {}

/** What is left out stays. */
export class UpdateTicketType extends Schema.Opaque<UpdateTicketType>()(
  Schema.Struct({
    name: optional(Schema.String),
    description: optional(Schema.String),
    category: optional(ticketCategory),
    /** An emoji. */
    icon: optional(Schema.String),
    archived: optional(Schema.Boolean),
    is_internal: optional(Schema.Boolean)
  })
) {}

const attributeFields = {
  /** Whether admins must give it; they need not by default. */
  required_to_create: optional(Schema.Boolean),
  /** Whether contacts must give it; they need not by default. */
  required_to_create_for_contacts: optional(Schema.Boolean),
  /** Whether admins see it when they make a ticket; they do by default. */
  visible_on_create: optional(Schema.Boolean),
  /** Whether contacts see it; they do by default. */
  visible_to_contacts: optional(Schema.Boolean),
  /** Of text: more than a line. */
  multiline: optional(Schema.Boolean),
  /** Of a list: the names of its items, with commas between them. */
  list_items: optional(Schema.String),
  /** Of files: more than one. */
  allow_multiple_values: optional(Schema.Boolean)
} as const

/** A new attribute of a type. */
export class CreateTicketTypeAttribute extends Schema.Opaque<CreateTicketTypeAttribute>()(
  Schema.Struct({
    name: Schema.String,
    description: Schema.String,
    data_type: openEnum("string", "list", "integer", "decimal", "boolean", "datetime", "files"),
    ...attributeFields
  })
) {}

/** What is left out stays. The kind of its value cannot be changed. */
export class UpdateTicketTypeAttribute extends Schema.Opaque<UpdateTicketTypeAttribute>()(
  Schema.Struct({
    name: optional(Schema.String),
    description: optional(Schema.String),
    ...attributeFields,
    /** Attributes are archived, not deleted. */
    archived: optional(Schema.Boolean)
  })
) {}

/** The types of tickets of a workspace. They are archived, not deleted. */
export class TicketTypes extends Resource.Service<TicketTypes>()("TicketTypes", {
  /**
   * All types with their attributes, in one answer.
   *
   * Permission: Read tickets.
   */
  list: Endpoint.get("/ticket_types", {
    permission: "Read tickets",
    query: ListTicketTypes,
    success: TicketTypeList,
    pages: Pagination.single("data", TicketType)
  }),
  /**
   * Fails with `NotFound` when there is no such type.
   *
   * Permission: Read tickets.
   */
  get: Endpoint.get("/ticket_types/:ticket_type_id", {
    permission: "Read tickets",
    params: { ticket_type_id: TicketTypeId },
    success: TicketType,
    error: ErrorResponse.NotFound
  }),
  /**
   * Creates a type. Never sent twice.
   *
   * Permission: Write tickets.
   */
  create: Endpoint.post("/ticket_types", {
    permission: "Write tickets",
    payload: CreateTicketType,
    success: TicketType
  }),
  /**
   * Changes a type. Fails with `NotFound` when there is none.
   *
   * Permission: Write tickets.
   */
  update: Endpoint.put("/ticket_types/:ticket_type_id", {
    permission: "Write tickets",
    params: { ticket_type_id: TicketTypeId },
    payload: UpdateTicketType,
    success: TicketType,
    error: ErrorResponse.NotFound
  }),
  /**
   * Gives the tickets of a type one more attribute. Fails with `NotFound` when there is no such type. Never sent twice.
   *
   * Permission: Write tickets.
   */
  createAttribute: Endpoint.post("/ticket_types/:ticket_type_id/attributes", {
    permission: "Write tickets",
    params: { ticket_type_id: TicketTypeId },
    payload: CreateTicketTypeAttribute,
    success: TicketTypeAttribute,
    error: ErrorResponse.NotFound,
    operationId: "createTicketTypeAttribute"
  }),
  /**
   * Changes an attribute of a type. Fails with `NotFound` when the type has none such.
   *
   * Permission: Write tickets.
   */
  updateAttribute: Endpoint.put("/ticket_types/:ticket_type_id/attributes/:attribute_id", {
    permission: "Write tickets",
    params: { ticket_type_id: TicketTypeId, attribute_id: TicketTypeAttributeId },
    payload: UpdateTicketTypeAttribute,
    success: TicketTypeAttribute,
    error: ErrorResponse.NotFound,
    operationId: "updateTicketTypeAttribute"
  })
}) {}
