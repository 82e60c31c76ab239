/**
 * The transport every operation shares: address, token, headers, rate limit, retry, timeout and telemetry around the
 * `HttpClient` of your choice.
 */
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { dual, identity } from "effect/Function"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as RateLimiter from "effect/persistence/RateLimiter"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import { type Answer, Failure, type Operation } from "./Attempt.ts"
import * as IntercomConfig from "./IntercomConfig.ts"
import { EncodeError, IntercomError } from "./IntercomError.ts"
import { OnInvalid, RetryPolicy, Timeout } from "./internal/CallPolicy.ts"
import * as Gate from "./internal/Gate.ts"
import { mismatchesOf } from "./internal/Mismatches.ts"
import * as Monotonic from "./internal/Monotonic.ts"
import * as Patience from "./internal/Patience.ts"
import * as ReadAnswer from "./internal/ReadAnswer.ts"
import * as Retry from "./internal/Retry.ts"
import { type Scrub, scrubber } from "./internal/Scrub.ts"
import * as ServerTime from "./internal/ServerTime.ts"
import * as Stage from "./internal/Stage.ts"
import * as Json from "./Json.ts"

export { OnInvalid, RetryPolicy, Timeout }

/**
 * Changes the retry policy of the calls inside an effect; what is left out stays as the client has it.
 *
 * @example
 * ```ts
 * import { Contacts, withRetry, withTimeout } from "@effect-intercom/core"
 *
 * // Two repetitions at most, five seconds for each attempt.
 * const contacts = Contacts.use(({ list }) => list()).pipe(withRetry({ times: 2 }), withTimeout("5 seconds"))
 * ```
 */
export const withRetry: {
  (policy: Partial<IntercomConfig.RetryPolicy>): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  <A, E, R>(self: Effect.Effect<A, E, R>, policy: Partial<IntercomConfig.RetryPolicy>): Effect.Effect<A, E, R>
} = dual(
  2,
  <A, E, R>(self: Effect.Effect<A, E, R>, policy: Partial<IntercomConfig.RetryPolicy>): Effect.Effect<A, E, R> =>
    Effect.provideService(self, RetryPolicy, policy)
)

/** Changes the timeout of one attempt, until the last byte of its body, for the calls inside an effect. */
export const withTimeout: {
  (timeout: Duration.Input): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  <A, E, R>(self: Effect.Effect<A, E, R>, timeout: Duration.Input): Effect.Effect<A, E, R>
} = dual(2, <A, E, R>(self: Effect.Effect<A, E, R>, timeout: Duration.Input): Effect.Effect<A, E, R> =>
  Effect.provideService(self, Timeout, timeout)
)

/** How a client sends. Resources reach it through their layers; it is public for what is no resource. */
export interface Service {
  readonly config: IntercomConfig.IntercomConfig
  /** One attempt of the operation; bodies are read already when they arrive, but for bytes. */
  readonly attempt: (operation: Operation) => HttpClient.HttpClient.With<Failure>
  /** All attempts the retry policy allows of `attempt`, a request sent through {@link Service.attempt}. */
  readonly execute: <R>(
    operation: Operation,
    attempt: Effect.Effect<HttpClientResponse.HttpClientResponse, Failure, R>
  ) => Effect.Effect<Answer, IntercomError, R>
  /** What time it is for the API, in Unix milliseconds, as its answers told; before the first, by this machine's clock. */
  readonly serverTime: Effect.Effect<number>
  /** Takes the token out of a text that comes from outside, and cuts what is left to `length` characters. */
  readonly scrub: Scrub
}

const make = Effect.fnUntraced(function* <E extends RateLimiter.RateLimiterError, R>(
  config: IntercomConfig.IntercomConfig,
  { transformClient = identity }: IntercomConfig.Options,
  gateOf: (config: IntercomConfig.IntercomConfig, time: ServerTime.ServerTime) => Effect.Effect<Gate.Gate<E>, never, R>
) {
  const transport = transformClient(yield* HttpClient.HttpClient)
  const time = yield* Clock.clockWith((clock) => Effect.sync(() => ServerTime.make(clock)))
  const gate = yield* gateOf(config, time)
  const warned = yield* Ref.make(false)
  const scrub = scrubber(Redacted.value(config.accessToken))

  // One for all operations: what the rate limiter learns from the headers of an answer is good for every next request.
  const limited = transport.pipe(
    Stage.identify(config),
    Stage.learnTime(time),
    gate.learn,
    Stage.readBody(config.maxBodySize),
    Stage.timeOut(config.timeout),
    Stage.count,
    Stage.checkVersion(config.version, scrub, warned),
    Stage.noteLeaving,
    gate.admit,
    Stage.refuseRedirects,
    Stage.leaveNoSpan
  )

  const attempt = (operation: Operation): HttpClient.HttpClient.With<Failure> =>
    HttpClient.transformResponse(limited, (response) =>
      Effect.flatMap(Monotonic.millis, (askedAt) =>
        Effect.provideService(response, Stage.Attempt, { operation, askedAt })
      ).pipe(
        Effect.catch((error) =>
          Effect.fail(new Failure({ reason: ReadAnswer.transportReason(error, config.baseUrl, scrub) }))
        ),
        Effect.flatMap((response) => ReadAnswer.check(operation, response, { time, scrub, baseUrl: config.baseUrl }))
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
      return yield* Effect.flatMap(attempt, (response) => ReadAnswer.parse(operation, response, scrub, parseJson)).pipe(
        Effect.provideService(Stage.FirstSent, firstSent),
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

/**
 * The shared transport as a service; each resource's layer needs it.
 *
 * - `layer` counts the rate limit in this process, and learns it from the API's headers.
 * - `layerShared` counts it in a `RateLimiterStore` (Redis, say) that several processes share.
 * - `layerConfig` is `layer` with options that come from a configuration, `layerEnv` with everything from the variables
 *   of the environment that `IntercomConfig.config` names. They are built wherever they are provided, since a
 *   `ConfigProvider` may name another token there; a layer that `layer(options)` made is shared like any other.
 *
 * @example
 * ```ts
 * import { IntercomHttp } from "@effect-intercom/core"
 * import { Config } from "effect"
 *
 * const Http = IntercomHttp.layerConfig({ accessToken: Config.Redacted("ACME_INTERCOM_TOKEN") })
 * ```
 */
export class IntercomHttp extends Context.Service<IntercomHttp, Service>()("@effect-intercom/core/IntercomHttp") {
  static readonly layer = (
    options: IntercomConfig.Options
  ): Layer.Layer<IntercomHttp, Config.ConfigError, HttpClient.HttpClient> =>
    Layer.effect(
      this,
      Effect.flatMap(IntercomConfig.make(options), (config) =>
        make(config, options, (config, time) => Effect.sync(() => Gate.inProcess(config, time)))
      )
    )

  static readonly layerShared = (
    options: IntercomConfig.Options
  ): Layer.Layer<IntercomHttp, Config.ConfigError, HttpClient.HttpClient | RateLimiter.RateLimiterStore> =>
    Layer.effect(
      this,
      Effect.flatMap(IntercomConfig.make(options), (config) => make(config, options, Gate.inStore))
    ).pipe(Layer.provide(Layer.fresh(RateLimiter.layer)))

  static readonly layerConfig = (
    options: Config.Wrap<IntercomConfig.Options>
  ): Layer.Layer<IntercomHttp, Config.ConfigError, HttpClient.HttpClient> =>
    Layer.fresh(Layer.unwrap(Effect.map(Config.unwrap(options), (options) => this.layer(options))))

  static readonly layerEnv: Layer.Layer<IntercomHttp, Config.ConfigError, HttpClient.HttpClient> = this.layerConfig(
    IntercomConfig.config
  )
}
