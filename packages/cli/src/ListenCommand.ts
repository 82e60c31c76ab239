/** `intercom listen`: notifications of Intercom, on this machine. */
import * as Webhook from "@effect-intercom/core/webhook/Signature"
import * as Printable from "@effect-intercom/core/Printable"
import { fromPlatform } from "@effect-intercom/export/ExportError"
import * as Format from "@effect-intercom/export/Format"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as CliError from "effect/cli/CliError"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as HttpServer from "effect/http/HttpServer"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Option from "effect/Option"
import type { PlatformError } from "effect/PlatformError"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { createServer } from "node:http"
import * as Captured from "./Captured.ts"
import { address, text, whole } from "./internal/Flags.ts"
import * as Listener from "./Listener.ts"
import * as Network from "./Network.ts"
import { CannotListen } from "./SimulateCommand.ts"

/** Some notifications of a file were none, or were not taken. */
export class NotReplayed extends Schema.TaggedError<NotReplayed>()("NotReplayed", {
  refused: Schema.Int,
  foreign: Schema.Int,
  /** How many had no answer, and why the last of them had none. */
  unanswered: Schema.Int,
  silence: Schema.optionalKey(Schema.String),
  all: Schema.Int
}) {
  override get message(): string {
    const { all, foreign, refused, silence, unanswered } = this
    const parts = [
      ...(unanswered === 0 ? [] : [`${Format.count(unanswered)} were not taken: ${silence ?? "there was no answer"}`]),
      ...(refused === 0 ? [] : [`${Format.count(refused)} were not taken: look at what the endpoint logs`]),
      ...(foreign === 0 ? [] : [`${Format.count(foreign)} are no notifications: check the file`])
    ]
    return `Of ${Format.count(all)} lines, ${parts.join("; ")}.`
  }
}

/** The file of a flag cannot be read, or not written. */
export class FileRefused extends Schema.TaggedError<FileRefused>()("FileRefused", {
  flag: Schema.Literals(["replay", "save"]),
  file: Schema.String,
  description: Schema.String
}) {
  override get message(): string {
    const { description, file, flag } = this
    return Printable.line(
      flag === "replay"
        ? `--replay: ${file} cannot be read: ${description}. Name the file that --save wrote, or one with a notification a line.`
        : `--save: ${file} cannot be written: ${description}. Name a file in a directory that is there, and that may be written.`
    )
  }
}

const refusing = (flag: FileRefused["flag"], file: string) => (error: PlatformError) => {
  const reason = fromPlatform(file, error, { reads: flag === "replay" })
  return new FileRefused({ flag, file, description: "description" in reason ? reason.description : reason.message })
}

const forward = address("forward", "http://localhost:3000/webhooks/intercom").pipe(
  Flag.withMetavar("URL"),
  Flag.withDescription("Passes each notification on to this address, signed"),
  Flag.optional
)

const file = (name: string, description: string) =>
  text(name, "the name of a file").pipe(Flag.withMetavar("FILE"), Flag.withDescription(description), Flag.optional)

/** Sends what a file has to an endpoint, one after the other. */
const replay = Effect.fnUntraced(function* (file: string, options: Listener.Options) {
  type Counts = ConstructorParameters<typeof NotReplayed>[0]
  const counts = yield* Ref.make<Counts>({ all: 0, refused: 0, foreign: 0, unanswered: 0 })
  yield* Captured.bodies(file).pipe(
    Stream.mapError(refusing("replay", file)),
    Stream.runForEach((body) =>
      Effect.flatMap(Listener.handle(new TextEncoder().encode(body), options), ({ isOne, silence, taken }) =>
        Ref.update(counts, (counts) => ({
          ...counts,
          all: counts.all + 1,
          refused: counts.refused + (taken || silence !== undefined ? 0 : 1),
          foreign: counts.foreign + (isOne ? 0 : 1),
          ...(silence === undefined ? undefined : { unanswered: counts.unanswered + 1, silence })
        }))
      )
    )
  )
  const told = yield* Ref.get(counts)
  if (told.refused + told.foreign + told.unanswered > 0) return yield* new NotReplayed(told)
})

/** Takes notifications until it is interrupted. */
const serve = Effect.fnUntraced(function* (
  port: number,
  options: Listener.Options & { readonly save: Option.Option<string> }
) {
  if (Option.isSome(options.save)) {
    const { value } = options.save
    yield* Effect.mapError(Captured.open(value), refusing("save", value))
  }
  const answer = Listener.answer(options)
  const app = Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ method }) => {
    // The Developer Hub checks an address by HEAD.
    if (method === "HEAD") return Effect.succeed(HttpServerResponse.empty({ status: 200 }))
    return method === "POST" ? answer : Effect.succeed(HttpServerResponse.empty({ status: 405 }))
  })
  const server = yield* NodeHttpServer.make(() => createServer(), { host: "127.0.0.1", port }).pipe(
    Effect.catchTag("ServeError", () => Effect.fail(new CannotListen({ port })))
  )
  yield* server.serve(app)
  yield* Console.error(
    `Listening at ${HttpServer.formatAddress(server.address)} until you press Ctrl-C. Intercom needs an HTTPS address that ` +
      "leads here: that of a tunnel, in the Developer Hub, Configure, Webhooks."
  )
  return yield* Effect.never
})

export const command = Command.make(
  "listen",
  {
    port: whole("port", 0, 65_535).pipe(
      Flag.withAlias("p"),
      Flag.withDescription("The port to listen on; a free one when left out"),
      Flag.withDefault(0)
    ),
    forward,
    save: file("save", "Adds what arrives to this file, a line each"),
    replay: file("replay", "Sends what --save kept, or a file with a notification a line, instead of listening"),
    json: Flag.Boolean("json").pipe(
      Flag.withDescription("Prints notifications as they came, a line each"),
      Flag.withDefault(false)
    )
  },
  Effect.fnUntraced(function* ({ port, replay: file, save, ...options }) {
    const program = Effect.gen(function* () {
      const signatures = yield* Webhook.Verifier
      if (Option.isSome(file)) return yield* replay(file.value, { ...options, signatures })
      return yield* serve(port, { ...options, signatures, save })
    })
    yield* program.pipe(Effect.scoped, Effect.provide([Webhook.layerEnv, Network.proxied]))
  })
).pipe(
  Command.validate(({ replay, save }) =>
    Option.isSome(replay) && Option.isSome(save)
      ? Effect.fail(new CliError.ValidationError({ message: "--save is for what arrives: leave it out with --replay" }))
      : Effect.void
  ),
  Command.withDescription(
    "Listen for notifications (webhooks): check their signatures with the client secret in INTERCOM_CLIENT_SECRET, print them, pass them on, and send them again from a file"
  ),
  Command.withShortDescription("Listen for notifications, and pass them on"),
  Command.withExamples([
    {
      command:
        "intercom listen --port 4000 --forward http://localhost:3000/webhooks/intercom --save notifications.ndjson",
      description: "Pass notifications on to an application, and keep them"
    },
    {
      command: "intercom listen --replay notifications.ndjson --forward http://localhost:3000/webhooks/intercom",
      description: "Send them again"
    }
  ])
)
