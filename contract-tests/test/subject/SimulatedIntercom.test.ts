/** Requests of operations with ids in their path meet records, and so say more than that there is none. */
import * as Client from "@effect-intercom/contract-tests/subject/Client"
import { SimulatedIntercom } from "@effect-intercom/contract-tests/subject/SimulatedIntercom"
import * as Exchange from "@effect-intercom/contract-tests/subject/Exchange"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"

it.live.each(["Contacts.get", "Conversations.get", "Tags.get", "Teams.get"])("%s meets a record", (name) =>
  Effect.gen(function* () {
    const { call, operations } = yield* Client.make(Client.intercom)
    const { ids, send } = yield* SimulatedIntercom
    const operation = operations.find((one) => one.name === name) ?? assert.fail()
    const params = yield* ids(operation)
    assert.lengthOf(Object.keys(params), 1)
    const { exchanges } = yield* Exchange.through(call(name, { params }), send)
    assert.deepStrictEqual(
      exchanges.map(({ status }) => status),
      [200]
    )
  }).pipe(Effect.provide(Client.layer("https://api.intercom.io")), Effect.provide(SimulatedIntercom.layer))
)
