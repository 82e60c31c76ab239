/** How a command ends that found something. */
import * as Runtime from "effect/Runtime"
import * as Schema from "effect/Schema"
import type { Divergence } from "../report/Divergence.ts"

/** There were divergences; they are printed already. */
export class Diverged extends Schema.TaggedError<Diverged>()("Diverged", {
  count: Schema.Int,
  /** Whether something could not be judged, and is among them. */
  unjudged: Schema.optionalKey(Schema.Boolean)
}) {
  static readonly of = (divergences: ReadonlyArray<Divergence>): Diverged =>
    new Diverged({ count: divergences.length, unjudged: divergences.some(({ fault }) => fault !== undefined) })

  override get message(): string {
    return `${this.count} divergences`
  }

  /** 1 for divergences; 2 where the client could not be judged in all. */
  override readonly [Runtime.errorExitCode] = this.unjudged === true ? 2 : 1
}
