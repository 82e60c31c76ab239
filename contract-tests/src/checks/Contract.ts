/**
 * The suite as one function: `run` checks a client against a document, both ways, and returns what it found as data.
 */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Boundaries from "./Boundaries.ts"
import * as Canaries from "./Canaries.ts"
import type * as Client from "../subject/Client.ts"
import * as Comparator from "./Comparator.ts"
import * as Coverage from "./Coverage.ts"
import * as Divergence from "../report/Divergence.ts"
import type * as EffectiveDocument from "../document/EffectiveDocument.ts"
import * as Errors from "./Errors.ts"
import * as SchemaCoverage from "../schema/SchemaCoverage.ts"
import * as Pagination from "./Pagination.ts"
import * as Malformed from "./Malformed.ts"
import * as Refusals from "./Refusals.ts"
import * as Requests from "./Requests.ts"
import * as Responses from "./Responses.ts"
import * as Retries from "./Retries.ts"
import * as DocumentDiff from "./DocumentDiff.ts"
import * as Simulated from "./Simulated.ts"
import { defaultRuns, defaultSeed } from "../subject/Sampling.ts"
import * as Searches from "./Searches.ts"
import * as DocumentSource from "../document/DocumentSource.ts"
import * as Share from "../subject/Share.ts"
import * as Structure from "./Structure.ts"
import { type Pair, type Shape, Subject } from "../subject/Subject.ts"
import type * as Traffic from "../traffic/Traffic.ts"
import * as Transport from "./Transport.ts"

/** The checks of one operation, in the order they run in. */
export const checks: {
  readonly [name: string]: (subject: Shape, pair: Pair) => Effect.Effect<Requests.Checked>
} = {
  coverage: (subject, pair) => Effect.succeed({ divergences: Coverage.check(subject, pair), runs: 1 }),
  structure: (subject, pair) => Effect.succeed({ divergences: Structure.check(subject, pair), runs: 1 }),
  requests: Requests.check,
  refusals: Refusals.check,
  transport: Transport.check,
  retries: Retries.check,
  searches: Searches.check,
  boundaries: Boundaries.check,
  responses: Responses.check,
  malformed: Malformed.check,
  mocked: Responses.mocked,
  errors: Errors.check,
  simulated: Simulated.check,
  pagination: Pagination.check,
  comparator: Comparator.check
}

/** What a check of an operation came to. */
export interface Row {
  readonly operation: string
  readonly check: string
  /** Samples judged, or errors tried. */
  readonly runs: number
  readonly divergences: ReadonlyArray<Divergence.Divergence>
  /** What the samples exercised. */
  readonly exercised?: SchemaCoverage.Counts
  /** How long it took; of alternatives, together. */
  readonly millis?: number
}

export interface Report {
  readonly document: EffectiveDocument.EffectiveDocument
  readonly client: Client.Client
  readonly seed: number
  /** Samples of each property. */
  readonly runs: number
  readonly rows: ReadonlyArray<Row>
  /** Everything found, notes included. */
  readonly divergences: ReadonlyArray<Divergence.Divergence>
  /** Requests known to be bad, all refused. */
  readonly canaries: number
  /** Whether only the operations of some resources, or only some checks, were looked at. */
  readonly partial?: boolean
  /** How much of real traffic was judged, where it is about that. */
  readonly traffic?: Traffic.Tally
}

export interface Options extends EffectiveDocument.Options {
  /** Decides every sample; {@link defaultSeed} when left out. */
  readonly seed?: number | undefined
  /** Samples of each property; {@link defaultRuns} when left out. */
  readonly runs?: number | undefined
  /** The client; that of `@effect-intercom/core` when left out. */
  readonly client?: Client.Resources | undefined
  /** The resources whose operations are checked, such as `Contacts`; all when left out. */
  readonly resources?: ReadonlyArray<string> | undefined
  /** The checks that are made, such as `requests`, of {@link checks}; all when left out. */
  readonly checks?: ReadonlyArray<string> | undefined
}

export { defaultRuns, defaultSeed }

/** What a check that broke comes to: a finding of its own, which fails the run; the other checks go on. */
export const isolated = (
  check: string,
  operation: string,
  of: () => Effect.Effect<Requests.Checked>
): Effect.Effect<Requests.Checked> =>
  Effect.catchCause(Effect.suspend(of), (cause) =>
    Cause.hasInterrupts(cause)
      ? Effect.failCause(cause)
      : Effect.succeed<Requests.Checked>({
          runs: 0,
          divergences: [
            {
              operation,
              direction: "coverage",
              class: "breaking",
              pointer: "",
              through: [],
              message: `the check ${check} broke, and says nothing of the client (${firstLine(cause)}): please report it`,
              fault: "check"
            }
          ]
        })
  )

const firstLine = (cause: Cause.Cause<never>): string => {
  const defect = Cause.squash(cause)
  return String(defect).split("\n")[0] ?? "no message"
}

/** Runs every check on a subject. */
export const checkAll = Effect.fn("Contract.checkAll")(function* (
  all: Shape,
  wanted: (check: string) => boolean = () => true
) {
  const subject = Share.among(all)
  const apart = yield* isolated("coverage", "the API", () =>
    Effect.succeed({ divergences: Coverage.operations(subject), runs: 1 })
  )
  const whole: Row = { operation: "the API", check: "coverage", ...apart }
  const rows = yield* Effect.forEach(subject.pairs, (pair) =>
    Effect.forEach(
      Object.entries(checks).filter(([name]) => wanted(name)),
      ([name, check]) =>
        Effect.map(
          Effect.timed(isolated(name, pair.operation.name, () => check(subject, pair))),
          ([took, checked]): Row => ({
            operation: pair.operation.name,
            check: name,
            ...checked,
            millis: Duration.toMillis(took)
          })
        )
    )
  )
  return [whole, ...together(rows.flat())]
})

/** Of methods that are alternatives of one operation, each check is one row. */
const together = (rows: ReadonlyArray<Row>): ReadonlyArray<Row> =>
  [...Map.groupBy(rows, ({ check, operation }) => `${operation} ${check}`).values()].flatMap(([first, ...others]) => {
    if (first === undefined || others.length === 0) return first ?? []
    const all = [first, ...others]
    const exercised = all.flatMap(({ exercised }) => (exercised === undefined ? [] : [exercised]))
    return {
      ...first,
      runs: all.reduce((sum, { runs }) => sum + runs, 0),
      millis: all.reduce((sum, { millis = 0 }) => sum + millis, 0),
      divergences: Divergence.distinct(all.flatMap(({ divergences }) => divergences)),
      ...(exercised.length === 0 ? undefined : { exercised: SchemaCoverage.total(exercised) })
    }
  })

/** What a version of the project's document says otherwise, overlays or not. */
const revisionRows = (
  { client, pairs }: Shape,
  { revision }: EffectiveDocument.EffectiveDocument,
  checked: ReadonlyArray<Row>
): ReadonlyArray<Row> => {
  if (revision === undefined) return []
  const found = DocumentDiff.check(
    client,
    revision,
    checked.flatMap(({ divergences }) => divergences)
  )
  const operations = new Set([...pairs.map(({ operation }) => operation.name), ...found.map((one) => one.operation)])
  return [...operations].map((operation) => ({
    operation,
    check: "revision",
    runs: 1,
    divergences: found.filter((one) => one.operation === operation)
  }))
}

/** That the simulator was left out, where one would expect it. */
const unsimulated = ({ own, revision }: EffectiveDocument.EffectiveDocument): ReadonlyArray<Row> => {
  if (own || revision === undefined) return []
  const [operation, check] = ["the API", "simulated"]
  const divergence: Divergence.Divergence = {
    operation,
    direction: "coverage",
    class: "note",
    pointer: "",
    through: [],
    message: "the simulator was not checked: it keeps to the project's document, and this is another version of it"
  }
  return [{ operation, check, runs: 0, divergences: [divergence] }]
}

/** What of a document nothing could be checked by. */
const defectRows = ({ defects }: EffectiveDocument.EffectiveDocument): ReadonlyArray<Row> => {
  const operation = "the document"
  const divergences = defects.map((defect) => ({ ...defect, operation, direction: "coverage" as const }))
  return divergences.length === 0 ? [] : [{ operation, check: "coverage", runs: 1, divergences }]
}

/** A row without what was found where the document contradicts itself: that is not the client's. */
const answerable = ({ voided = [] }: EffectiveDocument.EffectiveDocument, row: Row): Row => ({
  ...row,
  divergences: row.divergences.filter(
    ({ fault, pointer }) =>
      fault !== undefined || !voided.some((place) => pointer === place || pointer.startsWith(`${place}/`))
  )
})

/** A subject with the operations of some resources. */
const of = (subject: Shape, { resources = [] }: Pick<Options, "resources">): Shape =>
  resources.length === 0
    ? subject
    : {
        ...subject,
        pairs: subject.pairs.filter(({ client: { name } }) => resources.includes(name.split(".")[0] ?? ""))
      }

/** Checks a client against a parsed document. */
export const runDocument = Effect.fn("Contract.runDocument")(function* (
  document: EffectiveDocument.EffectiveDocument,
  options: Pick<Options, "seed" | "runs" | "client" | "resources" | "checks"> = {}
) {
  const { runs = defaultRuns, seed = defaultSeed } = options
  const layer = Subject.layer(document.document, { seed, runs }, options.client)
  return yield* Effect.gen(function* () {
    const subject = of(yield* Subject, options)
    const canaries = yield* Canaries.check(subject)
    // The simulator is written for the project's own document.
    const { checks: wanted } = options
    const checked = yield* checkAll(
      subject,
      (check) => (wanted?.includes(check) ?? true) && (check !== "simulated" || document.own)
    )
    const found = [...checked, ...unsimulated(document), ...revisionRows(subject, document, checked)]
    const rows = [...defectRows(document), ...found.map((row) => answerable(document, row))]
    const report: Report = {
      document,
      client: subject.client,
      seed,
      runs,
      rows,
      divergences: rows.flatMap(({ divergences }) => divergences),
      canaries,
      ...((options.resources ?? []).length > 0 || wanted !== undefined ? { partial: true } : undefined)
    }
    return report
  }).pipe(Effect.provide(layer))
})

/**
 * Checks a client against a document file with its overlays. Fails when the document cannot be used, when Prism does
 * not start, or when a canary shows that the suite would see nothing; divergences are part of the report.
 */
export const run = Effect.fn("Contract.run")(function* (options: Options = {}) {
  const document = yield* DocumentSource.read(options)
  return yield* runDocument(document, options)
})

/** Divergences that fail a run. */
export const failures = ({ divergences }: Pick<Report, "divergences">): ReadonlyArray<Divergence.Divergence> =>
  divergences.filter(Divergence.isFailure)
