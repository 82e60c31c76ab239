/** `intercom whoami`: whose token it is, and which workspace it opens. */
import * as Printable from "@effect-intercom/core/Printable"
import { Admins } from "@effect-intercom/core/resources/Admins"
import { IntercomHttp, RetryPolicy } from "@effect-intercom/core/IntercomHttp"
import * as CliError from "effect/cli/CliError"
import * as Command from "effect/cli/Command"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Connection from "./Connection.ts"

const known = (...parts: ReadonlyArray<string | null | undefined>): string =>
  Printable.line(parts.filter((part) => part !== null && part !== undefined && part !== "").join(", "))

export const command = Command.make(
  "whoami",
  Connection.flags,
  Effect.fnUntraced(function* (connection) {
    yield* Effect.gen(function* () {
      const { config } = yield* IntercomHttp
      const { app, email, id, name } = yield* Admins.use((admins) => admins.me())
      yield* Console.log(`admin      ${known(name, email, `id ${id}`)}`)
      yield* Console.log(`workspace  ${app == null ? "unknown" : known(app.name, app.id_code)}`)
      yield* Console.log(`region     ${known(app?.region, app?.timezone) || "unknown"}`)
      yield* Console.log(`API        ${config.baseUrl.href} version ${config.version}`)
      const proxy = yield* Connection.proxy
      if (proxy !== undefined) yield* Console.log(`proxy      ${Printable.line(proxy)}`)
    }).pipe(
      Connection.explained,
      // Someone is looking at an empty screen.
      Effect.provideService(RetryPolicy, { times: 2 }),
      Effect.provide(Connection.layer(connection))
    )
  })
).pipe(
  Command.validate((connection) => {
    const wrong = Connection.mistake(connection)
    return wrong === undefined ? Effect.void : Effect.fail(new CliError.ValidationError({ message: wrong }))
  }),
  Command.withDescription("Show the admin and the workspace of the access token in INTERCOM_ACCESS_TOKEN"),
  Command.withShortDescription("Show whose access token it is")
)
