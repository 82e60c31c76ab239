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
import * as Deferred from "effect/Deferred"
import type * as IntercomConfig from "@effect-intercom/core/IntercomConfig"
import { createServer } from "node:http"
import * as Zlib from "node:zlib"
import * as Scripted from "./Scripted.ts"

const name = "Zo\u00eb \u{1F44B}"
const bytes = new TextEncoder().encode(JSON.stringify({ ...Scripted.contact("1"), name }))

const json = JSON.stringify({ ...Scripted.contact("1"), name: "Zo\u00eb" })

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
    httpClient: Layer.Layer<HttpClient.HttpClient> = transport,
    options: Partial<IntercomConfig.Options> = {}
  ) =>
    Effect.gen(function* () {
      yield* HttpServer.serveEffect(Effect.succeed(response))
      const baseUrl = yield* HttpServer.addressFormattedWith(Effect.succeed)
      const intercom = IntercomHttp.layer({ accessToken: Redacted.make(Scripted.token), baseUrl, ...options })
      return yield* Contacts.use((contacts) => contacts.get(ContactId.make("1"))).pipe(
        Effect.provideService(RetryPolicy, { times: 0 }),
        Effect.provide(Contacts.layer.pipe(Layer.provide(Layer.orDie(intercom)), Layer.provide(httpClient)))
      )
    }).pipe(Effect.provide(Layer.orDie(NodeHttpServer.layer(createServer, { port: 0 }))), Effect.scoped)

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

  it.live("a body that breaks off is an error, no defect, when the transport has tried to read it", () =>
    Effect.gen(function* () {
      const reading = Layer.effect(
        HttpClient.HttpClient,
        Effect.map(
          HttpClient.HttpClient,
          HttpClient.tap(({ text }) => Effect.ignore(text))
        )
      )
      const broken = Stream.concat(Stream.succeed(bytes.subarray(0, 9)), Stream.fail("broken"))
      const { reason } = yield* Effect.flip(get(HttpServerResponse.stream(broken), Layer.provide(reading, transport)))
      assert.strictEqual(reason._tag, "TransportError")
    })
  )

  const packed = (encoding: string, body: Uint8Array, options: { readonly status?: number } = {}) =>
    HttpServerResponse.stream(
      Stream.fromIterable(Array.from({ length: Math.ceil(body.length / 7) }, (_, i) => body.slice(i * 7, i * 7 + 7))),
      {
        status: options.status ?? 200,
        contentType: "application/json",
        ...(encoding === "" ? undefined : { headers: { "content-encoding": encoding } })
      }
    )

  it.live.each<readonly [string, Uint8Array]>([
    ["gzip", Zlib.gzipSync(bytes)],
    ["x-gzip", Zlib.gzipSync(bytes)],
    ["GZIP", Zlib.gzipSync(bytes)],
    ["deflate", Zlib.deflateSync(bytes)],
    ["deflate", Zlib.deflateRawSync(bytes)],
    ["br", Zlib.brotliCompressSync(bytes)],
    // A member each, as a server that flushes packs them.
    [
      "gzip",
      Buffer.concat(
        [bytes.subarray(0, 9), bytes.subarray(9, 30), bytes.subarray(30)].map((part) => Zlib.gzipSync(part))
      )
    ],
    ["gzip, br", Zlib.brotliCompressSync(Zlib.gzipSync(bytes))],
    ["identity", bytes]
  ])("a body in %s, which nobody asked for, is read", ([encoding, body]) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* get(packed(encoding, body))).name, name)
    })
  )

  it.live("a packed body is read where no header says so", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* get(packed("", Zlib.gzipSync(bytes)))).name, name)
    })
  )

  it.live("a body that says how long it is is read, unpacked, and left alone where it is too long", () =>
    Effect.gen(function* () {
      for (const body of [bytes, Zlib.gzipSync(bytes)]) {
        const answer = HttpServerResponse.uint8Array(body, { contentType: "application/json" })
        assert.strictEqual((yield* get(answer)).name, name)
        assert.strictEqual((yield* get(answer, transport, { maxBodySize: bytes.length + 50 })).name, name)
        const { reason } = yield* Effect.flip(get(answer, transport, { maxBodySize: body.length - 1 }))
        assert.strictEqual(reason._tag, "BodyTooLargeError")
      }
      const bomb = HttpServerResponse.uint8Array(Zlib.gzipSync(new Uint8Array(50_000_000).fill(32)))
      const { reason } = yield* Effect.flip(get(bomb, transport, { maxBodySize: 1_000_000 }))
      assert.strictEqual(reason._tag, "BodyTooLargeError")
    })
  )

  it.live("what is packed otherwise than it says is no body, though it reads like one", () =>
    Effect.gen(function* () {
      const body = HttpServerResponse.uint8Array(Buffer.from(json, "latin1"))
      const { reason } = yield* Effect.flip(get(HttpServerResponse.setHeader(body, "content-encoding", "compress")))
      assert(reason._tag === "DecodeError")
      assert.strictEqual(reason.mismatches[0]?.actual, "a body encoded as compress, which cannot be read here")
    })
  )

  it.live("members of gzip are one body, within its limit, and end where they end", () =>
    Effect.gen(function* () {
      const of = (...parts: ReadonlyArray<Uint8Array>) => packed("gzip", Buffer.concat(parts))
      const plain = Zlib.gzipSync(bytes)
      // The name of the file looks like the beginning of a member.
      const tricky = Buffer.concat([
        Buffer.of(0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3, 0x1f, 0x8b, 8, 0),
        plain.subarray(10)
      ])
      const spaces = Zlib.gzipSync(Buffer.alloc(1_000, 32))
      assert.strictEqual((yield* get(of(spaces, tricky, spaces))).name, name)
      const large = yield* Effect.flip(get(of(spaces, spaces, tricky), transport, { maxBodySize: 1_500 }))
      assert.strictEqual(large.reason._tag, "BodyTooLargeError")
      const cut = yield* Effect.flip(get(of(spaces, tricky.subarray(0, -20))))
      assert.strictEqual(cut.reason._tag, "DecodeError")
    })
  )

  it.live("an error in gzip tells what the API said", () =>
    Effect.gen(function* () {
      const list = { type: "error.list", errors: [{ code: "not_found", message: "No such contact" }] }
      const body = Zlib.gzipSync(JSON.stringify(list))
      const { reason } = yield* Effect.flip(get(packed("gzip", body, { status: 404 })))
      assert(reason._tag === "NotFound")
      assert.deepStrictEqual(reason.errors, [{ code: "not_found", message: "No such contact" }])
    })
  )

  it.live.each<readonly [string, Uint8Array]>([
    ["application/json; charset=iso-8859-1", Buffer.from(json, "latin1")],
    ['application/json;charset="Windows-1252"', Buffer.from(json, "latin1")],
    ["application/json; charset=utf-16le", Buffer.from(json, "utf16le")],
    // What a proxy adds to UTF-8, or misspells.
    ["application/json; charset=iso-8859-1", Buffer.from(json)],
    ["application/json; charset=utf8mb4", Buffer.from(json)]
  ])("a body of %s is read as what it is", ([contentType, body]) =>
    Effect.gen(function* () {
      for (const [bytes, headers] of [
        [body, {}],
        [Zlib.gzipSync(body), { "content-encoding": "gzip" }]
      ] as const) {
        const answer = HttpServerResponse.uint8Array(bytes, { contentType, headers })
        assert.strictEqual((yield* get(answer)).name, "Zo\u00eb")
      }
    })
  )

  it.live("bytes that are not what they should be are told, and nothing is replaced in silence", () =>
    Effect.gen(function* () {
      for (const [contentType, charset] of [
        ["application/json", "UTF-8"],
        ["application/json; charset=utf-8", "utf-8"],
        ["application/json; charset=klingon", "klingon"]
      ] as const) {
        const answer = HttpServerResponse.uint8Array(Buffer.from(json, "latin1"), { contentType })
        const { reason } = yield* Effect.flip(get(answer))
        assert(reason._tag === "DecodeError")
        assert.deepStrictEqual(
          [reason.kind, reason.mismatches.map(({ actual }) => actual)],
          ["malformed", [`bytes that are not ${charset}`]]
        )
      }
    })
  )

  it.live("an encoding nobody here can undo is named", () =>
    Effect.gen(function* () {
      for (const encoding of ["compress", "br, compress"]) {
        const { reason } = yield* Effect.flip(get(packed(encoding, new Uint8Array([0x1f, 0x9d, 0x90, 0xff, 0x80]))))
        assert(reason._tag === "DecodeError")
        assert.strictEqual(reason.mismatches[0]?.actual, "a body encoded as compress, which cannot be read here")
        assert.strictEqual(reason.body, "")
      }
    })
  )

  /** A body without an end, and whether the server was told to stop. */
  const endless = (status: number, chunk: Uint8Array, encoding = "identity") =>
    Effect.map(Deferred.make<void>(), (stopped) => ({
      stopped: Deferred.await(stopped),
      response: HttpServerResponse.stream(
        Stream.forever(Stream.make(chunk)).pipe(Stream.ensuring(Deferred.succeed(stopped, undefined))),
        { status, contentType: "application/json", headers: { "content-encoding": encoding } }
      )
    }))

  it.live("a body without an end is left at the limit, and its connection is released", () =>
    Effect.gen(function* () {
      for (const size of [1, 65_536]) {
        const { response, stopped } = yield* endless(200, new Uint8Array(size).fill(32))
        const { message, reason } = yield* Effect.flip(get(response, transport, { maxBodySize: 200_000 }))
        assert(reason._tag === "BodyTooLargeError")
        assert.deepStrictEqual([reason.status, reason.limit], [200, 200_000])
        assert.include(message, "more than 200000 bytes")
        assert.include(message, "maxBodySize")
        yield* stopped
      }
    })
  )

  it.live("an error without an end is that error", () =>
    Effect.gen(function* () {
      const { response, stopped } = yield* endless(503, new TextEncoder().encode("down "))
      const { reason } = yield* Effect.flip(get(response))
      assert(reason._tag === "ServerError")
      assert.match(reason.body ?? "", /^down down .*… \(more than 1048576 characters in all\)$/)
      yield* stopped
    })
  )

  it.live("a body that is too large unpacked is left at the limit", () =>
    Effect.gen(function* () {
      const bomb = Zlib.gzipSync(new Uint8Array(50_000_000).fill(32))
      const { reason } = yield* Effect.flip(get(packed("gzip", bomb), transport, { maxBodySize: 1_000_000 }))
      assert(reason._tag === "BodyTooLargeError")
    })
  )

  it.live("a body of as many bytes as the limit is read, one of more is not", () =>
    Effect.gen(function* () {
      const maxBodySize = bytes.length
      const body = HttpServerResponse.stream(byteByByte)
      assert.strictEqual((yield* get(body, transport, { maxBodySize })).name, name)
      const { reason } = yield* Effect.flip(get(body, transport, { maxBodySize: maxBodySize - 1 }))
      assert.strictEqual(reason._tag, "BodyTooLargeError")
    })
  )
})

describe("a transport that gives texts only", () => {
  it.effect("is held to the limit, too, in bytes", () =>
    Effect.gen(function* () {
      const body = JSON.stringify({ ...Scripted.contact("1"), name })
      for (const [less, tag] of [
        [0, "read"],
        [1, "BodyTooLargeError"]
      ] as const) {
        const server = Scripted.make([Scripted.text(body)])
        const read = yield* Contacts.use((contacts) => contacts.get(ContactId.make("1"))).pipe(
          Effect.as("read"),
          Effect.catch(({ reason }) => Effect.succeed(reason._tag)),
          Effect.provide(server.layer(Contacts.layer, { maxBodySize: bytes.length - less }))
        )
        assert.strictEqual(read, tag)
      }
    })
  )
})
