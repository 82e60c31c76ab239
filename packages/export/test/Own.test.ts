/** Resources of one's own: a walk and a schema are all they need. */
import { CustomObjectInstance, CustomObjectInstances } from "@effect-intercom/core"
import * as Export from "@effect-intercom/export/Export"
import * as Overview from "@effect-intercom/export/Overview"
import * as Resource from "@effect-intercom/export/Resource"
import * as Verify from "@effect-intercom/export/Verify"
import * as Walk from "@effect-intercom/export/Walk"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as MemorySink from "./MemorySink.ts"
import * as Workspace from "./Workspace.ts"

class Orders extends Context.Service<Orders, { readonly ids: ReadonlyArray<string> }>()("test/Orders") {}

const orders = Resource.make({
  name: "orders",
  schema: CustomObjectInstance,
  walk: ({ from }) =>
    Stream.unwrap(
      Orders.useSync(({ ids }) =>
        Walk.each(
          ids,
          (external_id) =>
            CustomObjectInstances.use(({ getByExternalId }) => getByExternalId("Order", { external_id })),
          from
        )
      )
    )
})

const counted = Resource.make({
  name: "counted",
  schema: CustomObjectInstance,
  walk: () => Stream.empty,
  count: () => Orders.useSync(({ ids }) => ids.length)
})

const ids = Array.from({ length: 60 }, (_, index) => `order-${index}`)

const own = Resource.layer(orders).pipe(Layer.provide(Layer.succeed(Orders, { ids })))

const within = <A, E>(test: Effect.Effect<A, E, Layer.Success<ReturnType<typeof Workspace.layer>>>) =>
  Effect.andThen(
    Workspace.setClock,
    Effect.provide(test, Workspace.layer({ ...Workspace.small, customObjectInstances: 58 }))
  )

describe("a resource of one's own", () => {
  it.effect("is exported beside those of the API, resumed, told, and verified", () =>
    within(
      Effect.gen(function* () {
        const run = (sink: ReturnType<typeof MemorySink.make>) =>
          Workspace.run({ resources: ["tags", "orders"], resourcesAtOnce: 1 }, sink).pipe(Effect.provide(own))
        const sink = MemorySink.make()
        const [, entry] = Workspace.entriesOf(yield* run(sink))
        assert.deepStrictEqual(
          sink.outputs.get("orders")?.map((order) => order["external_id"]),
          ids.slice(0, 58)
        )
        assert.deepInclude(entry?.counts, { read: 60, records: 58, missing: 2, quarantined: 0 })
        assert.deepInclude(entry, { complete: false, total: 60 })
        const verdicts = yield* Verify.outputs.pipe(Effect.provide(sink.layer), Effect.provide(own))
        assert.deepStrictEqual(
          verdicts.map(({ output, unreadable }) => [output, unreadable]),
          [
            ["tags", undefined],
            ["orders", undefined]
          ]
        )

        const stopped = MemorySink.make()
        stopped.failing.at = 2
        yield* Effect.flip(run(stopped))
        const { unfinished } = yield* Overview.read.pipe(Effect.provide(stopped.layer), Effect.provide(own))
        assert.deepStrictEqual(
          unfinished.map(({ resource }) => resource),
          []
        )
        stopped.failing.at = 4
        yield* Effect.flip(run(stopped))
        const later = yield* Overview.read.pipe(Effect.provide(stopped.layer), Effect.provide(own))
        assert.deepStrictEqual(
          later.unfinished.map(({ resource }) => resource),
          ["orders"]
        )
        yield* run(stopped)
        assert.deepStrictEqual(stopped.outputs.get("orders"), sink.outputs.get("orders"))
      })
    )
  )

  it.effect("has its own services, however its layer is composed", () =>
    Effect.gen(function* () {
      const constant = Resource.layer(counted)
      const of = (count: number) => constant.pipe(Layer.provide(Layer.succeed(Orders, { ids: ids.slice(0, count) })))
      const told = Effect.flatMap(
        Resource.Resources,
        ({ counted }) => counted?.count(undefined, undefined) ?? Effect.succeed(undefined)
      )
      const both = Effect.all([told, Effect.provide(told, of(2)), told])
      assert.deepStrictEqual(
        yield* Effect.provide(both, of(1)).pipe(Effect.provide(Workspace.layer(Workspace.small))),
        [1, 2, 1]
      )
    })
  )

  it.effect("that nobody added is named, with those there are", () =>
    within(
      Effect.gen(function* () {
        const error = yield* Effect.flip(Export.entries({ resources: ["orders"] })).pipe(
          Effect.provide(MemorySink.make().layer)
        )
        assert.strictEqual(error.reason._tag, "UnknownResource")
        assert.match(error.message, /no resource "orders": name one of admins, .* Resource\.layer/)
        assert.isFalse(error.resumable)
      })
    )
  )
})
