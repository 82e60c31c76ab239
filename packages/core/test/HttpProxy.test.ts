import * as HttpProxy from "@effect-intercom/core/HttpProxy"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

const read = (env: Record<string, string>) =>
  Effect.provideService(HttpProxy.config, ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown(env))

const plain = (env: Record<string, string>) =>
  Effect.map(read(env), (proxy) => {
    const value = (address: Redacted.Redacted | undefined) => address && Redacted.value(address)
    return proxy && [value(proxy.http), value(proxy.https), proxy.except]
  })

describe("the proxy of the environment", () => {
  const cases: ReadonlyArray<readonly [Record<string, string>, ReadonlyArray<string | undefined> | undefined]> = [
    [{}, undefined],
    [{ HTTPS_PROXY: "", https_proxy: "", NO_PROXY: "localhost" }, undefined],
    [{ HTTPS_PROXY: "http://p:1" }, [undefined, "http://p:1", ""]],
    [{ https_proxy: "http://low:1", HTTPS_PROXY: "http://up:1" }, [undefined, "http://low:1", ""]],
    [{ https_proxy: "", HTTPS_PROXY: "http://up:1" }, [undefined, "http://up:1", ""]],
    [{ HTTP_PROXY: "p:3128" }, ["http://p:3128", "http://p:3128", ""]],
    [{ HTTP_PROXY: "u:pw@p" }, ["http://u:pw@p", "http://u:pw@p", ""]],
    [{ ALL_PROXY: "https://p:1/", HTTP_PROXY: "http://q:2" }, ["http://q:2", "https://p:1/", ""]],
    [{ HTTPS_PROXY: "http://p:1", NO_PROXY: " localhost,.x " }, [undefined, "http://p:1", "localhost,.x"]],
    [{ HTTPS_PROXY: "http://p:1", NO_PROXY: "a", no_proxy: "b" }, [undefined, "http://p:1", "b"]]
  ]
  for (const [env, expected] of cases) {
    it.effect(`of ${JSON.stringify(env)}`, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* plain(env), expected)
      })
    )
  }

  it.effect("that is none is an error which names the variable, and not the value", () =>
    Effect.gen(function* () {
      for (const value of [
        "http://",
        "ftp://s3cret:1",
        "socks5://u:s3cret@h:1",
        "http://u:s3c/ret@h:1",
        "http://h/s3cret"
      ]) {
        for (const name of ["HTTPS_PROXY", "http_proxy", "ALL_PROXY"]) {
          const error = yield* Effect.flip(read({ [name]: value }))
          assert.include(error.message, name)
          assert.include(error.message, "http://proxy.example:3128")
          assert.notMatch(`${error.message} ${JSON.stringify(error)}`, /s3c/)
        }
      }
    })
  )

  it.effect("is shown without user and password", () =>
    Effect.gen(function* () {
      const proxy = yield* read({ HTTPS_PROXY: "http://user:s3cret@proxy:3128", NO_PROXY: "localhost, .example.com" })
      assert.strictEqual(
        HttpProxy.describe(proxy, new URL("https://api.intercom.io")),
        "http://proxy:3128, but for localhost, .example.com"
      )
      assert.isUndefined(HttpProxy.describe(proxy, new URL("http://localhost:1")))
      assert.isUndefined(HttpProxy.describe(undefined, new URL("https://api.intercom.io")))
      assert.notInclude(JSON.stringify(proxy) + String(proxy?.https), "s3cret")
    })
  )
})
