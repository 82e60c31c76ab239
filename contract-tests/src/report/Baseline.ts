/**
 * Divergences that are known and accepted, each with a reason and, if wanted, a day until which. What is not in the
 * file fails a run; so does an entry of what is found no more, or one whose day is over.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import type * as Contract from "../checks/Contract.ts"
import type { Divergence } from "./Divergence.ts"
import * as Document from "../document/Document.ts"
import { fileName } from "./BaselineFile.ts"
import * as Facts from "./Facts.ts"

export { fileName }

/** A baseline that cannot be used. `field` is the place in the file, `accepted[2].reason`. */
export class BaselineError extends Schema.TaggedError<BaselineError>()("BaselineError", {
  file: Schema.String,
  field: Schema.optionalKey(Schema.String),
  description: Schema.String
}) {
  override get message(): string {
    return `${this.file}: ${this.field === undefined ? "" : `${this.field}: `}${this.description}`
  }
}

const isDay = (text: string): boolean =>
  Option.exists(DateTime.make(`${text}T00:00:00Z`), (day) => DateTime.formatIsoDateUtc(day) === text)

/** A divergence that is accepted. */
export const Entry = Schema.Struct({
  operation: Schema.NonEmptyString,
  /** All operations it is accepted of, where there are several. */
  operations: Schema.optionalKey(Schema.Array(Schema.NonEmptyString)),
  direction: Schema.NonEmptyString,
  class: Schema.Literals(["breaking", "drift"]),
  pointer: Schema.String,
  message: Schema.NonEmptyString,
  /** Why it is accepted; never empty. */
  reason: Schema.String,
  /** The last day it is accepted, in UTC: `2026-12-31`. */
  expires: Schema.optionalKey(Schema.String.check(Schema.makeFilter(isDay, { expected: "a day such as 2026-12-31" }))),
  /** Whether samples found it: with another seed, or fewer, they may not. */
  sampled: Schema.optionalKey(Schema.Boolean)
})
export type Entry = typeof Entry.Type

/** The file. `seed` and `runs` are those of the run that wrote it. */
export const Baseline = Schema.Struct({
  version: Schema.Literal(1),
  seed: Schema.Int,
  runs: Schema.Int,
  accepted: Schema.Array(Entry)
})
export type Baseline = typeof Baseline.Type

const decode = Schema.decodeUnknownResult(Baseline, { errors: "all", onExcessProperty: "error" })
const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()

const fieldOf = (path: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> = []): string =>
  path
    .map((segment) => (typeof segment === "object" ? segment.key : segment))
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "")

/** Reads a baseline. Reasons may be missing only while the file is being updated. */
export const parse = (file: string, text: string): Result.Result<Baseline, BaselineError> => {
  const json = Result.try((): unknown => JSON.parse(text))
  if (Result.isFailure(json)) return Result.fail(new BaselineError({ file, description: "not JSON" }))
  return Result.mapError(decode(json.success), ({ issue }) => {
    const [first] = issuesOf(issue).issues
    const field = fieldOf(first?.path)
    return new BaselineError({
      file,
      ...(field === "" ? undefined : { field }),
      description: first?.message ?? "not a baseline"
    })
  })
}

/** The first entry nobody gave a reason for. */
const unexplained = (file: string, { accepted }: Baseline): BaselineError | undefined => {
  const index = accepted.findIndex(({ reason }) => reason.trim() === "")
  const entry = accepted[index]
  return (
    entry &&
    new BaselineError({
      file,
      field: `accepted[${index}].reason`,
      description: `empty: say why "${entry.message}" of ${entry.operation} is accepted`
    })
  )
}

const read = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem
  const text = yield* fs
    .readFileString(file)
    .pipe(
      Effect.mapError(
        ({ message, reason }) =>
          new BaselineError({ file, description: reason._tag === "NotFound" ? "there is no such file" : message })
      )
    )
  return yield* Effect.fromResult(parse(file, text))
})

/** The baseline in a file. Fails when it is not there, is none, or lacks a reason. */
export const load = Effect.fn("Baseline.load")(function* (file: string) {
  const baseline = yield* read(file)
  const lacking = unexplained(file, baseline)
  return lacking === undefined ? baseline : yield* lacking
})

const keyOf = (operation: string): string => {
  const [method = "", path = ""] = operation.split(" ", 2)
  return Document.keyOf(method, path)
}

type Identified = Parameters<typeof Facts.key>[0]

/** What a divergence is known by: names and places of parameters, seeds and samples are no part of it. */
export const identity = (one: Identified): string => `${keyOf(one.operation)} | ${Facts.key(one)}`

/** The place of a divergence in an operation. */
const placeIn = (one: Identified): string => `${keyOf(one.operation)} | ${Facts.placeOf(one)}`

/** An entry once for each operation it is accepted of. */
const each = (entry: Entry): ReadonlyArray<Entry> =>
  (entry.operations ?? [entry.operation]).map((operation) => ({ ...entry, operation }))

const startOf = (day: string) => DateTime.makeUnsafe(`${day}T00:00:00Z`)

/** Whether the day an entry is accepted until is over. */
const isExpired = ({ expires }: Entry, now: DateTime.DateTime): boolean =>
  expires !== undefined && DateTime.isGreaterThanOrEqualTo(now, DateTime.add(startOf(expires), { days: 1 }))

const stale = (entry: Entry): Divergence => ({
  operation: entry.operation,
  direction: "coverage",
  class: "drift",
  pointer: entry.pointer,
  through: [],
  message: `the baseline accepts what is found no more: ${entry.direction}: ${entry.message}`
})

/**
 * A report with what the baseline accepts marked as accepted, and with a divergence for each entry that is stale. What
 * samples found may stay away with other samples: such an entry is stale only by the seed and runs it was written with.
 */
export const apply = (report: Contract.Report, baseline: Baseline, now: DateTime.DateTime): Contract.Report => {
  const all = baseline.accepted.flatMap(each)
  const entries = new Map(all.map((entry) => [identity(entry), entry]))
  // What is declared of a place says in general what samples show of it.
  const declared = report.rows.flatMap(({ check, divergences }) =>
    Facts.compares(check) ? divergences.filter(Facts.isInSchema) : []
  )
  const open = new Set(declared.filter((one) => !entries.has(identity(one))).map(Facts.placeOf))
  const places = new Map(all.map((entry) => [placeIn(entry), entry]))
  const known = new Set(declared.map(Facts.placeOf))
  const entryFor = (check: string, divergence: Divergence): Entry | undefined => {
    const entry = entries.get(identity(divergence))
    if (entry !== undefined || Facts.compares(check)) return entry
    const place = Facts.placeOf(divergence)
    return known.has(place) && !open.has(place) ? places.get(placeIn(divergence)) : undefined
  }
  const mark = (check: string, divergence: Divergence): Divergence => {
    const entry = entryFor(check, divergence)
    if (entry === undefined || divergence.class === "note") return divergence
    return isExpired(entry, now)
      ? { ...divergence, expired: entry.expires ?? "" }
      : { ...divergence, accepted: entry.reason }
  }
  const rows = report.rows.map((row) => ({
    ...row,
    divergences: row.divergences.map((divergence) => mark(row.check, divergence))
  }))
  const found = new Set(
    report.rows.flatMap(({ check, divergences }) =>
      divergences.flatMap((one) => {
        const entry = entryFor(check, one)
        return [identity(one), ...(entry === undefined ? [] : [identity(entry)])]
      })
    )
  )
  const sameSamples = report.seed === baseline.seed && report.runs >= baseline.runs
  const gone = all.filter((entry) => !found.has(identity(entry)) && (entry.sampled !== true || sameSamples))
  const whole: Contract.Row = {
    operation: "the baseline",
    check: "coverage",
    runs: baseline.accepted.length,
    divergences: gone.map(stale)
  }
  const judged = [...rows, whole]
  return { ...report, rows: judged, divergences: judged.flatMap(({ divergences }) => divergences) }
}

/** {@link apply}, today. */
export const accept = Effect.fn("Baseline.accept")(function* (report: Contract.Report, baseline: Baseline) {
  return apply(report, baseline, yield* DateTime.now)
})

const entryOf = (fact: Facts.Fact, entries: ReadonlyMap<string, Entry>): Entry => {
  const { divergence, members } = fact
  const operations = Facts.operationsOf(fact)
  const known = members.map((one) => entries.get(identity(one))).find((entry) => entry !== undefined)
  return {
    operation: divergence.operation,
    ...(operations.length > 1 ? { operations } : undefined),
    direction: divergence.direction,
    class: divergence.class === "breaking" ? "breaking" : "drift",
    pointer: divergence.pointer,
    message: divergence.message,
    reason: known?.reason ?? "",
    ...(known?.expires === undefined ? undefined : { expires: known.expires }),
    ...(members.every(({ replay }) => replay !== undefined) ? { sampled: true } : undefined)
  }
}

/**
 * The baseline that accepts what a report found, an entry for each fact. Reasons and days are kept; new entries have an
 * empty reason.
 */
export const of = (report: Contract.Report, known?: Baseline): Baseline => {
  const entries = new Map(known?.accepted.flatMap(each).map((entry) => [identity(entry), entry]))
  const failing = report.rows.map(({ check, divergences }) => ({
    check,
    divergences: divergences.filter((one) => one.class !== "note" && one.fault !== "check")
  }))
  return {
    version: 1,
    seed: report.seed,
    runs: report.runs,
    accepted: Facts.of(failing).map((fact) => entryOf(fact, entries))
  }
}

/** Writes the baseline that accepts what a report found. Returns it, and how many of its entries lack a reason. */
export const update = Effect.fn("Baseline.update")(function* (file: string, report: Contract.Report) {
  const fs = yield* FileSystem.FileSystem
  const known = (yield* fs.exists(file).pipe(Effect.orElseSucceed(() => false))) ? yield* read(file) : undefined
  const baseline = of(report, known)
  yield* fs
    .writeFileString(file, `${JSON.stringify(baseline, undefined, 2)}\n`)
    .pipe(Effect.mapError(({ message }) => new BaselineError({ file, description: message })))
  return { baseline, unexplained: baseline.accepted.filter(({ reason }) => reason.trim() === "").length }
})
