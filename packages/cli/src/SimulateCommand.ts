/** `intercom simulate`: an Intercom workspace on this machine. */
import * as Faults from "@effect-intercom/simulator/Faults"
import * as RateLimit from "@effect-intercom/simulator/RateLimit"
import { defaultCounts, Simulator } from "@effect-intercom/simulator/Simulator"
import * as CliError from "effect/cli/CliError"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Record from "effect/Record"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Str from "effect/String"
import * as Format from "@effect-intercom/export/Format"
import { whole } from "./internal/Flags.ts"
import * as Mistake from "./Mistake.ts"
import * as Network from "./Network.ts"
import * as Notify from "./Notify.ts"

/** The port cannot be had. */
export class CannotListen extends Schema.TaggedError<CannotListen>()("CannotListen", { port: Schema.Int }) {
  override get message(): string {
    return `Port ${this.port} cannot be used: choose another with --port, or leave it out for a free one.`
  }
}

/** `--news-items 12`, and one flag like this for each kind of record. */
const amounts = Record.map(defaultCounts, (value, name) =>
  whole(Str.kebabCase(name), 0, 10_000_000).pipe(
    Flag.withDescription(
      `How many ${name === "events" ? "each contact has" : "there are"}; ${Format.count(value)} when left out`
    ),
    Flag.withDefault(value)
  )
)

/** The sentences of the simulator say what is wrong, and repeat what was written. */
const refused = (name: string, value: string, form: string) => (error: Error) =>
  new CliError.ValidationError({
    message: `--${name}: ${Mistake.shown(value) === value ? error.message : `It takes something like ${form}.`}`
  })

/** `--rate-limit 166/10s`. */
export const rateLimitFlag = Flag.String("rate-limit").pipe(
  Flag.withMetavar("REQUESTS/WINDOW"),
  Flag.withDescription("Requests a window takes, such as 166/10s; 5000/10s when left out"),
  Flag.mapEffect((value) => Effect.mapError(RateLimit.parse(value), refused("rate-limit", value, "166/10s")))
)

/** `--faults 2%`. */
export const faultsFlag = Flag.String("faults").pipe(
  Flag.withDescription(
    "What goes wrong: 2% (of all kinds), reset=1%,error503=1%, or script:ok,reset; none when left out"
  ),
  Flag.mapEffect((value) =>
    Effect.mapError(Faults.parse(value), refused("faults", value, "2% or reset=1%,error503=1%"))
  )
)

const timezoneFlag = Flag.String("timezone").pipe(
  Flag.withMetavar("NAME"),
  Flag.withDescription("The workspace's time zone, by whose days contacts are searched; UTC when left out"),
  Flag.filter(
    (name) => Option.isSome(DateTime.zoneMakeNamed(name)),
    () => "the name of a time zone, such as Europe/Dublin"
  ),
  Flag.withDefault("UTC")
)

// `--version` is that of the command.
const versionFlag = Flag.String("api-version").pipe(
  Flag.withMetavar("VERSION"),
  Flag.withDescription("The version of the API that answers requests which name none; 2.15 when left out"),
  Flag.filter(
    (version) => /^([12]\.\d{1,2}|Preview|Unstable)$/.test(version),
    () => "a version of the API, such as 2.16"
  ),
  Flag.withDefault("2.15")
)

const announce = Effect.fnUntraced(function* () {
  const { token, url } = yield* Simulator
  yield* Console.log(`A simulated Intercom answers at ${url} until you press Ctrl-C. In another shell:

  export INTERCOM_BASE_URL=${url}
  export INTERCOM_ACCESS_TOKEN=${Redacted.value(token)}
  intercom export contacts --to ndjson:out
`)
})

export const command = Command.make(
  "simulate",
  {
    port: whole("port", 0, 65_535).pipe(
      Flag.withAlias("p"),
      Flag.withDescription("The port to listen on; a free one when left out"),
      Flag.withDefault(0)
    ),
    seed: Flag.Int("seed").pipe(
      Flag.withDescription("Decides every record and fault: the same seed gives the same bytes; 1 when left out"),
      Flag.withDefault(1)
    ),
    ...amounts,
    timezone: timezoneFlag,
    version: versionFlag,
    rateLimit: Flag.optional(rateLimitFlag),
    faults: Flag.optional(faultsFlag),
    latency: whole("latency", 0, 600_000).pipe(
      Flag.withDescription("Milliseconds each answer takes at least; 0 when left out"),
      Flag.withDefault(0)
    ),
    ...Notify.flags
  },
  Effect.fnUntraced(function* ({
    duplicates,
    faults,
    latency,
    notify,
    notifySecretFile,
    rateLimit,
    reorder,
    ...options
  }) {
    yield* Effect.andThen(Notify.subscribe({ duplicates, notify, notifySecretFile, reorder }), announce()).pipe(
      Effect.andThen(Effect.never),
      Effect.scoped,
      Effect.provide(Network.proxied),
      Effect.provide(
        Simulator.layer({
          ...options,
          rateLimit: Option.getOrUndefined(rateLimit),
          faults: Option.getOrUndefined(faults),
          ...(latency === 0 ? undefined : { latency: Duration.millis(latency) })
        })
      ),
      Effect.catchTag("ServeError", () => Effect.fail(new CannotListen({ port: options.port })))
    )
  })
).pipe(
  Command.validate((options) => {
    const wrong = Notify.mistake(options)
    return wrong === undefined ? Effect.void : Effect.fail(new CliError.ValidationError({ message: wrong }))
  }),
  Command.withDescription(
    "Run an Intercom workspace on this machine: made-up records, real pages, limits and errors, and faults on request"
  ),
  Command.withShortDescription("Run an Intercom workspace on this machine"),
  Command.withExamples([
    {
      command: "intercom simulate --contacts 100000 --rate-limit 166/10s --faults 2%",
      description: "Many contacts, a tight limit, and one request in fifty that fails"
    },
    {
      command: "intercom simulate --notify http://localhost:3000/webhooks/intercom --duplicates 20% --reorder 2000",
      description: "Tell an application of what happens, some of it twice and out of order"
    }
  ])
)
