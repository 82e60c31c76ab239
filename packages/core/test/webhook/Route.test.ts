import * as Webhook from "@effect-intercom/core/Webhook"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Layer from "effect/Layer"
import * as KeyValueStore from "effect/persistence/KeyValueStore"
import * as PersistedQueue from "effect/persistence/PersistedQueue"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as Schedule from "effect/Schedule"
import { createHmac } from "node:crypto"
import * as CrashingStore from "./CrashingStore.ts"
import * as Observed from "../Observed.ts"
import * as Samples from "./Samples.ts"

const secret = "client-secret"
const Verifier = Webhook.layer({ clientSecret: Redacted.make(secret) })

const sign = (body: string, algorithm = "sha1", prefix = "sha1=") =>
  prefix + createHmac(algorithm, secret).update(body).digest("hex")

/** The headers of a request of Intercom's. */
const headers = (body: string, signature: string | null = sign(body)) => ({
  "content-type": "application/json",
  "user-agent": "intercom-parrot-service-client/1.0",
  ...(signature === null ? undefined : { "x-hub-signature": signature })
})

class Webhooks extends HttpApiGroup.make("webhooks").add(
  Webhook.endpoint("intercom", "/webhooks/intercom"),
  Webhook.probe("intercomProbe", "/webhooks/intercom")
) {}
class App extends HttpApi.make("app").add(Webhooks) {}

/** The ways to take notifications. */
const ways = {
  "a route of HttpRouter": Webhook.route("/webhooks/intercom"),
  "endpoints of an HttpApi": HttpApiBuilder.layer(App).pipe(
    Layer.provide(
      HttpApiBuilder.group(App, "webhooks", (handlers) =>
        Effect.map(Webhook.accept(), (handler) =>
          handlers.handleRaw("intercom", () => handler).handle("intercomProbe", () => Effect.void)
        )
      )
    )
  )
}

type Ask = (
  method: string,
  init?: { readonly body?: string; readonly headers?: Record<string, string> }
) => Effect.Effect<{
  readonly status: number
  readonly text: string
}>

// What is refused is logged.
const quiet = Layer.succeed(References.MinimumLogLevel, "None")

type Needed = HttpRouter.HttpRouter | Layer.Success<typeof HttpServer.layerServices> | Webhook.Inbox | Webhook.Verifier

/** A server of routes, asked in process, on the inbox around it. */
const server = Effect.fnUntraced(function* (routes: Layer.Layer<never, never, Needed>) {
  const inbox = yield* Webhook.Inbox
  const web = HttpRouter.toWebHandler(
    routes.pipe(
      Layer.provide(Layer.orDie(Verifier)),
      Layer.provide(Layer.succeed(Webhook.Inbox, inbox)),
      Layer.provideMerge([HttpServer.layerServices, quiet])
    ),
    { disableLogger: true }
  )
  yield* Effect.addFinalizer(() => Effect.promise(web.dispose))
  const ask: Ask = (method, init) =>
    Effect.promise(async () => {
      const answer = await web.handler(new Request("http://app.test/webhooks/intercom", { method, ...init }))
      return { status: answer.status, text: await answer.text() }
    })
  return ask
})

const item = (topic: string) => (Samples.items as Readonly<Record<string, object | undefined>>)[topic] ?? {}
const body = (topic: string, id = topic) => JSON.stringify(Samples.notification(topic, item(topic), id))

for (const [way, routes] of Object.entries(ways)) {
  describe(`by ${way}`, () => {
    it.effect("takes what is signed, whatever it says, and nothing else", () =>
      Effect.gen(function* () {
        const ask = yield* server(routes)
        const post = (body: string, signature?: string | null) =>
          Effect.map(ask("POST", { body, headers: headers(body, signature) }), ({ status }) => status)
        const created = body("contact.user.created")
        const taken = [
          body("ping"),
          created,
          created,
          body("conversation.user.replied"),
          body("contact.deleted"),
          body("nobody.knows.it"),
          JSON.stringify(Samples.notification("ticket.created", "no ticket")),
          "no notification"
        ]
        for (const body of taken) assert.strictEqual(yield* post(body), 200, body)
        const refused = [
          null,
          sign(`${created} `),
          sign(created, "sha256", "sha256="),
          sign(created, "sha256", ""),
          "",
          "sha1="
        ]
        for (const signature of refused) assert.strictEqual(yield* post(created, signature), 401, String(signature))
        assert.strictEqual(yield* post(created.replaceAll(":", ": "), sign(created)), 401)

        const { deadLetters, take } = yield* Webhook.Inbox
        const handled: Array<string> = []
        for (let count = 0; count < taken.length - 1; count++)
          yield* take(({ _tag }) => Effect.sync(() => handled.push(_tag)))
        assert.deepStrictEqual(handled, [
          "ping",
          "contact.user.created",
          "conversation.user.replied",
          "contact.deleted",
          "Unknown",
          "Unknown"
        ])
        assert.deepStrictEqual(
          (yield* deadLetters.list).map(({ body }) => body),
          ["no notification"]
        )
      }).pipe(Effect.provide(Webhook.layerInboxMemory()))
    )

    it.effect("answers HEAD, tells why it refuses, and refuses what is too large before anything is kept", () =>
      Effect.gen(function* () {
        const ask = yield* server(routes)
        assert.deepStrictEqual(yield* ask("HEAD"), { status: 200, text: "" })
        const ping = body("ping")
        assert.match((yield* ask("POST", { body: ping, headers: headers(ping, null) })).text, /has no x-hub-signature/)
        const large = JSON.stringify({ topic: "ping", data: { item: "x".repeat(2_000_000) } })
        assert.strictEqual((yield* ask("POST", { body: large, headers: headers(large) })).status, 413)
        assert.strictEqual((yield* ask("POST", { body: large, headers: headers(large, null) })).status, 401)
        assert.strictEqual((yield* ask("POST", { body: ping, headers: headers(ping) })).status, 200)
        const { take } = yield* Webhook.Inbox
        yield* take(({ _tag }) => Effect.sync(() => assert.strictEqual(_tag, "ping")))
      }).pipe(Effect.provide(Webhook.layerInboxMemory()))
    )

    it.effect("answers 500 when it cannot be kept, so that it comes again", () => {
      const gone = () => Effect.fail(new PersistedQueue.PersistedQueueError({ message: "gone" }))
      const Gone = Layer.succeed(PersistedQueue.PersistedQueueStore, { offer: gone, take: gone, cleanup: gone })
      return Effect.gen(function* () {
        const ask = yield* server(routes)
        const ping = body("ping")
        assert.deepStrictEqual(yield* ask("POST", { body: ping, headers: headers(ping) }), { status: 500, text: "" })
      }).pipe(
        Effect.provide(Webhook.layerInbox()),
        Effect.provide(PersistedQueue.layer),
        Effect.provide([Gone, KeyValueStore.layerMemory])
      )
    })
  })
}

describe("the endpoints of an HttpApi", () => {
  it("are in its document", () => {
    const path = OpenApi.fromApi(App).paths["/webhooks/intercom"]
    assert.deepStrictEqual(Object.keys(path?.post?.responses ?? {}).toSorted(), ["200", "401", "413"])
    assert.isDefined(path?.head)
    assert.deepStrictEqual(Object.keys(path?.post?.requestBody?.content ?? {}), ["application/json"])
    assert.deepStrictEqual(
      path?.post?.parameters.map(({ in: place, name, required }) => [place, name, required]),
      [["header", "x-hub-signature", false]]
    )
  })
})

describe("what is signed otherwise", () => {
  it.effect("has a route of its own", () =>
    Effect.gen(function* () {
      const signatures = yield* Webhook.signatures(Webhook.bodySignature, Redacted.make(secret))
      const echo = (body: Uint8Array) => Effect.succeed(HttpServerResponse.uint8Array(body))
      const ask = yield* server(
        HttpRouter.use((router) =>
          router.add("POST", "/webhooks/intercom", Webhook.signed(signatures, echo, { maxBodySize: 9 }))
        )
      )
      const post = (body: string, signature: string) =>
        ask("POST", { body, headers: { "x-body-signature": signature } })
      assert.deepStrictEqual(yield* post("uninstall", sign("uninstall", "sha256", "")), {
        status: 200,
        text: "uninstall"
      })
      assert.strictEqual((yield* post("uninstall", sign("uninstall"))).status, 401)
      assert.strictEqual((yield* post("uninstall!", sign("uninstall!", "sha256", ""))).status, 413)
    }).pipe(Effect.provide(Webhook.layerInboxMemory()))
  )
})

describe("what cannot be kept", () => {
  it.effect("is in the log, and nobody fails but the answer", () => {
    const error = new Webhook.InboxError({ description: "A notification cannot be kept", cause: "gone" })
    const unused = Effect.die("not used")
    const Full = Layer.succeed(Webhook.Inbox, {
      keep: () => Effect.fail(error),
      take: () => unused,
      deadLetters: { list: unused, get: () => unused, retry: () => unused, discard: () => unused }
    })
    return Effect.gen(function* () {
      const observed = Observed.make()
      const ping = body("ping")
      const request = new Request("http://app.test/", { method: "POST", body: ping, headers: headers(ping) })
      const answer = yield* Effect.flatten(Webhook.accept()).pipe(
        Effect.provideService(HttpServerRequest.HttpServerRequest, HttpServerRequest.fromWeb(request)),
        observed.watch
      )
      assert.strictEqual(answer.status, 500)
      assert.match(observed.messages.join(), /^Error: A notification cannot be kept. Check the database of the inbox./)
    }).pipe(Effect.provide([Full, Verifier]))
  })
})

describe("what is refused", () => {
  it.effect("is told to whoever asks, and in the log", () =>
    Effect.gen(function* () {
      const signatures = yield* Webhook.signatures(Webhook.bodySignature, Redacted.make(secret))
      const observed = Observed.make()
      const post = (body: BodyInit, signature: string) => {
        const init = { method: "POST", body, headers: { "x-body-signature": signature }, duplex: "half" }
        const request = HttpServerRequest.fromWeb(new Request("http://app.test/", init))
        return Webhook.signed(signatures, () => Effect.succeed(HttpServerResponse.empty()), { maxBodySize: 9 }).pipe(
          Effect.provideService(HttpServerRequest.HttpServerRequest, request),
          Effect.flatMap((answer) => Effect.promise(() => HttpServerResponse.toWeb(answer).text())),
          observed.watch
        )
      }
      const right = sign("uninstall", "sha256", "")
      assert.strictEqual(yield* post("uninstall", right), "")
      assert.match(yield* post("uninstall", "no"), /^The x-body-signature of the request is no signature: .*\n$/)
      assert.strictEqual(yield* post("uninstall!", right), "The body is too large.\n")
      const lost = new ReadableStream({ pull: (controller) => controller.error(new Error("lost")) })
      assert.strictEqual(yield* post(lost, right), "The body could not be read.\n")
      assert.deepStrictEqual(observed.messages, [
        "Warn: A request was refused: The x-body-signature of the request is no signature: expected 64 hexadecimal digits.",
        "Warn: A request was refused: its body is too large"
      ])
    })
  )
})

// 10,000 in CI; the tests have less time.
const flood = Number(process.env["INTERCOM_TEST_NOTIFICATIONS"] ?? 600)

/** The same numbers for the same seed. */
const random = (seed: number) => () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
  return seed / 2 ** 32
}

describe("notifications that come twice, out of order, with garbage between them, while workers die", () => {
  it.live("are each handled, and nothing that is not signed is", () =>
    Effect.gen(function* () {
      const store = yield* CrashingStore.make
      const next = random(12)
      const below = (limit: number) => Math.floor(next() * limit)
      yield* Effect.gen(function* () {
        const { deadLetters, take } = yield* Webhook.Inbox
        const ask = yield* server(Webhook.route("/webhooks/intercom"))
        const bodies = Array.from({ length: flood }, (_, index) => ({
          id: `n${index}`,
          body: body(Webhook.topics[index % Webhook.topics.length] ?? "", `n${index}`)
        }))
        const requests = bodies.flatMap(({ body, id }) => [
          ...Array.from({ length: 1 + below(3) }, () => ({ body, signature: sign(body), status: 200 })),
          ...(next() < 0.2 ? [{ body: body.replace(id, `forged-${id}`), signature: sign(body), status: 401 }] : []),
          ...(next() < 0.1 ? [{ body: `<${id}`, signature: sign(`<${id}`), status: 200 }] : [])
        ])
        const shuffled = requests.map((request) => [next(), request] as const).toSorted(([a], [b]) => a - b)

        const handled = new Map<string, number>()
        const started = new Map<string, number>()
        const handle = (_: Webhook.Event, { id }: Webhook.Attempt) =>
          Effect.gen(function* () {
            started.set(id, (started.get(id) ?? 0) + 1)
            yield* Effect.yieldNow
            if (next() < 0.05) return yield* Effect.fail("a failure that passes")
            yield* Effect.yieldNow
            handled.set(id, (handled.get(id) ?? 0) + 1)
          })
        const workers = Effect.forEach([1, 2, 3, 4], () => Effect.forkChild(Effect.forever(take(handle))))
        let running = yield* workers
        let crashes = 0
        for (const [, { body, signature, status }] of shuffled) {
          const answer = yield* ask("POST", { body, headers: headers(body, signature) })
          assert.strictEqual(answer.status, status)
          if (next() < 0.05) {
            crashes++
            yield* store.crash
            yield* Fiber.interruptAll(running)
            running = yield* workers
          }
        }
        const garbage = requests.filter(({ body }) => body.startsWith("<")).length
        yield* Effect.yieldNow.pipe(
          Effect.repeat({ until: () => handled.size === flood, schedule: Schedule.spaced("1 milli") }),
          Effect.timeout("60 seconds")
        )
        assert.isAbove(crashes, 10)
        assert.deepStrictEqual([...handled.keys()].toSorted(), bodies.map(({ id }) => id).toSorted())
        assert.lengthOf(yield* deadLetters.list, garbage)
        // Again only after it had failed, or the worker had died.
        assert.isAbove(Array.from(started.values()).filter((times) => times > 1).length, 0)
        yield* Fiber.interruptAll(running)
      }).pipe(
        Effect.provide(Webhook.layerInbox({ attempts: 50 })),
        Effect.provide(PersistedQueue.layer),
        Effect.provide([store.layer, KeyValueStore.layerMemory, quiet])
      )
    })
  )
})
