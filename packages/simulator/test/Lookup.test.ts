/** Kinds that are only looked up: what their schema says of a record is not said again. */
import { Brands, IntercomHttp } from "@effect-intercom/core"
import { Simulator } from "@effect-intercom/simulator"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

const Workspace = Brands.layer.pipe(
  Layer.provide(Layer.orDie(IntercomHttp.layer({ accessToken: Redacted.make("simulator-token") }))),
  Layer.provide(Simulator.layerClient())
)

describe("Lookup", () => {
  it.effect("has the type and the times of its schema, and null for what is not said", () =>
    Effect.gen(function* () {
      const { data } = yield* Brands.use(({ list }) => list())
      assert.deepStrictEqual<unknown>(data, [
        {
          type: "brand",
          id: "10",
          name: "Default brand",
          is_default: true,
          created_at: 1_600_000_000,
          updated_at: 1_600_000_000,
          help_center_id: null,
          default_address_settings_id: null
        },
        {
          type: "brand",
          id: "11",
          name: "Brand 1",
          is_default: false,
          created_at: 1_600_086_400,
          updated_at: 1_600_086_400,
          help_center_id: null,
          default_address_settings_id: null
        }
      ])
      const [, second] = data
      assert.deepStrictEqual<unknown>(second && (yield* Brands.use(({ get }) => get(second.id))), second)
    }).pipe(Effect.provide(Workspace))
  )
})
