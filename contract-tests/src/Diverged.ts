/** How a command ends that found something. */
import * as Schema from "effect/Schema"

/** There were divergences; they are printed already. */
export class Diverged extends Schema.TaggedError<Diverged>()("Diverged", { count: Schema.Int }) {
  override get message(): string {
    return `${this.count} divergences`
  }
}
