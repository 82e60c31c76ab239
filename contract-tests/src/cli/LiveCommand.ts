/** `intercom-contract live`: a real workspace, or recorded traffic. */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { allowRefs, refuse, whole } from "./Flags.ts"

const flags = {
  spec: Flag.String("spec").pipe(
    Flag.withMetavar("FILE|URL"),
    Flag.withDescription("an OpenAPI document; Intercom's with the project's overlays when left out"),
    Flag.optional
  ),
  overlays: Flag.String("overlay").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription(
      "an OpenAPI overlay, or a fragment of OpenAPI to add, instead of all the project's own; may be repeated"
    ),
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
  allowRefs,
  notes: Flag.Boolean("notes").pipe(Flag.withDefault(false), Flag.withDescription("print notes, too")),
  all: Flag.Boolean("all").pipe(
    Flag.withDefault(false),
    Flag.withDescription("print each divergence on a line of its own, however many are alike")
  )
}

export type Input = Command.Command.Config.Infer<typeof flags>

/** Fails with `Diverged` when there are divergences. */
export const command = Command.make("live", flags, (input) =>
  Effect.flatMap(
    Effect.promise(() => import("./run/Live.ts")),
    ({ run }) => run(input)
  )
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
