/** Endpoints that take notifications: a route of `HttpRouter`, or endpoints of an `HttpApi`. */
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerError from "effect/http/HttpServerError"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import type * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { Inbox } from "./Inbox.ts"
import { hubSignature, type SignatureError, type Signatures, Verifier } from "./Signature.ts"

export interface RouteOptions {
  /**
   * The most bytes a body may have; a larger one is answered with 413. A notification has some 10 kB.
   *
   * @default 2_000_000
   */
  readonly maxBodySize?: number | undefined
}

const here = HttpServerResponse.empty({ status: 200 })

const text = (status: number, message: string) => HttpServerResponse.text(`${message}\n`, { status })

const refused = (error: SignatureError) =>
  Effect.as(Effect.logWarning(`A request was refused: ${error.message}`), text(401, error.message))

const unread = (error: HttpServerError.HttpServerError) => {
  const { reason } = error
  return reason._tag === "RequestParseError" && reason.reason === "BodyTooLarge"
    ? Effect.as(Effect.logWarning("A request was refused: its body is too large"), text(413, "The body is too large."))
    : Effect.succeed(text(400, "The body could not be read."))
}

/**
 * Answers a request whose body has the right signature; else with 401, and 413 when the body is too large. For what
 * Intercom sends that is no notification:
 *
 * @example
 * ```ts
 * import { Webhook } from "@effect-intercom/core"
 * import { Effect, Redacted } from "effect"
 * import { HttpRouter, HttpServerResponse } from "effect/http"
 *
 * // Intercom calls it when somebody uninstalls the app.
 * const Uninstalled = HttpRouter.use((router) =>
 *   Effect.gen(function* () {
 *     const signatures = yield* Webhook.signatures(Webhook.bodySignature, Redacted.make("…"))
 *     const forget = (body: Uint8Array) => Effect.as(Effect.log(new TextDecoder().decode(body)), HttpServerResponse.empty())
 *     yield* router.add("POST", "/uninstalled", Webhook.signed(signatures, forget))
 *   })
 * )
 * ```
 */
export const signed = Effect.fnUntraced(function* <E, R>(
  signatures: Signatures,
  answer: (body: Uint8Array) => Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>,
  options: RouteOptions = {}
) {
  const request = yield* HttpServerRequest.HttpServerRequest
  const signature = request.headers[signatures.scheme.header]
  const verified = Effect.gen(function* () {
    // What has none is refused before it can send megabytes.
    yield* signatures.parse(signature)
    // The raw bytes: parsed and printed again, they differ.
    const body = new Uint8Array(yield* request.arrayBuffer)
    yield* signatures.verify(body, signature)
    return body
  }).pipe(Effect.provideService(HttpServerRequest.MaxBodySize, ByteSize.bytes(options.maxBodySize ?? 2_000_000)))
  return yield* Effect.matchEffect(verified, {
    onSuccess: answer,
    onFailure: (error): Effect.Effect<HttpServerResponse.HttpServerResponse> =>
      error._tag === "SignatureError" ? refused(error) : unread(error)
  })
})

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
