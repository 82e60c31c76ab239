// Runs the service. INTERCOM_WORKSPACES lists the ids of the workspaces (`app_id`), INTERCOM_ACCESS_TOKEN_id has the token of
// each, and INTERCOM_CLIENT_SECRET is what notifications are signed with.
import { TokenStore, Webhook } from "@effect-intercom/core"
import { NodeHttpClient, NodeHttpServer, NodeRuntime } from "@effect/platform-node"
import { Config, Effect, Layer, Schema } from "effect"
import { HttpRouter } from "effect/http"
import { Otlp } from "effect/observability"
import { createServer } from "node:http"
import { Announcements, Service, Tenants } from "./Service.ts"

const Server = Layer.unwrap(
  Effect.map(Config.schema(Schema.Int, "PORT").pipe(Config.withDefault(3000)), (port) =>
    NodeHttpServer.layer(() => createServer(), { port })
  )
)

/** Traces, metrics and logs go to the collector of OTEL_EXPORTER_OTLP_ENDPOINT, such as http://localhost:4318. */
export const Telemetry = Layer.unwrap(
  Effect.map(Config.String("OTEL_EXPORTER_OTLP_ENDPOINT").pipe(Config.withDefault("")), (baseUrl) =>
    baseUrl === "" ? Layer.empty : Otlp.layerJson({ baseUrl, resource: { serviceName: "support" } })
  )
)

const announced = { waiting: (workspace: string, id: string) => Effect.log(`${workspace}: ${id} waits for an answer`) }

if (import.meta.main) {
  HttpRouter.serve(Service).pipe(
    Layer.provide([
      Server,
      Webhook.layerEnv,
      Webhook.layerInboxMemory(), // in production, layerInboxSql or layerInboxRedis
      Layer.succeed(Announcements, announced),
      Tenants.layer().pipe(Layer.provide(TokenStore.layerEnv))
    ]),
    Layer.provide(Telemetry),
    Layer.provide(NodeHttpClient.layerUndici),
    Layer.launch,
    NodeRuntime.runMain
  )
}
