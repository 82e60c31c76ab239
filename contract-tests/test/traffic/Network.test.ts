import * as Network from "@effect-intercom/contract-tests/traffic/Network"
import { assert, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"

/** A server that says who it is, and what it was asked for. */
const server = (name: string) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.callback<Server>((resume) => {
        const server = createServer(({ url }, response) => void response.end(`${name} ${url}`))
        server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
      }),
      (server) =>
        Effect.sync(() => {
          server.closeAllConnections()
          server.close()
        })
    ),
    // A server that listens on TCP has such an address.
    (server) => `127.0.0.1:${(server.address() as AddressInfo).port}`
  )

const text = (url: string, env: Record<string, string>) =>
  Effect.flatMap(HttpClient.get(url), ({ text }) => text).pipe(
    Effect.provide(Network.layer),
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown(env))
  )

it.live("documents come through the proxy of the environment, and the suite's own servers are reached without it", () =>
  Effect.gen(function* () {
    const proxy = yield* server("proxy")
    const own = yield* server("own")
    const env = { HTTP_PROXY: `http://${proxy}`, NO_PROXY: "other.test" }
    assert.strictEqual(yield* text("http://spec.test/a.yml", env), "proxy http://spec.test/a.yml")
    assert.strictEqual(yield* text(`http://${own}/a.yml`, env), "own /a.yml")
    assert.strictEqual(yield* text(`http://${own}/a.yml`, {}), "own /a.yml")
    const error = yield* Effect.flip(text("http://spec.test/a.yml", { HTTP_PROXY: "ftp://s3cret" }))
    assert.include(error.message, "HTTP_PROXY")
    assert.notInclude(error.message, "s3cret")
  })
)
