// A service that keeps a table of conversations current. Notifications tell that something changed, late, twice and out of
// order; what is in the table is what the API says afterwards. What changed while the service was away, a search finds.
import { type Conversation, ConversationId, Conversations, IntercomHttp, Search, Webhook } from "@effect-intercom/core"
import { NodeHttpClient, NodeHttpServer, NodeRuntime } from "@effect/platform-node"
import { PgClient } from "@effect/sql-pg"
import { Config, Context, Effect, Layer, Match, Schema, Stream } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { SqlClient } from "effect/sql"
import { createServer } from "node:http"

/** As PostgreSQL has it. */
type Count = number | bigint

export class Table extends Context.Service<Table>()("Table", {
  make: Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`CREATE TABLE IF NOT EXISTS conversations (id TEXT PRIMARY KEY, state TEXT, updated_at BIGINT NOT NULL)`
    return {
      /** Never with what is older than what is there. */
      put: ({ id, state, updated_at }: Conversation) =>
        sql`INSERT INTO conversations ${sql.insert({ id, state: state ?? null, updated_at: updated_at ?? 0 })}
            ON CONFLICT (id) DO UPDATE SET state = excluded.state, updated_at = excluded.updated_at
            WHERE excluded.updated_at >= conversations.updated_at`,
      remove: (id: ConversationId) => sql`DELETE FROM conversations WHERE id = ${id}`,
      /** What changed later than this is not known, in Unix seconds: more may have changed in the last second that is. */
      current: Effect.map(
        sql<{ readonly at: Count | null }>`SELECT MAX(updated_at) AS at FROM conversations`,
        ([row]) => Math.max(0, Number(row?.at ?? 0) - 1)
      ),
      states: Effect.map(
        sql<{ readonly state: string; readonly count: Count }>`
          SELECT state, COUNT(*) AS count FROM conversations GROUP BY state ORDER BY state`,
        (rows) => rows.map(({ count, state }) => ({ state, count: Number(count) }))
      )
    }
  })
}) {
  static readonly layer = Layer.effect(this, this.make)
}

/** The conversation an event is about, whatever it says of it. */
const conversationOf = Match.type<Webhook.Event>().pipe(
  Match.tag("conversation.deleted", ({ item }) => item.conversation_id),
  Match.tag(
    "conversation.contact.attached",
    "conversation.contact.detached",
    ({ item }) => item.conversation.model?.id
  ),
  Match.tag("Unknown", () => undefined),
  Match.orElse(({ _tag, item }) => (_tag.startsWith("conversation") && "id" in item ? item.id : undefined))
)

const refresh = Effect.fn("refresh")(function* (event: Webhook.Event) {
  const found = conversationOf(event)
  if (typeof found !== "string" && typeof found !== "number") return
  const id = ConversationId.make(String(found))
  const { put, remove } = yield* Table
  const { get } = yield* Conversations
  yield* get(id).pipe(
    Effect.flatMap(put),
    Effect.catchReason("IntercomError", "NotFound", () => remove(id))
  )
})

/** What changed since the table was last current. */
const CatchUp = Layer.effectDiscard(
  Effect.gen(function* () {
    const { current, put } = yield* Table
    const { search } = yield* Conversations
    const query = Search.conversation("updated_at", ">", yield* current)
    yield* search.items({ query, sort: { field: "updated_at", order: "ascending" } }).pipe(Stream.runForEach(put))
  })
)

const States = HttpRouter.use((router) =>
  Effect.flatMap(Table, ({ states }) =>
    router.add(
      "GET",
      "/states",
      Effect.flatMap(Effect.orDie(states), (rows) => Effect.orDie(HttpServerResponse.json(rows)))
    )
  )
)

/** All of it, on a database and a client. */
export const Service = Layer.mergeAll(
  Webhook.route("/webhooks/intercom"),
  // One at a time: an answer of the API that is older than a deletion must not bring a conversation back.
  Webhook.layerWorkers(refresh),
  CatchUp,
  States
).pipe(Layer.provide(Webhook.layerInboxSql()), Layer.provideMerge(Table.layer))

const Server = Layer.unwrap(
  Effect.map(Config.schema(Schema.Int, "PORT").pipe(Config.withDefault(3000)), (port) =>
    NodeHttpServer.layer(() => createServer(), { port })
  )
)

// DATABASE_URL, INTERCOM_ACCESS_TOKEN and INTERCOM_CLIENT_SECRET come from the environment.
const program = HttpRouter.serve(Service).pipe(
  Layer.provide(Server),
  Layer.provide([Webhook.layerEnv, Conversations.layer.pipe(Layer.provide(IntercomHttp.layerEnv))]),
  Layer.provide(PgClient.layerConfig({ url: Config.schema(Schema.Redacted(Schema.String), "DATABASE_URL") })),
  Layer.provide(NodeHttpClient.layerUndici)
)

if (import.meta.main) NodeRuntime.runMain(Layer.launch(program))
