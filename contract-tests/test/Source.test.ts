import * as Source from "@effect-intercom/contract-tests/Source"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as TestClock from "effect/testing/TestClock"

const document = 'openapi: "3.0.0"\ninfo: { title: T, version: "1" }\npaths: { /a: { get: { responses: {} } } }'

/** What a server answers; what it was asked is written down. */
const served = (answer: (path: string) => Response, asked: Array<Headers> = []) =>
  HttpClient.make((request, url) =>
    Effect.sync(() => {
      asked.push(new Headers({ ...request.headers }))
      return HttpClientResponse.fromWeb(request, answer(url.pathname))
    })
  )

const read = (spec: string, client: HttpClient.HttpClient) =>
  Source.read({ spec }).pipe(Effect.provideService(HttpClient.HttpClient, client), Effect.provide(NodeServices.layer))

describe("a document behind a URL", () => {
  it.effect("is read, through redirects, without a token; its name has neither user nor query", () =>
    Effect.gen(function* () {
      const asked: Array<Headers> = []
      const client = served(
        (path) =>
          path === "/old"
            ? new Response(undefined, { status: 302, headers: { location: "https://x.test/new" } })
            : new Response(document),
        asked
      )
      const { document: read_, own, source } = yield* read("https://me:secret@x.test/old?token=secret", client)
      assert.property(read_, "paths")
      assert.isFalse(own)
      assert.strictEqual(source, "https://x.test/old")
      assert.strictEqual(asked.length, 2)
      for (const headers of asked) assert.isFalse(headers.has("authorization"))
    })
  )

  it.effect("names the status when it is none of success", () =>
    Effect.gen(function* () {
      const client = served(() => new Response("no", { status: 404 }))
      const error = yield* Effect.flip(read("https://x.test/a.yml?token=secret", client))
      assert.strictEqual(error.message, "https://x.test/a.yml: the server answers with status 404")
    })
  )

  it.effect("says when it is no document", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        read(
          "https://x.test/",
          served(() => new Response("<html>"))
        )
      )
      assert.match(error.message, /^https:\/\/x\.test\/: not an OpenAPI document/)
    })
  )

  it.effect("is not waited for without end", () =>
    Effect.gen(function* () {
      const client = HttpClient.make(() => Effect.never)
      const fiber = yield* Effect.forkChild(Effect.flip(read("https://x.test/a.yml", client)))
      yield* TestClock.adjust("31 seconds")
      assert.strictEqual((yield* Fiber.join(fiber)).message, "https://x.test/a.yml: no answer within 30s")
    })
  )

  it.live("says when nobody is there", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Source.read({ spec: "http://127.0.0.1:1/a.yml" }))
      assert.strictEqual(error.message, "http://127.0.0.1:1/a.yml: cannot be reached")
    }).pipe(Effect.provide([NodeServices.layer, NodeHttpClient.layerUndici]))
  )
})
