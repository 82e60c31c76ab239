import * as Attributes from "@effect-intercom/core/Attributes"
import { Companies } from "@effect-intercom/core/resources/Companies"
import { type Contact, ContactId, Contacts } from "@effect-intercom/core/resources/Contacts"
import { Conversations, ConversationId } from "@effect-intercom/core/resources/Conversations"
import { CustomObjectInstanceId, CustomObjectInstances } from "@effect-intercom/core/resources/CustomObjectInstances"
import { TicketId, Tickets } from "@effect-intercom/core/resources/Tickets"
import { TicketTypeId } from "@effect-intercom/core/resources/TicketTypes"
import * as Search from "@effect-intercom/core/Search"
import * as UnixTime from "@effect-intercom/core/UnixTime"
import * as Wire from "@effect-intercom/core/Wire"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import * as Stream from "effect/Stream"
import { exchange, refusal, unchecked } from "./resources/Exchange.ts"
import * as Scripted from "./Scripted.ts"

/** A time that a program has as a `DateTime`. */
const Moment = Wire.UnixSeconds.pipe(
  Schema.decodeTo(Schema.DateTimeUtc, {
    decode: SchemaGetter.transform((seconds) => DateTime.makeUnsafe(seconds * 1000)),
    encode: SchemaGetter.transform(UnixTime.fromDateTime)
  })
)

const Plan = Schema.Struct({
  plan: Wire.nullish(Schema.Literals(["free", "pro"])),
  seats: Wire.nullish(Schema.Int),
  trial: Wire.nullish(Schema.Boolean),
  Größe: Wire.nullish(Schema.String),
  ends_at: Wire.nullish(Moment)
})

class MyContacts extends Contacts.withAttributes<MyContacts>()("MyContacts", Plan) {}
class MyCompanies extends Companies.withAttributes<MyCompanies>()("MyCompanies", Plan) {}
class MyConversations extends Conversations.withAttributes<MyConversations>()("MyConversations", Plan) {}

const Bug = Schema.Struct({
  _default_title_: Wire.nullish(Schema.String),
  Priority: Wire.nullish(Wire.listItem(["id-1", "Low"], ["id-2", "High"])),
  Seats: Wire.nullish(Wire.numberOrString(Schema.Int))
})
class Bugs extends Tickets.withAttributes<Bugs>()("Bugs", Bug, { ids: { Priority: "4001", Seats: "4002" } }) {}

class Orders extends CustomObjectInstances.withAttributes<Orders>()(
  "Orders",
  "Order",
  Schema.Struct({ total: Wire.nullish(Schema.Finite) })
) {}

const id = ContactId.make("1")
const moment = DateTime.makeUnsafe(1_700_000_000_000)
const received = (custom_attributes: unknown) => Scripted.json({ ...Scripted.contact("1"), custom_attributes })
const page = Scripted.json(Scripted.contacts([]))

describe("a request with attributes", () => {
  it.effect("has them as they are on the wire; what is left out or undefined stays", () =>
    Effect.gen(function* () {
      const { sent } = yield* exchange(
        MyContacts,
        ({ create }) =>
          create({
            email: "zoe@example.com",
            custom_attributes: { plan: "pro", seats: null, Größe: "XL", ends_at: moment, trial: undefined }
          }),
        received({})
      )
      assert.deepStrictEqual<unknown>(sent.body, {
        email: "zoe@example.com",
        custom_attributes: { plan: "pro", seats: null, Größe: "XL", ends_at: 1_700_000_000 }
      })
      assert.strictEqual(`${sent.method} ${sent.url.pathname}`, "POST /contacts")
    })
  )

  it.effect("is refused where one does not fit, or has no such name, before anything is sent", () =>
    Effect.gen(function* () {
      const { reason, sent } = yield* refusal(MyContacts, ({ update }) =>
        update(id, unchecked({ custom_attributes: { plan: "gold", seats: 1.5, paln: "pro" } }))
      )
      assert(reason._tag === "EncodeError")
      assert.lengthOf(sent, 0)
      assert.deepStrictEqual(reason.mismatches, [
        { path: "custom_attributes.paln", expected: "no such field", actual: '"pro"' },
        { path: "custom_attributes.plan", expected: '"free" | "pro"', actual: '"gold"' },
        { path: "custom_attributes.seats", expected: "an integer", actual: "1.5" }
      ])
    })
  )

  it.effect("keeps the rules there are beside", () =>
    Effect.gen(function* () {
      const { reason } = yield* refusal(MyContacts, ({ create }) => create({ custom_attributes: { plan: "pro" } }))
      assert(reason._tag === "EncodeError")
      assert.deepStrictEqual(
        reason.mismatches.map(({ expected }) => expected),
        ["at least one of email, external_id and role"]
      )
    })
  )

  it.effect("may be one of several, of an upsert", () =>
    Effect.gen(function* () {
      const { sent, value } = yield* exchange(
        MyContacts,
        ({ upsert }) => upsert({ email: "zoe@example.com", custom_attributes: { ends_at: moment } }),
        received({ plan: "pro" })
      )
      assert.deepStrictEqual<unknown>(sent.body, {
        email: "zoe@example.com",
        custom_attributes: { ends_at: 1_700_000_000 }
      })
      assert.strictEqual(value.contact.custom_attributes?.plan, "pro")
      // @ts-expect-error: a plan there is not
      MyContacts.use(({ upsert }) => upsert({ email: "a", custom_attributes: { plan: "gold" } }))
    })
  )

  it("is typed", () => {
    const { use } = MyContacts
    assert.isFunction(use)
    // @ts-expect-error: a plan there is not
    MyContacts.use(({ update }) => update(id, { custom_attributes: { plan: "gold" } }))
    // @ts-expect-error: no such attribute
    MyContacts.use(({ update }) => update(id, { custom_attributes: { paln: "pro" } }))
    // @ts-expect-error: a time is a `DateTime` here
    MyContacts.use(({ update }) => update(id, { custom_attributes: { ends_at: 1 } }))
    // @ts-expect-error: a misspelt field of a contact
    MyContacts.use(({ update }) => update(id, { nmae: "Zoë" }))
  })
})

describe("received attributes", () => {
  it.effect("are as a schema says that is made while a program runs", () =>
    Effect.gen(function* () {
      class Later extends Contacts.withAttributes<Later>()("Later", Schema.Struct({ score: Schema.Finite })) {}
      const { value } = yield* exchange(Later, ({ get }) => get(id), received({ score: 7 }))
      assert.deepStrictEqual(yield* Later.attributes.decode(value), { score: 7 })
    })
  )

  it.effect("are as they came, whether they fit or not; `decode` tells which do not", () =>
    Effect.gen(function* () {
      const odd = { plan: "gold", seats: "3", ends_at: null, legacy: [1] }
      const { value } = yield* exchange(MyContacts, ({ get }) => get(id), received(odd))
      assert.deepStrictEqual<unknown>(value.custom_attributes, odd)
      const error = yield* Effect.flip(MyContacts.attributes.decode(value))
      assert.deepStrictEqual(error.mismatches, [
        { path: "custom_attributes.plan", expected: '"free" | "pro"', actual: '"gold"' },
        { path: "custom_attributes.seats", expected: "number | null", actual: '"3"' }
      ])
      assert.strictEqual(error.id, "1")
      assert.include(error.message, 'custom_attributes.plan: expected "free" | "pro", got "gold"')
      assert.include(error.message, "intercom codegen attributes")
    })
  )

  it.effect("are decoded: all of them, where they fit", () =>
    Effect.gen(function* () {
      const { value } = yield* exchange(
        MyContacts,
        ({ get }) => get(id),
        received({ plan: "pro", ends_at: 1_700_000_000, legacy: 1 })
      )
      const attributes = yield* MyContacts.attributes.decode(value)
      assert.deepStrictEqual(attributes, { plan: "pro", ends_at: moment })
      const plan: "free" | "pro" | null | undefined = attributes.plan
      assert.strictEqual(plan, "pro")
      assert.deepStrictEqual(MyContacts.attributes.decodeResult({ custom_attributes: null }), Result.succeed({}))
    })
  )

  it.effect("have types that let compare, and nothing more, as they may be misfits", () =>
    Effect.gen(function* () {
      const contacts = yield* MyContacts
      const [contact] = yield* Stream.runCollect(contacts.list.items())
      assert.isDefined(contact)
      const { custom_attributes } = contact
      assert.isTrue(custom_attributes?.plan === "pro")
      // @ts-expect-error: a plan there is not
      assert.isFalse(custom_attributes?.plan === "gold")
      // @ts-expect-error: it may be a misfit
      const plan: "free" | "pro" | null | undefined = custom_attributes?.plan
      // @ts-expect-error: on the wire, a time is a number
      const ends: DateTime.Utc | Attributes.Misfit | null | undefined = custom_attributes?.ends_at
      const other: unknown = custom_attributes?.["legacy"]
      assert.deepStrictEqual([plan, ends, other], ["pro", undefined, undefined])
      // It is a contact like any other.
      const plain: Contact = contact
      assert.strictEqual(plain.id, id)
      const found: Option.Option<typeof contact> = yield* contacts.find({ external_id: "a" })
      assert.isTrue(Option.isSome(found))
    }).pipe(
      Effect.provide(
        Scripted.make([
          Scripted.json({
            type: "list",
            data: [{ ...Scripted.contact("1"), custom_attributes: { plan: "pro" } }]
          }),
          Scripted.json({ ...Scripted.contact("1"), external_id: "a" })
        ]).layer(MyContacts.layer)
      )
    )
  )
})

describe("a search with attributes", () => {
  it.effect("compares them in words, and by signs", () =>
    Effect.gen(function* () {
      const query = Search.and(
        Search.contact("role").equals("user"),
        MyContacts.where("email").endsWith("@example.com"),
        Search.or(
          MyContacts.where("custom_attributes.plan").in(["pro"]),
          MyContacts.where("custom_attributes.Größe").startsWith("X"),
          MyContacts.where("custom_attributes.ends_at").before(moment),
          MyContacts.where("custom_attributes.trial").isNotSet(),
          { field: "custom_attributes.seats", operator: ">=", value: 3 } as const,
          Search.contact(Search.field("custom_attributes.legacy")).equals(1)
        )
      )
      const { sent } = yield* exchange(MyContacts, ({ search }) => search({ query }), page)
      assert.deepStrictEqual<unknown>(sent.body, {
        query: {
          operator: "AND",
          value: [
            { field: "role", operator: "=", value: "user" },
            { field: "email", operator: "$", value: "@example.com" },
            {
              operator: "OR",
              value: [
                { field: "custom_attributes.plan", operator: "IN", value: ["pro"] },
                { field: "custom_attributes.Größe", operator: "^", value: "X" },
                { field: "custom_attributes.ends_at", operator: "<", value: 1_700_000_000 },
                { field: "custom_attributes.trial", operator: "=", value: null },
                { field: "custom_attributes.seats", operator: ">=", value: 3 },
                { field: "custom_attributes.legacy", operator: "=", value: 1 }
              ]
            }
          ]
        }
      })
    })
  )

  it.effect.each([
    ["plan", "=", "gold", "value", '"free" | "pro"', '"gold"'],
    ["plan", "IN", ["pro", null], "value[1]", '"free" | "pro"', "null"],
    [
      "plan",
      ">",
      "pro",
      "operator",
      'one of "=", "!=", "IN", "NIN", "~", "!~", "^", "$" for custom_attributes.plan',
      '">"'
    ],
    ["seats", "=", "3", "value", "number", '"3"'],
    [
      "seats",
      "~",
      "3",
      "operator",
      'one of "=", "!=", "IN", "NIN", ">", "<", ">=", "<=" for custom_attributes.seats',
      '"~"'
    ],
    ["trial", "=", "yes", "value", "boolean", '"yes"'],
    ["ends_at", ">", "2026", "value", "number", '"2026"']
  ] as const)("of which %s %s %s is no part", ([name, operator, value, path, expected, actual]) =>
    Effect.gen(function* () {
      const query = { field: `custom_attributes.${name}`, operator, value }
      const { reason, sent } = yield* refusal(MyContacts, ({ search }) => search(unchecked({ query })))
      assert(reason._tag === "EncodeError")
      assert.lengthOf(sent, 0)
      assert.deepStrictEqual(reason.mismatches, [{ path: `query.${path}`, expected, actual }])
    })
  )

  it("is typed", () => {
    const { where } = MyContacts
    // @ts-expect-error: a plan there is not
    const gold = where("custom_attributes.plan").equals("gold")
    // @ts-expect-error: no such attribute
    where("custom_attributes.paln")
    // @ts-expect-error: a number has no letters
    void where("custom_attributes.seats").contains
    // @ts-expect-error: a text is not more than another
    void where("custom_attributes.plan").greaterThan
    // @ts-expect-error: a time is a `DateTime` here
    where("custom_attributes.ends_at").after(1)
    const wrong = { field: "custom_attributes.seats", operator: "=", value: "3" } as const
    // @ts-expect-error: a text is no number
    const search = MyContacts.use(({ search }) => search({ query: wrong }))
    const any = Search.contact("custom_attributes.plan").equals(3)
    // @ts-expect-error: an attribute with any value
    const other = MyContacts.use(({ search }) => search({ query: any }))
    assert.deepStrictEqual<unknown>(gold, { field: "custom_attributes.plan", operator: "=", value: "gold" })
    assert.notStrictEqual(search, other)
  })
})

describe("other records", () => {
  it.effect("companies", () =>
    Effect.gen(function* () {
      const company = Scripted.json({ type: "company", id: "1", custom_attributes: { seats: 3 } })
      const { sent, value } = yield* exchange(
        MyCompanies,
        ({ createOrUpdate }) => createOrUpdate({ company_id: "acme", custom_attributes: { seats: 3 } }),
        company
      )
      assert.deepStrictEqual<unknown>(sent.body, { company_id: "acme", custom_attributes: { seats: 3 } })
      assert.deepStrictEqual(yield* MyCompanies.attributes.decode(value), { seats: 3 })
      const found = yield* exchange(MyCompanies, ({ find }) => find({ name: "Acme" }), company)
      assert.isTrue(Option.exists(found.value, ({ custom_attributes }) => custom_attributes?.seats === 3))
      // @ts-expect-error: companies are not searched
      assert.isFunction(MyCompanies.where)
    })
  )

  it.effect("conversations", () =>
    Effect.gen(function* () {
      const { sent, value } = yield* exchange(
        MyConversations,
        ({ update }) => update(ConversationId.make("5"), { custom_attributes: { trial: true } }),
        Scripted.json({ type: "conversation", id: "5", custom_attributes: { trial: "yes" } })
      )
      assert.deepStrictEqual<unknown>(sent.body, { custom_attributes: { trial: true } })
      const [mismatch] = (yield* Effect.flip(MyConversations.attributes.decode(value))).mismatches
      assert.strictEqual(mismatch?.path, "custom_attributes.trial")
      const query = Search.and(
        Search.conversation("open").equals(true),
        MyConversations.where("custom_attributes.trial").equals(true)
      )
      const found = yield* exchange(
        MyConversations,
        ({ search }) => search({ query }),
        Scripted.json({ type: "conversation.list", conversations: [{ type: "conversation", id: "5" }] })
      )
      assert.isUndefined(found.value.conversations?.[0]?.custom_attributes?.plan)
    })
  )

  it.effect("tickets, whose lists are set by ids, and which are searched by the ids of attributes", () =>
    Effect.gen(function* () {
      const ticket = { type: "ticket", id: "9", ticket_attributes: { Priority: "id-2", Seats: 3 } }
      const { sent, value } = yield* exchange(
        Bugs,
        ({ create }) =>
          create({
            ticket_type_id: TicketTypeId.make("4000"),
            contacts: [{ id }],
            ticket_attributes: { _default_title_: "It broke", Priority: "High" }
          }),
        Scripted.json(ticket)
      )
      assert.deepStrictEqual<unknown>(sent.body, {
        ticket_type_id: "4000",
        contacts: [{ id: "1" }],
        ticket_attributes: { _default_title_: "It broke", Priority: "id-2" }
      })
      assert.deepStrictEqual(yield* Bugs.attributes.decode(value), { Priority: "High", Seats: 3 })
      const byName = yield* Bugs.attributes.decode({ ticket_attributes: { Priority: "Low" } })
      assert.deepStrictEqual(byName, { Priority: "Low" })
      assert.deepStrictEqual(yield* Bugs.attributes.decode({ ticket_attributes: { Seats: "43" } }), { Seats: 43 })
      for (const Seats of ["", "many", "1.5"]) {
        const { mismatches } = yield* Effect.flip(Bugs.attributes.decode({ ticket_attributes: { Seats } }))
        assert.deepStrictEqual(
          mismatches.map(({ path }) => path),
          ["ticket_attributes.Seats"]
        )
      }
      const query = Search.or(
        Bugs.where("ticket_attributes.Priority").equals("High"),
        Bugs.where("ticket_attributes.Seats").atMost(2),
        Search.ticket("open").equals(true)
      )
      const found = yield* exchange(
        Bugs,
        ({ search }) => search({ query }),
        Scripted.json({ type: "ticket.list", tickets: [] })
      )
      assert.deepStrictEqual<unknown>(found.sent.body, {
        query: {
          operator: "OR",
          value: [
            { field: "ticket_attribute.4001", operator: "=", value: "id-2" },
            { field: "ticket_attribute.4002", operator: "<=", value: 2 },
            { field: "open", operator: "=", value: true }
          ]
        }
      })
      // @ts-expect-error: no id says how it is searched
      Bugs.where("ticket_attributes._default_title_")
      // @ts-expect-error: no such item
      Bugs.use(({ update }) => update(TicketId.make("9"), { ticket_attributes: { Priority: "Highest" } }))
      // Where a request's attributes have no types of their own.
      const encoded = yield* Bugs.attributes.encode({ Priority: "Low", Seats: undefined })
      assert.deepStrictEqual(encoded, { Priority: "id-1" })
      const error = yield* Effect.flip(Bugs.attributes.encode(unchecked({ Prio: "Low" })))
      assert.strictEqual(error.mismatches[0]?.path, "ticket_attributes.Prio")
    })
  )

  it.effect("instances of a type of custom objects", () =>
    Effect.gen(function* () {
      const order = Scripted.json({ id: "7", type: "Order", external_id: "o-1", custom_attributes: { total: 2.5 } })
      const { sent, value } = yield* exchange(
        Orders,
        ({ createOrUpdate }) => createOrUpdate({ external_id: "o-1", custom_attributes: { total: 2.5 } }),
        order
      )
      assert.strictEqual(sent.url.pathname, "/custom_object_instances/Order")
      assert.deepStrictEqual<unknown>(sent.body, { external_id: "o-1", custom_attributes: { total: 2.5 } })
      assert.deepStrictEqual(yield* Orders.attributes.decode(value), { total: 2.5 })
      const got = yield* exchange(Orders, ({ getByExternalId }) => getByExternalId("o-1"), order)
      assert.strictEqual(got.sent.url.search, "?external_id=o-1")
      const deleted = yield* exchange(
        Orders,
        (orders) => orders.delete(CustomObjectInstanceId.make("7")),
        Scripted.json({ id: "7", object: "Order", deleted: true })
      )
      assert.strictEqual(deleted.sent.url.pathname, "/custom_object_instances/Order/7")
      const { reason } = yield* refusal(Orders, ({ createOrUpdate }) =>
        createOrUpdate(unchecked({ external_id: "o-1", custom_attributes: { total: "2.5" } }))
      )
      assert.strictEqual(reason._tag, "EncodeError")
    })
  )
})

it.effect("a service with attributes is one beside the service without", () =>
  Effect.gen(function* () {
    const server = Scripted.make([received({}), received({})])
    yield* Effect.gen(function* () {
      assert.notStrictEqual<unknown>(yield* MyContacts, yield* Contacts)
      yield* (yield* Contacts).update(id, { custom_attributes: { anything: 1 } })
    }).pipe(Effect.provide(server.layer(MyContacts.layer)), Effect.provide(server.layer(Contacts.layer)))
    assert.strictEqual(MyContacts.resource, "Contacts")
    assert.lengthOf(server.sent, 1)
  })
)

describe("attributes called like what every object has", () => {
  const Strange = Schema.Struct({
    plan: Wire.nullish(Schema.Literals(["free", "pro"])),
    constructor: Wire.nullish(Schema.String),
    toString: Wire.nullish(Schema.Int),
    valueOf: Wire.nullish(Schema.Boolean)
  })
  class Oddities extends Contacts.withAttributes<Oddities>()("Oddities", Strange) {}

  it.effect("are left out of requests that do not name them", () =>
    Effect.gen(function* () {
      const { sent } = yield* exchange(
        Oddities,
        ({ update }) => update(id, { custom_attributes: { plan: "pro" } }),
        received({})
      )
      assert.deepStrictEqual<unknown>(sent.body, { custom_attributes: { plan: "pro" } })
      assert.deepStrictEqual<unknown>(yield* Oddities.attributes.encode({ plan: "free" }), { plan: "free" })
    })
  )

  it.effect("are sent, checked and refused like any other", () =>
    Effect.gen(function* () {
      const custom_attributes = { constructor: "a", toString: 1, valueOf: null }
      const { sent } = yield* exchange(Oddities, ({ update }) => update(id, { custom_attributes }), received({}))
      assert.deepStrictEqual<unknown>(sent.body, { custom_attributes })
      const { reason } = yield* refusal(Oddities, ({ update }) =>
        update(id, unchecked({ custom_attributes: { constructor: 1, isPrototypeOf: 1 } }))
      )
      assert(reason._tag === "EncodeError")
      assert.deepStrictEqual(reason.mismatches, [
        { path: "custom_attributes.isPrototypeOf", expected: "no such field", actual: "1" },
        { path: "custom_attributes.constructor", expected: "string | null", actual: "1" }
      ])
    })
  )

  it.effect("are decoded where they are set, and nothing where they are not", () =>
    Effect.gen(function* () {
      const decode = (custom_attributes: unknown) => Oddities.attributes.decode({ custom_attributes })
      const without = yield* decode({ plan: "pro" })
      assert.deepStrictEqual({ ...without }, { plan: "pro" })
      assert.deepStrictEqual([without.toString, without.constructor], [undefined, undefined])
      assert.deepStrictEqual(
        { ...(yield* decode({ toString: 2, constructor: null })) },
        { toString: 2, constructor: null }
      )
      const error = yield* Effect.flip(decode({ toString: "2" }))
      assert.strictEqual(
        error.message.split(". ")[0],
        'Attributes are not as their schema says: custom_attributes.toString: expected number | null, got "2"'
      )
      assert.deepStrictEqual(
        (yield* Effect.flip(decode([1]))).mismatches.map(({ path }) => path),
        ["custom_attributes"]
      )
    })
  )

  it("are not told of as their values where a record may not have them", () => {
    const unset: Attributes.Received<typeof Strange> = {}
    // @ts-expect-error: what every object has may be in its place
    const set: number | null | undefined | Attributes.Misfit = unset.toString
    assert.isFunction(set)
  })
})
