import { Contacts, IntercomHttp } from "@effect-intercom/core"
import { Faults, Simulator } from "@effect-intercom/simulator"
import { assert, it } from "@effect/vitest"
import { Effect, Layer, Redacted, Stream } from "effect"

const accessToken = Redacted.make("simulator-token")
const Workspace = Simulator.layerClient({ contacts: 500, faults: Faults.script("error503", "reset") }) // no port needed
const ContactsLive = Contacts.layer.pipe(
  Layer.provide(IntercomHttp.layer({ accessToken, retry: { base: "1 millis" } })),
  Layer.provideMerge(Workspace)
)

it.live("a walk rides through failures", () =>
  Effect.gen(function* () {
    const contacts = yield* Contacts
    const ids = yield* contacts.list.items({ per_page: 150 }).pipe(
      Stream.map(({ id }) => id),
      Stream.runCollect
    )
    assert.strictEqual(new Set(ids).size, 500)
    assert.deepStrictEqual((yield* (yield* Simulator).stats).faults, { error503: 1, reset: 1 })
  }).pipe(Effect.provide(ContactsLive))
)
