/** A report as SARIF 2.1.0: what code scanning shows beside the lines of the document. */
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import * as Divergence from "./Divergence.ts"
import * as ReportJson from "./ReportJson.ts"

const levels = { breaking: "error", drift: "warning", note: "note" } as const

const ruleId = ({ check, class: severity }: ReportJson.Finding): string => `${check}/${severity}`

const rulesOf = (findings: ReadonlyArray<ReportJson.Finding>) =>
  [...new Map(findings.map((finding) => [ruleId(finding), finding]))].map(([id, { check, class: severity }]) => ({
    id,
    name: `${check.charAt(0).toUpperCase()}${check.slice(1)}${severity.charAt(0).toUpperCase()}${severity.slice(1)}`,
    shortDescription: { text: `${check}: ${severity}` },
    fullDescription: { text: `${ReportJson.describe(check)} ${ReportJson.severities[severity]}` },
    defaultConfiguration: { level: levels[severity] },
    properties: { tags: ["api-contract", severity] }
  }))

/** A file as SARIF names it: relative ones to the root of the sources. */
const artifact = (file: string) => {
  if (/^[a-z][a-z\d+.-]+:\/\//i.test(file)) return { uri: file }
  const encoded = file.split(/[\\/]/).map(encodeURIComponent).join("/")
  return file.startsWith("/") ? { uri: `file://${encoded}` } : { uri: encoded, uriBaseId: "%SRCROOT%" }
}

const messageOf = (finding: ReportJson.Finding): string => {
  const { counterexample, method, message, operation, pointer } = finding
  const action = finding.place?.action
  const others = ReportJson.others(finding)
  const text = [
    `${operation}${method === undefined ? "" : ` (${method})`}: ${message} at #${pointer}.`,
    ...(others.length === 0 ? [] : [`Also in ${others.join(", ")}.`]),
    ...(action === undefined ? [] : [`The place is an overlay's: ${action.description.trim()}`]),
    ...(counterexample === undefined ? [] : [`Value: ${ReportJson.short(counterexample)}`])
  ].join(" ")
  return plain(Divergence.onOneLine(text))
}

// A message may have links, `[text](target)`, whoever wrote the document.
const plain = (text: string): string => text.replaceAll(/[\\[\]]/g, (character) => `\\${character}`)

const resultOf = Effect.fnUntraced(function* (
  finding: ReportJson.Finding,
  report: ReportJson.ReportJson,
  rules: ReadonlyArray<{ readonly id: string }>
) {
  const digest = yield* Digest.Digest
  const hash = yield* digest.digestHex(Digest.sha256, new TextEncoder().encode(finding.fingerprint))
  const { accepted, counterexample, curl, direction, method, operation, pointer, replay } = finding
  // What an edit of the document is about is seen where the document is, which is in the repository.
  const place = finding.place?.over ?? finding.place
  return {
    ruleId: ruleId(finding),
    ruleIndex: rules.findIndex(({ id }) => id === ruleId(finding)),
    level: levels[finding.class],
    message: { text: messageOf(finding) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: artifact(place?.file ?? report.document.file),
          region: { startLine: place?.line ?? 1, startColumn: place?.column ?? 1 }
        },
        logicalLocations: [{ fullyQualifiedName: `#${pointer}` }]
      }
    ],
    // Code scanning follows a finding by this hash, and not by its line, which other edits move.
    partialFingerprints: { primaryLocationLineHash: `${hash.slice(0, 16)}:1` },
    ...(accepted === undefined ? undefined : { suppressions: [{ kind: "external", justification: accepted }] }),
    properties: {
      operation,
      touches: finding.touches.map((one) => ({ ...one })),
      direction,
      ...(method === undefined ? undefined : { method }),
      ...(counterexample === undefined ? undefined : { counterexample }),
      ...(replay === undefined ? undefined : { replay: { ...replay } }),
      ...(curl === undefined ? undefined : { curl })
    }
  }
})

/** The log as data. */
export const make = Effect.fn("Sarif.make")(function* (report: ReportJson.ReportJson) {
  const rules = rulesOf(report.findings)
  const results = yield* Effect.forEach(report.findings, (finding) => resultOf(finding, report, rules))
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "intercom-contract", semanticVersion: report.tool.version, rules } },
        automationDetails: { id: "intercom-contract/" },
        invocations: [{ executionSuccessful: true }],
        columnKind: "utf16CodeUnits",
        results
      }
    ]
  }
  return log satisfies Schema.Json
}, Effect.provide(Digest.layerWebCrypto))

/** The text of `report.sarif`. */
export const render = (report: ReportJson.ReportJson): Effect.Effect<string> =>
  Effect.map(make(report), (log) => `${JSON.stringify(log, undefined, 2)}\n`)
