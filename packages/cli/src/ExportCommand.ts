/** `intercom export`: records of a workspace as NDJSON files. */
import * as Export from "@effect-intercom/export/Export"
import type { Entry } from "@effect-intercom/export/Manifest"
import * as Resource from "@effect-intercom/export/Resource"
import * as Argument from "effect/cli/Argument"
import * as CliError from "effect/cli/CliError"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import * as Connection from "./Connection.ts"
import * as Format from "@effect-intercom/export/Format"
import * as NodeSha256 from "@effect-intercom/export/NodeSha256"
import * as ProgressLine from "./ProgressLine.ts"
import * as Reporter from "./Reporter.ts"

/** Everything was written, but some records did not fit their schema. */
export class Quarantined extends Schema.TaggedError<Quarantined>()("Quarantined", {
  count: Schema.Int,
  path: Schema.String
}) {
  override get message(): string {
    const [records, are] = this.count === 1 ? ["record does", "it is"] : ["records do", "they are"]
    return `${Format.count(this.count)} ${records} not fit the schema: ${are} in ${this.path}, each with the reason.`
  }
}

const names = Object.keys(Resource.all) as ReadonlyArray<Resource.Name>

/** What is said when the user stops an export. */
const interrupted = Console.error("Stopped. The same command goes on from here.")

/** Runs a plan with a reporter, and says what came of it. */
export const run = Effect.fnUntraced(function* (plan: Export.Plan, makeReporter: typeof Reporter.terminal) {
  const reporter = yield* makeReporter
  return yield* Export.run(plan, reporter.onEvent)
}, Effect.scoped)

const summary = Effect.fnUntraced(function* (directory: string, entries: ReadonlyArray<Entry>) {
  const path = yield* Path.Path
  yield* Effect.forEach(
    entries.filter(({ matches }) => matches === false),
    (entry) => Effect.logWarning(ProgressLine.mismatch(entry)),
    { discard: true }
  )
  yield* Effect.forEach(
    entries,
    ({ file, records, sha256 }) =>
      Console.log(`${path.join(directory, file)}  ${Format.plural(records, "record")}  sha256 ${sha256}`),
    { discard: true }
  )
  const count = entries.reduce((sum, { quarantined }) => sum + quarantined, 0)
  if (count > 0) return yield* new Quarantined({ count, path: path.join(directory, "quarantine.ndjson") })
})

export const command = Command.make(
  "export",
  {
    resources: Argument.Literals("resource", names).pipe(
      Argument.withDescription(`What to export, one after the other: ${names.join(", ")}`),
      Argument.variadic({ min: 1 })
    ),
    out: Flag.Directory("out", { mustExist: false }).pipe(
      Flag.withAlias("o"),
      Flag.withDescription("The directory for the files; created when there is none")
    ),
    from: Flag.String("from").pipe(
      Flag.withMetavar("CURSOR"),
      Flag.withDescription("Start after this page, instead of at the first record"),
      Flag.optional
    ),
    pageSize: Flag.Int("page-size").pipe(
      Flag.withDescription("Records per request, where the listing has pages; smaller ones help when they time out"),
      Flag.filter(
        (size) => size > 0,
        () => "--page-size takes at least one record"
      ),
      Flag.optional
    ),
    force: Flag.Boolean("force").pipe(
      Flag.withDescription("Export again what is complete already"),
      Flag.withDefault(false)
    ),
    ...Connection.flags
  },
  Effect.fnUntraced(function* ({ force, from, out, pageSize, resources, ...connection }) {
    const plan: Export.Plan = {
      resources: [...new Set(resources)].map((name) => Resource.all[name]),
      directory: out,
      from: Option.getOrUndefined(from),
      pageSize: Option.getOrUndefined(pageSize),
      force
    }
    const entries = yield* run(plan, Reporter.fitting(Reporter.logs)).pipe(
      Effect.provide(Connection.layer(connection)),
      Effect.onInterrupt(() => interrupted)
    )
    yield* summary(out, entries)
  }, Effect.provide(NodeSha256.layer))
).pipe(
  Command.validate(({ from, resources }) => {
    const [resource, ...others] = resources.map((name) => Resource.all[name])
    if (Option.isNone(from) || (others.length === 0 && resource?.pageSize !== null)) return Effect.void
    return Effect.fail(new CliError.ValidationError({ message: "--from takes a single resource, one with pages" }))
  }),
  Command.withDescription(
    "Write records as NDJSON: one a line, exactly as received. Stopped or failed, the same command goes on where it " +
      "was. The access token is taken from INTERCOM_ACCESS_TOKEN."
  ),
  Command.withShortDescription("Write records as NDJSON files"),
  Command.withExamples([
    {
      command: "intercom export contacts companies --out dump",
      description: "Export all contacts, then all companies"
    },
    { command: "intercom export contacts --out dump --force", description: "Export the contacts again" }
  ])
)
