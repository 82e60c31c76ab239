import * as Prism from "@effect-intercom/contract-tests/traffic/Prism"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import { services } from "../Subjects.ts"

const document = {
  openapi: "3.1.0",
  info: { title: "Small", version: "2.15" },
  paths: { "/me": { post: { responses: { "204": { description: "nothing" } } } } }
}

/** A client whose first so many requests find their connection closed. */
const closed = (times: number) =>
  Layer.effect(
    HttpClient.HttpClient,
    Effect.map(HttpClient.HttpClient, (client) => {
      let left = times
      return HttpClient.transform(client, (effect, request) =>
        Effect.suspend(() =>
          left-- > 0
            ? Effect.fail(
                new HttpClientError.HttpClientError({
                  reason: new HttpClientError.TransportError({ request, description: "read ECONNRESET" })
                })
              )
            : effect
        )
      )
    })
  ).pipe(Layer.provide(services))

const statusAfter = (times: number) =>
  Prism.Prism.use((prism) =>
    prism.send()(HttpClientRequest.post("https://api.test/me"), new URL("https://api.test/me"))
  ).pipe(
    Effect.map(({ status }) => status),
    Effect.provide(Prism.Prism.layer(document).pipe(Layer.provide(closed(times))))
  )

it.live("a mock whose connection was idle for too long is asked again, and not without end", () =>
  Effect.gen(function* () {
    assert.strictEqual(yield* statusAfter(2), 204)
    assert.match((yield* Effect.flip(statusAfter(3))).message, /ECONNRESET/)
  })
)
