/** What a record has of another one is as that is now, in listings, searches, by itself, and in what the simulator tells. */
import { Intercom, TagId, TicketTypeId } from "@effect-intercom/core"
import { Simulator } from "@effect-intercom/simulator"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { inProcess, raw } from "./Client.ts"

const first = <A>([one]: ReadonlyArray<A>): A => one ?? assert.fail("none")

/** A conversation of a contact, tagged, of a company, and answered by an admin. */
const conversation = Effect.gen(function* () {
  const { admins, companies, contacts, conversations, tags } = yield* Intercom
  const { id: admin_id = assert.fail() } = first((yield* admins.list()).admins)
  const contact = first((yield* contacts.list()).data)
  const { conversation_id } = yield* conversations.create({ from: { type: "user", id: contact.id }, body: "Hi" })
  const tag = yield* tags.createOrUpdate({ name: "before" })
  yield* conversations.attachTag(conversation_id, { id: TagId.make(tag.id), admin_id })
  const company = yield* companies.createOrUpdate({ company_id: "acme", name: "Before" })
  yield* conversations.update(conversation_id, { company_id: company.id })
  yield* conversations.replyAsAdmin(conversation_id, { type: "admin", message_type: "comment", admin_id, body: "Hi" })
  return { admin_id, company, contact, id: conversation_id, tag }
})

describe("a conversation", () => {
  it.effect("has its contact, tags, company and those who wrote as they are now", () =>
    Effect.gen(function* () {
      const { companies, contacts, conversations, tags } = yield* Intercom
      const { records, update } = yield* Simulator
      const { admin_id, company, contact, id, tag } = yield* conversation
      yield* contacts.update(contact.id, { external_id: "after", name: "Zoë", email: "zoe@example.com" })
      yield* tags.createOrUpdate({ id: TagId.make(tag.id), name: "after" })
      yield* companies.update(company.id, { name: "After" })
      yield* update("admins", admin_id, { name: "Grace" })
      const listed = {
        contacts: { contacts: [{ id: contact.id, external_id: "after" }] },
        source: { author: { id: contact.id, name: "Zoë", email: "zoe@example.com" } },
        tags: { tags: [{ id: tag.id, name: "after" }] },
        company: { id: company.id, name: "After" }
      }
      const whole = yield* conversations.get(id)
      assert.containsSubset(whole, listed)
      const parts = whole.conversation_parts?.conversation_parts ?? []
      assert.strictEqual(parts.at(-1)?.author?.name, "Grace")
      assert.containsSubset(first((yield* conversations.list({ per_page: 150 })).conversations.slice(-1)), listed)
      const query = { field: "source.author.name", operator: "=", value: "Zoë" } as const
      assert.containsSubset((yield* conversations.search({ query })).conversations, [listed])
      const told = yield* Stream.runCollect(records("conversations"))
      assert.containsSubset(JSON.parse(told.at(-1) ?? ""), listed)
    }).pipe(Effect.provide(inProcess()))
  )

  it.effect("of the seed, too; and it has nothing of what is gone", () =>
    Effect.gen(function* () {
      const { companies, conversations, tickets } = yield* Intercom
      const { records, remove, update } = yield* Simulator
      const listed = (yield* conversations.list({ per_page: 50 })).conversations
      const seeded = listed.find(({ source }) => source?.author?.type === "user") ?? assert.fail()
      const author = String(seeded.source?.author?.id)
      yield* update("contacts", author, { name: "Zoë" })
      assert.strictEqual((yield* conversations.get(seeded.id)).source?.author?.name, "Zoë")

      const { company, id, tag } = yield* conversation
      const [type = ""] = yield* Stream.runCollect(records("ticketTypes"))
      const ticket_type_id = TicketTypeId.make(JSON.parse(type).id)
      const ticket = yield* conversations.convertToTicket(id, { ticket_type_id })
      assert.containsSubset(yield* conversations.get(id), { ticket: { id: Number(ticket?.id) } })
      yield* remove("tags", tag.id)
      yield* companies.delete(company.id)
      yield* tickets.delete(ticket?.id ?? assert.fail())
      assert.containsSubset(yield* conversations.get(id), {
        tags: { tags: [] },
        company: null,
        ticket: null,
        linked_objects: { data: [], total_count: 0 }
      })
    }).pipe(Effect.provide(inProcess()))
  )
})

describe("a ticket", () => {
  it.effect("has its type, its state and its contact as they are now", () =>
    Effect.gen(function* () {
      const { contacts, tickets, ticketTypes } = yield* Intercom
      const { update } = yield* Simulator
      const query = { field: "created_at", operator: ">", value: 0 } as const
      const { contacts: of, id, ticket_state, ticket_type } = first((yield* tickets.search({ query })).tickets ?? [])
      const contact = first(of?.contacts ?? [])
      yield* ticketTypes.update(TicketTypeId.make(String(ticket_type?.id)), { name: "After" })
      yield* update("ticketStates", String(Object(ticket_state).id), { internal_label: "Later" })
      yield* update("contacts", String(contact.id), { external_id: "after" })
      const now = {
        ticket_type: { name: "After" },
        ticket_state: { internal_label: "Later" },
        contacts: { contacts: [{ id: contact.id, external_id: "after" }] }
      }
      assert.containsSubset(yield* tickets.get(id), now)
      assert.containsSubset(first((yield* tickets.search({ query })).tickets ?? []), now)
      assert.isArray((yield* contacts.list()).data)
    }).pipe(Effect.provide(inProcess()))
  )
})

it.effect("a company has the names its tags have, and counts the contacts it has", () =>
  Effect.gen(function* () {
    const { companies, contacts, tags } = yield* Intercom
    const company = yield* companies.createOrUpdate({ company_id: "acme", name: "Acme" })
    const tag = yield* tags.tagCompanies({ name: "before", companies: [{ id: company.id }] })
    yield* tags.createOrUpdate({ id: TagId.make(tag.id), name: "after" })
    const { id } = yield* contacts.create({ email: "ada@example.com" })
    yield* contacts.attachCompany(id, { id: company.id })
    const now = Effect.map(companies.get(company.id), ({ tags, user_count }) => [
      tags?.tags?.map(({ name }) => name),
      user_count
    ])
    assert.deepStrictEqual(yield* now, [["after"], 1])
    yield* contacts.archive(id)
    assert.deepStrictEqual(yield* now, [["after"], 0])
    yield* contacts.unarchive(id)
    assert.deepStrictEqual(yield* now, [["after"], 1])
    yield* contacts.delete(id)
    assert.deepStrictEqual(yield* now, [["after"], 0])
  }).pipe(Effect.provide(inProcess()))
)

it.effect("a team has the admins who say so, and a note the admin who wrote it", () =>
  Effect.gen(function* () {
    const { admins, contacts, notes, teams } = yield* Intercom
    const { update } = yield* Simulator
    const { id: admin_id = assert.fail() } = first((yield* admins.list()).admins)
    const { id } = first((yield* teams.list()).teams)
    const member = Effect.map(teams.get(id), ({ admin_ids }) => admin_ids?.map(String).includes(admin_id) ?? false)
    yield* update("admins", admin_id, { name: "Grace", team_ids: [Number(id)] })
    assert.isTrue(yield* member)
    const contact = first((yield* contacts.list()).data)
    const note = yield* contacts.createNote(contact.id, { body: "A", admin_id })
    yield* update("admins", admin_id, { name: "Ada", team_ids: [] })
    assert.isFalse(yield* member)
    assert.containsSubset(yield* notes.get(note.id), { author: { id: admin_id, name: "Ada" } })
  }).pipe(Effect.provide(inProcess()))
)

it.effect("records of the seed name those that are given", () =>
  Effect.gen(function* () {
    const { articles, conversations } = yield* Intercom
    for (const { author_id } of (yield* articles.list()).data) assert.strictEqual(String(author_id), "7")
    for (const { contacts, source } of (yield* conversations.list()).conversations) {
      assert.deepStrictEqual(
        contacts?.contacts?.map(({ external_id, id }) => [id, external_id]),
        [["ada", "mine"]]
      )
      if (source?.author?.type !== "bot")
        assert.containsSubset(source, source && { author: { id: "ada", name: "Ada" } })
    }
  }).pipe(
    Effect.provide(
      inProcess({
        admins: [{ id: "7" }],
        contacts: [{ id: "ada", external_id: "mine", name: "Ada" }],
        conversations: 10
      })
    )
  )
)

it.effect("the events of a contact are told by what it is called now", () =>
  Effect.gen(function* () {
    const { contacts, events } = yield* Intercom
    const { id } = first((yield* contacts.list()).data)
    yield* contacts.update(id, { external_id: "after", email: "after@example.com" })
    for (const event of (yield* events.list({ intercom_user_id: id })).events) {
      assert.containsSubset(event, { user_id: "after", email: "after@example.com" })
    }
  }).pipe(Effect.provide(inProcess()))
)

it.effect("who is blocked has no open conversations, and writes no more", () =>
  Effect.gen(function* () {
    const { contacts, conversations } = yield* Intercom
    const { contact, id } = yield* conversation
    assert.strictEqual((yield* contacts.block(contact.id)).blocked, true)
    const closed = yield* conversations.get(id)
    assert.containsSubset(closed, { open: false, state: "closed" })
    assert.strictEqual(closed.conversation_parts?.conversation_parts?.at(-1)?.part_type, "close")
    const from = { type: "user", id: contact.id }
    const say = { type: "user", message_type: "comment", intercom_user_id: contact.id, body: "Hi" } as const
    for (const wrote of [conversations.create({ from, body: "Hi" }), conversations.replyAsContact(id, say)]) {
      assert.strictEqual(
        (yield* Effect.flip<unknown, { readonly reason: { readonly _tag: string } }, never>(wrote)).reason._tag,
        "Forbidden"
      )
    }
    assert.strictEqual((yield* raw("GET", `/contacts/${contact.id}`)).status, 200)
  }).pipe(Effect.provide(inProcess()))
)
