/** `intercom export verify`: whether what was exported is still there, unchanged. */
import * as Printable from "@effect-intercom/core/Printable"
import * as Format from "@effect-intercom/export/Format"
import * as Verify from "@effect-intercom/export/Verify"
import * as Command from "effect/cli/Command"
import * as Arr from "effect/Array"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Destination from "./Destination.ts"
import * as Style from "./Style.ts"

/** Some outputs are not as the manifest says. */
export class Differs extends Schema.TaggedError<Differs>()("Differs", {
  /** Read, and different; or gone. */
  outputs: Schema.Array(Schema.String),
  /** What could not be read, which nobody need have changed. */
  unread: Schema.Array(Schema.String)
}) {
  override get message(): string {
    const { outputs, unread } = this
    return [
      ...(outputs.length === 0
        ? []
        : [
            `${outputs.join(", ")}: not as the manifest says. Something else changed it since it was exported: ` +
              "put it back, or export it again with --force."
          ]),
      ...(unread.length === 0
        ? []
        : [
            `${unread.join(", ")}: could not be read, for the reason beside the name, and need not have changed. ` +
              "Remove the cause, and verify again; only what is damaged has to be exported again, with --force."
          ])
    ].join(" ")
  }
}

/** No manifest is there. */
export class NothingExported extends Schema.TaggedError<NothingExported>()("NothingExported", {}) {
  override get message(): string {
    return "Nothing is complete there, so there is nothing to verify."
  }
}

const said = ({ differences, entry, unreadable }: Verify.Verdict): string => {
  if (unreadable !== undefined) return unreadable.message
  if (differences.length === 0) return `${Format.plural(entry.records, "record")}, sha256 ${entry.sha256}`
  return differences.map(({ expected, found, what }) => `${what}: ${found}, not ${expected}`).join("; ")
}

const isChanged = ({ differences, unreadable }: Verify.Verdict): boolean =>
  differences.length > 0 ||
  unreadable?._tag === "Missing" ||
  (unreadable?._tag === "FileFailed" && unreadable.damaged === true)

/** The line of an output, whose name takes `width` cells. */
export const render = (verdict: Verify.Verdict, width: number, style: Style.Style): string =>
  `${Verify.isSound(verdict) ? style.good("✓") : style.bad("✗")} ${Printable.line(verdict.output).padEnd(width)}  ${Printable.line(said(verdict))}`

/** Verifies, reports each output, and fails when one differs. */
export const run = Effect.gen(function* () {
  const style = yield* Style.current
  const verdicts = yield* Verify.outputs
  if (verdicts.length === 0) return yield* new NothingExported()
  const width = Math.max(13, ...verdicts.map(({ output }) => output.length))
  yield* Effect.forEach(verdicts, (verdict) => Console.log(render(verdict, width, style)), { discard: true })
  const [outputs, unread] = Arr.partition(
    verdicts.filter((verdict) => !Verify.isSound(verdict)),
    (verdict) => (isChanged(verdict) ? Result.succeed(verdict.output) : Result.fail(verdict.output))
  )
  if (outputs.length + unread.length > 0) return yield* new Differs({ outputs, unread })
})

export const command = Command.make("verify", Destination.place, (options) =>
  Destination.look("verify", options, run)
).pipe(
  Command.validate((options) => Destination.validPlace(options)),
  Command.withDescription(
    "Count and digest every output again, and compare with the manifest; exit code 1 when one differs"
  ),
  Command.withExamples([{ command: "intercom export verify sqlite:workspace.db", description: "Verify a database" }])
)
