/** What is true of every operation: the simulator answers it, with what the client knows. */
import { type ApiOperation, IntercomHttp, operations } from "@effect-intercom/core"
import { Simulator } from "@effect-intercom/simulator"
import * as Records from "@effect-intercom/simulator/Records"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Examples from "../../core/test/Examples.ts"
import { inProcess } from "./Client.ts"

const methodOf = (operation: ApiOperation) =>
  Effect.map(IntercomHttp, (http) => Examples.methodOf(operation.resource.make(http), operation))

/** Ids of records there are, for those in the path. */
const held = ({ endpoint, resource }: ApiOperation) =>
  Effect.flatMap(Simulator, (simulator) => Records.pathIds(simulator, resource.resource, Object.keys(endpoint.params)))

describe.each(operations.map((operation) => [operation.name, operation] as const))("%s", (_, operation) => {
  const known = operation.endpoint.error.map((error) => Number(Schema.resolveAnnotations(error)?.["httpApiStatus"]))

  it.effect("is answered: with a success that fits, or with an error it is known to answer with", () =>
    Effect.gen(function* () {
      const method = yield* methodOf(operation)
      const given = yield* Examples.request(operation)
      const params = { ...given.params, ...(yield* held(operation)) }
      for (const request of [given, ...(given.params === undefined ? [] : [{ ...given, params }])]) {
        const outcome = yield* Effect.match(method(...Examples.argumentsOf(request)), {
          onSuccess: () => "success",
          onFailure: ({ reason }) => ("errors" in reason ? reason.status : reason.message)
        })
        assert.include<string | number>(["success", ...known], outcome)
      }
    }).pipe(Effect.provide(inProcess()))
  )

  if (Object.keys(operation.endpoint.params).length !== 1 || !operation.name.endsWith(".get")) return
  // There is none of the others to begin with.
  if (!Records.isSeeded(operation.resource.resource)) return

  it.effect("finds a record there is, and no other", () =>
    Effect.gen(function* () {
      const method = yield* methodOf(operation)
      const [id] = Object.values(yield* held(operation))
      assert.isDefined(id)
      const found = Object(yield* method(id))
      // By itself, or as the field of what was asked for.
      assert.include(
        [found, ...Object.values(found)].map((one) => String(Object(one).id)),
        id
      )
      const { reason } = yield* Effect.flip(method("nobody"))
      assert.strictEqual(reason._tag, "NotFound")
    }).pipe(Effect.provide(inProcess()))
  )
})
