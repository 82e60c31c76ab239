/**
 * A process with a Redis of its own connection. `worker`: takes a notification, says so, and is never done with it.
 * `client`: makes calls until it is killed, all at once.
 */
import * as Contacts from "@effect-intercom/core/resources/Contacts"
import * as IntercomHttp from "@effect-intercom/core/IntercomHttp"
import * as Webhook from "@effect-intercom/core/Webhook"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRedis from "@effect/platform-node/NodeRedis"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RateLimiter from "effect/persistence/RateLimiter"
import * as Redacted from "effect/Redacted"

const [role, name = "", api = ""] = process.argv.slice(2)
const redis = NodeRedis.layer({ url: process.env["INTERCOM_TEST_REDIS_URL"] ?? "" })

const worker = Webhook.layerWorkers((_, { attempt, id }) =>
  Effect.andThen(Console.log(`${id} ${attempt}`), Effect.never)
).pipe(
  Layer.provide(Webhook.layerInboxRedis({ name, lockExpiration: "600 millis" })),
  Layer.provide(redis),
  Layer.launch
)

const calls = 8
const client = Effect.forEach(
  Array.from({ length: calls }),
  () => Contacts.Contacts.use(({ get }) => get(Contacts.ContactId.make("1"))),
  { concurrency: "unbounded" }
).pipe(
  Effect.provide(Contacts.Contacts.layer),
  Effect.provide(
    IntercomHttp.IntercomHttp.layerShared({
      accessToken: Redacted.make("shared-token"),
      baseUrl: api,
      rateLimit: { limit: 10, window: "1 hour" }
    })
  ),
  Effect.provide([NodeHttpClient.layerUndici, Layer.provide(RateLimiter.layerStoreRedis({ prefix: name }), redis)])
)

NodeRuntime.runMain(role === "worker" ? worker : client)
