import * as Bodies from "@effect-intercom/cli/Bodies"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { assert, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as HttpServer from "effect/http/HttpServer"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { createServer } from "node:http"

const transport = Layer.provide(Bodies.layer, NodeHttpClient.layerUndici)

/** What comes of a response that crosses a socket; `onHead` happens before its body is read. */
const received = (response: HttpServerResponse.HttpServerResponse, onHead: Effect.Effect<unknown> = Effect.void) =>
  Effect.gen(function* () {
    yield* HttpServer.serveEffect(Effect.succeed(response))
    const { status, text } = yield* HttpClient.get("/")
    yield* onHead
    return { status, text: yield* text }
  }).pipe(
    Effect.provide(HttpServer.layerTestClient.pipe(Layer.provide(transport))),
    Effect.provide(NodeHttpServer.layer(createServer, { port: 0 })),
    Effect.scoped
  )

it.live("a body is whole, wherever its pieces were cut", () =>
  Effect.gen(function* () {
    const text = "Zo\u00eb \u{1F44B}"
    // One byte at a time: characters of several bytes are cut.
    const bytes = Stream.fromIterable(new TextEncoder().encode(text)).pipe(
      Stream.rechunk(1),
      Stream.map((byte) => Uint8Array.of(byte))
    )
    assert.deepStrictEqual(yield* received(HttpServerResponse.stream(bytes)), { status: 200, text })
  })
)

it.live("there may be none", () =>
  Effect.gen(function* () {
    assert.deepStrictEqual(yield* received(HttpServerResponse.empty()), { status: 204, text: "" })
  })
)

it.live("one that breaks off is a failure", () =>
  Effect.gen(function* () {
    const begun = yield* Deferred.make<void>()
    const broken = Stream.concat(
      Stream.make(Uint8Array.of(123)),
      Stream.fromEffect(Effect.andThen(Deferred.await(begun), Effect.fail("broken")))
    )
    const error = yield* Effect.flip(received(HttpServerResponse.stream(broken), Deferred.succeed(begun, undefined)))
    assert.strictEqual(error._tag === "HttpClientError" ? error.reason._tag : error._tag, "DecodeError")
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
