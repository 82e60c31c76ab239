/** What a test of one's own application needs: records given, several workspaces, requests to look at, webhooks. */
import { Contacts, ContactId, Conversations, Endpoint, IntercomHttp, Resource, Search } from "@effect-intercom/core"
import { Crud, Faults, Kind, Simulator } from "@effect-intercom/simulator"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"

const as = (token = "simulator-token", times = 0) =>
  Layer.mergeAll(Contacts.layer, Conversations.layer).pipe(
    Layer.provide(Layer.orDie(IntercomHttp.layer({ accessToken: Redacted.make(token), retry: { times } })))
  )

const emails = Contacts.use(({ list }) =>
  list.items().pipe(
    Stream.map(({ email }) => email),
    Stream.runCollect
  )
)

describe("records that are given", () => {
  const Workspace = Simulator.layerClient({
    contacts: [
      { email: "ada@example.com", custom_attributes: { plan: "pro" } },
      { id: "the-lead", role: "lead", email: "leo@example.org", name: null },
      {}
    ],
    conversations: [{ id: "7", state: "closed" }, { open: true }, { state: "snoozed" }],
    companies: 4
  })

  it.effect("are there as given, and the rest is made up", () =>
    Effect.gen(function* () {
      const contacts = yield* Contacts
      const [ada, leo, other, ...more] = yield* Stream.runCollect(contacts.list.items())
      assert.lengthOf(more, 0)
      assert.deepInclude({ ...ada }, { role: "user", email: "ada@example.com", email_domain: "example.com" })
      assert.deepStrictEqual<unknown>(ada?.custom_attributes, { plan: "pro" })
      assert.isString(ada?.external_id)
      assert.isString(ada?.name)
      assert.deepInclude({ ...leo }, { id: ContactId.make("the-lead"), role: "lead", external_id: null, name: null })
      assert.include(other?.email ?? "", "@")
      assert.strictEqual((yield* contacts.get(ContactId.make("the-lead"))).email, "leo@example.org")
      // It is found by what was given, and meets those who want the same.
      const found = yield* contacts.search({ query: Search.contact("email").equals("ada@example.com") })
      assert.deepStrictEqual(
        found.data?.map(({ id }) => id),
        ada === undefined ? [] : [ada.id]
      )
      const conflict = yield* Effect.flip(contacts.create({ role: "user", email: "ada@example.com" }))
      assert.strictEqual(conflict.reason._tag, "Conflict")
      const conversations = yield* Conversations.use(({ list }) => list())
      assert.deepStrictEqual(conversations.conversations.map(({ open, state }) => [state, open]).toSorted(), [
        ["closed", false],
        ["open", true],
        ["snoozed", true]
      ])
      assert.strictEqual((yield* (yield* Simulator).snapshot("companies")).count, 4)
    }).pipe(Effect.provide(as()), Effect.provide(Workspace))
  )

  it("are typed", () => {
    // @ts-expect-error: a misspelt field
    assert.isDefined(Simulator.layerClient({ contacts: [{ emial: "ada@example.com" }] }))
    // @ts-expect-error: a number is no email
    assert.isDefined(Simulator.layerClient({ contacts: [{ email: 1 }] }))
    // @ts-expect-error: events are counted, for each contact
    assert.isDefined(Simulator.layerClient({ events: [{}] }))
  })
})

describe("workspaces by token", () => {
  it.effect("are each as all, and as its own; nothing of one is known to another", () =>
    Effect.gen(function* () {
      const { workspace } = yield* Simulator
      const [acme, globex] = [yield* Effect.provide(emails, as("acme")), yield* Effect.provide(emails, as("globex"))]
      assert.lengthOf(acme, 3)
      assert.deepStrictEqual(globex, ["ada@example.com"])
      const error = yield* Effect.flip(Effect.provide(emails, as()))
      assert.strictEqual(error.reason._tag, "Unauthorized")
      const [{ id } = { id: ContactId.make("none") }] = yield* workspace("acme")
        .records("contacts")
        .pipe(
          Stream.map((text) => JSON.parse(text) as { readonly id: ContactId }),
          Stream.runCollect
        )
      const unknown = yield* Effect.flip(Contacts.use(({ get }) => get(id)).pipe(Effect.provide(as("globex"))))
      assert.strictEqual(unknown.reason._tag, "NotFound")
      assert.lengthOf(yield* workspace("globex").requests(), 2)
      assert.throws(() => workspace("nobody"), /none of them is this token/)
    }).pipe(
      Effect.provide(
        Simulator.layerClient({
          contacts: 3,
          tokens: { acme: {}, globex: { contacts: [{ email: "ada@example.com" }] } }
        })
      )
    )
  )
})

describe("requests", () => {
  it.effect("are recorded, by what they are, with the answer they got, and without the token", () =>
    Effect.gen(function* () {
      const { requests, setFaults } = yield* Simulator
      const { create, list } = yield* Contacts
      yield* TestClock.setTime(5000)
      yield* create({ email: "zoe@example.com" })
      yield* Effect.flip(create({ email: "zoe@example.com" }))
      yield* list({ per_page: 5 })
      yield* setFaults(Faults.script("reset"))
      yield* Effect.flip(list())
      const created = yield* requests("Contacts.create")
      assert.deepStrictEqual(
        created.map(({ at, body, method, path, status }) => ({ at, body, method, path, status })),
        [200, 409].map((status) => ({
          at: 5000,
          body: { email: "zoe@example.com" },
          method: "POST",
          path: "/contacts",
          status
        }))
      )
      const all = yield* requests()
      assert.deepStrictEqual(
        all.map(({ operation, query, status }) => [operation, query, status]),
        [
          ["Contacts.create", {}, 200],
          ["Contacts.create", {}, 409],
          ["Contacts.list", { per_page: "5" }, 200],
          ["Contacts.list", {}, undefined]
        ]
      )
      assert.notInclude(JSON.stringify(all), "simulator-token")
      assert.strictEqual(all[0]?.headers["intercom-version"], "2.15")
      assert.lengthOf(yield* requests(({ status }) => status === 409), 1)
      // @ts-expect-error: no such operation
      assert.lengthOf(yield* requests("Contacts.crate"), 0)
    }).pipe(Effect.provide(as()), Effect.provide(Simulator.layerClient()))
  )

  it.effect("are kept as many as options say, the newest", () =>
    Effect.gen(function* () {
      const { list } = yield* Contacts
      for (const per_page of [1, 2, 3, 4, 5, 6]) yield* list({ per_page })
      const kept = yield* (yield* Simulator).requests()
      assert.deepStrictEqual(
        kept.map(({ perPage }) => perPage),
        [5, 6]
      )
    }).pipe(Effect.provide(as()), Effect.provide(Simulator.layerClient({ recorded: 2 })))
  )
})

describe("operations", () => {
  class Badges extends Resource.Service<Badges>()("Badges", {
    get: Endpoint.get("/badges/:badge_id", {
      params: { badge_id: Schema.String },
      success: Schema.Struct({ id: Schema.String })
    })
  }) {}
  const badges = Kind.make(Badges, {
    handlers: { get: ({ params }) => Effect.succeed(HttpServerResponse.jsonUnsafe({ id: params.badge_id })) }
  })

  it.effect("may do something else here, and those of one's own may fail", () =>
    Effect.gen(function* () {
      const { create, list } = yield* Contacts
      const error = yield* Effect.flip(create({ email: "zoe@example.com" }))
      assert.strictEqual(error.reason._tag, "NotFound")
      assert.lengthOf((yield* list()).data, 2)
      const { get } = yield* Badges
      assert.strictEqual((yield* get("1")).id, "1")
      yield* (yield* Simulator).setFaults(Faults.when(Faults.operation(Badges, "get"), "error403"))
      assert.strictEqual((yield* Effect.flip(get("1"))).reason._tag, "Forbidden")
      // @ts-expect-error: no such operation
      assert.isFunction(Faults.operation(Badges, "list"))
      // @ts-expect-error: no such operation of the API
      assert.isDefined(Faults.when("Contacts.crate", "error403"))
    }).pipe(
      Effect.provide(
        Layer.provideMerge(Badges.layer, IntercomHttp.layer({ accessToken: Redacted.make("simulator-token") }))
      ),
      Effect.provide(as()),
      Effect.provide(
        Simulator.layerClient({
          contacts: 2,
          kinds: { badges },
          extend: { contacts: { create: () => Crud.missing({ message: "Out of order" }) } }
        })
      )
    )
  )
})

describe("webhooks", () => {
  /** An endpoint that fails at first. */
  const endpoint = (taken: Array<string>) =>
    HttpRouter.use((router) =>
      Effect.all([
        router.add("GET", "/webhooks", HttpServerResponse.empty()),
        router.add(
          "POST",
          "/webhooks",
          Effect.gen(function* () {
            const { json } = yield* HttpServerRequest.HttpServerRequest
            taken.push(((yield* Effect.orDie(json)) as { readonly topic: string }).topic)
            return HttpServerResponse.empty({ status: taken.length === 1 ? 500 : 200 })
          })
        )
      ])
    )
  const topics = ["contact.user.created"] as const
  const create = Contacts.use(({ create }) => create({ role: "user", email: "zoe@example.com" }))

  it.effect("are delivered to a handler in this process, by the test's clock", () =>
    Effect.gen(function* () {
      const taken: Array<string> = []
      const handler = yield* HttpRouter.toHttpEffect(endpoint(taken))
      const { notify } = yield* Simulator
      const { settled, stats } = yield* notify({ handler, topics })
      yield* create
      const done = yield* Effect.forkChild(settled)
      // It is asked once more after a minute.
      yield* TestClock.adjust("59 seconds")
      assert.deepStrictEqual(taken, [...topics])
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(done)
      assert.deepStrictEqual(taken, [...topics, ...topics])
      assert.deepStrictEqual(yield* stats, { sent: 2, taken: 1, lost: 0 })
    }).pipe(
      Effect.scoped,
      Effect.provide(HttpServer.layerServices),
      Effect.provide(as()),
      Effect.provide(Simulator.layerClient())
    )
  )

  it.live("may be taken by a handler of web requests", () =>
    Effect.gen(function* () {
      const taken = ["before"]
      const { dispose, handler } = HttpRouter.toWebHandler(
        endpoint(taken).pipe(Layer.provideMerge(HttpServer.layerServices)),
        { disableLogger: true }
      )
      yield* Effect.addFinalizer(() => Effect.promise(dispose))
      const { notify } = yield* Simulator
      const { settled, stats } = yield* notify({ handler: (request) => handler(request), topics })
      yield* create
      yield* settled
      assert.deepStrictEqual(taken, ["before", ...topics])
      assert.deepStrictEqual(yield* stats, { sent: 1, taken: 1, lost: 0 })
      const refused = yield* Effect.flip(notify({ handler: () => Promise.reject(new Error("down")) }))
      assert.strictEqual(refused._tag, "EndpointError")
    }).pipe(Effect.scoped, Effect.provide(as()), Effect.provide(Simulator.layerClient()))
  )
})
