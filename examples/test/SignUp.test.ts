import { Contacts, IntercomHttp } from "@effect-intercom/core"
import { Faults, Simulator } from "@effect-intercom/simulator"
import { assert, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Redacted } from "effect"
import { TestClock } from "effect/testing"

const signUp = (email: string) => Contacts.use(({ upsert }) => upsert({ role: "user", email })) // the application

const Client = Contacts.layer.pipe(
  Layer.provide(IntercomHttp.layer({ accessToken: Redacted.make("acme") })),
  Layer.provideMerge(
    Simulator.layerClient({
      tokens: {
        acme: { contacts: [{ email: "ada@example.com", custom_attributes: { plan: "free" } }] },
        globex: { contacts: 100 } // a workspace more, of another token
      },
      faults: Faults.when("Contacts.update", Faults.script("error503"))
    })
  )
)

it.effect("who signs up twice is one contact", () =>
  Effect.gen(function* () {
    const { workspace } = yield* Simulator
    const done = yield* Effect.forkChild(signUp("ada@example.com"))
    yield* TestClock.adjust("1 minute") // the first update meets a 503, and is repeated
    assert.isFalse((yield* Fiber.join(done)).created)
    assert.deepStrictEqual(
      (yield* workspace("acme").requests("Contacts.update")).map(({ body, status }) => [body, status]),
      [503, 200].map((status) => [{ role: "user", email: "ada@example.com" }, status])
    )
    assert.lengthOf(yield* workspace("globex").requests(), 0)
  }).pipe(Effect.provide(Client))
)
