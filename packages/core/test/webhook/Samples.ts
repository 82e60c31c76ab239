/** Notifications as Intercom sends them, in the shapes that were seen of it, with made-up people. */
import type { Topic } from "@effect-intercom/core/webhook/Topic"

const contact = {
  type: "contact",
  id: "6961d0a4c1b2a3d4e5f60718",
  workspace_id: "ecahpwf5",
  external_id: null,
  role: "user",
  email: "zoe@example.com",
  phone: null,
  name: "Zoë",
  owner_id: null,
  has_hard_bounced: false,
  created_at: "2026-01-10T04:22:28.240+00:00",
  updated_at: "2026-01-10T04:22:28.251+00:00",
  signed_up_at: null,
  custom_attributes: { plan: "pro" },
  tags: { type: "list", data: [], url: "/contacts/6961d0a4c1b2a3d4e5f60718/tags", total_count: 0, has_more: false }
}

const company = {
  type: "company",
  id: "6961d0a4c1b2a3d4e5f60719",
  company_id: "acme",
  app_id: "ecahpwf5",
  name: "Acme",
  plan_id: null,
  plan: {},
  tag_ids: [],
  monthly_spend: 0,
  session_count: 0,
  user_count: 1,
  created_at: "2026-01-10T04:22:28.000+00:00",
  updated_at: "2026-01-10T04:22:28.000+00:00",
  custom_attributes: {}
}

const conversation = {
  type: "conversation",
  id: "215472831234567",
  created_at: 1_768_018_948,
  updated_at: 1_768_018_952,
  state: "open",
  open: true,
  read: false,
  priority: "not_priority",
  admin_assignee_id: null,
  team_assignee_id: "0",
  source: { type: "conversation", id: "2547283123", subject: "", body: "<p>Hello</p>" },
  contacts: { type: "contact.list", contacts: [{ type: "contact", id: contact.id, external_id: null }] },
  conversation_parts: {
    type: "conversation_part.list",
    conversation_parts: [
      {
        type: "conversation_part",
        id: "28474",
        part_type: "comment",
        body: "<p>Any news?</p>",
        created_at: 1_768_018_952
      }
    ],
    total_count: 1
  },
  statistics: {
    type: "conversation_statistics",
    first_contact_reply_at: "2026-01-10T04:22:28.000+00:00",
    count_reopens: 0
  }
}

const ticket = {
  type: "ticket",
  id: "215472831234568",
  ticket_id: "7",
  created_at: 1_768_018_948,
  updated_at: 1_768_018_952,
  admin_assignee_id: "0",
  team_assignee_id: "0",
  ticket_attributes: { _default_title_: "Help" },
  ticket_state: { type: "ticket_state", id: "1", category: "submitted" },
  ticket_type: { type: "ticket_type", id: "1", ticket_type_attributes: { type: "list", data: [] } }
}

/** An item of each shape. */
export const items: Readonly<Partial<Record<Topic, object>>> = {
  ping: { type: "ping", message: "something something interzen" },
  "admin.logged_in": { type: "admin", id: 814_860, name: "Ada", email: "ada@example.com" },
  "admin.activity_log_event.created": {
    type: "admin_activity_log_event",
    id: "6f1b0c5e-6c0f-4b3c-8f3e-1d2c3b4a5f60",
    performed_by: { type: "admin", id: "814860", email: "ada@example.com", ip: "127.0.0.1" },
    metadata: {},
    activity_type: "app_package_installation",
    activity_description: "Ada installed an app",
    created_at: 1_768_018_948
  },
  "article.deleted": {
    type: "article",
    id: "6871118",
    title: "Hello",
    state: "published",
    created_at: "2026-05-01T00:00:00Z"
  },
  "company.created": company,
  "company.deleted": { id: company.id, type: "company", deleted: true },
  "company.contact.attached": { company, contact },
  "contact.user.created": contact,
  "contact.merged": contact,
  "contact.archived": { id: contact.id, external_id: null, type: "contact", archived: true },
  "contact.unarchived": contact,
  "contact.deleted": { id: contact.id, external_id: null, type: "contact", deleted: true },
  "contact.user.tag.created": { type: "contact_tag", tag: { type: "tag", id: "7", name: "vip" }, contact },
  "contact.unsubscribed": {
    type: "contact_unsubscribe",
    contact,
    subscription_types: { type: "list", data: [{ type: "subscription", id: "25" }] },
    created_at: 1_768_018_948
  },
  "content_stat.email": {
    type: "content_stat.email",
    created_at: "2026-01-10T04:22:28.240+00:00",
    content_stat: { type: "content_stat", id: 77, content_id: 12, stat_type: "unheard_of" },
    contact
  },
  "conversation.user.replied": conversation,
  "conversation.deleted": { type: "conversation", conversation_id: "215472831234567" },
  "conversation.contact.attached": {
    conversation: { parts: [{ id: 28_474 }], options: {}, model: { id: 215_472_831_234_567 } },
    contact
  },
  "conversation_part.tag.created": { ...conversation, tags_added: { type: "tag.list", tags: [{ id: "7" }] } },
  "event.created": {
    type: "event",
    event_name: "invited-friend",
    id: "e1",
    intercom_user_id: contact.id,
    created_at: 1_560_000_000
  },
  "job.completed": { type: "job", id: "job_5ca1ab1e", status: "success" },
  "ticket.created": ticket,
  "ticket.contact.attached": {
    ticket: {
      id: 215_472_831_234_568,
      custom_attributes: { title: { value: "Help", type: "string" } },
      state: "submitted",
      ticket_type: "Bug"
    },
    contact
  },
  "visitor.signed_up": {
    type: "user",
    id: contact.id,
    user_id: "v1",
    pseudonym: "Lime Owl",
    location_data: { type: "location_data" },
    created_at: "2026-01-10T04:22:28.240+00:00"
  },
  "api.request.completed": {
    type: "api_request",
    request_id: "000abc",
    timestamp: "2026-05-01T00:00:00Z",
    request: { method: "GET", path: "/me", ip_address: "127.0.0.1", user_agent: "curl" },
    authentication: { type: "access_token" },
    response: { status: 200 },
    admin: { id: "814860" }
  }
}

/** A notification, as it is posted. */
export const notification = (topic: string, item: unknown, id: string | null = `notif_${topic}`) => ({
  type: "notification_event",
  app_id: "ecahpwf5",
  data: { type: "notification_event_data", item },
  links: {},
  id,
  topic,
  delivery_status: topic === "ping" ? null : "pending",
  delivery_attempts: 1,
  delivered_at: 0,
  first_sent_at: 1_768_018_953,
  created_at: 1_768_018_952,
  self: null
})

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
