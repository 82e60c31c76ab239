/** Endpoints that take notifications: a route of `HttpRouter`, or endpoints of an `HttpApi`. */
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import type * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { Inbox } from "./Inbox.ts"
import { hubSignature, Verifier } from "./Signature.ts"
import { type RouteOptions, signed } from "./Signed.ts"

const here = HttpServerResponse.empty({ status: 200 })

/**
 * What answers notifications: 200 as soon as the inbox has one, 401 without the right signature, 413 when it is too large,
 * and 500 when it could not be kept, so that Intercom sends it again.
 */
export const accept = (
  options?: RouteOptions
): Effect.Effect<
  Effect.Effect<HttpServerResponse.HttpServerResponse, never, HttpServerRequest.HttpServerRequest>,
  never,
  Inbox | Verifier
> =>
  Effect.gen(function* () {
    const verifier = yield* Verifier
    const { keep } = yield* Inbox
    const answer = (body: Uint8Array) =>
      keep(new TextDecoder().decode(body)).pipe(
        Effect.as(here),
        Effect.catchTag("InboxError", (error) =>
          Effect.as(Effect.logError(error.message, error), HttpServerResponse.empty({ status: 500 }))
        )
      )
    return signed(verifier, answer, options)
  })

/**
 * Takes notifications at a path: `POST`, and `HEAD`, by which the Developer Hub checks an address.
 *
 * @example
 * ```ts
 * import { Webhook } from "@effect-intercom/core"
 * import { Effect, Layer } from "effect"
 *
 * const Webhooks = Layer.mergeAll(
 *   Webhook.route("/webhooks/intercom"),
 *   Webhook.layerWorkers((event) => Effect.log(event._tag))
 * ).pipe(Layer.provide([Webhook.layerEnv, Webhook.layerInboxMemory()]))
 * ```
 */
export const route = (
  path: HttpRouter.PathInput,
  options?: RouteOptions
): Layer.Layer<never, never, HttpRouter.HttpRouter | Inbox | Verifier> => {
  const routes = Effect.map(accept(options), (handler) => [
    HttpRouter.route("POST", path, handler),
    HttpRouter.route("HEAD", path, here)
  ])
  return HttpRouter.addAll(routes)
}

/** The answer to what has no signature, or a wrong one: its text tells why. */
const Refused = Schema.String.pipe(HttpApiSchema.asText(), HttpApiSchema.status(401))

/** The answer to a body that is too large. */
const TooLarge = Schema.String.pipe(HttpApiSchema.asText(), HttpApiSchema.status(413))

/**
 * The endpoint of an `HttpApi` that takes notifications. {@link accept} makes its handler, for `handleRaw`; beside it goes a
 * {@link probe}.
 *
 * @example
 * ```ts
 * import { Webhook } from "@effect-intercom/core"
 * import { Effect } from "effect"
 * import { HttpApi, HttpApiBuilder, HttpApiGroup } from "effect/http-api"
 *
 * class Webhooks extends HttpApiGroup.make("webhooks").add(
 *   Webhook.endpoint("intercom", "/webhooks/intercom"),
 *   Webhook.probe("intercomProbe", "/webhooks/intercom")
 * ) {}
 * class App extends HttpApi.make("app").add(Webhooks) {}
 *
 * const WebhooksLive = HttpApiBuilder.group(App, "webhooks", (handlers) =>
 *   Effect.map(Webhook.accept(), (handler) =>
 *     handlers.handleRaw("intercom", () => handler).handle("intercomProbe", () => Effect.void)
 *   )
 * )
 * ```
 */
export const endpoint = <const Name extends string, const Path extends HttpRouter.PathInput>(name: Name, path: Path) =>
  HttpApiEndpoint.post(name, path, {
    headers: { [hubSignature.header]: Schema.optionalKey(Schema.String) },
    payload: Schema.Uint8Array.pipe(HttpApiSchema.asUint8Array({ contentType: "application/json" })),
    success: HttpApiSchema.Empty(200),
    error: [Refused, TooLarge]
  })

/** The endpoint of an `HttpApi` by which the Developer Hub checks the address of an {@link endpoint}. */
export const probe = <const Name extends string, const Path extends HttpRouter.PathInput>(name: Name, path: Path) =>
  HttpApiEndpoint.head(name, path, { success: HttpApiSchema.Empty(200) })
