/** A request's way: its id, the window, latency, a fault, the operation, the headers every answer has. */
import * as Effect from "effect/Effect"
import * as HttpApiError from "effect/http-api/HttpApiError"
import * as HttpBody from "effect/http/HttpBody"
import type * as HttpServerError from "effect/http/HttpServerError"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type * as Duration from "effect/Duration"
import * as SchemaIssue from "effect/SchemaIssue"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type * as Faults from "../Faults.ts"
import type * as RateLimit from "../RateLimit.ts"
import * as ErrorList from "./ErrorList.ts"
import * as NewerVersion from "./NewerVersion.ts"
import { isFrom216, isVersion } from "./Version.ts"
import * as Prng from "./Prng.ts"

type Response = HttpServerResponse.HttpServerResponse
type Request = HttpServerRequest.HttpServerRequest

/** What an app counts. */
export interface Counters {
  requests: number
  rateLimited: number
  readonly faults: { [kind in Faults.Kind]?: number }
}

export interface Options<E> {
  readonly seed: number
  /** The version an app gets that names none. */
  readonly version: string
  readonly slot: Effect.Effect<RateLimit.Slot>
  readonly window: string
  readonly latency: Duration.Duration | undefined
  readonly nextFault: (request: Request) => Effect.Effect<Faults.Fault | undefined>
  /** Told of each 500; says what its message is, where it is a special one. */
  readonly failing: (request: Request) => string | undefined
  readonly counters: Counters
  /** Breaks the connection. */
  readonly reset: (request: Request) => Effect.Effect<Response, E>
  /** Done when the simulator closes: stalled answers end then. */
  readonly closing: Effect.Effect<void>
}

/** The operations. */
type Operations = Effect.Effect<
  Response,
  HttpServerError.HttpServerError,
  HttpServerRequest.HttpServerRequest | Scope.Scope
>

export const make = <E>(
  operations: Operations,
  options: Options<E>
): Effect.Effect<Response, E, HttpServerRequest.HttpServerRequest | Scope.Scope> => {
  const { counters } = options

  const asked = Effect.map(
    HttpServerRequest.HttpServerRequest,
    ({ headers }) => headers["intercom-version"] ?? options.version
  )

  const process = operations.pipe(
    Effect.catchTag("HttpServerError", () => ErrorList.notFound("The requested URL was not found on this server.")),
    Effect.catchDefect((defect) =>
      HttpApiError.HttpApiSchemaError.is(defect)
        ? invalid(defect)
        : Effect.andThen(Effect.logError("A simulated operation failed", defect), ErrorList.serverError(500))
    ),
    Effect.flatMap((response) => (response.status === 415 ? unsupported : Effect.succeed(response))),
    Effect.zipWith(asked, (response, version) => (isFrom216(version) ? renewed(response) : response))
  )

  const count = (kind: Faults.Kind) => {
    counters.faults[kind] = (counters.faults[kind] ?? 0) + 1
  }

  const answer = Effect.fnUntraced(function* (request: Request) {
    if (options.latency !== undefined) yield* Effect.sleep(options.latency)
    const fault = yield* options.nextFault(request)
    if (fault === undefined) return yield* process
    const { kind } = fault

    if (kind === "stall" || kind === "empty200" || kind === "truncated") {
      const response = yield* process
      // There is nothing to cut off an answer without a body, and a refusal is no success.
      if (response.status >= 300 || response.body._tag !== "Uint8Array") return response
      count(kind)
      return cut(kind, response, response.body.body, options.closing)
    }

    count(kind)
    if (kind === "error401" || kind === "error403") return yield* ErrorList.refusal(kind)
    if (fault.applied && request.method !== "GET") yield* process
    if (kind === "reset") return yield* options.reset(request)
    const status = Number(kind.slice(-3))
    const message = status === 500 ? options.failing(request) : undefined
    return yield* kind.startsWith("html")
      ? Effect.succeed(ErrorList.html(status))
      : ErrorList.serverError(status, message)
  })

  return Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const id = requestId(options.seed, counters.requests++)
    const asked = request.headers["intercom-version"] ?? options.version
    const slot = yield* options.slot
    if (!slot.allowed) counters.rateLimited++
    const response = yield* Effect.provideService(
      slot.allowed ? answer(request) : overLimit(slot, options.window),
      ErrorList.RequestId,
      id
    )
    return HttpServerResponse.setHeaders(response, {
      "x-request-id": id,
      "intercom-version": isVersion(asked) ? asked : options.version,
      "x-ratelimit-limit": String(slot.limit),
      "x-ratelimit-remaining": String(slot.remaining),
      "x-ratelimit-reset": String(slot.reset)
    })
  })
}

/** A JSON answer as newer versions have it. */
const renewed = (response: Response): Response => {
  const { body, headers } = response
  if (body._tag !== "Uint8Array" || headers["content-type"]?.startsWith("application/json") !== true) return response
  const text = new TextDecoder().decode(body.body)
  if (text === "") return response
  return HttpServerResponse.setBody(
    response,
    HttpBody.text(JSON.stringify(NewerVersion.as216(JSON.parse(text))), headers["content-type"])
  )
}

/** 20 characters, as live ones. */
const requestId = (seed: number, count: number): string =>
  `000${[1, 2].map((part) => Prng.hash(seed, count, part).toString(36).padStart(7, "0")).join("")}${String(count % 1000).padStart(3, "0")}`

const overLimit = ({ limit }: RateLimit.Slot, window: string) =>
  ErrorList.respond(429, {
    code: "rate_limit_exceeded",
    message: `Exceeded rate limit of ${limit} requests in ${window}`
  })

const unsupported = ErrorList.respond(415, {
  code: "media_type_not_acceptable",
  message: "The Content-Type of a request must be application/json"
})

const formatIssue = SchemaIssue.makeFormatterStandardSchemaV1()

/** 400 for a request that does not fit the declaration. */
const invalid = ({ cause }: HttpApiError.HttpApiSchemaError) => {
  const [issue] = formatIssue(cause.issue).issues
  const field = issue?.path?.map(String).join(".")
  const message = issue?.message ?? "The request does not fit"
  const missing = message.startsWith("Missing key")
  return ErrorList.respond(400, {
    code: missing ? "parameter_not_found" : "parameter_invalid",
    message: missing ? `${field} is required` : message,
    ...(field === undefined || field === "" ? undefined : { field })
  })
}

const cut = (
  kind: "stall" | "empty200" | "truncated",
  response: Response,
  body: Uint8Array,
  closing: Effect.Effect<void>
): Response => {
  const options = { status: response.status, contentType: "application/json; charset=utf-8" }
  if (kind === "empty200") return HttpServerResponse.uint8Array(new Uint8Array(0), options)
  const half = body.subarray(0, Math.floor(body.length / 2))
  if (kind === "truncated") return HttpServerResponse.uint8Array(half, options)
  const silence = Stream.fromEffectDrain(Effect.andThen(closing, Effect.interrupt))
  return HttpServerResponse.stream(Stream.concat(Stream.succeed(half), silence), {
    ...options,
    contentLength: body.length
  })
}
