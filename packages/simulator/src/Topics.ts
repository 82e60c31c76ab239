/**
 * What Intercom notifies of when records change: a table of what follows from what. Rules look at the rows a request added,
 * changed and removed; where these do not tell enough, at the operation it was for.
 */
import type { Webhook } from "@effect-intercom/core"
import * as DateTime from "effect/DateTime"
import * as Predicate from "effect/Predicate"
import type { Row } from "./internal/Collection.ts"

/** What became of a record. */
export interface Change {
  /** The kind. */
  readonly kind: string
  /** `undefined`: it is new. */
  readonly before: Row | undefined
  /** `undefined`: it is gone. */
  readonly after: Row | undefined
}

/** A request to an operation that had success. */
export interface Asked {
  /** `Contacts.archive`, say. */
  readonly operation: string
  readonly body: unknown
  readonly answer: unknown
}

/** What to notify of. */
export interface Told {
  readonly topic: Webhook.Topic
  readonly item: object
}

/** The row with this id of a kind. */
export type Find = (kind: string, id: string) => Row | undefined

type Fields = { readonly [field: string]: unknown }

const fieldsOf = (value: unknown): Fields => (Predicate.isObject(value) ? { ...value } : {})

/** 2026-01-10T04:22:28.000+00:00 */
const iso = (seconds: number): string => DateTime.formatIso(DateTime.makeUnsafe(seconds * 1000)).replace("Z", "+00:00")

/** A record whose times are ISO 8601, as notifications have those of people, companies, articles and statistics. */
const dated = (row: Fields): Fields =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      name.endsWith("_at") && typeof value === "number" ? iso(value) : value
    ])
  )

const named = ({ external_id, id, type }: Row): Fields => ({ id, external_id: external_id ?? null, type })

/** A conversation, with the part there is to tell of. */
const conversation = (row: Fields, parts: ReadonlyArray<unknown> = []): Fields => ({
  ...row,
  statistics: Predicate.isObject(row["statistics"]) ? dated(fieldsOf(row["statistics"])) : null,
  conversation_parts: { type: "conversation_part.list", conversation_parts: parts, total_count: parts.length }
})

/** The references of a list of a record, by their ids. */
const listed = (row: Row, field: string, items: string): ReadonlyMap<string, Fields> => {
  const list = fieldsOf(row[field])[items]
  const entries: ReadonlyArray<Fields> = Array.isArray(list) ? list.map(fieldsOf) : []
  return new Map(entries.map((entry) => [String(entry["id"]), entry]))
}

/** What a list of a record has, and had not; then the other way round. */
const moved = (before: Row, after: Row, field: string, items: string) => {
  const [had, has] = [listed(before, field, items), listed(after, field, items)]
  return {
    gained: [...has].filter(([id]) => !had.has(id)),
    lost: [...had].filter(([id]) => !has.has(id))
  }
}

const differs = (before: Row, after: Row, ...fields: ReadonlyArray<string>): boolean =>
  fields.some((field) => JSON.stringify(before[field] ?? null) !== JSON.stringify(after[field] ?? null))

/** Whether more than these fields changed. */
const differsBeside = (before: Row, after: Row, fields: ReadonlyArray<string>): boolean =>
  differs(
    before,
    after,
    ...[...new Set([...Object.keys(before), ...Object.keys(after)])].filter((field) => !fields.includes(field))
  )

interface Rules {
  readonly added?: (row: Row) => ReadonlyArray<Told>
  readonly changed?: (before: Row, after: Row, find: Find) => ReadonlyArray<Told>
  readonly removed?: (row: Row) => ReadonlyArray<Told>
}

const tell = (topic: Webhook.Topic, item: object) => (happened: boolean) => (happened ? [{ topic, item }] : [])

const roleOf = (row: Row) => (row["role"] === "lead" ? "lead" : "user")

const contacts: Rules = {
  added: (row) => [{ topic: `contact.${roleOf(row)}.created`, item: dated(row) }],
  removed: (row) => [{ topic: "contact.deleted", item: { ...named(row), deleted: true } }],
  changed: (before, after, find) => {
    const role = roleOf(after)
    const contact = dated(after)
    const tags = moved(before, after, "tags", "data")
    const companies = moved(before, after, "companies", "data")
    const tagged =
      (topic: Webhook.Topic) =>
      ([id, tag]: [string, Fields]) => ({
        topic,
        item: {
          type: "contact_tag",
          tag: { type: "tag", id, name: find("tags", id)?.["name"] ?? tag["name"] },
          contact
        }
      })
    const belonging =
      (topic: Webhook.Topic) =>
      ([id, reference]: [string, Fields]) => ({
        topic,
        item: { company: dated(find("companies", id) ?? { type: "company", ...reference, id }), contact }
      })
    const signedUp = roleOf(before) === "lead" && role === "user"
    const emailed = differs(before, after, "email")
    return [
      ...tell("contact.lead.signed_up", contact)(signedUp),
      ...tell("contact.lead.added_email", contact)(emailed && role === "lead" && before["email"] === null),
      ...tell("contact.email.updated", contact)(emailed && !(role === "lead" && before["email"] === null)),
      ...tags.gained.map(tagged(`contact.${role}.tag.created`)),
      ...tags.lost.map(tagged(`contact.${role}.tag.deleted`)),
      ...companies.gained.map(belonging("company.contact.attached")),
      ...companies.lost.map(belonging("company.contact.detached")),
      ...tell(
        `contact.${role}.updated`,
        contact
      )(differsBeside(before, after, ["tags", "companies", "updated_at"]) && !signedUp)
    ]
  }
}

const companies: Rules = {
  added: (row) => [{ topic: "company.created", item: dated(row) }],
  changed: (before, after) => tell("company.updated", dated(after))(differsBeside(before, after, ["updated_at"])),
  removed: ({ id, type }) => [{ topic: "company.deleted", item: { id, type, deleted: true } }]
}

const articles: Rules = {
  added: (row) => [{ topic: "article.created", item: dated(row) }],
  changed: (before, after) => {
    const topic = !differs(before, after, "state")
      ? "article.updated"
      : after["state"] === "published"
        ? "article.published"
        : "article.unpublished"
    return [{ topic, item: dated(after) }]
  },
  // The whole of it.
  removed: (row) => [{ topic: "article.deleted", item: dated(row) }]
}

const conversations: Rules = {
  added: (row) => {
    const { author } = fieldsOf(row["source"])
    const topic =
      fieldsOf(author)["type"] === "admin" ? "conversation.admin.single.created" : "conversation.user.created"
    return [{ topic, item: conversation(row) }]
  },
  removed: ({ id }) => [{ topic: "conversation.deleted", item: { type: "conversation", conversation_id: id } }],
  changed: (before, after) => {
    const item = conversation(after)
    const [was, is] = [before["state"], after["state"]]
    return [
      ...tell("conversation.admin.closed", item)(was !== is && is === "closed"),
      ...tell("conversation.admin.snoozed", item)(was !== is && is === "snoozed"),
      ...tell("conversation.admin.unsnoozed", item)(was === "snoozed" && is === "open"),
      ...tell("conversation.admin.opened", item)(was === "closed" && is === "open"),
      ...tell("conversation.admin.assigned", item)(differs(before, after, "admin_assignee_id", "team_assignee_id")),
      ...tell("conversation.priority.updated", item)(differs(before, after, "priority")),
      ...tell("conversation.rating.added", item)(differs(before, after, "conversation_rating")),
      ...tell("conversation.read", item)(before["read"] === false && after["read"] === true),
      ...tell("conversation_part.tag.created", item)(moved(before, after, "tags", "tags").gained.length > 0),
      ...moved(before, after, "contacts", "contacts").gained.map(attachedOf("conversation.contact.attached", after)),
      ...moved(before, after, "contacts", "contacts").lost.map(attachedOf("conversation.contact.detached", after))
    ]
  }
}

/** A row of Intercom's, where a conversation is in what is told. */
const attachedOf =
  (topic: Webhook.Topic, { id }: Row) =>
  ([contact, reference]: [string, Fields]): Told => ({
    topic,
    item: {
      conversation: { parts: [], options: {}, model: { id: Number(id) } },
      contact: { type: "contact", ...reference, id: contact }
    }
  })

const tickets: Rules = {
  added: (row) => [{ topic: "ticket.created", item: row }],
  changed: (before, after) => [
    ...tell("ticket.state.updated", after)(differs(before, after, "ticket_state")),
    ...tell("ticket.admin.assigned", after)(differs(before, after, "admin_assignee_id")),
    ...tell("ticket.team.assigned", after)(differs(before, after, "team_assignee_id")),
    ...tell("ticket.attribute.updated", after)(differs(before, after, "ticket_attributes")),
    ...tell("ticket.closed", after)(before["open"] === true && after["open"] === false)
  ]
}

const admins: Rules = {
  added: (row) => [{ topic: "admin.added_to_workspace", item: row }],
  removed: (row) => [{ topic: "admin.removed_from_workspace", item: row }],
  changed: (before, after) =>
    tell("admin.away_mode_updated", after)(differs(before, after, "away_mode_enabled", "away_mode_reassign"))
}

/** By kind. */
const ofRows: { readonly [kind: string]: Rules } = { contacts, companies, articles, conversations, tickets, admins }

/** The newest part in the answer of an operation that adds one. */
const newest = (answer: unknown, list: string): ReadonlyArray<unknown> => {
  const parts = fieldsOf(fieldsOf(answer)[list])[list]
  return Array.isArray(parts) ? parts.slice(-1) : []
}

const said = (topic: Webhook.Topic, { answer }: Asked): ReadonlyArray<Told> => [
  { topic, item: conversation(fieldsOf(answer), newest(answer, "conversation_parts")) }
]

const isNote = ({ body }: Asked): boolean => fieldsOf(body)["message_type"] === "note"

interface Rule {
  /** The kind whose changes it tells instead of the rules of rows. */
  readonly kind?: string
  readonly told: (asked: Asked, changes: ReadonlyArray<Change>) => ReadonlyArray<Told>
}

/** What was changed in the kind of a rule. */
const rowsOf = (changes: ReadonlyArray<Change>): ReadonlyArray<Row> =>
  changes.flatMap(({ after, before }) => after ?? before ?? [])

const ticketSaid =
  (topic: (asked: Asked) => Webhook.Topic): Rule["told"] =>
  (asked, changes) =>
    rowsOf(changes).map((row) => ({ topic: topic(asked), item: row }))

/** By operation. */
const ofOperations: { readonly [operation: string]: Rule } = {
  "Contacts.archive": {
    kind: "contacts",
    told: (_, changes) =>
      rowsOf(changes).map((row) => ({ topic: "contact.archived", item: { ...named(row), archived: true } }))
  },
  "Contacts.unarchive": {
    kind: "contacts",
    told: (_, changes) => rowsOf(changes).map((row) => ({ topic: "contact.unarchived", item: dated(row) }))
  },
  "Conversations.replyAsAdmin": {
    told: (asked) => said(isNote(asked) ? "conversation.admin.noted" : "conversation.admin.replied", asked)
  },
  "Conversations.replyAsContact": { told: (asked) => said("conversation.user.replied", asked) },
  "Conversations.redactPart": { told: (asked) => said("conversation_part.redacted", asked) },
  "Tickets.replyAsAdmin": {
    kind: "tickets",
    told: ticketSaid((asked) => (isNote(asked) ? "ticket.note.created" : "ticket.admin.replied"))
  },
  "Tickets.replyAsContact": { kind: "tickets", told: ticketSaid(() => "ticket.contact.replied") },
  "Events.submit": { told: ({ body }) => [{ topic: "event.created", item: { type: "event", ...fieldsOf(body) } }] }
}

/** The contact that another one went up in, where both were changed at once. */
const survivorOf = (changes: ReadonlyArray<Change>): Row | undefined => {
  const contacts = changes.filter(({ kind }) => kind === "contacts")
  const gone = contacts.some(({ after }) => after === undefined)
  return gone ? contacts.find(({ after, before }) => after !== undefined && before !== undefined)?.after : undefined
}

/** What changes with the contacts of a merge, and is told as that. */
const followsMerge: ReadonlySet<string> = new Set(["contacts", "conversations", "tickets"])

/** What to notify of when these changes were made at once, by a request to an operation or without one. */
export const told = (changes: ReadonlyArray<Change>, asked: Asked | undefined, find: Find): ReadonlyArray<Told> => {
  const rule = asked === undefined ? undefined : ofOperations[asked.operation]
  const survivor = survivorOf(changes)
  const others = changes.filter(
    ({ kind }) =>
      (rule?.kind === undefined || kind !== rule.kind) && (survivor === undefined || !followsMerge.has(kind))
  )
  return [
    ...(asked === undefined || rule === undefined
      ? []
      : rule.told(
          asked,
          changes.filter(({ kind }) => kind === rule.kind)
        )),
    ...(survivor === undefined ? [] : [{ topic: "contact.merged", item: dated(survivor) } as const]),
    ...others.flatMap(({ after, before, kind }) => {
      const { added, changed, removed } = ofRows[kind] ?? {}
      if (after === undefined) return before === undefined ? [] : (removed?.(before) ?? [])
      return before === undefined ? (added?.(after) ?? []) : (changed?.(before, after, find) ?? [])
    })
  ]
}
