/** The simulator answers as the version that is asked for. */
import {
  AdminId,
  Articles,
  ContactId,
  Contacts,
  Conversations,
  DataAttributes,
  hasCode,
  IntercomHttp,
  Search,
  Tickets
} from "@effect-intercom/core"
import { Simulator } from "@effect-intercom/simulator"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"

const at = (version: string) =>
  Layer.mergeAll(Articles.layer, Contacts.layer, Conversations.layer, DataAttributes.layer, Tickets.layer).pipe(
    Layer.provide(IntercomHttp.layer({ accessToken: Redacted.make("simulator-token"), version })),
    Layer.provideMerge(Simulator.layerClient({ admins: [{ id: "7" }], contacts: 12, conversations: 40, tickets: 8 }))
  )

const seen = Effect.gen(function* () {
  const contacts = yield* Contacts
  const conversations = yield* Conversations
  const contact = yield* contacts.create({ email: "ada@example.com", owner_id: AdminId.make("7") })
  const { data } = yield* contacts.list({ per_page: 50 })
  const listed = yield* conversations.list({ per_page: 50 })
  const one = yield* conversations.get(listed.conversations[0]?.id ?? assert.fail("none"))
  return {
    owner: contact.owner_id,
    owners: new Set(data.map(({ owner_id }) => typeof owner_id)),
    assignees: new Set([...listed.conversations, one].map(({ admin_assignee_id }) => typeof admin_assignee_id)),
    nobody: listed.conversations.some(({ team_assignee_id }) => team_assignee_id === null),
    priorities: [...new Set(listed.conversations.map(({ priority }) => priority))].toSorted()
  }
})

/** How many are found by a value, and how many of those listed have it. */
const found = Effect.fnUntraced(function* (
  field: "priority" | "admin_assignee_id",
  value: string | number | null,
  operator: "=" | "IN" = "="
) {
  const conversations = yield* Conversations
  const listed = yield* conversations.list({ per_page: 50 })
  const compared = operator === "IN" ? [value] : value
  const answer = yield* conversations.search({
    // Values of another version are none of this one's types.
    query: { field, operator, value: compared } as Search.ConversationQuery
  })
  return [answer.total_count, listed.conversations.filter((one) => one[field] === value).length]
})

const agree = ([found, listed]: ReadonlyArray<unknown>) => {
  assert.strictEqual(found, listed)
  assert.isAbove(Number(found), 0)
}

describe("version", () => {
  it.effect("2.15 has numbers for owners, and null for nobody", () =>
    Effect.gen(function* () {
      const { assignees, nobody, owner, owners, priorities } = yield* seen
      assert.strictEqual(owner, 7)
      assert.isFalse(owners.has("string"))
      assert.isTrue(nobody)
      assert.isTrue(assignees.has("object") || assignees.has("number"))
      assert.deepStrictEqual(priorities, ["not_priority", "priority"])
    }).pipe(Effect.provide(at("2.15")))
  )

  it.effect("2.16 has strings for owners, 0 for nobody, and priorities by name", () =>
    Effect.gen(function* () {
      const { assignees, nobody, owner, owners, priorities } = yield* seen
      assert.strictEqual(owner, "7")
      assert.isFalse(owners.has("number"))
      assert.isFalse(nobody)
      assert.deepStrictEqual([...assignees], ["number"])
      assert.deepStrictEqual(priorities, ["high", "none"])
    }).pipe(Effect.provide(at("2.16")))
  )

  it.effect.each([
    ["2.15", ["string"], ["parent_id", "parent_ids", "parent_type"]],
    ["2.16", ["number"], ["parent_ids"]]
  ] as const)("%s has assignees of tickets, and parents of articles, of its own", ([version, assignees, parents]) =>
    Effect.gen(function* () {
      const listed = yield* (yield* Tickets).search({ query: { field: "created_at", operator: ">", value: 0 } })
      const types = listed.tickets?.flatMap(({ admin_assignee_id: admin, team_assignee_id: team }) => [admin, team])
      assert.deepStrictEqual([...new Set(types?.map((id) => typeof id))], [...assignees])
      for (const { ticket_state } of listed.tickets ?? []) assert.isObject(ticket_state)
      for (const article of (yield* (yield* Articles).list()).data) {
        assert.deepStrictEqual(
          Object.keys(article)
            .filter((field) => field.startsWith("parent"))
            .toSorted(),
          [...parents]
        )
      }
    }).pipe(Effect.provide(at(version)))
  )

  it.effect("2.15 has no such contact, once it is merged into another", () =>
    Effect.gen(function* () {
      const contacts = yield* Contacts
      const { mergeContacts } = yield* Simulator
      const [from, into] = (yield* contacts.list()).data
      assert(from !== undefined && into !== undefined)
      yield* mergeContacts(from.id, into.id)
      const { reason } = yield* Effect.flip(contacts.get(ContactId.make(from.id)))
      assert.strictEqual(reason._tag, "NotFound")
    }).pipe(Effect.provide(at("2.15")))
  )

  it.effect("2.16 has more fields, which are kept", () =>
    Effect.gen(function* () {
      const [conversation] = (yield* (yield* Conversations).list()).conversations
      assert.containsSubset(conversation, { external_references: [], sales_agent: null })
      const [contact] = (yield* (yield* Contacts).list()).data
      assert.containsSubset(contact, { enabled_push_messaging: null })
    }).pipe(Effect.provide(at("2.16")))
  )

  it.effect("2.16 tells where a merged contact is", () =>
    Effect.gen(function* () {
      const contacts = yield* Contacts
      const { mergeContacts } = yield* Simulator
      const [from, into] = (yield* contacts.list()).data
      assert(from !== undefined && into !== undefined)
      yield* mergeContacts(from.id, into.id)
      const { reason } = yield* Effect.flip(contacts.get(ContactId.make(from.id)))
      assert(reason._tag === "Gone")
      assert.strictEqual(reason.mergedInto, into.id)
    }).pipe(Effect.provide(at("2.16")))
  )

  it.effect("2.15 finds what it lists", () =>
    Effect.gen(function* () {
      agree(yield* found("priority", "not_priority"))
      agree(yield* found("admin_assignee_id", null))
      assert.deepStrictEqual(yield* found("priority", "none"), [0, 0])
      const { data } = yield* (yield* DataAttributes).list({ model: "conversation" })
      assert.isNotEmpty(data)
    }).pipe(Effect.provide(at("2.15")))
  )

  it.effect("2.16 finds what it lists", () =>
    Effect.gen(function* () {
      agree(yield* found("priority", "none"))
      agree(yield* found("priority", "high", "IN"))
      agree(yield* found("admin_assignee_id", 0))
      agree(yield* found("admin_assignee_id", 0, "IN"))
      assert.deepStrictEqual(yield* found("priority", "not_priority"), [0, 0])
    }).pipe(Effect.provide(at("2.16")))
  )

  it.effect("2.16 has the attributes of conversations elsewhere", () =>
    Effect.gen(function* () {
      const { reason } = yield* Effect.flip((yield* DataAttributes).list({ model: "conversation" }))
      assert.containsSubset(reason, { status: 422, errors: [{ code: "parameter_invalid", field: "model" }] })
    }).pipe(Effect.provide(at("2.16")))
  )

  it.effect(
    "from 2.16 on the conversations that were deleted are listed, the last first; before, the listing is refused",
    () =>
      Effect.gen(function* () {
        const conversations = yield* Conversations
        const { remove } = yield* Simulator
        const listed = yield* Stream.runCollect(conversations.list.items())
        const gone = listed.slice(3, 6).map(({ id }) => id)
        yield* Effect.forEach(gone, (id) => remove("conversations", id))
        const told = yield* Stream.runCollect(conversations.listDeleted.items({ per_page: 2 }))
        assert.deepStrictEqual(
          told.map(({ id }) => id),
          gone.toReversed()
        )
        assert.isTrue(told.every(({ deleted_at }) => typeof deleted_at === "number"))
        const first = yield* conversations.listDeleted({ per_page: 1, order: "asc" })
        assert.deepStrictEqual([first.conversations[0]?.id, first.total_count], [gone[0], 3])
        const refused = yield* Effect.flip(
          conversations.listDeleted().pipe(Effect.provideService(IntercomHttp.Version, "2.15"))
        )
        assert.strictEqual(refused.reason._tag, "BadRequest")
        assert.isTrue(hasCode(refused, "intercom_version_invalid"))
      }).pipe(Effect.provide(at("2.16")))
  )
})
