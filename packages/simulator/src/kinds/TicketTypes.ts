/** Types of tickets: each has a title, a description, a priority to choose and a number, and all states there are. */
import { TicketTypes } from "@effect-intercom/core"
import * as Effect from "effect/Effect"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import type { Row } from "../internal/Collection.ts"
import * as Listing from "../internal/Listing.ts"
import * as Kind from "../Kind.ts"
import * as World from "../World.ts"

const ids = Ids.counting(4_000)

/** The ids of states, which their types name, too. */
export const stateIds = Ids.counting(300)

const states = [
  ["submitted", "Submitted"],
  ["in_progress", "In progress"],
  ["waiting_on_customer", "Waiting on you"],
  ["resolved", "Resolved"]
] as const

/** A state, as tickets and types have it. */
export const stateOf = (world: World.World, index: number) => {
  const [category, external_label] = states[index % states.length] ?? states[0]
  return {
    type: "ticket_state",
    id: world.id("ticketStates", index),
    category,
    internal_label: index < states.length ? external_label : `${external_label} ${index}`,
    external_label
  }
}

/** A state, as a ticket has it. */
export const embedded = ({ category, external_label, id, internal_label, type }: Row) => ({
  type,
  id,
  category,
  internal_label,
  external_label
})

const listOf = <A>(data: ReadonlyArray<A>) => ({ type: "list", data })

const statesOf = (world: World.World) =>
  listOf(Array.from({ length: world.counts.ticketStates }, (_, index) => stateOf(world, index)))

interface Attribute {
  readonly id: string
  readonly typeId: string
  readonly order: number
  readonly now: number
  /** What was given of it. */
  readonly input: Crud.Input
  /** Makes the id of an item of a list. */
  readonly itemId: (position: number) => string
}

/** The items of a list, from their names with commas between them. */
const itemsOf = (names: unknown, itemId: Attribute["itemId"]) =>
  String(names ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "")
    .map((name, position) => ({ id: itemId(position), name }))

/** What an attribute can be set to. Files have nothing to say there, as live. */
const optionsOf = ({ input, itemId }: Attribute) => {
  switch (input["data_type"]) {
    case "files":
      return null
    case "list":
      return { list_options: itemsOf(input["list_items"], itemId) }
    case "string":
      return { multiline: input["multiline"] ?? false }
    default:
      return {}
  }
}

const attributeOf = (attribute: Attribute) => {
  const { id, input, now, order, typeId } = attribute
  const { allow_multiple_values: _several, list_items: _items, multiline: _multiline, ...given } = input
  return {
    type: "ticket_type_attribute",
    id,
    name: "",
    description: "",
    data_type: "string",
    input_options: optionsOf(attribute),
    order,
    required_to_create: false,
    required_to_create_for_contacts: false,
    visible_on_create: true,
    visible_to_contacts: true,
    default: false,
    // A number, as live.
    ticket_type_id: Number(typeId),
    archived: false,
    created_at: now,
    updated_at: now,
    ...given
  }
}

/** The attributes every type has. */
const defaults = [
  { name: "_default_title_", description: "", data_type: "string", default: true },
  { name: "_default_description_", description: "", data_type: "string", default: true, multiline: true }
]

const seeded = [
  { name: "Priority", description: "How urgent it is", data_type: "list", list_items: "Low, High, Très urgent" },
  { name: "Seats", description: "How many people it concerns", data_type: "integer" }
]

const attributesOf = (typeId: string, now: number, given: ReadonlyArray<Crud.Input>) =>
  given.map((input, order) => {
    const id = String(Number(typeId) * 1000 + order)
    return attributeOf({
      id,
      typeId,
      order,
      now,
      input,
      itemId: (position) => `00000000-0000-4000-8000-${id.padStart(9, "0")}${String(position).padStart(3, "0")}`
    })
  })

const categories = ["Customer", "Back-office", "Tracker"] as const

export const generate = (world: World.World, index: number) => {
  const id = world.id("ticketTypes", index)
  const created_at = World.start + index * World.day
  const category = categories[index % categories.length]
  return {
    type: "ticket_type",
    id,
    category,
    name: ["Bug", "Refund", "Outage"][index] ?? `Type ${index}`,
    description: "",
    icon: "🎟️",
    workspace_id: World.workspaceId(world),
    is_internal: false,
    ticket_type_attributes: listOf(attributesOf(id, created_at, [...defaults, ...seeded])),
    ticket_states: statesOf(world),
    archived: false,
    created_at,
    updated_at: created_at
  }
}

/** The attributes of a type. */
export const attributesIn = (type: Row): ReadonlyArray<Row> => {
  const { data } = Crud.fieldsOf(type["ticket_type_attributes"])
  // Made here.
  return Array.isArray(data) ? (data as ReadonlyArray<Row>) : []
}

const withAttributes = (type: Row, attributes: ReadonlyArray<object>, now: number): Row => ({
  ...type,
  updated_at: now,
  ticket_type_attributes: listOf(attributes)
})

/** The attribute as an update of this input has it; a new list of items keeps the ids of those it had. */
const changed = (attribute: Row, input: Crud.Input, now: number, itemId: Attribute["itemId"]): Row => {
  const { allow_multiple_values: _several, list_items, multiline, ...given } = input
  const options = Crud.fieldsOf(attribute["input_options"])
  const known = Array.isArray(options["list_options"]) ? options["list_options"] : []
  const items = itemsOf(list_items, itemId).map(
    (item): unknown => known.find((old: unknown) => Crud.fieldsOf(old)["name"] === item.name) ?? item
  )
  return {
    ...attribute,
    ...given,
    updated_at: now,
    input_options:
      attribute["input_options"] === null
        ? null
        : {
            ...options,
            ...(list_items === undefined ? undefined : { list_options: items }),
            ...(multiline === undefined ? undefined : { multiline })
          }
  }
}

const uuid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`

export const ticketTypes = Kind.listed(TicketTypes, {
  count: categories.length,
  ids,
  generate,
  fresh: (row, { collections: { ticketStates } }) =>
    ticketStates.changes.length === 0
      ? row
      : { ...row, ticket_states: listOf(Listing.rows(ticketStates).map(embedded)) },
  missing: { message: "Ticket type not found", code: "ticket_type_not_found" },
  handlers: {
    list: Crud.list(),
    get: Crud.get,
    create: Crud.create((input, { id, now, workspace: { world } }) => ({
      type: "ticket_type",
      id,
      category: "Customer",
      description: "",
      icon: "🎟️",
      workspace_id: World.workspaceId(world),
      is_internal: false,
      ticket_type_attributes: listOf(attributesOf(id, now, defaults)),
      ticket_states: statesOf(world),
      archived: false,
      created_at: now,
      updated_at: now,
      ...input
    })),
    update: Crud.update(),
    createAttribute: ({ params, payload }, { collection, kind, workspace }) =>
      Effect.flatMap(Crud.time, ({ at, now }) => {
        const type = collection.find(params.ticket_type_id)
        if (type === undefined) return Crud.missing(kind.missing)
        const attributes = attributesIn(type)
        const attribute = attributeOf({
          id: String(workspace.nextNumber()),
          typeId: type.id,
          order: attributes.length,
          now,
          input: Crud.present(payload),
          itemId: () => uuid(workspace.nextNumber())
        })
        collection.replace(withAttributes(type, [...attributes, attribute], now), at)
        return Effect.succeed(Listing.value(attribute))
      }),
    updateAttribute: ({ params, payload }, { collection, kind, workspace }) =>
      Effect.flatMap(Crud.time, ({ at, now }) => {
        const type = collection.find(params.ticket_type_id)
        if (type === undefined) return Crud.missing(kind.missing)
        const attributes = attributesIn(type)
        const attribute = attributes.find(({ id }) => id === params.attribute_id)
        if (attribute === undefined) {
          return Crud.missing({ message: "Ticket type attribute not found", code: "ticket_type_attribute_not_found" })
        }
        const updated = changed(attribute, Crud.present(payload), now, () => uuid(workspace.nextNumber()))
        const all = attributes.map((one) => (one === attribute ? updated : one))
        collection.replace(withAttributes(type, all, now), at)
        return Effect.succeed(Listing.value(updated))
      })
  }
})
