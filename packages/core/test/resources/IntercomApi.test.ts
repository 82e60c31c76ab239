import { Contacts, Intercom, IntercomApi, IntercomHttp, NewsItems, operations } from "@effect-intercom/core"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as String from "effect/String"
import * as Observed from "../Observed.ts"
import * as Scripted from "../Scripted.ts"

// Written out, so that a change of the declarations shows: name, operationId, method and path, whether it is idempotent.
const catalogue: ReadonlyArray<readonly [name: string, operationId: string, operation: string, idempotent: boolean]> = [
  ["Admins.me", "getMe", "GET /me", true],
  ["Admins.list", "listAdmins", "GET /admins", true],
  ["Contacts.list", "listContacts", "GET /contacts", true],
  ["Contacts.create", "createContact", "POST /contacts", false],
  ["Contacts.get", "getContact", "GET /contacts/{contact_id}", true],
  ["Contacts.search", "searchContacts", "POST /contacts/search", true],
  ["Companies.list", "listCompanies", "GET /companies", true],
  ["Companies.createOrUpdate", "createOrUpdateCompany", "POST /companies", true],
  ["Companies.scroll", "scrollCompanies", "GET /companies/scroll", false],
  ["Conversations.list", "listConversations", "GET /conversations", true],
  ["Conversations.create", "createConversation", "POST /conversations", false],
  ["Conversations.get", "getConversation", "GET /conversations/{conversation_id}", true],
  ["Conversations.search", "searchConversations", "POST /conversations/search", true],
  ["Articles.list", "listArticles", "GET /articles", true],
  ["Articles.create", "createArticle", "POST /articles", false],
  ["Segments.list", "listSegments", "GET /segments", true],
  ["Messages.create", "createMessage", "POST /messages", false],
  ["Events.submit", "submitEvent", "POST /events", true],
  ["Events.list", "listEvents", "GET /events", true],
  ["NewsItems.list", "listNewsItems", "GET /news/news_items", true],
  ["NewsItems.create", "createNewsItem", "POST /news/news_items", false],
  ["Tags.list", "listTags", "GET /tags", true],
  ["Tags.get", "getTag", "GET /tags/{tag_id}", true],
  ["Teams.list", "listTeams", "GET /teams", true],
  ["Teams.get", "getTeam", "GET /teams/{team_id}", true]
]

describe("operations", () => {
  it("are those of the published document, and those it lacks", () => {
    assert.deepStrictEqual(
      operations.map(
        ({ idempotent, method, name, operationId, path }) =>
          [name, operationId, `${method} ${path}`, idempotent] as const
      ),
      catalogue
    )
    assert.deepStrictEqual(
      operations.filter(({ body }) => body === "none").map(({ name }) => name),
      ["Events.submit"]
    )
  })
})

describe("IntercomApi", () => {
  it("makes a document with every operation, its failures, and who may call it", () => {
    const { info, paths, servers } = OpenApi.fromApi(IntercomApi)
    assert.deepStrictEqual({ title: info.title, version: info.version }, { title: "Intercom API", version: "2.15" })
    assert.deepStrictEqual(servers, [
      { url: "https://api.intercom.io", description: "United States" },
      { url: "https://api.eu.intercom.io", description: "Europe" },
      { url: "https://api.au.intercom.io", description: "Australia" }
    ])
    for (const { method, operationId, path } of operations) {
      const operation = paths[path]?.[method === "GET" ? "get" : "post"]
      assert.isDefined(operation, `${method} ${path}`)
      assert.strictEqual(operation.operationId, operationId)
      assert.containsSubset(Object.keys(operation.responses), ["401", "403", "429", "500"])
      assert.deepStrictEqual(operation.security, [{ bearerAuth: [] }])
    }
    assert.hasAllKeys(paths["/events"]?.post?.responses, ["202", "400", "401", "403", "404", "429", "500"])
  })
})

type Method = (input: object) => Effect.Effect<unknown, unknown>

describe("Intercom", () => {
  const me = { type: "admin", id: "1" }

  it.effect("has a method for every operation", () =>
    Effect.gen(function* () {
      const intercom: Readonly<Record<string, object>> = yield* Intercom
      for (const [name = ""] of catalogue) {
        const [resource = "", method = ""] = name.split(".")
        const service = intercom[String.uncapitalize(resource)] as Readonly<Record<string, unknown>> | undefined
        assert.isFunction(service?.[method], name)
      }
      assert.lengthOf(
        Object.values(intercom).flatMap((service) => Object.keys(service)),
        catalogue.length
      )
    }).pipe(Effect.provide(Intercom.layerHttp), Effect.provide(Scripted.make([]).intercom()))
  )

  it.effect("names the span of each call after its operation", () =>
    Effect.gen(function* () {
      const observed = Observed.make()
      const server = Scripted.make(() => Scripted.status(404))
      const names = catalogue.map(([name = ""]) => name)
      yield* Effect.gen(function* () {
        const intercom = (yield* Intercom) as unknown as Readonly<Record<string, Readonly<Record<string, Method>>>>
        for (const name of names) {
          const [resource = "", method = ""] = name.split(".")
          const call = intercom[String.uncapitalize(resource)]?.[method]
          assert.isDefined(call)
          // Refused before it is sent, or by the server: a span has its name either way.
          yield* Effect.exit(call({}))
        }
      }).pipe(Effect.provide(Intercom.layerHttp), Effect.provide(server.intercom()), observed.watch)
      assert.deepStrictEqual(
        observed.spans.map(({ name }) => name),
        names
      )
    })
  )

  it.effect("provides each resource and the transport beside itself, one of each", () => {
    const server = Scripted.make([Scripted.json(me)])
    return Effect.gen(function* () {
      const intercom = yield* Intercom
      assert.strictEqual(intercom.contacts, yield* Contacts)
      assert.strictEqual(intercom.newsItems, yield* NewsItems)
      assert.strictEqual((yield* IntercomHttp).config.version, "2.15")
      assert.deepStrictEqual<unknown>(yield* intercom.admins.me(), me)
    }).pipe(Effect.provide(Intercom.layer({ accessToken: Redacted.make("t") }).pipe(Layer.provide(server.httpClient))))
  })

  it.effect("takes its configuration from the environment", () => {
    const server = Scripted.make([Scripted.json(me)])
    return Effect.gen(function* () {
      yield* Intercom.use((intercom) => intercom.admins.me())
      assert.strictEqual(server.sent[0]?.url.href, "https://api.eu.intercom.io/me")
      assert.strictEqual(server.sent[0]?.headers["authorization"], "Bearer from-env")
    }).pipe(
      Effect.provide(Intercom.layerEnv.pipe(Layer.provide(server.httpClient))),
      Effect.provide(
        ConfigProvider.layer(ConfigProvider.fromUnknown({ INTERCOM_ACCESS_TOKEN: "from-env", INTERCOM_REGION: "eu" }))
      )
    )
  })
})
