/** What becomes of a conversation: its state, figures and parts, and what a search finds of it. */
import { AdminId, type Conversation, ConversationId, Intercom, Search, TagId } from "@effect-intercom/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { inProcess } from "./Client.ts"

/** A conversation a contact starts at the beginning of the test, with those who are in it. */
const started = Effect.gen(function* () {
  const { admins, contacts, conversations } = yield* Intercom
  const [first, second] = (yield* admins.list()).admins
  const [contact] = yield* Stream.runCollect(Stream.take(contacts.list.items(), 1))
  assert(first !== undefined && second !== undefined && contact !== undefined)
  const { conversation_id: id } = yield* conversations.create({ from: { type: "user", id: contact.id }, body: "Help" })
  return { id, contact, by: { admin_id: first.id }, other: second, conversations }
})

const partsOf = (conversation: Conversation) =>
  (conversation.conversation_parts?.conversation_parts ?? []).map(({ body, part_type }) => [part_type, body])

describe("a conversation", () => {
  it.effect("is assigned, answered, snoozed, closed and opened again, and its figures say when", () =>
    Effect.gen(function* () {
      const { by, contact, conversations, id, other } = yield* started
      const found = (state: string) =>
        Effect.map(
          conversations.search({
            query: Search.and(
              Search.conversation("id", "=", id),
              Search.conversation("state", "=", state),
              Search.conversation("created_at", "<", 10)
            )
          }),
          ({ total_count }) => total_count
        )
      const seconds = (count: number) => TestClock.adjust(count * 1000)
      yield* seconds(10)
      yield* conversations.assign(id, { ...by, type: "admin", assignee_id: other.id })
      yield* seconds(10)
      yield* conversations.replyAsAdmin(id, { ...by, message_type: "note", body: "Who knows?" })
      yield* seconds(10)
      const answered = yield* conversations.replyAsAdmin(id, { ...by, message_type: "comment", body: "<p>So</p>" })
      assert.containsSubset(answered, { admin_assignee_id: Number(other.id), waiting_since: null, updated_at: 30 })
      yield* seconds(10)
      const snoozed = yield* conversations.snooze(id, { ...by, snoozed_until: 1000 })
      assert.containsSubset(snoozed, { open: true, state: "snoozed", snoozed_until: 1000 })
      yield* seconds(10)
      const closed = yield* conversations.close(id, { ...by, body: "Done" })
      assert.containsSubset(closed, { open: false, state: "closed", snoozed_until: null })
      assert.deepStrictEqual([yield* found("closed"), yield* found("open")], [1, 0])
      yield* seconds(10)
      yield* conversations.replyAsContact(id, { intercom_user_id: contact.id, body: "No" })
      assert.deepStrictEqual([yield* found("closed"), yield* found("open")], [0, 1])
      yield* conversations.assign(id, { ...by, type: "admin", assignee_id: "0" })
      const { statistics, ...conversation } = yield* conversations.get(id)
      assert.containsSubset(conversation, { open: true, state: "open", waiting_since: 60, admin_assignee_id: null })
      assert.containsSubset(statistics, {
        first_assignment_at: 10,
        time_to_assignment: 10,
        last_assignment_at: 60,
        count_assignments: 2,
        // A note is no answer.
        first_admin_reply_at: 30,
        time_to_admin_reply: 30,
        last_assignment_admin_reply_at: 30,
        first_close_at: 50,
        time_to_last_close: 50,
        last_closed_by_id: Number(by.admin_id),
        last_contact_reply_at: 60,
        count_reopens: 1,
        count_conversation_parts: 7
      })
      assert.deepStrictEqual(partsOf(conversation), [
        ["assignment", null],
        ["note", "<p>Who knows?</p>"],
        ["comment", "<p>So</p>"],
        ["snoozed", null],
        ["close", "<p>Done</p>"],
        ["comment", "<p>No</p>"],
        ["assignment", null]
      ])
    }).pipe(Effect.provide(inProcess({ conversations: 3 })))
  )

  it.effect("loses what is redacted, the rest stays; `last` is a contact's newest", () =>
    Effect.gen(function* () {
      const { by, contact, conversations, id } = yield* started
      const { id: last } = yield* conversations.replyAsContact(ConversationId.make("last"), {
        user_id: contact.external_id ?? "",
        body: "Me"
      })
      assert.strictEqual(last, id)
      const { conversation_parts, source } = yield* conversations.replyAsAdmin(id, {
        ...by,
        message_type: "comment",
        body: "You"
      })
      const part = conversation_parts?.conversation_parts?.[0]?.id
      yield* conversations.redactPart({ conversation_id: id, conversation_part_id: String(part) })
      const redacted = yield* conversations.redactSource({ conversation_id: id, source_id: String(source?.id) })
      const deleted = "<p><i>This message was deleted</i></p>"
      assert.containsSubset(redacted.source, { body: deleted, redacted: true })
      assert.deepStrictEqual(partsOf(redacted), [
        ["comment", deleted],
        ["comment", "<p>You</p>"]
      ])
      const { reason } = yield* Effect.flip(
        conversations.redactPart({ conversation_id: id, conversation_part_id: "1" })
      )
      assert.include(JSON.stringify(reason), "conversation_part_or_message_not_found")
    }).pipe(Effect.provide(inProcess({ conversations: 3 })))
  )

  it.effect("has tags and contacts, of which the last one stays", () =>
    Effect.gen(function* () {
      const { by, contact, conversations, id } = yield* started
      const { contacts } = yield* Intercom
      const tag_id = TagId.make("7000002")
      assert.containsSubset(yield* conversations.attachTag(id, { ...by, id: tag_id }), { applied_at: 0, id: tag_id })
      yield* conversations.attachTag(id, { ...by, id: tag_id })
      const tags = Effect.map(conversations.get(id), ({ tags }) => tags?.tags?.map((tag) => tag.id))
      assert.deepStrictEqual(yield* tags, [tag_id])
      yield* conversations.detachTag({ conversation_id: id, tag_id }, by)
      assert.deepStrictEqual(yield* tags, [])
      const { id: email } = yield* contacts.create({ email: "two@example.com" })
      const both = yield* conversations.attachContact(id, { ...by, customer: { email: "two@example.com" } })
      assert.deepStrictEqual(
        both.contacts?.contacts?.map(({ id }) => id),
        [contact.id, email]
      )
      yield* conversations.detachContact({ conversation_id: id, contact_id: contact.id }, by)
      const { reason } = yield* Effect.flip(conversations.detachContact({ conversation_id: id, contact_id: email }, by))
      assert.strictEqual(reason._tag, "UnprocessableEntity")
      const nobody = yield* Effect.flip(conversations.close(id, { admin_id: AdminId.make("1") }))
      assert.include(JSON.stringify(nobody.reason), "admin_not_found")
    }).pipe(Effect.provide(inProcess({ conversations: 1 })))
  )

  it.effect("becomes a ticket once, and both say so", () =>
    Effect.gen(function* () {
      const { conversations, id } = yield* started
      const { ticketTypes, tickets } = yield* Intercom
      const [type] = yield* Stream.runCollect(ticketTypes.list.items())
      assert.isDefined(type)
      const made = { ticket_type_id: type.id, attributes: { _default_title_: "Broken" } }
      const ticket = yield* conversations.convertToTicket(id, made)
      assert.containsSubset(yield* tickets.get(ticket.id), {
        ticket_attributes: { _default_title_: "Broken" },
        linked_objects: { data: [{ type: "conversation", id }] }
      })
      assert.containsSubset(yield* conversations.get(id), {
        ticket: { type: "ticket", id: Number(ticket.id) },
        linked_objects: { data: [{ type: "ticket", id: ticket.id }], total_count: 1 }
      })
      assert.strictEqual((yield* Effect.flip(conversations.convertToTicket(id, made))).reason._tag, "BadRequest")
      yield* conversations.delete(id)
      assert.strictEqual((yield* Effect.flip(conversations.get(id))).reason._tag, "NotFound")
    }).pipe(Effect.provide(inProcess({ conversations: 1 })))
  )
})

describe("a message", () => {
  it.effect("starts its conversation without a reply, where it is to", () =>
    Effect.gen(function* () {
      const { conversations, messages } = yield* Intercom
      const { by, contact } = yield* started
      const { conversation_id } = yield* messages.create({
        message_type: "in_app",
        body: "Welcome",
        from: { type: "admin", id: Number(by.admin_id) },
        to: { type: "user", id: contact.id },
        create_conversation_without_contact_reply: true
      })
      const conversation = yield* conversations.get(ConversationId.make(conversation_id ?? ""))
      assert.containsSubset(conversation, {
        source: { body: "Welcome", author: { type: "admin" } },
        contacts: { contacts: [{ id: contact.id }] }
      })
    }).pipe(Effect.provide(inProcess()))
  )
})
