/** This client at its defaults, every record validated; the limit is high, since the rate limit is not the subject. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Contacts } from "@effect-intercom/core/resources/Contacts"
import { IntercomHttp } from "@effect-intercom/core/IntercomHttp"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { perPage } from "../internal/Contacts.ts"
import { measure } from "./Walk.ts"

await measure((baseUrl, tally) => {
  const layer = Contacts.layer.pipe(
    Layer.provide(
      IntercomHttp.layer({
        accessToken: Redacted.make("bench"),
        baseUrl,
        rateLimit: { limit: 1_000_000, window: "10 seconds" }
      })
    ),
    Layer.provide(NodeHttpClient.layerUndici)
  )
  return Contacts.use((contacts) =>
    contacts.list.items({ per_page: perPage }).pipe(Stream.runForEach(({ id }) => Effect.sync(() => tally.add(id))))
  ).pipe(Effect.provide(layer), Effect.runPromise)
})
