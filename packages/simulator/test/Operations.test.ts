/** Every operation through the client, which decodes what it gets, over a socket. */
import { assert, describe, it } from "@effect/vitest"
import { AdminId, ContactId, ConversationId, Intercom } from "@effect-intercom/core"
import { Simulator } from "@effect-intercom/simulator"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { overSocket } from "./Client.ts"

const counts = { contacts: 333, companies: 70, conversations: 170, articles: 80, segments: 9, admins: 4, newsItems: 33 }
const simulated = overSocket({ ...counts, admins: [{}, { id: "5" }, {}, {}], events: 7, seed: 11 })

const collect = <A, E, R>(stream: Stream.Stream<A, E, R>) => Effect.map(Stream.runCollect(stream), (all) => [...all])

const ids = (records: ReadonlyArray<{ readonly id: string }>) => new Set(records.map(({ id }) => id))

describe("the listings", () => {
  it.live("decode, and hold every record once", () =>
    Effect.gen(function* () {
      const { admins, articles, companies, contacts, conversations, newsItems: news, segments } = yield* Intercom
      const listed = {
        contacts: ids(yield* collect(contacts.list.items({ per_page: 150 }))),
        companies: ids(yield* collect(companies.list.items())),
        conversations: ids(yield* collect(conversations.list.items())),
        articles: ids(yield* collect(articles.list.items())),
        segments: ids(yield* collect(segments.list.items({ include_count: true }))),
        admins: ids(yield* collect(admins.list.items())),
        newsItems: ids(yield* collect(news.list.items()))
      }
      for (const [resource, count] of Object.entries(counts)) {
        assert.strictEqual(listed[resource as keyof typeof counts].size, count, resource)
      }
    }).pipe(Effect.provide(simulated))
  )

  it.live("hold what the simulator says they hold, byte for byte", () =>
    Effect.gen(function* () {
      const { articles, contacts, conversations } = yield* Intercom
      const { records } = yield* Simulator
      const same = [
        [yield* collect(contacts.list.items({ per_page: 150 })), yield* collect(records("contacts"))],
        [yield* collect(conversations.list.items()), yield* collect(records("conversations"))],
        [yield* collect(articles.list.items()), yield* collect(records("articles"))]
      ] as const
      for (const [received, told] of same) {
        assert.deepStrictEqual(
          received.map((record) => JSON.stringify(record)),
          told
        )
      }
    }).pipe(Effect.provide(simulated))
  )

  it.live("of segments have counts only when asked for", () =>
    Effect.gen(function* () {
      const { segments } = yield* Intercom
      const plain = yield* segments.list()
      const counted = yield* segments.list({ include_count: true })
      assert.isTrue(plain.segments.every((segment) => !("count" in segment)))
      assert.isTrue(counted.segments.every(({ count }) => Number.isSafeInteger(count)))
    }).pipe(Effect.provide(simulated))
  )
})

describe("admins", () => {
  it.live("me is the first of them, with the workspace", () =>
    Effect.gen(function* () {
      const { admins } = yield* Intercom
      const me = yield* admins.me()
      const { admins: all } = yield* admins.list()
      assert.strictEqual(me.id, all[0]?.id)
      assert.strictEqual(me.app?.region, "US")
      assert.isObject(me.avatar)
      assert.isNotObject(all[0]?.avatar)
    }).pipe(Effect.provide(simulated))
  )
})

describe("contacts", () => {
  it.live("are found by id, created, and listed last", () =>
    Effect.gen(function* () {
      const { contacts } = yield* Intercom
      const { data } = yield* contacts.list({ per_page: 5 })
      for (const contact of data) assert.deepStrictEqual(yield* contacts.get(contact.id), contact)

      const created = yield* contacts.create({
        email: "ünïcode@example.com",
        name: "Zoë &amp; Co",
        owner_id: 5,
        custom_attributes: { level: 3, vip: true }
      })
      assert.deepInclude(created, { role: "user", email: "ünïcode@example.com", owner_id: 5, phone: null })
      assert.deepStrictEqual(created.custom_attributes, { level: 3, vip: true })
      assert.deepStrictEqual(yield* contacts.get(created.id), created)
      const all = yield* collect(contacts.list.items({ per_page: 150 }))
      assert.strictEqual(all.length, counts.contacts + 1)
      assert.deepStrictEqual(all.at(-1), created)
    }).pipe(Effect.provide(simulated))
  )

  it.live("conflict on the external id, or the email and role together", () =>
    Effect.gen(function* () {
      const { contacts } = yield* Intercom
      const all = yield* collect(contacts.list.items({ per_page: 150 }))
      const user = all.find(({ role }) => role === "user") ?? assert.fail()
      const created = yield* contacts.create({ email: "new@example.com", external_id: "mine" })

      const email = user.email ?? assert.fail()
      const external_id = user.external_id ?? assert.fail()
      const conflicts = [
        [{ email, role: "user" }, user.id],
        [{ external_id }, user.id],
        [{ email: "new@example.com" }, created.id],
        [{ external_id: "mine", role: "lead" }, created.id]
      ] as const
      for (const [payload, id] of conflicts) {
        const { reason } = yield* Effect.flip(contacts.create(payload))
        if (reason._tag !== "Conflict") return assert.fail(reason._tag)
        assert.strictEqual(reason.existingId, id)
        assert.strictEqual(reason.errors[0]?.message, `A contact matching those details already exists with id=${id}`)
      }
      const lead = yield* contacts.create({ email, role: "lead" })
      assert.notStrictEqual(lead.id, user.id)
    }).pipe(Effect.provide(simulated))
  )

  it.live("that are not there are NotFound", () =>
    Effect.gen(function* () {
      const { contacts } = yield* Intercom
      const { reason } = yield* Effect.flip(contacts.get(ContactId.make("nobody")))
      assert.strictEqual(reason._tag, "NotFound")
    }).pipe(Effect.provide(simulated))
  )

  it.live("look like live ones: about 2 kB, leads without email, avatars of three kinds", () =>
    Effect.gen(function* () {
      const { contacts } = yield* Intercom
      const all = yield* collect(contacts.list.items({ per_page: 150 }))
      const bytes = all.reduce((sum, contact) => sum + Buffer.byteLength(JSON.stringify(contact)), 0) / all.length
      assert.isTrue(bytes > 1800 && bytes < 2800, String(bytes))
      assert.isTrue(all.every((contact) => Object.keys(contact).length >= 45))
      const kinds = new Set(all.map(({ avatar }) => (avatar === null ? "null" : typeof avatar)))
      assert.deepStrictEqual(kinds, new Set(["null", "object", "string"]))
      const leads = all.filter(({ role }) => role === "lead")
      assert.isTrue(leads.some(({ email }) => email === null))
      assert.isTrue(all.some(({ name }) => name?.includes("&amp;")))
      assert.isTrue(all.some(({ name }) => /\p{Script=Han}/u.test(name ?? "")))
      assert.strictEqual(ids(all).size, all.length)
    }).pipe(Effect.provide(simulated))
  )
})

describe("companies", () => {
  it.live("are created, then updated by their company_id", () =>
    Effect.gen(function* () {
      const { companies } = yield* Intercom
      const created = yield* companies.createOrUpdate({
        company_id: "acme",
        name: "Acme",
        plan: "gold",
        custom_attributes: { tier: 1, partner: false }
      })
      assert.strictEqual(created.plan?.name, "gold")
      const updated = yield* companies.createOrUpdate({
        company_id: "acme",
        size: 12,
        custom_attributes: { tier: 2 }
      })
      assert.strictEqual(updated.id, created.id)
      assert.deepInclude(updated, { name: "Acme", size: 12 })
      assert.deepStrictEqual(updated.custom_attributes, { tier: 2, partner: false })
      const seeded = yield* companies.createOrUpdate({ company_id: "company-3", name: "Renamed" })
      const all = yield* collect(companies.list.items())
      assert.strictEqual(all.length, counts.companies + 1)
      assert.strictEqual(all[3]?.id, seeded.id)
      assert.strictEqual(all[3]?.name, "Renamed")
    }).pipe(Effect.provide(simulated))
  )
})

describe("conversations", () => {
  it.live("answer with a message, and can be read after", () =>
    Effect.gen(function* () {
      const { contacts, conversations } = yield* Intercom
      const { data } = yield* contacts.list({ per_page: 1 })
      const contact = data[0] ?? assert.fail()
      const message = yield* conversations.create({ from: { type: "user", id: contact.id }, body: "Hi <there>" })
      assert.deepInclude(message, { type: "user_message", body: "Hi <there>", message_type: "inapp" })
      assert.notStrictEqual<string>(message.id, message.conversation_id)

      const conversation = yield* conversations.get(message.conversation_id)
      assert.strictEqual(conversation.source?.body, "Hi <there>")
      assert.strictEqual(conversation.contacts?.contacts?.[0]?.id, contact.id)
      assert.deepStrictEqual(conversation.conversation_parts?.conversation_parts, [])
      const all = yield* collect(conversations.list.items())
      assert.strictEqual(all.at(-1)?.id, message.conversation_id)
    }).pipe(Effect.provide(simulated))
  )

  it.live("of an unknown contact are NotFound, and so are unknown ones", () =>
    Effect.gen(function* () {
      const { conversations } = yield* Intercom
      const from = { type: "user", id: ContactId.make("nobody") }
      const created = yield* Effect.flip(conversations.create({ from, body: "Hi" }))
      assert.strictEqual(created.reason._tag, "NotFound")
      const found = yield* Effect.flip(conversations.get(ConversationId.make("1")))
      assert.strictEqual(found.reason._tag, "NotFound")
    }).pipe(Effect.provide(simulated))
  )

  it.live("have parts when read alone, as many as their statistics say, in plain text if asked", () =>
    Effect.gen(function* () {
      const { conversations } = yield* Intercom
      const listed = yield* collect(conversations.list.items())
      for (const { id, statistics } of listed.slice(0, 20)) {
        const { conversation_parts } = yield* conversations.get(id)
        assert.strictEqual(conversation_parts?.conversation_parts?.length, statistics?.count_conversation_parts)
      }
      const html = listed.find(({ source }) => source?.body?.startsWith("<p>")) ?? assert.fail()
      const plain = yield* conversations.get(html.id, { display_as: "plaintext" })
      assert.notInclude(plain.source?.body ?? "<", "<")
    }).pipe(Effect.provide(simulated))
  )
})

describe("articles, news and messages", () => {
  it.live("articles are created at the top of the listing", () =>
    Effect.gen(function* () {
      const { articles } = yield* Intercom
      const created = yield* articles.create({ title: "Wie geht&#39;s?", author_id: 5, state: "published" })
      assert.deepInclude(created, { title: "Wie geht&#39;s?", author_id: 5, state: "published", body: "" })
      const { data, total_count } = yield* articles.list()
      assert.deepStrictEqual([total_count, data[0]], [counts.articles + 1, created])
    }).pipe(Effect.provide(simulated))
  )

  it.live("news items are created as drafts", () =>
    Effect.gen(function* () {
      const { newsItems: news } = yield* Intercom
      const created = yield* news.create({ title: "New", sender_id: 5, labels: ["Product"] })
      assert.deepInclude(created, { title: "New", state: "draft", labels: ["Product"] })
      const { data } = yield* news.list()
      assert.deepStrictEqual(data[0], created)
    }).pipe(Effect.provide(simulated))
  )

  it.live("messages go to contacts there are; emails need a subject", () =>
    Effect.gen(function* () {
      const { contacts, messages } = yield* Intercom
      const { data } = yield* contacts.list({ per_page: 2 })
      const [one, two] = data
      if (one === undefined || two === undefined) return assert.fail()
      const from = { type: "admin", id: AdminId.make("5") }
      const to = { type: "user", id: one.id }
      const sent = yield* messages.create({ message_type: "in_app", body: "Hello", from, to })
      assert.deepInclude(sent, { type: "admin_message", body: "Hello", message_type: "inapp" })
      const several = [to, { type: "user", id: two.id }]
      const email = { message_type: "email", body: "Hello", template: "plain", from, to: several } as const
      const mailed = yield* messages.create({ ...email, subject: "Hi" })
      assert.strictEqual(mailed.subject, "Hi")

      const unnamed = yield* Effect.flip(messages.create(email))
      assert.strictEqual(unnamed.reason._tag, "UnprocessableEntity")
      const nobody = { type: "user", id: ContactId.make("nobody") }
      const lost = yield* Effect.flip(messages.create({ message_type: "in_app", body: "Hello", from, to: nobody }))
      assert.strictEqual(lost.reason._tag, "BadRequest")
      assert.strictEqual((yield* (yield* Simulator).messages).length, 2)
    }).pipe(Effect.provide(simulated))
  )
})

describe("events", () => {
  it.live("are those of one contact, however named, walked by URL", () =>
    Effect.gen(function* () {
      const { contacts, events } = yield* Intercom
      const all = yield* collect(contacts.list.items({ per_page: 150 }))
      const user = all.find(({ email, role }) => role === "user" && email !== null) ?? assert.fail()
      const byId = yield* collect(events.list.items({ intercom_user_id: user.id, per_page: 3 }))
      assert.strictEqual(byId.length, 7)
      assert.strictEqual(new Set(byId.map(({ id }) => id)).size, 7)
      const times = byId.map(({ created_at }) => created_at ?? 0)
      assert.deepStrictEqual(
        times,
        times.toSorted((a, b) => b - a)
      )
      const byExternal = yield* collect(events.list.items({ user_id: user.external_id ?? "", per_page: 150 }))
      const byEmail = yield* collect(events.list.items({ email: user.email ?? "" }))
      assert.deepStrictEqual(byExternal, byId)
      assert.deepStrictEqual(byEmail, byId)
    }).pipe(Effect.provide(simulated))
  )

  it.live("are submitted for a contact there is, and counted once", () =>
    Effect.gen(function* () {
      const { contacts, events } = yield* Intercom
      const { id } = yield* contacts.create({ email: "new@example.com" })
      const event = { event_name: "ordered", created_at: 1_700_000_000, email: "new@example.com" }
      assert.isUndefined(yield* events.submit({ ...event, metadata: { price: { amount: 5, currency: "eur" } } }))
      yield* events.submit(event)
      yield* events.submit({ ...event, event_name: "paid" })
      const listed = yield* collect(events.list.items({ intercom_user_id: id, per_page: 1 }))
      assert.deepStrictEqual(new Set(listed.map(({ event_name }) => event_name)), new Set(["ordered", "paid"]))
      assert.strictEqual(listed.length, 2)

      const { reason } = yield* Effect.flip(events.submit({ ...event, email: "nobody@example.com" }))
      assert.strictEqual(reason._tag, "NotFound")
    }).pipe(Effect.provide(simulated))
  )
})
