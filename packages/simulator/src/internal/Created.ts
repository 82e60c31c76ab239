/** Records as the API makes them from requests: every field there, null where the request did not say. */
import type { Row } from "./Collection.ts"
import * as Seed from "./Seed.ts"
import type { Store } from "./Store.ts"

/** A request's body, decoded. */
export interface Input {
  readonly [field: string]: unknown
}

const list = (path: string) => ({ type: "list", data: [], url: path, total_count: 0, has_more: false })

export const contact = (store: Store, input: Input, now: number): Row => {
  const { avatar, custom_attributes, email, role, unsubscribed_from_emails, ...rest } = input
  const id = store.nextId("contacts", now)
  return {
    type: "contact",
    id,
    workspace_id: Seed.workspaceId(store.world),
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
    tags: list(`/contacts/${id}/tags`),
    notes: list(`/contacts/${id}/notes`),
    companies: list(`/contacts/${id}/companies`),
    ...present(rest)
  }
}

/** A new company, or what an update makes of `previous`: fields the request leaves out stay. */
export const company = (store: Store, input: Input, now: number, previous?: Row): Row => {
  const { custom_attributes, plan, ...rest } = input
  const before = previous ?? {
    type: "company",
    id: store.nextId("companies", now),
    company_id: input["company_id"],
    app_id: Seed.workspaceId(store.world),
    name: null,
    remote_created_at: null,
    created_at: now,
    last_request_at: null,
    monthly_spend: 0,
    session_count: 0,
    user_count: 0,
    tags: { type: "tag.list", tags: [] },
    segments: { type: "segment.list", segments: [] },
    plan: {}
  }
  return {
    ...before,
    ...present(rest),
    updated_at: now,
    ...(typeof plan === "string" ? { plan: { type: "plan", id: String(store.nextNumber()), name: plan } } : undefined),
    // The attributes a request names change, the others stay.
    custom_attributes: { ...asObject(previous?.["custom_attributes"]), ...asObject(custom_attributes) }
  }
}

/** A conversation a contact starts. */
export const conversation = (store: Store, contact: Row, input: Input, now: number): Row => {
  const at = typeof input["created_at"] === "number" ? input["created_at"] : now
  const attachments = Array.isArray(input["attachment_urls"]) ? input["attachment_urls"] : []
  return {
    type: "conversation",
    id: store.nextId("conversations", now),
    created_at: at,
    updated_at: at,
    waiting_since: at,
    snoozed_until: null,
    source: {
      type: "conversation",
      id: String(store.nextNumber()),
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
export const conversationMessage = (conversation: Row) => {
  const source = asObject(conversation["source"])
  return {
    type: "user_message",
    id: source["id"],
    created_at: conversation["created_at"],
    body: source["body"],
    message_type: "inapp",
    conversation_id: conversation.id
  }
}

/** A message from an admin. */
export const message = (store: Store, input: Input, now: number) => {
  const email = input["message_type"] === "email"
  return {
    type: "admin_message",
    id: String(store.nextNumber()),
    created_at: input["created_at"] ?? now,
    ...(email ? { subject: input["subject"] } : undefined),
    body: input["body"],
    message_type: email ? "email" : "inapp",
    owner: { type: "admin", id: String(asObject(input["from"])["id"]) }
  }
}

export const article = (store: Store, input: Input, now: number): Row => {
  const id = store.nextId("articles", now)
  const published = input["state"] === "published"
  return {
    type: "article",
    id,
    workspace_id: Seed.workspaceId(store.world),
    title: input["title"],
    description: input["description"] ?? "",
    body: input["body"] ?? "",
    author_id: input["author_id"],
    state: published ? "published" : "draft",
    created_at: now,
    updated_at: now,
    url: published ? `https://help.example.com/en/articles/${id}` : null,
    parent_id: input["parent_id"] ?? null,
    parent_ids: input["parent_id"] === undefined ? [] : [input["parent_id"]],
    parent_type: input["parent_type"] ?? null,
    default_locale: "en",
    translated_content: input["translated_content"] ?? null,
    statistics: {
      type: "article_statistics",
      views: 0,
      conversions: 0,
      reactions: 0,
      happy_reaction_percentage: 0,
      neutral_reaction_percentage: 0,
      sad_reaction_percentage: 0
    }
  }
}

export const newsItem = (store: Store, input: Input, now: number): Row => ({
  type: "news-item",
  id: store.nextId("newsItems", now),
  workspace_id: Seed.workspaceId(store.world),
  body: "",
  state: "draft",
  newsfeed_assignments: [],
  labels: [],
  cover_image_url: null,
  reactions: [],
  deliver_silently: false,
  created_at: now,
  updated_at: now,
  ...present(input)
})

export const event = (store: Store, contact: Row, input: Input): Row => ({
  type: "event",
  event_name: input["event_name"],
  created_at: input["created_at"],
  ...(typeof contact["external_id"] === "string" ? { user_id: contact["external_id"] } : undefined),
  id: `event-${store.nextNumber()}`,
  intercom_user_id: contact.id,
  ...(typeof contact["email"] === "string" ? { email: contact["email"] } : undefined),
  metadata: input["metadata"] ?? {}
})

const present = (input: Input): Input =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))

const asObject = (value: unknown): Input =>
  // Checked by the request's schema, or made above.
  typeof value === "object" && value !== null ? (value as Input) : {}
