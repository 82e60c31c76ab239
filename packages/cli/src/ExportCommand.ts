/** `intercom export`: records of a workspace, to where they are used. */
import * as Printable from "@effect-intercom/core/Printable"
import * as Export from "@effect-intercom/export/Export"
import { ExportError } from "@effect-intercom/export/ExportError"
import type { Entry } from "@effect-intercom/export/Manifest"
import type { Plan } from "@effect-intercom/export/Plan"
import * as Resource from "@effect-intercom/export/Resource"
import * as Array from "effect/Array"
import * as CliError from "effect/cli/CliError"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as Connection from "./Connection.ts"
import * as Destination from "./Destination.ts"
import * as Estimate from "./Estimate.ts"
import * as Format from "@effect-intercom/export/Format"
import * as JsonLog from "./JsonLog.ts"
import * as Outcome from "./Outcome.ts"
import * as PlanFlags from "./PlanFlags.ts"
import * as ReportCommand from "./ReportCommand.ts"
import * as Reporter from "./Reporter.ts"
import * as Resources from "./Resources.ts"
import * as SchemaCommand from "./SchemaCommand.ts"
import * as Since from "./Since.ts"
import { whole } from "./internal/Flags.ts"
import * as StatusCommand from "./StatusCommand.ts"
import * as VerifyCommand from "./VerifyCommand.ts"

/**
 * Runs a plan with a reporter, and gives the entries of what is complete. Resources that failed by themselves were reported
 * to the reporter: they are one failure, at the end.
 */
export const run = <R>(plan: Plan, makeReporter: Effect.Effect<Reporter.Reporter, never, R>) =>
  Effect.gen(function* () {
    const reporter = yield* makeReporter
    const entries: Array<Entry> = []
    const failures: Array<ExportError> = []
    yield* Export.run(plan).pipe(
      Stream.runForEach((event) => {
        if ("entry" in event) entries.push(event.entry)
        // One that is everybody's is the command's own.
        if (event._tag === "Failed" && !event.error.ofAll) failures.push(event.error)
        return reporter.onEvent(event)
      }),
      Effect.catchIf(
        (error) => failures.includes(error),
        () => Effect.void
      )
    )
    if (Array.isArrayNonEmpty(failures)) {
      return yield* new Outcome.Unfinished({ of: (yield* Export.names(plan)).length, failures, kept: true })
    }
    return Export.inOrder(plan, entries)
  }).pipe(Effect.scoped)

const switchedOff = (name: string, description: string) =>
  Flag.Boolean(name).pipe(Flag.withDescription(description), Flag.withDefault(false))

const since = Flag.String("since").pipe(
  Flag.withMetavar("TIME"),
  Flag.withDescription(
    `What changed since then, instead of everything: ${Since.forms}. A date alone is midnight UTC. ` +
      "last: since the last export into the same place"
  ),
  Flag.mapEffect((value) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) =>
      Result.match(Since.parse(value, Math.floor(now / 1000)), {
        onFailure: (expected) =>
          Effect.fail(new CliError.InvalidValue({ option: "since", value, expected, kind: "flag" })),
        onSuccess: Effect.succeed
      })
    )
  ),
  Flag.optional
)

const config = {
  resources: Resources.argument("What to export"),
  all: switchedOff("all", "Every resource; one that fails does not stop the others"),
  to: Destination.flag,
  schema: Destination.schemaFlag,
  ...Destination.csvFlags,
  since,
  concurrency: whole("concurrency", 1, 1000).pipe(
    Flag.withDescription("Requests at once, of all resources (default: as many as latency and the rate limit need)"),
    Flag.optional
  ),
  ...PlanFlags.flags,
  force: switchedOff("force", "Export again what is complete, and replace what is of unknown origin"),
  restart: switchedOff("restart", "Drop what is unfinished, and start from the beginning"),
  dryRun: switchedOff("dry-run", "Say what would be done, and how many requests it takes; write nothing"),
  quiet: switchedOff("quiet", "Say only what is wrong").pipe(Flag.withAlias("q")),
  logFormat: Flag.Literals("log-format", ["text", "json"]).pipe(
    Flag.withDescription("json: an event a line on standard error, for machines"),
    Flag.withDefault("text" as const)
  ),
  ...Connection.flags
}

type Options = Command.Command.Config.Infer<typeof config>

/** The names to export, each once. A command line without any is refused before. */
const chosen = ({ all, resources }: Pick<Options, "all" | "resources">) =>
  Array.dedupe(all ? Resource.everything : resources.map(Resources.today))

const planOf = (options: Options): Option.Option<Plan> => {
  const names = chosen(options)
  if (!Array.isReadonlyArrayNonEmpty(names)) return Option.none()
  return Option.some({
    resources: names,
    ...PlanFlags.given("since", options.since),
    ...PlanFlags.plan(options, names),
    ...PlanFlags.given("concurrency", options.concurrency),
    force: options.force,
    restart: options.restart
  })
}

const reporterOf = ({ logFormat, quiet, to }: Options, resources: ReadonlyArray<string>) => {
  if (logFormat === "json") return Reporter.json(resources)
  if (quiet) return Reporter.quiet
  // What comes out of the pipe may go to the same terminal.
  return to.kind === "stdout" ? Reporter.lines(resources) : Reporter.fitting(resources, Reporter.lines(resources))
}

/** What is said when the user stops an export. */
const interrupted = ({ logFormat, to }: Options) => {
  if (logFormat === "json") return Effect.void
  return Console.error(to.kind === "stdout" ? "Stopped." : "Stopped. The same command resumes here.")
}

const exported = Effect.fnUntraced(function* (options: Options, plan: Plan) {
  const { quiet, to } = options
  if (Destination.showsPassword(to)) {
    yield* Effect.logWarning(
      "The password of the database can be seen in the list of processes: " +
        `put the address into ${Destination.postgresVariable}, and write --to postgres:`
    )
  }
  const former = Array.dedupe(options.resources).filter((name) => Resource.renamed.has(name))
  for (const name of quiet ? [] : former)
    yield* Effect.logWarning(`${name} is ${Resources.today(name)} now: say that instead`)
  const untold = PlanFlags.untold(options, chosen(options))
  if (untold !== undefined && !quiet) yield* Effect.logInfo(untold)
  const proxy = yield* Connection.proxy
  if (proxy !== undefined && !quiet) yield* Effect.logInfo(`Requests go through the proxy ${proxy}`)
  const entries = yield* run(plan, reporterOf(options, yield* Export.names(plan))).pipe(
    Effect.onInterrupt(() => interrupted(options)),
    Effect.mapError((error) => (to.kind === "stdout" ? Outcome.intoPipe(error) : error))
  )
  // There, standard output is the records.
  if (!quiet && to.kind !== "stdout") {
    yield* Effect.forEach(
      entries,
      (entry) => Effect.flatMap(summary(to, entry), (line) => Console.log(Printable.line(line))),
      { discard: true }
    )
  }
  const incomplete = Outcome.incomplete(entries, Destination.quarantine(to))
  if (incomplete !== undefined) return yield* incomplete
})

const summary = (destination: Destination.Destination, { place, records, sha256 }: Entry) =>
  Effect.map(
    Destination.path(destination, place),
    (path) => `${path}  ${Format.plural(records, "record")}  sha256 ${sha256}`
  )

const previewed = (plan: Plan) =>
  Effect.flatMap(Export.preview(plan), (previews) => Console.log(Estimate.render(previews)))

export const command = Command.make(
  "export",
  config,
  Effect.fnUntraced(
    function* (given) {
      const options = { ...given, to: Destination.asCsv(Destination.inSchema(given.to, given.schema), given) }
      const plan = planOf(options)
      // Refused before.
      if (Option.isNone(plan)) return
      const work = Connection.explained(options.dryRun ? previewed(plan.value) : exported(options, plan.value)).pipe(
        Effect.provide([
          Connection.layer(options),
          Destination.layer(options.to, { named: plan.value.resources.length > 1 })
        ])
      )
      if (options.logFormat === "json") return yield* JsonLog.speaking(work)
      yield* work
    },
    // So that the counts are of this export alone.
    Effect.provideServiceEffect(
      Metric.MetricRegistry,
      Effect.sync(() => new Map())
    )
  )
).pipe(
  Command.validate((options) => {
    const wrong = mistake(options)
    return wrong === undefined ? Effect.void : Effect.fail(new CliError.ValidationError({ message: wrong }))
  }),
  Command.withSubcommands([StatusCommand.command, VerifyCommand.command, ReportCommand.command, SchemaCommand.command]),
  Command.withDescription(
    "Export records of a workspace to files, a database or a pipe. Stopped or failed, the same command resumes " +
      "where it was. The access token is taken from INTERCOM_ACCESS_TOKEN. A record that differs from its schema is " +
      "written as received, and told as drift; set apart is what has no identity or cannot be stored.\n\n" +
      `Where to, --to:\n${Destination.help}`
  ),
  Command.withShortDescription("Export records to files, a database or a pipe"),
  Command.withExamples([
    {
      command: "intercom export contacts companies --to ndjson:dump",
      description: "Export all contacts, then all companies"
    },
    { command: "intercom export --all --to sqlite:workspace.db", description: "Export the workspace" },
    {
      command: "intercom export contacts conversations --to postgres: --since last",
      description: "Bring a database up to date: what changed since the last time"
    },
    { command: "intercom export tags --to - | jq .name", description: "Into a pipe" }
  ])
)

/** What is wrong with a combination of flags. */
function mistake(options: Options): string | undefined {
  const { all, dryRun, force, logFormat, overlap, quiet, resources, restart, since, to } = options
  if (all && resources.length > 0) return "--all is every resource: name some, or write --all"
  if (!all && resources.length === 0) return `Name what to export, or write --all: ${Resource.everything.join(", ")}`
  if (quiet && logFormat === "json") return "--quiet and --log-format json exclude each other"
  if (dryRun && logFormat === "json") return "--dry-run and --log-format json exclude each other"
  if (Option.isSome(overlap) && !Option.contains(since, "last")) return "--overlap is for --since last"
  if (to.kind === "stdout" && Option.contains(since, "last")) {
    return "--since last needs a destination that keeps what was exported: into a pipe, name a time"
  }
  if (to.kind === "stdout" && Option.contains(options.deletions, "compare")) {
    return "--deletions compare needs a destination that keeps what was exported, and a pipe keeps nothing"
  }
  if (to.kind === "stdout" && (force || restart)) {
    return `${force ? "--force" : "--restart"} is about what an earlier export left, and a pipe keeps nothing`
  }
  return (
    Destination.schemaMistake(to, options.schema) ??
    Destination.csvMistake(to, options) ??
    PlanFlags.mistake(options, chosen(options)) ??
    Connection.mistake(options)
  )
}
