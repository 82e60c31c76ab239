/** What is sent otherwise, by the version of the API. */
import { isAtLeast } from "@effect-intercom/core/ApiVersion"
import { AdminId } from "@effect-intercom/core/resources/Common"
import { Articles } from "@effect-intercom/core/resources/Articles"
import { ContactId, Contacts } from "@effect-intercom/core/resources/Contacts"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Scripted from "./Scripted.ts"

describe("versions", () => {
  it.each([
    ["2.16", "2.16", true],
    ["2.17", "2.16", true],
    ["3.0", "2.16", true],
    ["2.9", "2.16", false],
    ["2.15", "2.16", false],
    ["1.4", "2.16", false],
    ["1.20", "2.16", false],
    ["10.1", "11.0", false],
    // No numbers of a version, whatever stands around them.
    ["v2.9", "2.16", true],
    ["2.9-beta", "2.16", true],
    ["Preview", "2.16", true],
    // Preview, by another name.
    ["0", "2.16", true],
    ["Unstable", "2.16", true]
  ])("%s is at least %s: %s", (version, since, expected) => {
    assert.strictEqual(isAtLeast(version, since), expected)
  })
})

describe("the owner of a contact", () => {
  const id = ContactId.make("1")

  it.effect.each([
    ["2.15", 814_860],
    ["2.16", "814860"]
  ] as const)("is sent in %s as it has it, given as a number or as an admin's id", ([version, expected]) =>
    Effect.gen(function* () {
      const server = Scripted.make(() => Scripted.json(Scripted.contact("1")))
      yield* Effect.gen(function* () {
        const { create, update } = yield* Contacts
        yield* create({ email: "ada@example.com", owner_id: 814_860 })
        yield* update(id, { owner_id: AdminId.make("814860") })
        yield* update(id, { owner_id: null, name: "7" })
      }).pipe(Effect.provide(server.layer(Contacts.layer, { version })))
      assert.deepStrictEqual(
        server.sent.map(({ body }) => body),
        [{ email: "ada@example.com", owner_id: expected }, { owner_id: expected }, { owner_id: null, name: "7" }]
      )
    })
  )

  it.effect("is digits, or nothing is sent", () =>
    Effect.gen(function* () {
      const server = Scripted.make([])
      const update = Contacts.use(({ update }) => update(id, { owner_id: "ada" }))
      const { reason } = yield* Effect.flip(Effect.provide(update, server.layer(Contacts.layer)))
      assert(reason._tag === "EncodeError")
      assert.deepStrictEqual(
        reason.mismatches.map(({ expected, path }) => [path, expected]),
        [["owner_id", "an id of digits, such as 814860"]]
      )
      assert.lengthOf(server.sent, 0)
    })
  )
})

it.effect("an author is given as an admin's id has it", () =>
  Effect.gen(function* () {
    const server = Scripted.make(() => Scripted.json({ type: "article", id: "1" }))
    yield* Articles.use(({ create }) => create({ title: "x", author_id: AdminId.make("7") })).pipe(
      Effect.provide(server.layer(Articles.layer))
    )
    assert.deepStrictEqual(server.sent[0]?.body, { title: "x", author_id: 7 })
  })
)
