/** `intercom export verify`: whether what was exported is still there, unchanged. */
import * as Printable from "@effect-intercom/core/Printable"
import * as Format from "@effect-intercom/export/Format"
import * as Verify from "@effect-intercom/export/Verify"
import * as Command from "effect/cli/Command"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Destination from "./Destination.ts"
import * as Style from "./Style.ts"

/** Some outputs are not as the manifest says. */
export class Differs extends Schema.TaggedError<Differs>()("Differs", {
  outputs: Schema.NonEmptyArray(Schema.String)
}) {
  override get message(): string {
    return (
      `${this.outputs.join(", ")}: not as the manifest says. Something else changed it since it was exported: ` +
      "put it back, or export it again with --force."
    )
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
  const [first, ...others] = verdicts.filter((verdict) => !Verify.isSound(verdict)).map(({ output }) => output)
  if (first !== undefined) return yield* new Differs({ outputs: [first, ...others] })
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
