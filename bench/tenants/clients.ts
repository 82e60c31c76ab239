/** Makes a client for each of many workspaces, as an application does, and calls once with each. */
import { Contacts, Intercom, TokenStore, Workspaces } from "@effect-intercom/core"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { median } from "../internal/Report.ts"

class Few extends Workspaces.withClient<Few>()("bench/Few", Contacts.layer) {}
class All extends Workspaces.withClient<All>()("bench/All", Intercom.layerHttp) {}

const [kind = "one resource", count = "1000"] = process.argv.slice(2)
const many = Number(count)

setFlagsFromString("--expose-gc")
const collect = runInNewContext("gc") as () => void
const heap = Effect.sync(() => {
  collect()
  return process.memoryUsage().heapUsed
})
const now = Effect.sync(() => performance.now())
const cpu = Effect.sync(() => process.cpuUsage())

// No network: what the client itself costs.
const http = Layer.succeed(
  HttpClient.HttpClient,
  HttpClient.make((request) =>
    Effect.sync(() => HttpClientResponse.fromWeb(request, Response.json({ type: "list", data: [], total_count: 0 })))
  )
)
const tokens = Object.fromEntries(
  Array.from({ length: many + 20 }, (_, index) => [`w${index}`, { accessToken: Redacted.make(`token-${index}`) }])
)
const ask = Contacts.use(({ list }) => list({ per_page: 1 }))

const run = Effect.fnUntraced(function* (call: (workspace: string) => Effect.Effect<number>) {
  const first = yield* call(`w${many}`)
  // Whatever all share is there now, and warm.
  for (let index = 1; index < 20; index++) yield* call(`w${many + index}`)
  const before = yield* heap
  const used = yield* cpu
  const firstCalls: Array<number> = []
  for (let index = 0; index < many; index++) firstCalls.push(yield* call(`w${index}`))
  const after = yield* heap
  const { system, user } = process.cpuUsage(used)
  const again: Array<number> = []
  for (let index = 0; index < many; index++) again.push(yield* call(`w${index}`))
  return {
    first,
    firstCall: median(firstCalls),
    again: median(again),
    cpu: (system + user) / 1000 / many,
    bytes: (after - before) / many
  }
})

const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const start = yield* now
    yield* Effect.orDie(effect)
    return (yield* now) - start
  })

const oneResource = Effect.flatMap(Effect.service(Few), ({ provide }) => run((name) => timed(provide(name)(ask))))
const everyResource = Effect.flatMap(Effect.service(All), ({ provide }) => run((name) => timed(provide(name)(ask))))
const program =
  kind === "one resource" ? Effect.provide(oneResource, Few.layer()) : Effect.provide(everyResource, All.layer())

console.log(
  JSON.stringify(
    await Effect.runPromise(program.pipe(Effect.provide(TokenStore.layerMemory(tokens)), Effect.provide(http)))
  )
)
