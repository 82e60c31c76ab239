// A service for the workspaces of many customers: it signs users up, replies and assigns, streams what is open, and hears
// from Intercom what happens. `main.ts` runs it; `examples/test/Service.test.ts` tests it, without a port or a token. Who may
// call it for which workspace is for you to say: it knows no callers.
import {
  AdminId,
  Admins,
  type Ambiguous,
  Contacts,
  ConversationId,
  Conversations,
  type IntercomError,
  Search,
  Webhook,
  Wire,
  type WorkspaceFailure,
  Workspaces
} from "@effect-intercom/core"
import { Context, Effect, Layer, Metric, Schema, Stream } from "effect"
import { HttpApi, HttpApiBuilder, HttpApiEndpoint, HttpApiGroup, HttpApiSchema } from "effect/http-api"
import { PrometheusMetrics } from "effect/observability"

// --- what the service offers ---------------------------------------------------------------------------------------

class NoSuchThing extends Schema.TaggedError<NoSuchThing>()(
  "NoSuchThing",
  { message: Schema.String },
  { httpApiStatus: 404 }
) {}
class Refused extends Schema.TaggedError<Refused>()("Refused", { message: Schema.String }, { httpApiStatus: 422 }) {}
class Unavailable extends Schema.TaggedError<Unavailable>()(
  "Unavailable",
  { message: Schema.String },
  { httpApiStatus: 503 }
) {}
const error = [NoSuchThing, Refused, Unavailable]

const Plan = Schema.Literals(["free", "pro"])
const OpenConversation = Schema.Struct({ id: ConversationId, title: Schema.NullOr(Schema.String) })
const params = { workspace: Schema.String }

class Support extends HttpApiGroup.make("support").add(
  HttpApiEndpoint.put("signUp", "/:workspace/users/:user", {
    params: { ...params, user: Schema.String },
    payload: Schema.Struct({ email: Schema.String, name: Schema.String, plan: Plan }),
    success: Schema.Struct({ contact: Schema.String, created: Schema.Boolean }),
    error
  }),
  HttpApiEndpoint.post("reply", "/:workspace/conversations/:conversation/replies", {
    params: { ...params, conversation: ConversationId },
    payload: Schema.Struct({ body: Schema.String, assignee: Schema.optionalKey(AdminId) }),
    success: HttpApiSchema.NoContent,
    error
  }),
  HttpApiEndpoint.get("open", "/:workspace/conversations", {
    params,
    success: HttpApiSchema.StreamNdjson({ schema: OpenConversation }),
    error
  })
) {}

export class Api extends HttpApi.make("service").add(Support) {}

// --- the workspaces ------------------------------------------------------------------------------------------------

/** The contacts of a customer's workspace, with the attribute all of them have. */
export class Users extends Contacts.withAttributes<Users>()(
  "service/Users",
  Schema.Struct({ plan: Wire.nullish(Plan) })
) {}

/** A client for each, with what this service needs of it. */
export class Tenants extends Workspaces.withClient<Tenants>()(
  "service/Tenants",
  Layer.mergeAll(Admins.layer, Conversations.layer, Users.layer)
) {}

/** What callers are told of a failure: what they can do about it, and nothing of tokens. */
const explained = (error: IntercomError | Ambiguous | WorkspaceFailure) => {
  switch (error._tag === "IntercomError" ? error.reason._tag : error._tag) {
    case "UnknownWorkspace":
      return new NoSuchThing({ message: "This workspace is not installed." })
    case "NotFound":
      return new NoSuchThing({ message: "Intercom has no such record." })
    case "Ambiguous":
    case "BadRequest":
    case "Conflict":
    case "EncodeError":
    case "UnprocessableEntity":
      return new Refused({ message: error.message })
    default:
      return new Unavailable({ message: "Intercom does not answer as it should: try again later." })
  }
}

const SupportLive = HttpApiBuilder.group(
  Api,
  "support",
  Effect.fn(function* (handlers) {
    const tenants = yield* Tenants
    /** Runs a handler with the client of a workspace. */
    const inWorkspace =
      (workspace: string) =>
      <A, R>(handler: Effect.Effect<A, IntercomError | Ambiguous, R>) =>
        handler.pipe(
          tenants.provide(workspace),
          Effect.tapError((error) => Effect.logWarning(error.message)),
          Effect.mapError(explained),
          Effect.annotateLogs({ workspace }),
          Effect.withSpan("service.request", { attributes: { workspace } })
        )
    return handlers
      .handle("signUp", ({ params: { user, workspace }, payload: { plan, ...details } }) =>
        Users.use(({ upsert }) =>
          upsert({ role: "user", external_id: user, ...details, custom_attributes: { plan } })
        ).pipe(
          Effect.map(({ contact, created }) => ({ contact: contact.id, created })),
          inWorkspace(workspace)
        )
      )
      .handle("reply", ({ params: { conversation, workspace }, payload: { assignee, body } }) =>
        Effect.gen(function* () {
          const { assign, replyAsAdmin } = yield* Conversations
          const { id: admin_id } = yield* Admins.use(({ me }) => me())
          yield* replyAsAdmin(conversation, { message_type: "comment", admin_id, body })
          if (assignee !== undefined) yield* assign(conversation, { type: "admin", admin_id, assignee_id: assignee })
        }).pipe(inWorkspace(workspace))
      )
      .handle("open", ({ params: { workspace } }) => {
        const query = Search.conversation("state").equals("open")
        const open = Stream.unwrap(Conversations.useSync(({ search }) => search.items({ query }, { pageSize: 50 })))
        return Effect.succeed(
          open.pipe(
            Stream.map(({ id, title }) => ({ id, title: title ?? null })),
            Stream.provide(tenants.get(workspace)),
            // The status is sent already: a stream that fails is cut off.
            Stream.orDie
          )
        ).pipe(inWorkspace(workspace)) // which knows whether there is one
      })
  })
)

// --- what Intercom tells -------------------------------------------------------------------------------------------

const notifications = Metric.counter("service.notifications", { incremental: true })

/** What is done where somebody waits for an answer. */
export class Announcements extends Context.Service<
  Announcements,
  { readonly waiting: (workspace: string, conversation: string) => Effect.Effect<void> }
>()("service/Announcements") {}

const handle = Effect.fn("service.notification")(function* (event: Webhook.Event) {
  yield* Metric.update(Metric.withAttributes(notifications, { topic: event._tag }), 1)
  if (event._tag !== "conversation.user.replied" && event._tag !== "conversation.user.created") return
  const { waiting } = yield* Announcements
  yield* waiting(String(event.notification.app_id), String(event.item.id))
})

/** All of it: on `Tenants`, an inbox, and what is announced. */
export const Service = Layer.mergeAll(
  HttpApiBuilder.layer(Api, { openapiPath: "/openapi.json" }).pipe(Layer.provide(SupportLive)),
  Webhook.route("/webhooks/intercom"),
  Webhook.layerWorkers(handle, { concurrency: 4 }),
  PrometheusMetrics.layerHttp()
)
