/** Contacts: found by id, external id or email, searched, and merged. */
import { Contacts, Search } from "@effect-intercom/core"
import * as Effect from "effect/Effect"
import * as Function from "effect/Function"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import type { Row } from "../internal/Collection.ts"
import * as ErrorList from "../internal/ErrorList.ts"
import * as Listing from "../internal/Listing.ts"
import * as Prng from "../internal/Prng.ts"
import * as V from "../internal/Vocabulary.ts"
import * as Kind from "../Kind.ts"
import * as World from "../World.ts"
import * as Admins from "./Admins.ts"
import * as Tags from "./Tags.ts"

const salt = 1

/** When contact `index` was created: later with each index. */
const createdAt = (random: Prng.Prng, index: number) => World.start + index * World.minute + random.below(World.minute)

const createdAtOf = (world: World.World, index: number) => createdAt(World.random(world, salt, index), index)

const ids = Ids.object(salt, createdAtOf)

/** The first draws of a contact, in order: all that its times need. */
const headOf = (world: World.World, index: number) => {
  const random = World.random(world, salt, index)
  const created_at = createdAt(random, index)
  const lead = random.chance(0.2)
  const [given, plainGiven] = random.pick(V.givenNames)
  const [family, plainFamily] = random.pick(V.familyNames)
  const domain = random.pick(V.domains)
  const hasEmail = !(lead && random.chance(0.5))
  const place = random.pick(V.places)
  const updated_at = created_at + random.below(400 * World.day)
  return { random, created_at, updated_at, lead, given, plainGiven, family, plainFamily, domain, hasEmail, place }
}

/** One contact in five is a lead; half of the leads have no email, which the live API sends as null. */
export const generate = (world: World.World, index: number) => {
  const head = headOf(world, index)
  const { created_at, domain, family, given, lead, plainFamily, plainGiven, random, updated_at } = head
  const id = ids.next(world, index, created_at)
  const email = head.hasEmail ? `${plainGiven}.${plainFamily}.${index}@${domain}` : null
  const [country, region, city, country_code, continent_code] = head.place
  const mobile = random.next()
  const android = mobile < 0.15
  const ios = mobile > 0.85
  const later = (probability: number) =>
    random.chance(probability) ? created_at + random.below(300 * World.day) : null
  const list = <A>(data: ReadonlyArray<A>, path: string) => ({
    type: "list",
    data,
    url: `/contacts/${id}/${path}`,
    total_count: data.length,
    has_more: false
  })
  const company = world.counts.companies > 0 && !lead ? random.below(world.counts.companies) : undefined
  const companyRef = company === undefined ? [] : [world.id("companies", company)]
  const avatar = random.next()
  const image = `https://static.example.com/avatars/${World.hex(Prng.hash(world.seed, index), 8)}.png`

  return {
    type: "contact",
    id,
    workspace_id: World.workspaceId(world),
    external_id: lead ? null : `user-${String(index).padStart(8, "0")}`,
    role: lead ? "lead" : "user",
    email,
    email_domain: email === null ? null : domain,
    phone: random.chance(0.4) ? `+3531${String(1_000_000 + random.below(9_000_000))}` : null,
    name: lead && random.chance(0.4) ? null : `${given} ${family}`,
    // Documented as an object or null; some live contacts have the URL itself.
    avatar: avatar < 0.2 ? image : avatar < 0.6 ? { type: "avatar", image_url: image } : null,
    owner_id:
      world.counts.admins > 0 && random.chance(0.5) ? Admins.idOf(world, random.below(world.counts.admins)) : null,
    social_profiles: {
      type: "list",
      data: random.chance(0.1)
        ? [{ type: "social_profile", name: "GitHub", url: `https://github.example.com/${plainGiven}-${index}` }]
        : []
    },
    has_hard_bounced: random.chance(0.03),
    marked_email_as_spam: random.chance(0.01),
    unsubscribed_from_emails: random.chance(0.1),
    created_at,
    updated_at,
    signed_up_at: lead ? null : created_at,
    last_seen_at: later(0.8),
    last_replied_at: later(0.4),
    last_contacted_at: later(0.6),
    last_email_opened_at: email === null ? null : later(0.5),
    last_email_clicked_at: email === null ? null : later(0.2),
    language_override: random.chance(0.1) ? random.pick(V.languages) : null,
    browser: random.pick(V.browsers),
    browser_version: `${100 + random.below(40)}.0.${random.below(6000)}.${random.below(200)}`,
    browser_language: random.pick(V.languages),
    os: random.pick(V.systems),
    location: { type: "location", country, region, city, country_code, continent_code },
    android_app_name: android ? "Acme für Android" : null,
    android_app_version: android ? `3.${random.below(20)}.1` : null,
    android_device: android ? "Pixel 9" : null,
    android_os_version: android ? "14" : null,
    android_sdk_version: android ? "15.10.2" : null,
    android_last_seen_at: android ? updated_at : null,
    ios_app_name: ios ? "Acme" : null,
    ios_app_version: ios ? `3.${random.below(20)}.0` : null,
    ios_device: ios ? "iPhone17,1" : null,
    ios_os_version: ios ? "18.1" : null,
    ios_sdk_version: ios ? "18.2.0" : null,
    ios_last_seen_at: ios ? updated_at : null,
    custom_attributes: {
      plan: random.pick(V.plans),
      seats: random.below(50),
      trial: random.chance(0.3),
      lifetime_value: random.below(1_000_000) / 100,
      Größe: random.chance(0.5) ? random.pick(V.industries) : null,
      onboarded_at: later(0.5)
    },
    tags: list(
      Tags.draw(world, random, random.below(3)).map((index) => {
        const id = world.id("tags", index)
        return { id, type: "tag", url: `/tags/${id}` }
      }),
      "tags"
    ),
    notes: list([], "notes"),
    companies: list(
      companyRef.map((company) => ({ id: company, type: "company", url: `/companies/${company}` })),
      "companies"
    ),
    opted_out_subscription_types: list([], "subscriptions"),
    opted_in_subscription_types: list([], "subscriptions"),
    utm_campaign: null,
    utm_content: null,
    utm_medium: random.chance(0.1) ? "email" : null,
    utm_source: random.chance(0.1) ? "newsletter" : null,
    utm_term: null,
    referrer: random.chance(0.2) ? "https://www.example.com/search?q=acme&hl=ja" : null,
    sms_consent: false,
    unsubscribed_from_sms: false
  }
}

const noneOf = (path: string) => ({ type: "list", data: [], url: path, total_count: 0, has_more: false })

const make = (input: Crud.Input, { id, now, workspace }: Crud.Making): Row => {
  const { avatar, custom_attributes, email, role, unsubscribed_from_emails, ...rest } = input
  return {
    type: "contact",
    id,
    workspace_id: World.workspaceId(workspace.world),
    external_id: null,
    role: role ?? "user",
    email: email ?? null,
    email_domain: typeof email === "string" ? (email.split("@")[1] ?? null) : null,
    phone: null,
    name: null,
    avatar: typeof avatar === "string" ? { type: "avatar", image_url: avatar } : null,
    owner_id: null,
    social_profiles: { type: "list", data: [] },
    has_hard_bounced: false,
    marked_email_as_spam: false,
    unsubscribed_from_emails: unsubscribed_from_emails ?? false,
    created_at: now,
    updated_at: now,
    signed_up_at: null,
    last_seen_at: null,
    last_replied_at: null,
    last_contacted_at: null,
    last_email_opened_at: null,
    last_email_clicked_at: null,
    language_override: null,
    browser: null,
    browser_version: null,
    browser_language: null,
    os: null,
    location: { type: "location", country: null, region: null, city: null, country_code: null, continent_code: null },
    custom_attributes: custom_attributes ?? {},
    tags: noneOf(`/contacts/${id}/tags`),
    notes: noneOf(`/contacts/${id}/notes`),
    companies: noneOf(`/contacts/${id}/companies`),
    ...rest
  }
}

/** How a request names a contact. */
export interface Key {
  readonly id?: string | undefined
  readonly user_id?: string | undefined
  readonly email?: string | undefined
}

/** The contact with this id, external id or email. */
export const find = ({ collections }: Kind.Workspace, { email, id, user_id }: Key): Row | undefined => {
  const { contacts } = collections
  if (id !== undefined) return contacts.find(id)
  if (user_id !== undefined) return contacts.by("external_id", user_id)
  return email === undefined
    ? undefined
    : (contacts.by("email", `user:${email}`) ?? contacts.by("email", `lead:${email}`))
}

/** The contact that stands in the way of a new one: with the same external id, or the same email and role. */
const conflicting = ({ collections: { contacts } }: Kind.Workspace, { email, external_id, role }: Row) =>
  (typeof external_id === "string" ? contacts.by("external_id", external_id) : undefined) ??
  (typeof email === "string" ? contacts.by("email", `${String(role)}:${email}`) : undefined)

/** Which contacts were merged into which, by their ids. */
const mergesOf = Function.memoize<Kind.Workspace, Map<string, string>>(() => new Map())

/** Lets one contact go up in another, at a time in Unix milliseconds; false when either is not there. */
export const merge = (workspace: Kind.Workspace, from: string, into: string, at: number): boolean => {
  const { contacts } = workspace.collections
  const kept = contacts.find(into)
  if (kept === undefined || from === into || !contacts.remove(from, at)) return false
  mergesOf(workspace).set(from, into)
  return contacts.replace({ ...kept, updated_at: Math.floor(at / 1000) }, at)
}

// From this version on, a merged contact is gone rather than not found.
const tellsOfMerges = (version: string): boolean => !/^(0|1\..*|2\.([0-9]|1[0-5]))$/.test(version)

const missing = { message: "User Not Found" }

const digitsIn = (pattern: RegExp) => (value: string) => {
  const digits = pattern.exec(value)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

export const contacts = Kind.listed(Contacts, {
  count: 100,
  ids,
  generate,
  unique: {
    external_id: {
      of: ({ external_id }) => (typeof external_id === "string" ? external_id : undefined),
      // `user-00000042`
      indexOf: digitsIn(/^user-(\d{8,})$/)
    },
    email: {
      of: ({ email, role }) => (typeof email === "string" ? `${String(role)}:${email}` : undefined),
      // `user:ada.lovelace.42@example.com`
      indexOf: digitsIn(/\.(\d+)@/)
    }
  },
  search: {
    fields: Search.contactFields,
    granularity: "day",
    times: (world) => ({
      count: world.counts.contacts,
      createdAt: (index) => createdAtOf(world, index),
      updatedAt: (index) => headOf(world, index).updated_at,
      idOf: (index) => ids.of(world, index)
    })
  },
  missing,
  handlers: {
    list: Crud.list({ perPage: 10 }),
    create: ({ payload }, { collection, workspace }) =>
      Effect.flatMap(Crud.time, ({ at, now }) => {
        const row = make(Crud.present(payload), { workspace, id: collection.nextId(now), now })
        const existing = conflicting(workspace, row)
        if (existing !== undefined) {
          return ErrorList.respond(409, {
            code: "conflict",
            message: `A contact matching those details already exists with id=${existing.id}`
          })
        }
        collection.add(row, at)
        return Effect.succeed(Listing.value(row))
      }),
    get: ({ params, request }, { collection, workspace }) => {
      const row = collection.find(params.contact_id)
      if (row !== undefined) return Effect.succeed(Listing.value(row))
      const into = mergesOf(workspace).get(params.contact_id)
      return into !== undefined && tellsOfMerges(request.headers["intercom-version"] ?? workspace.version)
        ? Effect.map(
            ErrorList.respond(410, { code: "contact_merged", message: `This contact was merged into ${into}` }),
            HttpServerResponse.setHeader("link", `</contacts/${into}>; rel="successor-version"`)
          )
        : Crud.missing(missing)
    },
    search: Crud.search()
  }
})
