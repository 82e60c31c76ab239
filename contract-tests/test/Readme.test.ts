// What the README shows of the command line and of the library is what there is.
import * as Baseline from "@effect-intercom/contract-tests/report/Baseline"
import * as Contract from "@effect-intercom/contract-tests/checks/Contract"
import * as ReportJson from "@effect-intercom/contract-tests/report/ReportJson"
import * as Reports from "@effect-intercom/contract-tests/report/Reports"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { execFileSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

const read = (file: string) => readFileSync(join(import.meta.dirname, "..", file), "utf8")
const readme = read("README.md")

const section = (title: string) => readme.split(/^#+ /m).find((text) => text.startsWith(`${title}\n`)) ?? ""
const firstColumn = (title: string) =>
  [...section(title).matchAll(/^\| ([^|]*?(?:\\\|[^|]*?)*) \|/gm)]
    .map(([, cell = ""]) => cell.trim())
    .filter((cell) => !/^(-+|check|class|file|field|option|code|)$/.test(cell))

describe("the README", () => {
  it("shows a program that type-checks: it is a file of the tests", () => {
    const [, snippet] = /```ts\n\/\/ excerpt\n(.*?)```/s.exec(readme) ?? []
    assert.strictEqual(snippet, read("test/readme.ts"))
  })

  it("names every check, and none besides", () => {
    const named = firstColumn("What it checks").filter((name) => !(name in ReportJson.severities))
    assert.deepStrictEqual(named, Object.keys(Contract.checks))
    for (const check of named) assert.notMatch(ReportJson.describe(check), /^The check /)
  })

  it("names every report, and every field of report.json", () => {
    assert.deepStrictEqual(
      firstColumn("Reports").toSorted(),
      Object.keys(Reports.formats)
        .map((name) => `\`${name}\``)
        .toSorted()
    )
    const fields = firstColumn("`report.json`").flatMap((cell) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name)
    )
    assert.deepStrictEqual(fields, Object.keys(ReportJson.ReportJson.fields))
    for (const field of Object.keys(ReportJson.Finding.fields)) assert.include(section("`report.json`"), `\`${field}\``)
  })

  it("shows rules of a baseline as they are read, and names those of the package", () => {
    const [, shown = ""] = /```json\n(.*?)```/s.exec(section("Rules of a baseline")) ?? []
    const named = [...readme.matchAll(/`(baselines\/[^`]+)`/g)].map(([, file = ""]) => file)
    assert.deepStrictEqual(
      named,
      readdirSync(join(import.meta.dirname, "../baselines")).map((file) => `baselines/${file}`)
    )
    for (const text of [shown, ...named.map(read)]) {
      const { rules = [] } = Result.getOrThrow(Baseline.parse("README.md", text))
      assert.isNotEmpty(rules)
      for (const { name, reason } of rules) assert.match(reason, /\.$/, name)
    }
  })

  it("names options the command has", () => {
    const help = execFileSync(process.execPath, [join(import.meta.dirname, "../src/bin.ts"), "--help"], {
      encoding: "utf8"
    })
    const options = [...section("Options").matchAll(/--[a-z][a-z-]*/g)].map(([option]) => option)
    assert.isAbove(options.length, 8)
    for (const option of new Set(options)) if (option !== "--har" && option !== "--help") assert.include(help, option)
    for (const name of ["diff", "live"]) assert.match(help, new RegExp(`^\\s+${name}\\s`, "m"))
  })
})
