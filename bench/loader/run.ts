/**
 * Gets by id, each alone and through a loader: `node bench/loader/run.ts [--gets N]`. What is counted is requests; the times
 * are those of a simulated workspace that takes 50 ms for each.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { IntercomHttp } from "@effect-intercom/core/IntercomHttp"
import { AdminLoader } from "@effect-intercom/core/loaders/AdminLoader"
import { ContactLoader } from "@effect-intercom/core/loaders/ContactLoader"
import { Admins } from "@effect-intercom/core/resources/Admins"
import { Contacts } from "@effect-intercom/core/resources/Contacts"
import { Simulator } from "@effect-intercom/simulator"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { machine } from "../internal/Machine.ts"
import { table } from "../internal/Report.ts"

const contacts = 500

const Client = Layer.mergeAll(ContactLoader.layer(), AdminLoader.layer()).pipe(
  Layer.provideMerge(Layer.mergeAll(Contacts.layer, Admins.layer)),
  Layer.provide(
    Layer.unwrap(Simulator.useSync(({ token, url }) => IntercomHttp.layer({ accessToken: token, baseUrl: url })))
  ),
  Layer.provideMerge(Simulator.layerClient({ contacts, latency: "50 millis" }))
)

/** Ids, round and round, as often as there are gets. */
const spread = <A>(all: ReadonlyArray<A>, gets: number) =>
  Array.from({ length: gets }).flatMap((_, index) => all.slice(index % all.length, (index % all.length) + 1))

const measure = Effect.fnUntraced(function* <A, E, R>(how: string, run: Effect.Effect<A, E, R>) {
  const { stats } = yield* Simulator
  const before = (yield* stats).requests
  const [took] = yield* Effect.timed(run)
  return [how, String((yield* stats).requests - before), Duration.toMillis(took).toFixed(0)]
})

const bench = (gets: number) =>
  Effect.gen(function* () {
    const { get, list } = yield* Contacts
    const loader = yield* ContactLoader
    const admins = yield* Admins
    const adminLoader = yield* AdminLoader
    const found = yield* Stream.runCollect(list.items({ per_page: 150 }).pipe(Stream.take(gets / 2)))
    const ids = spread(
      found.map(({ id }) => id),
      gets
    )
    const adminIds = spread(
      (yield* Stream.runCollect(admins.list.items())).map(({ id }) => id),
      gets
    )
    const rows = [
      yield* measure("contacts.get, one after the other", Effect.forEach(ids, get)),
      yield* measure("contacts.get, ten at a time", Effect.forEach(ids, get, { concurrency: 10 })),
      yield* measure("ContactLoader", loader.getAll(ids)),
      yield* measure("ContactLoader, again", loader.getAll(ids)),
      yield* measure("admins.get, ten at a time", Effect.forEach(adminIds, admins.get, { concurrency: 10 })),
      yield* measure("AdminLoader", adminLoader.getAll(adminIds))
    ]
    yield* Console.log(machine())
    yield* Console.log(`\n${gets} gets, each id twice or more\n\n${table([["", "requests", "ms"], ...rows])}`)
  }).pipe(Effect.provide(Client))

const run = Command.make(
  "loader",
  { gets: Flag.Int("gets").pipe(Flag.withDescription("gets, of half as many contacts"), Flag.withDefault(240)) },
  ({ gets }) => bench(gets)
)

run.pipe(Command.run({ version: "0.0.0" }), Effect.provide(NodeServices.layer), NodeRuntime.runMain)
