import { Traffic } from "@effect-intercom/cli/Traffic"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Logger from "effect/Logger"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"

const answering = (status: number, headers: Record<string, string> = {}, millis = 0) =>
  Traffic.layer.pipe(
    Layer.provide(
      Layer.succeed(
        HttpClient.HttpClient,
        HttpClient.make((request) =>
          Effect.delay(
            Effect.succeed(HttpClientResponse.fromWeb(request, new Response(null, { status, headers }))),
            millis
          )
        )
      )
    )
  )

const request = HttpClient.get("https://api.example.test/me")
const pause = Traffic.use(({ pause }) => pause)

it.effect("a full window is a pause until its reset", () =>
  Effect.gen(function* () {
    assert.isUndefined(yield* pause)
    yield* request
    assert.isUndefined(yield* pause)
    yield* TestClock.adjust("1 second")
    assert.deepStrictEqual(yield* pause, { cause: "limit", millis: 9000 })
    yield* TestClock.adjust("9 seconds")
    assert.isUndefined(yield* pause)
  }).pipe(Effect.provide(answering(200, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "10" })))
)

it.effect("silence in a window that takes more is none", () =>
  Effect.gen(function* () {
    yield* request
    yield* TestClock.adjust("5 seconds")
    assert.isUndefined(yield* pause)
  }).pipe(Effect.provide(answering(200, { "x-ratelimit-remaining": "7", "x-ratelimit-reset": "10" })))
)

it.effect("after a failure the next attempt is awaited", () =>
  Effect.gen(function* () {
    yield* request
    yield* TestClock.adjust("1 second")
    assert.deepStrictEqual(yield* pause, { cause: "failure", millis: 1000 })
  }).pipe(Effect.provide(answering(503)))
)

it.effect("a scroll that is refused for long is told once, at its beginning", () =>
  Effect.gen(function* () {
    const said: Array<unknown> = []
    const logger = Logger.make(({ message }) => void said.push(message))
    yield* Effect.gen(function* () {
      const scroll = HttpClient.get("https://api.example.test/companies/scroll")
      yield* scroll
      assert.match(String(said), /one at a time\. This waits .* ten minutes at most\.$/)
      yield* TestClock.adjust("20 seconds")
      yield* scroll
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(yield* pause, { cause: "scroll", millis: 25_000 })
      assert.strictEqual(said.length, 1)
    }).pipe(Effect.provide(Logger.layer([logger])))
  }).pipe(Effect.provide(answering(400)))
)

it.effect("a scroll that is refused waits for another one", () =>
  Effect.gen(function* () {
    const pauseAfter = (url: string) =>
      Effect.andThen(HttpClient.get(url), Effect.andThen(TestClock.adjust("1 second"), pause))
    const scroll = yield* pauseAfter("https://api.example.test/companies/scroll")
    assert.deepStrictEqual(scroll, { cause: "scroll", millis: 1000 })
    const other = yield* pauseAfter("https://api.example.test/companies")
    assert.deepStrictEqual(other, { cause: "failure", millis: 1000 })
  }).pipe(Effect.provide(answering(400)))
)

it.effect("a request under way is no pause, one that was given up is none under way", () =>
  Effect.gen(function* () {
    const under = yield* Effect.forkChild(request)
    yield* TestClock.adjust("5 seconds")
    assert.isUndefined(yield* pause)
    yield* Fiber.interrupt(under)
    const next = yield* Effect.forkChild(request)
    yield* TestClock.adjust("1 minute")
    yield* Fiber.join(next)
    yield* TestClock.adjust("1 second")
    assert.deepStrictEqual(yield* pause, { cause: "failure", millis: 1000 })
  }).pipe(Effect.provide(answering(500, {}, 60_000)))
)

it.effect("a clock that is put back makes no pause longer, and the server's own clock tells when its window ends", () =>
  Effect.gen(function* () {
    yield* TestClock.adjust("1 hour")
    yield* request
    yield* TestClock.adjust("1 second")
    assert.deepStrictEqual(yield* pause, { cause: "limit", millis: 9000 })
    yield* TestClock.setTime(0)
    assert.deepStrictEqual(yield* pause, { cause: "limit", millis: 9000 })
  }).pipe(
    Effect.provide(
      answering(200, {
        // Ten seconds later, by a clock that is a day ahead.
        date: "Fri, 02 Jan 1970 00:00:00 GMT",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": "86410"
      })
    )
  )
)
