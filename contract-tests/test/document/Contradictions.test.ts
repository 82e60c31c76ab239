import * as Contract from "@effect-intercom/contract-tests/checks/Contract"
import * as Contradictions from "@effect-intercom/contract-tests/document/Contradictions"
import * as Generate from "@effect-intercom/contract-tests/schema/Generate"
import * as JsonNode from "@effect-intercom/contract-tests/schema/JsonNode"
import * as NormalizedSchema from "@effect-intercom/contract-tests/schema/NormalizedSchema"
import { assert, describe, it } from "@effect/vitest"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as fc from "fast-check"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as Schema from "effect/Schema"
import { effective, services } from "../Subjects.ts"

type Schemas = { readonly [name: string]: Schema.Json }

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })

const documentOf = (schemas: Schemas): Schema.Json => ({
  openapi: "3.1.0",
  info: { title: "T", version: "1" },
  servers: [{ url: "https://api.intercom.io" }],
  security: [{ bearer: [] }],
  paths: {
    "/me": {
      get: { responses: { "200": { description: "", content: { "application/json": { schema: ref("T") } } } } }
    }
  },
  components: { securitySchemes: { bearer: { type: "http", scheme: "bearer" } }, schemas }
})

/** What is told, and what is left of `T`. */
const checked = (schemas: Schemas) => {
  const straight = Contradictions.straighten(documentOf(schemas))
  const { document, findings, voided } = Contradictions.check(straight.document)
  const all = [...straight.findings, ...findings]
  for (const { fault } of all) assert.strictEqual(fault, "document")
  return {
    told: all.map(({ message, pointer }) => `${pointer.replace("/components/schemas/", "")}: ${message}`),
    left: JsonNode.at(document, "/components/schemas/T")?.value,
    voided: [...straight.voided, ...voided]
  }
}

describe("a schema no value fits", () => {
  const cases: ReadonlyArray<readonly [name: string, T: Schema.Json, told: string, left: Schema.Json]> = [
    [
      "bounds of a text that cross",
      { type: "string", minLength: 5, maxLength: 2 },
      "T/minLength: the document contradicts itself: minLength 5 leaves nothing below maxLength 2; both are ignored",
      { type: "string" }
    ],
    [
      "bounds of a number that cross",
      { type: "number", minimum: 3, exclusiveMaximum: 3 },
      "T/minimum: the document contradicts itself: minimum 3 leaves nothing below exclusiveMaximum 3; both are ignored",
      { type: "number" }
    ],
    [
      "integers between neighbours",
      { type: "integer", exclusiveMinimum: 1, exclusiveMaximum: 2 },
      "T/exclusiveMinimum: the document contradicts itself: exclusiveMinimum 1 leaves nothing below exclusiveMaximum 2; both are ignored",
      { type: "integer" }
    ],
    [
      "bounds of a list that cross",
      { type: "array", minItems: 2, maxItems: 1 },
      "T/minItems: the document contradicts itself: minItems 2 leaves nothing below maxItems 1; both are ignored",
      { type: "array" }
    ],
    [
      "bounds in two parts",
      { allOf: [{ type: "string", minLength: 5 }, { maxLength: 2 }] },
      "T: the document contradicts itself: no value fits the schema: minLength 5 is above maxLength 2; the schema is ignored",
      {}
    ],
    [
      "types that exclude each other",
      { allOf: [{ type: "string" }, { type: "integer" }] },
      "T: the document contradicts itself: no value fits the schema: its parts exclude each other; the schema is ignored",
      {}
    ],
    [
      "an enum of another type",
      { type: "string", enum: [1, 2] },
      "T/enum: the document contradicts itself: no value of enum is of the type the schema has; enum is ignored",
      { type: "string" }
    ],
    [
      "a field that is required and cannot be",
      { type: "object", required: ["a", "b"], properties: { a: false, b: { type: "string" } } },
      "T/required: the document contradicts itself: it requires a, and no value of it ends or is allowed; the requirement is ignored",
      { type: "object", required: ["b"], properties: { a: false, b: { type: "string" } } }
    ],
    [
      "a value that contains itself without end",
      { type: "object", required: ["next"], properties: { next: ref("T") } },
      "T/required: the document contradicts itself: it requires next, and no value of it ends or is allowed; the requirement is ignored",
      { type: "object", required: [], properties: { next: ref("T") } }
    ],
    [
      "a schema that is itself",
      { allOf: [ref("T")] },
      "T/allOf/0/$ref: the document contradicts itself: the schema contains itself, with nothing between; the reference is ignored",
      { allOf: [{}] }
    ],
    [
      "a schema that is not itself",
      { not: ref("T") },
      "T/not/$ref: the document contradicts itself: the schema contains itself, with nothing between; the reference is ignored",
      { not: false }
    ]
  ]
  for (const [name, T, told, left] of cases) {
    it(`is told and taken out: ${name}`, () => {
      const found = checked({ T })
      assert.deepStrictEqual(found.told, [told])
      assert.deepStrictEqual(found.left, left)
    })
  }

  it("is told once, where it is", () => {
    const { told } = checked({
      T: { type: "object", required: ["a", "b"], properties: { a: ref("A"), b: { type: "array", items: ref("T") } } },
      A: { type: "object", required: ["b"], properties: { b: ref("B") } },
      B: { type: "object", required: ["id"], properties: { id: { type: "integer", minimum: 2, maximum: 1 } } }
    })
    assert.deepStrictEqual(told, [
      "B/properties/id/minimum: the document contradicts itself: minimum 2 leaves nothing below maximum 1; both are ignored"
    ])
  })

  it("is told once of several that need each other", () => {
    const { told } = checked({
      T: { type: "object", required: ["a"], properties: { a: ref("A") } },
      A: { type: "object", required: ["t"], properties: { t: { type: "array", minItems: 1, items: ref("T") } } }
    })
    assert.lengthOf(told, 1)
  })

  it("is none of these", () => {
    const sound: ReadonlyArray<Schema.Json> = [
      { type: "object", properties: { next: ref("T") } },
      { type: "object", required: ["next"], properties: { next: { anyOf: [ref("T"), { type: "null" }] } } },
      { type: "object", required: ["all"], properties: { all: { type: "array", items: ref("T") } } },
      { type: "object", additionalProperties: false, properties: { a: false } },
      { not: {} },
      { type: "number", minimum: 1, maximum: 1 },
      { type: "integer", exclusiveMinimum: 1, exclusiveMaximum: 3 },
      { type: ["string", "null"], enum: ["a", null] },
      { oneOf: [{ type: "string" }, { type: "integer" }], discriminator: { propertyName: "type" } },
      { type: "string", minLength: 5, maxLength: 5 }
    ]
    for (const T of sound) assert.deepStrictEqual(checked({ T }).told, [], JSON.stringify(T))
  })

  it.effect("is not in the project's own document", () =>
    Effect.gen(function* () {
      const { defects, voided } = yield* effective
      assert.deepStrictEqual([defects, voided], [[], []])
    }).pipe(Effect.provide(NodeServices.layer))
  )
})

describe("a document that is too much", () => {
  it("has demands nobody samples, which are told and ignored", () => {
    const { left, told } = checked({
      T: { type: "array", minItems: 100_000_000, items: { type: "string", pattern: "^a{1000000}$" } }
    })
    assert.deepStrictEqual(told, [
      "T/minItems: the document asks for more than the suite samples: minItems 100000000 (at most 10000); it is ignored",
      "T/items/pattern: the document asks for more than the suite samples: pattern ^a{1000000}$ (at most 10000); it is ignored"
    ])
    assert.deepStrictEqual(left, { type: "array", items: { type: "string" } })
  })

  it("combines more alternatives than are compared: each is in one of those that are, and that is told", () => {
    const field = (part: number, way: number) => `p${part}_${way}`
    const parts = Array.from({ length: 6 }, (_, part) => ({
      anyOf: Array.from({ length: 8 }, (_, way) => ({
        type: "object",
        required: [field(part, way)],
        properties: { [field(part, way)]: { type: "string" } }
      }))
    }))
    const T = { allOf: parts }
    assert.deepStrictEqual(checked({ T }).told, [
      "T: the document combines alternatives in 262144 ways: 1000 of them at most are compared, each alternative in one"
    ])
    const node = JsonNode.at(documentOf({ T }), "/components/schemas/T")
    assert.isDefined(node)
    const shape = NormalizedSchema.of([node])
    assert.isAtMost(NormalizedSchema.alternatives(node).length, NormalizedSchema.mostAlternatives)
    assert.strictEqual(shape?.fields.size, 48)
    assert.strictEqual(shape?.required.size, 0)
  })

  const chain = (of: (next: Schema.Json) => Schema.Json): Schemas =>
    Object.fromEntries([
      ["T", ref("S0")],
      ...Array.from({ length: 40 }, (_, index) => [`S${index}`, of(ref(`S${index + 1}`))] as const),
      ["S40", { type: "string" }]
    ])
  const refused: ReadonlyArray<readonly [name: string, schemas: Schemas, message: RegExp]> = [
    [
      "alternatives doubled",
      chain((next) => ({ oneOf: [next, next] })),
      /stands for \d+ schemas, more than a value can be held against/
    ],
    [
      "fields doubled",
      chain((next) => ({ type: "object", properties: { a: next, b: next } })),
      /comes to more than 500000 schemas with its references written out/
    ],
    [
      "required fields doubled",
      chain((next) => ({ type: "object", required: ["a", "b"], properties: { a: next, b: next } })),
      /comes to more than 500000 schemas with its references written out/
    ]
  ]
  for (const [name, schemas, message] of refused) {
    it(`is refused with a sentence: ${name} 40 times`, () =>
      assert.match(String(Contradictions.excess(documentOf(schemas))), message))
  }

  it("has values of schemas that share their parts, and end", () => {
    const schemas = chain((next) => ({ type: "object", required: ["a"], properties: { a: next } }))
    const node = JsonNode.at(
      documentOf({ ...schemas, T: { oneOf: [ref("S30"), ref("S31")] } }),
      "/components/schemas/T"
    )
    assert.isDefined(node)
    assert.lengthOf(fc.sample(Generate.values(node), { seed: 1, numRuns: 10 }), 10)
  })
})

describe("a run on a document that contradicts itself", () => {
  it.live(
    "tells it as the document's fault, makes every check, and blames the client for nothing there",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const file = yield* fs.makeTempFileScoped({ suffix: ".json" })
        const T: Schema.Json = {
          type: "object",
          required: ["id", "app"],
          properties: {
            id: { type: "string", minLength: 5, maxLength: 2 },
            app: { allOf: [{ type: "string" }, { type: "integer" }] },
            self: { allOf: [ref("U")] }
          }
        }
        yield* fs.writeFileString(file, JSON.stringify(documentOf({ T, U: { anyOf: [ref("U"), { type: "object" }] } })))
        const report = yield* Contract.run({ spec: file, runs: 3 })
        const faults = report.divergences.filter(({ fault }) => fault !== undefined)
        assert.deepStrictEqual(
          faults.map(({ operation, pointer }) => `${operation}: ${pointer}`),
          [
            "the document: /components/schemas/U/anyOf/0/$ref",
            "the document: /components/schemas/T/properties/id/minLength",
            "the document: /components/schemas/T/properties/app"
          ]
        )
        const me = report.rows.filter(({ operation }) => operation === "GET /me")
        assert.deepStrictEqual(
          me.map(({ check }) => check),
          Object.keys(Contract.checks).filter((check) => check !== "simulated")
        )
        const blamed = report.divergences.filter(
          ({ fault, pointer }) =>
            fault === undefined && /\/T\/properties\/(app|id\/m..Length)|\/schemas\/U/.test(pointer)
        )
        assert.deepStrictEqual(blamed, [])
      }).pipe(Effect.scoped, Effect.provide(services)),
    120_000
  )
})
