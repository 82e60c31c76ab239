/**
 * What happens to whom: runs `intercom-client` and this client against the same scripted server on localhost, and
 * prints a table of what was observed: `node bench/behaviour/run.ts`, in about 25 seconds.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { IntercomHttp } from "@effect-intercom/core/IntercomHttp"
import { Articles } from "@effect-intercom/core/resources/Articles"
import { Companies } from "@effect-intercom/core/resources/Companies"
import { Contacts } from "@effect-intercom/core/resources/Contacts"
import { Events } from "@effect-intercom/core/resources/Events"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { IntercomClient } from "intercom-client"
import { versionOf } from "../internal/Machine.ts"
import { table } from "../internal/Report.ts"
import { errorText } from "./Outcome.ts"
import { hanging, longest, type Scenario, scenarios } from "./Scenarios.ts"
import { type Server, serve } from "./Server.ts"

const token = "behaviour"
const resources = Layer.mergeAll(Articles.layer, Companies.layer, Contacts.layer, Events.layer)

type Subject = (scenario: Scenario, server: Server) => Effect.Effect<string>

/** An error too is an observation. */
const told = <E>(call: Effect.Effect<string, E>) => call.pipe(Effect.catch((error) => Effect.succeed(errorText(error))))

const official: Subject = ({ official, retries, timeout }, server) => {
  const client = new IntercomClient({
    token,
    baseUrl: server.origin,
    maxRetries: retries ?? 2,
    ...(timeout === undefined ? undefined : { timeoutInSeconds: timeout })
  })
  return told(Effect.tryPromise({ try: () => official(client, server), catch: (error) => error }))
}

const client: Subject = ({ client, retries, timeout }, server) => {
  const http = IntercomHttp.layer({
    accessToken: Redacted.make(token),
    baseUrl: server.origin,
    retry: { times: retries ?? 2 },
    ...(timeout === undefined ? undefined : { timeout: Duration.seconds(timeout) })
  })
  const layer = resources.pipe(Layer.provide(http), Layer.provide(NodeHttpClient.layerUndici))
  return told(Effect.provide(client(server), layer))
}

/** Sleeps until a second has just begun. */
const wholeSecond = Effect.flatMap(Clock.currentTimeMillis, (now) => Effect.sleep(1050 - (now % 1000)))

/** One scenario with one client, on a server of its own. */
const observe = (scenario: Scenario, subject: Subject) =>
  Effect.gen(function* () {
    const server = yield* serve(scenario.script)
    if (scenario.wholeSecond === true) yield* wholeSecond
    const [taken, outcome] = yield* subject(scenario, server).pipe(
      Effect.timeoutOrElse({ duration: Duration.seconds(longest), orElse: () => Effect.succeed(hanging) }),
      Effect.timed
    )
    return scenario.observe({ outcome, server, seconds: Math.round(Duration.toSeconds(taken)) })
  }).pipe(Effect.scoped)

const program = Effect.gen(function* () {
  const rows = yield* Effect.forEach(scenarios, (scenario) =>
    Effect.map(Effect.all([observe(scenario, official), observe(scenario, client)], { concurrency: 2 }), (observed) => [
      scenario.name,
      ...observed
    ])
  )
  const head = ["what happens", `intercom-client ${versionOf("intercom-client")}`, "effect-intercom"]
  yield* Console.log(table([head, ...rows], "left"))
})

NodeRuntime.runMain(program)
