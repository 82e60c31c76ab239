/** Conversations: started by contacts, answered and managed, searched, and shown with their parts one by one. */
import { Conversations, Search } from "@effect-intercom/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Record from "effect/Record"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import * as Blocked from "../internal/Blocked.ts"
import * as Collection from "../internal/Collection.ts"
import type { Row } from "../internal/Collection.ts"
import * as State from "../internal/ConversationState.ts"
import * as ErrorList from "../internal/ErrorList.ts"
import * as Listing from "../internal/Listing.ts"
import * as Parts from "../internal/Parts.ts"
import * as Prng from "../internal/Prng.ts"
import * as Request from "../internal/Request.ts"
import * as Threads from "../internal/Threads.ts"
import { isFrom216 } from "../internal/Version.ts"
import * as V from "../internal/Vocabulary.ts"
import * as Kind from "../Kind.ts"
import * as World from "../World.ts"
import * as Admins from "./Admins.ts"
import * as Contacts from "./Contacts.ts"
import * as CustomObjectInstances from "./CustomObjectInstances.ts"
import * as Lists from "./Lists.ts"
import * as Tickets from "./Tickets.ts"

const salt = 3

const ids = Ids.numeric(salt)

const createdAt = (random: Prng.Prng, index: number) =>
  World.start + index * 2 * World.minute + random.below(2 * World.minute)

/** The first draws of a conversation, in order: all that its times need. */
const headOf = (world: World.World, index: number) => {
  const random = World.random(world, salt, index)
  const created_at = createdAt(random, index)
  const contact = world.counts.contacts > 0 ? random.below(world.counts.contacts) : undefined
  const open = random.chance(0.4)
  const replied = random.chance(0.7)
  const updated_at = created_at + random.below(30 * World.day)
  return { random, created_at, updated_at, contact, open, replied }
}

/** As `GET /conversations` lists it; {@link partsOf} belong to it. */
const generate = (world: World.World, index: number) => {
  const { contact, created_at, open, random, replied, updated_at } = headOf(world, index)
  const id = ids.of(world, index)
  const author = contact === undefined ? undefined : personOf(world, contact)
  const admin = world.counts.admins > 0 ? Admins.idOf(world, random.below(world.counts.admins)) : undefined
  const reply = created_at + 30 + random.below(World.day)
  return {
    type: "conversation",
    id,
    created_at,
    updated_at,
    waiting_since: open ? updated_at : null,
    snoozed_until: null,
    source: random.chance(0.02)
      ? null
      : {
          type: random.chance(0.7) ? "conversation" : "email",
          id: String(Number(id) + 1_000_000_000_000),
          delivered_as: "customer_initiated",
          subject: random.chance(0.5) ? `<p>${random.pick(V.subjects)}</p>` : "",
          body: `<p>${random.pick(V.sentences)}</p>`,
          author: author ?? { type: "bot", id: "1", name: "Fin", email: "fin@example.com" },
          attachments: [],
          url: random.chance(0.3) ? "https://app.example.com/inbox?tab=1&view=all" : null,
          redacted: false
        },
    contacts: {
      type: "contact.list",
      contacts: author === undefined ? [] : [{ type: "contact", id: author.id, external_id: author.external_id }]
    },
    first_contact_reply: random.chance(0.8) ? { created_at, type: "conversation", url: null } : null,
    admin_assignee_id: admin !== undefined && random.chance(0.5) ? admin : null,
    team_assignee_id: random.chance(0.2) && world.counts.teams > 0 ? Number(world.id("teams", 0)) : null,
    open,
    state: open ? "open" : random.chance(0.1) ? "snoozed" : "closed",
    read: random.chance(0.8),
    tags: { type: "tag.list", tags: [] },
    priority: random.chance(0.1) ? "priority" : "not_priority",
    sla_applied: null,
    statistics: {
      type: "conversation_statistics",
      time_to_assignment: null,
      time_to_admin_reply: replied ? reply - created_at : null,
      time_to_first_close: open ? null : updated_at - created_at,
      time_to_last_close: open ? null : updated_at - created_at,
      median_time_to_reply: replied ? reply - created_at : null,
      first_contact_reply_at: created_at,
      first_assignment_at: null,
      first_admin_reply_at: replied ? reply : null,
      first_close_at: open ? null : updated_at,
      last_assignment_at: null,
      last_assignment_admin_reply_at: null,
      last_contact_reply_at: created_at,
      last_admin_reply_at: replied ? reply : null,
      last_close_at: open ? null : updated_at,
      // Documented as text, sent as a number.
      last_closed_by_id: open ? null : (admin ?? null),
      count_reopens: 0,
      count_assignments: 0,
      count_conversation_parts: partCount(world, index)
    },
    conversation_rating: random.chance(0.1)
      ? { rating: 1 + random.below(5), remark: random.chance(0.5) ? random.pick(V.sentences) : null, created_at: reply }
      : null,
    teammates: admin === undefined ? null : { type: "admin.list", admins: [{ type: "admin", id: String(admin) }] },
    title: random.chance(0.4) ? null : random.chance(0.2) ? "" : random.pick(V.subjects),
    custom_attributes: {
      Urgent: random.chance(0.2),
      Attempts: random.below(5),
      Thème: random.pick(V.topics),
      // The first conversations are about an order each.
      ...(index < world.counts.customObjectInstances
        ? { Order: CustomObjectInstances.referenceTo(world, index) }
        : undefined)
    },
    topics: { type: "topic.list", topics: [], total_count: 0 },
    ticket: null,
    linked_objects: { type: "list", data: [], total_count: 0, has_more: false },
    ai_agent: null,
    ai_agent_participated: false
  }
}

/** What is left of those that were deleted, the first deleted first. */
const deletedIn = ({ changes, last }: Collection.Collection): ReadonlyArray<Row> =>
  changes.flatMap(({ at, row, slot }) =>
    row === undefined
      ? [{ type: "conversation", id: last(slot).id, metrics_retained: true, deleted_at: Math.floor(at / 1000) }]
      : []
  )

/** A seeded conversation with fields a test gives: its state says whether it is open, and the other way round. */
const given = (row: Row, fields: Crud.Input): Row => {
  const { open, state } = fields
  return {
    ...row,
    ...(state === undefined ? undefined : { open: state !== "closed" }),
    ...(open === undefined || state !== undefined ? undefined : { state: open === true ? "open" : "closed" }),
    ...fields
  }
}

const partCount = (world: World.World, index: number) =>
  world.parts[index]?.count ?? Prng.hash(world.seed, salt, index, 1) % 5

// The live API shows the newest 500.
const mostParts = 500

const personOf = (world: World.World, index: number) => {
  const { email, external_id, name, role } = Contacts.generate(world, index)
  return { type: role, id: world.id("contacts", index), name, email, external_id }
}

/** The parts the seed gives a conversation: the newest ones. */
const partsOf = (world: World.World, index: number, createdAt: number): ReadonlyArray<Row> => {
  const author = supporterOf(world)
  const count = partCount(world, index)
  const shown = Math.min(mostParts, count, world.parts[index]?.shown ?? count)
  return Array.from({ length: shown }, (_, position) =>
    partOf(world, index, createdAt, count - shown + position, author)
  )
}

/** Who answers: the first admin, if there is one. */
const supporterOf = (world: World.World) =>
  world.counts.admins > 0
    ? Parts.adminAuthor({ ...Admins.generate(world, 0), id: world.id("admins", 0) })
    : { type: "admin", id: "1", name: "Support", email: "support@example.com" }

const partOf = (world: World.World, index: number, createdAt: number, part: number, author: object) => {
  const random = Prng.make(Prng.hash(world.seed, salt, index, 2 + part))
  const at = createdAt + (part + 1) * World.minute
  return {
    type: "conversation_part",
    id: partId(world, index, part),
    part_type: random.chance(0.2) ? "close" : "comment",
    body: random.chance(0.2) ? null : `<p>${random.pick(V.sentences)}</p>`,
    created_at: at,
    updated_at: at,
    notified_at: at,
    assigned_to: null,
    author,
    attachments: [],
    external_id: null,
    redacted: false
  }
}

// Room for the five a conversation has at most by the seed; more of them are numbered far away from all of those.
const partId = (world: World.World, index: number, part: number) => {
  const number = Number(ids.of(world, index))
  return part < 5 ? String(number * 5 + part) : `${number}${String(part).padStart(5, "0")}`
}

/** What is left of what was redacted. */
const redacted = { body: "<p><i>This message was deleted</i></p>", attachments: [], redacted: true }

/** A conversation with its parts. */
const withParts = (workspace: Kind.Workspace, conversation: Row): Row => {
  const { collections, world } = workspace
  const slot = collections.conversations.slotOf(conversation.id)
  const thread = Threads.threadsOf(workspace).get(conversation.id) ?? Threads.noThread
  const seeded =
    slot !== undefined && slot < world.counts.conversations
      ? partsOf(world, slot, Number(conversation["created_at"]))
      : []
  const parts = Parts.refreshed(workspace, [...seeded, ...thread.added].slice(-mostParts)).map((part): Row =>
    thread.redacted.has(part.id) ? { ...part, ...redacted } : part
  )
  return {
    ...conversation,
    conversation_parts: { type: "conversation_part.list", conversation_parts: parts, total_count: parts.length }
  }
}

/** What instances of custom objects a conversation is about, as they are now. */
const freshAttributes = ({ collections: { customObjectInstances } }: Kind.Workspace, attributes: unknown): unknown => {
  if (customObjectInstances.changes.length === 0) return attributes
  return Record.map(Crud.fieldsOf(attributes), (value) => {
    const { instances } = Crud.fieldsOf(value)
    if (!Array.isArray(instances)) return value
    const current = instances.map(Crud.fieldsOf).flatMap((instance) => {
      const changed = customObjectInstances.changed(String(instance["id"]))
      if (changed === null) return []
      return [changed === undefined ? instance : { ...instance, external_id: changed["external_id"] }]
    })
    return { ...Crud.fieldsOf(value), instances: current }
  })
}

/** A conversation with all it has copies of as that is now. */
const fresh = (row: Row, workspace: Kind.Workspace): Row => {
  const { admins, companies, contacts, tickets } = workspace.collections
  let current = Crud.refreshed(Lists.contacts, workspace, row)
  current = Crud.refreshed(Lists.tags, workspace, current)
  current = Crud.refreshed(Lists.linked.tickets, workspace, current)
  const source = row["source"]
  if (Predicate.isObject(source) && admins.changes.length + contacts.changes.length > 0) {
    current = { ...current, source: { ...source, author: Parts.current(workspace, Crud.fieldsOf(source)["author"]) } }
  }
  const company = companies.changed(String(Crud.fieldsOf(row["company"])["id"]))
  if (company !== undefined && Predicate.isObject(row["company"]))
    current = { ...current, company: company && companies.fresh(company) }
  const ticket = Crud.fieldsOf(row["ticket"])["id"]
  if (ticket !== undefined && tickets.changed(String(ticket)) === null) current = { ...current, ticket: null }
  const attributes = freshAttributes(workspace, row["custom_attributes"])
  return attributes === row["custom_attributes"] ? current : { ...current, custom_attributes: attributes }
}

/** All conversations with their parts, in the order of the listing. */
export const details = function* (workspace: Kind.Workspace) {
  const { conversations } = workspace.collections
  for (let position = 0; position < conversations.size(); position++)
    yield withParts(workspace, conversations.at(position))
}

/** A conversation a contact starts. */
export const make = (contact: Row, input: Crud.Input, { id, now, workspace }: Crud.Making): Row => {
  const at = typeof input["created_at"] === "number" ? input["created_at"] : now
  return {
    type: "conversation",
    id,
    created_at: at,
    updated_at: at,
    waiting_since: at,
    snoozed_until: null,
    source: {
      type: "conversation",
      id: String(workspace.nextNumber()),
      delivered_as: "customer_initiated",
      subject: input["subject"] ?? "",
      body: input["body"],
      author: Parts.contactAuthor(contact),
      attachments: Parts.attachmentsOf(input),
      url: null,
      redacted: false
    },
    contacts: {
      type: "contact.list",
      contacts: [{ type: "contact", id: contact.id, external_id: contact["external_id"] ?? null }]
    },
    first_contact_reply: { created_at: at, type: "conversation", url: null },
    admin_assignee_id: null,
    team_assignee_id: null,
    open: true,
    state: "open",
    read: false,
    tags: { type: "tag.list", tags: [] },
    priority: "not_priority",
    sla_applied: null,
    statistics: null,
    conversation_rating: null,
    teammates: null,
    title: null,
    custom_attributes: {},
    linked_objects: { type: "list", data: [], total_count: 0, has_more: false },
    ai_agent: null,
    ai_agent_participated: false
  }
}

/** What `POST /conversations` answers: the first message, not the conversation. */
const messageOf = (conversation: Row) => {
  const source = Crud.fieldsOf(conversation["source"])
  return {
    type: "user_message",
    id: source["id"],
    created_at: conversation["created_at"],
    body: source["body"],
    message_type: "inapp",
    conversation_id: conversation.id
  }
}

/** Bodies and subjects without their tags. */
const plainText = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plainText)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      key,
      typeof field === "string" && (key === "body" || key === "subject")
        ? field.replaceAll(/<[^>]*>/g, "")
        : plainText(field)
    ])
  )
}

const missing = { message: "Resource Not Found" }

/** The conversation of an id; `last` is the newest, of a contact if there is one. */
const find = ({ collections: { conversations } }: Kind.Workspace, id: string, contact?: Row): Row | undefined => {
  if (id !== "last") return conversations.find(id)
  for (let position = conversations.size() - 1; position >= 0; position--) {
    const row = conversations.at(position)
    if (contact === undefined || State.contactsOf(row).some((one) => one["id"] === contact.id)) return row
  }
  return undefined
}

const shown = (workspace: Kind.Workspace, row: Row) => Effect.succeed(Listing.value(withParts(workspace, row)))

/** Changes a conversation with a part that says so, and answers with both. */
const act = ({ workspace }: Kind.Here, row: Row | undefined, act: Threads.Act) =>
  row === undefined
    ? Crud.missing(missing)
    : Effect.flatMap(Crud.time, ({ at }) => shown(workspace, Threads.grow(workspace, row, act, at)))

/** Does what an admin does, if there is such an admin. */
const byAdmin = <A>(workspace: Kind.Workspace, id: string, run: (admin: Row) => Effect.Effect<A>) => {
  const admin = workspace.collections.admins.find(id)
  return admin === undefined ? Crud.missing(Parts.noAdmin) : run(admin)
}

/** An admin does something to a conversation. */
const managed = (
  here: Kind.Here,
  id: string,
  { admin_id, body }: { readonly admin_id: string; readonly body?: string | undefined },
  actOf: (admin: Row) => Omit<Threads.Act, "author">
) =>
  byAdmin(here.workspace, admin_id, (admin) => {
    const { change, fields, type } = actOf(admin)
    return act(here, find(here.workspace, id), {
      type,
      author: Parts.adminAuthor(admin),
      fields: { ...(body === undefined ? undefined : Parts.said({ body })), ...fields },
      change: (row, now) => State.joined(change(row, now), admin)
    })
  })

/** Tags a conversation, or takes a tag away, and answers with the tag. */
const tagged = (
  { collection, workspace }: Kind.Here,
  { admin_id, conversation_id, tag_id }: { readonly [Name in "admin_id" | "conversation_id" | "tag_id"]: string },
  attach: boolean
) =>
  byAdmin(workspace, admin_id, (admin) => {
    const row = collection.find(conversation_id)
    if (row === undefined) return Crud.missing(missing)
    const tag = workspace.collections.tags.find(tag_id)
    const attached = State.tagsOf(row).some(({ id }) => id === tag_id)
    if (tag === undefined || (!attach && !attached)) return Crud.missing(Parts.noTag)
    return Effect.flatMap(Crud.time, ({ at, now }) => {
      const others = State.tagsOf(row).filter(({ id }) => id !== tag.id)
      const applied = attach
        ? { ...tag, applied_at: now, applied_by: { type: "admin", id: admin.id } }
        : { ...tag, applied_at: null, applied_by: null }
      collection.replace({ ...State.withTags(row, attach ? [...others, applied] : others), updated_at: now }, at)
      return Effect.succeed(Listing.value(applied))
    })
  })

/** How a contact is named where it is somebody's. */
interface Customer {
  readonly intercom_user_id?: string | undefined
  readonly user_id?: string | undefined
  readonly email?: string | undefined
}

const contactOf = (workspace: Kind.Workspace, { email, intercom_user_id, user_id }: Customer) =>
  Contacts.find(workspace, { id: intercom_user_id, user_id, email })

/** Gives a conversation these contacts; the answer names them as customers, too. */
const contacted = ({ collection, workspace }: Kind.Here, row: Row, contacts: ReadonlyArray<Crud.Input>) =>
  Effect.flatMap(Crud.time, ({ at, now }) => {
    const changed = { ...State.withContacts(row, contacts), updated_at: now }
    collection.replace(changed, at)
    return shown(workspace, { ...changed, customers: contacts.map(({ id }) => ({ type: "contact", id })) })
  })

const noPart = { message: "Conversation part or message not found", code: "conversation_part_or_message_not_found" }

/** When work on a seeded conversation was paused and resumed: on one in three it was. */
const handlingEventsOf = (world: World.World, slot: number | undefined) => {
  if (slot === undefined || slot >= world.counts.conversations || slot % 3 !== 0 || world.counts.admins === 0) return []
  const { created_at } = headOf(world, slot)
  const { email, id, name } = Admins.generate(world, 0)
  return [
    { type: "paused", reason: "Paused", minutes: 2 },
    { type: "resumed", reason: null, minutes: 5 }
  ].map(({ minutes, reason, type }) => ({
    teammate: { type: "admin", id: Number(id), name, email },
    type,
    timestamp: DateTime.formatIso(DateTime.makeUnsafe((created_at + minutes * World.minute) * 1000)),
    reason
  }))
}

/** A snoozed conversation wakes at its time. */
const due: Kind.Due = {
  at: ({ snoozed_until, state }) =>
    state === "snoozed" && typeof snoozed_until === "number" ? snoozed_until : undefined,
  happen: (row, workspace, at) =>
    Threads.grow(workspace, row, { type: "open", author: Threads.operator, change: State.opened }, at)
}

export const conversations = Kind.listed(Conversations, {
  count: 50,
  ids,
  generate,
  given,
  fresh,
  due,
  search: {
    fields: Search.conversationFields,
    granularity: "second",
    times: (world) => ({
      count: world.counts.conversations,
      createdAt: (index) => createdAt(World.random(world, salt, index), index),
      updatedAt: (index) => headOf(world, index).updated_at,
      idOf: (index) => ids.of(world, index)
    })
  },
  handlers: {
    list: Crud.list({ type: "conversation.list", perPage: 20 }),
    listDeleted: ({ query, request }, here) => {
      if (!isFrom216(Crud.versionOf(request, here))) {
        return ErrorList.respond(400, {
          code: "intercom_version_invalid",
          message: "Requested resource is not available in current API version."
        })
      }
      const deleted = deletedIn(here.collection)
      const rows = query.order === "asc" ? deleted : deleted.toReversed()
      return Listing.page(
        Collection.of(rows),
        { type: "conversations.list", key: "conversations", perPage: 20, order: "oldest" },
        query,
        Request.urlOf(request)
      )
    },
    create: ({ payload }, { collection, workspace }) =>
      Effect.flatMap(Crud.time, ({ at, now }) => {
        const contact = Contacts.find(workspace, { id: payload.from.id })
        if (contact === undefined) return Crud.missing(Contacts.contacts.missing)
        if (Blocked.isBlocked(workspace, contact)) return Blocked.refusal
        const row = make(contact, Crud.present(payload), { workspace, id: collection.nextId(now), now })
        collection.add(row, at)
        return Effect.succeed(Listing.value(messageOf(row)))
      }),
    get: ({ params, query }, { collection, workspace }) => {
      const row = collection.find(params.conversation_id)
      if (row === undefined) return Crud.missing(missing)
      const whole = withParts(workspace, row)
      return Effect.succeed(Listing.value(query.display_as === "plaintext" ? plainText(whole) : whole))
    },
    search: Crud.search({ type: "conversation.list", perPage: 20 }),
    update: ({ params, payload, query }, { collection, workspace }) => {
      const row = collection.find(params.conversation_id)
      if (row === undefined) return Crud.missing(missing)
      const { company_id, custom_attributes, ...fields } = payload
      const company = company_id === undefined ? undefined : workspace.collections.companies.find(company_id)
      if (company_id !== undefined && company === undefined) {
        return Crud.missing({ message: "Company Not Found", code: "company_not_found" })
      }
      return Effect.flatMap(Crud.time, ({ at, now }) => {
        const changed = {
          ...row,
          ...Crud.present(fields),
          ...(company === undefined ? undefined : { company }),
          custom_attributes: { ...Crud.fieldsOf(row["custom_attributes"]), ...custom_attributes },
          updated_at: now
        }
        collection.replace(changed, at)
        const whole = withParts(workspace, changed)
        return Effect.succeed(Listing.value(query.display_as === "plaintext" ? plainText(whole) : whole))
      })
    },
    delete: Crud.remove(),
    replyAsAdmin: ({ params, payload }, here) =>
      byAdmin(here.workspace, payload.admin_id, (admin) =>
        act(here, find(here.workspace, params.conversation_id), {
          type: payload.message_type,
          author: Parts.adminAuthor(admin),
          fields: { ...Parts.said({ ...payload }), ...Crud.present({ created_at: payload.created_at }) },
          change: (row, now) => State.joined(payload.message_type === "note" ? row : State.answered(row, now), admin)
        })
      ),
    replyAsContact: ({ params, payload }, here) => {
      const contact = contactOf(here.workspace, payload)
      if (contact === undefined) return Crud.missing(Contacts.contacts.missing)
      if (Blocked.isBlocked(here.workspace, contact)) return Blocked.refusal
      return act(here, find(here.workspace, params.conversation_id, contact), {
        type: "comment",
        author: Parts.contactAuthor(contact),
        fields: { ...Parts.said({ ...payload }), ...Crud.present({ created_at: payload.created_at }) },
        change: State.asked
      })
    },
    close: ({ params, payload }, here) =>
      managed(here, params.conversation_id, payload, (admin) => ({ type: "close", change: State.closed(admin) })),
    snooze: ({ params, payload }, here) =>
      managed(here, params.conversation_id, payload, () => ({
        type: "snoozed",
        change: State.snoozed(payload.snoozed_until)
      })),
    open: ({ params, payload }, here) =>
      managed(here, params.conversation_id, payload, () => ({ type: "open", change: State.opened })),
    assign: ({ params, payload }, here) => {
      const { assignee_id, type } = payload
      const assignee = Parts.assignee(here.workspace, type, assignee_id)
      if (assignee === undefined && assignee_id !== "0") return Crud.missing(Parts.noAssignee)
      return managed(here, params.conversation_id, payload, () => ({
        type: "assignment",
        fields: { assigned_to: assignee === undefined ? null : { type, id: assignee.id } },
        change: State.assigned(type, assignee)
      }))
    },
    redactPart: ({ payload }, { collection, workspace }) => {
      const row = collection.find(payload.conversation_id)
      if (row === undefined) return Crud.missing(missing)
      const { conversation_parts } = Crud.fieldsOf(withParts(workspace, row)["conversation_parts"])
      const id = payload.conversation_part_id
      if (!Array.isArray(conversation_parts) || !conversation_parts.some((part: Row) => part.id === id)) {
        return Crud.missing(noPart)
      }
      const threads = Threads.threadsOf(workspace)
      const { added, redacted } = threads.get(row.id) ?? Threads.noThread
      threads.set(row.id, { added, redacted: new Set([...redacted, id]) })
      return shown(workspace, row)
    },
    redactSource: ({ payload }, { collection, workspace }) => {
      const row = collection.find(payload.conversation_id)
      if (row === undefined) return Crud.missing(missing)
      const source = Crud.fieldsOf(row["source"])
      if (source["id"] !== payload.source_id) return Crud.missing(noPart)
      return Effect.flatMap(Crud.time, ({ at }) => {
        const changed = { ...row, source: { ...source, subject: "", ...redacted } }
        collection.replace(changed, at)
        return shown(workspace, changed)
      })
    },
    convertToTicket: ({ params, payload }, { collection, workspace }) => {
      const row = collection.find(params.conversation_id)
      if (row === undefined) return Crud.missing(missing)
      if (row["ticket"] !== null && row["ticket"] !== undefined) {
        return ErrorList.respond(400, { code: "parameter_invalid", message: "Conversation is a ticket already" })
      }
      return Effect.flatMap(Crud.time, ({ at, now }) => {
        const ticket = Tickets.make(workspace, now, {
          ticket_type_id: payload.ticket_type_id,
          ticket_attributes: payload.attributes,
          contacts: State.contactsOf(row)
        })
        if (Effect.isEffect(ticket)) return ticket
        const url = `https://app.intercom.com/a/inbox/tickets/${ticket.id}`
        collection.replace(
          { ...State.linked(row, ticket), ticket: { type: "ticket", id: Number(ticket.id), url }, updated_at: now },
          at
        )
        return Effect.succeed(Listing.value(Tickets.add(workspace, Tickets.linked(ticket, row), at)))
      })
    },
    attachTag: ({ params, payload }, here) =>
      tagged(here, { ...params, admin_id: payload.admin_id, tag_id: payload.id }, true),
    detachTag: ({ params, payload }, here) => tagged(here, { ...params, admin_id: payload.admin_id }, false),
    attachContact: ({ params, payload }, here) => {
      const { admin_id, customer = {} } = payload
      const row = here.collection.find(params.conversation_id)
      if (row === undefined) return Crud.missing(missing)
      const contact = contactOf(here.workspace, customer)
      if (contact === undefined) return Crud.missing(Contacts.contacts.missing)
      const others = State.contactsOf(row).filter(({ id }) => id !== contact.id)
      const joined = () =>
        contacted(here, row, [
          ...others,
          { type: "contact", id: contact.id, external_id: contact["external_id"] ?? null }
        ])
      return admin_id === undefined ? joined() : byAdmin(here.workspace, admin_id, joined)
    },
    detachContact: ({ params, payload }, here) =>
      byAdmin(here.workspace, payload.admin_id, () => {
        const row = here.collection.find(params.conversation_id)
        if (row === undefined) return Crud.missing(missing)
        const contacts = State.contactsOf(row)
        const others = contacts.filter(({ id }) => id !== params.contact_id)
        if (others.length === contacts.length) return Crud.missing(Contacts.contacts.missing)
        return others.length > 0
          ? contacted(here, row, others)
          : ErrorList.respond(422, { code: "parameter_invalid", message: "Removing the last customer is not allowed" })
      }),
    listHandlingEvents: ({ params }, { collection, workspace: { world } }) =>
      collection.find(params.conversation_id) === undefined
        ? Crud.missing(missing)
        : Effect.succeed(
            Listing.value({ handling_events: handlingEventsOf(world, collection.slotOf(params.conversation_id)) })
          )
  }
})
