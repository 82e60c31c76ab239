// The service of examples/webhooks.ts, told by a simulated workspace of what happens in it; all in this process.
import { Contacts, Conversations, IntercomHttp, Webhook } from "@effect-intercom/core"
import * as SqliteClient from "@effect-intercom/export/NodeSqliteClient"
import { Simulator } from "@effect-intercom/simulator"
import { PgClient } from "@effect/sql-pg"
import { assert, it } from "@effect/vitest"
import { Effect, Exit, Layer, Redacted, References, Schedule, Scope } from "effect"
import { HttpClient, HttpClientResponse, HttpRouter, HttpServer } from "effect/http"
import { SqlClient } from "effect/sql"
import { Service } from "../webhooks.ts"

// The PostgreSQL there is, or SQLite.
const { INTERCOM_TEST_POSTGRES_URL: postgres } = process.env
const Database =
  postgres === undefined
    ? Layer.effect(
        SqlClient.SqlClient,
        Effect.map(SqliteClient.make(":memory:", { readOnly: false }), ({ sql }) => sql)
      )
    : PgClient.layer({ url: Redacted.make(postgres) })
const Client = Layer.unwrap(
  Simulator.useSync(({ token, url }) =>
    Layer.mergeAll(Contacts.layer, Conversations.layer).pipe(
      Layer.provide(IntercomHttp.layer({ accessToken: token, baseUrl: url }))
    )
  )
)

/** Starts the service: an `HttpClient` that asks it. */
const start = Effect.gen(function* () {
  const around = yield* Effect.context<SqlClient.SqlClient | Contacts | Conversations>()
  const web = HttpRouter.toWebHandler(
    Service.pipe(
      Layer.provide(Webhook.layer({ clientSecret: Redacted.make("simulator-secret") })),
      Layer.provide(Layer.succeedContext(around)),
      Layer.provideMerge([HttpServer.layerServices, Layer.succeed(References.MinimumLogLevel, "None")])
    ),
    { disableLogger: true }
  )
  yield* Effect.addFinalizer(() => Effect.promise(web.dispose))
  return HttpClient.make((request, url) =>
    Effect.map(
      Effect.promise(() =>
        web.handler(
          new Request(url, {
            method: request.method,
            headers: request.headers,
            body: request.body._tag === "Uint8Array" ? (request.body.body as Uint8Array<ArrayBuffer>) : null
          })
        )
      ),
      (response) => HttpClientResponse.fromWeb(request, response)
    )
  )
})

it.live("the service keeps its table current, catches up after an outage, and takes nothing unsigned", () =>
  Effect.gen(function* () {
    const { insert, notify, remove, update } = yield* Simulator
    const sql = yield* SqlClient.SqlClient
    const rows = Effect.map(
      sql<{ readonly id: string; readonly state: string }>`SELECT id, state FROM conversations ORDER BY id`,
      (rows) => new Map(rows.map(({ id, state }) => [id, state]))
    )
    const until = (is: (rows: ReadonlyMap<string, string>) => boolean) =>
      Effect.repeat(rows, { until: is, schedule: Schedule.spaced("5 millis") }).pipe(Effect.timeout("20 seconds"))
    const url = "http://service.test/webhooks/intercom"

    const up = yield* Scope.make()
    const first = yield* Scope.provide(start, up)
    const told = yield* notify({ url, repeated: 0, disorder: "20 millis" }).pipe(
      Effect.provideService(HttpClient.HttpClient, first),
      Scope.provide(up)
    )
    // It begins with what there is.
    assert.strictEqual((yield* until(({ size }) => size === 5)).size, 5)
    const [known = ""] = (yield* rows).keys()

    const contact = yield* Contacts.use(({ create }) => create({ role: "user", email: "zoe@example.com" }))
    const { conversation_id: id } = yield* Conversations.use(({ create }) =>
      create({ from: { type: "user", id: contact.id }, body: "Hello" })
    )
    assert.strictEqual((yield* until((rows) => rows.has(id))).get(id), "open")
    yield* update("conversations", id, { state: "closed" })
    yield* until((rows) => rows.get(id) === "closed")
    yield* remove("conversations", known)
    yield* until((rows) => !rows.has(known))
    yield* told.settled
    assert.strictEqual((yield* told.stats).lost, 0)

    const forged = yield* first.post(url, { headers: { "x-hub-signature": `sha1=${"0".repeat(40)}` } })
    assert.strictEqual(forged.status, 401)
    const states = yield* Effect.flatMap(first.get("http://service.test/states"), ({ json }) => json)
    const counts = Map.groupBy((yield* rows).values(), (state) => state)
    assert.deepStrictEqual<unknown>(
      states,
      Array.from(counts, ([state, all]) => ({ state, count: all.length })).toSorted((a, b) =>
        a.state < b.state ? -1 : 1
      )
    )

    // While it is away, nobody tells it.
    yield* Scope.close(up, Exit.void)
    yield* update("conversations", id, { state: "snoozed", updated_at: 2_000_000_000 })
    yield* insert("conversations", { type: "conversation", id: "new", state: "open", updated_at: 2_000_000_001 })
    assert.strictEqual((yield* rows).get(id), "closed")
    yield* start
    assert.strictEqual((yield* until((rows) => rows.has("new"))).get(id), "snoozed")
  }).pipe(
    Effect.scoped,
    Effect.provide(Client),
    Effect.provide([Simulator.layerClient({ conversations: 5, contacts: 5 }), Database])
  )
)
