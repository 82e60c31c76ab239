/**
 * The transport every operation shares: address, token, headers, rate limit, retry, timeout and telemetry around the
 * `HttpClient` of your choice.
 */
import type * as Config from "effect/Config"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Digest from "effect/crypto/Digest"
import { identity } from "effect/Function"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as RateLimiter from "effect/persistence/RateLimiter"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import { type Answer, Failure, type Operation } from "./Attempt.ts"
import * as IntercomConfig from "./IntercomConfig.ts"
import {
  type BodyTooLargeError,
  DecodeError,
  EncodeError,
  IntercomError,
  TimeoutError,
  TransportError
} from "./IntercomError.ts"
import * as IntercomMetrics from "./IntercomMetrics.ts"
import * as Body from "./internal/Body.ts"
import { mismatchesOf } from "./internal/Mismatches.ts"
import * as Patience from "./internal/Patience.ts"
import { printable } from "./internal/Printable.ts"
import * as Monotonic from "./internal/Monotonic.ts"
import { reasonOf, resetDelay } from "./internal/ResponseError.ts"
import * as Retry from "./internal/Retry.ts"
import * as RateLimit from "./internal/RateLimit.ts"
import * as ServerTime from "./internal/ServerTime.ts"
import { type Scrub, scrubber } from "./internal/Scrub.ts"
import { neverSent, systemError } from "./internal/TransportCode.ts"
import { wholeMillis } from "./internal/WholeMillis.ts"
import * as Json from "./Json.ts"

/**
 * Changes the retry policy of the calls inside an effect; what is left out, or `undefined`, stays as the client has it.
 * One that makes no sense fails its calls with an `EncodeError` that names the field.
 */
export const RetryPolicy = Context.Reference<Partial<IntercomConfig.RetryPolicy>>(
  "@effect-intercom/core/IntercomHttp/RetryPolicy",
  { defaultValue: () => ({}) }
)

/** Changes the timeout of one attempt for the calls inside an effect. */
export const Timeout = Context.Reference<Duration.Input | undefined>("@effect-intercom/core/IntercomHttp/Timeout", {
  defaultValue: () => undefined
})

/** How a client sends. Resources reach it through their layers; it is public for what is no resource. */
export interface Shape {
  readonly config: IntercomConfig.IntercomConfig
  /** One attempt of the operation; bodies are read already when they arrive. */
  readonly attempt: (operation: Operation) => HttpClient.HttpClient.With<Failure>
  /** All attempts the retry policy allows of `attempt`, a request sent through {@link Shape.attempt}. */
  readonly execute: <R>(
    operation: Operation,
    attempt: Effect.Effect<HttpClientResponse.HttpClientResponse, Failure, R>
  ) => Effect.Effect<Answer, IntercomError, R>
  /** What time it is for the API, in Unix milliseconds, as its answers told; before the first, by this machine's clock. */
  readonly serverTime: Effect.Effect<number>
  /** Takes the token out of a text that comes from outside, and cuts what is left to `length` characters. */
  readonly scrub: Scrub
}

// The attempt under way: whose it is, and when it asked for its slot of the rate limit, in monotonic milliseconds.
const Attempt = Context.Reference<{ readonly operation: string; readonly askedAt: number }>(
  "@effect-intercom/core/IntercomHttp/Attempt",
  { defaultValue: () => ({ operation: "", askedAt: 0 }) }
)

// When the first attempt of a call left, in monotonic milliseconds.
const FirstSent = Context.Reference<Ref.Ref<number | undefined>>("@effect-intercom/core/IntercomHttp/FirstSent", {
  defaultValue: () => Ref.makeUnsafe<number | undefined>(undefined)
})

// Shorter ones are the scheduling of fibers, not the rate limit.
const shortestWait = 10

/** Notes that a request leaves now, and how long the rate limiter kept it. */
const leave = Effect.gen(function* () {
  const now = yield* Monotonic.millis
  const { askedAt, operation } = yield* Attempt
  yield* Ref.update(yield* FirstSent, (first) => first ?? now)
  if (now - askedAt < shortestWait) return
  yield* Metric.update(Metric.withAttributes(IntercomMetrics.waits, { operation }), now - askedAt)
})

const countRequest = (status: string): Effect.Effect<void> =>
  Effect.flatMap(Attempt, ({ operation }) =>
    Metric.update(Metric.withAttributes(IntercomMetrics.requests, { operation, status }), 1)
  )

/** Fails when the whole answer, body included, is not there in time. */
const withTimeout =
  (limit: Duration.Duration) =>
  <A, E, R>(answer: Effect.Effect<A, E, R>): Effect.Effect<A, E | TimeoutError, R> =>
    Effect.flatMap(Timeout, (override) => {
      const duration = override === undefined ? limit : Duration.fromInputUnsafe(override)
      return Effect.timeoutOrElse(answer, {
        duration,
        orElse: () => Effect.fail(new TimeoutError({ afterMillis: Duration.toMillis(duration) }))
      })
    })

/** Holds requests back for the rate limit. */
interface Gate<out Error> {
  /** Goes around attempts, bodies included. */
  readonly admit: <E>(transport: HttpClient.HttpClient.With<E>) => HttpClient.HttpClient.With<E | Error>
  /** Goes around what a transport answers: headers tell before the body is there. */
  readonly learn: <E>(transport: HttpClient.HttpClient.With<E>) => HttpClient.HttpClient.With<E>
}

/** Counts in this process, and learns from the headers. */
const inProcess = ({ rateLimit, retry }: IntercomConfig.IntercomConfig, time: ServerTime.ServerTime): Gate<never> => {
  // Windows last ten seconds, by the documentation a minute at most: that much is worth waiting for, however short a call
  // may take.
  const longest = Duration.max(Duration.fromInputUnsafe(retry.total), Duration.minutes(1))
  const { admit, learn } = RateLimit.make({ ...rateLimit, longest, time })
  return { admit: HttpClient.transformResponse(admit), learn: HttpClient.transformResponse(learn) }
}

/** Counts in a store, which knows better than one process' headers. */
const inStore = Effect.fnUntraced(function* ({ accessToken, baseUrl, rateLimit }: IntercomConfig.IntercomConfig) {
  const limiter = wholeMillis(yield* RateLimiter.RateLimiter)
  // The limit is the app's, so processes that share a store share it by token; the token itself stays here.
  const digest = yield* Digest.Digest.use(({ digestHex }) =>
    digestHex(Digest.sha256, new TextEncoder().encode(Redacted.value(accessToken)))
  ).pipe(Effect.provide(Digest.layerWebCrypto))
  const limits = {
    limiter,
    key: `intercom:${baseUrl.host}:${digest}`,
    ...rateLimit,
    // Repeating a 429 is our own decision (see Retry.ts): its body tells windows from job slots.
    times: 0,
    disableResponseInspection: true
  }
  return { admit: HttpClient.withRateLimiter(limits), learn: identity } satisfies Gate<RateLimiter.RateLimiterError>
})

const make = Effect.fnUntraced(function* <E extends RateLimiter.RateLimiterError, R>(
  config: IntercomConfig.IntercomConfig,
  gateOf: (config: IntercomConfig.IntercomConfig, time: ServerTime.ServerTime) => Effect.Effect<Gate<E>, never, R>
) {
  const transport = yield* HttpClient.HttpClient
  const time = yield* Clock.clockWith((clock) => Effect.sync(() => ServerTime.make(clock)))
  const gate = yield* gateOf(config, time)
  const warned = yield* Ref.make(false)
  const token = Redacted.value(config.accessToken)
  const scrub = scrubber(token)

  const checkVersion = Effect.fnUntraced(function* (response: HttpClientResponse.HttpClientResponse) {
    const echoed = response.headers["intercom-version"]
    if (echoed === undefined || echoed === config.version) return
    if (yield* Ref.getAndSet(warned, true)) return
    yield* Effect.logWarning(
      `Intercom answered with version ${printable(scrub(echoed, 40))} of its API, this client asked for ` +
        `${config.version}: fields may be missing or of another kind`
    )
  })

  // One for all operations: what the rate limiter learns from the headers of an answer is good for every next request.
  const limited = transport.pipe(
    HttpClient.mapRequest((request) =>
      request.pipe(
        HttpClientRequest.prependUrl(config.baseUrl.href),
        HttpClientRequest.bearerToken(config.accessToken),
        HttpClientRequest.setHeader("Intercom-Version", config.version),
        HttpClientRequest.acceptJson,
        config.userAgent === undefined ? identity : HttpClientRequest.setHeader("User-Agent", config.userAgent)
      )
    ),
    HttpClient.transformResponse(learnTime(time)),
    gate.learn,
    // The body is part of the attempt: a stall there times out, and an unread body would hold its connection.
    HttpClient.transformResponse(Body.read(config.maxBodySize)),
    HttpClient.transformResponse(withTimeout(config.timeout)),
    HttpClient.transformResponse((response) =>
      response.pipe(
        Effect.tap((response) => Effect.andThen(countRequest(String(response.status)), checkVersion(response))),
        Effect.tapError((error) => countRequest("reason" in error ? error.reason._tag : error._tag))
      )
    ),
    HttpClient.transformResponse((response) => Effect.andThen(leave, response)),
    gate.admit,
    // `fetch` would follow a redirect with the whole request, and repeat a `POST` elsewhere; other transports do not.
    HttpClient.transformResponse((response) =>
      Effect.flatMap(Effect.serviceOption(FetchHttpClient.RequestInit), (init) =>
        Effect.provideService(response, FetchHttpClient.RequestInit, {
          ...Option.getOrUndefined(init),
          redirect: "manual"
        })
      )
    ),
    // The client's own span would hold the request, and propagation would tell Intercom our trace ids.
    HttpClient.transformResponse(Effect.provideService(HttpClient.TracerDisabledWhen, () => true))
  )

  const attempt = (operation: Operation): HttpClient.HttpClient.With<Failure> =>
    HttpClient.transformResponse(limited, (response) =>
      Effect.flatMap(Monotonic.millis, (askedAt) =>
        Effect.provideService(response, Attempt, { operation: operation.name, askedAt })
      ).pipe(
        Effect.catch((error) => Effect.fail(new Failure({ reason: transportReason(error, config.baseUrl, scrub) }))),
        Effect.flatMap((response) => check(response, { time, scrub, baseUrl: config.baseUrl }))
      )
    )

  const execute = <R>(
    operation: Operation,
    attempt: Effect.Effect<HttpClientResponse.HttpClientResponse, Failure, R>
  ) =>
    Effect.gen(function* () {
      const ofCall: unknown = { RetryPolicy: yield* RetryPolicy, Timeout: yield* Timeout }
      if (!isOfCall(ofCall)) {
        const mismatches = mismatchesOf(Patience.OfCall, ofCall, scrub)
        return yield* Effect.fail(new Failure({ reason: new EncodeError({ mismatches }) }))
      }
      const policy = Patience.merged(config.retry, ofCall.RetryPolicy)
      const firstSent = yield* Ref.make<number | undefined>(undefined)
      const parseJson = (yield* Json.Lossless) ? Json.parse : JSON.parse
      return yield* Effect.flatMap(attempt, (response) => parse(operation, response, scrub, parseJson)).pipe(
        Effect.provideService(FirstSent, firstSent),
        (once) => Retry.retry(once, { operation, policy, firstSent })
      )
    }).pipe(
      Effect.mapError(
        ({ reason }) =>
          new IntercomError({ operation: operation.name, method: operation.method, path: operation.path, reason })
      )
    )

  const serverTime = Clock.clockWith((clock) => Effect.sync(() => time.now(clock)))
  return IntercomHttp.of({ config, attempt, execute, serverTime, scrub })
})

const isOfCall = Schema.is(Patience.OfCall)

/** Learns the server's time from each answer. */
const learnTime =
  (time: ServerTime.ServerTime) =>
  <E, R>(answer: Effect.Effect<HttpClientResponse.HttpClientResponse, E, R>) =>
    Clock.clockWith((clock) => {
      const sent = Monotonic.millisOf(clock)
      return Effect.tap(answer, ({ headers }) => Effect.sync(() => time.learn(headers, sent, clock)))
    })

const parse = (
  operation: Operation,
  response: HttpClientResponse.HttpClientResponse,
  scrub: Scrub,
  parseJson: (text: string) => unknown
): Effect.Effect<Answer, Failure> => {
  const id = response.headers["x-request-id"]
  const reply = { status: response.status, requestId: id === undefined ? undefined : scrub(id, 200) }
  if (operation.body === "none") return Effect.succeed({ ...reply, body: undefined })
  const { charset, encoding, text } = Body.of(response)
  if (operation.body === "optional" && text === "") return Effect.succeed({ ...reply, body: undefined })
  const malformed = () =>
    new Failure({
      reason: new DecodeError({
        status: reply.status,
        ...(reply.requestId === undefined ? undefined : { requestId: reply.requestId }),
        kind: "malformed",
        mismatches: [{ path: "", expected: "a JSON body", actual: whatIsNoJson(response, scrub) }],
        body: encoding === undefined ? scrub(text, 8192) : ""
      })
    })
  const body =
    charset === undefined && encoding === undefined
      ? Effect.try({ try: () => ({ ...reply, body: parseJson(text) }), catch: malformed })
      : Effect.fail(malformed())
  return Effect.tapError(body, () => countDecodeFailure(operation))
}

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
const check = (
  response: HttpClientResponse.HttpClientResponse,
  { baseUrl, scrub, time }: { readonly time: ServerTime.ServerTime; readonly scrub: Scrub; readonly baseUrl: URL }
): Effect.Effect<HttpClientResponse.HttpClientResponse, Failure> => {
  if (response.status >= 200 && response.status < 300) return Effect.succeed(response)
  return Clock.clockWith((clock) => {
    const { headers, request, status } = response
    const refusal = { status, headers, body: Body.of(response), baseUrl, url: request.url, at: time.now(clock) }
    return Effect.fail(new Failure({ reason: reasonOf(refusal, scrub), notBefore: resetDelay(refusal) }))
  })
}

const transportReason = (
  error: HttpClientError.HttpClientError | RateLimiter.RateLimiterError | TimeoutError | BodyTooLargeError,
  { host }: URL,
  scrub: Scrub
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
    host
  })
}

/**
 * The shared transport as a service; each resource's layer needs it.
 *
 * - `layer` counts the rate limit in this process, and learns it from the API's headers.
 * - `layerShared` counts it in a `RateLimiterStore` (Redis, say) that several processes share.
 * - `layerConfig` is `layer` with everything from the environment. It is built wherever it is provided, since a
 *   `ConfigProvider` may name another token there; a layer that `layer(options)` made is shared like any other.
 */
export class IntercomHttp extends Context.Service<IntercomHttp, Shape>()("@effect-intercom/core/IntercomHttp") {
  static readonly layer = (
    options: IntercomConfig.Options
  ): Layer.Layer<IntercomHttp, Config.ConfigError, HttpClient.HttpClient> =>
    Layer.effect(
      this,
      Effect.flatMap(IntercomConfig.make(options), (config) =>
        make(config, (config, time) => Effect.sync(() => inProcess(config, time)))
      )
    )

  static readonly layerShared = (
    options: IntercomConfig.Options
  ): Layer.Layer<IntercomHttp, Config.ConfigError, HttpClient.HttpClient | RateLimiter.RateLimiterStore> =>
    Layer.effect(
      this,
      Effect.flatMap(IntercomConfig.make(options), (config) => make(config, inStore))
    ).pipe(Layer.provide(Layer.fresh(RateLimiter.layer)))

  static readonly layerConfig: Layer.Layer<IntercomHttp, Config.ConfigError, HttpClient.HttpClient> = Layer.fresh(
    Layer.unwrap(Effect.map(IntercomConfig.config, (options) => this.layer(options)))
  )
}
