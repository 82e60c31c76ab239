/** Operations whose answers are no JSON: text, bytes that are streamed, addresses of redirects. */
import * as Endpoint from "@effect-intercom/core/Endpoint"
import { groupOf } from "@effect-intercom/core/IntercomApi"
import * as Resource from "@effect-intercom/core/Resource"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpApi from "effect/http-api/HttpApi"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as Observed from "./Observed.ts"
import * as Scripted from "./Scripted.ts"

class Calls extends Resource.Service<Calls>()("Calls", {
  transcript: Endpoint.get("/calls/:id/transcript", { params: { id: Schema.String }, success: Endpoint.Text }),
  recording: Endpoint.get("/calls/:id/recording", { params: { id: Schema.String }, success: Endpoint.Location }),
  download: Endpoint.get("/download/:id", { params: { id: Schema.String }, success: Endpoint.Bytes }),
  restart: Endpoint.post("/download/:id", { params: { id: Schema.String }, success: Endpoint.Bytes })
}) {}

const bytes =
  (...chunks: ReadonlyArray<string>): Scripted.Answer =>
  () =>
    Effect.sync(
      () =>
        new Response(
          new ReadableStream({
            start: (controller) => {
              for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk))
              controller.close()
            }
          })
        )
    )

const texts = (chunks: ReadonlyArray<Uint8Array>) => chunks.map((chunk) => new TextDecoder().decode(chunk))
const download = Stream.unwrap(Calls.useSync(({ download }) => download("1")))

describe("text", () => {
  it.effect("comes as it is, JSON or not", () =>
    Effect.gen(function* () {
      const server = Scripted.make([Scripted.text("Hello\n"), Scripted.text('{"a":1}'), Scripted.text("")])
      const { transcript } = yield* Effect.provide(Calls, server.layer(Calls.layer))
      assert.deepStrictEqual(
        [yield* transcript("1"), yield* transcript("1"), yield* transcript("1")],
        ["Hello\n", '{"a":1}', ""]
      )
      assert.deepStrictEqual(
        server.sent.map(({ path }) => path),
        Array.from({ length: 3 }, () => "/calls/1/transcript")
      )
    })
  )

  it.effect("that is none is told", () =>
    Effect.gen(function* () {
      const answer: Scripted.Answer = () =>
        Effect.sync(() => new Response("x", { headers: { "content-encoding": "compress" } }))
      const packed: Scripted.Answer = () =>
        Effect.sync(
          () => new Response(Uint8Array.of(0x1f, 0x9d, 0xff), { headers: { "content-encoding": "compress" } })
        )
      const server = Scripted.make([answer, packed])
      const { transcript } = yield* Effect.provide(Calls, server.layer(Calls.layer, { retry: { times: 0 } }))
      assert.strictEqual(yield* transcript("1"), "x")
      const { reason } = yield* Effect.flip(transcript("1"))
      assert(reason._tag === "DecodeError")
      assert.deepStrictEqual(reason.mismatches, [
        { path: "", expected: "text", actual: "a body encoded as compress, which cannot be read here" }
      ])
    })
  )
})

describe("the address of a redirect", () => {
  it.effect("is given, absolute, and never asked for", () =>
    Effect.gen(function* () {
      const elsewhere = "https://recordings.example/1.mp3?signature=x"
      const server = Scripted.make([
        Scripted.status(302, { location: elsewhere }),
        Scripted.status(307, { location: "/files/1.mp3" })
      ])
      const { recording } = yield* Effect.provide(Calls, server.layer(Calls.layer))
      assert.strictEqual((yield* recording("1")).href, elsewhere)
      assert.strictEqual((yield* recording("1")).href, "https://api.intercom.io/files/1.mp3")
      // With the token, to nobody else.
      assert.deepStrictEqual(
        server.sent.map(({ url }) => url.host),
        ["api.intercom.io", "api.intercom.io"]
      )
    })
  )

  it.effect("that is missing is told, and a refusal is one", () =>
    Effect.gen(function* () {
      const answers = [Scripted.text("no redirect"), Scripted.status(302), Scripted.status(404)]
      const server = Scripted.make(answers)
      const { recording } = yield* Effect.provide(Calls, server.layer(Calls.layer, { retry: { times: 0 } }))
      const reasons = yield* Effect.forEach(answers, () => Effect.flip(recording("1")))
      assert.deepStrictEqual(
        reasons.map(({ reason }) => reason._tag),
        ["DecodeError", "UnexpectedStatus", "NotFound"]
      )
      assert.include(reasons[0]?.message, "expected the address of a redirect, in Location, got none")
    })
  )
})

describe("an answer of another kind", () => {
  it.effect.each([
    [302, "javascript:alert(1)"],
    [302, "file:///etc/passwd"],
    [200, "https://files.example/1"],
    [304, "https://files.example/1"]
  ] as const)("is no address: %d %s", ([status, location]) =>
    Effect.gen(function* () {
      const server = Scripted.make([Scripted.status(status, { location })])
      const { recording } = yield* Effect.provide(Calls, server.layer(Calls.layer, { retry: { times: 0 } }))
      const { reason } = yield* Effect.flip(recording("1"))
      assert.strictEqual(reason._tag, "DecodeError")
    })
  )

  it.effect.each(["text/html; charset=utf-8", "application/json", "application/problem+json"])(
    "is no text: %s",
    (type) =>
      Effect.gen(function* () {
        const server = Scripted.make([Scripted.text("{}", { headers: { "content-type": type } })])
        const { transcript } = yield* Effect.provide(Calls, server.layer(Calls.layer, { retry: { times: 0 } }))
        const { reason } = yield* Effect.flip(transcript("1"))
        assert(reason._tag === "DecodeError")
        assert.include(reason.message, `expected text, got ${type}`)
      })
  )
})

describe("bytes", () => {
  it.effect("are streamed, however many, when the stream is run", () =>
    Effect.gen(function* () {
      const server = Scripted.make([bytes("a".repeat(40), "b"), bytes()])
      const layer = server.layer(Calls.layer, { maxBodySize: 10 })
      const stream = Stream.provide(download, layer)
      assert.lengthOf(server.sent, 0)
      assert.strictEqual(texts(yield* Stream.runCollect(stream)).join(""), `${"a".repeat(40)}b`)
      assert.deepStrictEqual(yield* Stream.runCollect(stream), [])
      assert.lengthOf(server.sent, 2)
    })
  )

  it.effect("are asked for again before the first of them, and never after it", () =>
    Effect.gen(function* () {
      const server = Scripted.make([
        Scripted.status(503),
        Scripted.lost("ECONNRESET"),
        Scripted.cut("begun", "UND_ERR_SOCKET"),
        bytes("not asked for")
      ])
      const got: Array<Uint8Array> = []
      const error = yield* download.pipe(
        Stream.runForEach((chunk) => Effect.sync(() => got.push(chunk))),
        Effect.provide(server.layer(Calls.layer)),
        Scripted.failure
      )
      assert.deepStrictEqual([texts(got), server.sent.length], [["begun"], 3])
      assert(error._tag === "IntercomError" && error.reason._tag === "TransportError")
      assert.deepStrictEqual([error.operation, error.reason.sent], ["Calls.download", true])
    })
  )

  it.effect("are not asked for again where that is not idempotent", () =>
    Effect.gen(function* () {
      const server = Scripted.make([Scripted.status(503)])
      const error = yield* Stream.unwrap(Calls.useSync(({ restart }) => restart("1"))).pipe(
        Stream.runDrain,
        Effect.provide(server.layer(Calls.layer)),
        Scripted.failure
      )
      assert(error._tag === "IntercomError" && error.reason._tag === "ServerError")
      assert.lengthOf(server.sent, 1)
    })
  )

  it.effect("may take as long as they come: the timeout is from one chunk to the next", () =>
    Effect.gen(function* () {
      const server = Scripted.make([Scripted.stall("first")])
      const layer = server.layer(Calls.layer, { timeout: "10 seconds" })
      const got: Array<Uint8Array> = []
      const slow = download.pipe(
        // Whoever takes the bytes may take his time.
        Stream.runForEach((chunk) =>
          Effect.delay(
            Effect.sync(() => got.push(chunk)),
            "1 minute"
          )
        ),
        Effect.provide(layer)
      )
      const error = yield* Scripted.failure(slow)
      assert(error._tag === "IntercomError" && error.reason._tag === "TimeoutError")
      assert.strictEqual(error.reason.afterMillis, 10_000)
      assert.deepStrictEqual(texts(got), ["first"])
    })
  )

  it.effect("of a stream that is interrupted are let go of", () =>
    Effect.gen(function* () {
      let cancelled = false
      const server = Scripted.make([Scripted.stall("first", 200, () => (cancelled = true))])
      const fiber = yield* Effect.forkChild(Effect.provide(Stream.runDrain(download), server.layer(Calls.layer)))
      yield* Scripted.settle
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(fiber)
      assert.isTrue(cancelled)
    })
  )

  it.effect("of an error are its words, and a redirect is refused", () =>
    Effect.gen(function* () {
      const server = Scripted.make([
        Scripted.errorList(404, { code: "job_not_found", message: "No such job" }),
        Scripted.status(302, { location: "https://elsewhere.example/x" })
      ])
      const run = Effect.flip(Effect.provide(Stream.runDrain(download), server.layer(Calls.layer)))
      const first = yield* run
      assert(first._tag === "IntercomError")
      assert.include(first.message, "No such job")
      const second = yield* run
      assert(second._tag === "IntercomError" && second.reason._tag === "UnexpectedStatus")
      assert.lengthOf(server.sent, 2)
    })
  )

  it.effect("are in a span from the request to the last of them", () =>
    Effect.gen(function* () {
      const observed = Observed.make()
      const server = Scripted.make([bytes("a")])
      yield* Effect.provide(Stream.runDrain(download), server.layer(Calls.layer)).pipe(observed.watch)
      assert.deepStrictEqual(
        observed.spans.map(({ name }) => name),
        ["Calls.download"]
      )
    })
  )
})

it("a document and a server are told what the bodies are", () => {
  const api = HttpApi.make("own").add(groupOf(Calls))
  const { paths } = OpenApi.fromApi(api)
  const of = (path: string) => paths[path]?.get?.responses
  assert.deepStrictEqual(Object.keys(of("/calls/{id}/transcript")?.[200]?.content ?? {}), ["text/plain"])
  assert.isDefined(of("/calls/{id}/recording")?.[302])
  assert.deepStrictEqual(Object.keys(of("/download/{id}")?.[200]?.content ?? {}), ["application/octet-stream"])
})
