/** Notifications of what happens in a workspace. */
import { Contacts, Webhook } from "@effect-intercom/core"
import { Notifications, Simulator } from "@effect-intercom/simulator"
import { assert, describe, it } from "@effect/vitest"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { createHmac } from "node:crypto"
import { inProcess, raw } from "./Client.ts"
import * as Topics from "@effect-intercom/simulator/Topics"

/** An endpoint that answers with these statuses, then with 200; 0 is no answer. */
const endpoint = (...statuses: ReadonlyArray<number>) => {
  const answers = [...statuses]
  const events: Array<Webhook.Event> = []
  const client = HttpClient.make((request) =>
    Effect.gen(function* () {
      if (request.method === "HEAD") return 200
      assert(request.body._tag === "Uint8Array")
      const signature = createHmac("sha1", "simulator-secret").update(request.body.body).digest("hex")
      assert.strictEqual(request.headers["x-hub-signature"], `sha1=${signature}`)
      events.push(yield* Webhook.decode(request.body.body))
      const status = answers.shift() ?? 200
      return status === 0 ? yield* Effect.never : status
    }).pipe(
      Effect.orDie,
      Effect.map((status) => HttpClientResponse.fromWeb(request, new Response(null, { status })))
    )
  )
  const notify = (options: Partial<Notifications.Options> = {}) =>
    Effect.provideService(
      Simulator.use(({ notify }) => notify({ url: "http://app.test/", ...options })),
      HttpClient.HttpClient,
      client
    )
  return { events, notify, topics: () => events.map(({ _tag }) => _tag) }
}

const create = (email: string) => Contacts.use((contacts) => contacts.create({ email, role: "user" }))

/** Lets what is forked run. */
const soon = Effect.repeat(Effect.yieldNow, { times: 100 })

/** Lets time pass, and what happens then. */
const pass = (duration: Duration.Input) => Effect.andThen(TestClock.adjust(duration), soon)

describe("notifications", () => {
  it.effect("follow from what is done through the API, signed, with an id and a time", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_768_018_948_240)
      const { events, notify } = endpoint()
      yield* create("before@example.com")
      yield* notify()
      const contact = yield* create("zoe@example.com")
      yield* soon
      const [event, ...others] = events
      assert(event?._tag === "contact.user.created", event?._tag)
      assert.lengthOf(others, 0)
      assert.strictEqual(event.item.id, contact.id)
      assert.strictEqual(event.item.created_at, "2026-01-10T04:22:28.000+00:00")
      assert.match(String(event.notification.id), /^notif_[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/)
      assert.strictEqual(event.notification.created_at, 1_768_018_948)
      assert.strictEqual(event.notification.app_id, contact["workspace_id"])
    }).pipe(Effect.provide(inProcess()))
  )

  it.effect("follow from what a test does to the workspace, and end with the scope", () =>
    Effect.gen(function* () {
      const { insert, mergeContacts, remove, update } = yield* Simulator
      const { topics, notify } = endpoint()
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* notify({
            topics: ["contact.lead.created", "contact.user.updated", "contact.merged", "contact.deleted"]
          })
          yield* insert("contacts", { type: "contact", id: "a", role: "lead" })
          yield* insert("contacts", { type: "contact", id: "b", role: "user" })
          yield* update("contacts", "b", { name: "Zoë" })
          yield* mergeContacts("a", "b")
          yield* remove("contacts", "b")
          yield* remove("articles", "nothing").pipe(Effect.flip)
          yield* soon
        })
      )
      yield* insert("contacts", { type: "contact", id: "c", role: "lead" })
      yield* soon
      assert.deepStrictEqual(topics(), [
        "contact.lead.created",
        "contact.user.updated",
        "contact.merged",
        "contact.deleted"
      ])
    }).pipe(Effect.provide(inProcess()))
  )

  it.effect("tell of a request that was refused nothing, and of an event what was sent", () =>
    Effect.gen(function* () {
      const { events, notify } = endpoint()
      const { id } = yield* create("zoe@example.com")
      yield* notify()
      assert.strictEqual(
        (yield* raw("POST", "/contacts", { body: `{"email":"zoe@example.com","role":"user"}` })).status,
        409
      )
      const submitted = { event_name: "ordered", created_at: 1_768_018_948, id }
      assert.strictEqual((yield* raw("POST", "/events", { body: JSON.stringify(submitted) })).status, 202)
      yield* soon
      assert.deepStrictEqual<unknown>(
        events.map(({ _tag, item }) => [_tag, item]),
        [["event.created", { type: "event", ...submitted }]]
      )
    }).pipe(Effect.provide(inProcess()))
  )

  it.effect("follow from what becomes of a conversation, of a contact and of a ticket", () =>
    Effect.gen(function* () {
      const { events, notify, topics } = endpoint()
      const post = (path: string, body: object = {}) =>
        Effect.map(raw("POST", path, { body: JSON.stringify(body) }), ({ body, status }) => {
          assert.isBelow(status, 300, `${path}: ${JSON.stringify(body)}`)
          return body as { readonly id: string; readonly conversation_id: string }
        })
      const { admins } = (yield* raw("GET", "/admins")).body as {
        readonly admins: ReadonlyArray<{ readonly id: string }>
      }
      const admin_id = admins[0]?.id ?? assert.fail()
      const { id } = yield* create("zoe@example.com")
      const lead = yield* post("/contacts", { role: "lead", email: "lead@example.com" })
      const { id: tag } = yield* post("/tags", { name: "urgent" })
      const { conversation_id } = yield* post("/conversations", { from: { type: "user", id }, body: "Hello" })
      const types = (yield* raw("GET", "/ticket_types")).body as {
        readonly data: ReadonlyArray<{ readonly id: string }>
      }
      yield* notify()
      const parts = `/conversations/${conversation_id}/parts`
      const reply = `/conversations/${conversation_id}/reply`
      const asAdmin = { type: "admin", admin_id }
      yield* post(reply, { type: "user", message_type: "comment", intercom_user_id: id, body: "Anybody?" })
      yield* post(reply, { ...asAdmin, message_type: "note", body: "I look" })
      yield* post(`/conversations/${conversation_id}/tags`, { id: tag, admin_id })
      yield* post(parts, { ...asAdmin, message_type: "close" })
      yield* post(`/contacts/${id}/tags`, { id: tag })
      yield* post(`/contacts/${id}/archive`)
      yield* post(`/contacts/${id}/unarchive`)
      yield* post("/contacts/merge", { from: lead.id, into: id })
      const ticket = yield* post("/tickets", { ticket_type_id: types.data[0]?.id, contacts: [{ id }] })
      yield* post(`/tickets/${ticket.id}/reply`, { ...asAdmin, message_type: "comment", body: "Done" })
      yield* soon
      assert.deepStrictEqual<unknown>(topics(), [
        "conversation.user.replied",
        "conversation.admin.noted",
        "conversation_part.tag.created",
        "conversation.admin.closed",
        "contact.user.tag.created",
        "contact.archived",
        "contact.unarchived",
        "contact.merged",
        "ticket.created",
        "ticket.admin.replied"
      ])
      const [replied] = events
      assert(replied?._tag === "conversation.user.replied")
      assert.strictEqual(replied.item.conversation_parts?.conversation_parts?.[0]?.body, "<p>Anybody?</p>")
    }).pipe(Effect.provide(inProcess()))
  )

  it.effect("are sent once more after a minute when the endpoint fails or is silent, and then given up", () =>
    Effect.gen(function* () {
      const { events, notify } = endpoint(500, 200, 404, 0)
      const { stats } = yield* notify()
      yield* create("first@example.com")
      yield* pass("59 seconds")
      assert.lengthOf(events, 1)
      yield* pass("1 second")
      const [first, second] = events.map(({ notification }) => notification)
      assert.strictEqual(second?.id, first?.id)
      assert.deepStrictEqual([first?.delivery_attempts, second?.delivery_attempts], [1, 2])
      assert.strictEqual(second?.delivery_status, "retry")
      yield* create("second@example.com")
      yield* pass("1 minute")
      assert.deepStrictEqual(yield* stats, { sent: 4, taken: 1, lost: 0 })
      yield* pass("5 seconds")
      yield* pass("1 hour")
      assert.deepStrictEqual(yield* stats, { sent: 4, taken: 1, lost: 1 })
    }).pipe(Effect.provide(inProcess()))
  )

  it.effect("are throttled by 429 for two hours, and stopped by 410", () =>
    Effect.gen(function* () {
      const { events, notify } = endpoint(429, 429, 200, ...Array.from({ length: 7 }, () => 429), 410)
      const { stats } = yield* notify()
      yield* create("throttled@example.com")
      yield* pass("1 minute")
      assert.lengthOf(events, 2)
      yield* pass("2 minutes")
      assert.deepStrictEqual(yield* stats, { sent: 3, taken: 1, lost: 0 })
      yield* create("dropped@example.com")
      yield* pass("3 hours")
      assert.deepStrictEqual(yield* stats, { sent: 10, taken: 1, lost: 1 })
      yield* create("gone@example.com")
      yield* soon
      yield* create("unheard@example.com")
      yield* pass("1 hour")
      assert.deepStrictEqual(yield* stats, { sent: 11, taken: 1, lost: 3 })
    }).pipe(Effect.provide(inProcess()))
  )

  it.effect("are lost for 15 minutes after a thousand errors in a row", () =>
    Effect.gen(function* () {
      const { insert } = yield* Simulator
      const { notify } = endpoint(...Array.from({ length: 1000 }, () => 500))
      const { stats } = yield* notify()
      const say = (id: number) => insert("contacts", { type: "contact", id: String(id), role: "user" })
      // All of them take as many turns as one, if they have them at the same time.
      for (let id = 0; id < 500; id++) yield* say(id)
      yield* Effect.repeat(soon, { times: 6 })
      yield* TestClock.adjust("1 minute")
      yield* Effect.repeat(soon, { times: 6 })
      assert.deepStrictEqual(yield* stats, { sent: 1000, taken: 0, lost: 500 })
      yield* say(500)
      yield* pass("15 minutes")
      assert.strictEqual((yield* stats).lost, 501)
      yield* say(501)
      yield* pass("1 second")
      assert.deepStrictEqual(yield* stats, { sent: 1001, taken: 1, lost: 501 })
    }).pipe(Effect.provide(inProcess({ contacts: 0 })))
  )

  it.effect("come twice and out of order when they are told to, the same each time", () =>
    Effect.gen(function* () {
      const { events, notify } = endpoint()
      const { settled } = yield* notify({ repeated: 0.5, disorder: "10 seconds" })
      const ids: Array<string> = []
      for (let count = 0; count < 20; count++) ids.push((yield* create(`${count}@example.com`)).id)
      yield* pass("5 minutes")
      yield* settled
      const came = events.map((event) =>
        event._tag === "contact.user.created" ? event.item.id : assert.fail(event._tag)
      )
      assert.deepStrictEqual(new Set(came), new Set(ids))
      assert.isAbove(came.length, ids.length)
      assert.notDeepEqual([...new Set<string>(came)], ids)
      assert.strictEqual(new Set(events.map(({ notification }) => notification.id)).size, ids.length)
    }).pipe(Effect.provide(inProcess()))
  )

  it.effect("are sent to an endpoint that answers HEAD, with a ping when one is asked for", () =>
    Effect.gen(function* () {
      const { notify, topics } = endpoint()
      yield* (yield* notify()).ping
      yield* soon
      assert.deepStrictEqual(topics(), ["ping"])
      const deaf = HttpClient.make((request) =>
        Effect.succeed(HttpClientResponse.fromWeb(request, new Response(null, { status: 404 })))
      )
      const error = yield* Simulator.use(({ notify }) => notify({ url: "http://deaf.test/" })).pipe(
        Effect.provideService(HttpClient.HttpClient, deaf),
        Effect.flip
      )
      assert.strictEqual(
        error.message,
        "http://deaf.test/ answered 404 to the HEAD request that checks an endpoint: it has to answer it with 200."
      )
      const empty = yield* Effect.flip(notify({ clientSecret: Redacted.make("") }))
      assert.strictEqual(empty._tag, "SecretError")
    }).pipe(Effect.provide(inProcess()))
  )
})

describe("what follows from a change", () => {
  const contact = { type: "contact", id: "c", role: "user", email: "a@b.c", name: "A", created_at: 1, updated_at: 1 }
  const lead = { ...contact, role: "lead", email: null }
  const list = (...ids: ReadonlyArray<string>) => ({ type: "list", data: ids.map((id) => ({ id })) })
  const conversation = {
    type: "conversation",
    id: "7",
    state: "open",
    read: false,
    source: { author: { type: "user" } }
  }
  const article = { type: "article", id: "9", state: "draft", title: "A" }
  const ticket = { type: "ticket", id: "8", open: true, ticket_state: "submitted", admin_assignee_id: "0" }
  const admin = { type: "admin", id: "1", away_mode_enabled: false }
  const company = { type: "company", id: "k", name: "Acme", created_at: 1 }
  const part = { type: "conversation_part", id: "p" }
  const shown = { ...conversation, conversation_parts: { conversation_parts: [{ id: "o" }, part] } }
  const find: Topics.Find = (kind, id) =>
    kind === "tags" ? { id, name: "vip" } : kind === "companies" && id === "k" ? company : undefined

  const change = (kind: string, before?: Topics.Change["before"], after?: Topics.Change["after"]) => ({
    kind,
    before,
    after
  })
  const asked = (operation: string, body: object = {}, answer: object = {}) => ({ operation, body, answer })

  const cases: ReadonlyArray<
    readonly [expected: ReadonlyArray<Webhook.Topic>, changes: ReadonlyArray<Topics.Change>, asked?: Topics.Asked]
  > = [
    [["contact.lead.created"], [change("contacts", undefined, lead)]],
    [["contact.lead.signed_up", "contact.email.updated"], [change("contacts", lead, contact)]],
    [["contact.lead.added_email", "contact.lead.updated"], [change("contacts", lead, { ...lead, email: "l@b.c" })]],
    [["contact.email.updated", "contact.user.updated"], [change("contacts", contact, { ...contact, email: "z@b.c" })]],
    [[], [change("contacts", contact, { ...contact, updated_at: 2 })]],
    [
      ["contact.user.tag.created", "contact.user.tag.deleted", "company.contact.attached"],
      [
        change(
          "contacts",
          { ...contact, tags: list("1", "2") },
          { ...contact, tags: list("2", "3"), companies: list("k") }
        )
      ]
    ],
    [["company.contact.detached"], [change("contacts", { ...contact, companies: list("gone") }, contact)]],
    [["contact.deleted"], [change("contacts", contact)]],
    [["contact.archived"], [change("contacts", contact)], asked("Contacts.archive")],
    [["contact.unarchived"], [change("contacts", undefined, contact)], asked("Contacts.unarchive")],
    [["contact.merged"], [change("contacts", lead), change("contacts", contact, { ...contact, updated_at: 2 })]],
    [["company.created"], [change("companies", undefined, company)]],
    [["company.updated"], [change("companies", company, { ...company, name: "B" })]],
    [["company.deleted"], [change("companies", company)]],
    [["article.created"], [change("articles", undefined, article)]],
    [["article.updated"], [change("articles", article, { ...article, title: "B" })]],
    [["article.published"], [change("articles", article, { ...article, state: "published" })]],
    [["article.unpublished"], [change("articles", { ...article, state: "published" }, article)]],
    [["article.deleted"], [change("articles", article)]],
    [["conversation.user.created"], [change("conversations", undefined, conversation)]],
    [
      ["conversation.admin.single.created"],
      [change("conversations", undefined, { ...conversation, source: { author: { type: "admin" } } })]
    ],
    [["conversation.admin.closed"], [change("conversations", conversation, { ...conversation, state: "closed" })]],
    [["conversation.admin.opened"], [change("conversations", { ...conversation, state: "closed" }, conversation)]],
    [["conversation.admin.snoozed"], [change("conversations", conversation, { ...conversation, state: "snoozed" })]],
    [["conversation.admin.unsnoozed"], [change("conversations", { ...conversation, state: "snoozed" }, conversation)]],
    [
      ["conversation.admin.assigned"],
      [change("conversations", conversation, { ...conversation, team_assignee_id: 1 })]
    ],
    [
      ["conversation.priority.updated"],
      [change("conversations", conversation, { ...conversation, priority: "priority" })]
    ],
    [
      ["conversation.rating.added"],
      [change("conversations", conversation, { ...conversation, conversation_rating: {} })]
    ],
    [["conversation.read"], [change("conversations", conversation, { ...conversation, read: true })]],
    [
      ["conversation_part.tag.created"],
      [change("conversations", conversation, { ...conversation, tags: { tags: [{ id: "1" }] } })]
    ],
    [
      ["conversation.contact.attached"],
      [change("conversations", conversation, { ...conversation, contacts: { contacts: [{ id: "c" }] } })]
    ],
    [
      ["conversation.contact.detached"],
      [change("conversations", { ...conversation, contacts: { contacts: [{ id: "c" }] } }, conversation)]
    ],
    [["conversation.deleted"], [change("conversations", conversation)]],
    [["conversation.admin.replied"], [], asked("Conversations.replyAsAdmin", {}, shown)],
    [["conversation.admin.noted"], [], asked("Conversations.replyAsAdmin", { message_type: "note" }, shown)],
    [
      ["conversation.user.replied", "conversation.admin.opened"],
      [change("conversations", { ...conversation, state: "closed" }, conversation)],
      asked("Conversations.replyAsContact", {}, shown)
    ],
    [["conversation_part.redacted"], [], asked("Conversations.redactPart", {}, shown)],
    [["ticket.created"], [change("tickets", undefined, ticket)]],
    [["ticket.state.updated"], [change("tickets", ticket, { ...ticket, ticket_state: "resolved" })]],
    [["ticket.admin.assigned"], [change("tickets", ticket, { ...ticket, admin_assignee_id: "1" })]],
    [["ticket.team.assigned"], [change("tickets", ticket, { ...ticket, team_assignee_id: "1" })]],
    [["ticket.attribute.updated"], [change("tickets", ticket, { ...ticket, ticket_attributes: { a: 1 } })]],
    [["ticket.closed"], [change("tickets", ticket, { ...ticket, open: false })]],
    [["ticket.admin.replied"], [change("tickets", ticket, ticket)], asked("Tickets.replyAsAdmin")],
    [
      ["ticket.note.created"],
      [change("tickets", ticket, ticket)],
      asked("Tickets.replyAsAdmin", { message_type: "note" })
    ],
    [["ticket.contact.replied"], [change("tickets", ticket, ticket)], asked("Tickets.replyAsContact")],
    [["admin.added_to_workspace"], [change("admins", undefined, admin)]],
    [["admin.away_mode_updated"], [change("admins", admin, { ...admin, away_mode_enabled: true })]],
    [["admin.removed_from_workspace"], [change("admins", admin)]],
    [[], [change("messages", undefined, { id: "m" })]]
  ]

  it.effect("is of its topic, and what the client takes", () =>
    Effect.gen(function* () {
      for (const [expected, changes, request] of cases) {
        const told = Topics.told(changes, request, find)
        assert.deepStrictEqual(
          told.map(({ topic }) => topic),
          expected
        )
        for (const { item, topic } of told) {
          assert.strictEqual((yield* Webhook.decode(JSON.stringify({ topic, data: { item } })))._tag, topic)
        }
      }
    })
  )

  it("has the part that is new, and no other", () => {
    const [told] = Topics.told([], asked("Conversations.replyAsContact", {}, shown), find)
    assert.deepStrictEqual<unknown>(told?.item, {
      ...conversation,
      statistics: null,
      conversation_parts: { type: "conversation_part.list", conversation_parts: [part], total_count: 1 }
    })
  })
})
