/** Whatever way layers are composed, a call is sent with the token it was given. */
import * as Core from "@effect-intercom/core"
import { assert, describe, it } from "@effect/vitest"
import * as Array from "effect/Array"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as LayerMap from "effect/LayerMap"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as RateLimiter from "effect/persistence/RateLimiter"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { readdirSync } from "node:fs"
import * as Examples from "./Examples.ts"
import * as Scripted from "./Scripted.ts"

const { Contacts, Intercom, IntercomHttp } = Core

/** The tokens of the requests so far, and the client's transport for a token. */
const workspace = () => {
  const server = Scripted.make(() => Scripted.json({}))
  return {
    tokens: () => server.sent.map(({ headers }) => headers["authorization"]?.replace("Bearer ", "")),
    httpClient: server.httpClient,
    http: (token: string) => Layer.orDie(IntercomHttp.layer({ accessToken: Redacted.make(token) }))
  }
}

type Tenant<A> = (token: string) => Layer.Layer<A, never, HttpClient.HttpClient>

/** The compositions; in each, `call` is meant first with the token `a`, then with `b`. */
const compositions: Record<
  string,
  <A>(tenant: Tenant<A>, call: Effect.Effect<unknown, never, A>) => Effect.Effect<void, never, HttpClient.HttpClient>
> = {
  "one after the other": (tenant, call) =>
    Effect.andThen(Effect.provide(call, tenant("a")), Effect.asVoid(Effect.provide(call, tenant("b")))),
  "one inside the other": (tenant, call) =>
    Effect.provide(Effect.andThen(call, Effect.asVoid(Effect.provide(call, tenant("b")))), tenant("a")),
  "both at once inside a third": <A>(tenant: Tenant<A>, call: Effect.Effect<unknown, never, A>) =>
    // The clients are built at once; the calls then come in order.
    Effect.gen(function* () {
      const [a, b] = yield* Effect.all([Layer.build(tenant("a")), Layer.build(tenant("b"))], { concurrency: 2 })
      yield* Effect.provideContext(call, a)
      yield* Effect.provideContext(call, b)
    }).pipe(Effect.scoped, Effect.provide(tenant("c"))),
  "a LayerMap": (tenant, call) =>
    Effect.gen(function* () {
      const tenants = yield* LayerMap.make(tenant)
      yield* Effect.provide(call, tenants.get("a"))
      yield* Effect.provide(call, tenants.get("b"))
    }).pipe(Effect.scoped),
  "two runtimes with one memo map": <A>(tenant: Tenant<A>, call: Effect.Effect<unknown, never, A>) =>
    Effect.gen(function* () {
      const context = Layer.succeedContext(yield* Effect.context<HttpClient.HttpClient>())
      const memoMap = Layer.makeMemoMapUnsafe()
      for (const token of ["a", "b"]) {
        const runtime = ManagedRuntime.make(Layer.provide(tenant(token), context), { memoMap })
        yield* Effect.addFinalizer(() => runtime.disposeEffect)
        yield* Effect.promise(() => runtime.runPromise(call))
      }
    }).pipe(Effect.scoped)
}

/** Runs a call in each composition, and tells which tokens were sent. */
const sent = <A>(
  compose: (typeof compositions)[string],
  make: (
    http: Layer.Layer<Core.IntercomHttp, never, HttpClient.HttpClient>
  ) => Layer.Layer<A, never, HttpClient.HttpClient>,
  call: Effect.Effect<unknown, unknown, A>
) =>
  Effect.gen(function* () {
    const { http, httpClient, tokens } = workspace()
    yield* Effect.provide(
      compose((token) => make(http(token)), Effect.exit(call)),
      httpClient
    )
    return tokens()
  })

/** A call of a resource: of any of its operations. */
const callOf = (name: string) => (service: object) =>
  Effect.gen(function* () {
    const operation = Core.operations.find(({ resource }) => resource.resource === name) ?? assert.fail(name)
    const request = yield* Examples.request(operation)
    return yield* Examples.methodOf(service, operation)(...Examples.argumentsOf(request))
  })

// Services of the barrel whose layer is one for all: whoever adds one has it judged here.
const isStatic = (
  value: unknown
): value is Context.Service<unknown, object> & { readonly layer: Layer.Layer<unknown> } =>
  typeof value === "function" && "layer" in value && Layer.isLayer(value.layer)
const isLoader = (
  value: unknown
): value is Context.Service<unknown, Core.Loader.Loader<string, unknown>> & {
  readonly layer: (options: Core.Loader.Options) => Layer.Layer<unknown, never, Core.Intercom>
} => typeof value === "function" && "key" in value && String(value.key).endsWith("Loader")
const resources = Object.entries(Core as Record<string, unknown>).flatMap(([name, value]) =>
  isStatic(value) ? [{ name, service: value }] : []
)

describe("every resource layer", () => {
  it("is known", () => {
    assert.sameMembers(
      resources.map(({ name }) => name),
      Object.values(Core.resources).map(({ resource }) => resource)
    )
  })

  for (const [composition, compose] of Object.entries(compositions)) {
    it.effect.each(resources)(`$name, ${composition}`, ({ name, service }) =>
      Effect.gen(function* () {
        const tokens = yield* sent(
          compose,
          (http) => Layer.provide(service.layer as Layer.Layer<unknown, never, Core.IntercomHttp>, http),
          Effect.flatMap(service, callOf(name))
        )
        assert.deepStrictEqual(tokens, ["a", "b"])
      })
    )
  }
})

/** The loaders of the barrel: whoever adds one has it judged here. */
const loaders = Object.entries(Core as Record<string, unknown>).flatMap(([name, value]) =>
  isLoader(value) ? [{ name, service: value }] : []
)

describe("every loader", () => {
  it("is known", () => {
    assert.sameMembers(
      loaders.map(({ name }) => name),
      readdirSync(new URL("../src/loaders", import.meta.url)).map((file) => file.replace(".ts", ""))
    )
  })

  for (const [composition, compose] of Object.entries(compositions)) {
    // One layer for all tenants, as a constant of a program is.
    it.live.each(loaders)(`$name, ${composition}`, ({ service }) =>
      Effect.gen(function* () {
        const kept = service.layer({ window: 0 })
        const tokens = yield* sent(
          compose,
          (http) => Layer.provide(kept, Layer.provide(Intercom.layerHttp, http)),
          Effect.flatMap(service, ({ get }) => get("1"))
        )
        assert.deepStrictEqual(Array.dedupeAdjacent(tokens), ["a", "b"])
      })
    )
  }
})

describe("Intercom", () => {
  const list = Intercom.use(({ contacts }) => contacts.list())

  for (const [composition, compose] of Object.entries(compositions)) {
    it.effect(`layerHttp, ${composition}`, () =>
      Effect.gen(function* () {
        const tokens = yield* sent(compose, (http) => Layer.provide(Intercom.layerHttp, http), list)
        assert.deepStrictEqual(tokens, ["a", "b"])
      })
    )
    it.effect(`layer, ${composition}`, () =>
      Effect.gen(function* () {
        const { httpClient, tokens } = workspace()
        const tenant = (token: string) => Layer.orDie(Intercom.layer({ accessToken: Redacted.make(token) }))
        yield* Effect.provide(compose(tenant, Effect.exit(list)), httpClient)
        assert.deepStrictEqual(tokens(), ["a", "b"])
      })
    )
    it.effect(`a resource beside it, ${composition}`, () =>
      Effect.gen(function* () {
        const { httpClient, tokens } = workspace()
        const tenant = (token: string) => Layer.orDie(Intercom.layer({ accessToken: Redacted.make(token) }))
        yield* Effect.provide(compose(tenant, Effect.exit(Contacts.use(({ list }) => list()))), httpClient)
        assert.deepStrictEqual(tokens(), ["a", "b"])
      })
    )
  }

  const environments = {
    "Intercom.layerEnv": () => Layer.orDie(Intercom.layerEnv),
    // A layer of the user's own that is built at two places is the user's to share.
    "IntercomHttp.layerEnv": () => Layer.provide(Contacts.layer, Layer.orDie(IntercomHttp.layerEnv))
  }
  for (const [name, layer] of Object.entries<() => Layer.Layer<Core.Contacts, never, HttpClient.HttpClient>>(
    environments
  )) {
    it.effect(`${name} inside itself, with other environments`, () =>
      Effect.gen(function* () {
        const { httpClient, tokens } = workspace()
        const environment = (token: string) =>
          ConfigProvider.layer(ConfigProvider.fromUnknown({ INTERCOM_ACCESS_TOKEN: token }))
        const tenant = (token: string) => Layer.provide(layer(), environment(token))
        const call = Effect.exit(Contacts.use(({ list }) => list()))
        yield* Effect.andThen(call, Effect.provide(call, tenant("b"))).pipe(
          Effect.provide(tenant("a")),
          Effect.provide(httpClient)
        )
        assert.deepStrictEqual(tokens(), ["a", "b"])
      })
    )
  }

  it.effect("in a handler of an app with a client of its own", () =>
    Effect.gen(function* () {
      const { httpClient, tokens } = workspace()
      const Api = HttpApi.make("app").add(
        HttpApiGroup.make("proxy").add(HttpApiEndpoint.get("contacts", "/contacts", { success: Schema.String }))
      )
      const Handlers = HttpApiBuilder.group(Api, "proxy", (handlers) =>
        handlers.handle("contacts", () =>
          Effect.gen(function* () {
            const { headers } = yield* HttpServerRequest.HttpServerRequest
            const accessToken = Redacted.make(headers["x-tenant"] ?? "none")
            yield* Effect.exit(list).pipe(Effect.provide(Intercom.layer({ accessToken })), Effect.orDie)
            return "done"
          })
        )
      )
      const app = HttpApiBuilder.layer(Api).pipe(
        Layer.provide(Handlers),
        HttpRouter.provideRequest(Layer.orDie(Intercom.layer({ accessToken: Redacted.make("app") }))),
        Layer.provideMerge(httpClient),
        Layer.provide(HttpServer.layerServices)
      )
      const { dispose, handler } = HttpRouter.toWebHandler(app)
      yield* Effect.addFinalizer(() => Effect.promise(dispose))
      for (const tenant of ["a", "b"]) {
        const request = new Request("http://app/contacts", { headers: { "x-tenant": tenant } })
        const response = yield* Effect.promise(() => handler(request))
        assert.strictEqual(response.status, 200)
      }
      assert.deepStrictEqual(tokens(), ["a", "b"])
    }).pipe(Effect.scoped)
  )
})

/** A service of the user's own, as the README has it. */
class Audience extends Context.Service<Audience>()("Audience", {
  make: Effect.map(Contacts, ({ list }) => ({ count: Effect.map(list(), ({ total_count }) => total_count) }))
}) {
  static readonly shared = Layer.effect(this, this.make).pipe(Layer.provide(Contacts.layer))
  static readonly layer = Layer.fresh(this.shared)
}

describe("a layer of one's own on top of a client", () => {
  const call = Audience.use(({ count }) => count)

  for (const [composition, compose] of Object.entries(compositions)) {
    it.effect(`fresh, ${composition}`, () =>
      Effect.gen(function* () {
        const tokens = yield* sent(compose, (http) => Layer.provide(Audience.layer, http), call)
        assert.deepStrictEqual(tokens, ["a", "b"])
      })
    )
    it.effect(`made by a function, ${composition}`, () =>
      Effect.gen(function* () {
        const make = () => Layer.effect(Audience, Audience.make).pipe(Layer.provide(Contacts.layer))
        const tokens = yield* sent(compose, (http) => Layer.provide(make(), http), call)
        assert.deepStrictEqual(tokens, ["a", "b"])
      })
    )
  }

  it.effect("is shared otherwise, as the README warns", () =>
    Effect.gen(function* () {
      const compose = compositions["one inside the other"]
      assert(compose !== undefined)
      const tokens = yield* sent(compose, (http) => Layer.provide(Audience.shared, http), call)
      assert.deepStrictEqual(tokens, ["a", "a"])
    })
  )
})

describe("IntercomHttp", () => {
  it.effect("is one for all resources where one layer is shared", () =>
    Effect.gen(function* () {
      let built = 0
      const { httpClient } = workspace()
      const shared = Layer.unwrap(
        Effect.sync(() => {
          built++
          return IntercomHttp.layer({ accessToken: Redacted.make("a") })
        })
      )
      const both = Layer.mergeAll(
        Layer.provide(Contacts.layer, shared),
        Layer.provide(Core.Companies.layer, shared),
        Layer.provide(Intercom.layerHttp, shared)
      )
      yield* Effect.scoped(Layer.build(Layer.provide(both, httpClient)))
      assert.strictEqual(built, 1)
    })
  )

  it.effect("counts each client's limit in the store it was given", () =>
    Effect.gen(function* () {
      const { httpClient, tokens } = workspace()
      const asked: Array<string> = []
      const store = (name: string) =>
        Layer.effect(
          RateLimiter.RateLimiterStore,
          Effect.map(RateLimiter.RateLimiterStore, (store) =>
            RateLimiter.RateLimiterStore.of({
              ...store,
              adaptiveConsume: (options) => {
                asked.push(name)
                return store.adaptiveConsume(options)
              },
              fixedWindow: (options) => {
                asked.push(name)
                return store.fixedWindow(options)
              }
            })
          )
        ).pipe(Layer.provide(RateLimiter.layerStoreMemory))
      const tenant = (token: string) =>
        Contacts.layer.pipe(
          Layer.provide(IntercomHttp.layerShared({ accessToken: Redacted.make(token) })),
          Layer.provide(store(token)),
          Layer.orDie
        )
      const call = Effect.exit(Contacts.use(({ list }) => list()))
      yield* Effect.andThen(call, Effect.provide(call, tenant("b"))).pipe(
        Effect.provide(tenant("a")),
        Effect.provide(httpClient)
      )
      assert.deepStrictEqual(tokens(), ["a", "b"])
      assert.deepStrictEqual([...new Set(asked)], ["a", "b"])
    })
  )
})
