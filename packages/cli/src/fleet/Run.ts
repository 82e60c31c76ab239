/** `intercom fleet run`. */
import { Intercom } from "@effect-intercom/core/Intercom"
import * as NodeExport from "@effect-intercom/export/NodeExport"
import type { Plan } from "@effect-intercom/export/Plan"
import * as PostgresAddress from "@effect-intercom/export/PostgresAddress"
import { Fleet } from "@effect-intercom/fleet/Fleet"
import * as Night from "@effect-intercom/fleet/Night"
import type * as StatusModel from "@effect-intercom/fleet/Status"
import * as Array from "effect/Array"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Console from "effect/Console"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Connection from "../Connection.ts"
import * as Destination from "../Destination.ts"
import { chosen, cronOf, destinationOf, type RunOptions } from "../FleetCommand.ts"
import * as Network from "../Network.ts"
import * as PlanFlags from "../PlanFlags.ts"
import * as Place from "./Place.ts"
import * as StatusTable from "./StatusTable.ts"
import * as Workspaces from "./Workspaces.ts"

/** Some workspaces failed. */
export class NightFailed extends Schema.TaggedError<NightFailed>()("NightFailed", {
  failed: Schema.Int,
  of: Schema.Int
}) {
  override get message(): string {
    return `${this.failed} of ${this.of} workspaces failed: see why above; what was written is kept, and intercom fleet retry tries them again.`
  }
}

/** The schema of a workspace would be none of its own. */
export class BadSchema extends Schema.TaggedError<BadSchema>()("BadSchema", {
  workspace: Schema.String,
  problem: Schema.String
}) {
  override get message(): string {
    return `--schema, for the workspace ${this.workspace}: ${this.problem}`
  }
}

/** Told before a night: later, it would be the failure of an export. Workspaces that come later are told of then. */
const refuseSchemas = Effect.fnUntraced(function* <E, R>(
  options: RunOptions,
  names: Effect.Effect<ReadonlyArray<string>, E, R>
) {
  // What is wrong with the list is said by whoever needs it.
  for (const workspace of yield* Effect.orElseSucceed(names, () => [])) {
    const destination = yield* Effect.orDie(Effect.fromResult(destinationOf(options, workspace)))
    const schema = destination.kind === "postgres" ? destination.schema : undefined
    const problem = schema === undefined ? undefined : PostgresAddress.schemaMistake(schema)
    if (problem !== undefined) return yield* new BadSchema({ workspace, problem })
  }
})

/** Address, version and patience of all workspaces, unless the token store says otherwise of one. */
const defaults = (options: RunOptions) =>
  Effect.gen(function* () {
    const environment = yield* ConfigProvider.ConfigProvider
    // Each workspace has a token of its own.
    const provider = ConfigProvider.orElse(ConfigProvider.fromUnknown({ INTERCOM_ACCESS_TOKEN: "none" }), environment)
    return yield* Effect.provideService(Connection.options(options), ConfigProvider.ConfigProvider, provider)
  })

export const run = (options: RunOptions) =>
  Effect.gen(function* () {
    // Refused before.
    const cron = Result.getOrElse(cronOf(options), () => undefined)
    const resources = chosen(options)
    if (!Array.isReadonlyArrayNonEmpty(resources)) return
    const plan: Plan = {
      resources,
      ...(options.full ? { force: true } : { since: "last" }),
      ...PlanFlags.plan(options, resources),
      ...PlanFlags.given("concurrency", options.requestsAtOnce)
    }
    const untold = PlanFlags.untold(options, resources)
    if (untold !== undefined) yield* Effect.logInfo(untold)
    const settings = yield* defaults(options)
    const names = Workspaces.all(options)
    yield* refuseSchemas(options, names)

    const runner = Fleet.layer({
      plan,
      target: (workspace) =>
        // The name of a workspace makes no other destination than the one that was checked.
        Layer.unwrap(
          Effect.map(Effect.orDie(Effect.fromResult(destinationOf(options, workspace))), (destination) =>
            // A frozen runner must not keep what another is to go on with.
            Destination.layer(destination, { patience: "30 seconds" })
          )
        ),
      client: (credentials) =>
        Intercom.layer({
          ...settings,
          // What a workspace has of its own says where it is.
          ...(credentials.region === undefined && credentials.baseUrl === undefined
            ? undefined
            : { region: undefined, baseUrl: undefined }),
          ...credentials
        }),
      workspaces: names,
      cron,
      concurrency: options.concurrency,
      turn: Duration.seconds(options.turn),
      attempts: options.attempts,
      keep: Duration.days(options.keep)
    }).pipe(Layer.provideMerge(Place.runner(options)), Layer.provide([Network.proxied, NodeExport.layer]))

    yield* work(options, names).pipe(Effect.provide(runner))
  }).pipe(Effect.provide(Workspaces.tokens(options)))

const work = <E, R>(options: RunOptions, names: Effect.Effect<ReadonlyArray<string>, E, R>) =>
  Effect.gen(function* () {
    if (!options.once) {
      yield* Effect.logInfo("The runner is ready; Ctrl-C ends it")
      return yield* Effect.never
    }
    const fleet = yield* Fleet
    const night = Option.getOrElse(options.night, () => "") || Night.nightOf(yield* DateTime.now)
    yield* Workspaces.told("Started", night, yield* fleet.start(night, yield* names))
    const status: StatusModel.Status = yield* fleet.over(night)
    yield* Console.log(StatusTable.render(status))
    if (status.failed > 0) return yield* new NightFailed({ failed: status.failed, of: status.exports.length })
  })
