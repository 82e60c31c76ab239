/** `intercom fleet`: exports of many workspaces. What a command does is in `fleet/`, and loaded when it runs. */
import * as Resource from "@effect-intercom/export/Resource"
import * as Array from "effect/Array"
import * as Argument from "effect/cli/Argument"
import * as CliError from "effect/cli/CliError"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Config from "effect/Config"
import * as Cron from "effect/Cron"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Connection from "./Connection.ts"
import * as Destination from "./Destination.ts"
import { text, whole } from "./internal/Flags.ts"
import * as PlanFlags from "./PlanFlags.ts"
import * as Resources from "./Resources.ts"

/** The variable with the URL of the fleet's database. */
export const postgresVariable = "INTERCOM_FLEET_POSTGRES_URL"

const stateFlag = {
  state: text("state", "the name of a file").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription(`The SQLite database of a fleet of one process, where there is no ${postgresVariable}`),
    Flag.withDefault("intercom-fleet.db")
  )
}

const nightFlag = text("night", "the name of a night, such as 2026-11-30").pipe(Flag.withMetavar("NAME"), Flag.optional)

const tokens = text("tokens", "a directory").pipe(
  Flag.withMetavar("DIR"),
  Flag.withDescription(
    "The directory with a file for each workspace, which has its token; else INTERCOM_ACCESS_TOKEN_name in the environment"
  ),
  Flag.optional
)

const workspaces = text("workspaces", "the name of a file").pipe(
  Flag.withMetavar("FILE"),
  Flag.withDescription(
    "The file with the workspaces of a night, a name a line; else all of --tokens, or those INTERCOM_WORKSPACES lists"
  ),
  Flag.optional
)

const named = (description: string) =>
  Argument.String("workspace").pipe(Argument.withDescription(description), Argument.variadic())

const switchedOff = (name: string, description: string) =>
  Flag.Boolean(name).pipe(Flag.withDescription(description), Flag.withDefault(false))

const runConfig = {
  resources: Resources.argument("What to export of each workspace"),
  all: switchedOff("all", "Every resource; one that fails does not stop the others"),
  to: Flag.String("to").pipe(
    Flag.withAlias("t"),
    Flag.withMetavar("DESTINATION"),
    Flag.withDescription("Where to, with {workspace} in it: ndjson:exports/{workspace}; postgres: takes it in --schema")
  ),
  schema: text("schema", "the name of a schema").pipe(
    Flag.withMetavar("NAME"),
    Flag.withDescription("The schema of the PostgreSQL database, with {workspace} in it: intercom_{workspace}"),
    Flag.optional
  ),
  full: switchedOff("full", "Everything every night, instead of what changed since the one before"),
  cron: text("cron", "a schedule such as '0 2 * * *'").pipe(
    Flag.withMetavar("SCHEDULE"),
    Flag.withDescription("Start a night at these times, once in the fleet: minute, hour, day, month, weekday"),
    Flag.optional
  ),
  zone: text("zone", "the name of a time zone, such as Europe/Dublin").pipe(
    Flag.withMetavar("NAME"),
    Flag.withDescription("The time zone of --cron (default: UTC)"),
    Flag.optional
  ),
  once: switchedOff("once", "Start a night now, and end when it is over, with exit code 1 if a workspace failed"),
  night: nightFlag.pipe(Flag.withDescription("The night of --once (default: today's date, in UTC)")),
  workspaces,
  tokens,
  ...PlanFlags.flags,
  requestsAtOnce: whole("requests-at-once", 1, 1000).pipe(
    Flag.withDescription("Requests at once, of one export (default: as many as latency and the rate limit need)"),
    Flag.optional
  ),
  concurrency: whole("concurrency", 1, 1000).pipe(
    Flag.withDescription("Exports at once, on this runner (default: 8)"),
    Flag.withDefault(8)
  ),
  turn: whole("turn", 1, 86_400).pipe(
    Flag.withMetavar("SECONDS"),
    Flag.withDescription("How long an export may take while others wait for their turn (default: 900)"),
    Flag.withDefault(900)
  ),
  attempts: whole("attempts", 1, 1000).pipe(
    Flag.withDescription("Failures in a row that may pass, before a workspace is given up for the night (default: 10)"),
    Flag.withDefault(10)
  ),
  keep: whole("keep", 1, 3660).pipe(
    Flag.withMetavar("DAYS"),
    Flag.withDescription("How long nights that are over are remembered, with --cron (default: 30)"),
    Flag.withDefault(30)
  ),
  host: text("host", "a host or an address").pipe(
    Flag.withMetavar("HOST"),
    Flag.withDescription("Where other runners reach this one (default: 127.0.0.1)"),
    Flag.withFallbackConfig(Config.NonEmptyString("INTERCOM_FLEET_HOST")),
    Flag.withDefault("127.0.0.1")
  ),
  port: whole("port", 1, 65_535).pipe(
    Flag.withDescription("The same, of the port; no two on one host may have the same (default: 34431)"),
    Flag.withFallbackConfig(Config.Port("INTERCOM_FLEET_PORT")),
    Flag.withDefault(34_431)
  ),
  listenHost: text("listen-host", "an address").pipe(
    Flag.withMetavar("ADDRESS"),
    Flag.withDescription("The address to listen on, such as 0.0.0.0 in a container (default: --host)"),
    Flag.optional
  ),
  lockExpiration: whole("lock-expiration", 3, 3600).pipe(
    Flag.withMetavar("SECONDS"),
    Flag.withDescription("How long a runner may be silent until others take its exports over (default: 15)"),
    Flag.withDefault(15)
  ),
  ...Destination.csvFlags,
  ...stateFlag,
  ...Connection.flags
}

export type RunOptions = Command.Command.Config.Infer<typeof runConfig>

const run = Command.make("run", runConfig, (options) =>
  Effect.flatMap(
    Effect.promise(() => import("./fleet/Run.ts")),
    ({ run }) => run(options)
  )
).pipe(
  Command.validate((options) => {
    const wrong = mistake(options)
    return wrong === undefined ? Effect.void : Effect.fail(new CliError.ValidationError({ message: wrong }))
  }),
  Command.withDescription(
    "Run exports of many workspaces, until you stop it: those of nights that `intercom fleet start` or --cron starts, and " +
      "those that other runners left. Alone on a SQLite database, --state; or one of many, on the PostgreSQL database " +
      `of ${postgresVariable}. What it exports, and where to, has to be the same on all runners. Stopped, it ends with the steps ` +
      "under way; killed, others resume there."
  ),
  Command.withShortDescription("Run exports of many workspaces"),
  Command.withExamples([
    {
      command:
        "intercom fleet run contacts conversations --to ndjson:exports/{workspace} --tokens secrets --cron '0 2 * * *'",
      description: "Every night at two, what changed"
    },
    {
      command: "intercom fleet run --all --to sqlite:exports/{workspace}.db --tokens secrets --once",
      description: "One night, now"
    }
  ])
)

function mistake(options: RunOptions): string | undefined {
  const { all, cron, full, night, once, overlap, resources, zone } = options
  if (all && resources.length > 0) return "--all is every resource: name some, or write --all"
  if (!all && resources.length === 0) return "Name what to export, or write --all"
  if (once && Option.isSome(cron)) return "--once and --cron exclude each other"
  if (Option.isSome(zone) && Option.isNone(cron)) return "--zone is for --cron"
  if (Option.isSome(night) && !once) return "--night is for --once; intercom fleet start starts one of another name"
  if (full && Option.isSome(overlap)) return "--overlap is for nights of what changed, and --full has everything"
  const schedule = cronOf(options)
  if (Result.isFailure(schedule)) return schedule.failure
  return destinationMistake(options) ?? PlanFlags.mistake(options, chosen(options)) ?? Connection.mistake(options)
}

const place = "{workspace}"

/** The destination of a workspace. */
export const destinationOf = (
  { schema, to, ...options }: Pick<RunOptions, "csvBom" | "csvFormulas" | "schema" | "to">,
  workspace: string
): Result.Result<Destination.Destination, string> =>
  Result.map(Destination.parse(to.replaceAll(place, workspace)), (destination) =>
    Destination.asCsv(
      Destination.inSchema(
        destination,
        Option.map(schema, (name) => name.replaceAll(place, workspace))
      ),
      options
    )
  )

/** What is wrong with the destination, whatever the workspace. */
function destinationMistake(options: RunOptions): string | undefined {
  const { schema, to } = options
  const sample = destinationOf(options, "workspace")
  if (Result.isFailure(sample)) return `--to: ${sample.failure}`
  if (sample.success.kind === "stdout") return "--to: A pipe keeps nothing to resume from; name a place."
  if (!to.includes(place) && !Option.exists(schema, (name) => name.includes(place))) {
    const flag = sample.success.kind === "postgres" ? "--schema" : "--to"
    return `${flag} takes ${place}, where each workspace has its own name: no two can share a place`
  }
  return Destination.schemaMistake(sample.success, schema) ?? Destination.csvMistake(sample.success, options)
}

/** When nights start by themselves, if they do. */
export const cronOf = ({
  cron,
  zone
}: Pick<RunOptions, "cron" | "zone">): Result.Result<Cron.Cron | undefined, string> =>
  Option.match(cron, {
    onNone: () => Result.succeed(undefined),
    onSome: (schedule) =>
      Result.mapError(
        Cron.parse(
          schedule,
          Option.getOrElse(zone, () => "UTC")
        ),
        () =>
          "--cron takes minute, hour, day, month and weekday, such as '0 2 * * *', and --zone the name of a time zone"
      )
  })

export interface PlaceOptions {
  readonly state: string
}

const started = {
  workspace: named("The workspaces; else those of --workspaces, or all there are"),
  night: nightFlag.pipe(
    Flag.withDescription("What it is called; started again, a night sends nothing (default: today's date, in UTC)")
  ),
  workspaces,
  tokens,
  ...stateFlag
}
export type StartOptions = Command.Command.Config.Infer<typeof started>

const start = Command.make("start", started, (options) =>
  Effect.flatMap(
    Effect.promise(() => import("./fleet/Start.ts")),
    ({ start }) => start(options)
  )
).pipe(
  Command.withDescription("Start a night: an export of every workspace, for runners to do"),
  Command.withExamples([
    { command: "intercom fleet start --tokens secrets", description: "Tonight's, for all of them" }
  ])
)

const looked = {
  night: nightFlag.pipe(Flag.withDescription("Which (default: the latest)")),
  nights: switchedOff("nights", "All nights, a line each"),
  json: switchedOff("json", "As JSON"),
  out: text("out", "the name of a file").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("Write a page of HTML that needs nothing else"),
    Flag.optional
  ),
  ...stateFlag
}
export type StatusOptions = Command.Command.Config.Infer<typeof looked>

const status = Command.make("status", looked, (options) =>
  Effect.flatMap(
    Effect.promise(() => import("./fleet/Status.ts")),
    ({ status }) => status(options)
  )
).pipe(
  Command.validate(({ json, night, nights, out }) => {
    const others = [json, Option.isSome(out)].filter(Boolean).length
    const wrong =
      others > 1
        ? "--json and --out exclude each other"
        : nights && (Option.isSome(night) || Option.isSome(out))
          ? "--nights is about all of them: it takes no --night and no --out"
          : undefined
    return wrong === undefined ? Effect.void : Effect.fail(new CliError.ValidationError({ message: wrong }))
  }),
  Command.withDescription(
    "Show how a night is: which workspaces are done, running, waiting or failed, since when, and why"
  ),
  Command.withExamples([{ command: "intercom fleet status", description: "The latest night" }])
)

const retried = {
  workspace: named("The workspaces; else all that failed"),
  night: nightFlag.pipe(Flag.withDescription("Of which night (default: the latest)")),
  ...stateFlag
}
export type RetryOptions = Command.Command.Config.Infer<typeof retried>

const retry = Command.make("retry", retried, (options) =>
  Effect.flatMap(
    Effect.promise(() => import("./fleet/Retry.ts")),
    ({ retry }) => retry(options)
  )
).pipe(Command.withDescription("Have workspaces that failed tried again; each resumes where it was"))

const pruned = {
  keep: whole("keep", 0, 3660).pipe(
    Flag.withMetavar("DAYS"),
    Flag.withDescription("Nights that are over and younger stay (default: 30)"),
    Flag.withDefault(30)
  ),
  ...stateFlag
}
export type PruneOptions = Command.Command.Config.Infer<typeof pruned>

const prune = Command.make("prune", pruned, (options) =>
  Effect.flatMap(
    Effect.promise(() => import("./fleet/Prune.ts")),
    ({ prune }) => prune(options)
  )
).pipe(Command.withDescription("Forget old nights, with all that is stored of them; what was exported stays"))

export const command = Command.make("fleet").pipe(
  Command.withSubcommands([run, start, status, retry, prune]),
  Command.withDescription("Export many workspaces every night, on one machine or many"),
  Command.withShortDescription("Export many workspaces every night")
)

/** The names to export, each once. */
export const chosen = ({ all, resources }: Pick<RunOptions, "all" | "resources">) =>
  Array.dedupe(all ? Resource.everything : resources.map(Resources.today))
