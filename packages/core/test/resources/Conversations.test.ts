import { ContactId } from "@effect-intercom/core/resources/Contacts"
import { ConversationId, Conversations } from "@effect-intercom/core/resources/Conversations"
import * as Search from "@effect-intercom/core/Search"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Scripted from "../Scripted.ts"
import { exchange, misfits, refusal, refuses, tolerates, unchecked, walk } from "./Exchange.ts"

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

describe("Conversations.list", () => {
  it.effect("asks GET /conversations, with what the query says", () =>
    Effect.gen(function* () {
      const body = {
        type: "conversation.list",
        conversations: [conversation(), conversation({ source: null, statistics: null, title: "" })],
        total_count: 2,
        pages: { type: "pages", page: 1, per_page: 150, total_pages: 1 }
      }
      const { sent, value } = yield* exchange(
        Conversations,
        (conversations) => conversations.list({ per_page: 150, starting_after: undefined }),
        Scripted.json(body)
      )
      assert.strictEqual(`${sent.method} ${sent.path}`, "GET /conversations?per_page=150")
      assert.deepStrictEqual<unknown>(value, body)
    })
  )

  it.effect("walks by cursor, to the page without one", () =>
    Effect.gen(function* () {
      const page = (id: string, next?: object) => ({
        type: "conversation.list",
        conversations: [conversation({ id })],
        pages: { type: "pages", ...(next === undefined ? undefined : { next }) }
      })
      const { ids, queries } = yield* walk(
        Conversations,
        (conversations) => conversations.list.items({ per_page: 1 }),
        page("1", { per_page: 1, starting_after: "WzE=" }),
        page("2")
      )
      assert.deepStrictEqual(ids, ["1", "2"])
      assert.deepStrictEqual(queries, [{ per_page: "1" }, { per_page: "1", starting_after: "WzE=" }])
    })
  )

  it.effect("refuses page sizes the API does not take", () =>
    Effect.forEach([0, 151], (per_page) =>
      refuses(Conversations, (conversations) => conversations.list({ per_page }), { path: "per_page" })
    )
  )

  it.effect("names the conversation that does not fit", () =>
    misfits(
      Conversations,
      (conversations) => conversations.list(),
      { type: "conversation.list", conversations: [conversation(), conversation({ id: 215 })] },
      "conversations[1].id"
    )
  )
})

describe("Conversations.get", () => {
  it.effect("asks for the conversation, as it is told", () =>
    Effect.gen(function* () {
      const plain = yield* exchange(
        Conversations,
        (conversations) => conversations.get(id),
        Scripted.json(conversation())
      )
      assert.strictEqual(`${plain.sent.method} ${plain.sent.path}`, "GET /conversations/215470590")
      assert.deepStrictEqual<unknown>(plain.value, conversation())
      const told = yield* exchange(
        Conversations,
        (conversations) => conversations.get(id, { display_as: "plaintext", include_translations: false }),
        Scripted.json(conversation())
      )
      assert.strictEqual(told.sent.path, "/conversations/215470590?display_as=plaintext&include_translations=false")
    })
  )

  it.effect("takes a conversation with nothing but type and id, and nulls elsewhere", () =>
    tolerates(
      Conversations,
      (conversations) => conversations.get(id),
      { type: "conversation", id },
      Object.keys(conversation()).slice(2)
    )
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

  it.effect("names the part that does not fit", () =>
    misfits(
      Conversations,
      (conversations) => conversations.get(id),
      conversation({
        id: 215470590,
        conversation_parts: { conversation_parts: [{ id: "1" }, { id: "2", created_at: "now" }] }
      }),
      "id",
      "conversation_parts.conversation_parts[1].created_at"
    )
  )

  it.effect("refuses input that does not fit", () =>
    Effect.gen(function* () {
      yield* refuses(Conversations, (conversations) => conversations.get(ConversationId.make("..")), {
        path: "conversation_id"
      })
      yield* refuses(Conversations, (conversations) => conversations.get(id, unchecked({ include_translations: 1 })), {
        path: "include_translations"
      })
    })
  )
})

describe("Conversations.create", () => {
  const from = { type: "user", id: contact } as const
  const message = (fields: object = {}) => ({
    type: "user_message",
    id: "403918330",
    created_at: 1_717_041_620,
    body: "Hello",
    message_type: "inapp",
    conversation_id: id,
    ...fields
  })

  it.effect("posts the first message, and answers with it rather than the conversation", () =>
    Effect.gen(function* () {
      const { sent, value } = yield* exchange(
        Conversations,
        (conversations) =>
          conversations.create({
            from,
            body: "Hello",
            subject: undefined,
            attachment_urls: ["https://x.example/a.png"]
          }),
        Scripted.json(message())
      )
      assert.strictEqual(`${sent.method} ${sent.path}`, "POST /conversations")
      assert.deepStrictEqual(sent.body, { from, body: "Hello", attachment_urls: ["https://x.example/a.png"] })
      assert.deepStrictEqual<unknown>(value, message())
      assert.strictEqual(value.conversation_id, id)
    })
  )

  it.effect("refuses a message without sender or text, and an eleventh attachment", () =>
    Effect.gen(function* () {
      yield* refuses(Conversations, (conversations) => conversations.create(unchecked({ from })), { path: "body" })
      yield* refuses(Conversations, (conversations) => conversations.create(unchecked({ body: "Hello" })), {
        path: "from"
      })
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

  it.effect("refuses an answer that does not tell the conversation", () =>
    Effect.gen(function* () {
      const create = (conversations: Conversations["Service"]) => conversations.create({ from, body: "Hello" })
      yield* misfits(Conversations, create, { ...message(), conversation_id: undefined }, "conversation_id")
      yield* misfits(Conversations, create, message({ id: 403918330, conversation_id: 1 }), "id", "conversation_id")
    })
  )

  it.effect("takes an answer with nothing but the ids", () =>
    tolerates(
      Conversations,
      (conversations) => conversations.create({ from, body: "Hello" }),
      { type: "user_message", id: "1", conversation_id: id },
      ["created_at", "body", "message_type", "subject", "owner"]
    )
  )

  it.effect("is never sent twice", () => {
    const server = Scripted.make([Scripted.status(503)])
    return Effect.gen(function* () {
      const error = yield* Effect.flip(
        Scripted.elapse(Conversations.use((conversations) => conversations.create({ from, body: "Hello" })))
      )
      assert.strictEqual(error.reason._tag, "ServerError")
      assert.lengthOf(server.sent, 1)
    }).pipe(Effect.provide(server.layer(Conversations.layer)))
  })

  it.effect("tells that there is no such contact", () =>
    Effect.gen(function* () {
      const { reason } = yield* refusal(
        Conversations,
        (conversations) => conversations.create({ from, body: "Hello" }),
        Scripted.errorList(404, { code: "not_found", message: "User Not Found" })
      )
      assert.strictEqual(reason._tag, "NotFound")
    })
  )
})

describe("Conversations.search", () => {
  const query = Search.conversation("state", "=", "open")

  it.effect("posts the query, the page and the order", () =>
    Effect.gen(function* () {
      const body = { type: "conversation.list", conversations: [conversation()], total_count: 1, pages: null }
      const request = {
        query,
        pagination: { per_page: 150, starting_after: "WzE=" },
        sort: { field: "updated_at", order: "ascending" }
      } as const
      const { sent, value } = yield* exchange(
        Conversations,
        (conversations) => conversations.search(request),
        Scripted.json(body)
      )
      assert.strictEqual(`${sent.method} ${sent.path}`, "POST /conversations/search")
      assert.deepStrictEqual<unknown>(sent.body, request)
      assert.deepStrictEqual<unknown>(value, body)
    })
  )

  it.effect("walks by cursor, to the page without one", () =>
    Effect.gen(function* () {
      const page = (id: string, next?: object) => ({
        type: "conversation.list",
        conversations: [conversation({ id })],
        pages: { type: "pages", ...(next === undefined ? undefined : { next }) }
      })
      const { ids } = yield* walk(
        Conversations,
        (conversations) => conversations.search.items({ query }),
        page("1", { page: 2, starting_after: "WzE=" }),
        page("2")
      )
      assert.deepStrictEqual(ids, ["1", "2"])
    })
  )

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

  it.effect("names the conversation that does not fit", () =>
    misfits(
      Conversations,
      (conversations) => conversations.search({ query }),
      { conversations: [conversation(), conversation({ id: 7 })] },
      "conversations[1].id"
    )
  )
})
