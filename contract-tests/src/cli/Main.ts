/** `intercom-contract`: the suite on a command line. */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as DiffCommand from "./DiffCommand.ts"
import { Diverged } from "./Diverged.ts"
import { allowRefs, refuse, whole } from "./Flags.ts"
import * as LiveCommand from "./LiveCommand.ts"
import * as MutateSpecCommand from "./MutateSpecCommand.ts"
import { fileName } from "../report/BaselineFile.ts"
import { version } from "../report/Version.ts"
import * as Sampling from "../subject/Sampling.ts"

export { Diverged, version }

const flags = {
  spec: Flag.String("spec").pipe(
    Flag.withMetavar("FILE|URL"),
    Flag.withDescription(
      "an OpenAPI document, YAML or JSON; Intercom's by default. A version of Intercom's gets the project's overlays"
    ),
    Flag.optional
  ),
  overlays: Flag.String("overlay").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription(
      "an OpenAPI overlay, or a fragment of OpenAPI to add, instead of all the project's own; may be repeated"
    ),
    Flag.atLeast(0)
  ),
  plain: Flag.Boolean("no-overlays").pipe(
    Flag.withDefault(false),
    Flag.withDescription("the document as published; divergences an action of the project's overlays names do not fail")
  ),
  allowRefs,
  seed: whole("seed", -(2 ** 31), 2 ** 31 - 1).pipe(
    Flag.withDescription("decides every sample"),
    Flag.withDefault(Sampling.defaultSeed)
  ),
  runs: whole("runs", 1, 1_000_000).pipe(
    Flag.withDescription("samples of each property"),
    Flag.withDefault(Sampling.defaultRuns)
  ),
  resources: Flag.String("resource").pipe(
    Flag.withMetavar("NAME"),
    Flag.withDescription("check the operations of this resource only, such as Contacts; may be repeated"),
    Flag.atLeast(0)
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
    Flag.withDescription(`divergences that are accepted; ${fileName} where there is one, when left out`),
    Flag.optional
  ),
  update: Flag.Boolean("update-baseline").pipe(
    Flag.withDefault(false),
    Flag.withDescription("write the baseline again from what is found; each new entry needs a reason, written by you")
  ),
  report: Flag.String("report").pipe(
    Flag.withMetavar("DIR"),
    Flag.withDescription("write report.json, junit.xml, report.sarif, summary.md and index.html into a folder"),
    Flag.optional
  )
}

export type Input = Command.Command.Config.Infer<typeof flags>

/** The command. It fails with {@link Diverged} when there are divergences, and with what kept it from looking for any. */
export const command = Command.make("intercom-contract", flags, (input) =>
  // Prism and all checks: help needs none of them.
  Effect.flatMap(
    Effect.promise(() => import("./run/Check.ts")),
    ({ run }) => run(input)
  )
).pipe(
  Command.validate(({ all, baseline, notes, overlays, plain, report, resources, update }) =>
    refuse([
      [plain && overlays.length > 0, "--no-overlays and --overlay exclude each other"],
      [plain && Option.isSome(baseline), "--baseline is for documents with their overlays: --no-overlays knows none"],
      [plain && update, "--update-baseline is for documents with their overlays: --no-overlays knows none"],
      [
        (plain || update) && resources.length > 0,
        "--resource is for a look at some operations, not for --no-overlays or --update-baseline"
      ],
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
