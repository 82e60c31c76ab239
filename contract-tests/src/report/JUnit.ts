/** A report as JUnit XML: a test for each check of each operation, in a suite for each operation. */
import * as Effect from "effect/Effect"
import * as Xml from "effect/encoding/Xml"
import * as Stream from "effect/Stream"
import * as Divergence from "./Divergence.ts"
import * as ReportJson from "./ReportJson.ts"

// XML has no way to write these, not even as a reference.
const unwritable = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

const clean = (text: string): string => text.toWellFormed().replaceAll(unwritable, "\ufffd")

const element = (
  name: string,
  attributes: { readonly [name: string]: string | number },
  children: ReadonlyArray<Xml.Event> = []
): ReadonlyArray<Xml.Event> => [
  {
    _tag: "StartElement",
    name,
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([key, value]) => [key, clean(Divergence.onOneLine(String(value)))])
    )
  },
  ...children,
  { _tag: "EndElement", name }
]

const text = (value: string): Xml.Event => ({ _tag: "Text", text: clean(value) })

/** A finding on a line: whole in the test that found it first, and where it is told in all others. */
const lines = (findings: ReadonlyArray<ReportJson.Finding>, { check, operation }: ReportJson.Result): string =>
  findings
    .map((finding) => {
      const [first] = finding.touches
      const isFirst = first === undefined || (first.operation === operation && first.check === check)
      return isFirst || operation === "the API"
        ? Divergence.formatAt(ReportJson.asDivergence(finding), ReportJson.at(finding))
        : Divergence.onOneLine(
            `${finding.class} ${finding.direction}: ${finding.message} at #${finding.pointer}: told in ${first.operation}, ${first.check}`
          )
    })
    .join("\n")

const failure = (findings: ReadonlyArray<ReportJson.Finding>, result: ReportJson.Result): ReadonlyArray<Xml.Event> => {
  const [first] = ReportJson.byGravity(findings)
  if (first === undefined) return []
  const others = findings.length - 1
  const message = `${first.message}${others > 0 ? ` (and ${others} more)` : ""}`
  return element("failure", { type: first.class, message }, [text(lines(ReportJson.byGravity(findings), result))])
}

const testOf = (report: ReportJson.ReportJson, result: ReportJson.Result): ReadonlyArray<Xml.Event> => {
  const findings = ReportJson.findingsOf(report, result)
  const failures = ReportJson.failures(findings)
  const rest = findings.filter((finding) => !failures.includes(finding))
  return element("testcase", { classname: result.operation, name: result.check, assertions: result.runs }, [
    ...failure(failures, result),
    ...(rest.length > 0 ? element("system-out", {}, [text(lines(rest, result))]) : [])
  ])
}

const counts = (results: ReadonlyArray<ReportJson.Result>) => ({
  tests: results.length,
  failures: results.filter(ReportJson.isFailed).length,
  errors: 0,
  skipped: 0
})

/** The text of `junit.xml`. What is accepted and notes are output of a test, and fail none. */
export const render = (report: ReportJson.ReportJson): Effect.Effect<string> => {
  const { results } = report
  const suites = Map.groupBy(results, ({ operation }) => operation)
  const events: ReadonlyArray<Xml.Event> = [
    { _tag: "Declaration", version: "1.0", encoding: "UTF-8" },
    ...element(
      "testsuites",
      { name: `contract ${report.document.file}`, ...counts(results) },
      [...suites].flatMap(([name, results]) =>
        element(
          "testsuite",
          { name, ...counts(results) },
          results.flatMap((result) => testOf(report, result))
        )
      )
    )
  ]
  return Stream.fromIterable(events).pipe(
    Stream.pipeThroughChannel(Xml.encodeString()),
    Stream.mkString,
    // The events are made here, and what XML cannot hold is taken out of them.
    Effect.orDie
  )
}
