/** Why there is no simulator of some options. */
import * as Schema from "effect/Schema"

/** Options that no simulator can have. */
export class OptionsError extends Schema.TaggedError<OptionsError>()("OptionsError", {
  option: Schema.String,
  description: Schema.String
}) {
  override get message(): string {
    return `The option ${this.option} of the simulator cannot be: ${this.description}.`
  }
}
