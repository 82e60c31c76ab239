/** `intercom-contract`: the suite on a command line. */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Contract from "./Contract.ts"
import * as Places from "./Places.ts"
import * as Published from "./Published.ts"
import * as Report from "./Report.ts"
import * as ReportJson from "./ReportJson.ts"
import * as Reports from "./Reports.ts"

/** There were divergences; they are printed already. */
export class Diverged extends Schema.TaggedError<Diverged>()("Diverged", { count: Schema.Int }) {
  override get message(): string {
    return `${this.count} divergences`
  }
}

const flags = {
  spec: Flag.String("spec").pipe(
    Flag.withMetavar("FILE"),
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
  seed: Flag.Int("seed").pipe(Flag.withDescription("decides every sample"), Flag.withDefault(Contract.defaultSeed)),
  runs: Flag.Int("runs").pipe(Flag.withDescription("samples of each property"), Flag.withDefault(Contract.defaultRuns)),
  notes: Flag.Boolean("notes").pipe(
    Flag.withDefault(false),
    Flag.withDescription("print notes, too: they never fail a run")
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
  yield* Console.log(Report.published(result, yield* Places.make(result.report.document)))
  yield* write(folder, result.report, { accepted: (divergence) => Published.reasonFor(result, divergence) })
  if (result.unnamed.length > 0) return yield* new Diverged({ count: result.unnamed.length })
})

const check = Effect.fnUntraced(function* (options: Contract.Options, notes: boolean, folder: string | undefined) {
  const report = yield* Contract.run(options)
  yield* Console.log(Report.text(report, { notes, places: yield* Places.make(report.document) }))
  yield* write(folder, report)
  const { length: count } = Contract.failures(report)
  if (count > 0) return yield* new Diverged({ count })
})

/** The command. It fails with {@link Diverged} when there are divergences, and with what kept it from looking for any. */
export const command = Command.make("intercom-contract", flags, (input) => {
  const { notes, overlays, plain, runs, seed, spec } = input
  const folder = Option.getOrUndefined(input.report)
  const options = { spec: Option.getOrUndefined(spec), seed, runs }
  return plain
    ? checkPublished(options, folder)
    : check({ ...options, overlays: overlays.length > 0 ? overlays : "auto" }, notes, folder)
}).pipe(
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
