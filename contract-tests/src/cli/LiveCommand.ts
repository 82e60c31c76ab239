/** `intercom-contract live`: a real workspace, or recorded traffic. */
import * as Printable from "@effect-intercom/core/Printable"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import type * as Config from "effect/Config"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { IntercomConfig } from "@effect-intercom/core"
import * as Baseline from "../report/Baseline.ts"
import { type Divergence, isFailure } from "../report/Divergence.ts"
import { Diverged } from "./Diverged.ts"
import type { EffectiveDocument } from "../document/EffectiveDocument.ts"
import * as Har from "../traffic/Har.ts"
import { refuse, whole } from "./Flags.ts"
import * as Live from "../traffic/Live.ts"
import * as Report from "../report/Report.ts"
import * as Reports from "../report/Reports.ts"
import * as DocumentSource from "../document/DocumentSource.ts"

const input = {
  spec: Flag.String("spec").pipe(
    Flag.withMetavar("FILE|URL"),
    Flag.withDescription("an OpenAPI document; Intercom's with the project's overlays when left out"),
    Flag.optional
  ),
  overlays: Flag.String("overlay").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("an OpenAPI overlay to apply instead of the project's own; may be repeated"),
    Flag.atLeast(0)
  ),
  har: Flag.String("har").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("recorded traffic instead of a workspace"),
    Flag.optional
  ),
  origins: Flag.String("origin").pipe(
    Flag.withMetavar("URL"),
    Flag.withDescription("where else the recorded API was, such as http://127.0.0.1:4010; may be repeated"),
    Flag.atLeast(0)
  ),
  perPage: whole("per-page", 1, 150).pipe(
    Flag.withDescription("records asked for at once, of a workspace; 5 when left out"),
    Flag.optional
  ),
  values: Flag.Boolean("values").pipe(
    Flag.withDefault(false),
    Flag.withDescription("show values, and ids in requests: personal data, more often than not")
  ),
  baseline: Flag.String("baseline").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("divergences that are accepted"),
    Flag.optional
  ),
  report: Flag.String("report").pipe(
    Flag.withMetavar("DIR"),
    Flag.withDescription("write the reports into a folder"),
    Flag.optional
  ),
  strict: Flag.Boolean("strict").pipe(
    Flag.withDefault(false),
    Flag.withDescription("let drift fail, too: the API always sends some fields nobody describes")
  ),
  allowRefs: DocumentSource.allowRefs,
  notes: Flag.Boolean("notes").pipe(Flag.withDefault(false), Flag.withDescription("print notes, too")),
  all: Flag.Boolean("all").pipe(
    Flag.withDefault(false),
    Flag.withDescription("print each divergence on a line of its own, however many are alike")
  )
}

/** The environment does not say which workspace to ask. */
export class LiveError extends Schema.TaggedError<LiveError>()("LiveError", { description: Schema.String }) {
  override get message(): string {
    return this.description
  }
}

const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()

const misconfigured = ({ cause, message }: Config.ConfigError): LiveError => {
  const issues = Schema.isSchemaError(cause) ? issuesOf(cause.issue).issues : []
  const sentences = issues.map(({ message, path = [] }) => {
    const name = path.map(String).join(".")
    return name === "INTERCOM_ACCESS_TOKEN" && message === "Expected string"
      ? "INTERCOM_ACCESS_TOKEN is not set: it takes an access token of the workspace to ask."
      : `${name}: ${message.replace(/^Expected/, "expected")}.`
  })
  return new LiveError({ description: sentences.length === 0 ? message : sentences.join(" ") })
}

const workspace = (document: EffectiveDocument, options: Live.Options) =>
  Effect.flatMap(IntercomConfig.config, (config) => Live.run(document, config, options)).pipe(
    Effect.catchTag("ConfigError", (error) => Effect.fail(misconfigured(error)))
  )

/** Fails with {@link Diverged} when there are divergences. */
export const command = Command.make("live", input, (given) =>
  Effect.gen(function* () {
    const { all, notes, overlays, strict, values } = given
    // What a baseline no longer finds is told as drift of coverage.
    const fails = (one: Divergence) =>
      isFailure(one) && (strict || one.class === "breaking" || one.direction === "coverage")
    const baseline = Option.isNone(given.baseline) ? undefined : yield* Baseline.load(given.baseline.value)
    const recorded = Option.isNone(given.har) ? undefined : yield* Har.read(given.har.value)
    const document = yield* DocumentSource.read({
      spec: Option.getOrUndefined(given.spec),
      allowRefs: given.allowRefs,
      overlays: overlays.length > 0 ? overlays : "auto"
    })
    const found =
      recorded === undefined
        ? yield* workspace(document, { values, perPage: Option.getOrElse(given.perPage, () => 5) })
        : yield* Har.run(document, recorded, { values, origins: given.origins, file: Option.getOrUndefined(given.har) })
    const report = baseline === undefined ? found : yield* Baseline.accept(found, baseline)
    yield* Console.log(Printable.lines(Report.traffic(report, { all, notes, fails })))
    if (Option.isSome(given.report)) {
      yield* Reports.write(given.report.value, report, { accepted: ({ accepted }) => accepted })
    }
    const failures = report.divergences.filter(fails)
    if (failures.length > 0) return yield* Diverged.of(failures)
  })
).pipe(
  Command.validate(({ har, origins, perPage }) =>
    refuse([
      [Option.isNone(har) && origins.length > 0, "--origin says where recorded traffic was: it goes with --har"],
      [Option.isSome(har) && Option.isSome(perPage), "--per-page is for a workspace: recorded traffic is not asked for"]
    ])
  ),
  Command.withDescription("Check what a real workspace answers, or a HAR file recorded; only operations that read"),
  Command.withExamples([
    { command: "intercom-contract live", description: "The workspace of INTERCOM_ACCESS_TOKEN" },
    { command: "intercom-contract live --har traffic.har", description: "Recorded traffic" }
  ])
)
