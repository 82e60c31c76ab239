import * as PlanFlags from "@effect-intercom/cli/PlanFlags"
import * as Selection from "@effect-intercom/cli/Selection"
import { assert, describe, it } from "@effect/vitest"
import * as Option from "effect/Option"
import * as Result from "effect/Result"

const query = (...expressions: ReadonlyArray<string>) => Selection.where(expressions, ["conversations"])

describe("--where", () => {
  it.each([
    ["state=open", { field: "state", operator: "=", value: "open" }],
    ["state != open", { field: "state", operator: "!=", value: "open" }],
    ["open=true", { field: "open", operator: "=", value: true }],
    ["statistics.count_reopens>=2", { field: "statistics.count_reopens", operator: ">=", value: 2 }],
    ["created_at>2026-01-01", { field: "created_at", operator: ">", value: 1_767_225_600 }],
    ["admin_assignee_id=0", { field: "admin_assignee_id", operator: "=", value: 0 }],
    ["source.author.email~@example.com", { field: "source.author.email", operator: "~", value: "@example.com" }],
    ["source.subject = a = b", { field: "source.subject", operator: "=", value: "a = b" }],
    ["state in open, snoozed", { field: "state", operator: "IN", value: ["open", "snoozed"] }],
    ["state not in closed", { field: "state", operator: "NIN", value: ["closed"] }],
    ["priority=null", { field: "priority", operator: "=", value: null }],
    ["custom_attributes.Größe=12", { field: "custom_attributes.Größe", operator: "=", value: 12 }],
    [
      "custom_attributes.onboarded_at>2020-01-01",
      { field: "custom_attributes.onboarded_at", operator: ">", value: 1_577_836_800 }
    ],
    ["custom_attributes.born<=1960-01-01", { field: "custom_attributes.born", operator: "<=", value: -315_619_200 }],
    ["custom_attributes.plan=2020-01-01", { field: "custom_attributes.plan", operator: "=", value: "2020-01-01" }],
    ["custom_attributes.agent=007", { field: "custom_attributes.agent", operator: "=", value: "007" }],
    ["custom_attributes.rate>=0.5", { field: "custom_attributes.rate", operator: ">=", value: 0.5 }],
    [
      `custom_attributes.big="12345678901234567890"`,
      { field: "custom_attributes.big", operator: "=", value: "12345678901234567890" }
    ],
    [`created_at>"2026-01-01"`, { field: "created_at", operator: ">", value: 1_767_225_600 }],
    [`state="=open"`, { field: "state", operator: "=", value: "=open" }],
    ["source.body~<p>", { field: "source.body", operator: "~", value: "<p>" }],
    [`source.body~say "hi"`, { field: "source.body", operator: "~", value: `say "hi"` }],
    [`source.subject="5"" screen"`, { field: "source.subject", operator: "=", value: `5" screen` }],
    [
      `source.author.name in "Doe, Jane",x, "a ""b"""`,
      { field: "source.author.name", operator: "IN", value: ["Doe, Jane", "x", `a "b"`] }
    ],
    [`state in "a","null"`, { field: "state", operator: "IN", value: ["a", "null"] }],
    [`custom_attributes.Größe="12"`, { field: "custom_attributes.Größe", operator: "=", value: "12" }],
    [
      `{"operator":"OR","value":[{"field":"state","operator":"=","value":"open"},{"field":"read","operator":"=","value":false}]}`,
      {
        operator: "OR",
        value: [
          { field: "state", operator: "=", value: "open" },
          { field: "read", operator: "=", value: false }
        ]
      }
    ]
  ] as const)("reads %s", (text, expected) => {
    assert.deepStrictEqual(query(text), Result.succeed(expected))
  })

  it("of several has all of them hold", () => {
    assert.deepStrictEqual(
      query("state=open", "read=false"),
      Result.succeed({
        operator: "AND",
        value: [
          { field: "state", operator: "=", value: "open" },
          { field: "read", operator: "=", value: false }
        ]
      })
    )
  })

  const group = (operator: "AND" | "OR", ...value: ReadonlyArray<unknown>) => ({ operator, value })
  const open = { field: "state", operator: "=", value: "open" }
  const read = { field: "read", operator: "=", value: true }
  const prior = { field: "priority", operator: "=", value: "priority" }
  const alternatives = JSON.stringify(group("OR", group("AND", open, read), prior))

  it("multiplies the alternatives of several that would nest too deep", () => {
    const snoozed = { field: "state", operator: "=", value: "snoozed" }
    assert.deepStrictEqual(
      query(alternatives, "state=snoozed"),
      Result.succeed(group("OR", group("AND", open, read, snoozed), group("AND", prior, snoozed)) as never)
    )
    assert.deepStrictEqual(query(alternatives), Result.succeed(JSON.parse(alternatives)))
  })

  it.each([
    [
      ["state=open", "created_at~1767225600"],
      /^--where created_at~1767225600, for conversations: [^\n\\]*for created_at, got "~"$/
    ],
    [[alternatives, alternatives, alternatives], /^--where, of all: It is 8 alternatives, and 7 /],
    [
      [JSON.stringify(group("OR", open, group("AND")))],
      /^--where \{.*, for conversations: [^\n\\]*1 to 15 filters[^\n\\]* at value\[1\]\.value$/
    ],
    [
      [
        JSON.stringify(
          group("AND", ...Array.from({ length: 13 }, () => group("OR", ...Array.from({ length: 15 }, () => open))))
        )
      ],
      /It is \d+ alternatives, and 7 /
    ]
  ] as const)("says in one line what is wrong with some of several, %#", (expressions, expected) => {
    assert.match(Result.getOrThrow(Result.flip(query(...expressions))), expected)
  })

  it.each([
    ["open", /says no comparison/],
    ["{", /is not the JSON of a query/],
    ["custom_attributes.onboarded_at>soon", /^--where custom_attributes.onboarded_at>soon: .*dates such as/],
    [`custom_attributes.onboarded_at<"12"`, /numbers, Unix seconds/],
    ["created_at>soon", /^--where created_at>soon: the time is a date such as 2026-11-20/],
    ["created_at>1767225600000", /seconds, not milliseconds/],
    ["state==open", /there is no ==: write state=VALUE; .* is quoted: state="=open"$/],
    ["custom_attributes.a=>5", /there is no =>/],
    ["state!==open", /there is no !==/],
    [`source.author.name="Doe`, /a quote has no end/],
    [`source.author.name=Doe"`, /a quote has no end/],
    [`source.author.name in "Doe, Jane`, /a quote has no end/],
    [`source.author.name in "Doe" Jane,x`, /something is left after the quotes/],
    [`source.author.name="a" or "b"`, /something is left after the quotes/],
    ["state in open,null", /null stands in no list/],
    ["custom_attributes.big=12345678901234567890", /loses digits; in quotes, as FIELD="12345678901234567890"/],
    ["custom_attributes.big not in 1,-12345678901234567890", /loses digits/],
    [`{"field":"custom_attributes.big","operator":"=","value":12345678901234567890}`, /loses digits/],
    ["open=maybe", /for conversations: .*true or false/s],
    ["created_at~2026", /for conversations: .*one of .* for created_at/s]
  ] as const)("says what is wrong with %s", (text, expected) => {
    assert.match(Result.getOrThrow(Result.flip(query(text))), expected)
  })

  it("is for what is searched", () => {
    assert.deepStrictEqual(
      Selection.where(["name=x"], ["contacts", "tags"]),
      Result.fail("--where is a search, and tags are not searched: it is for contacts, conversations, tickets")
    )
    assert.deepStrictEqual(Selection.where([], ["tags"]), Result.succeed(undefined))
  })
})

describe("--fields", () => {
  it("are fields of every resource", () => {
    assert.isUndefined(Selection.fieldsMistake(["email", "custom_attributes.plan", "location.city"], ["contacts"]))
    assert.match(Selection.fieldsMistake(["email"], ["contacts", "tags"]) ?? "", /email is no field of tags/)
  })
})

describe("--deletions", () => {
  it("compare says what it tells nothing of, and why", () => {
    const flags = { deletions: Option.some("compare" as const) }
    assert.isUndefined(PlanFlags.untold(flags, ["contacts", "ticketStates"]))
    assert.strictEqual(
      PlanFlags.untold(flags, ["contacts", "activityLogs"]),
      "--deletions compare does not tell what was deleted of activityLogs (a history, of which nothing is deleted)"
    )
    assert.isUndefined(PlanFlags.untold({ deletions: Option.none() }, ["activityLogs"]))
  })
})
