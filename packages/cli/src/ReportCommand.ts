/** `intercom export report`: a page about what stands at a destination. */
import * as Printable from "@effect-intercom/core/Printable"
import * as Directory from "@effect-intercom/export/Directory"
import * as Overview from "@effect-intercom/export/Overview"
import * as Report from "@effect-intercom/export/Report"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Path from "effect/Path"
import * as Destination from "./Destination.ts"
import * as WholeFile from "./internal/WholeFile.ts"

export const command = Command.make(
  "report",
  {
    ...Destination.place,
    out: Flag.String("out").pipe(
      Flag.withAlias("o"),
      Flag.withMetavar("FILE"),
      Flag.withDescription("The file to write (default: report.html)"),
      Flag.withDefault("report.html")
    )
  },
  Effect.fnUntraced(function* ({ out, ...options }) {
    const overview = yield* Destination.look("report", options, Overview.read)
    yield* Destination.mustNotHold(options.destination, overview, out)
    const { dirname } = yield* Path.Path
    yield* Directory.make(dirname(out))
    yield* WholeFile.write(out, Report.render(overview))
    yield* Console.log(Printable.line(out))
  })
).pipe(
  Command.validate((options) => Destination.validPlace(options)),
  Command.withDescription(
    "Write a page about an export: counts, throughput, waits, and what is quarantined or missing"
  ),
  Command.withExamples([
    { command: "intercom export report dump --out dump/report.html", description: "A page beside the files" }
  ])
)
