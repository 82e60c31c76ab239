/** Conversations: started by contacts, searched, and shown with their parts one by one. */
import { Conversations, Search } from "@effect-intercom/core"
import * as Effect from "effect/Effect"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import type { Row } from "../internal/Collection.ts"
import * as Listing from "../internal/Listing.ts"
import * as Prng from "../internal/Prng.ts"
import * as V from "../internal/Vocabulary.ts"
import * as Kind from "../Kind.ts"
import * as World from "../World.ts"
import * as Admins from "./Admins.ts"
import * as Contacts from "./Contacts.ts"

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
    custom_attributes: { Urgent: random.chance(0.2), Attempts: random.below(5), Thème: random.pick(V.topics) },
    topics: { type: "topic.list", topics: [], total_count: 0 },
    ticket: null,
    linked_objects: { type: "list", data: [], total_count: 0, has_more: false },
    ai_agent: null,
    ai_agent_participated: false
  }
}

const partCount = (world: World.World, index: number) =>
  world.parts[index]?.count ?? Prng.hash(world.seed, salt, index, 1) % 5

// The live API shows the newest 500.
const mostParts = 500

const personOf = (world: World.World, index: number) => {
  const { email, external_id, id, name, role } = Contacts.generate(world, index)
  return { type: role, id, name, email, external_id }
}

/** The parts only `GET /conversations/{id}` shows: the newest ones, and `total_count` is how many are shown. */
const partsOf = (world: World.World, index: number, createdAt: number) => {
  const count = partCount(world, index)
  const shown = Math.min(mostParts, count, world.parts[index]?.shown ?? count)
  const parts = Array.from({ length: shown }, (_, position) =>
    partOf(world, index, createdAt, count - shown + position)
  )
  return { type: "conversation_part.list", conversation_parts: parts, total_count: parts.length }
}

const partOf = (world: World.World, index: number, createdAt: number, part: number) => {
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
    author: { type: "admin", id: String(Admins.idOf(world, 0)), name: "Support", email: "support@example.com" },
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

/** A conversation with its parts; only seeded ones have any. */
const withParts = ({ collections, world }: Kind.Workspace, conversation: Row): Row => {
  const slot = collections.conversations.slotOf(conversation.id)
  return {
    ...conversation,
    conversation_parts:
      slot !== undefined && slot < world.counts.conversations
        ? partsOf(world, slot, Number(conversation["created_at"]))
        : { type: "conversation_part.list", conversation_parts: [], total_count: 0 }
  }
}

/** All conversations with their parts, in the order of the listing. */
export const details = function* (workspace: Kind.Workspace) {
  const { conversations } = workspace.collections
  for (let position = 0; position < conversations.size(); position++)
    yield withParts(workspace, conversations.at(position))
}

/** A conversation a contact starts. */
const make = (contact: Row, input: Crud.Input, { id, now, workspace }: Crud.Making): Row => {
  const at = typeof input["created_at"] === "number" ? input["created_at"] : now
  const attachments = Array.isArray(input["attachment_urls"]) ? input["attachment_urls"] : []
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
      author: { type: contact["role"], id: contact.id, name: contact["name"], email: contact["email"] },
      attachments: attachments.map((url: unknown) => ({ type: "upload", name: "attachment", url })),
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

export const conversations = Kind.listed(Conversations, {
  count: 50,
  ids,
  generate,
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
    create: ({ payload }, { collection, workspace }) =>
      Effect.flatMap(Crud.time, ({ at, now }) => {
        const contact = Contacts.find(workspace, { id: payload.from.id })
        if (contact === undefined) return Crud.missing(Contacts.contacts.missing)
        const row = make(contact, Crud.present(payload), { workspace, id: collection.nextId(now), now })
        collection.add(row, at)
        return Effect.succeed(Listing.value(messageOf(row)))
      }),
    get: ({ params, query }, { collection, kind, workspace }) => {
      const row = collection.find(params.conversation_id)
      if (row === undefined) return Crud.missing(kind.missing)
      const whole = withParts(workspace, row)
      return Effect.succeed(Listing.value(query.display_as === "plaintext" ? plainText(whole) : whole))
    },
    search: Crud.search({ type: "conversation.list", perPage: 20 })
  }
})
