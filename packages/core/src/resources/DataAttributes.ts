/** Data attributes: which fields contacts and companies have, built in or your own. */
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import * as Id from "../Id.ts"
import { listing, LooseId, nullish, open, openEnum, optional, UnixSeconds } from "../Wire.ts"
import * as Pagination from "../Pagination.ts"
import * as Resource from "../Resource.ts"

/** The id of a data attribute: digits. Answers have it as a number: `DataAttributeId.from(attribute.id)`. */
export const DataAttributeId = Id.digits("intercom/DataAttributeId")
export type DataAttributeId = typeof DataAttributeId.Type

/**
 * A data attribute, as the API sends it. Any field but `type` may be null or missing; fields not listed here are kept.
 * Source: the official 2.15 document and recorded answers.
 */
export class DataAttribute extends Schema.Opaque<DataAttribute>()(
  open({
    type: openEnum("data_attribute"),
    /** A number; built-in attributes have none. */
    id: nullish(LooseId),
    /** What has it. Conversations' are listed up to version 2.15. */
    model: nullish(openEnum("contact", "company", "conversation")),
    /** The name of the field. */
    name: nullish(Schema.String),
    /** With what it is in: `custom_attributes.plan`. Searches call it that. */
    full_name: nullish(Schema.String),
    /** What admins see. */
    label: nullish(Schema.String),
    description: nullish(Schema.String),
    data_type: nullish(openEnum("string", "integer", "float", "boolean", "date")),
    /** The values it can have, where it is a list. */
    options: nullish(Schema.Array(Schema.Union([Schema.String, open({ value: nullish(Schema.String) })]))),
    /** Whether the API may set it. */
    api_writable: nullish(Schema.Boolean),
    messenger_writable: nullish(Schema.Boolean),
    ui_writable: nullish(Schema.Boolean),
    /** Whether it is your own. */
    custom: nullish(Schema.Boolean),
    archived: nullish(Schema.Boolean),
    created_at: nullish(UnixSeconds),
    updated_at: nullish(UnixSeconds),
    /** The admin who made it. */
    admin_id: nullish(LooseId)
  })
) {}

/** All data attributes that were asked for. */
export class DataAttributeList extends Schema.Opaque<DataAttributeList>()(
  listing({
    data: Schema.Array(DataAttribute)
  })
) {}

/** `model`: whose attributes; all of them without it. `include_archived`: whether archived ones are listed, too. */
export class ListDataAttributes extends Schema.Opaque<ListDataAttributes>()(
  Schema.Struct({
    model: optional(Schema.Literals(["contact", "company", "conversation"])),
    include_archived: optional(Schema.Boolean)
  })
) {}

const options = Schema.Array(Schema.Struct({ value: Schema.String }))

/** A new data attribute. One of `data_type` `options` is a list, and has its values in `options`: at least two. */
export class CreateDataAttribute extends Schema.Opaque<CreateDataAttribute>()(
  Schema.Struct({
    name: Schema.String,
    model: Schema.Literals(["contact", "company"]),
    data_type: Schema.Literals(["string", "integer", "float", "boolean", "datetime", "date", "options"]),
    options: optional(options.check(Schema.isMinLength(2))),
    description: optional(Schema.String),
    /** Whether the Messenger may set it. */
    messenger_writable: optional(Schema.Boolean)
  }).check(
    Schema.makeFilter((attribute) => (attribute.data_type === "options") === (attribute.options !== undefined), {
      expected: "options where data_type is options, and nowhere else"
    })
  )
) {}

/** What to change of a data attribute; its name and type stay what they are. */
export class UpdateDataAttribute extends Schema.Opaque<UpdateDataAttribute>()(
  Schema.Struct({
    /** Archived attributes keep their values, and are listed only with `include_archived`. */
    archived: optional(Schema.Boolean),
    description: optional(Schema.String),
    messenger_writable: optional(Schema.Boolean),
    /** The values of a list: all of them. */
    options: optional(options)
  })
) {}

/** The data attributes of a workspace. */
export class DataAttributes extends Resource.Service<DataAttributes>()("DataAttributes", {
  /**
   * All data attributes, in one answer.
   *
   * Permission: Read and list users and companies.
   */
  list: Endpoint.get("/data_attributes", {
    permission: "Read and list users and companies",
    query: ListDataAttributes,
    success: DataAttributeList,
    pages: Pagination.single("data", DataAttribute)
  }),
  /**
   * Fails with `BadRequest` where the name is taken, of an archived attribute, too. Never sent twice.
   *
   * Permission: Write data attributes.
   */
  create: Endpoint.post("/data_attributes", {
    permission: "Write data attributes",
    payload: CreateDataAttribute,
    success: DataAttribute,
    error: ErrorResponse.BadRequest
  }),
  /**
   * Fails with `NotFound` when there is no such attribute, `UnprocessableEntity` when one that is in use is archived.
   *
   * Permission: Write data attributes.
   */
  update: Endpoint.put("/data_attributes/:data_attribute_id", {
    permission: "Write data attributes",
    params: { data_attribute_id: DataAttributeId },
    payload: UpdateDataAttribute,
    success: DataAttribute,
    error: [ErrorResponse.BadRequest, ErrorResponse.NotFound, ErrorResponse.UnprocessableEntity]
  })
}) {}
