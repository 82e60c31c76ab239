/**
 * A reporter for Stryker: each mutant that survives needs a reason in `survivors.json`, and each reason a survivor. Else
 * the run fails. It prints the score of each file, in which a survivor with a reason is as good as a dead one.
 */
import { readFileSync } from "node:fs"
import { matchesGlob } from "node:path"
import { mutatedIn } from "./Tests.ts"

interface Position {
  readonly line: number
  readonly column: number
}

/** What is read of Stryker's report. Lines and columns count from one. */
export interface Report {
  readonly files: {
    readonly [file: string]: {
      readonly source: string
      readonly mutants: ReadonlyArray<{
        readonly status: string
        readonly replacement?: string
        readonly location: { readonly start: Position; readonly end: Position }
      }>
    }
  }
}

/** Survivors of one file with one reason, each written as {@link describe} does. */
export interface Reason {
  readonly file: string
  readonly reason: string
  readonly mutants: ReadonlyArray<string>
}

const longest = 80

const line = (text: string): string => {
  const flat = text.replaceAll(/\s+/g, " ").trim()
  return flat.length <= longest ? flat : `${flat.slice(0, longest)}…`
}

const textAt = (source: string, { end, start }: { readonly start: Position; readonly end: Position }): string => {
  const lines = source.split("\n").slice(start.line - 1, end.line)
  const last = lines.pop() ?? ""
  return [...lines, last.slice(0, end.column - 1)].join("\n").slice(start.column - 1)
}

/** What a mutant changes, wherever in its file: `a < b → a <= b`. */
export const describe = (
  source: string,
  {
    location,
    replacement = ""
  }: { readonly replacement?: string; readonly location: Record<"start" | "end", Position> }
): string => `${line(textAt(source, location))} → ${line(replacement)}`

const alive = new Set(["Survived", "NoCoverage"])
/** Those of other mutants, which neither compile nor count, are not here. */
const dead = new Set(["Killed", "Timeout"])

const explainedIn = (file: string, reasons: ReadonlyArray<Reason>): ReadonlySet<string> =>
  new Set(reasons.filter((one) => one.file === file && one.reason !== "").flatMap(({ mutants }) => mutants))

/** What is wrong with the reasons for the survivors of a run; files that were not mutated do not count. */
export const complaints = (report: Report, reasons: ReadonlyArray<Reason>): ReadonlyArray<string> =>
  Object.entries(report.files).flatMap(([file, { mutants, source }]) => {
    const survivors = new Map(
      mutants
        .filter(({ status }) => alive.has(status))
        .map((mutant) => [describe(source, mutant), mutant.location.start.line])
    )
    const explained = explainedIn(file, reasons)
    return [
      ...[...survivors]
        .filter(([mutant]) => !explained.has(mutant))
        .map(([mutant, line]) => `${file}:${line}: a survivor without a reason: ${mutant}`),
      ...reasons
        .filter((reason) => reason.file === file)
        .flatMap(({ mutants }) => mutants)
        .filter((mutant) => !survivors.has(mutant))
        .map((mutant) => `${file}: a reason for no survivor: ${mutant}`)
    ]
  })

/**
 * How many of the mutants of each file are dead, or have a reason to live; with the lines of these, as a reason for one
 * explains others that read alike.
 */
export const scores = (report: Report, reasons: ReadonlyArray<Reason>): ReadonlyArray<string> =>
  Object.entries(report.files).map(([file, { mutants, source }]) => {
    const explained = explainedIn(file, reasons)
    const killed = mutants.filter(({ status }) => dead.has(status)).length
    const survivors = mutants.filter(({ status }) => alive.has(status))
    const lines = survivors
      .filter((mutant) => explained.has(describe(source, mutant)))
      .map(({ location }) => location.start.line)
    const excused = lines.length
    const all = killed + survivors.length
    const at = excused === 0 ? "" : ` (lines ${[...new Set(lines)].toSorted((a, b) => a - b).join(", ")})`
    const score = all === 0 ? 100 : (100 * (killed + excused)) / all
    return `${file}: ${score.toFixed(1)} %: of ${all} mutants ${killed} are killed, ${excused} survive with a reason${at}, ${all - killed - excused} without one`
  })

/** What this run mutated of a report, which has what earlier runs found in other files, too. */
export const ofRun = ({ files }: Report, mutated: ReadonlyArray<string>): Report => {
  const patterns = mutated.map((one) => one.replace(/:.*$/, ""))
  const isOfRun = ([file]: readonly [string, unknown]) =>
    patterns.length === 0 || patterns.some((pattern) => matchesGlob(file, pattern))
  return { files: Object.fromEntries(Object.entries(files).filter(isOfRun)) }
}

const reasonsFile = new URL("survivors.json", import.meta.url)

class SurvivorsReporter {
  onMutationTestReportReady(report: Report) {
    // The file is this folder's own, and what does not fit explains nothing.
    const reasons = JSON.parse(readFileSync(reasonsFile, "utf8")) as ReadonlyArray<Reason>
    const ofThis = ofRun(report, mutatedIn(process.argv))
    const found = complaints(ofThis, reasons)
    for (const line of [...scores(ofThis, reasons), ...found]) process.stdout.write(`${line}\n`)
    if (found.length > 0) process.exitCode = 1
  }
}

/** What Stryker looks for in a plugin. */
export const strykerPlugins = [{ kind: "Reporter", name: "survivors", injectableClass: SurvivorsReporter }]
