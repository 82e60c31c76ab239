import * as IntercomHttp from "@effect-intercom/core/IntercomHttp"
import { ContactId, Contacts } from "@effect-intercom/core/resources/Contacts"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert, describe, it } from "@effect/vitest"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Net from "node:net"
import * as Scripted from "./Scripted.ts"

const get = Contacts.use((contacts) => contacts.get(ContactId.make("1")))
const create = Contacts.use((contacts) => contacts.create({ email: "a@b.c" }))

describe("on the TestClock", () => {
  const once = { retry: { times: 0 }, timeout: "10 seconds" } as const

  it.effect("a body that stalls after its headers times out, and its request is aborted", () =>
    Effect.gen(function* () {
      let cancelled = 0
      const server = Scripted.make([Scripted.stall('{"type":"contact","id":', 200, () => cancelled++)])
      const error = yield* Scripted.failure(Effect.provide(get, server.layer(Contacts.layer, once)))
      assert(error.reason._tag === "TimeoutError")
      assert.strictEqual(error.reason.afterMillis, 10_000)
      assert.strictEqual(cancelled, 1)
    })
  )

  it.effect("headers that never come time out", () =>
    Effect.gen(function* () {
      const server = Scripted.make([Scripted.silence])
      const error = yield* Scripted.failure(Effect.provide(get, server.layer(Contacts.layer, once)))
      assert.strictEqual(error.reason._tag, "TimeoutError")
    })
  )

  it.effect("so does the body of an error", () =>
    Effect.gen(function* () {
      const server = Scripted.make([Scripted.stall("<html>", 502)])
      const error = yield* Scripted.failure(Effect.provide(get, server.layer(Contacts.layer, once)))
      assert.strictEqual(error.reason._tag, "TimeoutError")
    })
  )

  it.effect("an answer in time is an answer, however late", () =>
    Effect.gen(function* () {
      const server = Scripted.make([Scripted.after("9999 millis", Scripted.json(Scripted.contact("1")))])
      const contact = yield* Scripted.elapse(Effect.provide(get, server.layer(Contacts.layer, once)))
      assert.strictEqual(String(contact.id), "1")
    })
  )

  it.effect("each attempt has its own time", () =>
    Effect.gen(function* () {
      const late = Scripted.after("9 seconds", Scripted.status(503))
      const server = Scripted.make([late, late, Scripted.json(Scripted.contact("1"))])
      yield* Scripted.elapse(Effect.provide(get, server.layer(Contacts.layer, { timeout: "10 seconds" })))
      assert.strictEqual(server.sent.length, 3)
    })
  )

  it.effect("waiting for the rate limit takes nothing from it", () =>
    Effect.gen(function* () {
      const server = Scripted.make(() => Scripted.json(Scripted.contact("1")))
      yield* Scripted.elapse(
        Effect.all([get, get], { concurrency: "unbounded" }).pipe(
          Effect.provide(server.layer(Contacts.layer, { ...once, rateLimit: { limit: 1, window: "1 minute" } }))
        )
      )
      assert.deepStrictEqual(server.times, [0, 60_000])
    })
  )
})

// ---------------------------------------------------------------------------------------------------------------------
// real sockets
// ---------------------------------------------------------------------------------------------------------------------

interface Server {
  readonly baseUrl: string
  readonly requests: ReadonlyArray<string>
  /** How many connections were closed. */
  readonly closed: () => number
  readonly stop: () => void
}

type Connection = (socket: Net.Socket, request: string) => void

/** A server on a free port, raw: it gets each request as text and does with the socket what it likes. */
const serve = (onRequest: Connection) =>
  Effect.acquireRelease(
    Effect.callback<Server>((resume) => {
      const requests: Array<string> = []
      const sockets = new Set<Net.Socket>()
      let closed = 0
      const server = Net.createServer((socket) => {
        sockets.add(socket)
        socket.on("error", () => {})
        socket.on("close", () => {
          sockets.delete(socket)
          closed++
        })
        let text = ""
        socket.on("data", (data) => {
          text += data.toString()
          const end = text.indexOf("\r\n\r\n")
          const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0)
          if (end === -1 || text.length < end + 4 + length) return
          requests.push(text)
          onRequest(socket, text)
          text = ""
        })
      })
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as Net.AddressInfo
        resume(
          Effect.succeed({
            baseUrl: `http://127.0.0.1:${port}`,
            requests,
            closed: () => closed,
            stop: () => {
              for (const socket of sockets) socket.destroy()
              server.close()
            }
          })
        )
      })
    }),
    (server) => Effect.sync(server.stop)
  )

const head = (status: string, length: number, ...headers: ReadonlyArray<string>) =>
  [`HTTP/1.1 ${status}`, "content-type: application/json", `content-length: ${length}`, ...headers, "", ""].join("\r\n")

const answer = (socket: Net.Socket, status: string, body: string) => socket.write(head(status, body.length) + body)

/** Waits until something real has happened. */
const until = (condition: () => boolean) =>
  Effect.suspend(() => (condition() ? Effect.void : Effect.fail("not yet"))).pipe(
    Effect.eventually,
    Effect.timeoutOrElse({ duration: "5 seconds", orElse: () => Effect.die(new Error("it never happened")) })
  )

describe.each([
  ["fetch", FetchHttpClient.layer],
  ["undici", NodeHttpClient.layerUndici]
] as const)("on %s and a real socket", (_, httpClient) => {
  const run = <A, E>(call: Effect.Effect<A, E, Contacts>, baseUrl: string, timeout: Duration.Input = "10 seconds") =>
    call.pipe(
      Effect.provideService(IntercomHttp.RetryPolicy, { times: 0 }),
      Effect.provide(
        Contacts.layer.pipe(
          Layer.provide(
            Layer.orDie(
              IntercomHttp.IntercomHttp.layer({ accessToken: Redacted.make(Scripted.token), baseUrl, timeout })
            )
          ),
          Layer.provide(httpClient)
        )
      )
    )

  const stalls = {
    "before its headers": () => {},
    "within its body": (socket: Net.Socket) => socket.write(`${head("200 OK", 100)}{"type":`)
  }
  for (const [where, onRequest] of Object.entries(stalls)) {
    it.live(`an answer that stalls ${where} times out, and the connection is closed`, () =>
      Effect.gen(function* () {
        const server = yield* serve(onRequest)
        const error = yield* Effect.flip(run(get, server.baseUrl, "100 millis"))
        assert(error.reason._tag === "TimeoutError")
        assert.strictEqual(error.reason.afterMillis, 100)
        yield* until(() => server.closed() === 1)
      })
    )

    it.live(`interruption while an answer stalls ${where} closes the connection`, () =>
      Effect.gen(function* () {
        const server = yield* serve(onRequest)
        const fiber = yield* Effect.forkChild(run(get, server.baseUrl))
        yield* until(() => server.requests.length === 1)
        // Time for the head to arrive: interruption inside the body is the case at hand.
        yield* Effect.sleep("50 millis")
        assert.strictEqual(server.closed(), 0)
        yield* Fiber.interrupt(fiber)
        yield* until(() => server.closed() === 1)
      })
    )
  }

  it.live("a refused connection was not sent", () =>
    Effect.gen(function* () {
      const closed = yield* Effect.scoped(
        Effect.map(
          serve(() => {}),
          ({ baseUrl }) => baseUrl
        )
      )
      for (const call of [get, create] as const) {
        const { reason } = yield* Effect.flip(run(call, closed))
        assert(reason._tag === "TransportError")
        assert.deepStrictEqual([reason.sent, reason.code], [false, "ECONNREFUSED"])
        assert.include(reason.message, "ECONNREFUSED")
      }
    })
  )

  it.live("a name that does not resolve was not sent", () =>
    Effect.gen(function* () {
      const { reason } = yield* Effect.flip(run(create, "http://does-not-exist.invalid"))
      assert(reason._tag === "TransportError")
      assert.strictEqual(reason.sent, false)
      assert.include(["ENOTFOUND", "EAI_AGAIN"], reason.code)
    })
  )

  const resets: Readonly<Record<string, Connection>> = {
    "before the answer": (socket) => socket.resetAndDestroy(),
    "within the head": (socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-", () => socket.resetAndDestroy()),
    "within the body": (socket) =>
      socket.write(`${head("200 OK", 100)}{"type":`, () => setTimeout(() => socket.resetAndDestroy(), 20)),
    "by an early end of the body": (socket) =>
      socket.write(`${head("200 OK", 100)}{"type":`, () => setTimeout(() => socket.end(), 20))
  }
  for (const [where, onRequest] of Object.entries(resets)) {
    it.live(`a connection lost ${where} may have been sent`, () =>
      Effect.gen(function* () {
        const server = yield* serve(onRequest)
        const { reason } = yield* Effect.flip(run(create, server.baseUrl))
        assert(reason._tag === "TransportError")
        assert.strictEqual(reason.sent, true)
        assert.isString(reason.code)
        assert.strictEqual(server.requests.length, 1)
      })
    )
  }

  it.live("a redirect is not followed, on any transport", () =>
    Effect.gen(function* () {
      const other = yield* serve((socket) => answer(socket, "200 OK", JSON.stringify(Scripted.contact("1"))))
      const server = yield* serve((socket) =>
        socket.write(head("302 Found", 0, `location: ${other.baseUrl}/contacts/1`))
      )
      const error = yield* Effect.flip(run(get, server.baseUrl))
      assert.deepInclude(error, { _tag: "IntercomError" })
      assert.strictEqual(server.requests.length, 1)
      assert.deepStrictEqual(other.requests, [])
    })
  )

  it.live("failed attempts give their connections back: many large errors need few", () =>
    Effect.gen(function* () {
      let connections = 0
      const page = "x".repeat(200_000)
      const seen = new WeakSet<Net.Socket>()
      const server = yield* serve((socket) => {
        if (!seen.has(socket)) connections++
        seen.add(socket)
        answer(socket, "404 Not Found", page)
      })
      yield* run(
        Effect.forEach(Array.from({ length: 40 }), () => Effect.flip(get)),
        server.baseUrl
      )
      assert.strictEqual(server.requests.length, 40)
      assert.isAtMost(connections, 2)
    })
  )

  it.live("sends these headers of ours, and no trace of traces", () =>
    Effect.gen(function* () {
      const server = yield* serve((socket) => answer(socket, "200 OK", JSON.stringify(Scripted.contact("1"))))
      yield* run(Effect.andThen(get, create), server.baseUrl).pipe(Effect.withSpan("parent"))
      const headersOf = (request: string) => {
        const lines = request.slice(0, request.indexOf("\r\n\r\n")).split("\r\n").slice(1)
        return Object.fromEntries(
          lines.map((line) => [line.split(":")[0]?.toLowerCase() ?? "", line.replace(/^.*?: /, "")])
        )
      }
      // What a transport adds by itself.
      const others = new Set([
        "host",
        "connection",
        "accept-language",
        "accept-encoding",
        "sec-fetch-mode",
        "user-agent"
      ])
      const ours = server.requests.map((request) =>
        Object.fromEntries(Object.entries(headersOf(request)).filter(([name]) => !others.has(name)))
      )
      const always = {
        accept: "application/json",
        authorization: `Bearer ${Scripted.token}`,
        "intercom-version": "2.15"
      }
      assert.deepStrictEqual(ours, [always, { ...always, "content-type": "application/json", "content-length": "17" }])
      assert.match(server.requests[0] ?? "", /^GET \/contacts\/1 HTTP\/1.1/)
      assert.match(server.requests[1] ?? "", /^POST \/contacts HTTP\/1.1[\s\S]*\r\n\r\n\{"email":"a@b.c"\}$/)
    })
  )
})
