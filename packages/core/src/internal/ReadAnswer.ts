/** From what a transport answers to an answer, or to the reason why there is none. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Metric from "effect/Metric"
import type * as RateLimiter from "effect/persistence/RateLimiter"
import { type Answer, Failure, type Operation } from "../Attempt.ts"
import { type BodyTooLargeError, DecodeError, type TimeoutError, TransportError } from "../IntercomError.ts"
import * as IntercomMetrics from "../IntercomMetrics.ts"
import * as Body from "./Body.ts"
import { type Refusal, reasonOf, resetDelay } from "./ResponseError.ts"
import type { Scrub } from "./Scrub.ts"
import type * as ServerTime from "./ServerTime.ts"
import { neverSent, systemError } from "./TransportCode.ts"

/** Who asks. */
interface Asker {
  readonly scrub: Scrub
  /** Whose client it is, where there are several. */
  readonly workspace?: string | undefined
}

/** The answer in a success, its body parsed; nothing in it is checked yet. */
export const parse = (
  operation: Operation,
  response: HttpClientResponse.HttpClientResponse,
  { scrub, workspace }: Asker,
  parseJson: (text: string) => unknown
): Effect.Effect<Answer, Failure> => {
  const id = response.headers["x-request-id"]
  const reply = { status: response.status, requestId: id === undefined ? undefined : scrub(id, 200) }
  const answer = (body: unknown) => ({ ...reply, body })
  const refuse = (expected: string, actual: string) =>
    new Failure({
      reason: new DecodeError({
        status: reply.status,
        ...(reply.requestId === undefined ? undefined : { requestId: reply.requestId }),
        kind: "malformed",
        mismatches: [{ path: "", expected, actual }],
        body: encoding === undefined ? scrub(received.text, 8192) : "",
        ...(workspace === undefined ? undefined : { workspace })
      })
    })
  const received = Body.of(response)
  const { charset, encoding } = received
  const isText = charset === undefined && encoding === undefined
  const read = (): Effect.Effect<Answer, Failure> => {
    switch (operation.body) {
      case "none":
        return Effect.succeed(answer(undefined))
      case "bytes":
        return Effect.succeed(answer(response.stream))
      case "location": {
        const location = URL.parse(response.headers["location"] ?? "", response.request.url)
        const expected = "the address of a redirect, in Location"
        if (location === null || !response.headers["location"]) return Effect.fail(refuse(expected, "none"))
        if (!redirects.has(reply.status)) return Effect.fail(refuse(expected, `the status ${reply.status}`))
        return /^https?:$/.test(location.protocol)
          ? Effect.succeed(answer(location))
          : Effect.fail(refuse("an address of http or https, in Location", scrub(location.protocol, 100)))
      }
      case "text":
        return isText && !isNoText(response)
          ? Effect.succeed(answer(received.text))
          : Effect.fail(
              refuse(
                "text",
                isText ? scrub(response.headers["content-type"] ?? "", 100) : whatIsNoJson(response, scrub)
              )
            )
      case "optional":
      case "json":
        if (operation.body === "optional" && received.text === "") return Effect.succeed(answer(undefined))
        return isText
          ? Effect.try({
              try: () => answer(Body.json(received, parseJson)),
              catch: () => refuse("a JSON body", whatIsNoJson(response, scrub))
            })
          : Effect.fail(refuse("a JSON body", whatIsNoJson(response, scrub)))
    }
  }
  return Effect.tapError(read(), () => countDecodeFailure(operation))
}

/** Statuses whose Location is where the same thing is. */
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** A page of a gateway, or an error under a success. */
const isNoText = ({ headers }: HttpClientResponse.HttpClientResponse): boolean =>
  /^\s*(text\/html|application\/(json|[^;\s]+\+json))\s*(;|$)/i.test(headers["content-type"] ?? "")

const whatIsNoJson = (response: HttpClientResponse.HttpClientResponse, scrub: Scrub): string => {
  const { charset, encoding, text } = Body.of(response)
  if (charset !== undefined) return `bytes that are not ${scrub(charset, 100)}`
  if (encoding !== undefined) return `a body encoded as ${scrub(encoding, 100)}, which cannot be read here`
  if (text === "") return "an empty body"
  const type = response.headers["content-type"]
  return type === undefined || /json/i.test(type)
    ? "text that is not JSON"
    : `text that is not JSON (${scrub(type, 100)})`
}

/** Counts a body or record that did not fit. */
export const countDecodeFailure = (operation: Operation): Effect.Effect<void> =>
  Metric.update(Metric.withAttributes(IntercomMetrics.decodeFailures, { operation: operation.name }), 1)

/** Turns an answer that is no success into its reason. */
export const check = (
  operation: Operation,
  response: HttpClientResponse.HttpClientResponse,
  {
    scrub,
    time,
    ...asked
  }: { readonly time: ServerTime.ServerTime; readonly scrub: Scrub } & Pick<Refusal, "baseUrl" | "workspace">
): Effect.Effect<HttpClientResponse.HttpClientResponse, Failure> => {
  if (isSuccess(operation, response)) return Effect.succeed(response)
  return Clock.clockWith((clock) => {
    const { headers, request, status } = response
    const { permission } = operation
    const body = Body.of(response)
    const refusal = { status, headers, body, ...asked, url: request.url, at: time.now(clock), permission }
    return Effect.fail(new Failure({ reason: reasonOf(refusal, scrub), notBefore: resetDelay(refusal) }))
  })
}

const isSuccess = ({ body }: Operation, { headers, status }: HttpClientResponse.HttpClientResponse): boolean =>
  (status >= 200 && status < 300) ||
  (body === "location" && status >= 300 && status < 400 && headers["location"] !== undefined)

/** Why there is no answer. */
export const transportReason = (
  error: HttpClientError.HttpClientError | RateLimiter.RateLimiterError | TimeoutError | BodyTooLargeError,
  { host }: URL,
  { scrub, workspace }: Asker
): TransportError | TimeoutError | BodyTooLargeError => {
  if (error._tag === "TimeoutError" || error._tag === "BodyTooLargeError") return error
  if (error._tag === "RateLimiterError") {
    return new TransportError({
      sent: false,
      description: scrub(`The rate limiter's store failed: ${error.message}`, 500)
    })
  }
  const { _tag, cause, description } = error.reason
  const system = systemError(cause)
  // Only texts are kept: the error itself holds the request, and with it the token.
  return new TransportError({
    sent: _tag !== "InvalidUrlError" && _tag !== "EncodeError" && !neverSent(system),
    ...(system.code === undefined ? undefined : { code: scrub(system.code, 100) }),
    description: scrub(system.message || description || `for no reason given (${_tag})`, 500),
    host,
    ...(workspace === undefined ? undefined : { workspace })
  })
}
