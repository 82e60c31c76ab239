// Every night at three: what changed since the night before, into a SQLite database. Whatever stops it in the middle, a
// deploy or a full disk, the next start resumes where it was.
import { Intercom } from "@effect-intercom/core"
import { Export } from "@effect-intercom/export"
import * as NodeExport from "@effect-intercom/export/NodeExport"
import * as NodeSqlite from "@effect-intercom/export/NodeSqlite"
import { NodeHttpClient, NodeRuntime, NodeServices } from "@effect/platform-node"
import { Config, Console, Effect, Layer, Schedule } from "effect"

/** One night. A resource that fails does not stop the others; the whole is tried again while that can help. */
const night = Export.entries({ resources: ["contacts", "companies", "conversations"], since: "last" }).pipe(
  Effect.retry({ while: ({ resumable }) => resumable, schedule: Schedule.exponential("1 minute"), times: 5 }),
  Effect.flatMap((entries) =>
    Effect.forEach(entries, ({ counts, resource, scope }) =>
      Console.log(`${resource}: ${counts.records} ${scope.since === null ? "records" : "changed"}`)
    )
  ),
  // The next night is another try.
  Effect.catch((error) => Effect.logError(error.message))
)

/** At once, and then every night. */
const program = Effect.repeat(night, Schedule.cron("0 3 * * *", "Europe/Dublin"))

const Database = Layer.unwrap(
  Effect.map(Config.String("DATABASE").pipe(Config.withDefault("workspace.db")), (file) => NodeSqlite.layer({ file }))
)

program.pipe(
  Effect.provide(Database),
  Effect.provide([Intercom.layerEnv, NodeExport.layer]),
  Effect.provide([NodeHttpClient.layerUndici, NodeServices.layer]),
  NodeRuntime.runMain
)
