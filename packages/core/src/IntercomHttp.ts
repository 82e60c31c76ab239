/**
 * The transport every operation shares: address, token, headers, rate limit, retry, timeout and telemetry around the
 * `HttpClient` of your choice.
 */
import type * as Config from "effect/Config"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as RateLimiter from "effect/persistence/RateLimiter"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as IntercomConfig from "./IntercomConfig.ts"
import { DecodeError, IntercomError, type Reason, TimeoutError, TransportError } from "./IntercomError.ts"
import * as IntercomMetrics from "./IntercomMetrics.ts"
import { reasonOf, resetDelay } from "./internal/ResponseError.ts"
import * as Retry from "./internal/Retry.ts"
import { cap, scrubber } from "./internal/Scrub.ts"
import { neverSent, systemCode } from "./internal/TransportCode.ts"

/** What is known about an operation besides its schemas. */
export interface Operation {
  /** `Contacts.create`, say: the name of the span and the `operation` of metrics and errors. */
  readonly name: string
  /** The `operationId` in the published document. */
  readonly operationId: string
  readonly method: string
  /** The path template, `/contacts/{contact_id}`. */
  readonly path: string
  /** Whether sending it twice does what sending it once does. */
  readonly replay: Replay
  /** Whether a success has no body. */
  readonly empty: boolean
}

/** `safe`: may be sent again when its fate is unknown. `never`: only when it certainly was not processed. */
export type Replay = "safe" | "never"

/** Changes the retry policy of the calls inside an effect; what is left out stays as the client has it. */
export const RetryPolicy = Context.Reference<Partial<IntercomConfig.RetryPolicy>>(
  "@effect-intercom/core/IntercomHttp/RetryPolicy",
  { defaultValue: () => ({}) }
)

/** Changes the timeout of one attempt for the calls inside an effect. */
export const Timeout = Context.Reference<Duration.Input | undefined>("@effect-intercom/core/IntercomHttp/Timeout", {
  defaultValue: () => undefined
})

/** The answer to a request, complete. */
export interface Reply {
  readonly status: number
  readonly requestId: string | undefined
  /** The parsed JSON, nothing checked yet; `undefined` when the operation answers without a body. */
  readonly body: unknown
}

/** How a client sends. Resources reach it through `Operation.client`; it is public for operations of your own. */
export interface Shape {
  readonly config: IntercomConfig.IntercomConfig
  /** One attempt of the operation; bodies are read already when they arrive. */
  readonly attempt: (operation: Operation) => HttpClient.HttpClient.With<Failure>
  /** All attempts the retry policy allows of `attempt`, a request sent through {@link Shape.attempt}. */
  readonly reply: <R>(
    operation: Operation,
    attempt: Effect.Effect<HttpClientResponse.HttpClientResponse, Failure, R>
  ) => Effect.Effect<Reply, IntercomError, R>
  /** Takes the token out of a text that comes from outside. */
  readonly scrub: (text: string) => string
}

/** A failed attempt: why, and how long the server asks to wait. */
export class Failure extends Data.TaggedClass("Failure")<{
  readonly reason: Reason
  readonly notBefore?: Duration.Duration
}> {}

// When a request asked the rate limiter for its slot, in Unix milliseconds.
const AskedAt = Context.Reference<number>("@effect-intercom/core/IntercomHttp/AskedAt", { defaultValue: () => 0 })

const make = Effect.fnUntraced(function* (config: IntercomConfig.IntercomConfig, shared: boolean) {
  const transport = yield* HttpClient.HttpClient
  const limiter = wholeMillis(yield* RateLimiter.RateLimiter)
  const warned = yield* Ref.make(false)
  const token = Redacted.value(config.accessToken)
  const scrub = scrubber(token)

  const checkVersion = (response: HttpClientResponse.HttpClientResponse) => {
    const echoed = response.headers["intercom-version"]
    if (echoed === undefined || echoed === config.version) return Effect.void
    return Ref.getAndSet(warned, true).pipe(
      Effect.flatMap((done) =>
        done
          ? Effect.void
          : Effect.logWarning(
              `Intercom answered with version ${scrub(echoed)} of its API, this client asked for ${config.version}: ` +
                "fields may be missing or of another kind"
            )
      )
    )
  }

  const attempt = (operation: Operation): HttpClient.HttpClient.With<Failure> => {
    const attributes = { operation: operation.name }
    const waits = Metric.withAttributes(IntercomMetrics.waits, attributes)
    const countRequest = (status: string) =>
      Metric.update(Metric.withAttributes(IntercomMetrics.requests, { ...attributes, status }), 1)

    return transport.pipe(
      HttpClient.mapRequest((request) =>
        request.pipe(
          HttpClientRequest.prependUrl(config.baseUrl.href),
          HttpClientRequest.bearerToken(config.accessToken),
          HttpClientRequest.setHeader("Intercom-Version", config.version),
          HttpClientRequest.acceptJson
        )
      ),
      HttpClient.tapRequest(() =>
        Effect.flatMap(Effect.zip(Clock.currentTimeMillis, AskedAt), ([now, asked]) =>
          now > asked ? Metric.update(waits, now - asked) : Effect.void
        )
      ),
      // The body is part of the attempt: a stall there times out, and an unread body would hold its connection.
      HttpClient.transformResponse(
        Effect.tap((response: HttpClientResponse.HttpClientResponse) =>
          Effect.map(response.text, (text) => bodies.set(response, text))
        )
      ),
      HttpClient.transformResponse((response) =>
        Effect.flatMap(Timeout, (override) => {
          const limit = Duration.fromInputUnsafe(override ?? config.timeout)
          return Effect.timeoutOrElse(response, {
            duration: limit,
            orElse: () => Effect.fail(new TimeoutError({ afterMillis: Duration.toMillis(limit) }))
          })
        })
      ),
      HttpClient.transformResponse((response) =>
        response.pipe(
          Effect.tap((response) => Effect.andThen(countRequest(String(response.status)), checkVersion(response))),
          Effect.tapError((error) => countRequest(error._tag === "TimeoutError" ? error._tag : error.reason._tag))
        )
      ),
      // Repeating a 429 is our own decision (see Retry.ts): its body tells windows from job slots.
      HttpClient.withRateLimiter({
        limiter,
        key: `intercom:${config.baseUrl.host}`,
        limit: config.rateLimit.limit,
        window: config.rateLimit.window,
        times: 0,
        // With a store shared by several processes, the store knows better than one process' headers.
        disableResponseInspection: shared
      }),
      HttpClient.transformResponse((response) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => Effect.provideService(response, AskedAt, now))
      ),
      // The client's own span would hold the request, and propagation would tell Intercom our trace ids.
      HttpClient.transformResponse(Effect.provideService(HttpClient.TracerDisabledWhen, () => true)),
      HttpClient.transformResponse((response) =>
        response.pipe(
          Effect.catch((error) => Effect.fail(new Failure({ reason: transportReason(error, scrub) }))),
          Effect.flatMap((response) => check(response, scrub))
        )
      )
    )
  }

  const reply = <R>(operation: Operation, attempt: Effect.Effect<HttpClientResponse.HttpClientResponse, Failure, R>) =>
    Effect.gen(function* () {
      const policy = { ...config.retry, ...(yield* RetryPolicy) }
      const once = Effect.flatMap(attempt, (response) => parse(operation, response, scrub))
      return yield* Retry.retry(once, { operation, policy })
    }).pipe(
      Effect.mapError(
        ({ reason }) =>
          new IntercomError({ operation: operation.name, method: operation.method, path: operation.path, reason })
      )
    )

  return IntercomHttp.of({ config, attempt, reply, scrub })
})

/**
 * A wait below a millisecond is a rounding error of the limiter, yet sleeping takes over a millisecond: measured, it hit
 * four requests of ten.
 */
const wholeMillis = (limiter: RateLimiter.RateLimiter): RateLimiter.RateLimiter => ({
  ...limiter,
  consume: (options) =>
    Effect.map(limiter.consume(options), (result) =>
      Duration.toMillis(result.delay) < 1 ? { ...result, delay: Duration.zero } : result
    )
})

// The bodies read with their attempts: `response.text` would decode the bytes anew each time.
const bodies = new WeakMap<HttpClientResponse.HttpClientResponse, string>()
const bodyOf = (response: HttpClientResponse.HttpClientResponse): string => bodies.get(response) ?? ""

const parse = (
  operation: Operation,
  response: HttpClientResponse.HttpClientResponse,
  scrub: (text: string) => string
): Effect.Effect<Reply, Failure> => {
  const reply = { status: response.status, requestId: response.headers["x-request-id"] }
  if (operation.empty) return Effect.succeed({ ...reply, body: undefined })
  const text = bodyOf(response)
  return Effect.try({
    try: () => ({ ...reply, body: JSON.parse(text) as unknown }),
    catch: () =>
      new Failure({
        reason: new DecodeError({
          status: reply.status,
          ...(reply.requestId === undefined ? undefined : { requestId: reply.requestId }),
          kind: "malformed",
          mismatches: [
            { path: "", expected: "a JSON body", actual: text === "" ? "an empty body" : "text that is not JSON" }
          ],
          body: cap(scrub(text), 8192)
        })
      })
  }).pipe(Effect.tapError(() => countDecodeFailure(operation)))
}

/** Counts a body or record that did not fit. */
export const countDecodeFailure = (operation: Operation): Effect.Effect<void> =>
  Metric.update(Metric.withAttributes(IntercomMetrics.decodeFailures, { operation: operation.name }), 1)

/** Turns an answer that is no success into its reason. */
const check = (
  response: HttpClientResponse.HttpClientResponse,
  scrub: (text: string) => string
): Effect.Effect<HttpClientResponse.HttpClientResponse, Failure> => {
  if (response.status >= 200 && response.status < 300) return Effect.succeed(response)
  return Effect.flatMap(Clock.currentTimeMillis, (now) =>
    Effect.fail(
      new Failure({
        reason: reasonOf(response.status, response.headers, scrub(bodyOf(response))),
        notBefore: resetDelay(response.status, response.headers, now)
      })
    )
  )
}

const transportReason = (
  error: HttpClientError.HttpClientError | RateLimiter.RateLimiterError | TimeoutError,
  scrub: (text: string) => string
): TransportError | TimeoutError => {
  if (error._tag === "TimeoutError") return error
  if (error._tag === "RateLimiterError") {
    return new TransportError({ sent: false, description: `The rate limiter's store failed: ${scrub(error.message)}` })
  }
  const cause = error.reason.cause
  const code = systemCode(cause)
  // Only texts are kept: the error itself holds the request, and with it the token.
  return new TransportError({
    sent: error.reason._tag !== "InvalidUrlError" && error.reason._tag !== "EncodeError" && !neverSent(code),
    ...(code === undefined ? undefined : { code }),
    description: scrub(cause instanceof Error ? cause.message : error.reason._tag)
  })
}

/**
 * The shared transport as a service; each resource's layer needs it.
 *
 * - `layer` counts the rate limit in this process, and learns it from the API's headers.
 * - `layerShared` counts it in a `RateLimiterStore` (Redis, say) that several processes share.
 * - `layerConfig` is `layer` with everything from the environment.
 */
export class IntercomHttp extends Context.Service<IntercomHttp, Shape>()("@effect-intercom/core/IntercomHttp") {
  static readonly layer = (
    options: IntercomConfig.Options
  ): Layer.Layer<IntercomHttp, Config.ConfigError, HttpClient.HttpClient> =>
    Layer.effect(
      this,
      Effect.flatMap(IntercomConfig.make(options), (config) => make(config, false))
    ).pipe(Layer.provide(RateLimiter.layer), Layer.provide(RateLimiter.layerStoreMemory))

  static readonly layerShared = (
    options: IntercomConfig.Options
  ): Layer.Layer<IntercomHttp, Config.ConfigError, HttpClient.HttpClient | RateLimiter.RateLimiterStore> =>
    Layer.effect(
      this,
      Effect.flatMap(IntercomConfig.make(options), (config) => make(config, true))
    ).pipe(Layer.provide(RateLimiter.layer))

  static readonly layerConfig: Layer.Layer<IntercomHttp, Config.ConfigError, HttpClient.HttpClient> = Layer.unwrap(
    Effect.map(IntercomConfig.config, (options) => this.layer(options))
  )
}
