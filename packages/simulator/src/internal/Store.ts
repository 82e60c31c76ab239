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
  "newsItems"
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

export interface Store {
  readonly world: Seed.World
  readonly collections: { readonly [resource in Resource]: Collection.Collection }
  /** The contact with this id, external id or email; `undefined` when there is none. */
  readonly findContact: (key: ContactKey) => Row | undefined
  /** The contact that stands in the way of a new one: with the same external id, or the same email and role. */
  readonly conflicting: (contact: { readonly [field: string]: unknown }) => Row | undefined
  readonly findCompany: (companyId: string) => { readonly index: number; readonly row: Row } | undefined
  /** Adds a record as it is, and lets the lookups know it. */
  readonly insert: (resource: Resource, row: Row) => void
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
  /** The parts of a conversation. */
  readonly parts: (index: number, row: Row) => unknown
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
  newsItems: { generate: Seed.newsItem, indexOf: Seed.newsItemIndex }
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
    newsItems: collection("newsItems")
  }
  const { companies, contacts, conversations } = collections

  // By `external_id:…`, `email:…` and `company_id:…`, of the records that were added; generated ones carry their index.
  const added = new Map<string, number>()
  const submitted = new Map<string, Array<Row>>()
  let numbers = 0

  const generatedContact = (index: number | undefined, matches: (row: Row) => boolean): Row | undefined => {
    if (index === undefined || index >= world.counts.contacts) return undefined
    const row = contacts.at(index)
    return matches(row) ? row : undefined
  }

  const addedContact = (key: string): Row | undefined => {
    const index = added.get(key)
    return index === undefined ? undefined : contacts.at(index)
  }

  const byExternalId = (external: string) =>
    addedContact(`external_id:${external}`) ??
    generatedContact(Seed.contactIndexOfExternalId(external), (row) => row["external_id"] === external)

  const byEmail = (email: string, role?: unknown) =>
    (role === undefined
      ? (addedContact(`email:user:${email}`) ?? addedContact(`email:lead:${email}`))
      : addedContact(`email:${String(role)}:${email}`)) ??
    generatedContact(
      Seed.contactIndexOfEmail(email),
      (row) => row["email"] === email && (role === undefined || row["role"] === role)
    )

  const byId = (id: string) => {
    const index = contacts.indexOf(id)
    return index === undefined ? undefined : contacts.at(index)
  }

  const seededEvents = (contact: Row): ReadonlyArray<Row> => {
    const index = contacts.indexOf(contact.id)
    if (index === undefined || index >= world.counts.contacts) return []
    return Array.from({ length: world.counts.events }, (_, position) => Seed.event(world, index, position))
  }

  return {
    world,
    collections,
    messages: [],
    findContact: ({ email, id, user_id }) => {
      if (id !== undefined) return byId(id)
      if (user_id !== undefined) return byExternalId(user_id)
      return email === undefined ? undefined : byEmail(email)
    },
    conflicting: ({ email, external_id, role }) =>
      (typeof external_id === "string" ? byExternalId(external_id) : undefined) ??
      (typeof email === "string" ? byEmail(email, role) : undefined),
    findCompany: (companyId) => {
      const seeded = Seed.companyIndexOfCompanyId(companyId)
      const index =
        added.get(`company_id:${companyId}`) ??
        (seeded !== undefined && seeded < world.counts.companies ? seeded : undefined)
      if (index === undefined) return undefined
      const row = companies.at(index)
      return row["company_id"] === companyId ? { index, row } : undefined
    },
    insert: (resource, row) => {
      const target = collections[resource]
      const index = target.size()
      target.add(row)
      if (resource === "companies") added.set(`company_id:${String(row["company_id"])}`, index)
      if (resource !== "contacts") return
      if (typeof row["external_id"] === "string") added.set(`external_id:${row["external_id"]}`, index)
      if (typeof row["email"] === "string") added.set(`email:${String(row["role"])}:${row["email"]}`, index)
    },
    nextId: (resource, now) => Seed.nextId(world, resource, collections[resource].size(), now),
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
    parts: (index, row) =>
      index < world.counts.conversations && conversations.at(index).id === row.id
        ? Seed.conversationParts(world, index, Number(row["created_at"]))
        : { type: "conversation_part.list", conversation_parts: [], total_count: 0 }
  }
}
