// A runner of a fleet: exports of many workspaces into PostgreSQL, a schema for each, every night at two. Start as many as
// you like, each with a FLEET_HOST of its own.
import { TokenStore } from "@effect-intercom/core"
import * as NodeExport from "@effect-intercom/export/NodeExport"
import * as Postgres from "@effect-intercom/export/Postgres"
import { Fleet } from "@effect-intercom/fleet"
import * as NodeCluster from "@effect-intercom/fleet/NodeCluster"
import { NodeHttpClient, NodeRuntime, NodeServices } from "@effect/platform-node"
import { Config, Cron, Effect, Layer } from "effect"

const settings = Config.all({
  fleet: Config.Redacted("FLEET_DATABASE_URL"),
  warehouse: Config.Redacted("WAREHOUSE_URL"),
  host: Config.String("FLEET_HOST").pipe(Config.withDefault("127.0.0.1")),
  port: Config.Port("FLEET_PORT").pipe(Config.withDefault(34_431)),
  tokens: Config.String("TOKENS").pipe(Config.withDefault("/run/secrets/intercom"))
})

const Runner = Layer.unwrap(
  Effect.map(settings, ({ fleet, host, port, tokens, warehouse }) =>
    Fleet.layer({
      plan: { resources: ["contacts", "companies", "conversations"], since: "last" },
      // A frozen runner keeps its place in the warehouse for as long as it keeps its exports.
      target: (workspace) =>
        Postgres.layer({ url: warehouse, schema: `intercom_${workspace}`, patience: "30 seconds" }).pipe(
          Layer.provide([NodeExport.layer, NodeServices.layer])
        ),
      cron: Cron.parseUnsafe("0 2 * * *", "UTC")
    }).pipe(
      Layer.provide(NodeCluster.layerPostgres({ url: fleet, host, port, listenHost: "0.0.0.0" })),
      Layer.provide(TokenStore.layerDirectory(tokens))
    )
  )
).pipe(Layer.provide([NodeExport.layer, NodeHttpClient.layerUndici, NodeServices.layer]))

Layer.launch(Runner).pipe(NodeRuntime.runMain)
