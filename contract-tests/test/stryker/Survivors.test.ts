import { assert, describe, it } from "@effect/vitest"
import { existsSync } from "node:fs"
import * as Incremental from "./Incremental.ts"
import * as Names from "./Names.ts"
import * as Tests from "./Tests.ts"
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

  it("count in the score of a file as the death of a mutant does", () => {
    const files = {
      ...report.files,
      "b.ts": { source, mutants: [{ ...mutants[0], status: "Ignored" } as (typeof mutants)[0]] }
    }
    assert.deepStrictEqual(
      Survivors.scores({ files }, [{ ...reasons[0], mutants: ["b < a → b <= a"] } as Survivors.Reason]),
      [
        "a.ts: 75.0 %: of 4 mutants 2 are killed, 1 survive with a reason (lines 3), 1 without one",
        "b.ts: 100.0 %: of 0 mutants 0 are killed, 0 survive with a reason, 0 without one"
      ]
    )
  })

  it("files that were not mutated do not count", () => {
    assert.deepStrictEqual(Survivors.complaints({ files: {} }, reasons), [])
    const files = { ...report.files, "src/b.ts": { source, mutants } }
    const of = (...mutated: ReadonlyArray<string>) => Object.keys(Survivors.ofRun({ files }, mutated).files)
    assert.deepStrictEqual([of("a.ts:1-4"), of("src/*.ts"), of()], [["a.ts"], ["src/b.ts"], ["a.ts", "src/b.ts"]])
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

describe("the tests that are run", () => {
  it("are those of a file, of some of its lines, or of several", () => {
    const found = Tests.testsFor(["packages/core/src/OAuth.ts", "packages/core/src/Search.ts:10-20"])
    assert.deepStrictEqual(found, [
      "packages/core/test/OAuth.test.ts",
      "packages/core/test/Search.test.ts",
      "packages/core/test/Attributes.test.ts"
    ])
  })

  it("are all, where one has none of its own, or none is named", () => {
    const patterns = ["packages/core/src/OAuth.ts", "packages/core/src/**/*.ts"]
    assert.deepStrictEqual([Tests.testsFor(patterns), Tests.testsFor([])], [Tests.all, Tests.all])
  })

  it("are of files that there are, and so are those", () => {
    const root = new URL("../../../", import.meta.url)
    const named = Tests.files.flatMap((file) => [file, ...Tests.testsFor([file])])
    assert.deepStrictEqual(
      named.filter((path) => !existsSync(new URL(path, root))),
      []
    )
  })

  it("follow from the arguments of the command", () => {
    assert.deepStrictEqual(Tests.mutatedIn(["run", "--mutate", "a.ts,b.ts", "--force"]), ["a.ts", "b.ts"])
    assert.deepStrictEqual(Tests.mutatedIn(["-m", "a.ts", "--mutate=b.ts"]), ["a.ts", "b.ts"])
    assert.deepStrictEqual(Tests.mutatedIn(["run", "--force"]), [])
  })
})
