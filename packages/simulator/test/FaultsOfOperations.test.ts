import { operations } from "@effect-intercom/core"
import * as Faults from "@effect-intercom/simulator/Faults"
import { Simulator } from "@effect-intercom/simulator/Simulator"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"

describe("faults of an operation", () => {
  it("take the name of one that exists", () => {
    const name: Faults.OperationName = "NewsItems.list"
    assert.strictEqual(Faults.when(name, "error403").scoped.length, 1)
    // @ts-expect-error No operation has this name.
    assert.strictEqual(Faults.when("NewsItems.all", "error403").scoped.length, 1)
    // @ts-expect-error Nor this one.
    assert.strictEqual(Faults.when("contacts.list", "error403").scoped.length, 1)
  })

  it.effect("are known to have one, wherever they stand", () =>
    Effect.gen(function* () {
      for (const { name } of operations) {
        // Each is the name of an operation.
        const faults = Faults.when(name as Faults.OperationName, "error500")
        assert.strictEqual(yield* Faults.checked(faults), faults)
      }
      // As a program without types has it.
      const wrong = Faults.when("NewsItems.all" as Faults.OperationName, "error403")
      for (const faults of [wrong, Faults.all(Faults.none, wrong), Faults.when(() => true, wrong)]) {
        const { message } = yield* Effect.flip(Faults.checked(faults))
        assert.match(
          message,
          /^There is no operation NewsItems\.all to have a fault\. Its name is one of .*NewsItems\.list, NewsItems\.create/
        )
      }
    })
  )

  it.effect("of one that does not exist stop the simulator, which would never have them", () =>
    Effect.gen(function* () {
      const faults = Faults.when("NewsItems.all" as Faults.OperationName, "error403")
      const built = yield* Effect.exit(Effect.scoped(Layer.build(Simulator.layerClient({ contacts: 1, faults }))))
      assert.isTrue(Exit.hasDies(built))
      const set = Simulator.use(({ setFaults }) => setFaults(faults)).pipe(
        Effect.provide(Simulator.layerClient({ contacts: 1 })),
        Effect.exit
      )
      assert.isTrue(Exit.hasDies(yield* set))
    })
  )
})
