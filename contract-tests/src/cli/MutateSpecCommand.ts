/** `intercom-contract mutate-spec`: how strong the suite is against a changed document. */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Contract from "../checks/Contract.ts"
import { Diverged } from "./Diverged.ts"
import * as MutateSpec from "../mutation/MutateSpec.ts"

const flags = {
  seed: Flag.Int("seed").pipe(
    Flag.withDescription("decides which mutants are drawn, and every sample"),
    Flag.withDefault(Contract.defaultSeed)
  ),
  sample: Flag.Int("sample").pipe(
    Flag.withDescription("how many mutants of each document, drawn at random; 0 for all of them"),
    Flag.withDefault(MutateSpec.defaultSample)
  ),
  kind: Flag.String("kind").pipe(
    Flag.withDescription("only kinds whose name has this in it: property, security, neutral, …"),
    Flag.optional
  ),
  runs: Flag.Int("runs").pipe(
    Flag.withDescription("samples of each property, where comparing tells nothing"),
    Flag.withDefault(MutateSpec.defaultRuns)
  ),
  base: Flag.Literals("base", ["effective", "published", "diff", "all"]).pipe(
    Flag.withDescription(
      "change the document with its overlays, the published one as --spec gets it, or one of the two diff gets"
    ),
    Flag.withDefault("all" as const)
  )
}

/** The command. It fails with {@link Diverged} when a mutant survives or a neutral one is flagged. */
export const command = Command.make("mutate-spec", flags, ({ base, kind, runs, sample, seed }) =>
  Effect.gen(function* () {
    const bases = base === "all" ? (["effective", "published", "diff"] as const) : [base]
    const options = { seed, runs, kind: Option.getOrUndefined(kind), sample: sample === 0 ? undefined : sample }
    const outcomes = yield* Effect.forEach(bases, (base) =>
      Effect.tap(MutateSpec.run({ ...options, base }), (outcome) => Console.log(`${MutateSpec.text(outcome)}\n`))
    )
    const count = outcomes.reduce((sum, outcome) => sum + MutateSpec.failures(outcome).length, 0)
    if (count > 0) return yield* new Diverged({ count })
  })
).pipe(
  Command.withDescription("Change the document in every way there is, and see whether the suite tells"),
  Command.withExamples([
    { command: "intercom-contract mutate-spec --sample 300", description: "A few hundred mutants of each document" },
    { command: "intercom-contract mutate-spec --sample 0 --kind security", description: "All that change who may call" }
  ])
)
