/** `intercom-contract`: the suite on a command line. */
import * as Printable from "@effect-intercom/core/Printable"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Baseline from "../report/Baseline.ts"
import * as Contract from "../checks/Contract.ts"
import * as DiffCommand from "./DiffCommand.ts"
import { Diverged } from "./Diverged.ts"
import { refuse, whole } from "./Flags.ts"
import * as LiveCommand from "./LiveCommand.ts"
import * as MutateSpecCommand from "./MutateSpecCommand.ts"
import * as SourceLocations from "../document/SourceLocations.ts"
import * as Published from "../checks/Published.ts"
import * as Report from "../report/Report.ts"
import * as ReportJson from "../report/ReportJson.ts"
import * as Reports from "../report/Reports.ts"
import * as DocumentSource from "../document/DocumentSource.ts"

export { Diverged }

const flags = {
  spec: Flag.String("spec").pipe(
    Flag.withMetavar("FILE|URL"),
    Flag.withDescription("an OpenAPI document, YAML or JSON; Intercom's with the project's overlays when left out"),
    Flag.optional
  ),
  overlays: Flag.String("overlay").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("an OpenAPI overlay to apply instead of the project's own; may be repeated"),
    Flag.atLeast(0)
  ),
  plain: Flag.Boolean("no-overlays").pipe(
    Flag.withDefault(false),
    Flag.withDescription("the document as published; divergences an action of the project's overlays names do not fail")
  ),
  allowRefs: DocumentSource.allowRefs,
  seed: whole("seed", -(2 ** 31), 2 ** 31 - 1).pipe(
    Flag.withDescription("decides every sample"),
    Flag.withDefault(Contract.defaultSeed)
  ),
  runs: whole("runs", 1, 1_000_000).pipe(
    Flag.withDescription("samples of each property"),
    Flag.withDefault(Contract.defaultRuns)
  ),
  notes: Flag.Boolean("notes").pipe(
    Flag.withDefault(false),
    Flag.withDescription("print notes, too: they never fail a run")
  ),
  all: Flag.Boolean("all").pipe(
    Flag.withDefault(false),
    Flag.withDescription("print each divergence on a line of its own, however many are alike")
  ),
  baseline: Flag.String("baseline").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription(`divergences that are accepted; ${Baseline.fileName} where there is one, when left out`),
    Flag.optional
  ),
  update: Flag.Boolean("update-baseline").pipe(
    Flag.withDefault(false),
    Flag.withDescription("write the baseline anew from what is found; each new entry needs a reason, written by you")
  ),
  report: Flag.String("report").pipe(
    Flag.withMetavar("DIR"),
    Flag.withDescription("write report.json, junit.xml, report.sarif, summary.md and index.html into a folder"),
    Flag.optional
  )
}

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
      Effect.flatMap(FileSystem.FileSystem, (fs) => fs.exists(Baseline.fileName)).pipe(
        Effect.orElseSucceed(() => false),
        Effect.map((exists) => (exists ? Baseline.fileName : undefined))
      )
  })

/** The command. It fails with {@link Diverged} when there are divergences, and with what kept it from looking for any. */
export const command = Command.make("intercom-contract", flags, (input) => {
  const { all, allowRefs, notes, overlays, plain, runs, seed, spec } = input
  const folder = Option.getOrUndefined(input.report)
  const options = { spec: Option.getOrUndefined(spec), allowRefs, seed, runs }
  if (plain) return checkPublished(options, folder)
  const whole = { ...options, overlays: overlays.length > 0 ? overlays : ("auto" as const) }
  return Effect.flatMap(baselineFile(input.baseline), (file) =>
    input.update ? updateBaseline(whole, file ?? Baseline.fileName) : check(whole, { all, file, folder, notes })
  )
}).pipe(
  Command.validate(({ all, baseline, notes, overlays, plain, report, update }) =>
    refuse([
      [plain && overlays.length > 0, "--no-overlays and --overlay exclude each other"],
      [plain && Option.isSome(baseline), "--baseline is for documents with their overlays: --no-overlays knows none"],
      [plain && update, "--update-baseline is for documents with their overlays: --no-overlays knows none"],
      [plain && (notes || all), "--notes and --all are for documents with their overlays, not for --no-overlays"],
      [
        update && (notes || all || Option.isSome(report)),
        "--update-baseline writes the baseline and prints nothing else"
      ]
    ])
  ),
  Command.withSubcommands([DiffCommand.command, LiveCommand.command, MutateSpecCommand.command]),
  Command.withDescription("Check the Intercom client against an OpenAPI document, both ways, through Prism"),
  Command.withExamples([
    { command: "intercom-contract", description: "The project's document with its overlays" },
    { command: "intercom-contract --no-overlays", description: "The document as published" },
    {
      command: "intercom-contract --spec newer.yml --seed 7 --runs 200",
      description: "Another document, other samples"
    },
    { command: "intercom-contract --spec my.yml --report out/contract", description: "With files for CI and a page" }
  ])
)

/** The version of this package. */
export const { version } = ReportJson
