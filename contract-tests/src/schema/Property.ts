/** Properties run by fast-check, with Effects as their bodies: every distinct finding, each with its smallest example. */
import * as fc from "fast-check"
import * as Effect from "effect/Effect"
import * as Divergence from "../report/Divergence.ts"

export interface Options<A, R> {
  readonly arbitrary: fc.Arbitrary<A>
  readonly seed: number
  readonly runs: number
  /** Values tried before any sample. */
  readonly examples?: ReadonlyArray<A>
  /** Values that are none of the wanted are skipped. */
  readonly accepts?: (value: A) => boolean
  readonly judge: (value: A) => Effect.Effect<ReadonlyArray<Divergence.Finding>, never, R>
}

export interface Found<A> {
  readonly finding: Divergence.Finding
  readonly value: A
  readonly replay: Divergence.Replay
}

export interface Result<A> {
  readonly found: ReadonlyArray<Found<A>>
  /** Values judged. */
  readonly runs: number
}

// A broken schema differs everywhere: the rest is more of the same.
const most = 12

// Shrinking stops here with the smallest found so far.
const shrinkMillis = 3000

/** Looks for findings. */
export const search = Effect.fnUntraced(function* <A, R>(options: Options<A, R>) {
  const { accepts = () => true, arbitrary, judge, runs, seed } = options
  const examples = (options.examples ?? []).filter(accepts).map((value): [A] => [value])
  const context = yield* Effect.context<R>()
  const run = Effect.runPromiseWith(context)
  const check = (
    verdict: (findings: ReadonlyArray<Divergence.Finding>, value: A) => boolean,
    parameters: fc.Parameters<[A]> = {}
  ) =>
    Effect.promise(() =>
      fc.check(
        fc.asyncProperty(arbitrary, async (value) => {
          fc.pre(accepts(value))
          return verdict(await run(judge(value)), value)
        }),
        { seed, numRuns: runs + examples.length, examples, maxSkipsPerRun: 200, ...parameters }
      )
    )
  const findings = new Map<string, { readonly finding: Divergence.Finding; readonly value: A }>()
  const details = yield* check((found, value) => {
    for (const finding of found) {
      const key = Divergence.key(finding)
      findings.set(key, findings.get(key) ?? { finding, value })
    }
    return true
  })
  const found: Array<Found<A>> = []
  for (const [key, { finding, value }] of [...findings].slice(0, most)) {
    const { counterexample, counterexamplePath } = yield* check(
      (found) => !found.some((other) => Divergence.key(other) === key),
      { interruptAfterTimeLimit: shrinkMillis }
    )
    // On a busy machine the time may be over before it is seen again.
    const smallest = counterexample === null ? value : counterexample[0]
    found.push({ finding, value: smallest, replay: { seed, path: counterexamplePath ?? "" } })
  }
  const result: Result<A> = { found, runs: details.numRuns }
  return result
})
