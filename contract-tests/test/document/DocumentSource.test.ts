import * as DocumentSource from "@effect-intercom/contract-tests/document/DocumentSource"
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
  DocumentSource.read({ spec }).pipe(
    Effect.provideService(HttpClient.HttpClient, client),
    Effect.provide(NodeServices.layer)
  )

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
      assert.match(error.message, /^https:\/\/x\.test\/: it is an HTML page: download/)
    })
  )

  it.effect("refers to what is on the same server below its folder, and to nothing else", () =>
    Effect.gen(function* () {
      const of = (ref: string) => `${document.replace("{} } }", `{ "200": { $ref: "${ref}" } } } }`)}`
      const asked: Array<string> = []
      const client = (ref: string) =>
        HttpClient.make((request, url) =>
          Effect.sync(() => {
            asked.push(url.href)
            const body =
              url.pathname === "/api/a.yml"
                ? new Response(of(ref))
                : url.pathname === "/api/moved.yml"
                  ? new Response(undefined, { status: 302, headers: { location: "/secret" } })
                  : new Response("description: fetched")
            return HttpClientResponse.fromWeb(request, body)
          })
        )
      const { document: made } = yield* read("https://x.test/api/a.yml", client("parts/b.yml"))
      assert.include(JSON.stringify(made), "fetched")
      assert.deepStrictEqual(asked, ["https://x.test/api/a.yml", "https://x.test/api/parts/b.yml"])
      const refused = [
        "../b.yml",
        "/b.yml",
        "//y.test/api/b.yml",
        "http://x.test/api/b.yml",
        "https://169.254.169.254/api/b.yml",
        "https://u:p@x.test/api/b.yml",
        "..%2fb.yml",
        "file:///etc/passwd"
      ]
      for (const ref of refused) {
        asked.length = 0
        const error = yield* Effect.flip(read("https://x.test/api/a.yml", client(ref)))
        assert.include(
          error.message,
          `https://x.test/api/a.yml: the reference ${ref} at #/paths/~1a/get/responses/200/$ref, line 3 leads out of the folder`
        )
        assert.deepStrictEqual(asked, ["https://x.test/api/a.yml"], ref)
      }
      asked.length = 0
      const moved = yield* Effect.flip(read("https://x.test/api/a.yml", client("moved.yml")))
      assert.strictEqual(
        moved.message,
        "https://x.test/api/moved.yml: it redirects to https://x.test/secret, which is not followed"
      )
      assert.lengthOf(asked, 2)
    })
  )

  it.effect("is bounded: its size, and how often it redirects", () =>
    Effect.gen(function* () {
      let sent = 0
      const endless = () =>
        new Response(
          new ReadableStream({
            pull: (controller) => {
              sent += 1_000_000
              controller.enqueue(new Uint8Array(1_000_000).fill(0x20))
            }
          })
        )
      const large = yield* Effect.flip(read("https://x.test/a.yml", served(endless)))
      assert.match(large.message, /: larger than 16 MB/)
      assert.isBelow(sent, 40_000_000)
      const round = () => new Response(undefined, { status: 302, headers: { location: "https://x.test/a.yml" } })
      const again = yield* Effect.flip(read("https://x.test/a.yml", served(round)))
      assert.strictEqual(again.message, "https://x.test/a.yml: more than 5 redirects")
      const plain = () => new Response(undefined, { status: 302, headers: { location: "http://x.test/a.yml" } })
      const downgraded = yield* Effect.flip(read("https://x.test/a.yml", served(plain)))
      assert.match(downgraded.message, /: it redirects to http:\/\/x\.test\/a\.yml, which is not followed$/)
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
      const error = yield* Effect.flip(DocumentSource.read({ spec: "http://127.0.0.1:1/a.yml" }))
      assert.strictEqual(error.message, "http://127.0.0.1:1/a.yml: cannot be reached")
    }).pipe(Effect.provide([NodeServices.layer, NodeHttpClient.layerUndici]))
  )
})
