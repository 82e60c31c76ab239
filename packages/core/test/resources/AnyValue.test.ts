/** Whatever an operation's types allow goes out and comes in unharmed. */
import { operations } from "@effect-intercom/core/IntercomApi"
import type { Call } from "@effect-intercom/core/Operation"
import * as Operation from "@effect-intercom/core/Operation"
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Scripted from "../Scripted.ts"

const runs = { arbitrary: { runs: 60, seed: 215 } }

/** What JSON keeps of a value. */
const wire = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? "null")

/** The fields that are not undefined. */
const defined = (query: unknown) =>
  Object.fromEntries(Object.entries(query ?? {}).filter(([, value]) => value !== undefined))

const texts = (query: object) => Object.fromEntries(Object.entries(query).map(([key, value]) => [key, String(value)]))

describe("any value", () => {
  for (const { empty, endpoint, group, method, name } of operations) {
    const schemas = {
      params: endpoint.params,
      query: endpoint.query,
      payload: [...endpoint.payload.values()].flatMap(({ schemas }) => [...schemas])[0]
    }
    const request = Arbitrary.all(
      Object.fromEntries(
        Object.entries(schemas).flatMap(([part, schema]) =>
          schema === undefined ? [] : [[part, Arbitrary.schema(Schema.toType(schema))]]
        )
      )
    )
    const [success] = [...endpoint.success]
    const answer =
      empty || success === undefined ? Arbitrary.schema(Schema.Undefined) : Arbitrary.schema(Schema.toType(success))

    it.effect.prop(
      name,
      { request, answer },
      ({ answer, request }) => {
        const server = Scripted.make([empty ? Scripted.status(202) : Scripted.json(answer)])
        return Effect.gen(function* () {
          // The keys of a client are its group's endpoints.
          const calls = (yield* Operation.client(group)) as Readonly<Record<string, Call<object, unknown>>>
          const call = calls[endpoint.identifier]
          assert.isDefined(call)
          const value = yield* call(request)
          assert.deepStrictEqual(value, empty ? undefined : wire(answer))
          const [sent] = server.sent
          assert.isDefined(sent)
          assert.strictEqual(sent.method, method)
          assert.deepStrictEqual(
            Object.fromEntries(sent.url.searchParams),
            texts({ ...(name === "Events.list" ? { type: "user" } : undefined), ...defined(request["query"]) })
          )
          assert.deepStrictEqual(sent.body, schemas.payload === undefined ? undefined : wire(request["payload"]))
        }).pipe(Effect.provide(server.intercom()))
      },
      runs
    )
  }
})
