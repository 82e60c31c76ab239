/**
 * Divergences that are known and accepted, each with a reason and, if wanted, a day until which: one by one as entries,
 * or all of a kind by a rule. What neither accepts fails a run; so does an entry of what is found no more, a rule that
 * accepts nothing, and either when its day is over.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import type * as Contract from "../checks/Contract.ts"
import type { Divergence } from "./Divergence.ts"
import * as Document from "../document/Document.ts"
import { fileName } from "./BaselineFile.ts"
import * as Facts from "./Facts.ts"
import * as Rule from "./Rule.ts"

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
  expires: Schema.optionalKey(Rule.Day),
  /** Whether samples found it: with another seed, or fewer, they may not. */
  sampled: Schema.optionalKey(Schema.Boolean)
})
export type Entry = typeof Entry.Type

const haveOwnNames = (rules: ReadonlyArray<Rule.Rule>): boolean =>
  new Set(rules.map(({ name }) => name)).size === rules.length

/** The file. `seed` and `runs` are those of the run that wrote it. */
export const Baseline = Schema.Struct({
  version: Schema.Literal(1),
  seed: Schema.Int,
  runs: Schema.Int,
  /** What an entry does not accept is accepted by the first of them that is about it. */
  rules: Schema.optionalKey(
    Schema.Array(Rule.Rule).check(Schema.makeFilter(haveOwnNames, { expected: "rules with names of their own" }))
  ),
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

/** The first rule or entry nobody gave a reason for. */
const unexplained = (file: string, { accepted, rules = [] }: Baseline): BaselineError | undefined => {
  const lacking = [
    ...rules.map(({ name, reason }, index) => [`rules[${index}]`, reason, `what "${name}" is about`] as const),
    ...accepted.map(
      ({ message, operation, reason }, index) => [`accepted[${index}]`, reason, `"${message}" of ${operation}`] as const
    )
  ].find(([, reason]) => reason.trim() === "")
  if (lacking === undefined) return undefined
  const [place, , what] = lacking
  return new BaselineError({ file, field: `${place}.reason`, description: `empty: say why ${what} is accepted` })
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

/** Whether the day until which something is accepted is over. */
const isExpired = (expires: string | undefined, now: DateTime.DateTime): expires is string =>
  expires !== undefined && DateTime.isGreaterThanOrEqualTo(now, DateTime.add(startOf(expires), { days: 1 }))

const stale = (of: Pick<Divergence, "operation" | "pointer">, message: string): Divergence => ({
  ...of,
  direction: "coverage",
  class: "drift",
  through: [],
  message
})

const whole = "the baseline"

const staleEntry = ({ direction, message, operation, pointer }: Entry): Divergence =>
  stale({ operation, pointer }, `the baseline accepts what is found no more: ${direction}: ${message}`)

const staleRule = ({ name }: Rule.Rule): Divergence =>
  stale({ operation: whole, pointer: "" }, `the rule "${name}" of the baseline accepts nothing any more`)

/** What accepts a divergence. */
type Acceptance = { readonly entry: Entry } | { readonly rule: Rule.Rule }

/** What of a baseline accepts what a check found; entries come before rules. */
const acceptances = (
  report: Pick<Contract.Report, "rows">,
  { accepted, rules = [] }: Pick<Baseline, "accepted" | "rules">
): ((check: string, divergence: Divergence) => Acceptance | undefined) => {
  const all = accepted.flatMap(each)
  const entries = new Map(all.map((entry) => [identity(entry), { entry }]))
  const matchers = rules.map((rule) => ({ rule, matches: Rule.matcher(rule) }))
  const own = (check: string, divergence: Divergence): Acceptance | undefined => {
    const entry = entries.get(identity(divergence))
    if (entry !== undefined) return entry
    const found = matchers.find(({ matches }) => matches(check, divergence))
    return found && { rule: found.rule }
  }
  // What is declared of a place says in general what samples show of it.
  const declared = report.rows.flatMap(({ check, divergences }) =>
    Facts.compares(check)
      ? divergences.filter(Facts.isInSchema).map((one) => [Facts.placeOf(one), own(check, one)] as const)
      : []
  )
  const open = new Set(declared.filter(([, acceptance]) => acceptance === undefined).map(([place]) => place))
  const places = new Map(all.map((entry) => [placeIn(entry), { entry }]))
  const ruled = new Map(declared.filter(([, acceptance]) => acceptance !== undefined && "rule" in acceptance))
  const known = new Set(declared.map(([place]) => place))
  return (check, divergence) => {
    const acceptance = own(check, divergence)
    if (acceptance !== undefined || Facts.compares(check)) return acceptance
    const place = Facts.placeOf(divergence)
    return known.has(place) && !open.has(place) ? (places.get(placeIn(divergence)) ?? ruled.get(place)) : undefined
  }
}

const marked = (divergence: Divergence, acceptance: Acceptance | undefined, now: DateTime.DateTime): Divergence => {
  if (acceptance === undefined || divergence.class === "note") return divergence
  const { expires, reason } = "rule" in acceptance ? acceptance.rule : acceptance.entry
  if (isExpired(expires, now)) return { ...divergence, expired: expires }
  return { ...divergence, accepted: reason, ...("rule" in acceptance ? { rule: acceptance.rule.name } : undefined) }
}

/**
 * A report with what the baseline accepts marked as accepted, and with a divergence for each entry and each rule that is
 * stale. What samples found may stay away with other samples: of that, only what is found no more by the seed and runs
 * it was written with is stale. A look at some resources says nothing of others, or of a rule for all.
 */
export const apply = (report: Contract.Report, baseline: Baseline, now: DateTime.DateTime): Contract.Report => {
  const acceptanceOf = acceptances(report, baseline)
  const judged = report.rows.map((row) => ({
    ...row,
    divergences: row.divergences.map((one) => ({ one, acceptance: acceptanceOf(row.check, one) }))
  }))
  const all = judged.flatMap(({ divergences }) => divergences)
  const found = new Set(
    all.flatMap(({ acceptance, one }) => [
      identity(one),
      ...(acceptance !== undefined && "entry" in acceptance ? [identity(acceptance.entry)] : [])
    ])
  )
  const used = new Set(
    all.flatMap(({ acceptance }) => (acceptance !== undefined && "rule" in acceptance ? [acceptance.rule] : []))
  )
  const sameSamples = report.seed === baseline.seed && report.runs >= baseline.runs
  const canTell = ({ sampled }: Pick<Entry, "sampled">) => sampled !== true || sameSamples
  const looked = new Set(report.rows.map(({ operation }) => keyOf(operation)))
  const isLookedAt = ({ operation }: Entry) => report.partial !== true || looked.has(keyOf(operation))
  const gone = [
    ...(baseline.rules ?? [])
      .filter((rule) => report.partial !== true && !used.has(rule) && canTell(rule))
      .map(staleRule),
    ...baseline.accepted
      .flatMap(each)
      .filter((entry) => isLookedAt(entry) && !found.has(identity(entry)) && canTell(entry))
      .map(staleEntry)
  ]
  const rows: ReadonlyArray<Contract.Row> = [
    ...judged.map((row) => ({
      ...row,
      divergences: row.divergences.map(({ acceptance, one }) => marked(one, acceptance, now))
    })),
    {
      operation: whole,
      check: "coverage",
      runs: baseline.accepted.length + (baseline.rules ?? []).length,
      divergences: gone
    }
  ]
  return { ...report, rows, divergences: rows.flatMap(({ divergences }) => divergences) }
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
 * The baseline that accepts what a report found: its rules, and an entry for each fact no rule is about. Reasons and
 * days are kept; new entries have an empty reason.
 */
export const of = (report: Contract.Report, known?: Baseline): Baseline => {
  const entries = new Map(known?.accepted.flatMap(each).map((entry) => [identity(entry), entry]))
  const { rules = [] } = known ?? {}
  const byRule = acceptances(report, { rules, accepted: [] })
  const failing = report.rows.map(({ check, divergences }) => ({
    check,
    divergences: divergences.filter(
      (one) => one.class !== "note" && one.fault !== "check" && byRule(check, one) === undefined
    )
  }))
  return {
    version: 1,
    seed: report.seed,
    runs: report.runs,
    ...(rules.length === 0 ? undefined : { rules }),
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
