/** What a program sets for the calls inside an effect. */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import type * as IntercomConfig from "../IntercomConfig.ts"

/**
 * Changes the retry policy of the calls inside an effect; what is left out, or `undefined`, stays as the client has it.
 * One that makes no sense fails its calls with an `EncodeError` that names the field.
 */
export const RetryPolicy = Context.Reference<Partial<IntercomConfig.RetryPolicy>>(
  "@effect-intercom/core/IntercomHttp/RetryPolicy",
  { defaultValue: () => ({}) }
)

/** Changes the timeout of one attempt for the calls inside an effect. */
export const Timeout = Context.Reference<Duration.Input | undefined>("@effect-intercom/core/IntercomHttp/Timeout", {
  defaultValue: () => undefined
})
