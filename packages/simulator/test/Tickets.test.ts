/** Tickets with what is defined for them, jobs, calls, and what admins do. */
import {
  AdminId,
  CallId,
  Intercom,
  Search,
  TagId,
  type TicketTypeAttribute,
  TicketTypeAttributeId
} from "@effect-intercom/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { inProcess, raw } from "./Client.ts"

/** A type of ticket with an attribute that is a list, and the id of one of its items. */
const typed = Effect.gen(function* () {
  const { ticketTypes } = yield* Intercom
  const type = yield* ticketTypes.create({ name: "Order", category: "Customer" })
  const attribute = yield* ticketTypes.createAttribute(type.id, {
    name: "Size",
    description: "",
    data_type: "list",
    list_items: "S, M"
  })
  return { type, attribute, medium: itemsOf(attribute).find(({ name }) => name === "M")?.id ?? "" }
})

const itemsOf = ({ input_options }: TicketTypeAttribute) =>
  // As the simulator has them.
  (input_options?.["list_options"] ?? []) as ReadonlyArray<{ readonly id: string; readonly name: string }>

const contacts = [{ email: "new@example.com" }]

describe("a ticket", () => {
  it.effect("has the attributes of its type: a list by the id of an item, and is found by them", () =>
    Effect.gen(function* () {
      const { contacts: people, tickets } = yield* Intercom
      const { attribute, medium, type } = yield* typed
      const draft = { ticket_type_id: type.id, contacts }
      for (const ticket_attributes of [{ Size: "M" }, { Colour: "red" }]) {
        const { reason } = yield* Effect.flip(tickets.create({ ...draft, ticket_attributes }))
        assert.strictEqual(reason._tag, "BadRequest")
      }
      const ticket = yield* tickets.create({ ...draft, ticket_attributes: { _default_title_: "Shirt", Size: medium } })
      const [contact] = yield* Stream.runCollect(
        people.search.items({ query: Search.contact("email", "=", "new@example.com") })
      )
      assert.containsSubset(ticket, { open: true, contacts: { contacts: [{ id: contact?.id }] } })
      const ids = (query: Search.TicketQuery) =>
        Effect.map(tickets.search({ query }), ({ tickets }) => tickets?.map(({ id }) => id))
      assert.deepStrictEqual(yield* ids(Search.ticket(`ticket_attribute.${attribute.id}`, "=", medium)), [ticket.id])
      assert.deepStrictEqual(yield* ids(Search.ticket("title", "~", "shirt")), [ticket.id])
      const mine = Search.ticket("ticket_type_id", "=", type.id)
      const ofCustomers = Search.and(mine, Search.ticket("category", "=", "request"))
      assert.deepStrictEqual(yield* ids(ofCustomers), [ticket.id])
      assert.deepStrictEqual(yield* ids(Search.and(mine, Search.ticket("state", "=", "resolved"))), [])
    }).pipe(Effect.provide(inProcess({ tickets: 6 })))
  )

  it.effect("changes its state and owner, is answered, tagged and deleted", () =>
    Effect.gen(function* () {
      const { admins, ticketStates, tickets } = yield* Intercom
      const { type } = yield* typed
      const { id } = yield* tickets.create({ ticket_type_id: type.id, contacts })
      const [admin] = (yield* admins.list()).admins
      const resolved = (yield* ticketStates.list()).data.find(({ category }) => category === "resolved")
      assert(admin !== undefined && resolved !== undefined)
      const changed = yield* tickets.update(id, {
        ticket_state_id: resolved.id,
        admin_id: Number(admin.id),
        assignee_id: admin.id,
        ticket_attributes: { _default_title_: "Later" }
      })
      assert.containsSubset(changed, { ticket_state: { category: "resolved" }, admin_assignee_id: admin.id })
      const part = yield* tickets.replyAsAdmin(id, { admin_id: admin.id, message_type: "note", body: "Done" })
      assert.containsSubset(part, { type: "ticket_part", part_type: "note", body: "<p>Done</p>" })
      const { ticket_parts } = yield* tickets.get(id)
      assert.containsSubset(ticket_parts?.ticket_parts, [
        { part_type: "ticket_state_updated_by_admin", previous_ticket_state: "submitted", ticket_state: "resolved" },
        { part_type: "assignment", assigned_to: { type: "admin", id: admin.id } },
        { part_type: "ticket_attribute_updated_by_admin" },
        { part_type: "note", id: part.id }
      ])
      const tag = { ticket_id: id, tag_id: TagId.make("7000001") }
      const by = { admin_id: admin.id }
      yield* tickets.attachTag(id, { ...by, id: tag.tag_id })
      assert.strictEqual((yield* tickets.detachTag(tag, by)).applied_at, null)
      assert.strictEqual((yield* Effect.flip(tickets.detachTag(tag, by))).reason._tag, "NotFound")
      assert.strictEqual((yield* tickets.delete(id)).object, "ticket")
      assert.strictEqual((yield* Effect.flip(tickets.get(id))).reason._tag, "NotFound")
    }).pipe(Effect.provide(inProcess()))
  )

  it.effect("that is enqueued is there when its job says so", () =>
    Effect.gen(function* () {
      const { jobs, tickets } = yield* Intercom
      const { type } = yield* typed
      const job = yield* tickets.enqueue({ ticket_type_id: type.id, contacts })
      assert.containsSubset(yield* jobs.get(job.id), { status: "pending", resource_id: null })
      const impatient = yield* Effect.flip(jobs.wait(job.id, { schedule: Schedule.recurs(1) }))
      assert.containsSubset(impatient, { _tag: "JobNotCompleted", job_identifier: job.id, status: "pending" })
      const waiting = yield* Effect.forkChild(jobs.wait(job.id))
      yield* TestClock.adjust("3 seconds")
      const { resource_id } = yield* Fiber.join(waiting)
      const found = yield* tickets.search({ query: Search.ticket("id", "=", resource_id ?? "") })
      assert.strictEqual(found.total_count, 1)
    }).pipe(Effect.provide(inProcess()))
  )

  it.effect("is of a type whose attributes change, each known by its id", () =>
    Effect.gen(function* () {
      const { ticketTypes } = yield* Intercom
      const { attribute, medium, type } = yield* typed
      const ids = { ticket_type_id: type.id, attribute_id: attribute.id }
      const changed = yield* ticketTypes.updateAttribute(ids, { list_items: "M, L", archived: true })
      assert.containsSubset(itemsOf(changed)[0], { id: medium, name: "M" })
      const { ticket_type_attributes } = yield* ticketTypes.get(type.id)
      assert.containsSubset(ticket_type_attributes?.data?.at(-1), { id: attribute.id, archived: true })
      const none = { ...ids, attribute_id: TicketTypeAttributeId.make("1") }
      assert.strictEqual((yield* Effect.flip(ticketTypes.updateAttribute(none, {}))).reason._tag, "NotFound")
    }).pipe(Effect.provide(inProcess()))
  )

  it.effect("is of a company there is", () =>
    Effect.gen(function* () {
      const { companies, tickets } = yield* Intercom
      const { type } = yield* typed
      yield* companies.createOrUpdate({ company_id: "acme", name: "Acme" })
      const draft = { ticket_type_id: type.id, contacts }
      const { id } = yield* tickets.create({ ...draft, company_id: "acme" })
      assert.containsSubset(yield* tickets.get(id), { company_id: "acme" })
      const bogus = { company_id: "bogus" }
      for (const refused of [tickets.create({ ...draft, ...bogus }), tickets.update(id, bogus)]) {
        const { reason } = yield* Effect.flip(refused)
        assert.containsSubset(reason, { _tag: "NotFound", errors: [{ code: "company_not_found" }] })
      }
      assert.containsSubset(yield* tickets.get(id), { company_id: "acme" })
    }).pipe(Effect.provide(inProcess()))
  )

  it.effect("is linked to a conversation from both sides", () =>
    Effect.gen(function* () {
      const { conversations, tickets } = yield* Intercom
      const { type } = yield* typed
      const conversation = (yield* conversations.list({ per_page: 1 })).conversations[0] ?? assert.fail("none")
      const { id } = yield* tickets.create({
        ticket_type_id: type.id,
        contacts,
        conversation_to_link_id: conversation.id
      })
      assert.containsSubset((yield* tickets.get(id)).linked_objects, { data: [{ id: conversation.id }] })
      const { linked_objects } = yield* conversations.get(conversation.id)
      assert.containsSubset(linked_objects, { data: [{ type: "ticket", id }], total_count: 1 })
    }).pipe(Effect.provide(inProcess()))
  )

  it.effect("has the attributes its type requires, also when it is enqueued", () =>
    Effect.gen(function* () {
      const { ticketTypes, tickets } = yield* Intercom
      const { attribute, medium, type } = yield* typed
      yield* ticketTypes.updateAttribute(
        { ticket_type_id: type.id, attribute_id: attribute.id },
        { required_to_create: true }
      )
      const draft = { ticket_type_id: type.id, contacts }
      for (const refused of [Effect.asVoid(tickets.create(draft)), Effect.asVoid(tickets.enqueue(draft))]) {
        const { reason } = yield* Effect.flip(refused)
        assert.containsSubset(reason, { _tag: "BadRequest", errors: [{ field: "ticket_attributes" }] })
      }
      yield* tickets.create({ ...draft, ticket_attributes: { Size: medium } })
    }).pipe(Effect.provide(inProcess()))
  )
})

describe("a call", () => {
  it.effect("has a recording elsewhere and a transcript, or neither", () =>
    Effect.gen(function* () {
      const { calls } = yield* Intercom
      const all = yield* Stream.runCollect(calls.list.items())
      const [first, , , silent] = all.map(({ id }) => CallId.make(String(id)))
      assert(first !== undefined && silent !== undefined)
      assert.strictEqual((yield* calls.getRecording(first)).host, "recordings.example.com")
      const text = yield* calls.getTranscript(first)
      const conversation_ids = [String(all[0]?.conversation_id)]
      const { data } = yield* calls.search({ conversation_ids })
      const entries = data.find(({ id }) => String(id) === first)?.transcript ?? []
      assert.strictEqual(text, entries.map(({ speaker, text }) => `${String(speaker)}: ${String(text)}\n`).join(""))
      assert.strictEqual((yield* Effect.flip(calls.getRecording(silent))).reason._tag, "NotFound")
      assert.strictEqual((yield* Effect.flip(calls.getTranscript(silent))).reason._tag, "NotFound")
    }).pipe(Effect.provide(inProcess()))
  )
})

describe("an admin", () => {
  it.effect("who is away is logged as that", () =>
    Effect.gen(function* () {
      const { admins, awayStatusReasons } = yield* Intercom
      const [admin] = (yield* admins.list()).admins
      const [reason] = (yield* awayStatusReasons.list()).data
      assert(admin !== undefined && reason !== undefined)
      yield* TestClock.setTime(1_700_000_000_000)
      const away = { away_mode_enabled: true, away_mode_reassign: false, away_status_reason_id: Number(reason.id) }
      assert.containsSubset(yield* admins.setAway(admin.id, away), away)
      assert.containsSubset(yield* admins.get(admin.id), away)
      const logs = yield* Stream.runCollect(admins.listActivityLogs.items({ created_at_after: 1_700_000_000 }))
      assert.lengthOf(logs, 1)
      assert.containsSubset(logs[0], { activity_type: "admin_away_mode_change", performed_by: { id: admin.id } })
      const nobody = yield* Effect.flip(admins.setAway(AdminId.make("1"), away))
      assert.strictEqual(nobody.reason._tag, "NotFound")
      assert.strictEqual((yield* raw("GET", "/admins/activity_logs")).status, 400)
    }).pipe(Effect.provide(inProcess()))
  )
})
