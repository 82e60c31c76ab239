import { Contact, ContactId, Contacts } from "@effect-intercom/core/resources/Contacts"
import * as Search from "@effect-intercom/core/Search"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Scripted from "../Scripted.ts"
import { exchange, misfits, refusal, refuses, tolerates, unchecked, walk } from "./Exchange.ts"

const id = ContactId.make("6657add46abd0167d9419cd2")

const contact = (fields: object = {}) => ({
  type: "contact",
  id,
  workspace_id: "a1b2c3",
  external_id: null,
  role: "lead",
  email: null,
  phone: null,
  name: "Zoë 🦊",
  avatar: "https://static.example.com/avatar.png",
  owner_id: null,
  social_profiles: { type: "list", data: [] },
  has_hard_bounced: false,
  created_at: 1_717_041_620,
  updated_at: 1_717_041_620,
  last_seen_at: null,
  location: { type: "location", country: null, region: null, city: null, country_code: null, continent_code: null },
  custom_attributes: { plan: "pro", seats: 3, trial: false, nested: null },
  tags: {
    type: "list",
    data: [{ id: "8", type: "tag", url: "/tags/8" }],
    url: "/tags",
    total_count: 1,
    has_more: false
  },
  sms_consent: true,
  ...fields
})

describe("Contact", () => {
  it.effect("keeps what it does not name, decoded and encoded by itself", () =>
    Effect.gen(function* () {
      const received = contact({ new_field: [1] })
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

  it.effect("asks GET /contacts, with what the query says", () =>
    Effect.gen(function* () {
      const body = {
        type: "list",
        data: [contact(), contact({ avatar: { type: "avatar", image_url: null } })],
        total_count: 2
      }
      const { sent, value } = yield* exchange(
        Contacts,
        (contacts) => contacts.list({ per_page: 150, starting_after: "a b&c" }),
        Scripted.json(body)
      )
      assert.strictEqual(sent.method, "GET")
      assert.strictEqual(sent.url.pathname, "/contacts")
      assert.deepStrictEqual(
        [...sent.url.searchParams],
        [
          ["per_page", "150"],
          ["starting_after", "a b&c"]
        ]
      )
      assert.deepStrictEqual<unknown>(value, body)
    })
  )

  it.effect("leaves an undefined parameter out", () =>
    Effect.gen(function* () {
      const { sent } = yield* exchange(
        Contacts,
        (contacts) => contacts.list({ per_page: undefined, starting_after: undefined }),
        Scripted.json(Scripted.contacts([]))
      )
      assert.strictEqual(sent.path, "/contacts")
    })
  )

  it.effect("walks by cursor, to the page without one", () =>
    Effect.gen(function* () {
      const page = (id: string, next?: object) => ({
        type: "list",
        data: [contact({ id })],
        pages: { type: "pages", ...(next === undefined ? undefined : { next }) }
      })
      const { ids, queries } = yield* walk(
        Contacts,
        (contacts) => contacts.list.items({ per_page: 1 }),
        page("1", { per_page: 1, starting_after: "WzE=" }),
        page("2")
      )
      assert.deepStrictEqual(ids, ["1", "2"])
      assert.deepStrictEqual(queries, [{ per_page: "1" }, { per_page: "1", starting_after: "WzE=" }])
    })
  )

  it.effect("refuses page sizes the API does not take, and names it does not know", () =>
    Effect.gen(function* () {
      for (const per_page of [0, 151, 1.5]) {
        yield* refuses(Contacts, (contacts) => contacts.list({ per_page }), { path: "per_page" })
      }
      yield* refuses(Contacts, (contacts) => contacts.list(unchecked({ page: 2 })), { path: "page" })
    })
  )

  it.effect("names the contact that does not fit", () =>
    misfits(
      Contacts,
      (contacts) => contacts.list(),
      { type: "list", data: [contact(), contact({ id: 12, created_at: "yesterday" })] },
      "data[1].id",
      "data[1].created_at"
    )
  )
})

describe("Contacts.create", () => {
  it.effect("posts what is given, and nothing for undefined", () =>
    Effect.gen(function* () {
      const { sent, value } = yield* exchange(
        Contacts,
        (contacts) =>
          contacts.create({ email: "zoe@example.com", name: null, phone: undefined, custom_attributes: { seats: 3 } }),
        Scripted.json(contact())
      )
      assert.strictEqual(`${sent.method} ${sent.path}`, "POST /contacts")
      assert.deepStrictEqual(sent.body, { email: "zoe@example.com", name: null, custom_attributes: { seats: 3 } })
      assert.deepStrictEqual<unknown>(value, contact())
    })
  )

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
        const { sent } = yield* exchange(Contacts, (contacts) => contacts.create(input), Scripted.json(contact()))
        assert.deepStrictEqual(sent.body, input)
      }
    })
  )

  it.effect("refuses what the API has no field for", () =>
    refuses(Contacts, (contacts) => contacts.create(unchecked({ role: "user", created_at: 1 })), { path: "created_at" })
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

describe("Contacts.get", () => {
  it.effect("asks for the id in the path, percent-encoded", () =>
    Effect.gen(function* () {
      const odd = ContactId.make("a/b?c#d%e é")
      const { sent } = yield* exchange(Contacts, (contacts) => contacts.get(odd), Scripted.json(contact()))
      assert.strictEqual(`${sent.method} ${sent.path}`, "GET /contacts/a%2Fb%3Fc%23d%25e%20%C3%A9")
    })
  )

  it.effect("refuses an id that cannot be part of a path", () =>
    Effect.forEach(["", ".", "..", "\ud800"], (odd) =>
      refuses(Contacts, (contacts) => contacts.get(ContactId.make(odd)), { path: "contact_id" })
    )
  )

  it.effect("takes a contact with nothing but type and id, and nulls elsewhere", () =>
    tolerates(Contacts, (contacts) => contacts.get(id), { type: "contact", id }, Object.keys(contact()).slice(2))
  )

  it.effect("refuses a contact without an id", () =>
    misfits(Contacts, (contacts) => contacts.get(id), { type: "contact", email: "zoe@example.com" }, "id")
  )

  it.effect("tells that there is none", () =>
    Effect.gen(function* () {
      const { reason } = yield* refusal(
        Contacts,
        (contacts) => contacts.get(id),
        Scripted.errorList(404, { code: "not_found", message: "User Not Found" })
      )
      assert.strictEqual(reason._tag, "NotFound")
    })
  )
})

describe("Contacts.search", () => {
  const query = Search.contact("email", "=", "zoe@example.com")

  it.effect("posts the query, the page and the order", () =>
    Effect.gen(function* () {
      const body = {
        type: "list",
        data: [contact()],
        total_count: 1,
        pages: { type: "pages", page: 1, total_pages: 1 }
      }
      const request = {
        query,
        pagination: { per_page: 150, starting_after: "WzE=" },
        sort: { field: "created_at", order: "descending" }
      } as const
      const { sent, value } = yield* exchange(Contacts, (contacts) => contacts.search(request), Scripted.json(body))
      assert.strictEqual(`${sent.method} ${sent.path}`, "POST /contacts/search")
      assert.deepStrictEqual<unknown>(sent.body, request)
      assert.deepStrictEqual<unknown>(value, body)
    })
  )

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

  it.effect("refuses page sizes and orders the API does not take, and a search without a query", () =>
    Effect.gen(function* () {
      for (const per_page of [0, 151, 1.5]) {
        yield* refuses(Contacts, (contacts) => contacts.search({ query, pagination: { per_page } }), {
          path: "pagination.per_page"
        })
      }
      const sort = { field: "created_at", order: "desc" }
      yield* refuses(Contacts, (contacts) => contacts.search(unchecked({ query, sort })), { path: "sort.order" })
      yield* refuses(Contacts, (contacts) => contacts.search(unchecked({})), { path: "query" })
      yield* refuses(Contacts, (contacts) => contacts.search(unchecked({ query, per_page: 5 })), { path: "per_page" })
    })
  )

  it.effect("tells what the API could not take", () =>
    Effect.gen(function* () {
      const { reason } = yield* refusal(
        Contacts,
        (contacts) => contacts.search({ query, pagination: { starting_after: "x" } }),
        Scripted.errorList(400, { code: "client_error", message: "Invalid starting_after param" })
      )
      assert.strictEqual(reason._tag, "BadRequest")
    })
  )
})
