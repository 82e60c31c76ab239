import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { IntercomHttp } from "@effect-intercom/core/IntercomHttp"
import { Contacts } from "@effect-intercom/core/resources/Contacts"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { measure } from "./Start.ts"

await measure((baseUrl) =>
  Contacts.use((contacts) => contacts.list({ per_page: 1 })).pipe(
    Effect.provide(
      Contacts.layer.pipe(
        Layer.provide(IntercomHttp.layer({ accessToken: Redacted.make("bench"), baseUrl })),
        Layer.provide(NodeHttpClient.layerUndici)
      )
    ),
    Effect.runPromise
  )
)
process.exit()
