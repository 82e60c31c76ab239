/** What is true of every operation: the simulator answers it, with what the client knows. */
import { type ApiOperation, type IntercomError, IntercomHttp, operations } from "@effect-intercom/core"
import { Simulator } from "@effect-intercom/simulator"
import * as Records from "@effect-intercom/simulator/Records"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Examples from "../../core/test/Examples.ts"
import * as NewerVersion from "@effect-intercom/simulator/internal/NewerVersion"
import { inProcess } from "./Client.ts"

const methodOf = (operation: ApiOperation) =>
  Effect.map(IntercomHttp, (http) => Examples.methodOf(operation.resource.make(http), operation))

/** Ids of records there are, for those in the path. */
const held = ({ endpoint, resource }: ApiOperation) =>
  Effect.flatMap(Simulator, (simulator) => Records.pathIds(simulator, resource.resource, Object.keys(endpoint.params)))

const outcomeOf = <A>(call: Effect.Effect<A, IntercomError>) =>
  Effect.match(call, {
    onSuccess: (value) => ({ is: "success" as string | number, value: value as unknown }),
    onFailure: ({ reason }) => ({
      is: "errors" in reason ? reason.status : reason.message,
      value: undefined as unknown
    })
  })

/** Whether 2.16 is asked, or answers, otherwise. */
const isNewer = ({ body, endpoint: { strings } }: ApiOperation, value: unknown) =>
  strings !== undefined || (body === "json" && JSON.stringify(NewerVersion.as216(value)) !== JSON.stringify(value))

describe.each(operations.map((operation) => [operation.name, operation] as const))("%s", (_, operation) => {
  const known = operation.endpoint.error.map((error) => Number(Schema.resolveAnnotations(error)?.["httpApiStatus"]))

  it.effect("is answered: with a success that fits, or with an error it is known to answer with", () =>
    Effect.gen(function* () {
      const method = yield* methodOf(operation)
      const given = yield* Examples.request(operation)
      const params = { ...given.params, ...(yield* held(operation)) }
      for (const request of [given, ...(given.params === undefined ? [] : [{ ...given, params }])]) {
        const outcome = yield* outcomeOf(method(...Examples.argumentsOf(request)))
        assert.include<string | number>(["success", ...known], outcome.is)
        if (outcome.is !== "success" || !isNewer(operation, outcome.value)) continue
        // As the newer version has it, it fits too, and says the same.
        const newer = yield* Effect.flatMap(methodOf(operation), (method) =>
          outcomeOf(method(...Examples.argumentsOf(request)))
        ).pipe(Effect.provide(inProcess({}, { version: "2.16" })))
        assert.deepStrictEqual(newer, { is: "success", value: NewerVersion.as216(outcome.value) })
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
