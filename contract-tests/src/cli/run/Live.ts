/** What `intercom-contract live` does. */
import { IntercomConfig } from "@effect-intercom/core"
import * as Printable from "@effect-intercom/core/Printable"
import type * as Config from "effect/Config"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as DocumentSource from "../../document/DocumentSource.ts"
import type { EffectiveDocument } from "../../document/EffectiveDocument.ts"
import * as Baseline from "../../report/Baseline.ts"
import { type Divergence, isFailure } from "../../report/Divergence.ts"
import * as Report from "../../report/Report.ts"
import * as Reports from "../../report/Reports.ts"
import * as Har from "../../traffic/Har.ts"
import * as Live from "../../traffic/Live.ts"
import { Diverged } from "../Diverged.ts"
import type { Input } from "../LiveCommand.ts"

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
export const run = Effect.fnUntraced(function* (given: Input) {
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
