/** One operation of a client: encode, send, check. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Answer, Failure, Operation } from "../Attempt.ts"
import type * as Endpoint from "../Endpoint.ts"
import { regions } from "../IntercomConfig.ts"
import { DecodeError, IntercomError, PaginationError, type Reason, TimeoutError } from "../IntercomError.ts"
import type { IntercomHttp } from "../IntercomHttp.ts"
import * as Json from "../Json.ts"
import type { Invalid } from "../Pagination.ts"
import { OnInvalid, Timeout, Version } from "./CallPolicy.ts"
import { typeGuard } from "./TypeGuard.ts"
import { allOf, mismatchesOf } from "./Mismatches.ts"
import { serverOf } from "./Observe.ts"
import { countDecodeFailure, transportReason } from "./ReadAnswer.ts"
import { encoder, type Parts } from "./RequestEncoder.ts"
import type { Scrub } from "./Scrub.ts"

export interface Call {
  (parts: Parts): Effect.Effect<unknown, IntercomError>
  /** Tells the current span which operation runs in it and how it ends. The call itself does so; parts of it do not. */
  readonly traced: <A, R>(effect: Effect.Effect<A, IntercomError, R>) => Effect.Effect<A, IntercomError, R>
  /** Sends the request; the body of the answer is not checked yet. */
  readonly send: (parts: Parts) => Effect.Effect<Answer, IntercomError>
  /** The same operation at a URL that {@link Call.resolve} gave. */
  readonly sendUrl: (url: URL) => Effect.Effect<Answer, IntercomError>
  /** The bytes of the answer; the request is sent when the stream is run. */
  readonly stream: (parts: Parts) => Stream.Stream<Uint8Array, IntercomError>
  /** Whether the body fits as it is. */
  readonly fits: (body: unknown) => boolean
  /** Checks the body; what it returns is the body itself, unknown fields included. */
  readonly decode: (answer: Answer) => Effect.Effect<unknown, IntercomError>
  /**
   * A URL the API gave, absolute or relative to the page at `from` (by default this operation's first), at the base
   * URL: links to the API's own hosts, and paths without a host, are taken as relative to it, as a gateway passes them on
   * unchanged. `undefined` when it is anywhere else.
   */
  readonly resolve: (url: string, from?: string) => URL | undefined
  /** Counts a record that did not fit. */
  readonly countInvalid: Effect.Effect<void>
  /** The error for a body, or a part of one, that does not fit `schema`. */
  readonly decodeError: (schema: Schema.Top, answer: Answer, value: unknown) => IntercomError
  /** A body, or a part of one, that does not fit `schema`. */
  readonly invalid: (schema: Schema.Top, answer: Answer, value: unknown) => Invalid
  /** An error of this operation. */
  readonly fail: (reason: Reason) => IntercomError
}

export const make = (http: IntercomHttp["Service"], operation: Operation, endpoint: Endpoint.Top): Call => {
  const { baseUrl } = http.config
  const success = endpoint.success ?? Schema.Void
  const encode = encoder(endpoint)
  // Nothing on the response side is transformed, so a value that fits its type is decoded already.
  const isBody: (body: unknown) => boolean = operation.body === "none" ? Predicate.isUnknown : typeGuard(success)
  const fits = (body: unknown): boolean => (body === undefined && operation.body === "optional") || isBody(body)
  const attempts = http.attempt(operation)

  const fail = (reason: Reason) =>
    new IntercomError({
      operation: operation.name,
      method: operation.method,
      path: operation.path,
      reason: reason._tag === "PaginationError" ? withoutSecret(reason, http.scrub) : reason
    })

  const traced = <A, R>(effect: Effect.Effect<A, IntercomError, R>) =>
    Effect.andThen(
      Effect.annotateCurrentSpan({
        "http.request.method": operation.method,
        "url.template": operation.path,
        ...serverOf(baseUrl),
        "intercom.operation_id": operation.operationId
      }),
      Effect.tapError(effect, ({ reason }) =>
        Effect.annotateCurrentSpan({ "error.type": reason._tag, ...answered(reason) })
      )
    )

  const execute = (attempt: Effect.Effect<HttpClientResponse.HttpClientResponse, Failure>) =>
    Effect.tap(http.execute(operation, attempt), (answer) => Effect.annotateCurrentSpan(answered(answer)))

  const send = (parts: Parts) =>
    execute(
      Effect.flatMap(Version, (version) =>
        Effect.flatMap(encode(parts, http.scrub, version ?? http.config.version), attempts.execute)
      )
    )

  const stream = (parts: Parts) =>
    Stream.unwrap(
      Effect.gen(function* () {
        const { body } = yield* send(parts)
        const idle = Duration.fromInputUnsafe((yield* Timeout) ?? http.config.timeout)
        // What an operation that answers with bytes answers with.
        return (body as HttpClientResponse.HttpClientResponse["stream"]).pipe(
          Stream.timeoutOrElse({
            duration: idle,
            orElse: () => Stream.fail(new TimeoutError({ afterMillis: Duration.toMillis(idle) }))
          }),
          Stream.catch((error) =>
            error._tag === "HttpClientError" && error.reason._tag === "EmptyBodyError"
              ? Stream.empty
              : Stream.fail(fail(transportReason(error, baseUrl, http)))
          )
        )
      }).pipe(traced)
    )

  const prefix = prefixOf(baseUrl)
  const start = new URL(prefix + operation.path, baseUrl)
  const resolve = (url: string, from?: string): URL | undefined => {
    const resolved = URL.parse(url, from === undefined ? start : resolve(from))
    if (resolved === null) return undefined
    if (resolved.origin === baseUrl.origin && resolved.pathname.startsWith(`${prefix}/`)) return resolved
    return isOfApi(resolved) || !namesHost(url, baseUrl)
      ? Object.assign(new URL(baseUrl), { pathname: prefix + resolved.pathname, search: resolved.search })
      : undefined
  }

  const sendUrl = (url: URL) =>
    execute(attempts.execute(HttpClientRequest.make(endpoint.method)(relative(url, baseUrl))))

  const decodeError = (schema: Schema.Top, answer: Answer, value: unknown) =>
    fail(
      new DecodeError({
        status: answer.status,
        ...(answer.requestId === undefined ? undefined : { requestId: answer.requestId }),
        kind: "invalid",
        mismatches: mismatchesOf(schema, value, http.scrub),
        body: http.scrub(value === undefined ? "undefined" : Json.stringify(value), 8192)
      })
    )

  const invalid = (schema: Schema.Top, raw: unknown, error: IntercomError): Invalid => ({
    raw,
    error,
    ...(error.reason._tag === "DecodeError" ? allOf(error.reason.mismatches, schema, raw, http.scrub) : {})
  })

  const countInvalid = countDecodeFailure(operation)

  const decode = (answer: Answer): Effect.Effect<unknown, IntercomError> =>
    fits(answer.body)
      ? Effect.succeed(answer.body)
      : Effect.andThen(countInvalid, Effect.fail(decodeError(success, answer, answer.body)))

  const take = (answer: Answer) =>
    decode(answer).pipe(
      Effect.catch((error) =>
        Effect.flatMap(OnInvalid, (onInvalid) =>
          onInvalid === undefined
            ? Effect.fail(error)
            : Effect.as(onInvalid(invalid(success, answer.body, error)), answer.body)
        )
      )
    )

  return Object.assign((parts: Parts) => traced(Effect.flatMap(send(parts), take)), {
    traced,
    send,
    sendUrl,
    stream,
    fits,
    decode,
    resolve,
    countInvalid,
    decodeError,
    invalid: (schema: Schema.Top, answer: Answer, value: unknown) =>
      invalid(schema, value, decodeError(schema, answer, value)),
    fail
  })
}

// Behind a gateway, the API's links still name the API's own hosts.
const hosts: ReadonlySet<string> = new Set(Object.values(regions).map((url) => new URL(url).host))
const isOfApi = ({ host, protocol }: URL): boolean => hosts.has(host) && /^https?:$/.test(protocol)

/** Whether a URL says whose it is, or is relative to whatever it stands in. */
const namesHost = (url: string, { protocol }: URL): boolean =>
  URL.parse(url, `${protocol}//host.invalid`)?.host !== "host.invalid"

/** The path of a base URL, as it stands before the API's paths. */
const prefixOf = ({ pathname }: URL): string => pathname.replace(/\/$/, "")

/** What stands behind the base URL, which may have a path of its own. */
const relative = ({ pathname, search }: URL, base: URL): string => {
  const prefix = prefixOf(base)
  return (pathname.startsWith(`${prefix}/`) ? pathname.slice(prefix.length) : pathname) + search
}

// It quotes what the API gave as the next page.
const withoutSecret = ({ cursor, description }: PaginationError, scrub: Scrub) =>
  new PaginationError({
    description: scrub(description, 500),
    ...(cursor === undefined ? undefined : { cursor: scrub(cursor, 500) })
  })

/** What a span says of an answer, if there was one. */
const answered = (from: object) => ({
  ...("status" in from ? { "http.response.status_code": from.status } : undefined),
  ...("requestId" in from && from.requestId !== undefined ? { "intercom.request_id": from.requestId } : undefined)
})
