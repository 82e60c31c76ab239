/** What is true of every operation: the simulator answers it, with what the client knows. */
import { type ApiOperation, IntercomHttp, operations } from "@effect-intercom/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Examples from "../../core/test/Examples.ts"
import { inProcess } from "./Client.ts"

const methodOf = (operation: ApiOperation) =>
  Effect.map(IntercomHttp, (http) => Examples.methodOf(operation.resource.make(http), operation))

/** Ids of a record there is, for those in the path. */
const held = Effect.fnUntraced(function* ({ endpoint, resource }: ApiOperation) {
  const [id] = Object.keys(endpoint.params)
  const list = operations.find((one) => one.resource === resource && one.name.endsWith(".list"))
  if (id === undefined || list === undefined) return undefined
  const [record] = yield* Stream.runCollect(Stream.take((yield* methodOf(list)).items?.() ?? Stream.empty, 1))
  return { params: { [id]: String(Object(record).id) } }
})

describe.each(operations.map((operation) => [operation.name, operation] as const))("%s", (_, operation) => {
  const known = operation.endpoint.error.map((error) => Number(Schema.resolveAnnotations(error)?.["httpApiStatus"]))

  it.effect("is answered: with a success that fits, or with an error it is known to answer with", () =>
    Effect.gen(function* () {
      const method = yield* methodOf(operation)
      const given = yield* Examples.request(operation)
      for (const request of [given, { ...given, ...(yield* held(operation)) }]) {
        const outcome = yield* Effect.match(method(...Examples.argumentsOf(request)), {
          onSuccess: () => "success",
          onFailure: ({ reason }) => ("errors" in reason ? reason.status : reason.message)
        })
        assert.include<string | number>(["success", ...known], outcome)
      }
    }).pipe(Effect.provide(inProcess()))
  )

  if (Object.keys(operation.endpoint.params).length === 0 || operation.method !== "GET") return

  it.effect("finds a record there is, and no other", () =>
    Effect.gen(function* () {
      const method = yield* methodOf(operation)
      const found = yield* held(operation)
      assert.isDefined(found)
      const [id] = Object.values(found.params)
      assert.strictEqual(Object(yield* method(id)).id, id)
      const { reason } = yield* Effect.flip(method("nobody"))
      assert.strictEqual(reason._tag, "NotFound")
    }).pipe(Effect.provide(inProcess()))
  )
})
