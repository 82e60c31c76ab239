/// <reference types="node" />
/**
 * What a fleet runs on, on Node: one process on SQLite, with nothing installed, or many on PostgreSQL. Each layer is
 * Effect's workflow engine with the database below it; a program that has a cluster already needs neither.
 */
import * as Lock from "@effect-intercom/export/Lock"
import type { Host } from "@effect-intercom/export/Host"
import type { Reason } from "@effect-intercom/export/ExportError"
import * as NodeSqliteClient from "@effect-intercom/export/NodeSqliteClient"
import * as NodeClusterSocket from "@effect/platform-node/NodeClusterSocket"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as ClusterWorkflowEngine from "effect/cluster/ClusterWorkflowEngine"
import type { MessageStorage } from "effect/cluster/MessageStorage"
import * as RunnerAddress from "effect/cluster/RunnerAddress"
import * as RunnerHealth from "effect/cluster/RunnerHealth"
import * as Runners from "effect/cluster/Runners"
import * as RunnerStorage from "effect/cluster/RunnerStorage"
import * as Sharding from "effect/cluster/Sharding"
import * as ShardingConfig from "effect/cluster/ShardingConfig"
import * as SocketRunner from "effect/cluster/SocketRunner"
import * as SqlMessageStorage from "effect/cluster/SqlMessageStorage"
import * as SqlRunnerStorage from "effect/cluster/SqlRunnerStorage"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Path from "effect/Path"
import type * as Redacted from "effect/Redacted"
import * as RpcSerialization from "effect/rpc/RpcSerialization"
import type { SocketServerError } from "effect/socket/SocketServer"
import { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import type { WorkflowEngine } from "effect/workflow/WorkflowEngine"
import { FleetDatabaseFailed } from "./Ledger.ts"

/** The engine, what it stands on, and the database. */
export type Cluster = WorkflowEngine | Sharding.Sharding | MessageStorage | SqlClient

export interface Times {
  /**
   * How often a runner looks for what was started elsewhere.
   *
   * @default "2 seconds"
   */
  readonly poll?: Duration.Input | undefined
  /**
   * How long a runner that ends may work on: its exports stop after their current step, and what takes longer is cut off.
   * Give whatever stops the process (a container's grace period) some seconds more.
   *
   * @default "15 seconds"
   */
  readonly grace?: Duration.Input | undefined
}

const timing = ({ grace = Duration.seconds(15), poll = Duration.seconds(2) }: Times) => ({
  entityMessagePollInterval: poll,
  entityTerminationTimeout: grace
})

/** The tables of the engine are `intercom_fleet_messages`, `intercom_fleet_replies` and so on. */
const prefix = "intercom_fleet"

const messages = SqlMessageStorage.layerWith({ prefix }).pipe(Layer.provide(NodeCrypto.layerDigest))

export interface SqliteOptions extends Times {
  /** Created when it is not there. */
  readonly file: string
}

/**
 * One process, with its state in a SQLite database. A second runner on the same database is refused with `Locked`; one
 * that was killed is replaced at once.
 */
export const layerSqlite = (
  options: SqliteOptions
): Layer.Layer<Cluster, SqlError | Reason, FileSystem.FileSystem | Path.Path | Host> => {
  const only = Layer.effectDiscard(
    Effect.gen(function* () {
      const lock = yield* Lock.acquire(`${options.file}.lock`)
      yield* lock.keep(Effect.succeed(true))
    })
  )
  return embedded(options, Option.some(RunnerAddress.make("localhost", 0))).pipe(Layer.provide(only))
}

/** Looks at the database of {@link layerSqlite}, and leaves messages there for its runner. */
export const layerSqliteClient = (options: SqliteOptions): Layer.Layer<Cluster, SqlError> =>
  embedded(options, Option.none())

const embedded = (options: SqliteOptions, runnerAddress: Option.Option<RunnerAddress.RunnerAddress>) =>
  ClusterWorkflowEngine.layer.pipe(
    Layer.provideMerge(Sharding.layer),
    Layer.provide(Runners.layerNoop),
    Layer.provideMerge(messages),
    // The only runner has all shards, from its start.
    Layer.provide([RunnerStorage.layerMemory, RunnerHealth.layerNoop]),
    Layer.provide(ShardingConfig.layer({ ...timing(options), runnerAddress, shardsPerGroup: 16 })),
    Layer.provideMerge(sqlite(options.file))
  )

/** What a power cut takes from the end of it is done again, and found done by then. */
const sqlite = (file: string) =>
  Layer.tap(NodeSqliteClient.layer(file), (context) => Context.get(context, SqlClient)`PRAGMA synchronous = NORMAL`)

export interface PostgresOptions extends Times {
  /** `postgres://user:password@host:port/database`. Not through a pooler that pools transactions: locks are sessions'. */
  readonly url: Redacted.Redacted
  /**
   * A runner that gives no sign of life for so long loses its exports to others. Refreshed three times as often; below ten
   * seconds, a long pause of the process looks like its death.
   *
   * @default "15 seconds"
   */
  readonly lockExpiration?: Duration.Input | undefined
  /** Connections to the database at most. @default 10 */
  readonly connections?: number | undefined
}

export interface RunnerOptions extends PostgresOptions {
  /** Where other runners reach this one; no two may have the same. In a private network: it is not encrypted. */
  readonly host: string
  readonly port: number
  /** The address to listen on, such as `0.0.0.0` in a container. @default `host` */
  readonly listenHost?: string | undefined
}

/** One of many runners. PostgreSQL 14 or newer ends the sessions of those that are frozen. */
export const layerPostgres = (
  options: RunnerOptions
): Layer.Layer<Cluster, FleetDatabaseFailed | SqlError | SocketServerError> => {
  const { host, listenHost = host, port } = options
  const health = RunnerHealth.layerPing.pipe(Layer.provide(Runners.layerRpc))
  return distributed(options, SocketRunner.layer.pipe(Layer.provide([NodeClusterSocket.layerSocketServer, health])), {
    runnerAddress: Option.some(RunnerAddress.make(host, port)),
    runnerListenAddress: Option.some(RunnerAddress.make(listenHost, port))
  })
}

/** Starts nights, and looks at them; exports nothing. */
export const layerPostgresClient = (options: PostgresOptions): Layer.Layer<Cluster, FleetDatabaseFailed | SqlError> =>
  distributed(options, SocketRunner.layerClientOnly, { runnerAddress: Option.none() })

const distributed = <E>(
  options: PostgresOptions,
  sharding: Layer.Layer<
    Sharding.Sharding | Runners.Runners,
    E,
    | Runners.RpcClientProtocol
    | RpcSerialization.RpcSerialization
    | ShardingConfig.ShardingConfig
    | MessageStorage
    | RunnerStorage.RunnerStorage
  >,
  addresses: Partial<ShardingConfig.ShardingConfig["Service"]>
): Layer.Layer<Cluster, E | FleetDatabaseFailed | SqlError> =>
  ClusterWorkflowEngine.layer.pipe(
    Layer.provideMerge(sharding),
    Layer.provide(NodeClusterSocket.layerClientProtocol),
    Layer.provideMerge(messages),
    Layer.provide([SqlRunnerStorage.layerWith({ prefix }), RpcSerialization.layerSchemaBinary()]),
    Layer.provide(
      ShardingConfig.layer({
        ...timing(options),
        ...addresses,
        // Few executions need few; each is handed over by statements of its own.
        shardsPerGroup: 64,
        shardLockExpiration: options.lockExpiration ?? Duration.seconds(15)
      })
    ),
    Layer.provideMerge(database(options))
  )

const unreachable = ({ message, reason: { cause } }: SqlError) =>
  new FleetDatabaseFailed({ description: cause instanceof Error ? `${message} (${cause.message})` : message })

/** Loaded when there is a PostgreSQL: the driver need not be installed without one. */
const database = ({ connections = 10, lockExpiration = Duration.seconds(15), url }: PostgresOptions) =>
  Layer.unwrap(
    Effect.map(
      Effect.promise(() => import("@effect/sql-pg/PgClient")),
      ({ layer }) => {
        const expiration = Duration.toMillis(Duration.fromInputUnsafe(lockExpiration))
        const client = layer({
          url,
          maxConnections: connections,
          applicationName: "intercom fleet",
          startupParameters: {
            // What a frozen runner holds in the middle of a transaction is given up as its shards are.
            idle_in_transaction_session_timeout: String(expiration),
            // Whoever waits for another's lock is told, and tries again.
            lock_timeout: "10s",
            statement_timeout: "60s"
          }
        })
        // The engine takes a database that is not there for a defect.
        return Layer.tap(client, (context) => Effect.mapError(Context.get(context, SqlClient)`SELECT 1`, unreachable))
      }
    )
  )
