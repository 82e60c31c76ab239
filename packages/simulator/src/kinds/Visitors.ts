/** Visitors, who become contacts. */
import { Visitors } from "@effect-intercom/core"
import * as Effect from "effect/Effect"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import type { Row } from "../internal/Collection.ts"
import * as Listing from "../internal/Listing.ts"
import * as Prng from "../internal/Prng.ts"
import * as V from "../internal/Vocabulary.ts"
import * as Kind from "../Kind.ts"
import * as World from "../World.ts"
import * as Contacts from "./Contacts.ts"

const salt = "visitors"

const createdAt = (index: number) => World.start + index * World.minute

const ids = Ids.object(salt, (_, index) => createdAt(index))

/** A UUID, of which the last digits are the index. */
const userId = ({ seed }: World.World, index: number) =>
  `${World.hex(Prng.hash(seed, Prng.saltOf(salt)), 8)}-0000-4000-8000-${World.hex(index, 12)}`

const generate = (world: World.World, index: number) => {
  const random = World.random(world, salt, index)
  const [given] = random.pick(V.givenNames)
  const [country_name, region_name, city_name, country_code, continent_code] = random.pick(V.places)
  return {
    type: "visitor",
    id: world.id("visitors", index),
    user_id: userId(world, index),
    anonymous: true,
    email: "",
    phone: null,
    name: null,
    pseudonym: `${given} from ${city_name}`,
    avatar: { type: "avatar", image_url: null },
    app_id: World.workspaceId(world),
    companies: { type: "company.list", companies: [] },
    location_data: {
      type: "location_data",
      city_name,
      continent_code,
      country_code,
      country_name,
      postal_code: null,
      region_name,
      timezone: world.timezone
    },
    last_request_at: random.chance(0.5) ? createdAt(index) + World.day : null,
    created_at: createdAt(index),
    remote_created_at: createdAt(index),
    signed_up_at: createdAt(index),
    updated_at: createdAt(index),
    session_count: random.below(20),
    social_profiles: { type: "social_profile.list", social_profiles: [] },
    owner_id: null,
    unsubscribed_from_emails: false,
    marked_email_as_spam: false,
    has_hard_bounced: false,
    tags: { type: "tag.list", tags: [] },
    segments: { type: "segment.list", segments: [] },
    custom_attributes: {},
    referrer: null,
    utm_campaign: null,
    utm_content: null,
    utm_medium: null,
    utm_source: null,
    utm_term: null,
    do_not_track: null
  }
}

const missing = { message: "Visitor Not Found" }

/** The visitor with this id, user id or email. */
const find = ({ collections: { visitors } }: Kind.Workspace, { email, id, user_id }: Contacts.Key): Row | undefined => {
  if (id !== undefined) return visitors.find(id)
  if (user_id !== undefined) return visitors.by("user_id", user_id)
  return Listing.rows(visitors).find((row) => row["email"] === email)
}

export const visitors = Kind.listed(Visitors, {
  count: 5,
  ids,
  generate,
  unique: {
    user_id: {
      of: ({ user_id }) => String(user_id),
      indexOf: (userId) => {
        const digits = /-([0-9a-f]{12})$/.exec(userId)?.[1]
        return digits === undefined ? undefined : Number.parseInt(digits, 16)
      }
    }
  },
  missing,
  handlers: {
    get: ({ query }, { workspace }) => {
      const visitor = find(workspace, query)
      return visitor === undefined ? Crud.missing(missing) : Effect.succeed(Listing.value(visitor))
    },
    update: ({ payload }, { collection, workspace }) => {
      const visitor = find(workspace, payload)
      if (visitor === undefined) return Crud.missing(missing)
      return Effect.map(Crud.time, ({ at, now }) => {
        const { custom_attributes, name } = payload
        const changed = {
          ...visitor,
          ...(name === undefined ? undefined : { name }),
          custom_attributes: { ...Crud.fieldsOf(visitor["custom_attributes"]), ...custom_attributes },
          updated_at: now
        }
        collection.replace(changed, at)
        return Listing.value(changed)
      })
    },
    convert: ({ payload: { type, user, visitor: key } }, { collection, workspace }) => {
      const { collections } = workspace
      const visitor = find(workspace, key)
      if (visitor === undefined) return Crud.missing(missing)
      const known = Contacts.find(workspace, { id: user.id, user_id: user.user_id })
      if (known === undefined && user.id !== undefined) return Crud.missing(Contacts.missing)
      return Effect.map(Crud.time, ({ at, now }) => {
        collection.remove(visitor.id, at)
        if (known !== undefined) {
          const contact = { ...known, updated_at: now }
          collections.contacts.replace(contact, at)
          return Listing.value(contact)
        }
        const { name } = visitor
        const email = user.email ?? (visitor["email"] === "" ? undefined : visitor["email"])
        const contact = Contacts.make(Crud.present({ role: type, external_id: user.user_id, email, name }), {
          workspace,
          id: collections.contacts.nextId(now),
          now
        })
        collections.contacts.add(contact, at)
        return Listing.value(contact)
      })
    }
  }
})
