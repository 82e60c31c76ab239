/** Events of contacts: some seeded for each, and those submitted. */
import { Events } from "@effect-intercom/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Function from "effect/Function"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Struct from "effect/Struct"
import * as Crud from "../Crud.ts"
import type { Row } from "../internal/Collection.ts"
import * as ErrorList from "../internal/ErrorList.ts"
import * as Listing from "../internal/Listing.ts"
import * as Prng from "../internal/Prng.ts"
import * as Request from "../internal/Request.ts"
import * as V from "../internal/Vocabulary.ts"
import * as Kind from "../Kind.ts"
import * as World from "../World.ts"
import * as Contacts from "./Contacts.ts"

const salt = 8

/** Event `position` of a contact's, oldest first, at most one a second. */
const generate = (world: World.World, contactIndex: number, position: number) => {
  const random = Prng.make(Prng.hash(world.seed, salt, contactIndex, position))
  const { created_at, email, external_id, id } = Contacts.generate(world, contactIndex)
  return {
    type: "event",
    event_name: random.pick(V.eventNames),
    created_at: created_at + position * 3600 + random.below(3600),
    ...(external_id === null ? undefined : { user_id: external_id }),
    id: World.hex(Prng.hash(world.seed, salt, contactIndex), 8) + World.hex(contactIndex, 8) + World.hex(position, 8),
    intercom_user_id: id,
    ...(email === null ? undefined : { email }),
    metadata: {
      invited: random.chance(0.5),
      order_number: String(random.below(100_000)),
      price: { amount: random.below(10_000), currency: "eur" }
    }
  }
}

/** Whose an event is. */
const ownerOf = (contact: Row) => ({
  ...(typeof contact["external_id"] === "string" ? { user_id: contact["external_id"] } : undefined),
  intercom_user_id: contact.id,
  ...(typeof contact["email"] === "string" ? { email: contact["email"] } : undefined)
})

const make = (workspace: Kind.Workspace, contact: Row, input: Crud.Input): Row => ({
  type: "event",
  event_name: input["event_name"],
  created_at: input["created_at"],
  ...ownerOf(contact),
  id: `event-${workspace.nextNumber()}`,
  metadata: input["metadata"] ?? {}
})

/** The events submitted, by the ids of their contacts. */
const submittedIn = Function.memoize<Kind.Workspace, Map<string, ReadonlyArray<Row>>>(() => new Map())

/** The events of the contact of an id, as they were. */
const happened = (workspace: Kind.Workspace, id: string): ReadonlyArray<Row> => {
  const { collections, world } = workspace
  const slot = collections.contacts.slotOf(id)
  const seeded = slot !== undefined && slot < world.counts.contacts ? world.counts.events : 0
  return [
    ...Array.from({ length: seeded }, (_, position) => generate(world, slot ?? 0, position)),
    ...(submittedIn(workspace).get(id) ?? [])
  ]
}

/** The events of a contact, and of those that were merged into it, newest first. */
const eventsOf = (workspace: Kind.Workspace, contact: Row): ReadonlyArray<Row> => {
  const { contacts } = workspace.collections
  const own = happened(workspace, contact.id)
  const merged = Contacts.mergedInto(workspace, contact.id).flatMap((id) => happened(workspace, id))
  const owned = ({ id, ...event }: Row): Row => ({
    ...Struct.omit(event, ["email", "user_id"]),
    id,
    ...ownerOf(contact)
  })
  return [...(contacts.changed(contact.id) === undefined ? own : own.map(owned)), ...merged.map(owned)].toSorted(
    (a, b) => Number(b["created_at"]) - Number(a["created_at"]) || (a.id < b.id ? 1 : -1)
  )
}

/** The events of all contacts, in the order of these. */
export const all = function* (workspace: Kind.Workspace) {
  const { contacts } = workspace.collections
  for (let position = 0; position < contacts.size(); position++) yield* eventsOf(workspace, contacts.at(position))
}

/** Adds an event; one of the same name in the same second is the same event. */
const add = (workspace: Kind.Workspace, contact: Row, event: Row) => {
  const submitted = submittedIn(workspace)
  const events = submitted.get(contact.id) ?? []
  const same = events.some(
    (other) => other["event_name"] === event["event_name"] && other["created_at"] === event["created_at"]
  )
  if (!same) submitted.set(contact.id, [...events, event])
}

/** How often something happened, beside the events there are. */
interface Count {
  readonly name: string
  readonly count: number
  readonly first: number
  readonly last: number
}

/** The summaries submitted, by the ids of their contacts. */
const summariesIn = Function.memoize<Kind.Workspace, Map<string, ReadonlyArray<Count>>>(() => new Map())

const iso = (seconds: number) => DateTime.formatIso(DateTime.makeUnsafe(seconds * 1000))

/** A contact's events by name: how often, first and last. */
const summary = (workspace: Kind.Workspace, contact: Row, events: ReadonlyArray<Row>) => {
  const each = events.map((event): Count => {
    const at = Number(event["created_at"])
    return { name: String(event["event_name"]), count: 1, first: at, last: at }
  })
  const byName = Map.groupBy([...each, ...(summariesIn(workspace).get(contact.id) ?? [])], ({ name }) => name)
  return {
    type: "event.summary",
    email: contact["email"],
    intercom_user_id: contact.id,
    user_id: contact["external_id"],
    events: Array.from(byName, ([name, counts]) => ({
      name,
      first: iso(Math.min(...counts.map(({ first }) => first))),
      last: iso(Math.max(...counts.map(({ last }) => last))),
      count: counts.reduce((sum, { count }) => sum + count, 0)
    }))
  }
}

export const events = Kind.counted(Events, {
  // For each contact.
  count: 3,
  handlers: {
    submit: ({ payload }, { workspace }) => {
      const contact = Contacts.find(workspace, payload)
      if (contact === undefined) return Crud.missing(Contacts.contacts.missing)
      add(workspace, contact, make(workspace, contact, Crud.present(payload)))
      return Effect.succeed(HttpServerResponse.empty({ status: 202 }))
    },
    list: ({ query, request }, { workspace }) => {
      if (query.type !== "user") {
        return ErrorList.respond(400, { code: "parameter_invalid", message: "type must be user", field: "type" })
      }
      const { email, intercom_user_id: id, user_id } = query
      const contact = Contacts.find(workspace, { id, user_id, email })
      if (contact === undefined) return Crud.missing(Contacts.contacts.missing)
      const events = eventsOf(workspace, contact)
      const url = Request.urlOf(request)
      return url.searchParams.get("summary") === "true"
        ? Effect.succeed(Listing.value(summary(workspace, contact, events)))
        : Listing.events({ type: "event.list", key: "events", perPage: 50 }, events, query, url)
    },
    submitSummary: ({ payload: { event_summaries, user_id } }, { workspace }) => {
      const contact = Contacts.find(workspace, { user_id })
      if (contact === undefined) return Crud.missing(Contacts.missing)
      const { event_name: name, ...count } = event_summaries
      const summaries = summariesIn(workspace)
      summaries.set(contact.id, [...(summaries.get(contact.id) ?? []), { name, ...count }])
      return Effect.succeed(HttpServerResponse.empty({ status: 200 }))
    }
  }
})
