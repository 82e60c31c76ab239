import * as Divergence from "@effect-intercom/contract-tests/report/Divergence"
import * as Html from "@effect-intercom/contract-tests/report/Html"
import * as JUnit from "@effect-intercom/contract-tests/report/JUnit"
import * as Markdown from "@effect-intercom/contract-tests/report/Markdown"
import * as SourceLocations from "@effect-intercom/contract-tests/document/SourceLocations"
import * as Report from "@effect-intercom/contract-tests/report/Report"
import * as ReportJson from "@effect-intercom/contract-tests/report/ReportJson"
import * as Reports from "@effect-intercom/contract-tests/report/Reports"
import * as Sarif from "@effect-intercom/contract-tests/report/Sarif"
import { assert, describe, it } from "@effect/vitest"
import { Ajv2020 } from "ajv/dist/2020.js"
import * as Effect from "effect/Effect"
import * as Xml from "effect/encoding/Xml"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { createHash } from "node:crypto"
import { hostile, make, pointers, unwritable } from "./ReportFixture.ts"
import { services } from "../Subjects.ts"

const json = (options: Parameters<typeof make>[0] = {}, more: ReportJson.Options = {}) =>
  make(options).pipe(
    Effect.flatMap((report) => ReportJson.make(report, more)),
    Effect.provide(services)
  )

const find = (report: ReportJson.ReportJson, message: string): ReportJson.Finding => {
  const finding = report.findings.find((finding) => finding.message.startsWith(message))
  assert.isDefined(finding)
  return finding
}

describe("report.json", () => {
  it.effect("is read back by its schema, and by the JSON Schema made of it", () =>
    Effect.gen(function* () {
      const report = yield* json()
      const parsed: unknown = JSON.parse(ReportJson.text(report))
      const read = yield* Schema.decodeUnknownEffect(ReportJson.ReportJson, { onExcessProperty: "error" })(parsed)
      assert.deepStrictEqual(read, JSON.parse(JSON.stringify(report)))
      const valid = new Ajv2020({ strict: false }).compile(ReportJson.jsonSchema() as object)
      assert.isTrue(valid(parsed), JSON.stringify(valid.errors))
      assert.isFalse(valid({ ...report, version: 2 }))
      assert.isFalse(valid({ ...report, findings: [{}] }))
    }).pipe(Effect.orDie)
  )

  it.effect("counts, and tells operations only one side has", () =>
    Effect.gen(function* () {
      const { checks, counts, document, operations, results } = yield* json()
      assert.deepStrictEqual(counts, {
        breaking: 2,
        drift: 2,
        notes: 1,
        accepted: 0,
        operations: 4,
        compared: 3
      })
      assert.deepStrictEqual(checks, ["coverage", "structure", "requests", "responses"])
      assert.deepStrictEqual(operations, [
        { operation: "GET /me", compared: true, method: "Admins.me", resource: "Admins" },
        { operation: "GET /contacts", compared: true, method: "Contacts.list", resource: "Contacts" },
        { operation: "POST /contacts", compared: true, method: "Contacts.create", resource: "Contacts" },
        { operation: "DELETE /tags/{id}", compared: false, resource: "Tags" }
      ])
      assert.include(document, { title: "Small & <b>bold</b>", version: "2.15", actions: 1 })
      assert.deepInclude(results, {
        operation: "POST /contacts",
        check: "requests",
        runs: 50,
        breaking: 2,
        drift: 0,
        notes: 0,
        accepted: 0,
        findings: [3, 4]
      })
    })
  )

  it.effect("gives every finding its place, its side of the client, and a fingerprint that lines do not change", () =>
    Effect.gen(function* () {
      const report = yield* json()
      const owner = find(report, "owner_id")
      assert.strictEqual(owner.place?.line, 30)
      assert.include(owner.place?.excerpt.lines.join("\n"), "owner_id:")
      assert.include(owner.client, { part: "payload", pointer: "/properties/owner_id" })
      const overlaid = find(report, "email: the client does not know it")
      assert.strictEqual(overlaid.place?.line, 8)
      assert.strictEqual(overlaid.place?.action?.number, 1)
      assert.isUndefined(find(report, "the client has no method").client)
      const twice = yield* json({ times: 2 })
      assert.strictEqual(new Set(twice.findings.map(({ fingerprint }) => fingerprint)).size, twice.findings.length)
      assert.isTrue(
        report.findings.every(({ fingerprint }) => twice.findings.some((one) => one.fingerprint === fingerprint))
      )
    })
  )

  it.effect("is the same for the same run, and holds no time", () =>
    Effect.gen(function* () {
      const report = yield* make()
      const texts = yield* Effect.all([ReportJson.make(report), ReportJson.make(report)])
      assert.strictEqual(ReportJson.text(texts[0]), ReportJson.text(texts[1]))
      assert.notMatch(ReportJson.text(texts[0]), /20\d\d-\d\d-\d\dT/)
    }).pipe(Effect.provide(services))
  )

  it.effect("says why what is accepted fails nothing", () =>
    Effect.gen(function* () {
      const report = yield* json({}, { accepted: ({ pointer }) => (pointer === pointers.email ? "known" : undefined) })
      assert.deepInclude(report.counts, { breaking: 1, accepted: 1 })
      assert.strictEqual(find(report, "email: must").accepted, "known")
      assert.lengthOf(ReportJson.failures(report.findings), 3)
      const sarif = yield* Sarif.make(report)
      const suppressed = sarif.runs[0]?.results.filter((result) => "suppressions" in result)
      assert.deepStrictEqual(
        suppressed?.map(({ suppressions }) => suppressions),
        [[{ kind: "external", justification: "known" }]]
      )
      assert.notInclude(yield* JUnit.render(report), "email: must be string</failure>")
    })
  )
})

const elementsOf = (text: string, ...path: ReadonlyArray<string>) =>
  Stream.make(text).pipe(
    Stream.pipeThroughChannel(Xml.decodeString()),
    Stream.pipeThroughChannel(Xml.elements(path)),
    Stream.runCollect,
    Effect.orDie
  )

const textOf = (element: Xml.Element): string =>
  element.children.map((child) => (typeof child === "string" ? child : textOf(child))).join("")

const named = (element: Xml.Element | undefined, name: string): ReadonlyArray<Xml.Element> =>
  (element?.children ?? []).flatMap((child) => (typeof child !== "string" && child.name === name ? [child] : []))

describe("junit.xml", () => {
  it.effect("has a test for each check of each operation, and counts that are true", () =>
    Effect.gen(function* () {
      const report = yield* json()
      const [root] = yield* elementsOf(yield* JUnit.render(report), "testsuites")
      const suites = named(root, "testsuite")
      const tests = suites.flatMap((suite) => named(suite, "testcase"))
      assert.deepStrictEqual(
        tests.map(({ attributes }) => [attributes["classname"], attributes["name"]]),
        report.results.map(({ check, operation }) => [operation, check])
      )
      const failed = tests.filter((test) => named(test, "failure").length > 0)
      assert.lengthOf(failed, 3)
      for (const [element, all] of [
        [root, tests] as const,
        ...suites.map((one) => [one, named(one, "testcase")] as const)
      ]) {
        assert.strictEqual(Number(element?.attributes["tests"]), all.length)
        assert.strictEqual(
          Number(element?.attributes["failures"]),
          all.filter((test) => named(test, "failure").length > 0).length
        )
      }
    })
  )

  it.effect("holds any text, the failing in `failure`, the rest in `system-out`", () =>
    Effect.gen(function* () {
      const text = yield* JUnit.render(yield* json())
      const tests = yield* elementsOf(text, "testsuites", "testsuite", "testcase")
      const test = (name: string) =>
        tests.find(({ attributes }) => attributes["classname"] === "POST /contacts" && attributes["name"] === name)
      const [failure] = named(test("requests"), "failure")
      assert.isDefined(failure)
      assert.strictEqual(failure.attributes["type"], "breaking")
      assert.match(failure.attributes["message"] ?? "", / \(and 1 more\)$/)
      assert.include(failure.attributes["message"], Divergence.onOneLine(hostile))
      assert.notMatch(text, unwritable)
      assert.notInclude(text, "\u202e")
      assert.include(textOf(failure), "owner_id: </script><script>alert(1)</script>")
      assert.match(textOf(failure), /seed 7 path 3:1:0/)
      assert.match(textOf(failure), /small api\.yml:30 /)
      assert.isEmpty(named(test("structure"), "failure"))
      assert.include(named(test("structure"), "system-out").map(textOf).join(""), "email: shorter than it must be")
      assert.isFalse(text.includes("\0"))
    })
  )
})

describe("report.sarif", () => {
  it.effect("has no links and no control characters in its messages", () =>
    Effect.gen(function* () {
      const { runs } = yield* Sarif.make(yield* json())
      const texts = runs.flatMap(({ results }) => results.map(({ message }) => message.text))
      assert.isTrue(texts.some((text) => text.includes("\\[a\\](javascript:alert(3))")))
      for (const text of texts) {
        assert.notMatch(text, /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u)
        assert.notMatch(text, /(?<!\\)\]\(/)
      }
    })
  )

  it.effect("has the structure code scanning asks for", () =>
    Effect.gen(function* () {
      const report = yield* json()
      const log = JSON.parse(yield* Sarif.render(report)) as Effect.Success<ReturnType<typeof Sarif.make>>
      assert.strictEqual(log.version, "2.1.0")
      assert.match(log.$schema, /sarif-2\.1\.0/)
      assert.lengthOf(log.runs, 1)
      const [run] = log.runs
      assert.isDefined(run)
      const { rules } = run.tool.driver
      assert.strictEqual(new Set(rules.map(({ id }) => id)).size, rules.length)
      for (const rule of rules) {
        assert.isNotEmpty(rule.shortDescription.text)
        assert.isNotEmpty(rule.fullDescription.text)
      }
      assert.lengthOf(run.results, report.findings.length)
      for (const [index, result] of run.results.entries()) {
        const finding = report.findings[index]
        const [location] = result.locations
        const { artifactLocation, region } = location?.physicalLocation ?? assert.fail("no location")
        assert.strictEqual(rules[result.ruleIndex]?.id, result.ruleId)
        assert.strictEqual(
          result.level,
          { breaking: "error", drift: "warning", note: "note" }[finding?.class ?? "note"]
        )
        assert.isAtLeast(region.startLine, 1)
        assert.isAtLeast(region.startColumn, 1)
        assert.strictEqual(region.startLine, finding?.place?.line)
        // The folder of the test is not below the working directory.
        assert.match(artifactLocation.uri, /^file:\/\/\/.*\/(small%20api|overlay)\.yml$/)
        assert.isTrue(URL.canParse(artifactLocation.uri))
        assert.match(result.partialFingerprints.primaryLocationLineHash, /^[\da-f]{16}:1$/)
        assert.isNotEmpty(result.message.text)
      }
      const hashes = run.results.map(({ partialFingerprints }) => partialFingerprints.primaryLocationLineHash)
      assert.strictEqual(new Set(hashes).size, hashes.length)
    })
  )

  it.effect("names files relative to the root of the sources, encoded; and a document from a URL by that", () =>
    Effect.gen(function* () {
      const report = yield* json()
      const uri = (file: string) =>
        Effect.map(
          Sarif.make({
            ...report,
            findings: report.findings
              .slice(0, 1)
              .map((one) => ({ ...one, place: { ...(one.place ?? assert.fail()), file } }))
          }),
          (log) => log.runs[0]?.results[0]?.locations[0]?.physicalLocation.artifactLocation
        )
      assert.deepStrictEqual(yield* uri("spec/my api#1.yml"), {
        uri: "spec/my%20api%231.yml",
        uriBaseId: "%SRCROOT%"
      })
      assert.deepStrictEqual(yield* uri("https://example.com/api.yml"), { uri: "https://example.com/api.yml" })
    })
  )
})

describe("summary.md", () => {
  it.effect("has one table, of operations by checks", () =>
    Effect.gen(function* () {
      const lines = Markdown.render(yield* json()).split("\n")
      assert.strictEqual(lines[0], "## Contract: 2 breaking, 2 drift")
      const table = lines.filter((line) => line.startsWith("|"))
      assert.lengthOf(table, 2 + 4)
      for (const line of table) assert.lengthOf(line.split("|"), 2 + 5, line)
      assert.include(table, "| <code>POST /contacts</code> | ✓ | ✓ | ❌ 2 | ✓ |")
      assert.include(table, "| <code>GET /me</code> | ✓ | ✓ | ✓ | ⚠️ 1 |")
    })
  )

  it.effect("lets no text of a document become markup or a link", () =>
    Effect.gen(function* () {
      const text = Markdown.render(yield* json())
      const tags = [...text.matchAll(/<[^>]*>/g)].map(([tag]) => tag)
      assert.deepStrictEqual([...new Set(tags)].toSorted(), ["</code>", "<br>", "<code>"])
      assert.notMatch(text, /\]\(|`|https?:\/\/|www\./)
      assert.include(text, "&#60;script&#62;")
      const items = text.split("\n").filter((line) => line.startsWith("- "))
      assert.lengthOf(items, 4)
      assert.match(items[0] ?? "", /^- \*\*breaking\*\* request: <code>POST \/contacts<\/code>: owner&#95;id: /)
    })
  )

  it.effect("stays far below what a summary may hold, and says what it leaves out", () =>
    Effect.gen(function* () {
      const text = Markdown.render(yield* json({ times: 400 }))
      assert.isBelow(text.length, 300_000)
      assert.match(text, /^1500 more are in the report\.$/m)
    })
  )

  it.effect("is short when there is nothing to say", () =>
    Effect.gen(function* () {
      const text = Markdown.render(yield* json({ none: true }))
      assert.match(text, /^## Contract: no divergences\n/)
      assert.notInclude(text, "### Findings")
    })
  )
})

describe("index.html", () => {
  it.effect("escapes every text, asks for nothing, and runs its own script only", () =>
    Effect.gen(function* () {
      const text = yield* Html.render(yield* json())
      assert.lengthOf(text.match(/<script/g) ?? [], 1)
      assert.lengthOf(text.match(/<\/script/g) ?? [], 1)
      assert.notMatch(text, /<img|<a [^>]*href="(?!#)|\bsrc=["h/]|url\(|@import/)
      assert.include(text, "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;")
      assert.include(text, "&lt;img src=x onerror=alert(4)&gt;&lt;/pre&gt;")
      assert.include(text, "⟨U+202E⟩")
      assert.notMatch(text, /(?!\n)\p{Cc}|\p{Cs}|\u202e/u)
      const script = /<script>(.*?)<\/script>/s.exec(text)?.[1] ?? ""
      const hash = createHash("sha256").update(script).digest("base64")
      assert.include(text, `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`)
    })
  )
})

describe("Reports.write", () => {
  it.effect("writes every format, into a folder it makes", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = `${yield* fs.makeTempDirectoryScoped()}/a/b`
      const report = yield* Reports.write(folder, yield* make())
      assert.deepStrictEqual((yield* fs.readDirectory(folder)).toSorted(), [
        "index.html",
        "junit.xml",
        "report.json",
        "report.sarif",
        "summary.md"
      ])
      assert.strictEqual(yield* fs.readFileString(`${folder}/report.json`), ReportJson.text(report))
      assert.strictEqual(yield* fs.readFileString(`${folder}/index.html`), yield* Html.render(report))
    }).pipe(Effect.scoped, Effect.provide(services))
  )

  it.effect("fails where it cannot write", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Reports.write("/dev/null/reports", yield* make()))
      assert.strictEqual(error._tag, "PlatformError")
    }).pipe(Effect.provide(services))
  )
})

describe("the console", () => {
  it.effect("has a line for each divergence with its place, then the table", () =>
    Effect.gen(function* () {
      const report = yield* make()
      const places = yield* SourceLocations.make(report.document)
      const text = Report.text(report, { notes: false, places })
      const owner = text.split("\n").find((line) => line.includes("seed 7 path 3:1:0")) ?? ""
      assert.match(
        text,
        /^breaking request: POST \/contacts \(Contacts\.create\): email: must be string at #\/paths\/\S+, \S.*small api\.yml:28$/m
      )
      assert.match(
        text,
        /^drift response: GET \/me .* at #\/components\/schemas\/Admin\/properties\/email\/type, .*overlay\.yml:8 \(action 1: Sent by the live API/m
      )
      // Whatever is in it, a finding stays on its line, and the terminal as it was.
      assert.include(owner, "\\u0000\\u001b\\u202e\ufffd http://evil.example")
      assert.match(owner, /^breaking request: POST .* \| curl -X POST .*'$/)
      assert.notInclude(
        text,
        Divergence.format(report.divergences.find(({ class: one }) => one === "note") ?? assert.fail())
      )
      assert.match(text, /^POST \/contacts +ok +ok +2 FAILED +ok/m)
    }).pipe(Effect.provide(services))
  )
})
