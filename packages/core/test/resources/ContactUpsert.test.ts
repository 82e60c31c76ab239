/** Finding, creating and updating contacts by what names them, while others do the same. */
import { ContactId, Contacts, type UpsertContact, type UpsertOptions } from "@effect-intercom/core/resources/Contacts"
import { EncodeError, IntercomError } from "@effect-intercom/core/IntercomError"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Scripted from "../Scripted.ts"

const contact = (id: string, fields: object = {}) =>
  Scripted.json(Scripted.contact(id, { email: "zoe@example.com", ...fields }))

const conflict = (message: string) => Scripted.errorList(409, { code: "conflict", message })
const exists = (id: string) => conflict(`A contact matching those details already exists with id=${id}`)
const archived = (id: string) => conflict(`An archived contact matching those details already exists with id=${id}`)
const missing = Scripted.errorList(404, { code: "not_found", message: "User Not Found" })
const found = (...ids: ReadonlyArray<string>) =>
  Scripted.json({ type: "list", data: ids.map((id) => Scripted.contact(id, { email: "Zoe@Example.com" })) })
const unnamed = conflict("duplicate")

const zoe = { email: "zoe@example.com", external_id: "42" }

/** What an upsert comes to, and what it asked for. */
const play = (answers: ReadonlyArray<Scripted.Answer>, input: UpsertContact = zoe, options?: UpsertOptions) => {
  const server = Scripted.make(answers)
  return Scripted.elapse(Contacts.use(({ upsert }) => upsert(input, options))).pipe(
    Effect.match({
      onFailure: (error) =>
        error._tag === "Ambiguous" ? `${error._tag} ${error.contact} ${error.other}` : error.reason._tag,
      onSuccess: ({ contact, created }) => `${created ? "created" : "updated"} ${contact.id}`
    }),
    Effect.map((outcome) => ({ outcome, sent: server.sent.map(({ method, path }) => `${method} ${path}`) })),
    Effect.provide(server.layer(Contacts.layer))
  )
}

const create = "POST /contacts"
const update = (id: string) => `PUT /contacts/${id}`
const byId = "GET /contacts/find_by_external_id/42"
const search = "POST /contacts/search"

describe("Contacts.upsert", () => {
  const races: ReadonlyArray<
    readonly [name: string, answers: ReadonlyArray<Scripted.Answer>, outcome: string, sent: ReadonlyArray<string>]
  > = [
    ["creates a contact there is not", [contact("1")], "created 1", [create]],
    ["updates the one there is", [exists("1"), contact("1")], "updated 1", [create, update("1")]],
    [
      "brings an archived one back, and updates it",
      [archived("1"), Scripted.json({ type: "contact", id: "1", archived: false }), contact("1")],
      "updated 1",
      [create, "POST /contacts/1/unarchive", update("1")]
    ],
    [
      "creates it when it was deleted in between",
      [exists("1"), missing, contact("2")],
      "created 2",
      [create, update("1"), create]
    ],
    [
      "follows one that was merged in between",
      [exists("1"), Scripted.errorList(410, { code: "contact_merged" }), exists("2"), contact("2")],
      "updated 2",
      [create, update("1"), create, update("2")]
    ],
    [
      "finds the one that a conflict does not name, by its external id",
      [unnamed, contact("3", { external_id: "42" }), contact("3")],
      "updated 3",
      [create, byId, update("3")]
    ],
    [
      "finds it by its email, as soon as a search does",
      [unnamed, missing, found(), unnamed, missing, found("3"), contact("3")],
      "updated 3",
      [create, byId, search, create, byId, search, update("3")]
    ],
    ["does not choose between two contacts", [exists("1"), exists("9")], "Ambiguous 1 9", [create, update("1")]],
    [
      "begins again when an update conflicts with nobody else",
      [exists("1"), exists("1"), exists("1"), unnamed, contact("2")],
      "created 2",
      [create, update("1"), create, update("1"), create]
    ],
    [
      "brings one back if any of the errors says so",
      [
        Scripted.errorList(409, [
          { code: "conflict", message: "Email is taken" },
          { code: "conflict", message: "An archived contact matching those details already exists with id=1" }
        ]),
        contact("1"),
        contact("1")
      ],
      "updated 1",
      [create, "POST /contacts/1/unarchive", update("1")]
    ],
    [
      "brings none back where an archived one is not in the way",
      [conflict("A contact already exists with id=1, and an archived contact, too"), contact("1")],
      "updated 1",
      [create, update("1")]
    ],
    [
      "ends with what else is wrong, at once",
      [Scripted.errorList(422, { code: "parameter_invalid" })],
      "UnprocessableEntity",
      [create]
    ]
  ]
  it.effect.each(races)("%s", ([, answers, outcome, sent]) =>
    Effect.map(play(answers), (played) => assert.deepStrictEqual(played, { outcome, sent }))
  )

  it.effect("leaves an archived contact where it is, if it is to", () =>
    Effect.map(play([archived("1")], zoe, { unarchive: false }), (played) =>
      assert.deepStrictEqual(played, { outcome: "Conflict", sent: [create] })
    )
  )

  it.effect("tries again when it was archived in between, and leaves it where it is", () => {
    const gone = Scripted.errorList(404, { code: "not_found", message: "An archived contact cannot be updated" })
    return Effect.map(play([exists("1"), gone, archived("1")], zoe, { unarchive: false }), (played) =>
      assert.deepStrictEqual(played, { outcome: "Conflict", sent: [create, update("1"), create] })
    )
  })

  it.effect("says of two contacts which they are", () =>
    Effect.gen(function* () {
      const server = Scripted.make([exists("1"), exists("9")])
      const upsert = Contacts.use(({ upsert }) => upsert(zoe)).pipe(Effect.provide(server.layer(Contacts.layer)))
      assert.strictEqual(
        (yield* Effect.flip(upsert)).message,
        "The details belong to two contacts, 1 and 9: merge them, or leave one of the details out."
      )
    })
  )

  it.effect("gives up on a conflict nobody can explain after five attempts", () =>
    Effect.map(play(Array.from({ length: 5 }, () => [unnamed, found()]).flat(), { email: zoe.email }), (played) =>
      assert.deepStrictEqual(played, {
        outcome: "Conflict",
        sent: Array.from({ length: 5 }, () => [create, search]).flat()
      })
    )
  )

  it.effect("updates the external id, too", () =>
    Effect.gen(function* () {
      const server = Scripted.make([exists("1"), contact("1")])
      yield* Contacts.use(({ upsert }) => upsert(zoe)).pipe(Effect.provide(server.layer(Contacts.layer)))
      assert.deepStrictEqual(
        server.sent.map(({ body }) => body),
        [zoe, zoe]
      )
    })
  )

  it.effect("looks for no email where none is given", () =>
    Effect.map(play(Array.from({ length: 5 }, () => [unnamed, missing]).flat(), { external_id: "42" }), (played) =>
      assert.deepStrictEqual(played, {
        outcome: "Conflict",
        sent: Array.from({ length: 5 }, () => [create, byId]).flat()
      })
    )
  )

  it.effect("updates what is given, and takes null for no external id", () =>
    Effect.gen(function* () {
      const server = Scripted.make([exists("1"), contact("1")])
      const input = { email: "zoe@example.com", external_id: null, name: "Zoë" }
      yield* Contacts.use(({ upsert }) => upsert(input)).pipe(Effect.provide(server.layer(Contacts.layer)))
      const { external_id: _, ...rest } = input
      assert.deepStrictEqual(
        server.sent.map(({ body }) => body),
        [input, rest]
      )
    })
  )
})

describe("Contacts.find", () => {
  const find = (key: { readonly email: string } | { readonly external_id: string }, answer: Scripted.Answer) => {
    const server = Scripted.make([answer])
    return Contacts.use(({ find }) => find(key)).pipe(
      Effect.map((found) => ({ id: Option.getOrUndefined(found)?.id, sent: server.sent[0] })),
      Effect.provide(server.layer(Contacts.layer))
    )
  }

  it.effect("prefers the user to leads that share the email", () =>
    Effect.gen(function* () {
      const email = "zoe@example.com"
      const leads = ["1", "2"].map((id) => Scripted.contact(id, { role: "lead", email }))
      const page = (data: ReadonlyArray<object>) => Scripted.json({ type: "list", data, total_count: data.length })
      const { id, sent } = yield* find(
        { email: "zoe@example.com" },
        page([...leads, Scripted.contact("3", { role: "user", email })])
      )
      assert.strictEqual(id, ContactId.make("3"))
      assert.deepStrictEqual(sent?.body, {
        query: { field: "email", operator: "=", value: "zoe@example.com" },
        pagination: { per_page: 150 }
      })
      assert.strictEqual((yield* find({ email: "zoe@example.com" }, page(leads))).id, ContactId.make("1"))
      assert.isUndefined((yield* find({ email: "zoe@example.com" }, page([]))).id)
    })
  )

  it.effect("takes nobody who has not what was asked for", () =>
    Effect.gen(function* () {
      const stranger = Scripted.contact("9", { email: "yan@example.com", external_id: "7", role: "user" })
      const search = Scripted.json({
        type: "list",
        data: [stranger, Scripted.contact("8"), Scripted.contact("7", { email: null })]
      })
      assert.isUndefined((yield* find({ email: "zoe@example.com" }, search)).id)
      assert.isUndefined((yield* find({ external_id: "42" }, Scripted.json(stranger))).id)
    })
  )

  it.effect.each([{ email: "" }, { external_id: "" }])("refuses a key that names nobody: %o", (key) =>
    Effect.gen(function* () {
      const server = Scripted.make([])
      const use = <A, E>(call: (contacts: Contacts["Service"]) => Effect.Effect<A, E>) =>
        Effect.flip(Effect.provide(Contacts.use(call), server.layer(Contacts.layer)))
      const errors = [yield* use(({ find }) => find(key)), yield* use(({ upsert }) => upsert(key))]
      const mismatches = Object.keys(key).map((path) => ({
        path,
        expected: "a string that is not empty",
        actual: '""'
      }))
      assert.deepStrictEqual(
        errors.map((error) => (error._tag === "IntercomError" ? { ...error } : error)),
        [
          { operation: "Contacts.find", path: "/contacts/search" },
          { operation: "Contacts.upsert", path: "/contacts" }
        ].map(({ operation, path }) => ({
          ...new IntercomError({ operation, method: "POST", path, reason: new EncodeError({ mismatches }) })
        }))
      )
      assert.lengthOf(server.sent, 0)
    })
  )

  it.effect("asks for an external id, and finds nothing where there is none", () =>
    Effect.gen(function* () {
      const { id, sent } = yield* find({ external_id: "a/b" }, contact("1", { external_id: "a/b" }))
      assert.deepStrictEqual([id, sent?.path], [ContactId.make("1"), "/contacts/find_by_external_id/a%2Fb"])
      assert.isUndefined((yield* find({ external_id: "42" }, missing)).id)
    })
  )
})
