/** `intercom-contract diff OLD NEW`. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import { allowRefs } from "./Flags.ts"

const document = (name: string, description: string) =>
  Argument.String(name).pipe(Argument.withDescription(`${description}: a file or a URL, YAML or JSON`))

const flags = {
  older: document("OLD", "the document the client is known to fit"),
  newer: document("NEW", "the document in question"),
  allowRefs,
  notes: Flag.Boolean("notes").pipe(
    Flag.withDefault(false),
    Flag.withDescription("print, too, what changed without touching the client")
  ),
  all: Flag.Boolean("all").pipe(
    Flag.withDefault(false),
    Flag.withDescription("print each difference on a line of its own, however many are alike")
  )
}

export type Input = Command.Command.Config.Infer<typeof flags>

/** Fails with `Diverged` when something would break. */
export const command = Command.make("diff", flags, (input) =>
  Effect.flatMap(
    Effect.promise(() => import("./run/Diff.ts")),
    ({ run }) => run(input)
  )
).pipe(
  Command.withDescription("Compare two OpenAPI documents as the client sees them: what would break, what is new"),
  Command.withExamples([
    { command: "intercom-contract diff 2.14.yml 2.15.yml", description: "Exit code 1 when something would break" }
  ])
)
