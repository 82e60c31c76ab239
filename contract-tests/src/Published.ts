/**
 * The published document by itself: every divergence from it must be one that an action of an overlay names. What is
 * left over is either a fact no overlay tells, or a fault of the client.
 */
import * as Effect from "effect/Effect"
import * as Contract from "./Contract.ts"
import type { Divergence } from "./Divergence.ts"
import * as EffectiveDocument from "./EffectiveDocument.ts"
import * as Source from "./Source.ts"

/** A divergence, and the actions that change the place it points at. */
export interface Named {
  readonly divergence: Divergence
  readonly actions: ReadonlyArray<EffectiveDocument.AppliedAction>
}

export interface Result {
  readonly report: Contract.Report
  readonly named: ReadonlyArray<Named>
  /** Divergences no action names: what fails such a run. */
  readonly unnamed: ReadonlyArray<Divergence>
}

/** Runs the suite without overlays, and explains what it finds by them. */
export const run = Effect.fn("Published.run")(function* (options: Omit<Contract.Options, "overlays"> = {}) {
  const { actions } = yield* Source.read({ spec: options.spec })
  const report = yield* Contract.run({ ...options, overlays: "none" })
  // What another version of the document changed, no action can name.
  const changed = new Set(
    report.rows.filter(({ check }) => check === "revision").flatMap(({ divergences }) => divergences)
  )
  const explained = Contract.failures(report).map((divergence) => ({
    divergence,
    actions: changed.has(divergence) ? [] : EffectiveDocument.actionsFor(actions, divergence)
  }))
  const result: Result = {
    report,
    named: explained.filter(({ actions }) => actions.length > 0),
    unnamed: explained.filter(({ actions }) => actions.length === 0).map(({ divergence }) => divergence)
  }
  return result
})

/** The actions that name a divergence, as the reason why it fails nothing; `undefined` when none does. */
export const reasonFor = ({ named }: Result, divergence: Divergence): string | undefined =>
  named
    .find((one) => one.divergence === divergence)
    ?.actions.map(({ description }) => description.trim())
    .join(" ")
