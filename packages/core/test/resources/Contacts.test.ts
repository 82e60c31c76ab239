import { Contact, ContactId, Contacts } from "@effect-intercom/core/resources/Contacts"
import * as Search from "@effect-intercom/core/Search"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Scripted from "../Scripted.ts"
import { exchange, refusal, refuses, unchecked } from "./Exchange.ts"

const id = ContactId.make("6657add46abd0167d9419cd2")

const contact = Scripted.contact(id, { custom_attributes: { seats: 3, nested: null } })

describe("Contact", () => {
  it.effect("keeps what it does not name, decoded and encoded by itself", () =>
    Effect.gen(function* () {
      const received = { ...contact, new_field: [1] }
      const decoded = yield* Schema.decodeUnknownEffect(Contact)(received)
      assert.deepStrictEqual<unknown>(decoded, received)
      assert.deepStrictEqual<unknown>(yield* Schema.encodeEffect(Contact)(decoded), received)
    })
  )
})

describe("Contacts.list", () => {
  it.effect("says what a text must be to stand in a URL", () =>
    refuses(Contacts, (contacts) => contacts.list({ starting_after: "\ud800" }), {
      path: "starting_after",
      expected: "a text that can stand in a URL: no lone surrogates"
    })
  )

  it.effect("refuses page sizes the API does not take", () =>
    Effect.forEach([0, 151, 1.5], (per_page) =>
      refuses(Contacts, (contacts) => contacts.list({ per_page }), { path: "per_page" })
    )
  )
})

describe("Contacts.create", () => {
  it.effect("refuses a contact nobody could find again", () =>
    Effect.gen(function* () {
      const expected = "at least one of email, external_id and role"
      yield* refuses(Contacts, (contacts) => contacts.create({ name: "Zoë" }), { expected })
      yield* refuses(Contacts, (contacts) => contacts.create({ email: undefined }), { expected })
    })
  )

  it.effect("takes any of the three that find it again", () =>
    Effect.gen(function* () {
      for (const input of [{ email: "zoe@example.com" }, { external_id: "z-1" }, { role: "lead" }]) {
        const { sent } = yield* exchange(Contacts, (contacts) => contacts.create(input), Scripted.json(contact))
        assert.deepStrictEqual(sent.body, input)
      }
    })
  )

  it.effect("gives the id of the contact that is there already", () =>
    Effect.gen(function* () {
      const { reason } = yield* refusal(
        Contacts,
        (contacts) => contacts.create({ email: "zoe@example.com" }),
        Scripted.errorList(409, {
          code: "conflict",
          message: `A contact matching those details already exists with id=${id}`
        })
      )
      assert(reason._tag === "Conflict")
      assert.strictEqual(reason.existingId, id)
    })
  )
})

describe("Contacts.search", () => {
  const query = Search.contact("email", "=", "zoe@example.com")

  it.effect("leaves out what is undefined, and takes null for no cursor", () =>
    Effect.gen(function* () {
      const { sent } = yield* exchange(
        Contacts,
        (contacts) =>
          contacts.search({ query, pagination: { per_page: undefined, starting_after: null }, sort: undefined }),
        Scripted.json(Scripted.contacts([]))
      )
      assert.deepStrictEqual<unknown>(sent.body, { query, pagination: { starting_after: null } })
    })
  )

  it.effect("refuses page sizes and orders the API does not take", () =>
    Effect.gen(function* () {
      for (const per_page of [0, 151, 1.5]) {
        yield* refuses(Contacts, (contacts) => contacts.search({ query, pagination: { per_page } }), {
          path: "pagination.per_page"
        })
      }
      const sort = { field: "created_at", order: "desc" }
      yield* refuses(Contacts, (contacts) => contacts.search(unchecked({ query, sort })), { path: "sort.order" })
    })
  )
})

describe("Contacts.listCompanies", () => {
  const company = { type: "company", id: "531" }
  const list = (body: object) => {
    const server = Scripted.make([Scripted.json(body)])
    return Contacts.use((contacts) => Stream.runCollect(contacts.listCompanies.items(id))).pipe(
      Effect.provide(server.layer(Contacts.layer))
    )
  }

  it.effect("finds them under data or under companies, and misses neither", () =>
    Effect.gen(function* () {
      for (const key of ["data", "companies"]) {
        assert.deepStrictEqual<unknown>(yield* list({ type: "list", [key]: [company], pages: null }), [company])
      }
      assert.strictEqual((yield* Effect.flip(list({ type: "list" }))).reason._tag, "DecodeError")
    })
  )
})
