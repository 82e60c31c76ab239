/** What a schema means, however it is written: equivalent ones have one canonical form, others have another. */
import * as Canonical from "@effect-intercom/contract-tests/document/Canonical"
import * as JsonNode from "@effect-intercom/contract-tests/schema/JsonNode"
import * as NormalizedSchema from "@effect-intercom/contract-tests/schema/NormalizedSchema"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"

/** A schema in a document it can refer to. */
const form = (schema: Schema.Json): Schema.Json => {
  const root = JsonNode.make({ schema, Loop: { properties: { next: { $ref: "#/Loop" } } }, Text: { type: "string" } })
  const node = JsonNode.child(root, "schema")
  assert.isDefined(node)
  return Canonical.schema(node)
}

type Case = readonly [one: Schema.Json, other: Schema.Json]

/** A condition, with what follows from it, and what otherwise. */
const when = (...parts: ReadonlyArray<Schema.Json>): Schema.JsonObject =>
  Object.fromEntries(["if", "then", "else"].map((keyword, index) => [keyword, parts[index] ?? true]))

const same = (name: string, [one, other]: Case) =>
  it.effect(name, () => Effect.sync(() => assert.deepStrictEqual(form(other), form(one))))

const different = (name: string, [one, other]: Case) =>
  it.effect(name, () => Effect.sync(() => assert.notDeepEqual(form(other), form(one))))

const contact = { type: "object", properties: { email: { type: "string" } }, required: ["id"] }
const string = { type: "string" }
const list = { type: "array", items: string }

describe("schemas that mean the same", () => {
  const cases: { readonly [name: string]: Case } = {
    "names of properties are strings": [contact, { ...contact, propertyNames: { type: "string" } }],
    "names of properties are anything": [contact, { ...contact, propertyNames: true }],
    "nothing depends on a property": [contact, { ...contact, dependentRequired: { email: [] } }],
    "a property depends on itself, and on what is required anyway": [
      contact,
      { ...contact, dependentRequired: { email: ["email", "id"] } }
    ],
    "a schema that depends on a property takes anything": [contact, { ...contact, dependentSchemas: { email: {} } }],
    "a pattern for properties of any value": [contact, { ...contact, patternProperties: { "^x": { title: "x" } } }],
    "a condition from which nothing follows": [contact, { ...contact, ...when({ required: ["email"] }, true) }],
    "a condition from which what holds anyway follows": [
      contact,
      { ...contact, ...when({ required: ["email"] }, {}, { minProperties: 0 }) }
    ],
    "a condition alone": [contact, { ...contact, if: { required: ["email"] } }],
    "consequences without a condition": [contact, { ...contact, else: false }],
    "a condition that never holds": [contact, { ...contact, ...when(false, { required: ["email"] }) }],
    "a condition that always holds": [
      { ...contact, required: ["email", "id"] },
      { ...contact, ...when({}, { required: ["email"] }) }
    ],
    "no properties at least": [contact, { ...contact, minProperties: 0 }],
    "as many properties at least as are required": [contact, { ...contact, minProperties: 1 }],
    "not nothing": [contact, { ...contact, not: false }],
    "not what forbids everything": [contact, { ...contact, not: { not: {} } }],
    "all of nothing": [contact, { ...contact, allOf: [{}, true, { description: "none" }] }],
    "any of everything": [contact, { ...contact, anyOf: [true, { required: ["email"] }] }],
    "further properties": [contact, { ...contact, additionalProperties: true }],
    "further properties of any kind": [contact, { ...contact, additionalProperties: { anyOf: [{}, string] } }],
    "unevaluated properties": [contact, { ...contact, unevaluatedProperties: true }],
    "required twice": [contact, { ...contact, required: ["id", "id"] }],
    "what is for people": [
      contact,
      { ...contact, title: "A", deprecated: true, example: {}, externalDocs: {}, xml: {} }
    ],
    "definitions nobody uses": [contact, { ...contact, $defs: { A: false } }],
    "no length": [string, { ...string, minLength: 0 }],
    "any pattern": [string, { ...string, pattern: "" }],
    "any pattern, written out": [string, { ...string, pattern: ".*" }],
    "any pattern, from end to end": [string, { ...string, pattern: "^[\\s\\S]*$" }],
    "any pattern at the end": [string, { ...string, pattern: ".*$" }],
    "a schema for text that is not encoded": [string, { ...string, contentSchema: true }],
    "a format every text has": [string, { ...string, format: "password" }],
    "items that may repeat": [list, { ...list, uniqueItems: false }],
    "items that cannot repeat": [
      { ...list, maxItems: 1 },
      { ...list, maxItems: 1, uniqueItems: true }
    ],
    "no items at least": [list, { ...list, minItems: 0 }],
    "none that is contained": [list, { ...list, contains: { const: "a" }, minContains: 0 }],
    "how many are contained, of nothing": [list, { ...list, minContains: 2, maxContains: 3 }],
    "one is contained, said": [
      { ...list, contains: { const: "a" } },
      { ...list, contains: { const: "a", title: "A" }, minContains: 1 }
    ],
    "first items of any kind, as all are": [{ type: "array" }, { type: "array", prefixItems: [{}, true] }],
    "first items like all others": [list, { ...list, prefixItems: [{ $ref: "#/Text" }] }],
    "unevaluated items": [list, { ...list, unevaluatedItems: true }],
    "an integer above 0": [
      { type: "integer", minimum: 1 },
      { type: "integer", exclusiveMinimum: 0 }
    ],
    "an integer below 10": [
      { type: "integer", maximum: 9 },
      { type: "integer", exclusiveMaximum: 10 }
    ],
    "a whole number": [{ type: "integer" }, { type: "number", multipleOf: 1 }],
    "a bound within another": [
      { type: "number", minimum: 5 },
      { type: "number", minimum: 5, exclusiveMinimum: 0 }
    ],
    "alternatives that are apart": [{ anyOf: [string, { type: "integer" }] }, { oneOf: [{ type: "integer" }, string] }],
    "objects told apart by a constant": [
      {
        anyOf: ["a", "b"].map((kind) => ({ type: "object", properties: { kind: { const: kind } }, required: ["kind"] }))
      },
      {
        oneOf: ["b", "a"].map((kind) => ({ type: "object", properties: { kind: { const: kind } }, required: ["kind"] }))
      }
    ],
    "a constant among values": [{ const: "a" }, { enum: ["a"] }],
    "a rule over a reference": [
      { ...contact, not: { properties: { email: string }, required: ["email"] } },
      { ...contact, not: { required: ["email"], properties: { email: { $ref: "#/Text" } }, description: "no" } }
    ]
  }
  for (const [name, one] of Object.entries(cases)) same(name, one)
})

describe("schemas that do not", () => {
  const cases: { readonly [name: string]: Case } = {
    "names of properties have a pattern": [contact, { ...contact, propertyNames: { pattern: "^[a-z]" } }],
    "a property depends on another": [contact, { ...contact, dependentRequired: { email: ["name"] } }],
    "a pattern for properties of one kind": [contact, { ...contact, patternProperties: { "^x": string } }],
    "a pattern for what is let in": [
      { ...contact, additionalProperties: false },
      { ...contact, additionalProperties: false, patternProperties: { "^x": {} } }
    ],
    "a condition from which something follows": [
      contact,
      { ...contact, ...when({ required: ["email"] }, { required: ["name"] }) }
    ],
    "more properties than are required": [contact, { ...contact, minProperties: 2 }],
    "a pattern of a whole line": [string, { ...string, pattern: "^.*$" }],
    "a pattern that is empty": [string, { ...string, pattern: "^$" }],
    "two patterns in a row": [
      { allOf: [{ ...string, pattern: "a" }] },
      {
        allOf: [
          { ...string, pattern: "a" },
          { ...string, pattern: "b" }
        ]
      }
    ],
    "first items of any kind": [list, { ...list, prefixItems: [true] }],
    "one is contained": [list, { ...list, contains: { const: "a" } }],
    "alternatives one of which must fit": [
      { anyOf: [{ required: ["email"] }, { required: ["name"] }] },
      { oneOf: [{ required: ["email"] }, { required: ["name"] }] }
    ],
    "overlapping kinds, one of which must fit": [
      { anyOf: [{ type: "integer" }, { type: "number" }] },
      { oneOf: [{ type: "integer" }, { type: "number" }] }
    ],
    "a schema for what is encoded": [string, { ...string, contentSchema: { type: "object" } }],
    "multiples of two": [{ type: "integer" }, { type: "number", multipleOf: 2 }],
    "what always follows": [contact, { ...contact, ...when(true, { required: ["email"] }) }]
  }
  for (const [name, one] of Object.entries(cases)) different(name, one)
})

describe("schemas that contain themselves", () => {
  it("are looked at once, and claim nothing", () => {
    const loop = { $ref: "#/Loop" }
    assert.deepStrictEqual(form({ ...contact, not: loop }), form({ ...contact, not: { ...loop, title: "A" } }))
    const branches = { properties: { a: { $ref: "#/schema" }, b: { $ref: "#/schema" }, c: { $ref: "#/schema" } } }
    assert.notDeepEqual(form({ ...branches, contains: { $ref: "#/schema" } }), form({}))
  })

  it("end where each has two of the next", () => {
    const names = Array.from({ length: 40 }, (_, index) => `S${index}`)
    const schemas = Object.fromEntries(
      names.map((name, index) => {
        const next = { $ref: `#/S${Math.min(index + 1, 39)}` }
        return [name, index === 39 ? { type: "string" } : { type: "object", not: { properties: { a: next, b: next } } }]
      })
    )
    const node = JsonNode.child(JsonNode.make(schemas), "S0")
    assert.isDefined(node)
    assert.isAbove(NormalizedSchema.of([node])?.rules.size ?? 0, 0)
  })
})
