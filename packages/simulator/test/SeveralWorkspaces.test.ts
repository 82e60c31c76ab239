/** Several workspaces at one address. */
import { Contacts, IntercomHttp, Tags } from "@effect-intercom/core"
import { Faults, Simulator } from "@effect-intercom/simulator"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"

const [acme, globex, nobody] = ["acme-token", "globex-token", "nobody-token"].map((token) => Redacted.make(token)) as [
  Redacted.Redacted,
  Redacted.Redacted,
  Redacted.Redacted
]

const workspaces = Simulator.layerClient({
  token: acme,
  contacts: 3,
  workspaces: [{ token: globex, contacts: 5, seed: 2, version: "2.16" }]
})

const as = (accessToken: Redacted.Redacted) =>
  Layer.mergeAll(Contacts.layer, Tags.layer).pipe(
    Layer.provide(Layer.orDie(IntercomHttp.layer({ accessToken, retry: { times: 0 } })))
  )

const contactsOf = (token: Redacted.Redacted) =>
  Contacts.use(({ list }) => Stream.runCollect(list.items())).pipe(Effect.provide(as(token)))

describe("several workspaces", () => {
  it.effect("answer each its own token, and refuse any other", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const [first, second] = [yield* contactsOf(acme), yield* contactsOf(globex)]
      assert.deepStrictEqual([first.length, second.length], [3, 5])
      const error = yield* Effect.flip(contactsOf(nobody))
      assert.strictEqual(error.reason._tag, "Unauthorized")
      assert.deepStrictEqual(
        simulator.workspaces.map(({ token, url }) => [Redacted.value(token), url]),
        [["globex-token", simulator.url]]
      )
    }).pipe(Effect.provide(workspaces))
  )

  it.effect("share neither records, nor limits, nor faults", () =>
    Effect.gen(function* () {
      const simulator = yield* Simulator
      const [other] = simulator.workspaces
      assert.isDefined(other)
      yield* Contacts.use(({ create }) => create({ email: "one@example.com" })).pipe(Effect.provide(as(globex)))
      assert.lengthOf(yield* contactsOf(acme), 3)
      assert.strictEqual((yield* other.snapshot("contacts")).count, 6)
      yield* other.setFaults(Faults.rate(1, ["error403"]))
      assert.lengthOf(yield* contactsOf(acme), 3)
      const error = yield* Effect.flip(contactsOf(globex))
      assert.strictEqual(error.reason._tag, "Forbidden")
      assert.deepStrictEqual([(yield* simulator.stats).requests, (yield* other.stats).requests], [2, 2])
    }).pipe(Effect.provide(workspaces))
  )

  it.effect("have tokens of their own", () =>
    Effect.gen(function* () {
      const twice = Simulator.layerClient({ token: acme, workspaces: [{ token: acme }] })
      const exit = yield* Effect.exit(Effect.scoped(Layer.build(twice)))
      assert(Exit.isFailure(exit))
      const { message } = Cause.squash(exit.cause) as Error
      assert.strictEqual(
        message,
        "The option workspaces of the simulator cannot be: two workspaces have the same token; give each one of its own."
      )
    })
  )
})
