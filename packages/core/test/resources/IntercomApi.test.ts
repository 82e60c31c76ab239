import {
  Contacts,
  Intercom,
  IntercomApi,
  IntercomHttp,
  NewsItems,
  operations,
  Resource,
  resources
} from "@effect-intercom/core"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Scripted from "../Scripted.ts"

describe("IntercomApi", () => {
  it("makes a document with every operation, its failures, and who may call it", () => {
    const { info, paths, servers } = OpenApi.fromApi(IntercomApi)
    assert.deepStrictEqual({ title: info.title, version: info.version }, { title: "Intercom API", version: "2.15" })
    assert.deepStrictEqual(servers, [
      { url: "https://api.intercom.io", description: "United States" },
      { url: "https://api.eu.intercom.io", description: "Europe" },
      { url: "https://api.au.intercom.io", description: "Australia" }
    ])
    const common = [401, 403, 429, 500]
    for (const { endpoint, method, operationId, path } of operations) {
      const operation: unknown = { ...paths[path] }[method.toLowerCase()]
      const statuses = endpoint.error.map((error) => Number(Schema.resolveAnnotations(error)?.["httpApiStatus"]))
      assert.containsSubset(operation, { operationId, security: [{ bearerAuth: [] }] })
      const nothing = endpoint.body === "optional" ? [204] : []
      assert.hasAllKeys(Object(operation).responses, [endpoint.status, ...nothing, ...statuses, ...common].map(String))
    }
  })
})

describe("Intercom", () => {
  const me = { type: "admin", id: "1" }

  it.effect("has a method for every operation, and those that are made of them", () =>
    Effect.gen(function* () {
      const intercom: Readonly<Record<string, object>> = yield* Intercom
      const methods = Object.entries(intercom).flatMap(([name, service]) =>
        Object.entries(service).map(([method, call]) => {
          assert.isFunction(call)
          return `${resources[name as keyof typeof resources].resource}.${method}`
        })
      )
      assert.deepStrictEqual(
        methods,
        Object.values<Resource.Top>(resources).flatMap((resource) => [
          ...Resource.operations(resource).map(({ name }) => name),
          ...resource.composed.map((method) => `${resource.resource}.${method}`)
        ])
      )
    }).pipe(Effect.provide(Intercom.layerHttp), Effect.provide(Scripted.make([]).intercom()))
  )

  it.effect("provides each resource and the transport beside itself, one of each", () => {
    const server = Scripted.make([Scripted.json(me)])
    return Effect.gen(function* () {
      const intercom = yield* Intercom
      assert.strictEqual(intercom.contacts, yield* Contacts)
      assert.strictEqual(intercom.newsItems, yield* NewsItems)
      assert.strictEqual((yield* IntercomHttp).config.version, "2.15")
      assert.deepStrictEqual<unknown>(yield* intercom.admins.me(), me)
    }).pipe(Effect.provide(Intercom.layer({ accessToken: Redacted.make("t") }).pipe(Layer.provide(server.httpClient))))
  })

  it.effect("takes its configuration from the environment", () => {
    const server = Scripted.make([Scripted.json(me)])
    return Effect.gen(function* () {
      yield* Intercom.use((intercom) => intercom.admins.me())
      assert.strictEqual(server.sent[0]?.url.href, "https://api.eu.intercom.io/me")
      assert.strictEqual(server.sent[0]?.headers["authorization"], "Bearer from-env")
    }).pipe(
      Effect.provide(Intercom.layerEnv.pipe(Layer.provide(server.httpClient))),
      Effect.provide(
        ConfigProvider.layer(ConfigProvider.fromUnknown({ INTERCOM_ACCESS_TOKEN: "from-env", INTERCOM_REGION: "eu" }))
      )
    )
  })
})
