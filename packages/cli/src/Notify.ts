/** `--notify` and its kin: an endpoint that a simulated workspace tells of what happens in it. */
import { fromPlatform } from "@effect-intercom/export/ExportError"
import * as Printable from "@effect-intercom/core/Printable"
import { Simulator } from "@effect-intercom/simulator/Simulator"
import * as Flag from "effect/cli/Flag"
import * as Config from "effect/Config"
import * as Console from "effect/Console"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { address, text, whole } from "./internal/Flags.ts"

/** Nobody can be notified so. */
export class CannotNotify extends Schema.TaggedError<CannotNotify>()("CannotNotify", {
  flag: Schema.Literals(["--notify", "--notify-secret-file"]),
  description: Schema.String
}) {
  override get message(): string {
    return Printable.line(`${this.flag}: ${this.description}`)
  }
}

/** `20%` as a part of one. */
const share = (value: string): Option.Option<number> => {
  const [, percent] = /^(\d{1,3}(?:\.\d+)?)%$/.exec(value) ?? []
  return Option.filter(Option.some(Number(percent ?? Number.NaN) / 100), (share) => share <= 1)
}

export const flags = {
  notify: address("notify", "http://localhost:3000/webhooks/intercom").pipe(
    Flag.withMetavar("URL"),
    Flag.withDescription("Tells this address of what happens in the workspace, by signed notifications (webhooks)"),
    Flag.optional
  ),
  notifySecretFile: text("notify-secret-file", "the name of a file").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription(
      "The file with the client secret they are signed with; else INTERCOM_CLIENT_SECRET, else simulator-secret"
    ),
    Flag.optional
  ),
  duplicates: Flag.String("duplicates").pipe(
    Flag.withMetavar("PERCENT"),
    Flag.withDescription("How many notifications come again after a minute, such as 20%; none when left out"),
    Flag.filterMap(share, () => "a percentage such as 20%"),
    Flag.optional
  ),
  reorder: whole("reorder", 0, 600_000).pipe(
    Flag.withMetavar("MILLISECONDS"),
    Flag.withDescription("Holds each notification back for up to so long, so that they overtake each other"),
    Flag.optional
  )
}

export interface Options {
  readonly notify: Option.Option<string>
  readonly notifySecretFile: Option.Option<string>
  readonly duplicates: Option.Option<number>
  readonly reorder: Option.Option<number>
}

/** What is wrong with these flags together. */
export const mistake = ({ notify, ...others }: Options): string | undefined => {
  const alone = (["notifySecretFile", "duplicates", "reorder"] as const).find((name) => others[name]._tag === "Some")
  if (Option.isSome(notify) || alone === undefined) return undefined
  return `--${alone === "notifySecretFile" ? "notify-secret-file" : alone} is about notifications: say where they go, with --notify`
}

const secretOf = (file: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString(file)).pipe(
    Effect.mapError(
      (error) => new CannotNotify({ flag: "--notify-secret-file", description: fromPlatform(file, error).message })
    ),
    Effect.map((text) => text.trim()),
    Effect.filterOrFail(
      (secret) => secret !== "",
      () =>
        new CannotNotify({
          flag: "--notify-secret-file",
          description: `${file} is empty: put the client secret there that the endpoint checks signatures with.`
        })
    )
  )

/** The first of several, as signatures are made with one. */
const fromEnvironment = Config.String("INTERCOM_CLIENT_SECRET").pipe(
  Config.map((secrets) => secrets.split(",")[0]?.trim() ?? ""),
  Config.withDefault("")
)

/** Has the endpoint told from now on, as long as the scope is open. */
export const subscribe = Effect.fnUntraced(function* (options: Options) {
  if (Option.isNone(options.notify)) return
  const url = options.notify.value
  const secret = Option.isSome(options.notifySecretFile)
    ? yield* secretOf(options.notifySecretFile.value)
    : yield* fromEnvironment
  const { notify } = yield* Simulator
  yield* notify({
    url,
    ...(secret === "" ? undefined : { clientSecret: Redacted.make(secret) }),
    repeated: Option.getOrUndefined(options.duplicates),
    disorder: Option.getOrUndefined(Option.map(options.reorder, Duration.millis))
  }).pipe(
    Effect.catchTags({
      EndpointError: ({ message }) =>
        Effect.fail(
          new CannotNotify({ flag: "--notify", description: `${message} Start what listens there, or correct it.` })
        ),
      SecretError: ({ message }) => Effect.fail(new CannotNotify({ flag: "--notify", description: message }))
    })
  )
  yield* Console.log(`Notifications of whatever happens go to ${Printable.line(new URL(url).origin)}, signed.\n`)
})
