/** `intercom-contract mutate-spec`: how strong the suite is against a changed document. */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Mutants from "../mutation/Sampling.ts"
import * as Sampling from "../subject/Sampling.ts"

const flags = {
  seed: Flag.Int("seed").pipe(
    Flag.withDescription("decides which mutants are drawn, and every sample"),
    Flag.withDefault(Sampling.defaultSeed)
  ),
  sample: Flag.Int("sample").pipe(
    Flag.withDescription("how many mutants of each document, drawn at random; 0 for all of them"),
    Flag.withDefault(Mutants.defaultSample)
  ),
  kind: Flag.String("kind").pipe(
    Flag.withDescription("only kinds whose name has this in it: property, security, neutral, …"),
    Flag.optional
  ),
  runs: Flag.Int("runs").pipe(
    Flag.withDescription("samples of each property, where comparing tells nothing"),
    Flag.withDefault(Mutants.defaultRuns)
  ),
  base: Flag.Literals("base", ["effective", "published", "diff", "all"]).pipe(
    Flag.withDescription(
      "change the document with its overlays, the published one as --spec gets it, or one of the two diff gets"
    ),
    Flag.withDefault("all" as const)
  )
}

export type Input = Command.Command.Config.Infer<typeof flags>

/** The command. It fails with `Diverged` when a mutant survives or a neutral one is flagged. */
export const command = Command.make("mutate-spec", flags, (input) =>
  Effect.flatMap(
    Effect.promise(() => import("./run/MutateSpec.ts")),
    ({ run }) => run(input)
  )
).pipe(
  Command.withDescription("Change the document in every way there is, and see whether the suite tells"),
  Command.withExamples([
    { command: "intercom-contract mutate-spec --sample 300", description: "A few hundred mutants of each document" },
    { command: "intercom-contract mutate-spec --sample 0 --kind security", description: "All that change who may call" }
  ])
)
