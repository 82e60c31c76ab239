/** `intercom-contract diff OLD NEW`. */
import * as Argument from "effect/cli/Argument"
import * as Printable from "@effect-intercom/core/Printable"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Diff from "../checks/Diff.ts"
import { Diverged } from "./Diverged.ts"
import * as Report from "../report/Report.ts"
import * as DocumentSource from "../document/DocumentSource.ts"

const document = (name: string, description: string) =>
  Argument.String(name).pipe(Argument.withDescription(`${description}: a file or a URL, YAML or JSON`))

const input = {
  older: document("OLD", "the document the client is known to fit"),
  newer: document("NEW", "the document in question"),
  allowRefs: DocumentSource.allowRefs,
  notes: Flag.Boolean("notes").pipe(
    Flag.withDefault(false),
    Flag.withDescription("print, too, what changed without touching the client")
  ),
  all: Flag.Boolean("all").pipe(
    Flag.withDefault(false),
    Flag.withDescription("print each difference on a line of its own, however many are alike")
  )
}

/** Fails with {@link Diverged} when something would break. */
export const command = Command.make("diff", input, ({ all, allowRefs, newer, notes, older }) =>
  Effect.gen(function* () {
    // As they are: what overlays say of one document is not said of another.
    const [before, now] = yield* Effect.all(
      [
        DocumentSource.read({ spec: older, allowRefs, overlays: "none" }),
        DocumentSource.read({ spec: newer, allowRefs, overlays: "none" })
      ],
      { concurrency: "unbounded" }
    )
    const found = yield* Diff.run(before, now)
    yield* Console.log(Printable.lines(Report.difference(found, before.source, now.source, { all, notes })))
    const failures = found.filter((one) => one.class === "breaking" || one.fault !== undefined)
    if (failures.length > 0) return yield* Diverged.of(failures)
  })
).pipe(
  Command.withDescription("Compare two OpenAPI documents as the client sees them: what would break, what is new"),
  Command.withExamples([
    { command: "intercom-contract diff 2.14.yml 2.15.yml", description: "Exit code 1 when something would break" }
  ])
)
