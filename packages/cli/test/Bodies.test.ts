import * as Bodies from "@effect-intercom/cli/Bodies"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

/** A server on a free port that answers every request so; gives its URL. */
const serve = (answer: (response: ServerResponse) => void) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly url: string; readonly stop: () => void }>((resume) => {
      const server = createServer((_, response) => answer(response))
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo
        const stop = () => {
          server.closeAllConnections()
          server.close()
        }
        resume(Effect.succeed({ url: `http://127.0.0.1:${port}`, stop }))
      })
    }),
    ({ stop }) => Effect.sync(stop)
  ).pipe(Effect.map(({ url }) => url))

const get = (answer: (response: ServerResponse) => void) =>
  Effect.flatMap(serve(answer), HttpClient.get).pipe(
    Effect.flatMap((response) => Effect.map(response.text, (text) => ({ text, status: response.status }))),
    Effect.provide(Layer.provide(Bodies.layer, NodeHttpClient.layerUndici)),
    Effect.scoped
  )

it.live("a body is whole, wherever its pieces were cut", () =>
  Effect.gen(function* () {
    const whole = "Zo\u00eb \u{1F44B}"
    const bytes = new TextEncoder().encode(whole)
    const answer = yield* get((response) => {
      // One byte at a time: characters of several bytes are cut.
      const send = (at: number): void => {
        if (at === bytes.length) return void response.end()
        response.write(bytes.subarray(at, at + 1), () => setImmediate(send, at + 1))
      }
      send(0)
    })
    assert.deepStrictEqual(answer, { text: whole, status: 200 })
  })
)

it.live("there may be none", () =>
  Effect.gen(function* () {
    assert.deepStrictEqual(yield* get((response) => response.writeHead(204).end()), { text: "", status: 204 })
  })
)

it.live("one that breaks off is a failure", () =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(
      get((response) => {
        response.writeHead(200, { "content-length": "100" })
        response.write("{", () => response.destroy())
      })
    )
    assert.strictEqual(error.reason._tag, "DecodeError")
  })
)

it.effect("its bytes are never joined", () =>
  Effect.gen(function* () {
    const joined: Array<string> = []
    const transport = HttpClient.make((request) => {
      const response = HttpClientResponse.fromWeb(request, new Response("{}"))
      Object.defineProperty(response, "arrayBuffer", { get: () => joined.push("arrayBuffer") })
      return Effect.succeed(response)
    })
    const { text } = yield* HttpClient.get("https://api.example.test/me").pipe(
      Effect.provide(Layer.provide(Bodies.layer, Layer.succeed(HttpClient.HttpClient, transport)))
    )
    assert.strictEqual(yield* text, "{}")
    assert.deepStrictEqual(joined, [])
  })
)
