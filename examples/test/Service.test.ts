// The service of examples/service on two workspaces of a simulator, with their webhooks: in this process, by the test's clock.
import { AdminId, Admins, ConversationId, IntercomHttp, TokenStore, Webhook } from "@effect-intercom/core"
import { Faults, Simulator } from "@effect-intercom/simulator"
import { assert, it } from "@effect/vitest"
import { ConfigProvider, Effect, Fiber, Layer, Queue, Redacted, Stream } from "effect"
import {
  HttpClient,
  HttpClientResponse,
  HttpRouter,
  HttpServer,
  HttpServerRequest,
  HttpServerResponse
} from "effect/http"
import { HttpApiClient } from "effect/http-api"
import { TestClock } from "effect/testing"
import { Telemetry } from "../service/main.ts"
import { Announcements, Api, Service, Tenants } from "../service/Service.ts"

const tokens = ["acme-token", "globex-token"] as const

const Workspaces = Simulator.layerClient({
  contacts: 2,
  tokens: {
    "acme-token": {
      conversations: [
        { id: "11", state: "open", title: "Broken" },
        { id: "12", state: "closed" },
        { id: "13", state: "open", title: null }
      ]
    },
    "globex-token": { contacts: [{ email: "ada@example.com", external_id: "ada", role: "user" }], conversations: 0 }
  }
})

/** The id of a workspace: what Intercom calls it in notifications. */
const idOf = (token: string) =>
  Admins.use(({ me }) => me()).pipe(
    Effect.map(({ app }) => app?.id_code ?? ""),
    Effect.provide(Admins.layer),
    Effect.provide(IntercomHttp.layer({ accessToken: Redacted.make(token) }))
  )

/** The service: a client of its API, what it announces, and the ids of the two workspaces. */
const start = Effect.gen(function* () {
  const [acme = "", globex = ""] = yield* Effect.forEach(tokens, idOf)
  const announced = yield* Queue.unbounded<readonly [workspace: string, conversation: string]>()
  const handler = yield* HttpRouter.toHttpEffect(
    Service.pipe(
      Layer.provide([
        Webhook.layer({ clientSecret: Redacted.make("simulator-secret") }),
        Webhook.layerInboxMemory(),
        Layer.succeed(Announcements, {
          waiting: (workspace, conversation) => Effect.asVoid(Queue.offer(announced, [workspace, conversation]))
        }),
        Tenants.layer().pipe(
          Layer.provide(
            TokenStore.layerMemory(
              Object.fromEntries(
                [acme, globex].map((id, index) => [id, { accessToken: Redacted.make(tokens[index] ?? "") }])
              )
            )
          )
        )
      ])
    )
  )
  const httpClient = HttpClient.make((request) =>
    handler.pipe(
      Effect.provideService(HttpServerRequest.HttpServerRequest, HttpServerRequest.fromClientRequest(request)),
      Effect.map((response) => HttpServerResponse.toClientResponse(response, { request })),
      Effect.scoped,
      Effect.orDie
    )
  )
  const { support } = yield* HttpApiClient.makeWith(Api, { httpClient, baseUrl: "http://service.test" })
  const { workspace } = yield* Simulator
  return { support, httpClient, handler, announced, acme, globex, at: workspace }
})

const service = <A, E, R>(test: (running: Effect.Success<typeof start>) => Effect.Effect<A, E, R>) =>
  Effect.flatMap(start, test).pipe(Effect.scoped, Effect.provide(HttpServer.layerServices), Effect.provide(Workspaces))

interface Details {
  readonly email: string
  readonly name: string
  readonly plan: "free" | "pro"
}
const ada: Details = { email: "ada@example.com", name: "Ada", plan: "pro" }

it.effect("signs users up, each in the workspace that was named", () =>
  service(({ acme, at, globex, support }) =>
    Effect.gen(function* () {
      const signUp = (workspace: string, user = "ada", payload = ada) =>
        support.signUp({ params: { workspace, user }, payload })
      assert.isTrue((yield* signUp(acme)).created)
      assert.isFalse((yield* signUp(acme)).created)
      assert.isFalse((yield* signUp(globex)).created)
      const bodies = (yield* at("acme-token").requests("Contacts.create")).map(({ body }) => body)
      assert.deepStrictEqual<unknown>(bodies[0], {
        role: "user",
        external_id: "ada",
        email: "ada@example.com",
        name: "Ada",
        custom_attributes: { plan: "pro" }
      })
      const unknown = yield* Effect.flip(signUp("initech"))
      assert.strictEqual(unknown._tag, "NoSuchThing")
      yield* signUp(acme, "bob", { ...ada, email: "bob@example.com" })
      const taken = yield* Effect.flip(signUp(acme, "bob"))
      assert.strictEqual(taken._tag, "Refused")
    })
  )
)

it.effect("replies and assigns, as the admin of the token", () =>
  service(({ acme, at, support }) =>
    Effect.gen(function* () {
      const reply = (conversation: string, assignee?: string) =>
        support.reply({
          params: { workspace: acme, conversation: ConversationId.make(conversation) },
          payload: { body: "Hello", ...(assignee === undefined ? {} : { assignee: AdminId.make(assignee) }) }
        })
      yield* reply("11")
      const { requests } = at("acme-token")
      assert.lengthOf(yield* requests("Conversations.assign"), 0)
      const [said] = yield* requests("Conversations.replyAsAdmin")
      assert.isDefined(said)
      assert.strictEqual(said.path, "/conversations/11/reply")
      const { admin_id } = said.body as { readonly admin_id: string }
      yield* reply("13", admin_id)
      assert.deepStrictEqual(
        (yield* requests("Conversations.assign")).map(({ path, status }) => [path, status]),
        [["/conversations/13/parts", 200]]
      )
      assert.strictEqual((yield* Effect.flip(reply("99")))._tag, "NoSuchThing")
    })
  )
)

it.effect("streams what is open", () =>
  service(({ acme, globex, support }) =>
    Effect.gen(function* () {
      const open = (workspace: string) =>
        Effect.flatMap(support.open({ params: { workspace } }), (stream) => Stream.runCollect(stream))
      const found = yield* open(acme)
      assert.deepStrictEqual<unknown>(
        found.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
        [
          { id: "11", title: "Broken" },
          { id: "13", title: null }
        ]
      )
      assert.deepStrictEqual<unknown>(yield* open(globex), [])
      assert.strictEqual((yield* Effect.flip(open("initech")))._tag, "NoSuchThing")
    })
  )
)

it.effect("hears of conversations, of which workspace they are, and counts notifications", () =>
  service(({ acme, announced, at, globex, handler, httpClient }) =>
    Effect.gen(function* () {
      for (const token of tokens) yield* at(token).notify({ handler, url: "http://service.test/webhooks/intercom" })
      const conversation = { type: "conversation", id: "77", state: "open" }
      yield* at("globex-token").insert("conversations", conversation)
      assert.deepStrictEqual(yield* Queue.take(announced), [globex, "77"])
      yield* at("acme-token").insert("conversations", { ...conversation, id: "78" })
      assert.deepStrictEqual(yield* Queue.take(announced), [acme, "78"])
      const metrics = yield* Effect.flatMap(httpClient.get("http://service.test/metrics"), ({ text }) => text)
      assert.match(metrics, /service_notifications\{topic="conversation\.user\.created"\} 2/)
      const forged = yield* httpClient.post("http://service.test/webhooks/intercom")
      assert.strictEqual(forged.status, 401)
    })
  )
)

it.effect("tells when Intercom is down, after it tried again, and nothing of tokens", () =>
  service(({ acme, at, globex, support }) =>
    Effect.gen(function* () {
      const { requests, setFaults } = at("acme-token")
      yield* setFaults(Faults.when("Admins.me", "error503"))
      const conversation = ConversationId.make("11")
      const reply = support.reply({ params: { workspace: acme, conversation }, payload: { body: "Hello" } })
      const failing = yield* Effect.forkChild(Effect.flip(reply))
      yield* TestClock.adjust("5 minutes")
      const error = yield* Fiber.join(failing)
      assert.strictEqual(error._tag, "Unavailable")
      assert.notInclude(String(error), "acme-token")
      assert.isAbove((yield* requests("Admins.me")).length, 2)
      // What one workspace suffers, the others do not notice.
      yield* support.signUp({ params: { workspace: globex, user: "ada" }, payload: ada })
    })
  )
)

it.effect("sends traces that name the workspace and the operations, and no token", () =>
  Effect.gen(function* () {
    const arrived: Array<string> = []
    const collector = HttpClient.make((request) =>
      Effect.sync(() => {
        if (request.body._tag === "Uint8Array") arrived.push(new TextDecoder().decode(request.body.body))
        return HttpClientResponse.fromWeb(request, Response.json({}))
      })
    )
    const environment = ConfigProvider.fromEnv({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector.test" } })
    const acme = yield* service(({ acme, support }) =>
      Effect.as(support.signUp({ params: { workspace: acme, user: "ada" }, payload: ada }), acme)
    ).pipe(
      Effect.provide(Telemetry.pipe(Layer.provide(Layer.succeed(HttpClient.HttpClient, collector)))),
      Effect.provide(ConfigProvider.layer(environment)),
      Effect.withTracerEnabled(true)
    )
    const text = arrived.join("\n")
    for (const name of ["service.request", "Contacts.upsert", "Contacts.create"])
      assert.include(text, `"name":"${name}"`)
    assert.include(text, `{"key":"workspace","value":{"stringValue":"${acme}"}}`)
    for (const token of tokens) assert.notInclude(text, token)
  })
)
