/** What a program sets for the calls inside an effect. */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as HttpHeaders from "effect/http/Headers"
import type { Reply } from "../Attempt.ts"
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

// What these three do is said where they are public: `IntercomHttp.Version`, `.Headers` and `.OnResponse`.

export const Version = Context.Reference<string | undefined>("@effect-intercom/core/IntercomHttp/Version", {
  defaultValue: () => undefined
})

export const Headers = Context.Reference<HttpHeaders.Input>("@effect-intercom/core/IntercomHttp/Headers", {
  defaultValue: () => ({})
})

export const OnResponse = Context.Reference<((reply: Reply) => Effect.Effect<void>) | undefined>(
  "@effect-intercom/core/IntercomHttp/OnResponse",
  { defaultValue: () => undefined }
)
