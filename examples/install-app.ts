// An app that its customers install in their workspaces: /install sends them to Intercom, /callback stores the token they come
// back with, and from then on their workspace has a client.
import { Contacts, OAuth, TokenStore, Workspaces } from "@effect-intercom/core"
import { NodeHttpClient, NodeHttpServer, NodeRuntime, NodeServices } from "@effect/platform-node"
import { Config, Effect, Layer, Schema } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { createServer } from "node:http"

/** What the app needs of a workspace. */
class Tenants extends Workspaces.withClient<Tenants>()("app/Tenants", Contacts.layer) {}

const text = (status: number, message: string) => HttpServerResponse.text(`${message}\n`, { status })
const said = (status: number) => (error: Error) =>
  Effect.as(Effect.logWarning(error.message), text(status, error.message))

// The state is that of this browser: whoever is sent a callback by somebody else has none.
const cookie = "__Host-intercom-state"
const Region = Schema.Struct({ region: Schema.optional(Schema.Literals(["us", "eu", "au"])) })

const install = Effect.gen(function* () {
  const { region } = yield* HttpServerRequest.schemaSearchParams(Region)
  const { authorizeUrl } = yield* OAuth
  const { state, url } = yield* authorizeUrl(region && { region })
  return HttpServerResponse.redirect(url).pipe(
    HttpServerResponse.setCookieUnsafe(cookie, state, {
      httpOnly: true,
      secure: true,
      sameSite: "lax",
      path: "/",
      maxAge: "10 minutes"
    })
  )
}).pipe(Effect.catchTag("SchemaError", () => Effect.succeed(text(400, "The region is us, eu or au."))))

const callback = Effect.gen(function* () {
  const request = yield* HttpServerRequest.HttpServerRequest
  const oauth = yield* OAuth
  const { credentials, workspace } = yield* oauth.install(request.url, request.cookies[cookie])
  yield* TokenStore.use((tokens) => tokens.set(workspace, credentials))
  // If it was installed before, its client has the old token.
  yield* Tenants.invalidate(workspace)
  return text(200, `Installed in ${workspace}.`)
}).pipe(
  Effect.catchTags({
    OAuthError: (error) => said(error.problem === "unavailable" ? 502 : 400)(error),
    IntercomError: said(502),
    TokenStoreError: said(500)
  }),
  // A state is good for one callback.
  Effect.map(HttpServerResponse.expireCookieUnsafe(cookie, { path: "/", secure: true }))
)

/** What the app does, as one of the workspaces. */
const count = Effect.gen(function* () {
  const { workspace = "" } = yield* HttpRouter.params
  const { total_count } = yield* Contacts.use(({ list }) => list({ per_page: 1 })).pipe(Tenants.provide(workspace))
  return text(200, `${total_count} contacts`)
}).pipe(Effect.catchTags({ UnknownWorkspace: said(404), TokenStoreError: said(500), IntercomError: said(502) }))

/** All of it, on an app, a store and a client. */
export const Service = HttpRouter.addAll([
  HttpRouter.route("GET", "/install", install),
  HttpRouter.route("GET", "/callback", callback),
  HttpRouter.route("GET", "/workspaces/:workspace/contacts", count)
]).pipe(HttpRouter.provideRequest(Tenants.layer()))

const Server = Layer.unwrap(
  Effect.map(Config.schema(Schema.Int, "PORT").pipe(Config.withDefault(3000)), (port) =>
    NodeHttpServer.layer(() => createServer(), { port })
  )
)
const Tokens = Layer.unwrap(
  Effect.map(Config.String("TOKENS").pipe(Config.withDefault("tokens")), TokenStore.layerDirectory)
)

// INTERCOM_CLIENT_ID, INTERCOM_CLIENT_SECRET and INTERCOM_REDIRECT_URI come from the environment.
const program = HttpRouter.serve(Service).pipe(
  Layer.provide(Server),
  Layer.provide([OAuth.layerEnv, Tokens]),
  Layer.provide([NodeHttpClient.layerUndici, NodeServices.layer])
)

if (import.meta.main) NodeRuntime.runMain(Layer.launch(program))
