import { AdminId } from "@effect-intercom/core/resources/Admins"
import { ContactId } from "@effect-intercom/core/resources/Contacts"
import { ConversationId, Conversations } from "@effect-intercom/core/resources/Conversations"
import * as Search from "@effect-intercom/core/Search"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Scripted from "../Scripted.ts"
import { exchange, refuses, unchecked } from "./Exchange.ts"

const id = ConversationId.make("215470590")
const contact = ContactId.make("6657add46abd0167d9419cd2")

// What was seen live and no document says: null figures, a number for an admin, `admins` for `teammates`, booleans.
const conversation = (fields: object = {}) => ({
  type: "conversation",
  id,
  title: null,
  created_at: 1_717_041_620,
  updated_at: 1_717_041_700,
  waiting_since: null,
  snoozed_until: null,
  open: true,
  state: "open",
  read: false,
  priority: "not_priority",
  admin_assignee_id: null,
  team_assignee_id: 814865,
  company: { type: "company", company_id: "acme-1" },
  tags: {
    type: "tag.list",
    tags: [
      { type: "tag", id: "8", name: "VIP", applied_at: 1_717_041_650, applied_by: { type: "admin", id: "493881" } }
    ]
  },
  conversation_rating: {
    rating: 5,
    remark: "",
    created_at: 1_717_041_690,
    contact: { type: "contact", id: contact, external_id: null },
    teammate: { type: "admin", id: 493881 }
  },
  source: {
    type: "conversation",
    id: "403918320",
    delivered_as: "customer_initiated",
    subject: "",
    body: "<p>Hi</p>",
    author: { type: "user", id: contact, name: null, email: "zoe@example.com" },
    attachments: [
      { type: "upload", name: "a.png", url: "https://x.example/a.png", content_type: "image/png", filesize: 12 }
    ],
    url: null,
    redacted: false
  },
  contacts: { type: "contact.list", contacts: [{ type: "contact", id: contact, external_id: null }] },
  teammates: { type: "admin.list", admins: [{ type: "admin", id: "493881" }] },
  custom_attributes: { "AI issue": "billing", escalated: false, score: 4 },
  first_contact_reply: { created_at: 1_717_041_620, type: "conversation", url: null },
  sla_applied: { type: "conversation_sla_summary", sla_name: "Gold", sla_status: "hit" },
  statistics: {
    type: "conversation_statistics",
    time_to_assignment: null,
    time_to_admin_reply: null,
    median_time_to_reply: null,
    first_contact_reply_at: 1_717_041_620,
    first_admin_reply_at: null,
    last_closed_by_id: 493881,
    count_reopens: 0,
    count_conversation_parts: 2,
    assigned_team_first_response_time: [{ team_id: 814865, team_name: "Support", response_time: 12 }],
    adjusted_handling_time: null
  },
  conversation_parts: {
    type: "conversation_part.list",
    conversation_parts: [
      {
        type: "conversation_part",
        id: 141,
        part_type: "comment",
        body: null,
        created_at: 1_717_041_630,
        notified_at: 1_717_041_630,
        assigned_to: { type: "admin", id: null },
        author: { type: "bot", id: "278", name: "Fin", from_ai_agent: true, is_ai_answer: true },
        attachments: [],
        external_id: null,
        redacted: false,
        metadata: { quick_reply_options: [{ text: "Yes", uuid: "1", translations: null }] },
        tags: null,
        app_package_code: null
      },
      {
        type: "conversation_part",
        id: "142",
        part_type: "conversation_attribute_updated_by_admin",
        event_details: { attribute: { name: "plan" }, value: { name: "pro", previous: null } },
        email_message_metadata: {
          subject: "Re: Hi",
          email_address_headers: [{ type: "to", email_address: "a@example.com", name: null }],
          message_id: null
        }
      }
    ],
    total_count: 2
  },
  linked_objects: {
    type: "list",
    total_count: 1,
    has_more: false,
    data: [{ type: "ticket", id: "7", category: null }]
  },
  ai_agent_participated: true,
  ai_agent: {
    source_type: "workflow",
    source_title: null,
    last_answer_type: null,
    resolution_state: "assumed_resolution",
    rating: null,
    content_sources: {
      type: "content_source.list",
      total_count: 1,
      content_sources: [{ content_type: "article", title: "A" }]
    }
  },
  topics: { type: "topic.list", topics: [], total_count: 0 },
  ...fields
})

describe("Conversations.get", () => {
  it.effect("takes what is seen live", () =>
    Effect.gen(function* () {
      const { value } = yield* exchange(
        Conversations,
        (conversations) => conversations.get(id),
        Scripted.json(conversation())
      )
      assert.deepStrictEqual<unknown>(value, conversation())
    })
  )

  it.effect("takes null for every figure, and every known kind of the rest", () =>
    Effect.gen(function* () {
      const nulls = (value: object) => Object.fromEntries(Object.keys(value).map((key) => [key, null]))
      const { ai_agent, conversation_parts, source, statistics } = conversation()
      const [part] = conversation_parts.conversation_parts
      assert.isDefined(part)
      const body = conversation({
        statistics: nulls(statistics),
        source: nulls(source),
        ai_agent: nulls(ai_agent),
        conversation_parts: { conversation_parts: [nulls(part)] },
        teammates: { teammates: [{ type: "admin", id: 1 }] },
        priority: "urgent",
        admin_assignee_id: "493881"
      })
      const { value } = yield* exchange(Conversations, (conversations) => conversations.get(id), Scripted.json(body))
      assert.deepStrictEqual<unknown>(value, body)
    })
  )
})

describe("Conversations.create", () => {
  const from = { type: "user", id: contact } as const

  it.effect("answers with the first message rather than the conversation", () =>
    Effect.gen(function* () {
      const message = { type: "user_message", id: "403918330", conversation_id: id }
      const { sent, value } = yield* exchange(
        Conversations,
        (conversations) => conversations.create({ from, body: "Hello", attachment_urls: ["https://x.example/a.png"] }),
        Scripted.json(message)
      )
      assert.deepStrictEqual(sent.body, { from, body: "Hello", attachment_urls: ["https://x.example/a.png"] })
      assert.deepStrictEqual<unknown>(value, message)
    })
  )

  it.effect("refuses a sender of no kind, and an eleventh attachment", () =>
    Effect.gen(function* () {
      yield* refuses(
        Conversations,
        (conversations) => conversations.create({ from: unchecked({ id: contact }), body: "Hello" }),
        { path: "from.type" }
      )
      yield* refuses(
        Conversations,
        (conversations) =>
          conversations.create({ from, body: "Hello", attachment_urls: Array.from({ length: 11 }, () => "x") }),
        { path: "attachment_urls" }
      )
    })
  )
})

describe("replies and what is managed", () => {
  const answer = Scripted.json(conversation())

  it.effect("say by themselves what they are", () =>
    Effect.gen(function* () {
      const by = { admin_id: AdminId.make("1") }
      const replied = yield* exchange(
        Conversations,
        (_) => _.replyAsContact(id, { email: "a@b.c", body: "Hi" }),
        answer
      )
      assert.deepStrictEqual(replied.sent.body, { type: "user", message_type: "comment", email: "a@b.c", body: "Hi" })
      const closed = yield* exchange(Conversations, (_) => _.close(id, by), answer)
      assert.deepStrictEqual(closed.sent.body, { type: "admin", message_type: "close", ...by })
      const assigned = yield* exchange(
        Conversations,
        (_) => _.assign(id, { ...by, type: "team", assignee_id: "0" }),
        answer
      )
      assert.deepStrictEqual(assigned.sent.body, { message_type: "assignment", type: "team", ...by, assignee_id: "0" })
    })
  )

  it.effect("name a contact in exactly one way", () =>
    Effect.gen(function* () {
      for (const who of [{}, { intercom_user_id: contact, email: "a@b.c" }]) {
        yield* refuses(Conversations, (_) => _.replyAsContact(id, { ...who, body: "Hi" }), {})
        yield* refuses(Conversations, (_) => _.attachContact(id, { customer: who }), { path: "customer" })
      }
    })
  )
})

describe("Conversations.search", () => {
  const query = Search.conversation("state", "=", "open")

  it.effect("refuses page sizes and orders the API does not take", () =>
    Effect.gen(function* () {
      yield* refuses(Conversations, (conversations) => conversations.search({ query, pagination: { per_page: 151 } }), {
        path: "pagination.per_page"
      })
      const sort = { field: "created_at", order: "asc" }
      yield* refuses(Conversations, (conversations) => conversations.search(unchecked({ query, sort })), {
        path: "sort.order"
      })
    })
  )
})
