/** Conversations as the API sends them, made from a number alone. */
import { idOf } from "./Contacts.ts"

/** Digits, as live ids are. */
export const conversationIdOf = (n: number): string => String(215_000_000_000_000 + n)

/** One to twenty-four parts. */
export const partsOf = (n: number): number => 1 + ((n * 7) % 24)

const author = (n: number, part: number) =>
  part % 2 === 0
    ? { type: "user", id: idOf(n), name: "Zoë Lindqvist", email: `person.${n}@example-${n % 997}.com` }
    : { type: "admin", id: String(5_017_690 + (n % 20)), name: "Liam O'Brien", email: "liam@example.com" }

const text = (n: number, part: number): string =>
  `<p>${"Thank you for writing – we looked into it and “found” the cause. ".repeat(1 + ((n + part) % 4))}</p>`

const part = (n: number, index: number, created: number) => ({
  type: "conversation_part",
  id: String(n * 100 + index),
  part_type: index % 6 === 5 ? "assignment" : "comment",
  body: index % 6 === 5 ? null : text(n, index),
  created_at: created + index * 600,
  updated_at: created + index * 600,
  notified_at: created + index * 600,
  assigned_to: index % 6 === 5 ? { type: "admin", id: String(5_017_690 + (n % 20)) } : null,
  author: { ...author(n, index), from_ai_agent: false, is_ai_answer: false },
  attachments: [],
  external_id: null,
  redacted: false,
  email_message_metadata: null,
  metadata: null,
  state: "open",
  tags: [],
  event_details: null,
  app_package_code: null
})

/** A conversation as listings have it: about 2 kB, without parts. */
export const listed = (n: number, created: number) => {
  const changed = created + partsOf(n) * 600
  return {
    type: "conversation",
    id: conversationIdOf(n),
    title: n % 3 === 0 ? null : `Order ${n}`,
    created_at: created,
    updated_at: changed,
    waiting_since: null,
    snoozed_until: null,
    open: n % 4 === 0,
    state: n % 4 === 0 ? "open" : "closed",
    read: true,
    priority: "not_priority",
    admin_assignee_id: 5_017_690 + (n % 20),
    team_assignee_id: null,
    company: null,
    tags: {
      type: "tag.list",
      tags:
        n % 2 === 0
          ? [
              {
                type: "tag",
                id: String(n % 40),
                name: `tag ${n % 40}`,
                applied_at: changed,
                applied_by: { type: "admin", id: "5017690" }
              }
            ]
          : []
    },
    conversation_rating: null,
    source: {
      type: "conversation",
      id: String(n * 100),
      delivered_as: "customer_initiated",
      subject: "",
      body: text(n, 0),
      author: author(n, 0),
      attachments: [],
      url: "https://example.com/pricing",
      redacted: false
    },
    contacts: { type: "contact.list", contacts: [{ type: "contact", id: idOf(n), external_id: `user-${n}` }] },
    teammates: { type: "admin.list", admins: [{ type: "admin", id: String(5_017_690 + (n % 20)) }] },
    custom_attributes: { plan: "pro", urgent: n % 5 === 0, "Created by": 5_017_690 },
    first_contact_reply: { created_at: created, type: "conversation", url: "https://example.com/pricing" },
    sla_applied: null,
    statistics: {
      type: "conversation_statistics",
      time_to_assignment: 0,
      time_to_admin_reply: 600,
      time_to_first_close: null,
      time_to_last_close: null,
      median_time_to_reply: 600,
      first_contact_reply_at: created,
      first_assignment_at: null,
      first_admin_reply_at: created + 600,
      first_close_at: null,
      last_assignment_at: null,
      last_assignment_admin_reply_at: null,
      last_contact_reply_at: changed,
      last_admin_reply_at: changed,
      last_close_at: null,
      last_closed_by_id: null,
      count_reopens: 0,
      count_assignments: 0,
      count_conversation_parts: partsOf(n)
    },
    linked_objects: { type: "list", data: [], total_count: 0, has_more: false },
    ai_agent_participated: false,
    ai_agent: null
  }
}

/** A conversation as asked for by itself: with its parts, about 10 kB. */
export const conversation = (n: number, created: number) => ({
  ...listed(n, created),
  conversation_parts: {
    type: "conversation_part.list",
    conversation_parts: Array.from({ length: partsOf(n) }, (_, index) => part(n, index, created)),
    total_count: partsOf(n)
  }
})
