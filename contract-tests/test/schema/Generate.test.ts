import * as Document from "@effect-intercom/contract-tests/document/Document"
import type { Finding } from "@effect-intercom/contract-tests/report/Divergence"
import * as Generate from "@effect-intercom/contract-tests/schema/Generate"
import * as JsonNode from "@effect-intercom/contract-tests/schema/JsonNode"
import * as Property from "@effect-intercom/contract-tests/schema/Property"
import * as Validator from "@effect-intercom/contract-tests/schema/Validator"
import { assert, describe, it } from "@effect/vitest"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { effective } from "../Subjects.ts"

const sample = (schema: Schema.Json, options?: Generate.Options, numRuns = 300): ReadonlyArray<unknown> =>
  fc.sample(Generate.values(JsonNode.make(schema), options), { seed: 1, numRuns })

const valid = (schema: Schema.Json) => {
  const node = JsonNode.make({ schema })
  const validator = Validator.make(node)
  const [[, root] = []] = JsonNode.children(node)
  assert.isDefined(root)
  return (value: unknown) => validator.violations(root, value).length === 0
}

describe("values", () => {
  const keywords: { readonly [name: string]: Schema.Json } = {
    types: { type: ["string", "integer", "boolean", "null"] },
    objects: {
      type: "object",
      properties: { a: { type: "string" }, b: { type: "number" } },
      required: ["a"],
      additionalProperties: false
    },
    maps: { type: "object", additionalProperties: { type: "integer" } },
    arrays: { type: "array", items: { type: "string" }, minItems: 1, maxItems: 2 },
    bounds: { type: "integer", minimum: -3, maximum: 150 },
    lengths: { type: "string", minLength: 2, maxLength: 4 },
    patterns: { type: "string", pattern: "^[a-f0-9]{24}$" },
    "empty patterns": { type: "string", pattern: "" },
    values: { enum: ["a", 1, null] },
    constants: { type: "string", const: "error.list" },
    alternatives: {
      oneOf: [{ type: "string" }, { type: "object", properties: { a: { type: "integer" } }, required: ["a"] }]
    },
    conjunctions: { allOf: [{ type: "object", properties: { a: { type: "string" } } }, { required: ["a"] }] },
    formats: { type: "string", format: "date-time" },
    "required alternatives": {
      type: "object",
      properties: { a: { type: "string" }, b: { type: "string" } },
      anyOf: [{ required: ["a"] }, { required: ["b"] }]
    }
  }
  for (const [name, schema] of Object.entries(keywords)) {
    it(`keep to their schema: ${name}`, () => {
      const isValid = valid(schema)
      const values = sample(schema, { extraKeys: true })
      assert.deepStrictEqual(
        values.filter((value) => !isValid(value)),
        []
      )
      assert.isAbove(new Set(values.map((value) => JSON.stringify(value))).size, name === "constants" ? 0 : 2)
    })
  }

  it("visit what mocks never send", () => {
    const values = sample(
      {
        type: "object",
        properties: {
          text: { type: ["string", "null"] },
          list: { type: "array", items: { type: "string" } },
          count: { type: "integer" }
        },
        required: ["count"]
      },
      { extraKeys: true }
    ) as ReadonlyArray<Readonly<Record<string, unknown>>>
    const some = (what: (value: Readonly<Record<string, unknown>>) => boolean) => assert.isTrue(values.some(what))
    some((value) => !("text" in value))
    some((value) => !("list" in value))
    some(({ text }) => text === null)
    some(({ text }) => text === "")
    some(({ text }) => typeof text === "string" && [...text].some((character) => character > "~"))
    some(({ list }) => Array.isArray(list) && list.length === 0)
    some(({ count }) => count === Number.MAX_SAFE_INTEGER)
    some((value) => Object.keys(value).some((key) => key.startsWith("x_")))
    assert.isTrue(values.every(({ count }) => Number.isSafeInteger(count)))
  })

  it("of programs have keys with the value undefined", () => {
    const values = sample({ type: "object", properties: { a: { type: "string" } } }, { loose: true })
    assert.isTrue(values.some((value) => JsonNode.isRecord(value) && "a" in value && value["a"] === undefined))
  })

  it("of a schema that contains itself end", () => {
    const tree = { type: "object", properties: { children: { type: "array", items: { $ref: "#" } } } }
    assert.lengthOf(sample(tree, {}, 20), 20)
  })

  it.effect("of every schema of the document can be made", () =>
    Effect.gen(function* () {
      const { document } = yield* effective
      const { operations, root } = Document.make(document)
      const validator = Validator.make(root)
      for (const schema of operations.flatMap(({ responses }) =>
        responses.map(({ content }) => Document.jsonOf(content))
      )) {
        if (schema === undefined) continue
        const values = fc.sample(Generate.values(schema, { extraKeys: true }), { seed: 1, numRuns: 3 })
        assert.deepStrictEqual(
          values.flatMap((value) => validator.violations(schema, value)),
          []
        )
      }
    }).pipe(Effect.provide(NodeServices.layer))
  )
})

describe("search", () => {
  const finding = (message: string): Finding => ({ class: "breaking", pointer: "", through: [], message })
  const search = (seed: number, judge: (value: number) => ReadonlyArray<Finding>) =>
    Property.search({
      arbitrary: fc.integer({ min: 0, max: 1000 }),
      seed,
      runs: 100,
      judge: (value) => Effect.succeed(judge(value))
    })

  it.live("reports every distinct finding, each with its smallest example", () =>
    Effect.gen(function* () {
      const { found, runs } = yield* search(1, (value) => [
        ...(value >= 10 ? [finding("ten")] : []),
        ...(value >= 500 ? [finding("five hundred")] : [])
      ])
      assert.strictEqual(runs, 100)
      assert.deepStrictEqual(found.map(({ finding, value }) => [finding.message, value]).toSorted(), [
        ["five hundred", 500],
        ["ten", 10]
      ])
    })
  )

  it.live("finds the same with the same seed, and the path leads there", () =>
    Effect.gen(function* () {
      const judge = (value: number) => (value >= 17 ? [finding("seventeen")] : [])
      const first = yield* search(7, judge)
      assert.deepStrictEqual(yield* search(7, judge), first)
      const { replay } = first.found[0] ?? assert.fail("nothing found")
      const again = fc.check(
        fc.property(fc.integer({ min: 0, max: 1000 }), (value) => judge(value).length === 0),
        { ...replay }
      )
      assert.deepStrictEqual(again.counterexample, [17])
    })
  )

  it.live("skips values that are none of the wanted", () =>
    Effect.gen(function* () {
      const seen: Array<number> = []
      const { runs } = yield* Property.search({
        arbitrary: fc.integer({ min: 0, max: 9 }),
        seed: 1,
        runs: 20,
        accepts: (value) => value > 4,
        judge: (value) => Effect.sync(() => (seen.push(value), []))
      })
      assert.strictEqual(runs, 20)
      assert.isTrue(seen.every((value) => value > 4))
    })
  )
})
