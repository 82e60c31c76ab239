/**
 * The records a simulator starts with. Record `i` of a kind depends on the seed, the counts and `i` alone, so that a
 * million cost nothing until they are asked for. Ids carry their index: finding a record by id is making it.
 */
import * as Prng from "./Prng.ts"
import * as V from "./Vocabulary.ts"

/** How many records of each kind there are to begin with. */
export interface Counts {
  readonly contacts: number
  readonly companies: number
  readonly conversations: number
  readonly articles: number
  readonly segments: number
  readonly admins: number
  readonly newsItems: number
  readonly tags: number
  readonly teams: number
  /** For each contact. */
  readonly events: number
}

/** How many parts a conversation has, and how many of them it shows. */
export interface PartsOverride {
  readonly count: number
  readonly shown?: number | undefined
}

/** What every record depends on. */
export interface World {
  readonly seed: number
  readonly counts: Counts
  /** The workspace's, an IANA name. */
  readonly timezone: string
  /** Conversations with other parts than the seed gives them, by index. */
  readonly parts: { readonly [index: number]: PartsOverride }
}

/** When seeded records were created and last updated, in Unix seconds. */
export interface Times {
  readonly count: number
  /** Greater for each index. */
  readonly createdAt: (index: number) => number
  readonly updatedAt: (index: number) => number
  /** Greater for each index, as a number or, of one length, as a text. */
  readonly idOf: (index: number) => string
}

// One number for each kind of record, so that their draws differ.
const tags = { contact: 1, company: 2, conversation: 3, article: 4, segment: 5, admin: 6, news: 7, event: 8 }

const start = 1_600_000_000
const minute = 60
const day = 86_400

const hex = (value: number, length: number) => value.toString(16).padStart(length, "0")

const randomOf = ({ seed }: World, tag: number, index: number) => Prng.make(Prng.hash(seed, tag, index))

/** Ids of 24 hexadecimal digits: a time, the seed, the index. */
const objectId = ({ seed }: World, tag: number, createdAt: number, index: number) =>
  hex(createdAt, 8) + hex(Prng.hash(seed, tag), 8) + hex(index, 8)

const objectIndex = (id: string): number | undefined =>
  /^[0-9a-f]{24}$/.test(id) ? Number.parseInt(id.slice(16), 16) : undefined

/** Ids of decimal digits, growing with the index. */
const numericId = ({ seed }: World, tag: number, index: number) =>
  1_000_000 * (1 + (Prng.hash(seed, tag) % 900)) * 100 + index

const numericIndex =
  (tag: number) =>
  (world: World, id: string): number | undefined => {
    const index = /^\d{1,15}$/.test(id) ? Number(id) - numericId(world, tag, 0) : -1
    return index >= 0 ? index : undefined
  }

export const workspaceId = ({ seed }: World) => hex(Prng.hash(seed, 0), 8)

const firstTag = 7_000_000
const firstTeam = 5_017_691

export const tagIndex = (_: World, id: string) => offsetFrom(firstTag, id)

export const teamIndex = (_: World, id: string) => offsetFrom(firstTeam, id)

const offsetFrom = (first: number, id: string): number | undefined => {
  const index = /^\d{1,15}$/.test(id) ? Number(id) - first : -1
  return index >= 0 ? index : undefined
}

export const tag = (_: World, index: number) => ({
  type: "tag",
  id: String(firstTag + index),
  name: V.tagNames[index] ?? `${V.tagNames[index % V.tagNames.length]} ${index}`
})

/** The admins of a team are those who say so. */
export const team = (world: World, index: number) => ({
  type: "team",
  id: String(firstTeam + index),
  name: `${V.topics[index % V.topics.length]} ${index}`,
  admin_ids: Array.from({ length: world.counts.admins }, (_, position) => admin(world, position))
    .filter(({ team_ids }) => team_ids.includes(firstTeam + index))
    .map(({ id }) => Number(id)),
  admin_priority_level: { primary_admin_ids: [], secondary_admin_ids: [] },
  assignment_limit: null,
  distribution_method: index === 0 ? "round_robin" : null
})

const tagReference = (index: number) => ({
  id: String(firstTag + index),
  type: "tag",
  url: `/tags/${firstTag + index}`
})

/** When contact `index` was created: later with each index. */
const contactCreatedAt = (random: Prng.Prng, index: number) => start + index * minute + random.below(minute)

export const contactId = (world: World, index: number) =>
  objectId(world, tags.contact, contactCreatedAt(randomOf(world, tags.contact, index), index), index)

export const contactIndex = (_: World, id: string) => objectIndex(id)

/** The index in `user-00000042`. */
export const contactIndexOfExternalId = (externalId: string): number | undefined => {
  const digits = /^user-(\d{8,})$/.exec(externalId)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** The index in `ada.lovelace.42@example.com`. */
export const contactIndexOfEmail = (email: string): number | undefined => {
  const digits = /\.(\d+)@/.exec(email)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** The first draws of a contact, in order: all that its times need. */
const contactHead = (world: World, index: number) => {
  const random = randomOf(world, tags.contact, index)
  const created_at = contactCreatedAt(random, index)
  const lead = random.chance(0.2)
  const [given, plainGiven] = random.pick(V.givenNames)
  const [family, plainFamily] = random.pick(V.familyNames)
  const domain = random.pick(V.domains)
  const hasEmail = !(lead && random.chance(0.5))
  const place = random.pick(V.places)
  const updated_at = created_at + random.below(400 * day)
  return { random, created_at, updated_at, lead, given, plainGiven, family, plainFamily, domain, hasEmail, place }
}

/** The times of contacts, made without the rest of them. */
export const contactTimes = (world: World): Times => ({
  count: world.counts.contacts,
  createdAt: (index) => contactCreatedAt(randomOf(world, tags.contact, index), index),
  updatedAt: (index) => contactHead(world, index).updated_at,
  idOf: (index) => contactId(world, index)
})

/** One contact in five is a lead; half of the leads have no email, which the live API sends as null. */
export const contact = (world: World, index: number) => {
  const head = contactHead(world, index)
  const { created_at, domain, family, given, lead, plainFamily, plainGiven, random, updated_at } = head
  const id = objectId(world, tags.contact, created_at, index)
  const email = head.hasEmail ? `${plainGiven}.${plainFamily}.${index}@${domain}` : null
  const [country, region, city, country_code, continent_code] = head.place
  const mobile = random.next()
  const android = mobile < 0.15
  const ios = mobile > 0.85
  const later = (probability: number) => (random.chance(probability) ? created_at + random.below(300 * day) : null)
  const list = <A>(data: ReadonlyArray<A>, path: string) => ({
    type: "list",
    data,
    url: `/contacts/${id}/${path}`,
    total_count: data.length,
    has_more: false
  })
  const company = world.counts.companies > 0 && !lead ? random.below(world.counts.companies) : undefined
  const companyRef = company === undefined ? [] : [companyId(world, company)]
  const avatar = random.next()
  const image = `https://static.example.com/avatars/${hex(Prng.hash(world.seed, index), 8)}.png`

  return {
    type: "contact",
    id,
    workspace_id: workspaceId(world),
    external_id: lead ? null : `user-${String(index).padStart(8, "0")}`,
    role: lead ? "lead" : "user",
    email,
    email_domain: email === null ? null : domain,
    phone: random.chance(0.4) ? `+3531${String(1_000_000 + random.below(9_000_000))}` : null,
    name: lead && random.chance(0.4) ? null : `${given} ${family}`,
    // Documented as an object or null; some live contacts have the URL itself.
    avatar: avatar < 0.2 ? image : avatar < 0.6 ? { type: "avatar", image_url: image } : null,
    owner_id: world.counts.admins > 0 && random.chance(0.5) ? adminId(world, random.below(world.counts.admins)) : null,
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
    tags: list(drawTags(world, random, random.below(3)).map(tagReference), "tags"),
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

/** As many draws however many tags there are. */
const drawTags = ({ counts }: World, random: Prng.Prng, length: number): ReadonlyArray<number> => {
  const drawn = Array.from({ length }, () => random.below(counts.tags))
  return counts.tags > 0 ? drawn : []
}

const companyCreatedAt = (index: number) => start + index * 5 * minute

export const companyId = (world: World, index: number) => objectId(world, tags.company, companyCreatedAt(index), index)

export const companyIndex = (_: World, id: string) => objectIndex(id)

/** The index in `company-42`. */
export const companyIndexOfCompanyId = (companyId: string): number | undefined => {
  const digits = /^company-(\d+)$/.exec(companyId)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** `plan` is `{}` for a company without one; `size` and `industry` are missing when unset, as live. */
export const company = (world: World, index: number) => {
  const random = randomOf(world, tags.company, index)
  const created_at = companyCreatedAt(index)
  return {
    type: "company",
    id: companyId(world, index),
    company_id: `company-${index}`,
    app_id: workspaceId(world),
    name: `${random.pick(V.companyNames)} ${index}`,
    remote_created_at: created_at - day,
    created_at,
    updated_at: created_at + random.below(200 * day),
    last_request_at: random.chance(0.8) ? created_at + random.below(300 * day) : null,
    monthly_spend: random.below(5000),
    session_count: random.below(10_000),
    user_count: 1 + random.below(200),
    ...(random.chance(0.7) ? { size: 1 + random.below(5000) } : undefined),
    ...(random.chance(0.5) ? { website: `https://www.example.com/company/${index}` } : undefined),
    ...(random.chance(0.6) ? { industry: random.pick(V.industries) } : undefined),
    tags: {
      type: "tag.list",
      tags: random.chance(0.3) ? drawTags(world, random, 1).map((index) => tag(world, index)) : []
    },
    segments: { type: "segment.list", segments: [] },
    plan: random.chance(0.4) ? {} : { type: "plan", id: String(1 + random.below(9)), name: random.pick(V.plans) },
    custom_attributes: { tier: 1 + random.below(3), partner: random.chance(0.2), Ort: random.pick(V.places)[2] }
  }
}

export const conversationId = (world: World, index: number) => String(numericId(world, tags.conversation, index))

export const conversationIndex = numericIndex(tags.conversation)

const conversationCreatedAt = (random: Prng.Prng, index: number) =>
  start + index * 2 * minute + random.below(2 * minute)

/** The first draws of a conversation, in order: all that its times need. */
const conversationHead = (world: World, index: number) => {
  const random = randomOf(world, tags.conversation, index)
  const created_at = conversationCreatedAt(random, index)
  const contact = world.counts.contacts > 0 ? random.below(world.counts.contacts) : undefined
  const open = random.chance(0.4)
  const replied = random.chance(0.7)
  const updated_at = created_at + random.below(30 * day)
  return { random, created_at, updated_at, contact, open, replied }
}

/** The times of conversations, made without the rest of them. */
export const conversationTimes = (world: World): Times => ({
  count: world.counts.conversations,
  createdAt: (index) => conversationCreatedAt(randomOf(world, tags.conversation, index), index),
  updatedAt: (index) => conversationHead(world, index).updated_at,
  idOf: (index) => conversationId(world, index)
})

/** As `GET /conversations` lists it; {@link conversationParts} belong to it. */
export const conversation = (world: World, index: number) => {
  const { contact, created_at, open, random, replied, updated_at } = conversationHead(world, index)
  const id = conversationId(world, index)
  const author = contact === undefined ? undefined : personOf(world, contact)
  const admin = world.counts.admins > 0 ? adminId(world, random.below(world.counts.admins)) : undefined
  const reply = created_at + 30 + random.below(day)
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
    team_assignee_id: random.chance(0.2) && world.counts.teams > 0 ? firstTeam : null,
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

const partCount = (world: World, index: number) =>
  world.parts[index]?.count ?? Prng.hash(world.seed, tags.conversation, index, 1) % 5

// The live API shows the newest 500.
const mostParts = 500

const personOf = (world: World, index: number) => {
  const { email, external_id, id, name, role } = contact(world, index)
  return { type: role, id, name, email, external_id }
}

/** The parts only `GET /conversations/{id}` shows: the newest ones, and `total_count` is how many are shown. */
export const conversationParts = (world: World, index: number, createdAt: number) => {
  const count = partCount(world, index)
  const shown = Math.min(mostParts, count, world.parts[index]?.shown ?? count)
  const parts = Array.from({ length: shown }, (_, position) =>
    conversationPart(world, index, createdAt, count - shown + position)
  )
  return { type: "conversation_part.list", conversation_parts: parts, total_count: parts.length }
}

const conversationPart = (world: World, index: number, createdAt: number, part: number) => {
  const random = Prng.make(Prng.hash(world.seed, tags.conversation, index, 2 + part))
  const at = createdAt + (part + 1) * minute
  return {
    type: "conversation_part",
    id: partId(world, index, part),
    part_type: random.chance(0.2) ? "close" : "comment",
    body: random.chance(0.2) ? null : `<p>${random.pick(V.sentences)}</p>`,
    created_at: at,
    updated_at: at,
    notified_at: at,
    assigned_to: null,
    author: { type: "admin", id: String(adminId(world, 0)), name: "Support", email: "support@example.com" },
    attachments: [],
    external_id: null,
    redacted: false
  }
}

// Room for the five a conversation has at most by the seed; more of them are numbered far away from all of those.
const partId = (world: World, index: number, part: number) => {
  const number = numericId(world, tags.conversation, index)
  return part < 5 ? String(number * 5 + part) : `${number}${String(part).padStart(5, "0")}`
}

export const articleId = (world: World, index: number) => String(numericId(world, tags.article, index))

export const articleIndex = numericIndex(tags.article)

export const article = (world: World, index: number) => {
  const random = randomOf(world, tags.article, index)
  const created_at = start + index * 3600
  const id = articleId(world, index)
  const published = random.chance(0.8)
  const title = `${random.pick(V.topics)} ${index}`
  return {
    type: "article",
    id,
    workspace_id: workspaceId(world),
    title,
    description: random.chance(0.5) ? random.pick(V.sentences) : "",
    body: random.chance(0.1) ? "" : `<p class="no-margin">${random.pick(V.sentences)}</p>`,
    author_id: adminId(world, world.counts.admins > 0 ? random.below(world.counts.admins) : 0),
    state: published ? "published" : "draft",
    created_at,
    updated_at: created_at + (index % 60),
    url: published ? `https://help.example.com/en/articles/${id}-${index}` : null,
    parent_id: random.chance(0.5) ? 145 : null,
    parent_ids: [],
    parent_type: random.chance(0.5) ? "collection" : null,
    default_locale: "en",
    translated_content: null,
    tags: { type: "tag.list", tags: [] },
    statistics: {
      type: "article_statistics",
      views: random.below(10_000),
      conversions: random.below(100),
      reactions: random.below(500),
      happy_reaction_percentage: random.below(1000) / 10,
      neutral_reaction_percentage: 0,
      sad_reaction_percentage: 0
    }
  }
}

export const segmentIndex = (_: World, id: string) => objectIndex(id)

export const segment = (world: World, index: number) => {
  const random = randomOf(world, tags.segment, index)
  const created_at = start + index * day
  return {
    type: "segment",
    id: objectId(world, tags.segment, created_at, index),
    name: `${random.pick(V.segmentNames)} ${index}`,
    created_at,
    updated_at: created_at + random.below(day),
    person_type: "user"
  }
}

/** How many people a segment has; sent only when asked for. */
export const segmentSize = (world: World, index: number) => Prng.hash(world.seed, tags.segment, index) % 1000

/** Admins' ids are numbers in other records and text in their own. */
export const adminId = ({ seed }: World, index: number) =>
  1_000_000 + (Prng.hash(seed, tags.admin) % 9000) * 1000 + index

export const adminIndex = (world: World, id: string): number | undefined => {
  const index = /^\d{1,15}$/.test(id) ? Number(id) - adminId(world, 0) : -1
  return index >= 0 ? index : undefined
}

export const admin = (world: World, index: number) => {
  const random = randomOf(world, tags.admin, index)
  const [given, plainGiven] = random.pick(V.givenNames)
  const [family] = random.pick(V.familyNames)
  return {
    type: "admin",
    id: String(adminId(world, index)),
    name: `${given} ${family}`,
    email: `${plainGiven}.${index}@support.example.com`,
    job_title: random.chance(0.5) ? "Support engineer" : "",
    away_mode_enabled: random.chance(0.2),
    away_mode_reassign: false,
    away_status_reason_id: null,
    has_inbox_seat: random.chance(0.9),
    team_ids: random.chance(0.3) && world.counts.teams > 0 ? [firstTeam] : [],
    avatar: random.chance(0.5) ? `https://static.example.com/admins/${index}.png` : null,
    team_priority_level: { primary_team_ids: [], secondary_team_ids: [] }
  }
}

/** The workspace, as `GET /me` shows it. */
export const app = (world: World) => ({
  type: "app",
  id_code: workspaceId(world),
  name: "Simulated workspace",
  region: "US",
  timezone: world.timezone,
  created_at: start,
  secure: false,
  identity_verification: false
})

const newsItemId = (world: World, index: number) => String(numericId(world, tags.news, index))

export const newsItemIndex = numericIndex(tags.news)

export const newsItem = (world: World, index: number) => {
  const random = randomOf(world, tags.news, index)
  const created_at = start + index * day
  return {
    type: "news-item",
    id: newsItemId(world, index),
    workspace_id: workspaceId(world),
    title: `${random.pick(V.topics)} ${index}`,
    body: `<p>${random.pick(V.sentences)}</p>`,
    sender_id: adminId(world, world.counts.admins > 0 ? random.below(world.counts.admins) : 0),
    state: random.chance(0.7) ? "live" : "draft",
    newsfeed_assignments: random.chance(0.5) ? [{ newsfeed_id: 198_313, published_at: created_at + day }] : [],
    labels: random.chance(0.5) ? ["Product", "Größeres"] : [],
    cover_image_url: null,
    // The live API has nulls in here.
    reactions: random.chance(0.3) ? ["😆", null, "😭"] : [null, null, null, null],
    deliver_silently: random.chance(0.5),
    created_at,
    updated_at: created_at + random.below(day)
  }
}

/** The id of record `index`, which is added at `now` (Unix seconds) to those of the seed. */
export const nextId = (world: World, resource: Exclude<keyof Counts, "events">, index: number, now: number): string => {
  switch (resource) {
    case "contacts":
      return objectId(world, tags.contact, now, index)
    case "companies":
      return objectId(world, tags.company, now, index)
    case "segments":
      return objectId(world, tags.segment, now, index)
    case "conversations":
      return conversationId(world, index)
    case "articles":
      return articleId(world, index)
    case "newsItems":
      return newsItemId(world, index)
    case "tags":
      return tag(world, index).id
    case "teams":
      return String(firstTeam + index)
    case "admins":
      return String(adminId(world, index))
  }
}

/** Event `position` of a contact's, oldest first, at most one a second. */
export const event = (world: World, contactIndex: number, position: number) => {
  const random = Prng.make(Prng.hash(world.seed, tags.event, contactIndex, position))
  const { created_at, email, external_id, id } = contact(world, contactIndex)
  return {
    type: "event",
    event_name: random.pick(V.eventNames),
    created_at: created_at + position * 3600 + random.below(3600),
    ...(external_id === null ? undefined : { user_id: external_id }),
    id: hex(Prng.hash(world.seed, tags.event, contactIndex), 8) + hex(contactIndex, 8) + hex(position, 8),
    intercom_user_id: id,
    ...(email === null ? undefined : { email }),
    metadata: {
      invited: random.chance(0.5),
      order_number: String(random.below(100_000)),
      price: { amount: random.below(10_000), currency: "eur" }
    }
  }
}
