import { Contacts } from "@effect-intercom/core/resources/Contacts"
import { Conversations } from "@effect-intercom/core/resources/Conversations"
import * as Search from "@effect-intercom/core/Search"
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Scripted from "./Scripted.ts"
import { exchange, refusal, unchecked } from "./resources/Exchange.ts"

const contacts = Scripted.json(Scripted.contacts([]))
const conversations = Scripted.json({ type: "conversation.list", conversations: [] })

/** What a search of contacts has against a query: where, what would be right, and what came. */
const against = (query: unknown) =>
  Effect.map(
    refusal(Contacts, (service) => service.search(unchecked({ query }))),
    ({ reason, sent }) => {
      assert(reason._tag === "EncodeError", `expected an EncodeError, got ${reason._tag}`)
      assert.lengthOf(sent, 0)
      return reason.mismatches.map(({ actual, expected, path }) => [path, expected, actual] as const)
    }
  )

const email = Search.contact("email", "=", "zoe@example.com")

describe("a query", () => {
  it.effect("is sent as it is", () =>
    Effect.gen(function* () {
      // One window of an export: strictly inside, or at its end.
      const window = (field: "created_at" | "updated_at") => {
        const from = { field, operator: ">", value: 1_700_000_000 } as const
        const before = { field, operator: "<", value: 1_700_086_400 } as const
        return {
          query: {
            operator: "OR",
            value: [
              { operator: "AND", value: [from, before] },
              { ...before, operator: "=" }
            ]
          },
          sort: { field, order: "ascending" },
          pagination: { per_page: 150 }
        } as const
      }
      for (const field of ["created_at", "updated_at"] as const) {
        const ofContacts = yield* exchange(Contacts, (service) => service.search(window(field)), contacts)
        assert.deepStrictEqual<unknown>(ofContacts.sent.body, window(field))
        const ofConversations = yield* exchange(
          Conversations,
          (service) => service.search(window(field)),
          conversations
        )
        assert.deepStrictEqual<unknown>(ofConversations.sent.body, window(field))
      }
    })
  )

  it.effect("is what the builders make of it", () =>
    Effect.gen(function* () {
      const query = Search.and(
        Search.contact("role", "=", "user"),
        Search.or(
          Search.contact("owner_id", "IN", [1, "2"]),
          Search.contact("custom_attributes.plan", "!=", null),
          Search.contact("signed_up_at", ">", 1)
        )
      )
      const { sent } = yield* exchange(Contacts, (service) => service.search({ query }), contacts)
      assert.deepStrictEqual(sent.body, {
        query: {
          operator: "AND",
          value: [
            { field: "role", operator: "=", value: "user" },
            {
              operator: "OR",
              value: [
                { field: "owner_id", operator: "IN", value: [1, "2"] },
                { field: "custom_attributes.plan", operator: "!=", value: null },
                { field: "signed_up_at", operator: ">", value: 1 }
              ]
            }
          ]
        }
      })
    })
  )

  it.effect("may name a field that is newer than the client", () =>
    Effect.gen(function* () {
      const query = Search.conversation(Search.field("channel.type"), "~", "mail")
      const { sent } = yield* exchange(Conversations, (service) => service.search({ query }), conversations)
      assert.deepStrictEqual(sent.body, { query: { field: "channel.type", operator: "~", value: "mail" } })
    })
  )
})

describe("a filter on a field of contacts", () => {
  const ofNumber = '"=", "!=", "IN", "NIN", ">", "<", ">=", "<="'
  const ofTag = 'one of "=", "!=" for tag_id (the API answers with an error to any other)'
  const ofText = '"=", "!=", "IN", "NIN", "~", "!~", "^", "$"'
  it.effect.each([
    ["email", ">", "a", "operator", `one of ${ofText} for email`, '">"'],
    ["email", "like", "a", "operator", `one of ${ofText} for email`, '"like"'],
    ["email", "=", 1, "value", "a text", "1"],
    ["email", "~", null, "value", "a text", "null"],
    ["email", "=", ["a"], "value", 'a text; lists go with "IN" and "NIN"', '["a"]'],
    ["email", "IN", "a", "value", 'a list, as "IN" needs', '"a"'],
    ["email", "NIN", ["a", null], "value[1]", "a text", "null"],
    ["owner_id", "=", true, "value", "an id: a whole number or its digits", "true"],
    ["owner_id", "=", "zoe", "value", "an id: a whole number or its digits", '"zoe"'],
    ["owner_id", ">", 1.5, "value", "an id: a whole number or its digits", "1.5"],
    ["owner_id", "~", "1", "operator", `one of ${ofNumber} for owner_id`, '"~"'],
    ["owner_id", "^", "1", "operator", `one of ${ofNumber} for owner_id`, '"^"'],
    ["tag_id", "IN", ["1"], "operator", ofTag, '"IN"'],
    ["tag_id", "NIN", ["1"], "operator", ofTag, '"NIN"'],
    ["tag_id", "~", "1", "operator", ofTag, '"~"'],
    ["tag_id", "$", "1", "operator", ofTag, '"$"'],
    ["segment_id", "=", true, "value", "an id: a text or a number", "true"],
    ["tag_id", "=", true, "value", "an id: a text or a number", "true"],
    ["has_hard_bounced", "=", "true", "value", "true or false", '"true"'],
    ["has_hard_bounced", "IN", ["true"], "value[0]", "true or false", '"true"'],
    ["has_hard_bounced", ">", true, "operator", 'one of "=", "!=", "IN", "NIN" for has_hard_bounced', '">"'],
    ["created_at", "=", "2026-01-01", "value", "a time in Unix seconds, as a number or its digits", '"2026-01-01"'],
    ["created_at", ">", 1.5, "value", "a time in Unix seconds, as a number or its digits", "1.5"],
    ["created_at", "=", null, "value", "a time in Unix seconds, as a number or its digits", "null"],
    ["custom_attributes.plan", "=", {}, "value", "a text, number or boolean", "{}"],
    ["custom_attributes.plan", "=", Number.NaN, "value", "a text, number or boolean", "null"],
    ["custom_attributes.plan", "~", 1, "value", "a text", "1"],
    ["custom_attributes.plan", "IN", [null], "value[0]", "a text, number or boolean", "null"],
    ["custom_attributes.plan", ">", null, "value", "a text, number or boolean", "null"],
    ["custom_attributes.plan", undefined, 1, "operator", undefined, "nothing"],
    ["", "=", 1, "field", "the name of a field", '""'],
    [1, "=", 1, "field", "the name of a field", "1"]
  ] as const)("%s %s %s is refused", ([field, operator, value, path, expected, actual]) =>
    Effect.gen(function* () {
      const all = '"=", "!=", "IN", "NIN", ">", "<", ">=", "<=", "~", "!~", "^", "$"'
      assert.deepStrictEqual(yield* against({ field, operator, value }), [
        [`query.${path}`, expected ?? `one of ${all} for custom_attributes.plan`, actual]
      ])
    })
  )

  it.effect.each(["!=", ">=", "<=", "IN", "NIN", "~"])("a date knows no %s, as the API compares days", (operator) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* against({ field: "created_at", operator, value: 1 }), [
        [
          "query.operator",
          'one of ">", "<", "=" for created_at (the API compares dates of contacts by whole days)',
          JSON.stringify(operator)
        ]
      ])
    })
  )

  it.effect.each(["pro", 2, true, null])("a custom attribute may be %s", (value) =>
    Effect.gen(function* () {
      const query = Search.contact("custom_attributes.plan", "=", value)
      const { sent } = yield* exchange(Contacts, (service) => service.search({ query }), contacts)
      assert.deepStrictEqual(sent.body, { query: { field: "custom_attributes.plan", operator: "=", value } })
    })
  )

  it.effect("has three parts, no more", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* against({ ...email, vlaue: 1 }), [["query.vlaue", "no such field", "1"]])
      assert.deepStrictEqual(yield* against({ field: "email", operator: "=" }), [["query.value", "a text", "nothing"]])
    })
  )
})

describe("a filter on a field of contacts, as the API has it,", () => {
  it.effect.each([
    Search.contact("tag_id", "=", "7"),
    Search.contact("tag_id", "!=", null),
    Search.contact("owner_id", ">", 5),
    Search.contact("owner_id", "<=", "5"),
    Search.contact("owner_id", "NIN", ["1", 2]),
    Search.contact("has_hard_bounced", "IN", [true, false]),
    Search.contact("unsubscribed_from_emails", "NIN", [true]),
    Search.contact("created_at", ">", "1306054154"),
    Search.contact("custom_attributes.trial", "IN", [true, "yes", 1])
  ])("is sent: %o", (query) =>
    Effect.gen(function* () {
      const { sent } = yield* exchange(Contacts, (service) => service.search({ query }), contacts)
      assert.deepStrictEqual<unknown>(sent.body, { query })
    })
  )
})

describe("a filter on a field of conversations", () => {
  it.effect("compares dates by the second, and numbers", () =>
    Effect.forEach(
      [
        Search.conversation("admin_assignee_id", ">", 5),
        Search.conversation("team_assignee_id", "=", "5"),
        Search.conversation("created_at", "IN", ["1306054154", 5]),
        Search.conversation("read", "NIN", [false]),
        Search.conversation("updated_at", ">=", 1),
        Search.conversation("updated_at", "!=", null),
        Search.conversation("statistics.count_reopens", "<=", 2),
        Search.conversation("statistics.count_reopens", "IN", [1, 2]),
        Search.conversation("open", "=", true)
      ],
      (query) =>
        Effect.map(
          exchange(Conversations, (service) => service.search({ query }), conversations),
          ({ sent }) => assert.deepStrictEqual<unknown>(sent.body, { query })
        )
    )
  )

  it.effect("is refused where it does not fit", () =>
    Effect.gen(function* () {
      const filters = [
        { field: "updated_at", operator: "~", value: "x" },
        { field: "statistics.count_reopens", operator: ">", value: "2" }
      ]
      const query = { operator: "AND", value: filters }
      const { reason } = yield* refusal(Conversations, (service) => service.search(unchecked({ query })))
      assert(reason._tag === "EncodeError")
      assert.deepStrictEqual(
        reason.mismatches.map(({ expected, path }) => [path, expected]),
        [
          ["query.value[0].operator", 'one of "=", "!=", "IN", "NIN", ">", "<", ">=", "<=" for updated_at'],
          ["query.value[1].value", "a number"]
        ]
      )
    })
  )
})

describe("a group", () => {
  const group = (value: unknown, operator = "AND") => ({ operator, value })

  it.effect.each([0, 16])("of %i filters is refused", (count) =>
    Effect.gen(function* () {
      const [mismatch = []] = yield* against(group(Array.from({ length: count }, () => email)))
      assert.strictEqual(mismatch[0], "query.value")
      assert.strictEqual(
        mismatch[1],
        '1 to 15 filters: ask for many values of a field with "IN", or search more than once'
      )
    })
  )

  it.effect.each([1, 15])("of %i filters is sent", (count) =>
    Effect.gen(function* () {
      const query = Search.or(...Array.from({ length: count }, () => email))
      const { sent } = yield* exchange(Contacts, (service) => service.search({ query }), contacts)
      assert.deepStrictEqual<unknown>(sent.body, { query })
    })
  )

  it.effect("in a group in a group is refused", () =>
    Effect.gen(function* () {
      const deep = group([email, group([email, group([email], "OR")])])
      const [mismatch = [], ...others] = yield* against(deep)
      assert.deepStrictEqual(others, [])
      assert.strictEqual(mismatch[0], "query.value[1].value[1]")
      assert.strictEqual(mismatch[1], "a filter, as groups nest at most 2 deep: join this one with the group around it")
    })
  )

  it.effect("is told by what is wrong in it, each at its place", () =>
    Effect.gen(function* () {
      const wrong = group([
        email,
        group(
          [
            { ...email, value: 1 },
            { ...email, operator: ">" }
          ],
          "OR"
        ),
        3
      ])
      assert.deepStrictEqual(
        (yield* against(wrong)).map(([path, expected]) => [path, expected]),
        [
          ["query.value[1].value[0].value", "a text"],
          ["query.value[1].value[1].operator", 'one of "=", "!=", "IN", "NIN", "~", "!~", "^", "$" for email'],
          ["query.value[2]", "a filter, or a group of filters"]
        ]
      )
    })
  )

  it.effect("joins by AND or OR", () =>
    Effect.gen(function* () {
      const expected = '"AND" or "OR", or a field to compare'
      assert.deepStrictEqual(yield* against(group([email], "XOR")), [["query.operator", expected, '"XOR"']])
      assert.deepStrictEqual(yield* against({}), [["query.operator", expected, "nothing"]])
      assert.deepStrictEqual(yield* against({ ...group([email]), not: true }), [["query.not", "no such field", "true"]])
      assert.deepStrictEqual(yield* against(null), [["query", "a filter, or a group of filters", "null"]])
      assert.deepStrictEqual(yield* against(group(email)), [
        [
          "query.value",
          '1 to 15 filters: ask for many values of a field with "IN", or search more than once',
          JSON.stringify(email)
        ]
      ])
    })
  )
})

describe("pages and order", () => {
  const query = Search.contact("role", "=", "user")

  it.effect("are sent", () =>
    Effect.gen(function* () {
      const request = {
        query,
        pagination: { per_page: 150, starting_after: "abc" },
        sort: { field: "name", order: "descending" }
      } as const
      const { sent } = yield* exchange(Contacts, (service) => service.search(request), contacts)
      assert.deepStrictEqual<unknown>(sent.body, request)
    })
  )

  it.effect.each<readonly [object, string]>([
    [{ pagination: { per_page: 0 } }, "pagination.per_page"],
    [{ pagination: { per_page: 151 } }, "pagination.per_page"],
    [{ pagination: { starting_after: 1 } }, "pagination.starting_after"],
    [{ sort: { field: "name", order: "desc" } }, "sort.order"],
    [{ sort: { field: 1, order: "ascending" } }, "sort.field"]
  ])("%j is refused", ([other, path]) =>
    Effect.gen(function* () {
      const { reason } = yield* refusal(Contacts, (service) => service.search(unchecked({ query, ...other })))
      assert(reason._tag === "EncodeError")
      assert.deepStrictEqual(
        reason.mismatches.map((mismatch) => mismatch.path),
        [path]
      )
    })
  )
})

describe("an attribute of one's own", () => {
  const all = '"=", "!=", "IN", "NIN", ">", "<", ">=", "<=", "~", "!~", "^", "$"'
  const asText = '"=", "!=", "IN", "NIN", "~", "!~", "^", "$"'
  const asNumber = '"=", "!=", "IN", "NIN", ">", "<", ">=", "<="'
  const asFlag = '"=", "!=", "IN", "NIN"'

  it.effect.each<readonly [string, Schema.Top, string]>([
    ["a text", Schema.String, asText],
    ["a text, or none", Schema.NullOr(Schema.UndefinedOr(Schema.String)), asText],
    ["one of some texts", Schema.Literals(["free", "pro"]), asText],
    ["a text of a form", Schema.TemplateLiteral(["id-", Schema.String]), asText],
    ["a number", Schema.Finite, asNumber],
    ["one of some numbers", Schema.Literals([1, 2]), asNumber],
    ["a number or its text", Schema.Union([Schema.String, Schema.Finite]), asNumber],
    ["true or false", Schema.Boolean, asFlag],
    ["true, whatever else", Schema.Literal(true), all],
    ["true, false or a text", Schema.Union([Schema.Boolean, Schema.String]), all],
    ["a list", Schema.Array(Schema.String), all]
  ])("that is %s is compared as what it is, and with null", ([, schema, operators]) =>
    Effect.gen(function* () {
      const field = "custom_attributes.a"
      const encode = Schema.encodeUnknownEffect(Schema.Struct(Search.requestWith({}, { [field]: schema })))
      const { message } = yield* Effect.flip(encode({ query: { field, operator: "like", value: 1 } }))
      assert.include(message, `Expected one of ${operators} for ${field}, got "like"`)
      const unset = { query: { field, operator: "=", value: null } }
      assert.deepStrictEqual<unknown>(yield* encode(unset), unset)
    })
  )
})

describe("the schema of a query", () => {
  const fields = { name: "text", seats: "number", day: "day", tag: "tag", trial: "boolean" } as const
  const request = Schema.Struct(Search.requestOn(fields))

  it("knows what is on the wire", () => {
    const isOnWire = Schema.is(Schema.toEncoded(request))
    const filter = { field: "name", operator: "=", value: "a" }
    const group = (value: ReadonlyArray<unknown>, operator = "AND") => ({ operator, value })
    const many = (count: number) => group(Array.from({ length: count }, () => filter))
    for (const query of [filter, { ...filter, value: [1, true] }, many(1), many(15), group([filter, many(1)], "OR")]) {
      assert.isTrue(isOnWire({ query }))
    }
    const wrong = [
      { ...filter, operator: "like" },
      { ...filter, value: [null] },
      { ...filter, field: 1 }
    ]
    for (const query of [...wrong, many(0), many(16), group([filter], "XOR"), group([group([many(1)])])]) {
      assert.isFalse(isOnWire({ query }))
    }
  })

  it.effect("makes examples, with all fields and their operators", () =>
    Effect.gen(function* () {
      const samples = yield* Arbitrary.sampleEffect(Arbitrary.schema(Schema.toType(request.fields.query)), {
        count: 100,
        seed: 1
      })
      type Node = Search.Filter | Search.Group<Node>
      const seen = new Set<string>()
      const look = (node: Node, depth: number) => {
        if ("field" in node) seen.add(`${depth} deep`).add(`${node.field} ${node.operator}`)
        else for (const one of node.value) look(one, depth + 1)
      }
      for (const sample of samples) look(sample, 0)
      const operators = {
        name: ["=", "!=", "IN", "NIN", "~", "!~", "^", "$"],
        seats: ["=", "!=", "IN", "NIN", ">", "<", ">=", "<="],
        day: [">", "<", "="],
        tag: ["=", "!="],
        trial: ["=", "!=", "IN", "NIN"]
      }
      const expected = Object.entries(operators).flatMap(([field, some]) => some.map((one) => `${field} ${one}`))
      assert.deepStrictEqual([...seen].toSorted(), [...expected, "0 deep", "1 deep", "2 deep"].toSorted())
    })
  )
})

describe("the types", () => {
  it("know the operators and values of a field, and how deep groups go", () => {
    // @ts-expect-error: dates of contacts are compared by days
    Search.contact("created_at", ">=", 1)
    // @ts-expect-error: no such field
    Search.contact("e_mail", "=", "a")
    // @ts-expect-error: a tag is there or not
    Search.contact("tag_id", "IN", ["1"])
    // @ts-expect-error: a whole number does not begin with anything
    Search.contact("owner_id", "^", "1")
    // @ts-expect-error: lists hold texts
    Search.contact("email", "IN", [1])
    // @ts-expect-error: a number is no text
    Search.contact("email", "=", 1)
    const inner = Search.and(email)
    const outer: Search.ContactQuery = Search.or(email, inner)
    // @ts-expect-error: a group in a group in a group
    Search.or(outer)
    // @ts-expect-error: a contact's field in a conversation's query
    const ofContacts: Search.ConversationQuery = Search.or(email)
    assert.deepStrictEqual<unknown>(outer, { operator: "OR", value: [email, inner] })
    assert.deepStrictEqual<unknown>(ofContacts, { operator: "OR", value: [email] })
  })
})
