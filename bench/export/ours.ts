/** `Export.run` at its defaults, every record validated, each page durable with its checkpoint. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Intercom } from "@effect-intercom/core/Intercom"
import * as Export from "@effect-intercom/export/Export"
import * as Ndjson from "@effect-intercom/export/Ndjson"
import * as NodeExport from "@effect-intercom/export/NodeExport"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as v8 from "node:v8"
import { measure } from "./Exporter.ts"

// As the `intercom` command does.
v8.setFlagsFromString("--heap-growing-percent=10")

const machine = Layer.provideMerge(NodeExport.layer, NodeServices.layer)

await measure(({ baseUrl, concurrency, directory, resource }) =>
  Export.run({ resources: [resource], concurrency }).pipe(
    Stream.runDrain,
    Effect.provide(Ndjson.layer({ directory })),
    Effect.provide(
      Layer.provide(Intercom.layer({ accessToken: Redacted.make("bench"), baseUrl }), NodeHttpClient.layerUndici)
    ),
    Effect.provide(machine),
    Effect.runPromise
  )
)
