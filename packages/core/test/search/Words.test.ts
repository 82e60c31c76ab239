import { Contacts } from "@effect-intercom/core/resources/Contacts"
import * as Search from "@effect-intercom/core/Search"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { exchange } from "../resources/Exchange.ts"
import * as Scripted from "../Scripted.ts"

const at = 1_700_000_000

describe("a filter in words", () => {
  it.each([
    [Search.contact("email").equals("a"), "=", "a"],
    [Search.contact("email").notEquals("a"), "!=", "a"],
    [Search.contact("email").isSet(), "!=", null],
    [Search.contact("email").isNotSet(), "=", null],
    [Search.contact("email").in(["a", "b"]), "IN", ["a", "b"]],
    [Search.contact("email").notIn(["a"]), "NIN", ["a"]],
    [Search.contact("email").contains("a"), "~", "a"],
    [Search.contact("email").notContains("a"), "!~", "a"],
    [Search.contact("email").startsWith("a"), "^", "a"],
    [Search.contact("email").endsWith("a"), "$", "a"],
    [Search.contact("owner_id").greaterThan(5), ">", 5],
    [Search.contact("owner_id").lessThan("5"), "<", "5"],
    [Search.contact("owner_id").atLeast(5), ">=", 5],
    [Search.contact("owner_id").atMost(5), "<=", 5],
    [Search.contact("tag_id").equals("7"), "=", "7"],
    [Search.contact("created_at").after(at), ">", at],
    [Search.contact("created_at").before(at), "<", at],
    [Search.contact("created_at").on(at), "=", at],
    [Search.contact("has_hard_bounced").in([true]), "IN", [true]],
    [Search.contact("custom_attributes.plan").atMost(3), "<=", 3],
    [Search.conversation("updated_at").atLeast(at), ">=", at],
    [Search.conversation("updated_at").after(at), ">", at],
    [Search.conversation("source.id").equals(3), "=", 3],
    [Search.conversation(Search.field("channel.type")).contains("mail"), "~", "mail"],
    [Search.ticket("ticket_attribute.12").equals("3"), "=", "3"]
  ] as const)("%o has the API's sign", (filter, operator, value) => {
    assert.deepStrictEqual<unknown>(filter, { field: filter.field, operator, value })
  })

  it.effect("goes into a query as the others do", () =>
    Effect.gen(function* () {
      const query: Search.ContactQuery = Search.and(
        Search.contact("role", "=", "user"),
        Search.or(Search.contact("email").endsWith("@example.com"), Search.contact("created_at").after(at))
      )
      const { sent } = yield* exchange(
        Contacts,
        (service) => service.search({ query }),
        Scripted.json(Scripted.contacts([]))
      )
      assert.deepStrictEqual<unknown>(sent.body, {
        query: {
          operator: "AND",
          value: [
            { field: "role", operator: "=", value: "user" },
            {
              operator: "OR",
              value: [
                { field: "email", operator: "$", value: "@example.com" },
                { field: "created_at", operator: ">", value: at }
              ]
            }
          ]
        }
      })
    })
  )

  it("has the words that go with its field, and no others", () => {
    // @ts-expect-error: dates of contacts are compared by days
    void Search.contact("created_at").atLeast
    // @ts-expect-error: a date of a contact is not looked for where there is none
    void Search.contact("created_at").isSet
    // @ts-expect-error: a text is not more than another
    void Search.contact("email").greaterThan
    // @ts-expect-error: a number has no letters
    void Search.contact("owner_id").contains
    // @ts-expect-error: a tag is there or not
    void Search.contact("tag_id").in
    // @ts-expect-error: true is not less than false
    void Search.contact("has_hard_bounced").lessThan
    // @ts-expect-error: no such field
    void Search.contact("e_mail")
    // @ts-expect-error: a number is no text
    const number = Search.contact("email").equals(1)
    // @ts-expect-error: a field of contacts
    const ofAnother: Search.ConversationQuery = Search.contact("owner_id").equals(1)
    assert.deepStrictEqual<unknown>([number.value, ofAnother], [1, { field: "owner_id", operator: "=", value: 1 }])
  })
})
