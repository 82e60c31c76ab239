/** Tickets: of a type with attributes, in a state, answered and searched. */
import { type CreateTicket, Search, Tickets } from "@effect-intercom/core"
import * as Effect from "effect/Effect"
import * as Function from "effect/Function"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import * as Blocked from "../internal/Blocked.ts"
import type { Row } from "../internal/Collection.ts"
import * as State from "../internal/ConversationState.ts"
import * as ErrorList from "../internal/ErrorList.ts"
import * as Listing from "../internal/Listing.ts"
import * as Parts from "../internal/Parts.ts"
import * as V from "../internal/Vocabulary.ts"
import * as Kind from "../Kind.ts"
import * as World from "../World.ts"
import * as Contacts from "./Contacts.ts"
import * as Jobs from "./Jobs.ts"
import * as Lists from "./Lists.ts"
import * as TicketTypes from "./TicketTypes.ts"

type Answer = Effect.Effect<HttpServerResponse.HttpServerResponse>

const ids = Ids.counting(5_000_000)

/** The first draws of a ticket: all that its times need. */
const headOf = (world: World.World, index: number) => {
  const random = World.random(world, "tickets", index)
  const created_at = World.start + index * World.day + random.below(World.day)
  return { random, created_at, updated_at: created_at + random.below(30 * World.day) }
}

const noParts = { type: "ticket_part.list", ticket_parts: [], total_count: 0 }

const noLinks = { type: "list", data: [], total_count: 0, has_more: false }

const contactsOf = (contacts: ReadonlyArray<Crud.Input>) => ({
  type: "contact.list",
  contacts: contacts.map(({ external_id, id }) => ({ type: "contact", id, external_id: external_id ?? null }))
})

/** The number people see. */
const numberOf = (id: string) => String(Number(id) - 4_999_999)

const generate = (world: World.World, index: number) => {
  const { created_at, random, updated_at } = headOf(world, index)
  const { contacts, ticketStates, ticketTypes } = world.counts
  const id = world.id("tickets", index)
  const type = ticketTypes > 0 ? TicketTypes.generate(world, random.below(ticketTypes)) : null
  const state = ticketStates > 0 ? TicketTypes.stateOf(world, random.below(ticketStates)) : null
  const contact = contacts > 0 ? [Contacts.generate(world, random.below(contacts))] : []
  const seats = type === null ? {} : { Seats: random.below(50) }
  return {
    type: "ticket",
    id,
    ticket_id: String(index + 1),
    category: type?.category ?? "Customer",
    ticket_attributes: {
      _default_title_: random.pick(V.subjects),
      _default_description_: random.pick(V.sentences),
      ...seats
    },
    ticket_state: state,
    ticket_type: type,
    contacts: contactsOf(contact),
    admin_assignee_id: "0",
    team_assignee_id: "0",
    created_at,
    updated_at,
    open: state?.category !== "resolved",
    snoozed_until: null,
    linked_objects: noLinks,
    ticket_parts: noParts,
    is_shared: true
  }
}

const refuse = (message: string, field: string) => ErrorList.respond(400, { code: "parameter_invalid", message, field })

const textsOf = (value: unknown): ReadonlyArray<string> => (Array.isArray(value) ? value : [value]).map(String)

const isOfType = (attribute: Row, value: unknown): boolean => {
  if (value === null) return true
  switch (attribute["data_type"]) {
    case "integer":
      return Number.isInteger(Number(value))
    case "decimal":
      return Number.isFinite(Number(value))
    case "boolean":
      return typeof value === "boolean"
    case "list": {
      const { list_options } = Crud.fieldsOf(attribute["input_options"])
      const items = new Set((Array.isArray(list_options) ? list_options : []).map((item) => Crud.fieldsOf(item)["id"]))
      return textsOf(value).every((id) => items.has(id))
    }
    default:
      return true
  }
}

/** Why attributes cannot be those of a ticket of this type; `undefined` when they can. */
const flawOf = (type: Row, attributes: Crud.Input): Answer | undefined => {
  const known = TicketTypes.attributesIn(type)
  for (const [name, value] of Object.entries(attributes)) {
    const attribute = known.find((one) => one["name"] === name)
    if (attribute === undefined) return refuse(`Tickets of this type have no attribute ${name}`, "ticket_attributes")
    if (!isOfType(attribute, value)) {
      const of = attribute["data_type"] === "list" ? "the id of an item of its list" : String(attribute["data_type"])
      return refuse(`${name} must be ${of}`, "ticket_attributes")
    }
  }
  return undefined
}

/** Why attributes cannot be all of a new ticket of this type; `undefined` when they can. */
const flawOfNew = (type: Row, attributes: Crud.Input): Answer | undefined => {
  const lacking = TicketTypes.attributesIn(type).find(
    ({ archived, name, required_to_create }) =>
      required_to_create === true && archived !== true && (attributes[String(name)] ?? "") === ""
  )
  return lacking === undefined
    ? flawOf(type, attributes)
    : refuse(`${String(lacking["name"])} is required for tickets of this type`, "ticket_attributes")
}

const noCompany = { message: "Company Not Found", code: "company_not_found" }

/** The company of a request, by the id its workspace gave it. */
const companyOf = ({ collections: { companies } }: Kind.Workspace, id: unknown) =>
  typeof id === "string" ? companies.by("company_id", id) : undefined

const noState = { message: "Ticket state not found", code: "ticket_state_not_found" }

/** A new ticket, or why there is none. It is not among the others yet. */
export const make = (workspace: Kind.Workspace, now: number, input: Crud.Input): Row | Answer => {
  const { assignment, company_id, contacts, created_at, ticket_attributes, ticket_type_id } = input
  const { ticketStates, ticketTypes, tickets } = workspace.collections
  const [first] = Listing.rows(ticketStates)
  const type = ticketTypes.find(String(ticket_type_id))
  if (type === undefined) return Crud.missing(TicketTypes.ticketTypes.missing)
  const attributes = Crud.present(Crud.fieldsOf(ticket_attributes))
  const flaw = flawOfNew(type, attributes)
  if (flaw !== undefined) return flaw
  if (company_id !== undefined && companyOf(workspace, company_id) === undefined) return Crud.missing(noCompany)
  const { admin_assignee_id = "0", team_assignee_id = "0" } = Crud.present(Crud.fieldsOf(assignment))
  const assignees = [
    ["admin", String(admin_assignee_id)],
    ["team", String(team_assignee_id)]
  ] as const
  if (assignees.some(([type, id]) => id !== "0" && Parts.assignee(workspace, type, id) === undefined)) {
    return Crud.missing(Parts.noAssignee)
  }
  const id = tickets.nextId(now)
  const at = typeof created_at === "number" ? created_at : now
  return {
    type: "ticket",
    id,
    ticket_id: numberOf(id),
    category: type["category"],
    ticket_attributes: attributes,
    ticket_state: first === undefined ? null : TicketTypes.embedded(first),
    ticket_type: type,
    contacts: contactsOf(Array.isArray(contacts) ? contacts.map(Crud.fieldsOf) : []),
    admin_assignee_id,
    team_assignee_id,
    ...(company_id === undefined ? undefined : { company_id }),
    created_at: at,
    updated_at: at,
    open: true,
    snoozed_until: null,
    linked_objects: noLinks,
    ticket_parts: noParts,
    is_shared: type["category"] === "Customer"
  }
}

/** Adds a ticket, at a time in Unix milliseconds. */
export const add = ({ collections: { tickets } }: Kind.Workspace, ticket: Row, at: number): Row => {
  tickets.add(ticket, at)
  return ticket
}

/** The ticket, linked to a conversation. */
export const linked = (ticket: Row, { id }: Row): Row => ({
  ...ticket,
  linked_objects: { ...noLinks, data: [{ type: "conversation", id, category: null }], total_count: 1 }
})

/** A ticket with all it has copies of as that is now. */
const fresh = (row: Row, workspace: Kind.Workspace): Row => {
  const { ticketStates, ticketTypes } = workspace.collections
  const { ticket_parts: parts } = Crud.fieldsOf(row["ticket_parts"])
  const current = Crud.refreshed(Lists.linked.conversations, workspace, Crud.refreshed(Lists.contacts, workspace, row))
  const type = ticketTypes.changed(String(Crud.fieldsOf(row["ticket_type"])["id"]))
  const state = ticketStates.changed(String(Crud.fieldsOf(row["ticket_state"])["id"]))
  return {
    ...current,
    ...(type === undefined || type === null ? undefined : { ticket_type: ticketTypes.fresh(type) }),
    ...(state === undefined || state === null ? undefined : { ticket_state: TicketTypes.embedded(state) }),
    ...(Array.isArray(parts) && parts.length > 0
      ? { ticket_parts: { ...Crud.fieldsOf(row["ticket_parts"]), ticket_parts: Parts.refreshed(workspace, parts) } }
      : undefined)
  }
}

/** A snoozed ticket wakes at its time. */
const due: Kind.Due = {
  at: ({ snoozed_until }) => (typeof snoozed_until === "number" ? snoozed_until : undefined),
  happen: (row, { collections: { tickets } }, at) =>
    void tickets.replace({ ...row, open: true, snoozed_until: null, updated_at: Math.floor(at / 1000) }, at)
}

/** The contact of a request; an email nobody has makes one. */
const contactOf = (workspace: Kind.Workspace, named: Crud.Input, now: number, at: number): Row | undefined => {
  const { contacts } = workspace.collections
  const text = (field: string) => (typeof named[field] === "string" ? named[field] : undefined)
  const email = text("email")
  const known = Contacts.find(workspace, { id: text("id"), user_id: text("external_id"), email })
  if (known !== undefined || email === undefined) return known
  const contact = Contacts.make({ email }, { workspace, id: contacts.nextId(now), now })
  contacts.add(contact, at)
  return contact
}

/** Creates the ticket of a request, or says why not. */
const create = (
  workspace: Kind.Workspace,
  payload: typeof CreateTicket.Type,
  now: number,
  at: number
): Row | Answer => {
  const { contacts, conversation_to_link_id: linkId } = payload
  const conversation = linkId === undefined ? undefined : workspace.collections.conversations.find(linkId)
  if (linkId !== undefined && conversation === undefined) return Crud.missing()
  const [first, ...others] = contacts
  if (first === undefined || others.length > 0) return refuse("contacts must have exactly one contact", "contacts")
  // What can be refused is, before a contact is made.
  const draft = make(workspace, now, Crud.present(payload))
  if (Effect.isEffect(draft)) return draft
  const contact = contactOf(workspace, first, now, at)
  if (contact === undefined) return Crud.missing(Contacts.contacts.missing)
  const ticket = { ...draft, contacts: contactsOf([contact]) }
  if (conversation === undefined) return add(workspace, ticket, at)
  workspace.collections.conversations.replace({ ...State.linked(conversation, ticket), updated_at: now }, at)
  return add(workspace, linked(ticket, conversation), at)
}

/** The ticket with one more part. */
const grown = (ticket: Row, part: Row, now: number): Row => {
  const { ticket_parts: before } = Crud.fieldsOf(ticket["ticket_parts"])
  const parts: ReadonlyArray<unknown> = [...(Array.isArray(before) ? before : []), part]
  return { ...ticket, updated_at: now, ticket_parts: { ...noParts, ticket_parts: parts, total_count: parts.length } }
}

const partOf = (workspace: Kind.Workspace, type: string, at: number, fields: Crud.Input) =>
  Parts.make(workspace, "ticket_part", type, at, fields)

/** Adds what was said to a ticket, and answers with it. */
const reply = (
  { collection, kind, workspace }: Kind.Here,
  id: string,
  type: string,
  author: object,
  payload: { readonly created_at?: number | undefined }
) => {
  const ticket = collection.find(id)
  if (ticket === undefined) return Crud.missing(kind.missing)
  return Effect.flatMap(Crud.time, ({ at, now }) => {
    const said = Parts.said(Crud.present(payload))
    const part = partOf(workspace, type, payload.created_at ?? now, { author, ...said })
    collection.replace(grown(ticket, part, now), at)
    return Effect.succeed(Listing.value(part))
  })
}

// No ticket shows its tags.
const tagsIn = Function.memoize<Kind.Workspace, Map<string, ReadonlySet<string>>>(() => new Map())

/** Tags a ticket, or takes a tag away that it has, and answers with the tag. */
const tagged = (
  { collection, kind, workspace }: Kind.Here,
  ids: { readonly [Name in "admin_id" | "ticket_id" | "tag_id"]: string },
  attach: boolean
) => {
  const { admins, tags } = workspace.collections
  if (admins.find(ids.admin_id) === undefined) return Crud.missing(Parts.noAdmin)
  if (collection.find(ids.ticket_id) === undefined) return Crud.missing(kind.missing)
  const tag = tags.find(ids.tag_id)
  const attached = new Set(tagsIn(workspace).get(ids.ticket_id))
  if (tag === undefined || (!attach && !attached.has(tag.id))) return Crud.missing(Parts.noTag)
  if (attach) attached.add(tag.id)
  else attached.delete(tag.id)
  tagsIn(workspace).set(ids.ticket_id, attached)
  const applied_by = { type: "admin", id: ids.admin_id }
  return Effect.map(Crud.time, ({ now }) =>
    Listing.value({ ...tag, applied_at: attach ? now : null, applied_by: attach ? applied_by : null })
  )
}

/** The parts that tell of changed attributes. */
const attributeParts = (workspace: Kind.Workspace, type: Row, attributes: Crud.Input, author: object, now: number) =>
  Object.entries(attributes).map(([name, value]) => {
    const attribute = TicketTypes.attributesIn(type).find((one) => one["name"] === name)
    return partOf(workspace, "ticket_attribute_updated_by_admin", now, {
      author,
      updated_attribute_data: {
        attribute: { type: "attribute", id: attribute?.id ?? "", label: name },
        value: { type: "value", id: null, label: Array.isArray(value) ? value.map(String) : String(value) }
      }
    })
  })

/** The attribute of a ticket that is searched for by its id. */
const attributeValue = (id: string) => (ticket: Row) => {
  const type = Crud.fieldsOf(ticket["ticket_type"])
  const attribute = TicketTypes.attributesIn({ id: "", ...type }).find((one) => one.id === id)
  return attribute === undefined ? undefined : Crud.fieldsOf(ticket["ticket_attributes"])[String(attribute["name"])]
}

// What categories are called in searches.
const searched: { readonly [category: string]: string } = {
  Customer: "request",
  "Back-office": "task",
  Tracker: "tracker"
}

export const tickets = Kind.listed(Tickets, {
  count: 12,
  ids,
  generate,
  fresh,
  due,
  search: {
    fields: Search.ticketFields,
    granularity: "second",
    times: (world) => ({
      count: world.counts.tickets,
      createdAt: (index) => headOf(world, index).created_at,
      updatedAt: (index) => headOf(world, index).updated_at,
      idOf: (index) => ids.of(world, index)
    }),
    readerOf: (field) => {
      const [, attribute] = /^ticket_attribute\.(.+)$/s.exec(field) ?? []
      if (attribute !== undefined) return attributeValue(attribute)
      switch (field) {
        case "title":
        case "description":
          return (ticket) => Crud.fieldsOf(ticket["ticket_attributes"])[`_default_${field}_`]
        case "state":
          return (ticket) => Crud.fieldsOf(ticket["ticket_state"])["category"]
        case "category":
          return (ticket) => searched[String(ticket["category"])]
        case "ticket_type_id":
          return (ticket) => Crud.fieldsOf(ticket["ticket_type"])["id"]
        default:
          return undefined
      }
    }
  },
  missing: { message: "Ticket not found", code: "ticket_not_found" },
  handlers: {
    create: ({ payload }, { workspace }) =>
      Effect.flatMap(Crud.time, ({ at, now }) => {
        const ticket = create(workspace, payload, now, at)
        return Effect.isEffect(ticket) ? ticket : Effect.succeed(Listing.value(ticket))
      }),
    enqueue: ({ payload }, { workspace }) =>
      Effect.flatMap(Crud.time, ({ at, now }) => {
        const ticket = create(workspace, payload, now, at)
        return Effect.isEffect(ticket)
          ? Effect.flatMap(ticket, (refusal) =>
              // It declares no other refusal.
              refusal.status === 400
                ? Effect.succeed(refusal)
                : refuse("The ticket cannot be created", "ticket_type_id")
            )
          : Jobs.enqueue(workspace, ticket.id, at)
      }),
    get: Crud.get,
    update: ({ params, payload }, { collection, kind, workspace }) => {
      const ticket = collection.find(params.ticket_id)
      if (ticket === undefined) return Crud.missing(kind.missing)
      const { admins, teams, ticketStates } = workspace.collections
      const { admin_id, assignee_id, company_id, open, snoozed_until, is_shared, ticket_state_id } = payload
      const state = ticket_state_id === undefined ? undefined : ticketStates.find(ticket_state_id)
      if (ticket_state_id !== undefined && state === undefined) return Crud.missing(noState)
      const admin = admin_id === undefined ? undefined : admins.find(String(admin_id))
      if (admin_id !== undefined && admin === undefined) return Crud.missing(Parts.noAdmin)
      if (company_id !== undefined && companyOf(workspace, company_id) === undefined) return Crud.missing(noCompany)
      const assignee = assignee_id === undefined ? undefined : (admins.find(assignee_id) ?? teams.find(assignee_id))
      if (assignee_id !== undefined && assignee_id !== "0" && assignee === undefined) {
        return Crud.missing(Parts.noAssignee)
      }
      const type: Row = { id: "", ...Crud.fieldsOf(ticket["ticket_type"]) }
      const attributes = Crud.fieldsOf(payload.ticket_attributes)
      const flaw = flawOf(type, attributes)
      if (flaw !== undefined) return flaw
      return Effect.flatMap(Crud.time, ({ at, now }) => {
        const author = admin === undefined ? { type: "bot", id: "0", name: "API" } : Parts.adminAuthor(admin)
        const before = Crud.fieldsOf(ticket["ticket_state"])["category"]
        const assigned = assignee?.["type"] === "team" ? "team_assignee_id" : "admin_assignee_id"
        const parts = [
          ...(state === undefined
            ? []
            : [
                partOf(workspace, "ticket_state_updated_by_admin", now, {
                  author,
                  previous_ticket_state: before,
                  ticket_state: state["category"]
                })
              ]),
          ...(assignee_id === undefined
            ? []
            : [
                partOf(workspace, "assignment", now, {
                  author,
                  assigned_to: assignee === undefined ? null : { type: assignee["type"], id: assignee.id }
                })
              ]),
          ...attributeParts(workspace, type, attributes, author, now)
        ]
        const changed = {
          ...ticket,
          ...Crud.present({ company_id, open, snoozed_until, is_shared }),
          ...(state === undefined ? undefined : { ticket_state: TicketTypes.embedded(state) }),
          ...(assignee_id === undefined ? undefined : { [assigned]: assignee_id }),
          ticket_attributes: { ...Crud.fieldsOf(ticket["ticket_attributes"]), ...attributes },
          updated_at: now
        }
        const whole = parts.reduce<Row>((row, part) => grown(row, part, now), changed)
        collection.replace(whole, at)
        return Effect.succeed(Listing.value(whole))
      })
    },
    delete: Crud.remove(),
    replyAsAdmin: ({ params, payload }, here) => {
      const admin = here.workspace.collections.admins.find(payload.admin_id)
      return admin === undefined
        ? Crud.missing(Parts.noAdmin)
        : reply(here, params.ticket_id, payload.message_type, Parts.adminAuthor(admin), payload)
    },
    replyAsContact: ({ params, payload }, here) => {
      const { email, intercom_user_id, user_id } = payload
      const contact = Contacts.find(here.workspace, { id: intercom_user_id, user_id, email })
      if (contact === undefined) return Crud.missing(Contacts.contacts.missing)
      return Blocked.isBlocked(here.workspace, contact)
        ? Blocked.refusal
        : reply(here, params.ticket_id, "comment", Parts.contactAuthor(contact), payload)
    },
    attachTag: ({ params, payload }, here) =>
      tagged(here, { ...params, admin_id: payload.admin_id, tag_id: payload.id }, true),
    detachTag: ({ params, payload }, here) => tagged(here, { ...params, admin_id: payload.admin_id }, false),
    search: Crud.search({ type: "ticket.list", perPage: 20 })
  }
})
