/** Contacts: found by id, external id or email, searched, merged, archived, and related to what they have. */
import { Contacts, Search } from "@effect-intercom/core"
import * as Effect from "effect/Effect"
import * as Function from "effect/Function"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import * as Blocked from "../internal/Blocked.ts"
import * as Collection from "../internal/Collection.ts"
import * as ErrorList from "../internal/ErrorList.ts"
import * as Listing from "../internal/Listing.ts"
import * as Prng from "../internal/Prng.ts"
import * as References from "../internal/References.ts"
import * as V from "../internal/Vocabulary.ts"
import { isFrom216 } from "../internal/Version.ts"
import * as Kind from "../Kind.ts"
import * as World from "../World.ts"
import * as Admins from "./Admins.ts"
import * as Lists from "./Lists.ts"
import * as Notes from "./Notes.ts"
import * as Tags from "./Tags.ts"

type Row = Collection.Row

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
  const id = world.id("contacts", index)
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

/** What a request says of a contact, as answers have it. */
const written = ({ avatar, custom_attributes, email, unsubscribed_from_emails, ...rest }: Crud.Input): Crud.Input => ({
  ...rest,
  ...(unsubscribed_from_emails === undefined
    ? undefined
    : { unsubscribed_from_emails: unsubscribed_from_emails ?? false }),
  ...(custom_attributes === undefined ? undefined : { custom_attributes: custom_attributes ?? {} }),
  ...(email === undefined
    ? undefined
    : { email, email_domain: typeof email === "string" ? (email.split("@")[1] ?? null) : null }),
  ...(avatar === undefined
    ? undefined
    : { avatar: typeof avatar === "string" ? { type: "avatar", image_url: avatar } : null })
})

/** A new contact. */
export const make = (input: Crud.Input, { id, now, workspace }: Crud.Making): Row => {
  const { role, ...rest } = written(input)
  return {
    type: "contact",
    id,
    workspace_id: World.workspaceId(workspace.world),
    external_id: null,
    role: role ?? "user",
    email: null,
    email_domain: null,
    phone: null,
    name: null,
    avatar: null,
    owner_id: null,
    social_profiles: { type: "list", data: [] },
    has_hard_bounced: false,
    marked_email_as_spam: false,
    unsubscribed_from_emails: false,
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
    custom_attributes: {},
    tags: noneOf(`/contacts/${id}/tags`),
    notes: noneOf(`/contacts/${id}/notes`),
    companies: noneOf(`/contacts/${id}/companies`),
    opted_out_subscription_types: noneOf(`/contacts/${id}/subscriptions`),
    opted_in_subscription_types: noneOf(`/contacts/${id}/subscriptions`),
    ...rest
  }
}

/** A seeded contact with fields a test gives: a user, unless it is to be a lead. */
const given = (row: Row, fields: Crud.Input): Row => {
  const { role = "user" } = fields
  return {
    ...row,
    role,
    external_id: role === "lead" ? null : (row["external_id"] ?? `user-${row.id}`),
    ...written(fields)
  }
}

/** What an update makes of a contact: fields and custom attributes the request leaves out stay. */
const changed = (row: Row, input: Crud.Input, now: number): Row => ({
  ...row,
  ...written(input),
  custom_attributes: { ...Crud.fieldsOf(row["custom_attributes"]), ...Crud.fieldsOf(input["custom_attributes"]) },
  updated_at: now
})

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

// Contacts that were put away, by their ids.
const archivedIn = Function.memoize<Kind.Workspace, Map<string, Row>>(() => new Map())

/** The contact that stands in the way of another: with the same external id, or the same email and role. */
const conflicting = (workspace: Kind.Workspace, { email, external_id, id, role }: Row) => {
  const { contacts } = workspace.collections
  const holders = [
    typeof external_id === "string" ? contacts.by("external_id", external_id) : undefined,
    typeof email === "string" ? contacts.by("email", `${String(role)}:${email}`) : undefined
  ]
  const live = holders.find((holder) => holder !== undefined && holder.id !== id)
  if (live !== undefined) return { id: live.id, archived: false }
  const away = [...archivedIn(workspace).values()].find(
    (row) =>
      (typeof external_id === "string" && row["external_id"] === external_id) ||
      (typeof email === "string" && row["email"] === email && row["role"] === role)
  )
  return away === undefined ? undefined : { id: away.id, archived: true }
}

const conflict = ({ archived, id }: { readonly id: string; readonly archived: boolean }) =>
  ErrorList.respond(409, {
    code: "conflict",
    message: `${archived ? "An archived" : "A"} contact matching those details already exists with id=${id}`
  })

// So many companies a contact can have.
const mostCompanies = 1000

/** Which contacts were merged into which, by their ids. */
const mergesOf = Function.memoize<Kind.Workspace, Map<string, string>>(() => new Map())

/** The ids of the contacts that went up in one. */
export const mergedInto = (workspace: Kind.Workspace, id: string): ReadonlyArray<string> =>
  [...mergesOf(workspace)].flatMap(([from, into]) => (into === id ? [from, ...mergedInto(workspace, from)] : []))

/** Lets one contact go up in another, at a time in Unix milliseconds; false when either is not there. */
export const merge = (workspace: Kind.Workspace, from: string, into: string, at: number): boolean => {
  const { contacts, conversations, notes, tickets } = workspace.collections
  const gone = contacts.find(from)
  const kept = contacts.find(into)
  if (gone === undefined || kept === undefined || from === into) return false
  contacts.remove(from, at)
  mergesOf(workspace).set(from, into)
  // A company of both had two contacts, and has one.
  for (const before of [gone, kept]) recount(workspace, before, -1, at)
  const merged = Object.values(Lists.contact).reduce((row, list) => {
    const theirs = Crud.referencesOf(list, workspace, gone)
    const missing = theirs.flatMap(({ id }) => list.to(workspace).find(String(id)) ?? [])
    const all = missing.reduce(
      (references, target) => Crud.including(list, references, target),
      Crud.referencesOf(list, workspace, row)
    )
    return theirs.length === 0 ? row : Crud.relatedTo(list, workspace, row, all)
  }, kept)
  for (const { id } of Crud.referencesOf(Lists.contact.notes, workspace, gone)) {
    const note = notes.find(String(id))
    if (note !== undefined) notes.replace({ ...note, contact: { type: "contact", id: into } }, at)
  }
  for (const having of [conversations, tickets]) Crud.rerelate(Lists.contacts, workspace, having, [gone, kept], at)
  recount(workspace, merged, 1, at)
  return contacts.replace({ ...merged, updated_at: Math.floor(at / 1000) }, at)
}

/** The companies of a contact have so many contacts more. */
const recount = (workspace: Kind.Workspace, contact: Row, more: number, at: number) => {
  const { companies } = workspace.collections
  for (const { id } of Crud.referencesOf(Lists.contact.companies, workspace, contact)) {
    const company = companies.find(String(id))
    if (company !== undefined) companies.replace(withMore(company, more), at)
  }
}

const withMore = (company: Row, more: number): Row => ({
  ...company,
  user_count: Math.max(0, Number(company["user_count"]) + more)
})

/** What is gone with a contact. */
const forget = (workspace: Kind.Workspace, contact: Row, at: number) => {
  for (const { id } of Crud.referencesOf(Lists.contact.notes, workspace, contact)) {
    workspace.collections.notes.remove(String(id), at)
  }
}

const named = ({ external_id, id }: Row) => ({ type: "contact", id, external_id })

/** The segments a contact is in: which ones, the seed decides. */
const segmentsOf = ({ collections, world }: Kind.Workspace, { id }: Row) =>
  Listing.rows(collections.segments).filter(
    (segment) => Prng.hash(world.seed, Prng.saltOf(id), Prng.saltOf(segment.id)) % 3 === 0
  )

type Answer = ReturnType<typeof Crud.missing>

/** Answers with what becomes of a contact there is. */
const found = (
  { collection }: Kind.Here,
  id: string,
  run: (contact: Row, time: { readonly at: number; readonly now: number }) => Answer
): Answer => {
  const contact = collection.find(id)
  return contact === undefined ? Crud.missing(missing) : Effect.flatMap(Crud.time, (time) => run(contact, time))
}

/** Changes what a contact has in some lists; answers with the record that was attached or detached. */
const relate = (
  here: Kind.Here,
  contactId: string,
  id: string,
  lists: ReadonlyArray<readonly [list: Crud.Relation, change: "add" | "take"]>,
  then: (target: Row, more: number, at: number) => Row = (target) => target
): Answer =>
  found(here, contactId, (contact, { at }) => {
    const { collection, workspace } = here
    const target = lists[0]?.[0].to(workspace).find(id)
    if (target === undefined) return Crud.missing(lists[0]?.[0].missing)
    let [row, more] = [contact, 0]
    for (const [list, change] of lists) {
      const before = Crud.referencesOf(list, workspace, row)
      const after = change === "add" ? Crud.including(list, before, target) : Crud.excluding(before, target)
      if (list === Lists.contact.companies && after.length > mostCompanies) {
        return ErrorList.respond(400, {
          code: "contact_company_limit_exceeded",
          message: `A contact can have ${mostCompanies} companies`
        })
      }
      row = Crud.relatedTo(list, workspace, row, after)
      more += after.length - before.length
    }
    collection.replace(row, at)
    return Effect.succeed(Listing.value(then(target, more, at)))
  })

/** A company has so many contacts more. */
const counted =
  ({ workspace }: Kind.Here) =>
  (company: Row, more: number, at: number): Row => {
    const changed = withMore(company, more)
    if (more !== 0) workspace.collections.companies.replace(changed, at)
    return changed
  }

/** What is said of a contact there is not. */
export const missing = { message: "User Not Found" }

const digitsIn = (pattern: RegExp) => (value: string) => {
  const digits = pattern.exec(value)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** What a contact names. */
const owned = { owner_id: "admin" } as const

export const contacts = Kind.listed(Contacts, {
  count: 100,
  ids,
  generate,
  given,
  fresh: (row, workspace) =>
    Object.values(Lists.contact).reduce((row, list) => Crud.refreshed(list, workspace, row), row),
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
    create: Crud.referring(owned, ({ payload }, { collection, workspace }) =>
      Effect.flatMap(Crud.time, ({ at, now }) => {
        const row = make(Crud.present(payload), { workspace, id: collection.nextId(now), now })
        const existing = conflicting(workspace, row)
        if (existing !== undefined) return conflict(existing)
        collection.add(row, at)
        return Effect.succeed(Listing.value(row))
      })
    ),
    get: ({ params, request }, { collection, workspace }) => {
      const row = collection.find(params.contact_id)
      if (row !== undefined) return Effect.succeed(Listing.value(row))
      const into = mergesOf(workspace).get(params.contact_id)
      return into !== undefined && isFrom216(Crud.versionOf(request, { workspace }))
        ? Effect.map(
            ErrorList.respond(410, { code: "contact_merged", message: `This contact was merged into ${into}` }),
            HttpServerResponse.setHeader("link", `</contacts/${into}>; rel="successor-version"`)
          )
        : Crud.missing(missing)
    },
    getByExternalId: ({ params }, { collection }) => {
      const row = collection.by("external_id", params.external_id)
      return row?.["role"] === "user" ? Effect.succeed(Listing.value(row)) : Crud.missing(missing)
    },
    update: (call, here) => {
      const row = here.collection.find(call.params.contact_id)
      if (row === undefined) return Crud.missing(missing)
      const input = Crud.present(call.payload)
      if (row["role"] === "user" && input["role"] === "lead") {
        return ErrorList.respond(400, {
          code: "client_error",
          message: "Contact with user role can't be converted to a lead"
        })
      }
      const refusal = References.refusal(owned, input, here.workspace)
      if (refusal !== undefined) return refusal
      const existing = conflicting(here.workspace, { ...row, ...input, id: row.id })
      return existing === undefined ? Crud.update(changed)(call, here) : conflict(existing)
    },
    delete: ({ params: { contact_id } }, { collection, workspace }) =>
      Effect.flatMap(Crud.time, ({ at }) => {
        const row = collection.find(contact_id) ?? archivedIn(workspace).get(contact_id)
        if (row === undefined) return Crud.missing(missing)
        if (collection.remove(contact_id, at)) recount(workspace, row, -1, at)
        archivedIn(workspace).delete(contact_id)
        forget(workspace, row, at)
        return Effect.succeed(Listing.value({ ...named(row), deleted: true }))
      }),
    merge: ({ payload: { from, into } }, { collection, workspace }) =>
      Effect.flatMap(Crud.time, ({ at }) => {
        const lead = collection.find(from)
        const user = collection.find(into)
        if (lead === undefined || user === undefined) return Crud.missing(missing)
        if (lead["role"] !== "lead" || user["role"] !== "user") {
          return ErrorList.respond(400, { code: "bad_request", message: "Only a lead can be merged, into a user" })
        }
        merge(workspace, from, into, at)
        return Effect.succeed(Listing.value(collection.find(into)))
      }),
    archive: ({ params: { contact_id } }, { collection, workspace }) =>
      Effect.flatMap(Crud.time, ({ at }) => {
        const row = collection.find(contact_id) ?? archivedIn(workspace).get(contact_id)
        if (row === undefined) return Crud.missing(missing)
        if (collection.remove(contact_id, at)) recount(workspace, row, -1, at)
        archivedIn(workspace).set(contact_id, row)
        return Effect.succeed(Listing.value({ ...named(row), archived: true }))
      }),
    unarchive: ({ params: { contact_id } }, { collection, workspace }) =>
      Effect.flatMap(Crud.time, ({ at }) => {
        const away = archivedIn(workspace).get(contact_id)
        const row = away ?? collection.find(contact_id)
        if (row === undefined) return Crud.missing(missing)
        if (away !== undefined) {
          collection.add(away, at)
          recount(workspace, away, 1, at)
        }
        archivedIn(workspace).delete(contact_id)
        return Effect.succeed(Listing.value({ ...named(row), archived: false }))
      }),
    block: ({ params }, here) =>
      found(here, params.contact_id, (contact, { at }) => {
        Blocked.block(here.workspace, contact, at)
        return Effect.succeed(Listing.value({ ...named(contact), blocked: true }))
      }),
    search: Crud.search(),
    listCompanies: Crud.related(Lists.contact.companies),
    attachCompany: ({ params, payload }, here) =>
      relate(here, params.contact_id, payload.id, [[Lists.contact.companies, "add"]], counted(here)),
    detachCompany: ({ params }, here) =>
      relate(here, params.contact_id, params.company_id, [[Lists.contact.companies, "take"]], counted(here)),
    listNotes: Crud.related(Lists.contact.notes),
    createNote: ({ params, payload }, here) =>
      found(here, params.contact_id, (contact, { at, now }) => {
        const { collection, workspace } = here
        const { admins, notes } = workspace.collections
        // Without one, it is the token's.
        const author = payload.admin_id === undefined ? firstOf(admins) : admins.find(payload.admin_id)
        if (author === undefined) return Crud.missing({ message: "Admin not found", code: "admin_not_found" })
        const note = Notes.make(contact, author, payload.body, { workspace, id: notes.nextId(now), now })
        notes.add(note, at)
        const list = Lists.contact.notes
        const references = Crud.including(list, Crud.referencesOf(list, workspace, contact), note)
        collection.replace(Crud.relatedTo(list, workspace, contact, references), at)
        return Effect.succeed(Listing.value(note))
      }),
    listSegments: (call, here) =>
      found(here, call.params.contact_id, (contact) =>
        Crud.show({}, Collection.of(segmentsOf(here.workspace, contact)), call, here)
      ),
    listSubscriptions: (call, here) =>
      found(here, call.params.contact_id, (contact) => {
        const { collections } = here.workspace
        const types = [Lists.contact.optIns, Lists.contact.optOuts].flatMap((list) =>
          Crud.referencesOf(list, here.workspace, contact).flatMap(
            ({ id }) => collections.subscriptionTypes.find(String(id)) ?? []
          )
        )
        return Crud.show({}, Collection.of(types), call, here)
      }),
    attachSubscription: ({ params, payload }, here) => {
      const isIn = payload.consent_type === "opt_in"
      return relate(here, params.contact_id, payload.id, [
        [Lists.contact.optIns, isIn ? "add" : "take"],
        [Lists.contact.optOuts, isIn ? "take" : "add"]
      ])
    },
    detachSubscription: ({ params }, here) =>
      relate(here, params.contact_id, params.subscription_id, [
        [Lists.contact.optIns, "take"],
        [Lists.contact.optOuts, "take"]
      ]),
    listTags: Crud.related(Lists.contact.tags),
    attachTag: Crud.attach(Lists.contact.tags),
    detachTag: Crud.detach(Lists.contact.tags)
  }
})

const firstOf = (collection: Collection.Collection) => (collection.size() > 0 ? collection.at(0) : undefined)
