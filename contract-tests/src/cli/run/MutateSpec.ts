/** What `intercom-contract mutate-spec` does. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as MutateSpec from "../../mutation/MutateSpec.ts"
import { Diverged } from "../Diverged.ts"
import type { Input } from "../MutateSpecCommand.ts"

/** Fails with {@link Diverged} when a mutant survives or a neutral one is flagged. */
export const run = Effect.fnUntraced(function* ({ base, kind, runs, sample, seed }: Input) {
  const bases = base === "all" ? (["effective", "published", "diff"] as const) : [base]
  const options = { seed, runs, kind: Option.getOrUndefined(kind), sample: sample === 0 ? undefined : sample }
  const outcomes = yield* Effect.forEach(bases, (base) =>
    Effect.tap(MutateSpec.run({ ...options, base }), (outcome) => Console.log(`${MutateSpec.text(outcome)}\n`))
  )
  const count = outcomes.reduce((sum, outcome) => sum + MutateSpec.failures(outcome).length, 0)
  if (count > 0) return yield* new Diverged({ count })
})
