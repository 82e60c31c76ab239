/** Whatever an operation's types allow goes out and comes in unharmed. */
import { operations } from "@effect-intercom/core/IntercomApi"
import type { IntercomError } from "@effect-intercom/core/IntercomError"
import { IntercomHttp } from "@effect-intercom/core/IntercomHttp"
import * as Wire from "@effect-intercom/core/Wire"
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Record from "effect/Record"
import * as Schema from "effect/Schema"
import * as Scripted from "../Scripted.ts"

const runs = { arbitrary: { runs: 60, seed: 215 } }

/** What JSON keeps of a value. */
const wire = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? "null")

/** The fields that are not undefined. */
const defined = (query: unknown) =>
  Object.fromEntries(Object.entries(query ?? {}).filter(([, value]) => value !== undefined))

const texts = (query: object) => Object.fromEntries(Object.entries(query).map(([key, value]) => [key, String(value)]))

/** Any ids that can stand in a path. */
const segments = (params: Schema.Struct.Fields) =>
  Object.keys(params).length === 0
    ? undefined
    : // Ids are strings.
      Schema.Struct(Record.map(params, (id) => Wire.pathSegment(id as Schema.Codec<string>)))

describe("any value", () => {
  for (const { endpoint, method, name, resource } of operations) {
    const schemas = {
      params: segments(endpoint.params),
      payload: endpoint.payload,
      query: endpoint.query
    }
    const { success } = endpoint
    const request = Arbitrary.all(
      Object.fromEntries(
        Object.entries(schemas).flatMap(([part, schema]) =>
          schema === undefined ? [] : [[part, Arbitrary.schema(Schema.toType(schema))]]
        )
      )
    )
    const answer = Arbitrary.schema(success === undefined ? Schema.Undefined : Schema.toType(success))

    it.effect.prop(
      name,
      { request, answer },
      ({ answer, request }) => {
        const server = Scripted.make([success === undefined ? Scripted.status(202) : Scripted.json(answer)])
        return Effect.gen(function* () {
          const methods = new Map(Object.entries(resource.make(yield* IntercomHttp)))
          // What a method takes is what its endpoint declares.
          const call = methods.get(name.slice(resource.resource.length + 1)) as (
            ...args: ReadonlyArray<unknown>
          ) => Effect.Effect<unknown, IntercomError>
          const { params = {}, ...others } = request
          const ids = Object.values(params as object)
          const value = yield* call(...(ids.length > 1 ? [params] : ids), ...Object.values(others))
          assert.deepStrictEqual(value, success === undefined ? undefined : wire(answer))
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
