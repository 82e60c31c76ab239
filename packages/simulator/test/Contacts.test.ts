/** What contacts have, what becomes of them, and what follows from it. */
import { DataAttributeId, Intercom, type IntercomError, TagId } from "@effect-intercom/core"
import { assert, describe, it } from "@effect/vitest"
import { Simulator } from "@effect-intercom/simulator"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { inProcess } from "./Client.ts"

const none = inProcess({ contacts: 0, events: 0 })

/** The reason a call is refused for, with the words of the API. */
const refusal = <A>(call: Effect.Effect<A, IntercomError>) =>
  Effect.map(Effect.flip(call), ({ reason }) => ({
    tag: String(reason._tag),
    ...("errors" in reason ? reason.errors[0] : undefined)
  }))

const idsIn = (list: { readonly data?: ReadonlyArray<{ readonly id?: unknown }> | null } | null | undefined) =>
  (list?.data ?? []).map(({ id }) => String(id))

describe("what a contact has", () => {
  it.effect("is shown in the contact, the first ten, and listed as a whole", () =>
    Effect.gen(function* () {
      const { contacts, tags } = yield* Intercom
      const { id } = yield* contacts.create({ email: "zoe@example.com" })
      const all = yield* Stream.runCollect(Stream.take(tags.list.items(), 12))
      for (const tag of all) yield* contacts.attachTag(id, { id: tag.id })
      // Once more is not twice.
      yield* contacts.attachTag(id, { id: all[0]?.id ?? assert.fail() })
      const shown = (yield* contacts.get(id)).tags
      assert.deepInclude({ ...shown }, { total_count: 12, has_more: true, url: `/contacts/${id}/tags` })
      assert.deepStrictEqual(idsIn(shown), idsIn({ data: all.slice(0, 10) }))
      assert.deepStrictEqual(yield* contacts.listTags(id), { type: "list", data: all })
      for (const tag of all.slice(0, 5)) yield* contacts.detachTag({ contact_id: id, tag_id: tag.id })
      const left = (yield* contacts.get(id)).tags
      assert.deepInclude({ ...left }, { total_count: 7, has_more: false })
      assert.deepStrictEqual(idsIn(left), idsIn({ data: all.slice(5) }))
      assert.deepInclude(yield* refusal(contacts.attachTag(id, { id: TagId.make("1") })), { code: "tag_not_found" })
    }).pipe(Effect.provide(none))
  )

  it.effect("are companies, which count their contacts, and are gone from it when they are deleted", () =>
    Effect.gen(function* () {
      const { companies, contacts } = yield* Intercom
      const { id } = yield* contacts.create({ role: "lead" })
      const acme = yield* companies.createOrUpdate({ company_id: "acme" })
      const bob = yield* companies.createOrUpdate({ company_id: "bob" })
      assert.strictEqual((yield* contacts.attachCompany(id, { id: acme.id })).user_count, 1)
      assert.strictEqual((yield* contacts.attachCompany(id, { id: acme.id })).user_count, 1)
      yield* contacts.attachCompany(id, { id: bob.id })
      assert.deepStrictEqual(idsIn(yield* companies.listContacts(acme.id)), [id])
      assert.deepStrictEqual(
        (yield* Stream.runCollect(contacts.listCompanies.items(id, { per_page: 1 }))).map(({ id }) => id),
        [acme.id, bob.id]
      )
      yield* contacts.detachCompany({ contact_id: id, company_id: bob.id })
      assert.strictEqual((yield* companies.get(bob.id)).user_count, 0)
      assert.deepStrictEqual(yield* companies.delete(acme.id), { id: acme.id, object: "company", deleted: true })
      assert.deepInclude({ ...(yield* contacts.get(id)).companies }, { data: [], total_count: 0 })
      assert.isTrue(Option.isNone(yield* companies.find({ company_id: "acme" })))
      assert.deepInclude(yield* refusal(companies.get(acme.id)), { tag: "NotFound", code: "company_not_found" })
    }).pipe(Effect.provide(none))
  )

  it.effect("are notes, by the token's admin or another, gone with the contact", () =>
    Effect.gen(function* () {
      const { admins, contacts, notes } = yield* Intercom
      const { id } = yield* contacts.create({ role: "lead" })
      const second = (yield* Stream.runCollect(admins.list.items()))[1] ?? assert.fail()
      const mine = yield* contacts.createNote(id, { body: "Hi" })
      const theirs = yield* contacts.createNote(id, { body: "<b>Hi</b>", admin_id: second.id })
      assert.deepInclude({ ...mine }, { body: "<p>Hi</p>", contact: { type: "contact", id } })
      assert.strictEqual(theirs.author?.id, second.id)
      assert.deepStrictEqual(idsIn(yield* contacts.listNotes(id)), [mine.id, theirs.id])
      assert.deepStrictEqual(idsIn((yield* contacts.get(id)).notes), [mine.id, theirs.id])
      yield* contacts.delete(id)
      assert.strictEqual((yield* refusal(notes.get(mine.id))).tag, "NotFound")
    }).pipe(Effect.provide(none))
  )

  it.effect("are subscription types, of which the last word counts", () =>
    Effect.gen(function* () {
      const { contacts, subscriptionTypes } = yield* Intercom
      const { id } = yield* contacts.create({ role: "lead" })
      const type = (yield* subscriptionTypes.list()).data[0] ?? assert.fail()
      const said = Effect.map(contacts.get(id), (contact) => [
        idsIn(contact.opted_in_subscription_types),
        idsIn(contact.opted_out_subscription_types)
      ])
      yield* contacts.attachSubscription(id, { id: type.id, consent_type: "opt_in" })
      assert.deepStrictEqual(yield* said, [[type.id], []])
      yield* contacts.attachSubscription(id, { id: type.id, consent_type: "opt_out" })
      assert.deepStrictEqual(yield* said, [[], [type.id]])
      assert.deepStrictEqual(idsIn(yield* contacts.listSubscriptions(id)), [type.id])
      yield* contacts.detachSubscription({ contact_id: id, subscription_id: type.id })
      assert.deepStrictEqual(yield* said, [[], []])
    }).pipe(Effect.provide(none))
  )
})

describe("a contact", () => {
  it.effect("keeps what an update leaves out, and is refused what another has", () =>
    Effect.gen(function* () {
      const { contacts } = yield* Intercom
      const ada = yield* contacts.create({ email: "ada@example.com", custom_attributes: { a: 1, b: 2 } })
      const zoe = yield* contacts.create({ external_id: "z", email: "zoe@example.com" })
      const changed = yield* contacts.update(ada.id, { name: "Ada", custom_attributes: { b: 3 } })
      assert.deepInclude({ ...changed }, { name: "Ada", email: "ada@example.com", custom_attributes: { a: 1, b: 3 } })
      assert.deepStrictEqual(yield* contacts.update(ada.id, { email: "ada@example.com" }), changed)
      const taken = { tag: "Conflict", message: `A contact matching those details already exists with id=${zoe.id}` }
      assert.deepInclude(yield* refusal(contacts.update(ada.id, { email: "zoe@example.com" })), taken)
      assert.deepInclude(yield* refusal(contacts.update(ada.id, { external_id: "z" })), taken)
      assert.deepInclude(yield* refusal(contacts.update(ada.id, { role: "lead" })), {
        code: "client_error",
        message: "Contact with user role can't be converted to a lead"
      })
    }).pipe(Effect.provide(none))
  )

  it.effect("that is archived is neither listed nor found, and still in the way of another", () =>
    Effect.gen(function* () {
      const { contacts } = yield* Intercom
      const zoe = yield* contacts.create({ external_id: "z", email: "zoe@example.com" })
      yield* contacts.archive(zoe.id)
      assert.deepInclude({ ...(yield* contacts.archive(zoe.id)) }, { id: zoe.id, external_id: "z", archived: true })
      assert.deepStrictEqual(idsIn(yield* contacts.list()), [])
      assert.isTrue(Option.isNone(yield* contacts.find({ email: "zoe@example.com" })))
      assert.isTrue(Option.isNone(yield* contacts.find({ external_id: "z" })))
      assert.deepInclude(yield* refusal(contacts.create({ email: "zoe@example.com" })), {
        tag: "Conflict",
        message: `An archived contact matching those details already exists with id=${zoe.id}`
      })
      assert.deepInclude({ ...(yield* contacts.unarchive(zoe.id)) }, { archived: false })
      assert.deepStrictEqual(yield* contacts.get(zoe.id), zoe)
      yield* contacts.archive(zoe.id)
      yield* contacts.delete(zoe.id)
      assert.strictEqual((yield* refusal(contacts.unarchive(zoe.id))).tag, "NotFound")
      assert.notStrictEqual((yield* contacts.create({ email: "zoe@example.com" })).id, zoe.id)
    }).pipe(Effect.provide(none))
  )

  it.effect("are counted once by a company when two of its contacts become one", () =>
    Effect.gen(function* () {
      const { companies, contacts } = yield* Intercom
      const user = yield* contacts.create({ external_id: "u" })
      const lead = yield* contacts.create({ role: "lead" })
      const [both, ofUser, ofLead] = [
        yield* companies.createOrUpdate({ company_id: "both" }),
        yield* companies.createOrUpdate({ company_id: "user" }),
        yield* companies.createOrUpdate({ company_id: "lead" })
      ]
      for (const { id } of [both, ofUser]) yield* contacts.attachCompany(user.id, { id })
      for (const { id } of [both, ofLead]) yield* contacts.attachCompany(lead.id, { id })
      assert.strictEqual((yield* companies.get(both.id)).user_count, 2)
      yield* contacts.merge({ from: lead.id, into: user.id })
      for (const { id } of [both, ofUser, ofLead]) {
        assert.strictEqual((yield* companies.get(id)).user_count, 1)
        assert.deepStrictEqual(idsIn(yield* companies.listContacts(id)), [user.id])
      }
    }).pipe(Effect.provide(none))
  )

  it.effect("takes over what a lead has that is merged into it, and nothing else is", () =>
    Effect.gen(function* () {
      const { contacts, conversations, events, notes, tags } = yield* Intercom
      const user = yield* contacts.create({ external_id: "u" })
      const lead = yield* contacts.create({ role: "lead" })
      const [one, two] = yield* Stream.runCollect(Stream.take(tags.list.items(), 2))
      assert(one !== undefined && two !== undefined)
      yield* contacts.attachTag(user.id, { id: one.id })
      for (const { id } of [one, two]) yield* contacts.attachTag(lead.id, { id })
      const note = yield* contacts.createNote(lead.id, { body: "Hi" })
      yield* events.submit({ event_name: "ordered", created_at: 1_700_000_000, id: lead.id })
      const { conversation_id } = yield* conversations.create({ from: { type: "lead", id: lead.id }, body: "Hi" })
      assert.strictEqual((yield* refusal(contacts.merge({ from: user.id, into: lead.id }))).tag, "BadRequest")
      const merged = yield* contacts.merge({ from: lead.id, into: user.id })
      assert.deepStrictEqual(
        [merged.id, idsIn(merged.tags), idsIn(merged.notes)],
        [user.id, [one.id, two.id], [note.id]]
      )
      assert.strictEqual((yield* notes.get(note.id)).contact?.id, user.id)
      assert.deepStrictEqual<unknown>((yield* conversations.get(conversation_id)).contacts?.contacts, [
        { type: "contact", id: user.id, external_id: "u" }
      ])
      const [event] = yield* Stream.runCollect(events.list.items({ intercom_user_id: user.id }))
      assert.deepInclude({ ...event }, { event_name: "ordered", user_id: "u", intercom_user_id: user.id })
      assert.strictEqual((yield* refusal(contacts.get(lead.id))).tag, "NotFound")
    }).pipe(Effect.provide(none))
  )

  it.effect("is one, however many create or update it at once", () =>
    Effect.gen(function* () {
      const { contacts } = yield* Intercom
      const upsert = (name: string) => contacts.upsert({ email: "zoe@example.com", external_id: "z", name })
      const all = yield* Effect.forEach(["a", "b", "c", "d"], upsert, { concurrency: "unbounded" })
      assert.lengthOf(
        all.filter(({ created }) => created),
        1
      )
      assert.lengthOf(yield* Stream.runCollect(contacts.list.items()), 1)
      const other = yield* contacts.create({ external_id: "o" })
      const ambiguous = yield* Effect.flip(contacts.upsert({ email: "zoe@example.com", external_id: "o" }))
      assert(ambiguous._tag === "Ambiguous")
      assert.sameMembers<string>([ambiguous.contact, ambiguous.other], [other.id, all[0]?.contact.id ?? ""])
    }).pipe(Effect.provide(none))
  )
})

describe("a tag", () => {
  it.effect("is one by its name, on many at once, all or none, and gone from all of them", () =>
    Effect.gen(function* () {
      const { companies, contacts, tags } = yield* Intercom
      const tag = yield* tags.createOrUpdate({ name: "vip" })
      assert.deepStrictEqual(yield* tags.createOrUpdate({ name: "vip" }), tag)
      const { id } = yield* contacts.create({ role: "lead" })
      const acme = yield* companies.createOrUpdate({ company_id: "acme" })
      const tagged = Effect.map(companies.get(acme.id), ({ tags }) => (tags?.tags ?? []).map(({ id }) => id))
      yield* tags.tagContacts({ name: "vip", users: [{ id }] })
      assert.deepInclude(
        yield* refusal(tags.tagCompanies({ name: "vip", companies: [{ id: acme.id }, { company_id: "none" }] })),
        { code: "company_not_found" }
      )
      assert.deepStrictEqual(yield* tagged, [])
      yield* tags.tagCompanies({ name: "vip", companies: [{ company_id: "acme" }] })
      assert.deepStrictEqual(yield* tagged, [tag.id])
      assert.deepStrictEqual(idsIn(yield* companies.list({ tag_id: tag.id })), [acme.id])
      yield* tags.untagCompanies({ name: "vip", companies: [{ id: acme.id, untag: true }] })
      assert.deepStrictEqual(yield* tagged, [])
      yield* tags.tagCompanies({ name: "vip", companies: [{ id: acme.id }] })
      assert.strictEqual((yield* tags.createOrUpdate({ name: "VIP", id: tag.id })).name, "VIP")
      yield* tags.delete(tag.id)
      assert.deepStrictEqual([yield* tagged, idsIn((yield* contacts.get(id)).tags)], [[], []])
    }).pipe(Effect.provide(none))
  )
})

describe("a data attribute", () => {
  it.effect("has an id if it is your own, and is listed until it is archived", () =>
    Effect.gen(function* () {
      const { dataAttributes } = yield* Intercom
      const listed = (query?: { readonly model?: "contact"; readonly include_archived?: boolean }) =>
        Effect.map(dataAttributes.list(query), ({ data }) => data)
      for (const { custom, id } of yield* listed()) assert.strictEqual(typeof id, custom ? "number" : "undefined")
      const options = [{ value: "S" }, { value: "L" }]
      const size = { name: "size", model: "contact", data_type: "options", options } as const
      const made = yield* dataAttributes.create(size)
      assert.deepInclude({ ...made }, { full_name: "custom_attributes.size", data_type: "string", options: ["S", "L"] })
      assert.strictEqual((yield* refusal(dataAttributes.create(size))).code, "parameter_invalid")
      const id = DataAttributeId.make(String(made.id))
      yield* dataAttributes.update(id, { options: [{ value: "M" }], archived: true })
      const names = (all: ReadonlyArray<{ readonly name?: string | null }>) => all.map(({ name }) => name)
      assert.notInclude(names(yield* listed({ model: "contact" })), "size")
      assert.include(names(yield* listed({ model: "contact", include_archived: true })), "size")
      assert.strictEqual((yield* refusal(dataAttributes.update(DataAttributeId.make("1"), {}))).code, "field_not_found")
    }).pipe(Effect.provide(none))
  )
})

describe("a visitor", () => {
  it.effect("is changed, and becomes a contact", () =>
    Effect.gen(function* () {
      const { contacts, visitors } = yield* Intercom
      const { records } = yield* Simulator
      const [text = ""] = yield* Stream.runCollect(records("visitors"))
      const { user_id } = JSON.parse(text) as { readonly user_id: string }
      const visitor = yield* visitors.update({ user_id, name: "Zoë", custom_attributes: { seen: 2 } })
      assert.deepStrictEqual(yield* visitors.get({ user_id }), visitor)
      const contact = yield* visitors.convert({ type: "user", user: { user_id: "z" }, visitor: { id: visitor.id } })
      assert.deepInclude({ ...contact }, { role: "user", external_id: "z", name: "Zoë" })
      assert.deepStrictEqual(yield* contacts.getByExternalId("z"), contact)
      assert.deepInclude(yield* refusal(visitors.get({ user_id })), { tag: "NotFound", message: "Visitor Not Found" })
    }).pipe(Effect.provide(none))
  )
})
