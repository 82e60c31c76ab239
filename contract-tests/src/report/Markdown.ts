/** A report as Markdown, for the summary page of a CI run. */
import * as Divergence from "./Divergence.ts"
import * as ReportJson from "./ReportJson.ts"

// A reference is text, whatever Markdown or HTML would make of the character. `//` and `www.` become links.
const special = /[\\`*_{}[\]<>#|~!&@$^]|:(?=\/\/)|\.(?<=\bwww\.)/gi

const escape = (text: string): string =>
  Divergence.onOneLine(text.replaceAll(/\s+/g, " ")).replaceAll(special, (character) => `&#${character.charCodeAt(0)};`)

const code = (text: string): string => `<code>${escape(text)}</code>`

// A summary may have 1 MiB in all.
const most = 100

const cell = (report: ReportJson.ReportJson, operation: string, check: string): string => {
  const result = report.results.find((result) => result.operation === operation && result.check === check)
  if (result === undefined) return ""
  const parts = [
    ...(result.breaking > 0 ? [`❌ ${result.breaking}`] : []),
    ...(result.drift > 0 ? [`⚠️ ${result.drift}`] : [])
  ]
  return parts.length > 0 ? parts.join(" ") : "✓"
}

const row = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`

const table = (report: ReportJson.ReportJson): ReadonlyArray<string> => {
  const operations = [...new Set(report.results.map(({ operation }) => operation))]
  return [
    row(["operation", ...report.checks.map(escape)]),
    row(["---", ...report.checks.map(() => ":-:")]),
    ...operations.map((operation) =>
      row([code(operation), ...report.checks.map((check) => cell(report, operation, check))])
    )
  ]
}

const item = (finding: ReportJson.Finding): string => {
  const { counterexample, curl, direction, message, operation, replay } = finding
  const others = ReportJson.others(finding)
  return [
    `- **${finding.class}** ${direction}: ${code(operation)}: ${escape(message)}, ${code(ReportJson.at(finding) ?? `#${finding.pointer}`)}`,
    ...(others.length === 0 ? [] : [escape(Divergence.alsoIn(others))]),
    ...(counterexample === undefined ? [] : [`value ${code(ReportJson.short(counterexample))}`]),
    ...(replay === undefined ? [] : [`seed ${replay.seed}, path ${code(replay.path)}`]),
    ...(curl === undefined ? [] : [code(ReportJson.shortened(curl))])
  ].join("<br>")
}

/** The text of `summary.md`. The findings that fail the run are listed, the gravest first, up to a hundred of them. */
export const render = (report: ReportJson.ReportJson): string => {
  const failures = ReportJson.byGravity(ReportJson.failures(report.findings))
  const shown = failures.slice(0, most)
  return [
    `## Contract: ${ReportJson.verdict(report)}`,
    "",
    `${code(report.document.file)}${report.document.version === undefined ? "" : ` ${escape(report.document.version)}`}: ` +
      `${report.counts.compared} of ${report.counts.operations} operations compared, ` +
      `${report.counts.notes} ${report.counts.notes === 1 ? "note" : "notes"}, ${report.counts.accepted} accepted, seed ${report.seed}`,
    "",
    ...table(report),
    ...(shown.length === 0 ? [] : ["", "### Findings", "", ...shown.map(item)]),
    ...(failures.length > shown.length ? ["", `${failures.length - shown.length} more are in the report.`] : []),
    ""
  ].join("\n")
}
