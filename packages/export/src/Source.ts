/** Where records come from: an export resumes only from a checkpoint of the same source. */
import { Admins } from "@effect-intercom/core/resources/Admins"
import { IntercomHttp } from "@effect-intercom/core/IntercomHttp"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export const Source = Schema.Struct({
  baseUrl: Schema.String,
  /** The `Intercom-Version` asked for. */
  version: Schema.String,
  /** The `id_code` of the workspace the token belongs to; null when the API does not say. */
  workspace: Schema.NullOr(Schema.String)
})
export type Source = typeof Source.Type

/** The source of the current client; asks the API whose token it has. */
export const current = Effect.gen(function* () {
  const { config } = yield* IntercomHttp
  const me = yield* Admins.use((admins) => admins.me())
  return { baseUrl: config.baseUrl.href, version: config.version, workspace: me.app?.id_code ?? null } satisfies Source
})
