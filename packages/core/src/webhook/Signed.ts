/** Answers to what is signed: who has no right signature gets no further. */
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import type * as HttpServerError from "effect/http/HttpServerError"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { SignatureError, Signatures } from "./Signature.ts"

export interface RouteOptions {
  /**
   * The most bytes a body may have; a larger one is answered with 413. A notification has some 10 kB.
   *
   * @default 2_000_000
   */
  readonly maxBodySize?: number | undefined
}

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
