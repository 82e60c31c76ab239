/** What a run exercised is counted, and the generators reach what is easily forgotten. */
import * as Contract from "@effect-intercom/contract-tests/checks/Contract"
import * as Example from "@effect-intercom/contract-tests/schema/Example"
import * as Generate from "@effect-intercom/contract-tests/schema/Generate"
import * as SchemaCoverage from "@effect-intercom/contract-tests/schema/SchemaCoverage"
import * as JsonNode from "@effect-intercom/contract-tests/schema/JsonNode"
import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"

const schema = JsonNode.make({
  type: "object",
  properties: {
    id: { type: "string" },
    name: { type: ["string", "null"] },
    tags: { type: "array", items: { type: "object", properties: { size: { type: ["integer", "null"] } } } },
    parent: { anyOf: [{ $ref: "#" }, { type: "null" }] }
  },
  required: ["id"]
})

describe("what was exercised", () => {
  it("is counted by fields: there, left out, null", () => {
    const tally = SchemaCoverage.tally()
    tally.look(schema, { id: "1" })
    assert.deepInclude(tally.counts(), {
      "field there": { seen: 1, possible: 5 },
      "field left out": { seen: 3, possible: 4 },
      "field null": { seen: 0, possible: 3 }
    })
    tally.look(schema, { id: "1", name: null, tags: [{ size: null }, {}], parent: null })
    assert.deepInclude(tally.counts(), {
      "field there": { seen: 2, possible: 5 },
      "field left out": { seen: 4, possible: 4 },
      "field null": { seen: 3, possible: 3 }
    })
  })

  it("is counted by kinds of values", () => {
    const tally = SchemaCoverage.tally()
    tally.look(schema, { id: "é", extra: 1, tags: [{ size: -(2 ** 53) }], parent: { id: "", other: 2 } })
    assert.deepInclude(tally.counts(), {
      "text beyond ASCII": { seen: 1 },
      "empty text": { seen: 1 },
      "number at 2^53": { seen: 1 },
      "negative number": { seen: 1 },
      "unknown field": { "at the top": 1, below: 1 }
    })
  })

  it("is summed up on a line for each check", () => {
    const row = { check: "boundaries", exercised: { type: { sent: 1, refused: 2 } } }
    const fields = { check: "responses", exercised: { "field null": { seen: 1, possible: 2 } } }
    assert.deepStrictEqual(SchemaCoverage.lines([row, row, { check: "errors" }, fields]), [
      "boundaries exercised type 2 sent, 4 refused",
      "responses exercised field null 1 of 2"
    ])
  })
})

describe("generated answers", () => {
  it("reach every field there, left out and null, unknown fields at any depth, and deep nesting", () => {
    const tally = SchemaCoverage.tally()
    const sampled = fc.sample(Generate.values(schema, { extraKeys: true }), {
      seed: Contract.defaultSeed,
      numRuns: Contract.defaultRuns
    })
    for (const value of [...Example.variants(schema), ...sampled]) tally.look(schema, value)
    const counts = tally.counts()
    for (const aspect of ["field there", "field left out", "field null"]) {
      assert.strictEqual(counts[aspect]?.["seen"], counts[aspect]?.["possible"], aspect)
    }
    const wanted = ["empty text", "text beyond ASCII", "long text", "empty list", "number at 2^53"]
    for (const kind of wanted) assert.isAbove(counts[kind]?.["seen"] ?? 0, 0, kind)
    assert.isAbove(counts["unknown field"]?.["at the top"] ?? 0, 0)
    assert.isAbove(counts["unknown field"]?.["below"] ?? 0, 0)
  })

  it("begin with everything, the least, and nulls", () => {
    const [full, bare, nulls, leaves] = Example.variants(schema)
    assert.deepNestedInclude(full, { "tags[0].size": 1, "parent.name": "text" })
    assert.deepStrictEqual(bare, { id: "text" })
    assert.deepStrictEqual(nulls, { id: "text", name: null, tags: [{ size: null }], parent: null })
    assert.deepNestedInclude(leaves, { name: null, "parent.name": null })
  })
})
