/** What several operations and checks say of one place is one finding. */
import * as Baseline from "@effect-intercom/contract-tests/report/Baseline"
import type { Divergence } from "@effect-intercom/contract-tests/report/Divergence"
import * as Divergences from "@effect-intercom/contract-tests/report/Divergence"
import * as Facts from "@effect-intercom/contract-tests/report/Facts"
import * as JsonNode from "@effect-intercom/contract-tests/schema/JsonNode"
import * as Validator from "@effect-intercom/contract-tests/schema/Validator"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { find } from "../Subjects.ts"

const place = "/components/schemas/Recipient/properties/type/enum"
const declared: Divergence = {
  operation: "POST /messages",
  method: "Messages.create",
  direction: "request",
  class: "breaking",
  pointer: place,
  through: [],
  message: 'to.type: the document\'s is "user" or "lead" only'
}
const sampled: Divergence = {
  ...declared,
  message: 'to.type must be equal to one of the allowed values ({"allowedValues":["user","lead"]})',
  counterexample: { to: { type: "" } },
  replay: { seed: 1, path: "0" },
  curl: "curl"
}
const elsewhere: Divergence = { ...declared, operation: "POST /conversations", method: "Conversations.create" }
const row = (check: string, ...divergences: ReadonlyArray<Divergence>) => ({
  operation: divergences[0]?.operation ?? "",
  check,
  runs: 1,
  divergences
})

describe("one place", () => {
  it("is told once, as it is declared, with the value that shows it and the operations it touches", () => {
    const facts = Facts.of([
      row("structure", declared, { ...declared, message: 'cc[].type: the document\'s is "user" or "lead" only' }),
      row("requests", sampled),
      row("structure", elsewhere)
    ])
    assert.lengthOf(facts, 1)
    const [fact] = facts
    const { counterexample, curl, replay } = sampled
    assert.deepStrictEqual(fact?.divergence, { ...declared, counterexample, curl, replay } as Divergence)
    assert.deepStrictEqual(fact?.touches, [
      { operation: "POST /messages", check: "structure", method: "Messages.create" },
      { operation: "POST /messages", check: "requests", method: "Messages.create" },
      { operation: "POST /conversations", check: "structure", method: "Conversations.create" }
    ])
    assert.deepStrictEqual(fact?.also, ['cc[].type: the document\'s is "user" or "lead" only', sampled.message])
  })

  it("has several facts where they differ: in direction, class, words, or the field that must be there", () => {
    const required = { ...declared, pointer: "/components/schemas/Company/required" }
    for (const [one, other] of [
      [declared, { ...declared, direction: "response" }],
      [declared, { ...declared, class: "drift" }],
      [declared, { ...declared, pointer: "/components/schemas/Recipient/properties/id/enum" }],
      [declared, { ...declared, message: "to.type: the client requires it" }],
      [declared, { ...declared, accepted: "known" }],
      [
        { ...required, message: "data[].id: the client demands it" },
        { ...required, message: "data[].type: the client demands it" }
      ]
    ] as const) {
      assert.lengthOf(Facts.of([row("structure", one, other)]), 2, JSON.stringify(other))
    }
  })

  it("is a parameter, too", () => {
    const at = { ...declared, pointer: "/paths/~1contacts/get/parameters" }
    const of = (check: string, message: string) => row(check, { ...at, message })
    const facts = Facts.of([
      of("structure", "query parameter page: the client sends it, the document does not know it"),
      of("structure", "query parameter per_page: the client sends it, the document does not know it"),
      of("requests", "query parameter page is not in the document"),
      of("boundaries", "query parameter per_page is not in the document; the client sends it"),
      of("comparator", "request.query.unknown: page (by the comparator)")
    ])
    assert.deepStrictEqual(
      facts.map(({ touches }) => touches.map(({ check }) => check)),
      [
        ["structure", "requests", "comparator"],
        ["structure", "boundaries"]
      ]
    )
  })

  it("that is no part of a schema is told in its own words, and servers and security once for all operations", () => {
    const answers = "/paths/~1contacts/get/responses/200"
    const odd = { ...declared, pointer: answers, message: "null: comes out as a success" }
    assert.lengthOf(Facts.of([row("malformed", odd, { ...odd, message: "a list: comes out as a success" })]), 2)
    for (const pointer of ["/servers/0", "/servers", "/security"]) {
      const whole = { ...declared, pointer, message: "it is another" }
      const facts = Facts.of([row("coverage", whole, { ...whole, operation: "GET /me" })])
      assert.deepStrictEqual(facts.map(Facts.operationsOf), [[declared.operation, "GET /me"]])
    }
    const version = { ...declared, pointer: "/info/version", message: "it is another" }
    assert.lengthOf(Facts.of([row("coverage", version, { ...version, operation: "GET /me" })]), 2)
  })

  it("is a line of the console, with the other operations", () => {
    assert.match(
      Divergences.format({ ...declared, others: ["POST /conversations"] }),
      / \| also in POST \/conversations$/
    )
    const many = Array.from({ length: 12 }, (_, index) => `GET /${index}`)
    assert.match(Divergences.alsoIn(many), /GET \/9 and 2 more$/)
  })
})

describe("a baseline of facts", () => {
  const report = (...rows: ReadonlyArray<ReturnType<typeof row>>) =>
    ({
      seed: 1,
      runs: 10,
      rows,
      divergences: rows.flatMap(({ divergences }) => divergences)
    }) as unknown as Parameters<typeof Baseline.of>[0]
  const all = report(row("structure", declared), row("requests", sampled), row("structure", elsewhere))
  const now = DateTime.makeUnsafe("2026-11-22T12:00:00Z")
  const failing = (found: ReturnType<typeof report>, baseline: Baseline.Baseline) =>
    Baseline.apply(found, baseline, now)
      .divergences.filter(Divergences.isFailure)
      .map(({ message, operation }) => `${operation}: ${message}`)

  it("has an entry for each, with its operations, and accepts what samples show of it", () => {
    const { accepted, ...rest } = Baseline.of(all)
    const operations = ["POST /messages", "POST /conversations"]
    assert.deepStrictEqual(
      accepted.map((entry) => [entry.message, entry.operations]),
      [[declared.message, operations]]
    )
    const known = { ...rest, accepted: accepted.map((entry) => ({ ...entry, reason: "known" })) }
    assert.deepStrictEqual(failing(all, known), [])
    // The reason stays when the file is written anew.
    assert.deepStrictEqual(
      Baseline.of(all, known).accepted.map(({ reason }) => reason),
      ["known"]
    )
    // What samples show of a place with something new about it is not known.
    const more = { ...declared, message: "to.type: the client sends null" }
    assert.deepStrictEqual(
      failing(report(row("structure", declared, more, elsewhere), row("requests", sampled)), known),
      [`POST /messages: ${more.message}`, `POST /messages: ${sampled.message}`]
    )
    // Another operation is new, and one that is gone is told.
    const third = { ...declared, operation: "POST /news" }
    assert.deepStrictEqual(failing(report(row("structure", declared, third)), known), [
      `POST /news: ${third.message}`,
      `POST /conversations: the baseline accepts what is found no more: request: ${declared.message}`
    ])
  })

  it("reads entries of one operation each, as they were written before", () => {
    const { operations: _, ...entry } = { ...Baseline.of(all).accepted[0]!, reason: "known" }
    const old: Baseline.Baseline = {
      version: 1,
      seed: 1,
      runs: 10,
      accepted: [entry, { ...entry, operation: "POST /conversations" }]
    }
    assert.deepStrictEqual(failing(all, old), [])
  })
})

describe("a value that fits no alternative", () => {
  it("is told once, and nothing of it is blamed for fitting another", () => {
    const filter = {
      type: "object",
      required: ["field", "operator"],
      properties: { field: { type: "string" }, operator: { enum: ["=", "~"] } }
    }
    const group = {
      type: "object",
      required: ["operator", "value"],
      properties: { operator: { enum: ["AND", "OR"] }, value: { type: "array" } }
    }
    const document = JsonNode.make({
      components: {
        schemas: {
          Filter: filter,
          Group: group,
          Query: {
            required: ["at"],
            properties: {
              of: { oneOf: [{ $ref: "#/components/schemas/Filter" }, { $ref: "#/components/schemas/Group" }] }
            }
          }
        }
      }
    })
    const schema = JsonNode.at(document.value, "/components/schemas/Query")
    assert.isDefined(schema)
    const messages = (value: unknown) =>
      Validator.make(document)
        .violations(schema, value)
        .map(({ message }) => message)
    assert.deepStrictEqual(messages({ at: 1, of: { field: 7, operator: "~" } }), [
      "of must match exactly one schema in oneOf"
    ])
    // What stands beside the alternatives is told as well.
    assert.deepStrictEqual(messages({ of: { field: 7, operator: "~" } }).toSorted(), [
      "of must match exactly one schema in oneOf",
      "the value must have required property 'at'"
    ])
    assert.deepStrictEqual(messages({ at: 1, of: { field: "a", operator: "~" } }), [])
  })
})

describe("a parameter of a path", () => {
  it.live("that is a number is sent as text: there is nothing the client cannot send", () =>
    Effect.gen(function* () {
      const found = yield* find({
        operation: "GET /tags/{tag_id}",
        checks: ["structure"],
        patch: [{ op: "replace", path: "/paths/~1tags~1{tag_id}/get/parameters/0/schema", value: { type: "integer" } }]
      })
      const messages = found.map(({ message }) => message)
      assert.isFalse(messages.some((message) => message.includes("cannot send it")))
      assert.isTrue(messages.some((message) => message.startsWith("path parameter tag_id: ")))
    })
  )
})
