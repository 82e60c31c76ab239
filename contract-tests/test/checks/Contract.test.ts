import * as Canaries from "@effect-intercom/contract-tests/checks/Canaries"
import * as Contract from "@effect-intercom/contract-tests/checks/Contract"
import * as Coverage from "@effect-intercom/contract-tests/checks/Coverage"
import * as Divergence from "@effect-intercom/contract-tests/report/Divergence"
import { Subject } from "@effect-intercom/contract-tests/subject/Subject"
import * as Share from "@effect-intercom/contract-tests/subject/Share"
import { operations } from "@effect-intercom/core/IntercomApi"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { effective, services } from "../Subjects.ts"

const subject = Layer.unwrap(
  Effect.map(effective, ({ document }) =>
    // CI runs the command, too, with many more.
    Subject.layer(document, { seed: Contract.defaultSeed, runs: 3 })
  )
).pipe(
  // With a dead canary no test below means anything: then none is run.
  Layer.flatMap((context) =>
    Layer.effectContext(Effect.as(Effect.provide(Effect.flatMap(Subject, Canaries.check), context), context))
  ),
  Layer.provide(services)
)

/**
 * Checks that take long, or ask the same of most operations, are made for every so many of them, and each begins at another
 * one; the others for all. CI runs all checks for all operations, by the command.
 */
const every: { readonly [check: string]: number } = {
  boundaries: 6,
  malformed: 6,
  comparator: 3,
  errors: 3,
  mocked: 3,
  requests: 3,
  responses: 3,
  retries: 3,
  simulated: 3,
  transport: 3
}

const failures = (divergences: ReadonlyArray<Divergence.Divergence>) =>
  divergences.filter(Divergence.isFailure).map(Divergence.format)

layer(subject, { excludeTestServices: true, timeout: "5 minutes" })(
  "the client against the effective document",
  (it) => {
    it.effect("every operation has exactly one method, and every method one operation", () =>
      Effect.gen(function* () {
        const subject = yield* Subject
        assert.deepStrictEqual(failures(Coverage.operations(subject)), [])
        assert.lengthOf(subject.pairs, operations.length)
      })
    )

    for (const [index, { method, name, path }] of operations.entries()) {
      for (const [nth, [check, run]] of Object.entries(Contract.checks).entries()) {
        if ((index + nth) % (every[check] ?? 1) !== 0) continue
        it.effect(`${name} (${method} ${path}): ${check}`, () =>
          Effect.gen(function* () {
            const subject = Share.among(yield* Subject)
            const pair = subject.pairs.find(({ client }) => client.name === name)
            assert.isDefined(pair)
            const { divergences, runs } = yield* run(subject, pair)
            assert.deepStrictEqual(failures(divergences), [])
            // Only listings are walked, only searches built, and an operation that takes nothing has nothing to refuse.
            const { params, payload, query } = pair.client
            const isIdle = params === undefined && payload === undefined && query === undefined
            if (check !== "pagination" && check !== "searches" && !isIdle) assert.isAbove(runs, 0)
          })
        )
      }
    }
  }
)
