// A runner of a fleet: exports of many workspaces, every night at two. On one machine it needs nothing else: its state is a
// SQLite database, and the exports are files. With FLEET_DATABASE_URL, start as many as you like, each with a FLEET_HOST of
// its own; with WAREHOUSE_URL, the exports are in PostgreSQL, a schema for each workspace.
import { TokenStore } from "@effect-intercom/core"
import { Ndjson } from "@effect-intercom/export"
import * as NodeExport from "@effect-intercom/export/NodeExport"
import * as Postgres from "@effect-intercom/export/Postgres"
import { Fleet } from "@effect-intercom/fleet"
import * as NodeCluster from "@effect-intercom/fleet/NodeCluster"
import { Config, Cron, Effect, Layer, Option } from "effect"

/** The variables it reads. */
export const settings = Config.all({
  fleet: Config.Redacted("FLEET_DATABASE_URL").pipe(Config.option),
  state: Config.String("FLEET_STATE").pipe(Config.withDefault("fleet.db")),
  host: Config.String("FLEET_HOST").pipe(Config.withDefault("127.0.0.1")),
  port: Config.Port("FLEET_PORT").pipe(Config.withDefault(34_431)),
  warehouse: Config.Redacted("WAREHOUSE_URL").pipe(Config.option),
  exports: Config.String("EXPORTS").pipe(Config.withDefault("exports")),
  tokens: Config.String("TOKENS").pipe(Config.withDefault("/run/secrets/intercom"))
})

export const Runner = Layer.unwrap(
  Effect.map(settings, ({ exports, fleet, host, port, state, tokens, warehouse }) => {
    // Each workspace has a place of its own. A frozen runner keeps its place in the warehouse for as long as its exports.
    const target = (workspace: string) =>
      Option.match(warehouse, {
        onNone: () => Ndjson.layer({ directory: `${exports}/${workspace}` }),
        onSome: (url) => Postgres.layer({ url, schema: `intercom_${workspace}`, patience: "30 seconds" })
      })
    const cluster = Option.match(fleet, {
      onNone: () => NodeCluster.layerSqlite({ file: state }),
      onSome: (url) => NodeCluster.layerPostgres({ url, host, port, listenHost: "0.0.0.0" })
    })
    return Fleet.layer({
      plan: { resources: ["contacts", "companies", "conversations"], since: "last" },
      target,
      cron: Cron.parseUnsafe("0 2 * * *", "UTC")
    }).pipe(Layer.provide([cluster, TokenStore.layerDirectory(tokens)]))
  })
).pipe(Layer.provide(NodeExport.layer))
