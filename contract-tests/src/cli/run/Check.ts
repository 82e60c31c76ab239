/** What `intercom-contract` does without a subcommand. */
import * as Printable from "@effect-intercom/core/Printable"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Contract from "../../checks/Contract.ts"
import * as Published from "../../checks/Published.ts"
import * as SourceLocations from "../../document/SourceLocations.ts"
import * as Baseline from "../../report/Baseline.ts"
import { fileName } from "../../report/BaselineFile.ts"
import * as Report from "../../report/Report.ts"
import type * as ReportJson from "../../report/ReportJson.ts"
import * as Reports from "../../report/Reports.ts"
import { Diverged } from "../Diverged.ts"
import type { Input } from "../Main.ts"

const write = (folder: string | undefined, report: Contract.Report, options: ReportJson.Options = {}) =>
  folder === undefined ? Effect.void : Reports.write(folder, report, options)

const checkPublished = Effect.fnUntraced(function* (
  options: Parameters<typeof Published.run>[0],
  folder: string | undefined
) {
  const result = yield* Published.run(options)
  yield* Console.log(Printable.lines(Report.published(result, yield* SourceLocations.make(result.report.document))))
  yield* write(folder, result.report, { accepted: (divergence) => Published.reasonFor(result, divergence) })
  if (result.unnamed.length > 0) return yield* Diverged.of(result.unnamed)
})

interface Shown {
  readonly notes: boolean
  readonly all: boolean
  /** Where reports go. */
  readonly folder: string | undefined
  /** The baseline. */
  readonly file: string | undefined
}

const check = Effect.fnUntraced(function* (options: Contract.Options, { all, file, folder, notes }: Shown) {
  // Read first: a run takes a while.
  const baseline = file === undefined ? undefined : yield* Baseline.load(file)
  const found = yield* Contract.run(options)
  const report = baseline === undefined ? found : yield* Baseline.accept(found, baseline)
  yield* Console.log(
    Printable.lines(Report.text(report, { all, notes, places: yield* SourceLocations.make(report.document) }))
  )
  yield* write(folder, report, { accepted: ({ accepted }) => accepted })
  const failures = Contract.failures(report)
  if (failures.length > 0) return yield* Diverged.of(failures)
})

const updateBaseline = Effect.fnUntraced(function* (options: Contract.Options, file: string) {
  const { baseline, unexplained } = yield* Baseline.update(file, yield* Contract.run(options))
  yield* Console.log(
    `${file}: ${baseline.accepted.length} divergences accepted` +
      (unexplained === 0 ? "" : `; ${unexplained} of them need a reason before the file can be used`)
  )
})

/** The file that was named, or the one in the working directory when it is there. */
const baselineFile = (named: Option.Option<string>) =>
  Option.match(named, {
    onSome: (file) => Effect.succeed<string | undefined>(file),
    onNone: () =>
      Effect.flatMap(FileSystem.FileSystem, (fs) => fs.exists(fileName)).pipe(
        Effect.orElseSucceed(() => false),
        Effect.map((exists) => (exists ? fileName : undefined))
      )
  })

/** Fails with {@link Diverged} when there are divergences, and with what kept it from looking for any. */
export const run = Effect.fnUntraced(function* (input: Input) {
  const { all, allowRefs, notes, overlays, plain, resources, runs, seed, spec, update } = input
  const folder = Option.getOrUndefined(input.report)
  const options = { spec: Option.getOrUndefined(spec), allowRefs, seed, runs }
  if (plain) return yield* checkPublished(options, folder)
  const whole = { ...options, resources, overlays: overlays.length > 0 ? overlays : ("auto" as const) }
  const file = yield* baselineFile(input.baseline)
  return yield* update ? updateBaseline(whole, file ?? fileName) : check(whole, { all, file, folder, notes })
})
