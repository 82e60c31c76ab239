/** The body of an answer, read from real sockets. */
import { ContactId, Contacts } from "@effect-intercom/core/resources/Contacts"
import { IntercomHttp, RetryPolicy } from "@effect-intercom/core/IntercomHttp"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import * as Scripted from "./Scripted.ts"

type Answer = (response: ServerResponse) => void

/** A server on a free port that answers every request so; gives its URL. */
const serve = (answer: Answer) =>
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

const name = "Zo\u00eb \u{1F44B}"
const bytes = new TextEncoder().encode(JSON.stringify({ ...Scripted.contact("1"), name }))

/** Characters of several bytes are cut. */
const byteByByte: Answer = (response) => {
  const send = (at: number): void => {
    if (at === bytes.length) return void response.end()
    response.write(bytes.subarray(at, at + 1), () => setImmediate(send, at + 1))
  }
  send(0)
}

describe.each([
  ["fetch", FetchHttpClient.layer],
  ["undici", NodeHttpClient.layerUndici]
] as const)("on %s", (_, transport) => {
  const get = (answer: Answer, httpClient: Layer.Layer<HttpClient.HttpClient> = transport) =>
    Effect.gen(function* () {
      const intercom = IntercomHttp.layer({ accessToken: Redacted.make(Scripted.token), baseUrl: yield* serve(answer) })
      return yield* Contacts.use((contacts) => contacts.get(ContactId.make("1"))).pipe(
        Effect.provideService(RetryPolicy, { times: 0 }),
        Effect.provide(Contacts.layer.pipe(Layer.provide(Layer.orDie(intercom)), Layer.provide(httpClient)))
      )
    }).pipe(Effect.scoped)

  it.live("a body is whole, wherever its pieces were cut", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* get(byteByByte)).name, name)
    })
  )

  it.live("a body that is none is told from one that is no JSON", () =>
    Effect.gen(function* () {
      for (const status of [200, 204]) {
        const { message } = yield* Effect.flip(get((response) => response.writeHead(status).end()))
        assert.include(message, `HTTP ${status}`)
        assert.include(message, "an empty body")
      }
    })
  )

  it.live("a body is there for us too when the transport has read it, to log it say", () =>
    Effect.gen(function* () {
      const logged: Array<string> = []
      const logging = Layer.effect(
        HttpClient.HttpClient,
        Effect.map(
          HttpClient.HttpClient,
          HttpClient.tap(({ text }) => Effect.map(text, (text) => logged.push(text)))
        )
      )
      const contact = yield* get((response) => response.end(bytes), Layer.provide(logging, transport))
      assert.strictEqual(contact.name, name)
      assert.deepStrictEqual(logged, [new TextDecoder().decode(bytes)])
    })
  )
})
