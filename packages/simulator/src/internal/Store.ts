/** Everything the simulated workspace holds. Plain, synchronous state: each request runs alone on it. */
import * as Collection from "./Collection.ts"
import * as Prng from "./Prng.ts"
import * as Seed from "./Seed.ts"

/** The kinds of records that are listed. */
export const resources = [
  "contacts",
  "companies",
  "conversations",
  "articles",
  "segments",
  "admins",
  "newsItems",
  "tags",
  "teams"
] as const

export type Resource = (typeof resources)[number]

type Row = Collection.Row

/** Fields of generated records that are to be other than generated: by kind, then by index. */
export type Overrides = { readonly [resource in Resource]?: Collection.Options["overrides"] }

/** How an event names its contact. */
export interface ContactKey {
  readonly id?: string | undefined
  readonly user_id?: string | undefined
  readonly email?: string | undefined
}

/** What became of a record that was to be changed. */
export type Changed = "changed" | "missing"

export interface Store {
  readonly world: Seed.World
  readonly collections: { readonly [resource in Resource]: Collection.Collection }
  /** The contact with this id, external id or email; `undefined` when there is none. */
  readonly findContact: (key: ContactKey) => Row | undefined
  /** The contact that stands in the way of a new one: with the same external id, or the same email and role. */
  readonly conflicting: (contact: { readonly [field: string]: unknown }) => Row | undefined
  readonly findCompany: (companyId: string) => Row | undefined
  /** Adds a record as it is, and lets the lookups know it. Times are Unix milliseconds. */
  readonly insert: (resource: Resource, row: Row, at: number) => void
  /** Puts a record in the place of the one with its id. */
  readonly replace: (resource: Resource, row: Row, at: number) => Changed
  readonly remove: (resource: Resource, id: string, at: number) => Changed
  /** Lets one contact go up in another. */
  readonly merge: (from: string, into: string, at: number) => Changed
  /** The id of the contact that one was merged into. */
  readonly mergedInto: (id: string) => string | undefined
  /** The id of the next record to be added. */
  readonly nextId: (resource: Resource, now: number) => string
  /** A number no other record has. */
  readonly nextNumber: () => number
  /** The events of a contact, newest first. */
  readonly events: (contact: Row) => ReadonlyArray<Row>
  /** Adds an event; one of the same name in the same second is the same event. */
  readonly addEvent: (contact: Row, event: Row) => void
  /** The messages sent. */
  readonly messages: Array<unknown>
  /** A conversation with its parts. */
  readonly withParts: (conversation: Row) => Row
}

const generators: {
  readonly [resource in Resource]: {
    readonly generate: (world: Seed.World, index: number) => Row
    readonly indexOf: (world: Seed.World, id: string) => number | undefined
  }
} = {
  contacts: { generate: Seed.contact, indexOf: Seed.contactIndex },
  companies: { generate: Seed.company, indexOf: Seed.companyIndex },
  conversations: { generate: Seed.conversation, indexOf: Seed.conversationIndex },
  articles: { generate: Seed.article, indexOf: Seed.articleIndex },
  segments: { generate: Seed.segment, indexOf: Seed.segmentIndex },
  admins: { generate: Seed.admin, indexOf: Seed.adminIndex },
  newsItems: { generate: Seed.newsItem, indexOf: Seed.newsItemIndex },
  tags: { generate: Seed.tag, indexOf: Seed.tagIndex },
  teams: { generate: Seed.team, indexOf: Seed.teamIndex }
}

/** Under which keys the lookups know a record. */
const keysOf = (resource: Resource, row: Row): ReadonlyArray<string> => {
  const { company_id, email, external_id, role } = row
  if (resource === "companies") return [`company_id:${String(company_id)}`]
  if (resource !== "contacts") return []
  return [
    ...(typeof external_id === "string" ? [`external_id:${external_id}`] : []),
    ...(typeof email === "string" ? [`email:${String(role)}:${email}`] : [])
  ]
}

export const make = (world: Seed.World, overrides: Overrides = {}): Store => {
  const collection = (resource: Resource) =>
    Collection.make({
      count: world.counts[resource],
      generate: (index) => generators[resource].generate(world, index),
      indexOf: (id) => generators[resource].indexOf(world, id),
      overrides: overrides[resource]
    })
  const collections = {
    contacts: collection("contacts"),
    companies: collection("companies"),
    conversations: collection("conversations"),
    articles: collection("articles"),
    segments: collection("segments"),
    admins: collection("admins"),
    newsItems: collection("newsItems"),
    tags: collection("tags"),
    teams: collection("teams")
  }
  const { contacts, conversations } = collections

  // The slots of records that were added or changed, by their keys; generated ones carry their index.
  const known = new Map<string, number>()
  const submitted = new Map<string, Array<Row>>()
  const merged = new Map<string, string>()
  let numbers = 0

  /** The record of a lookup, which may have changed since. */
  const holding = (resource: "contacts" | "companies", key: string, seeded: number | undefined): Row | undefined => {
    const target = collections[resource]
    const candidates = [target.get(known.get(key)), seeded === undefined ? undefined : target.get(seeded)]
    return candidates.find((row) => row !== undefined && keysOf(resource, row).includes(key))
  }

  const below = (index: number | undefined, count: number) => (index !== undefined && index < count ? index : undefined)

  const byExternalId = (external: string) =>
    holding(
      "contacts",
      `external_id:${external}`,
      below(Seed.contactIndexOfExternalId(external), world.counts.contacts)
    )

  const byEmail = (email: string, role: string) =>
    holding("contacts", `email:${role}:${email}`, below(Seed.contactIndexOfEmail(email), world.counts.contacts))

  const remember = (resource: Resource, slot: number, row: Row) => {
    for (const key of keysOf(resource, row)) known.set(key, slot)
  }

  const liveSlot = (resource: Resource, id: string) => {
    const slot = collections[resource].slotOf(id)
    return collections[resource].get(slot) === undefined ? undefined : slot
  }

  const replace = (resource: Resource, row: Row, at: number): Changed => {
    const slot = liveSlot(resource, row.id)
    if (slot === undefined) return "missing"
    collections[resource].replace(slot, row, at)
    remember(resource, slot, row)
    return "changed"
  }

  const remove = (resource: Resource, id: string, at: number): Changed => {
    const slot = liveSlot(resource, id)
    if (slot === undefined) return "missing"
    collections[resource].remove(slot, at)
    return "changed"
  }

  const seededEvents = (contact: Row): ReadonlyArray<Row> => {
    const slot = contacts.slotOf(contact.id)
    if (slot === undefined || slot >= world.counts.contacts) return []
    return Array.from({ length: world.counts.events }, (_, position) => Seed.event(world, slot, position))
  }

  return {
    world,
    collections,
    messages: [],
    findContact: ({ email, id, user_id }) => {
      if (id !== undefined) return contacts.find(id)
      if (user_id !== undefined) return byExternalId(user_id)
      return email === undefined ? undefined : (byEmail(email, "user") ?? byEmail(email, "lead"))
    },
    conflicting: ({ email, external_id, role }) =>
      (typeof external_id === "string" ? byExternalId(external_id) : undefined) ??
      (typeof email === "string" ? byEmail(email, String(role)) : undefined),
    findCompany: (companyId) =>
      holding(
        "companies",
        `company_id:${companyId}`,
        below(Seed.companyIndexOfCompanyId(companyId), world.counts.companies)
      ),
    insert: (resource, row, at) => remember(resource, collections[resource].add(row, at), row),
    replace,
    remove,
    merge: (from, into, at) => {
      const kept = contacts.find(into)
      if (kept === undefined || from === into || remove("contacts", from, at) === "missing") return "missing"
      merged.set(from, into)
      return replace("contacts", { ...kept, updated_at: Math.floor(at / 1000) }, at)
    },
    mergedInto: (id) => merged.get(id),
    nextId: (resource, now) => Seed.nextId(world, resource, collections[resource].slots(), now),
    nextNumber: () => 403_000_000_000 + (Prng.hash(world.seed) % 1_000_000) * 1000 + numbers++,
    events: (contact) =>
      [...seededEvents(contact), ...(submitted.get(contact.id) ?? [])].toSorted(
        (a, b) => Number(b["created_at"]) - Number(a["created_at"]) || (a.id < b.id ? 1 : -1)
      ),
    addEvent: (contact, event) => {
      const events = submitted.get(contact.id) ?? []
      const same = events.some(
        (other) => other["event_name"] === event["event_name"] && other["created_at"] === event["created_at"]
      )
      if (!same) submitted.set(contact.id, [...events, event])
    },
    withParts: (conversation) => {
      const slot = conversations.slotOf(conversation.id)
      return {
        ...conversation,
        conversation_parts:
          slot !== undefined && slot < world.counts.conversations
            ? Seed.conversationParts(world, slot, Number(conversation["created_at"]))
            : { type: "conversation_part.list", conversation_parts: [], total_count: 0 }
      }
    }
  }
}
