/** What a program sets for the calls inside an effect. */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as IntercomConfig from "../IntercomConfig.ts"
import type { Invalid } from "../Pagination.ts"

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

/**
 * Takes an answer that does not fit its schema: the call succeeds with it as it came, whatever its type says, instead of
 * failing with a `DecodeError`. For single calls inside an effect; walks over pages have `onInvalid`, which takes a record.
 */
export const OnInvalid = Context.Reference<((invalid: Invalid) => Effect.Effect<void>) | undefined>(
  "@effect-intercom/core/IntercomHttp/OnInvalid",
  { defaultValue: () => undefined }
)
