import * as IntercomConfig from "@effect-intercom/core/IntercomConfig"
import { IntercomHttp } from "@effect-intercom/core/IntercomHttp"
import { ContactId, Contacts } from "@effect-intercom/core/resources/Contacts"
import { assert, describe, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as RateLimiter from "effect/persistence/RateLimiter"
import * as Redacted from "effect/Redacted"
import { readFileSync } from "node:fs"
import * as Scripted from "./Scripted.ts"

const accessToken = Redacted.make(Scripted.token)

const withEnv =
  (env: Record<string, string>) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.provideService(effect, ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env }))

const fromEnv = (env: Record<string, string>) =>
  IntercomConfig.config.pipe(Effect.flatMap(IntercomConfig.make), withEnv(env))

describe("from the environment", () => {
  it.effect("the token alone is enough", () =>
    Effect.gen(function* () {
      const config = yield* fromEnv({ INTERCOM_ACCESS_TOKEN: Scripted.token })
      assert.strictEqual(Redacted.value(config.accessToken), Scripted.token)
      assert.strictEqual(config.baseUrl.href, "https://api.intercom.io/")
      assert.strictEqual(config.version, "2.15")
      assert.strictEqual(Duration.toMillis(config.timeout), 60_000)
      assert.strictEqual(config.maxBodySize, 104_857_600)
      assert.deepStrictEqual(config.retry, IntercomConfig.defaultRetry)
    })
  )

  it.effect("each region has its address", () =>
    Effect.gen(function* () {
      for (const [region, host] of [
        ["us", "api.intercom.io"],
        ["eu", "api.eu.intercom.io"],
        ["au", "api.au.intercom.io"]
      ] as const) {
        const config = yield* fromEnv({ INTERCOM_ACCESS_TOKEN: "t", INTERCOM_REGION: region })
        assert.deepStrictEqual([config.baseUrl.protocol, config.baseUrl.host], ["https:", host])
      }
    })
  )

  it.effect("a base URL wins over the region; the version is taken as it is", () =>
    Effect.gen(function* () {
      const config = yield* fromEnv({
        INTERCOM_ACCESS_TOKEN: "t",
        INTERCOM_REGION: "eu",
        INTERCOM_BASE_URL: "http://127.0.0.1:4010/proxy",
        INTERCOM_VERSION: "Unstable"
      })
      assert.strictEqual(config.baseUrl.href, "http://127.0.0.1:4010/proxy")
      assert.strictEqual(config.version, "Unstable")
    })
  )

  it.effect("an empty text counts as unset", () =>
    Effect.gen(function* () {
      const config = yield* fromEnv({
        INTERCOM_ACCESS_TOKEN: "t",
        INTERCOM_REGION: "",
        INTERCOM_BASE_URL: "",
        INTERCOM_VERSION: ""
      })
      assert.deepStrictEqual([config.baseUrl.href, config.version], ["https://api.intercom.io/", "2.15"])
    })
  )

  const says = {
    INTERCOM_ACCESS_TOKEN: /an access token: visible ASCII characters, no spaces|Expected string/,
    INTERCOM_REGION: /"us" \| "eu" \| "au"/,
    INTERCOM_BASE_URL: /an http or https URL such as https:\/\/api.intercom.io/,
    INTERCOM_VERSION: /a version of the API such as 2\.15/
  }
  it.effect.each([
    ["INTERCOM_ACCESS_TOKEN", {}],
    ["INTERCOM_ACCESS_TOKEN", { INTERCOM_ACCESS_TOKEN: "" }],
    ["INTERCOM_ACCESS_TOKEN", { INTERCOM_ACCESS_TOKEN: "two words" }],
    ["INTERCOM_ACCESS_TOKEN", { INTERCOM_ACCESS_TOKEN: "line\nbreak" }],
    ["INTERCOM_ACCESS_TOKEN", { INTERCOM_ACCESS_TOKEN: "schlüssel" }],
    ["INTERCOM_REGION", { INTERCOM_REGION: "uk" }],
    ["INTERCOM_REGION", { INTERCOM_REGION: "EU" }],
    ["INTERCOM_BASE_URL", { INTERCOM_BASE_URL: "api.intercom.io" }],
    ["INTERCOM_BASE_URL", { INTERCOM_BASE_URL: "ftp://api.intercom.io" }],
    ["INTERCOM_BASE_URL", { INTERCOM_BASE_URL: "https://user:secret@api.intercom.io" }],
    ["INTERCOM_BASE_URL", { INTERCOM_BASE_URL: "https://api.intercom.io?a=1" }],
    ["INTERCOM_BASE_URL", { INTERCOM_BASE_URL: "https://api.intercom.io#a" }],
    ["INTERCOM_BASE_URL", { INTERCOM_BASE_URL: "https://gateway.example/intercom?" }],
    ["INTERCOM_BASE_URL", { INTERCOM_BASE_URL: "https://gateway.example/intercom#" }],
    ["INTERCOM_VERSION", { INTERCOM_VERSION: "2" }],
    ["INTERCOM_VERSION", { INTERCOM_VERSION: "2.15\r\nx-evil: 1" }],
    ["INTERCOM_VERSION", { INTERCOM_VERSION: "latest" }],
    ["INTERCOM_BASE_URL", { INTERCOM_BASE_URL: "xhttp://api.intercom.io" }],
    ["INTERCOM_VERSION", { INTERCOM_VERSION: "v2.15" }]
  ] satisfies ReadonlyArray<readonly [keyof typeof says, Record<string, string>]>)(
    "one error names %s: %j",
    ([name, env]) =>
      Effect.gen(function* () {
        const token = name === "INTERCOM_ACCESS_TOKEN" ? {} : { INTERCOM_ACCESS_TOKEN: Scripted.token }
        const error = yield* Effect.flip(fromEnv({ ...token, ...env }))
        assert(error instanceof Config.ConfigError)
        assert.include(error.message, name)
        assert.match(error.message, says[name])
        for (const other of ["ACCESS_TOKEN", "REGION", "BASE_URL", "VERSION"].map((name) => `INTERCOM_${name}`)) {
          if (other !== name) assert.notInclude(error.message, other)
        }
        assert.notInclude(String(error), "secret")
      })
  )

  it.effect("layerEnv takes all of it, and fails with the same error", () =>
    Effect.gen(function* () {
      const server = Scripted.make(() => Scripted.json(Scripted.contact("1")))
      const call = Contacts.use(({ get }) => get(ContactId.make("1"))).pipe(
        Effect.provide(Contacts.layer.pipe(Layer.provide(IntercomHttp.layerEnv), Layer.provide(server.httpClient)))
      )
      yield* withEnv({ INTERCOM_ACCESS_TOKEN: "abc", INTERCOM_REGION: "au", INTERCOM_VERSION: "2.14" })(call)
      assert.deepStrictEqual(
        server.sent.map(({ headers, url }) => [url.href, headers["authorization"], headers["intercom-version"]]),
        [["https://api.au.intercom.io/contacts/1", "Bearer abc", "2.14"]]
      )
      const error = yield* Effect.flip(withEnv({})(call))
      assert(error instanceof Config.ConfigError)
      assert.include(error.message, "INTERCOM_ACCESS_TOKEN")
    })
  )
})

describe("the User-Agent", () => {
  const sent = (options: Partial<IntercomConfig.Options> = {}) =>
    Effect.gen(function* () {
      const server = Scripted.make(() => Scripted.json({ type: "contact", id: "1" }))
      yield* Contacts.use(({ get }) => get(ContactId.make("1"))).pipe(
        Effect.provide(server.layer(Contacts.layer, options))
      )
      return server.sent.map(({ headers }) => headers["user-agent"])
    })

  it.effect("names this client and the version of its package", () =>
    Effect.gen(function* () {
      const packageJson = readFileSync(new URL("../package.json", import.meta.url), "utf8")
      const { version } = JSON.parse(packageJson) as { readonly version: string }
      assert.deepStrictEqual(yield* sent(), [`effect-intercom/${version}`])
    })
  )

  it.effect("is another one by option, and from the environment", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* sent({ userAgent: "my app/2" }), ["my app/2"])
      const { userAgent } = yield* fromEnv({ INTERCOM_ACCESS_TOKEN: "t", INTERCOM_USER_AGENT: "my-app/3" })
      assert.strictEqual(userAgent, "my-app/3")
    })
  )

  it.effect("is a browser's own there", () =>
    Effect.gen(function* () {
      const { navigator } = globalThis
      yield* Effect.acquireRelease(
        Effect.sync(() =>
          Object.defineProperty(globalThis, "navigator", {
            configurable: true,
            value: { userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" }
          })
        ),
        () =>
          Effect.sync(() => Object.defineProperty(globalThis, "navigator", { configurable: true, value: navigator }))
      )
      assert.deepStrictEqual(yield* sent(), [undefined])
      assert.deepStrictEqual(yield* sent({ userAgent: "my-app/1" }), ["my-app/1"])
    }).pipe(Effect.scoped)
  )
})

describe("from options", () => {
  const bad: ReadonlyArray<readonly [string, object]> = [
    ["accessToken", { accessToken: undefined }],
    ["accessToken", { accessToken: "not redacted" }],
    ["accessToken", { accessToken: Redacted.make("two words") }],
    ["accessToken", { accessToken: Redacted.make("") }],
    ["accessToken", { accessToken: Redacted.make(5) }],
    ["region", { region: "uk" }],
    ["baseUrl", { baseUrl: "nowhere" }],
    ["baseUrl", { baseUrl: "https://gateway.example/?" }],
    ["baseUrl", { baseUrl: "https://gateway.example/#" }],
    ["version", { version: "2.15\n" }],
    ["userAgent", { userAgent: "" }],
    ["userAgent", { userAgent: "a\r\nX-Injected: 1" }],
    ["userAgent", { userAgent: " a" }],
    ["maxBodySize", { maxBodySize: 0 }],
    ["timeout", { timeout: "soon" }],
    ["timeout", { timeout: -1 }],
    ["timeout", { timeout: Number.NaN }],
    ["retry", { retry: { times: -1 } }],
    ["retry", { retry: { times: Number.NaN } }],
    ["retry", { retry: { times: "3" } }],
    ["retry", { retry: { base: "a while" } }],
    ["retry", { retry: { cap: "-5 seconds" } }],
    ["retry", { retry: { total: "" } }],
    ["rateLimit", { rateLimit: { limit: 0, window: "10 seconds" } }],
    ["rateLimit", { rateLimit: { limit: 10, window: "?" } }],
    ["rateLimit", { rateLimit: { limit: 10 } }]
  ]
  it.effect.each(bad)("a bad %s fails typed and is named: %o", ([name, options]) =>
    Effect.gen(function* () {
      // What a program in JavaScript may pass.
      const error = yield* Effect.flip(
        IntercomConfig.make({ accessToken, ...options } as unknown as IntercomConfig.Options)
      )
      assert(error instanceof Config.ConfigError)
      assert.include(error.message, name)
      assert.notInclude(error.message, "not redacted")
      assert.notInclude(error.message, "two words")
    })
  )

  it.effect.each<readonly [string, unknown]>([
    ["nothing", undefined],
    ["an empty one", Redacted.make("")],
    ["one with a space", Redacted.make("two words")],
    ["a number", Redacted.make(5)],
    ["a plain string", "plain"]
  ])("a token that is %s is told what a token is", ([, token]) =>
    Effect.gen(function* () {
      // What a program in JavaScript may pass.
      const { message } = yield* Effect.flip(IntercomConfig.make({ accessToken: token as Redacted.Redacted }))
      assert.include(message, "an access token: visible ASCII characters, no spaces, in a Redacted")
      assert.include(message, '["accessToken"]')
      assert.notMatch(message, /plain|two words/)
    })
  )

  it.effect("one error names all that is wrong, and says what would be right", () =>
    Effect.gen(function* () {
      const retry = { times: -1, base: "soon" } as unknown as IntercomConfig.RetryPolicy
      const { message } = yield* Effect.flip(IntercomConfig.make({ accessToken, version: "2", retry }))
      assert.include(message, "a version of the API such as 2.15")
      assert.include(message, "a number from 0")
      assert.include(message, 'a duration that is not negative, such as "30 seconds" or a number of milliseconds')
    })
  )

  it.effect("layers fail with it too, typed", () =>
    Effect.gen(function* () {
      const options = { accessToken, baseUrl: "nowhere" }
      const server = Scripted.make([])
      const shared = IntercomHttp.layerShared(options).pipe(Layer.provide(RateLimiter.layerStoreMemory))
      for (const layer of [IntercomHttp.layer(options), shared]) {
        const error = yield* Effect.flip(Effect.scoped(Layer.build(Layer.provide(layer, server.httpClient))))
        assert(error instanceof Config.ConfigError)
        assert.include(error.message, "baseUrl")
      }
    })
  )

  it.effect("what is left out has its default", () =>
    Effect.gen(function* () {
      const config = yield* IntercomConfig.make({
        accessToken,
        region: undefined,
        retry: { times: 1 },
        rateLimit: { limit: 83, window: "10 seconds" }
      })
      assert.deepStrictEqual(config.retry, { ...IntercomConfig.defaultRetry, times: 1 })
      assert.deepStrictEqual([config.rateLimit.limit, Duration.toMillis(config.rateLimit.window)], [83, 10_000])
    })
  )

  it.effect("nothing is a time as good as any, and versions have any number of digits", () =>
    Effect.gen(function* () {
      const config = yield* IntercomConfig.make({ accessToken, version: "12.0", timeout: 0, retry: { base: 0 } })
      assert.deepStrictEqual([config.version, Duration.toMillis(config.timeout), config.retry.base], ["12.0", 0, 0])
    })
  )

  it.effect("infinity is a limit as good as any", () =>
    Effect.gen(function* () {
      const config = yield* IntercomConfig.make({
        accessToken,
        timeout: "Infinity",
        retry: { times: Infinity, total: "Infinity" }
      })
      assert.strictEqual(Duration.toMillis(config.timeout), Infinity)
    })
  )

  it.effect("a base URL may have a path, with or without a slash at its end", () =>
    Effect.gen(function* () {
      for (const [baseUrl, expected] of [
        ["http://localhost:1", "http://localhost:1/contacts/1"],
        ["http://localhost:1/", "http://localhost:1/contacts/1"],
        ["https://proxy.example/intercom", "https://proxy.example/intercom/contacts/1"],
        ["https://proxy.example/intercom/", "https://proxy.example/intercom/contacts/1"]
      ] as const) {
        const server = Scripted.make(() => Scripted.json(Scripted.contact("1")))
        yield* Effect.provide(
          Contacts.use(({ get }) => get(ContactId.make("1"))),
          server.layer(Contacts.layer, { baseUrl, region: "eu" })
        )
        assert.deepStrictEqual(
          server.sent.map(({ url }) => url.href),
          [expected]
        )
      }
    })
  )

  it.effect("layerConfig takes options from configurations of the program's own", () =>
    Effect.gen(function* () {
      const server = Scripted.make([Scripted.json(Scripted.contact("1"))])
      const options = { accessToken: Config.Redacted("ACME_TOKEN"), region: Config.succeed("eu" as const) }
      const call = Contacts.use(({ get }) => get(ContactId.make("1"))).pipe(
        Effect.provide(
          Contacts.layer.pipe(Layer.provide(IntercomHttp.layerConfig(options)), Layer.provide(server.httpClient))
        )
      )
      yield* withEnv({ ACME_TOKEN: "acme" })(call)
      assert.deepStrictEqual(
        server.sent.map(({ headers, url }) => [url.host, headers["authorization"]]),
        [["api.eu.intercom.io", "Bearer acme"]]
      )
      const error = yield* Effect.flip(withEnv({})(call))
      assert(error instanceof Config.ConfigError)
      assert.include(error.message, "ACME_TOKEN")
    })
  )

  it.effect("transformClient changes what each attempt is sent by", () =>
    Effect.gen(function* () {
      const server = Scripted.make([Scripted.status(503), Scripted.json(Scripted.contact("1"))])
      const transformClient = HttpClient.mapRequest(HttpClientRequest.setHeader("x-mine", "1"))
      yield* Contacts.use(({ get }) => get(ContactId.make("1"))).pipe(
        Effect.provide(server.layer(Contacts.layer, { transformClient })),
        Scripted.elapse
      )
      assert.deepStrictEqual(
        server.sent.map(({ headers }) => headers["x-mine"]),
        ["1", "1"]
      )
    })
  )
})
