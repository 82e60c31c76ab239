/**
 * Exports of many workspaces, every night, on as many runners as it takes: on Effect's own workflow engine, of which each
 * (night, workspace) is one execution, and each turn of its export one activity. An export resumes from its own checkpoint,
 * so whatever happens to a runner, another one continues where the last step was written.
 */
import { Intercom } from "@effect-intercom/core/Intercom"
import { TokenStore, type TokenStoreError } from "@effect-intercom/core/TokenStore"
import { Host } from "@effect-intercom/export/Host"
import type { Plan } from "@effect-intercom/export/Plan"
import type { Sink } from "@effect-intercom/export/Sink"
import * as Arr from "effect/Array"
import * as ClusterCron from "effect/cluster/ClusterCron"
import * as EntityAddress from "effect/cluster/EntityAddress"
import * as EntityId from "effect/cluster/EntityId"
import * as EntityType from "effect/cluster/EntityType"
import { MessageStorage } from "effect/cluster/MessageStorage"
import type { Sharding } from "effect/cluster/Sharding"
import * as ShardId from "effect/cluster/ShardId"
import * as Context from "effect/Context"
import type * as Cron from "effect/Cron"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import type { SqlClient } from "effect/sql/SqlClient"
import type { WorkflowEngine } from "effect/workflow/WorkflowEngine"
import * as Execution from "./internal/Execution.ts"
import { FleetDatabaseFailed, Ledger } from "./Ledger.ts"
import { ExportWorkspace, Night, Workspace } from "./Night.ts"
import * as Status from "./Status.ts"
import * as Turns from "./Turns.ts"

/** A name that cannot be one of a night or a workspace. */
export class BadName extends Schema.TaggedError<BadName>()("BadName", {
  name: Schema.String,
  expected: Schema.String
}) {
  override get message(): string {
    return `"${this.name}" is not ${this.expected}.`
  }
}

/** No night was started under this name, or it was pruned. */
export class UnknownNight extends Schema.TaggedError<UnknownNight>()("UnknownNight", {
  /** As it was asked for; empty for the latest. */
  night: Schema.String
}) {
  override get message(): string {
    return this.night === ""
      ? "There is no night: none was started, or all were pruned."
      : `There is no night ${this.night}: it was not started, or it was pruned.`
  }
}

/** What {@link Fleet} is about, and how. */
export interface Options<R1 = never, R2 = never> {
  /** The workspaces of a night, asked for when it starts by itself. @default all that the `TokenStore` has */
  readonly workspaces?: Effect.Effect<ReadonlyArray<string>, unknown, R1> | undefined
  /**
   * What is exported of each. With `since: "last"`, a night has what changed since the one before; without it, a night
   * exports what is not there yet, and with `force`, everything again.
   */
  readonly plan: Plan
  /** Where the export of a workspace goes. No two workspaces may have the same place. */
  readonly target: (workspace: string) => Layer.Layer<Sink, unknown, R2>
  /** Starts a night at these times, once in the whole fleet, named after the time. @default none */
  readonly cron?: Cron.Cron | undefined
  /** A night that is later than this, since all runners were down, is left out. @default "12 hours" */
  readonly latest?: Duration.Input | undefined
  /** Exports at once, on this runner. @default 8 */
  readonly concurrency?: number | undefined
  /** How long an export may take while others wait for their turn. @default "15 minutes" */
  readonly turn?: Duration.Input | undefined
  /** How often in a row an export may fail with what may pass, before it is given up for this night. @default 10 */
  readonly attempts?: number | undefined
  /** Nights that are over are forgotten after this time, by those that start by themselves. @default "30 days" */
  readonly keep?: Duration.Input | undefined
  /** The client of a workspace. It has to be fresh: no two workspaces may share one. @default `Intercom.layer` */
  readonly client?: Execution.Client | undefined
}

/** What came of starting a night. */
export interface Started {
  /** Exports of this night, whether they were there before or not. */
  readonly exports: number
  /** Those of them that are over. */
  readonly over: number
}

export interface Service {
  /** Starts a night, or adds to it. Started again, a night sends nothing: what is under way or over stays so. */
  readonly start: (
    night: string,
    workspaces: ReadonlyArray<string>
  ) => Effect.Effect<Started, BadName | FleetDatabaseFailed>
  /** Has what failed tried again, all or some: each is a new execution. Gives the workspaces. */
  readonly retry: (
    night: string,
    workspaces?: ReadonlyArray<string>
  ) => Effect.Effect<ReadonlyArray<string>, UnknownNight | FleetDatabaseFailed>
  /** How a night is; the latest, if none is named. */
  readonly status: (night?: string) => Effect.Effect<Status.Status, UnknownNight | FleetDatabaseFailed>
  /** The nights there are, the latest first. */
  readonly nights: Effect.Effect<ReadonlyArray<Status.Night>, FleetDatabaseFailed>
  /** Waits until a night is over, and gives how it is. */
  readonly over: (night: string) => Effect.Effect<Status.Status, UnknownNight | FleetDatabaseFailed>
  /**
   * Forgets nights that are over and were started before, with all the engine stored of them. Gives their names. What
   * was exported stays.
   */
  readonly prune: (before: DateTime.Utc) => Effect.Effect<ReadonlyArray<string>, FleetDatabaseFailed>
}

type Engine = WorkflowEngine | MessageStorage

const isNight = Schema.is(Night)
const isWorkspace = Schema.is(Workspace)

const make = Effect.gen(function* () {
  const ledger = yield* Ledger
  const engine = yield* Effect.context<WorkflowEngine>()
  const storage = yield* MessageStorage

  const execute = (key: { readonly night: string; readonly workspace: string; readonly round: number }) =>
    Effect.provideContext(ExportWorkspace.execute(key, { discard: true }), engine)

  const checked = (night: string, workspaces: ReadonlyArray<string>): Effect.Effect<void, BadName> => {
    if (!isNight(night)) return Effect.fail(new BadName({ name: night, expected: "the name of a night" }))
    const bad = workspaces.find((name) => !isWorkspace(name))
    return bad === undefined
      ? Effect.void
      : Effect.fail(new BadName({ name: bad, expected: "the name of a workspace" }))
  }

  const start: Service["start"] = Effect.fn("Fleet.start")(function* (night, workspaces) {
    yield* Effect.annotateCurrentSpan({ night, workspaces: workspaces.length })
    yield* checked(night, workspaces)
    yield* ledger.add(night, Arr.dedupe(workspaces))
    const rows = yield* ledger.rows(night)
    const open = rows.filter(({ state }) => state === "waiting" || state === "running")
    // An execution that is there already is not started again.
    yield* Effect.forEach(open, execute, { concurrency: 16, discard: true })
    return { exports: rows.length, over: rows.length - open.length }
  })

  const known = Effect.fnUntraced(function* (night: string | undefined) {
    const [latest] = night === undefined ? yield* ledger.nights : [undefined]
    const name = night ?? latest?.night
    const startedAt = name === undefined ? undefined : yield* ledger.startedAt(name)
    if (name === undefined || startedAt === undefined) return yield* new UnknownNight({ night: name ?? "" })
    return { night: name, startedAt }
  })

  const retry: Service["retry"] = Effect.fn("Fleet.retry")(function* (night, workspaces) {
    yield* known(night)
    const rows = yield* ledger.again(night, workspaces)
    yield* Effect.forEach(rows, execute, { concurrency: 16, discard: true })
    return rows.map(({ workspace }) => workspace)
  })

  const status: Service["status"] = Effect.fnUntraced(function* (night) {
    const { night: name, startedAt } = yield* known(night)
    return Status.make({ night: name, startedAt, rows: yield* ledger.rows(name), now: yield* DateTime.now })
  })

  const over: Service["over"] = (night) =>
    // A database that is restarted is there again before long.
    Effect.retry(status(night), {
      while: ({ _tag }) => _tag === "FleetDatabaseFailed",
      schedule: Schedule.spaced("1 seconds"),
      times: 120
    }).pipe(Effect.repeat({ until: Status.isOver, schedule: Schedule.spaced("500 millis") }))

  /** What the engine stored of an entity. Messages are found by type and id; the shard is of no account. */
  const clear = (type: string, id: string) =>
    storage.clearAddress(
      EntityAddress.make({
        entityType: EntityType.make(type),
        entityId: EntityId.make(id),
        shardId: ShardId.make("default", 1)
      })
    )

  const forget = Effect.fnUntraced(function* (night: string) {
    const rows = yield* ledger.rows(night)
    if (!rows.every(({ state }) => state === "done" || state === "failed")) return []
    for (const { round: rounds, workspace } of rows) {
      for (let round = 1; round <= rounds; round++) {
        const id = yield* ExportWorkspace.executionId({ night, workspace, round })
        yield* clear(`Workflow/${ExportWorkspace._tag}`, id)
        yield* clear("Workflow/-/DurableClock", id)
      }
    }
    yield* clear(`ClusterCron/${cronName}`, night)
    yield* ledger.remove(night)
    return [night]
  })

  const prune: Service["prune"] = Effect.fn("Fleet.prune")(function* (before) {
    const nights = yield* ledger.nights
    const old = nights.filter(({ startedAt }) => startedAt < DateTime.toEpochMillis(before))
    const forgotten = yield* Effect.forEach(old, ({ night }) => forget(night)).pipe(
      Effect.catchTag("PersistenceError", ({ message }) =>
        Effect.fail(new FleetDatabaseFailed({ description: message }))
      )
    )
    return forgotten.flat()
  })

  const nights: Service["nights"] = Effect.flatMap(ledger.nights, (nights) =>
    Effect.forEach(nights, ({ night, startedAt }) =>
      Effect.map(ledger.rows(night), (rows) => Status.summary({ night, startedAt, rows }))
    )
  )

  return { start, retry, status, over, nights, prune } satisfies Service
})

const cronName = "intercom-fleet"

/**
 * The fleet: nights are started, looked at, tried again and forgotten.
 *
 * - `layer` is a runner: it exports. It needs a cluster (see `NodeCluster`), a `TokenStore`, an `HttpClient`, and what its
 *   targets need.
 * - `layerClient` exports nothing; what it starts waits for a runner.
 *
 * @example
 * ```ts
 * import { TokenStore } from "@effect-intercom/core"
 * import { Ndjson } from "@effect-intercom/export"
 * import * as NodeExport from "@effect-intercom/export/NodeExport"
 * import { Fleet } from "@effect-intercom/fleet"
 * import * as NodeCluster from "@effect-intercom/fleet/NodeCluster"
 * import { NodeHttpClient, NodeRuntime, NodeServices } from "@effect/platform-node"
 * import { Cron, Layer } from "effect"
 *
 * const Runner = Fleet.layer({
 *   plan: { resources: ["contacts", "conversations"], since: "last" },
 *   target: (workspace) => Ndjson.layer({ directory: `exports/${workspace}` }),
 *   cron: Cron.parseUnsafe("0 2 * * *", "UTC")
 * }).pipe(
 *   Layer.provide(NodeCluster.layerSqlite({ file: "fleet.db" })),
 *   Layer.provide([TokenStore.layerDirectory("/run/secrets/intercom"), NodeExport.layer]),
 *   Layer.provide([NodeHttpClient.layerUndici, NodeServices.layer])
 * )
 *
 * Layer.launch(Runner).pipe(NodeRuntime.runMain)
 * ```
 */
export class Fleet extends Context.Service<Fleet, Service>()("@effect-intercom/fleet/Fleet") {
  /**
   * The workspaces that the `TokenStore` has. What others stored there under what is no name has no part in a night: it is
   * logged as an error, with what to do about it.
   */
  static readonly workspaces: Effect.Effect<ReadonlyArray<string>, TokenStoreError, TokenStore> = Effect.gen(
    function* () {
      const { find, keys } = yield* TokenStore
      return yield* Effect.filter(yield* keys, (name) =>
        isWorkspace(name)
          ? Effect.succeed(true)
          : find(name).pipe(
              Effect.catch((error) => Effect.logError(error.message)),
              Effect.as(false)
            )
      )
    }
  )

  static readonly layerClient: Layer.Layer<Fleet, FleetDatabaseFailed, Engine | SqlClient> = Layer.effect(
    this,
    make
  ).pipe(Layer.provide(Ledger.layer))

  static readonly layer = <R1 = never, R2 = never>(
    options: Options<R1, R2>
  ): Layer.Layer<
    Fleet,
    FleetDatabaseFailed,
    Engine | Sharding | SqlClient | TokenStore | HttpClient.HttpClient | Host | R1 | R2
  > => {
    const runner = Layer.unwrap(
      Effect.gen(function* () {
        const turns = yield* Turns.make({
          concurrency: options.concurrency ?? 8,
          turn: options.turn ?? Duration.minutes(15)
        })
        const { hostname, pid } = yield* Host
        const execution = Execution.layer({
          runner: `${hostname}/${pid}`,
          turns,
          plan: options.plan,
          target: options.target,
          client: options.client ?? Intercom.layer,
          attempts: options.attempts ?? 10
        })
        // Closed first, while the engine still runs: exports end with the step they are at.
        const closing = Layer.effectDiscard(Effect.addFinalizer(() => turns.close))
        return Layer.provideMerge(closing, execution)
      })
    )

    const nightly = ({ cron }: { readonly cron: Cron.Cron }) =>
      ClusterCron.make({
        name: cronName,
        cron,
        skipIfOlderThan: options.latest ?? Duration.hours(12),
        execute: Effect.gen(function* () {
          const fleet = yield* Fleet
          const scheduled = yield* ClusterCron.CurrentScheduledTime
          const names = yield* options.workspaces ?? Fleet.workspaces
          yield* fleet.start(DateTime.formatIso(scheduled), names)
          yield* fleet.prune(DateTime.subtractDuration(scheduled, options.keep ?? Duration.days(30)))
        })
      })

    const { cron } = options
    const all = cron === undefined ? runner : Layer.mergeAll(runner, nightly({ cron }))
    return Layer.provideMerge(all, Layer.effect(this, make)).pipe(Layer.provide(Ledger.layer))
  }
}
