import { assert, describe, it } from "@effect/vitest"
import * as Incremental from "./Incremental.ts"
import * as Names from "./Names.ts"
import * as Survivors from "./Survivors.ts"

const source = `const a = 1
const less = (b: number) =>
  b < a
const block = () => {
  return   a
}
`
const at = (line: number, column: number, endLine: number, endColumn: number) => ({
  start: { line, column },
  end: { line: endLine, column: endColumn }
})
const mutants = [
  { status: "Survived", replacement: "b <= a", location: at(3, 3, 3, 8) },
  { status: "NoCoverage", replacement: "{}", location: at(4, 21, 6, 2) },
  { status: "Killed", replacement: "b > a", location: at(3, 3, 3, 8) },
  { status: "Timeout", replacement: "true", location: at(3, 3, 3, 8) }
]
const report = { files: { "a.ts": { source, mutants } } }
const reasons = [{ file: "a.ts", reason: "equivalent", mutants: ["b < a → b <= a", "{ return a } → {}"] }]

describe("the reasons for surviving mutants", () => {
  it("one for each survivor is enough", () => {
    assert.deepStrictEqual(Survivors.complaints(report, reasons), [])
  })

  it("a survivor without one is named, and so is a mutant no test reaches", () => {
    assert.deepStrictEqual(Survivors.complaints(report, []), [
      "a.ts:3: a survivor without a reason: b < a → b <= a",
      "a.ts:4: a survivor without a reason: { return a } → {}"
    ])
  })

  it("an empty one is none, and neither is another file's", () => {
    for (const changed of [{ reason: "" }, { file: "b.ts" }]) {
      const found = Survivors.complaints(
        report,
        reasons.map((reason) => ({ ...reason, ...changed }))
      )
      assert.lengthOf(found, 2)
    }
  })

  it("one whose mutant is dead or gone is named", () => {
    const stale = [...reasons, { file: "a.ts", reason: "equivalent", mutants: ["b < a → b > a"] }]
    assert.deepStrictEqual(Survivors.complaints(report, stale), ["a.ts: a reason for no survivor: b < a → b > a"])
  })

  it("files that were not mutated do not count", () => {
    assert.deepStrictEqual(Survivors.complaints({ files: {} }, reasons), [])
  })
})

describe("what is remembered of a run", () => {
  it("is all but survivors no test covers", () => {
    const mutants = [
      { id: "1", status: "Survived", coveredBy: ["t"] },
      { id: "2", status: "Survived", coveredBy: [] },
      { id: "3", status: "Survived" },
      { id: "4", status: "Killed" },
      { id: "5", status: "NoCoverage" }
    ]
    const report = { schemaVersion: "2", files: { "a.ts": { source, mutants } } }
    assert.deepStrictEqual(Incremental.withoutStatic(report), {
      schemaVersion: "2",
      files: { "a.ts": { source, mutants: mutants.filter(({ id }) => id !== "2" && id !== "3") } }
    })
  })
})

describe("texts that are not mutated", () => {
  const text = { type: "StringLiteral" }
  const name = (name: string) => ({ type: "Identifier", name })
  const member = { type: "MemberExpression", object: name("Context"), property: name("Service") }
  const call = (callee: Names.Node) => ({ type: "CallExpression", callee, arguments: [text] })

  it("are the arguments of a few functions, called once or twice", () => {
    for (const callee of [name("openEnum"), member, { type: "CallExpression", callee: member }]) {
      assert.isString(Names.shouldIgnore({ node: text, parent: call(callee) }))
    }
  })

  it("are no others", () => {
    assert.isUndefined(Names.shouldIgnore({ node: text, parent: call(name("failure")) }))
    assert.isUndefined(Names.shouldIgnore({ node: { type: "ArrayExpression" }, parent: call(name("openEnum")) }))
    assert.isUndefined(Names.shouldIgnore({ node: { ...text }, parent: call(name("openEnum")) }))
    assert.isUndefined(Names.shouldIgnore({ node: text, parent: name("openEnum") }))
    assert.isUndefined(Names.shouldIgnore({ node: text }))
  })
})
