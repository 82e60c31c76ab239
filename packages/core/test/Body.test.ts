/** The body of an answer, read from real sockets. */
import { ContactId, Contacts } from "@effect-intercom/core/resources/Contacts"
import { IntercomHttp, RetryPolicy } from "@effect-intercom/core/IntercomHttp"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpServer from "effect/http/HttpServer"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { createServer } from "node:http"
import * as Scripted from "./Scripted.ts"

const name = "Zo\u00eb \u{1F44B}"
const bytes = new TextEncoder().encode(JSON.stringify({ ...Scripted.contact("1"), name }))

/** Characters of several bytes are cut. */
const byteByByte = Stream.fromIterable(bytes).pipe(
  Stream.rechunk(1),
  Stream.map((byte) => Uint8Array.of(byte))
)

describe.each([
  ["fetch", FetchHttpClient.layer],
  ["undici", NodeHttpClient.layerUndici]
] as const)("on %s", (_, transport) => {
  const get = (
    response: HttpServerResponse.HttpServerResponse,
    httpClient: Layer.Layer<HttpClient.HttpClient> = transport
  ) =>
    Effect.gen(function* () {
      yield* HttpServer.serveEffect(Effect.succeed(response))
      const baseUrl = yield* HttpServer.addressFormattedWith(Effect.succeed)
      const intercom = IntercomHttp.layer({ accessToken: Redacted.make(Scripted.token), baseUrl })
      return yield* Contacts.use((contacts) => contacts.get(ContactId.make("1"))).pipe(
        Effect.provideService(RetryPolicy, { times: 0 }),
        Effect.provide(Contacts.layer.pipe(Layer.provide(Layer.orDie(intercom)), Layer.provide(httpClient)))
      )
    }).pipe(Effect.provide(NodeHttpServer.layer(createServer, { port: 0 })), Effect.scoped)

  it.live("a body is whole, wherever its pieces were cut", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* get(HttpServerResponse.stream(byteByByte))).name, name)
    })
  )

  it.live("a body that is none is told from one that is no JSON", () =>
    Effect.gen(function* () {
      for (const status of [200, 204]) {
        const { message } = yield* Effect.flip(get(HttpServerResponse.empty({ status })))
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
      const contact = yield* get(HttpServerResponse.uint8Array(bytes), Layer.provide(logging, transport))
      assert.strictEqual(contact.name, name)
      assert.deepStrictEqual(logged, [new TextDecoder().decode(bytes)])
    })
  )
})
