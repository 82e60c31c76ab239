/** `intercom-contract`: the suite on a command line. */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Contract from "./Contract.ts"
import * as Published from "./Published.ts"
import * as Report from "./Report.ts"

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
  )
}

const checkPublished = Effect.fnUntraced(function* (options: Parameters<typeof Published.run>[0]) {
  const result = yield* Published.run(options)
  yield* Console.log(Report.published(result))
  if (result.unnamed.length > 0) return yield* new Diverged({ count: result.unnamed.length })
})

const check = Effect.fnUntraced(function* (options: Contract.Options, notes: boolean) {
  const report = yield* Contract.run(options)
  yield* Console.log(Report.text(report, { notes }))
  const { length: count } = Contract.failures(report)
  if (count > 0) return yield* new Diverged({ count })
})

/** The command. It fails with {@link Diverged} when there are divergences, and with what kept it from looking for any. */
export const command = Command.make("intercom-contract", flags, ({ notes, overlays, plain, runs, seed, spec }) => {
  const options = { spec: Option.getOrUndefined(spec), seed, runs }
  return plain
    ? checkPublished(options)
    : check({ ...options, overlays: overlays.length > 0 ? overlays : "auto" }, notes)
}).pipe(
  Command.withDescription("Check the Intercom client against an OpenAPI document, both ways, through Prism"),
  Command.withExamples([
    { command: "intercom-contract", description: "The project's document with its overlays" },
    { command: "intercom-contract --no-overlays", description: "The document as published" },
    {
      command: "intercom-contract --spec newer.yml --seed 7 --runs 200",
      description: "Another document, other samples"
    }
  ])
)

/** The version of this package. */
export const version = "0.1.0"
