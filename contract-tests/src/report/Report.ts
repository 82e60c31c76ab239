/** What a run came to, as text. */
import * as Grouping from "./Grouping.ts"
import * as Contract from "../checks/Contract.ts"
import * as Divergence from "./Divergence.ts"
import type * as EffectiveDocument from "../document/EffectiveDocument.ts"
import * as Facts from "./Facts.ts"
import * as SchemaCoverage from "../schema/SchemaCoverage.ts"
import * as SourceLocations from "../document/SourceLocations.ts"
import type * as Published from "../checks/Published.ts"
import * as Traffic from "../traffic/Traffic.ts"

const count = (many: number, one: string): string => `${many} ${one}${many === 1 ? "" : "s"}`

/** Operations by checks: how many samples were judged, or how many divergences there were. */
export const table = (
  rows: ReadonlyArray<Contract.Row>,
  fails: (divergence: Divergence.Divergence) => boolean = Divergence.isFailure
): string => {
  const checks = [...new Set(rows.map(({ check }) => check))]
  const operations = [...new Set(rows.map(({ operation }) => operation))]
  const cell = (operation: string, check: string): string => {
    const row = rows.find((row) => row.operation === operation && row.check === check)
    if (row === undefined) return "-"
    const found = row.divergences.filter(Divergence.isFailure)
    const failed = found.filter(fails).length
    if (failed > 0) return `${failed} FAILED`
    // There was nothing to check.
    if (row.runs === 0 && found.length === 0) return "-"
    return found.length > 0 ? `${found.length} drift` : row.runs > 1 ? `ok ${row.runs}` : "ok"
  }
  const lines = [
    ["operation", ...checks],
    ...operations.map((operation) => [operation, ...checks.map((check) => cell(operation, check))])
  ]
  const widths = ["operation", ...checks].map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0))
  )
  return lines
    .map((line) =>
      line
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd()
    )
    .join("\n")
}

const shown = 5

const seconds = (millis: number): string => `${(millis / 1000).toFixed(1)} s`

/** The operations that took longest, each with the check that took most of it. */
const slowest = (rows: ReadonlyArray<Contract.Row>): ReadonlyArray<string> => {
  const timed = rows.flatMap(({ check, millis, operation }) =>
    millis === undefined ? [] : [{ check, millis, operation }]
  )
  const all = [...Map.groupBy(timed, ({ operation }) => operation)].map(([operation, checks]) => ({
    operation,
    millis: checks.reduce((sum, { millis }) => sum + millis, 0),
    most: checks.reduce((a, b) => (b.millis > a.millis ? b : a))
  }))
  const first = all.toSorted((a, b) => b.millis - a.millis).slice(0, shown)
  return first.length === 0
    ? []
    : [
        `slowest ${first.map(({ millis, most, operation }) => `${operation} ${seconds(millis)}, ${seconds(most.millis)} of it ${most.check}`).join("; ")}`
      ]
}

const overlaysOf = ({ actions }: EffectiveDocument.EffectiveDocument): string => {
  const additions = actions.filter(({ kind }) => kind === "addition").length
  const files = new Set(actions.filter(({ kind }) => kind === "action").map(({ file }) => file)).size
  const parts = [
    ...(additions === 0 ? [] : [count(additions, "addition")]),
    ...(files === 0 ? [] : [`${count(actions.length - additions, "action")} of ${count(files, "overlay")}`])
  ]
  return parts.length === 0 ? "without overlays" : `with ${parts.join(" and ")}`
}

/** A divergence on a line, with its place in a file where that is known. */
const line =
  (places: SourceLocations.SourceLocations | undefined) =>
  (divergence: Divergence.Divergence): string => {
    const place = places?.of(divergence)
    const written = places === undefined ? divergence : { ...divergence, pointer: places.written(divergence.pointer) }
    return Divergence.formatAt(written, place && SourceLocations.format(place))
  }

/** Divergences on lines, those that are alike on one. */
const brief = (
  divergences: ReadonlyArray<Divergence.Divergence>,
  places: SourceLocations.SourceLocations | undefined
): ReadonlyArray<string> => {
  const { groups, missing } = Grouping.of(divergences)
  return [
    ...(missing === undefined ? [] : [missing]),
    ...groups.map((group) => line(places)(group.first) + Grouping.others(group))
  ]
}

export interface Options {
  readonly notes: boolean
  /** Every divergence on a line of its own, however many are alike. */
  readonly all?: boolean
  readonly places?: SourceLocations.SourceLocations
}

/** What fails and what is worth knowing, each fact once; with `all` each divergence. */
const told = (report: Contract.Report, { all }: Pick<Options, "all">) => {
  const facts = Facts.of(report.rows)
  const of = (isOne: (one: Divergence.Divergence) => boolean) => ({
    shown: all ? report.divergences.filter(isOne) : facts.filter(({ divergence }) => isOne(divergence)).map(withOthers),
    facts: facts.filter(({ divergence }) => isOne(divergence)).length
  })
  return {
    failures: of(Divergence.isFailure),
    notes: of((one) => one.class === "note"),
    accepted: of((one) => one.accepted !== undefined)
  }
}

/** A fact as the divergence that is shown of it, with the operations it touches besides. */
const withOthers = (fact: Facts.Fact): Divergence.Divergence => {
  const others = Facts.operationsOf(fact).filter((operation) => operation !== fact.divergence.operation)
  return others.length === 0 ? fact.divergence : { ...fact.divergence, others }
}

/** How many facts a baseline accepts, by rule and by entry. */
const byRule = (report: Contract.Report): ReadonlyArray<string> => {
  const accepted = Facts.of(report.rows).filter(({ divergence }) => divergence.accepted !== undefined)
  const rules = [...Map.groupBy(accepted, ({ divergence }) => divergence.rule)]
  if (!rules.some(([rule]) => rule !== undefined)) return []
  const counts = rules.map(([rule, facts]) => [rule ?? "entries of their own", facts.length] as const)
  const width = String(Math.max(...counts.map(([, many]) => many))).length
  return [
    "accepted by the baseline:",
    ...counts.toSorted(([, a], [, b]) => b - a).map(([name, many]) => `  ${String(many).padStart(width)}  ${name}`),
    ""
  ]
}

/** Every fact on a line, the table, what a baseline accepts by rule, and one closing line. */
export const text = (report: Contract.Report, options: Options): string => {
  const { accepted, failures, notes } = told(report, options)
  const many = Contract.failures(report).length
  return [
    ...(options.all ? failures.shown.map(line(options.places)) : brief(failures.shown, options.places)),
    ...(options.notes ? notes.shown.map(line(options.places)) : []),
    ...(failures.facts + notes.facts > 0 ? [""] : []),
    table(report.rows),
    "",
    ...SchemaCoverage.lines(report.rows),
    ...slowest(report.rows),
    "",
    ...byRule(report),
    `${report.document.source} ${overlaysOf(report.document)}, seed ${report.seed}: ` +
      `${count(report.canaries, "canary request")} refused, ${count(failures.facts, "divergence")}` +
      `${many === failures.facts ? "" : ` (found ${many} times: --all prints each)`}, ` +
      `${accepted.facts === 0 ? "" : `${accepted.facts} accepted by the baseline, `}` +
      `${count(notes.facts, "note")}${options.notes || notes.facts === 0 ? "" : " (--notes shows them)"}`
  ].join("\n")
}

/** What was found in exchanges with a real API: divergences, the table, and one closing line. */
export const traffic = (
  report: Contract.Report,
  options: Options & { readonly fails: (divergence: Divergence.Divergence) => boolean }
): string => {
  const { failures, notes } = told(report, options)
  const failing = told(
    { ...report, rows: report.rows.map((row) => ({ ...row, divergences: row.divergences.filter(options.fails) })) },
    options
  )
  const unseen = report.rows.filter(({ check, runs }) => check === "exchanges" && runs === 0).length
  return [
    ...(options.all ? failures.shown.map(line(options.places)) : brief(failures.shown, options.places)),
    ...(options.notes ? notes.shown.map(line(options.places)) : []),
    ...(failures.facts + notes.facts > 0 ? [""] : []),
    table(report.rows, options.fails),
    "",
    `${report.document.source} ${overlaysOf(report.document)}: ` +
      `${report.traffic === undefined ? "" : `${Traffic.tell(report.traffic)}; `}` +
      `${count(failures.facts, "divergence")}, ${failing.failures.facts} of them failing, ` +
      `${count(notes.facts, "note")}` +
      `${unseen === 0 ? "" : `; ${count(unseen, "operation")} without an exchange`}`
  ].join("\n")
}

/** What is different between two documents, in sections, and one closing line. */
export const difference = (
  found: ReadonlyArray<Divergence.Divergence>,
  older: string,
  newer: string,
  options: Pick<Options, "all" | "notes">
): string => {
  const of = (severity: Divergence.Severity) => found.filter((one) => one.class === severity)
  const section = (title: string, ones: ReadonlyArray<Divergence.Divergence>) =>
    ones.length === 0 ? [] : [title, ...(options.all ? ones.map(line(undefined)) : brief(ones, undefined)), ""]
  const [breaking, drift, notes] = [of("breaking"), of("drift"), of("note")]
  return [
    ...section("What would break:", breaking),
    ...section("What is new:", drift),
    ...(options.notes ? section("What else changed:", notes) : []),
    `${older} to ${newer}: ${count(breaking.length, "breaking change")}, ${drift.length} of drift, ` +
      `${count(notes.length, "note")}${options.notes || notes.length === 0 ? "" : " (--notes shows them)"}`
  ].join("\n")
}

const nameOf = ({ file, index, kind, target }: EffectiveDocument.AppliedAction): string =>
  `${file.split(/[\\/]/).at(-1) ?? file} ${kind} ${index + 1} (${target})`

/** The divergences of the published document by the action that names them, then what is left over. */
export const published = (
  { named, report, unnamed }: Published.Result,
  places?: SourceLocations.SourceLocations
): string => {
  const actions = new Map(named.flatMap(({ actions }) => actions.map((action) => [nameOf(action), action] as const)))
  const groups = [...actions].toSorted(([a], [b]) => a.localeCompare(b, "en", { numeric: true }))
  return [
    ...groups.flatMap(([name, action]) => [
      `${name}: ${action.description}`,
      ...named
        .filter(({ actions }) => actions.includes(action))
        .map(
          ({ divergence }) =>
            `  ${divergence.class} ${divergence.direction}: ${divergence.operation}: ${divergence.message}`
        )
    ]),
    "",
    ...(unnamed.length === 0 ? [] : ["No action of an overlay names:", ...unnamed.map(line(places)), ""]),
    `${report.document.source} without overlays, seed ${report.seed}: ` +
      `${count(named.length, "divergence")} named by ${count(groups.length, "overlay action")}, ${unnamed.length} by none`
  ].join("\n")
}
