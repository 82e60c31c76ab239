/** Data attributes: a few that are built in, those that seeded records have, and those that were created. */
import { DataAttributes } from "@effect-intercom/core"
import * as Effect from "effect/Effect"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import type { Row } from "../internal/Collection.ts"
import * as ErrorList from "../internal/ErrorList.ts"
import * as Listing from "../internal/Listing.ts"
import { isFrom216 } from "../internal/Version.ts"
import * as Kind from "../Kind.ts"
import * as World from "../World.ts"

const ids = Ids.numeric("data attributes")

// What contacts and companies have: in order, built in or custom.
const seeded = [
  ["contact", "name", "string", false],
  ["contact", "email", "string", false],
  ["contact", "plan", "string", true],
  ["contact", "seats", "integer", true],
  ["contact", "trial", "boolean", true],
  ["contact", "lifetime_value", "float", true],
  ["contact", "Größe", "string", true],
  ["contact", "onboarded_at", "date", true],
  ["company", "name", "string", false],
  ["company", "tier", "integer", true],
  ["company", "partner", "boolean", true],
  ["company", "Ort", "string", true],
  ["conversation", "title", "string", false],
  ["conversation", "Urgent", "boolean", true],
  ["conversation", "Attempts", "integer", true],
  ["conversation", "Thème", "string", true]
] as const

const make = (model: string, name: string, data_type: string, custom: boolean, id: string, created_at: number) => ({
  type: "data_attribute",
  id,
  name,
  full_name: custom ? `custom_attributes.${name}` : name,
  label: name,
  description: "",
  data_type,
  api_writable: true,
  messenger_writable: false,
  ui_writable: custom,
  custom,
  archived: false,
  model,
  created_at,
  updated_at: created_at,
  ...(custom ? { admin_id: "1" } : undefined)
})

/** Built-in ones have no id, and were never created. */
const sent = ({ created_at, id, updated_at, ...row }: Row) =>
  row["custom"] === true ? { id: Number(id), ...row, created_at, updated_at } : row

export const dataAttributes = Kind.listed(DataAttributes, {
  count: seeded.length,
  ids,
  generate: (world, index) => {
    const [model, name, type, custom] = seeded[index] ?? (["contact", `attribute_${index}`, "string", true] as const)
    return make(model, name, type, custom, world.id("dataAttributes", index), World.start)
  },
  sent,
  missing: { message: "Data Attribute Not Found", code: "field_not_found" },
  handlers: {
    list: ({ query: { include_archived, model }, request }, here) => {
      if (model === "conversation" && isFrom216(Crud.versionOf(request, here))) {
        return ErrorList.respond(422, {
          code: "parameter_invalid",
          message: "Attributes of conversations are at GET /conversations/attributes in this version",
          field: "model"
        })
      }
      const rows = Listing.rows(here.collection).filter(
        (row) =>
          (model === undefined || row["model"] === model) && (include_archived === true || row["archived"] === false)
      )
      return Effect.succeed(Listing.value({ type: "list", data: rows.map(sent) }))
    },
    create: (call, here) => {
      const { model, name } = call.payload
      const taken = Listing.rows(here.collection).some((row) => row["model"] === model && row["name"] === name)
      return taken
        ? ErrorList.respond(400, {
            code: "parameter_invalid",
            message: `You already have '${name}' in your ${model} data`,
            field: "name"
          })
        : Crud.create(({ data_type, model, name, options, ...rest }, { id, now }) => ({
            ...make(String(model), String(name), data_type === "options" ? "string" : String(data_type), true, id, now),
            ...rest,
            ...(options === undefined ? undefined : { options: valuesOf(options) })
          }))(call, here)
    },
    update: (call, here) => {
      const { options } = call.payload
      const row = here.collection.find(call.params.data_attribute_id)
      if (options !== undefined && row !== undefined && !("options" in row)) {
        return ErrorList.respond(422, {
          code: "data_invalid",
          message: "Only an attribute that is a list has options",
          field: "options"
        })
      }
      return Crud.update((row, { options, ...rest }, now) => ({
        ...row,
        ...rest,
        ...(options === undefined ? undefined : { options: valuesOf(options) }),
        updated_at: now
      }))(call, here)
    }
  }
})

/** The values a list can have, as answers have them. */
const valuesOf = (options: unknown) =>
  Array.isArray(options) ? options.map((option) => Crud.fieldsOf(option)["value"]) : []
