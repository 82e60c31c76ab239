/**
 * The transport every operation shares: address, token, headers, rate limit, retry, timeout and telemetry around the
 * `HttpClient` of your choice.
 */
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import type * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as RateLimiter from "effect/persistence/RateLimiter"
import * as Ref from "effect/Ref"
import type { Answer, Failure, Operation, Reply } from "./Attempt.ts"
import * as IntercomConfig from "./IntercomConfig.ts"
import type { IntercomError } from "./IntercomError.ts"
import { Headers, OnInvalid, OnResponse, RetryPolicy, Timeout, Version } from "./internal/CallPolicy.ts"
import type { Scrub } from "./internal/Scrub.ts"
import * as Transport from "./internal/Transport.ts"

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

/**
 * What an effect succeeds with, and the last answer its calls got: status, headers, request id. `undefined` when it made no
 * call. (Of a failure, the error tells.) An {@link OnResponse} around it is told, too.
 *
 * @example
 * ```ts
 * import { ContactId, Contacts, withReply } from "@effect-intercom/core"
 * import { Effect } from "effect"
 *
 * const program = Effect.gen(function* () {
 *   const { get } = yield* Contacts
 *   const [contact, reply] = yield* withReply(get(ContactId.make("65a1b2c3d4e5f6a7b8c9d0e1")))
 *   yield* Effect.log(contact.name, reply?.requestId, reply?.headers["x-ratelimit-remaining"])
 * })
 * ```
 */
export const withReply = <A, E, R>(
  self: Effect.Effect<A, E, R>
): Effect.Effect<readonly [value: A, reply: Reply | undefined], E, R> =>
  Effect.gen(function* () {
    const last = yield* Ref.make<Reply | undefined>(undefined)
    const around = yield* OnResponse
    const value = yield* Effect.provideService(self, OnResponse, (reply) =>
      Effect.andThen(Ref.set(last, reply), around === undefined ? Effect.void : around(reply))
    )
    return [value, yield* Ref.get(last)]
  })

/** How a client sends. Resources reach it through their layers; it is public for what is no resource. */
export interface Service {
  readonly config: IntercomConfig.IntercomConfig
  /** Whose client it is, where a store of tokens has its settings: {@link IntercomHttp.Workspace}. */
  readonly workspace?: string | undefined
  /** One attempt of the operation; bodies are read already when they arrive, but for bytes. */
  readonly attempt: (operation: Operation) => HttpClient.HttpClient.With<Failure>
  /** All attempts the retry policy allows of `attempt`, a request sent through {@link Service.attempt}. */
  readonly execute: <R>(
    operation: Operation,
    attempt: Effect.Effect<HttpClientResponse.HttpClientResponse, Failure, R>
  ) => Effect.Effect<Answer, IntercomError, R>
  /** What time it is for the API, in Unix milliseconds, as its answers told; before the first, by this machine's clock. */
  readonly serverTime: Effect.Effect<number>
  /** Takes the token out of a string that comes from outside, and cuts what is left to `length` characters. */
  readonly scrub: Scrub
}

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
  /**
   * The version of the API that the calls inside an effect ask for; `undefined`, the default, is the client's. It decides
   * what is sent, too, where versions differ. One that is no version fails its calls with an `EncodeError`.
   *
   * @example
   * ```ts
   * import { ContactId, Contacts, IntercomHttp } from "@effect-intercom/core"
   * import { Effect } from "effect"
   *
   * const preview = Contacts.use(({ get }) => get(ContactId.make("65a1b2c3d4e5f6a7b8c9d0e1"))).pipe(
   *   Effect.provideService(IntercomHttp.Version, "2.16")
   * )
   * ```
   */
  static readonly Version = Version

  /**
   * More headers for the requests of the calls inside an effect, as a gateway may want them; none by default. What the
   * client says itself (the token, the host, the version, what bodies are) cannot be said here: such a call fails with an
   * `EncodeError` that names the header, never its value. They go where the token goes, and do not follow a redirect to
   * another host.
   */
  static readonly Headers = Headers

  /**
   * Is told of every answer to the calls inside an effect, repetitions included: once for each attempt that got a status
   * and headers, when its body was read or given up, and the rate limit has learned from it. The call waits for the
   * callback. It cannot fail; what it dies with, the call dies with, and is not repeated: `Effect.ignoreCause` is for a
   * callback that must not stop a call. Calls that the callback makes are not told of.
   *
   * @example
   * ```ts
   * import { Contacts, IntercomHttp } from "@effect-intercom/core"
   * import { Effect, Stream } from "effect"
   *
   * const program = Contacts.use(({ list }) => Stream.runDrain(list.items())).pipe(
   *   Effect.provideService(IntercomHttp.OnResponse, ({ attempt, operation, requestId, status }) =>
   *     Effect.logDebug(operation, status, requestId, attempt)
   *   )
   * )
   * ```
   */
  static readonly OnResponse = OnResponse

  /**
   * The name of the workspace whose client is made inside an effect, where a `TokenStore` has its settings; `undefined`, the
   * default, where they come from options or the environment. What errors advise is about those. `Workspaces` says it by
   * itself.
   *
   * @example
   * ```ts
   * import { Contacts, IntercomHttp, TokenStore } from "@effect-intercom/core"
   * import { Effect, Layer } from "effect"
   *
   * const contactsOf = (workspace: string) =>
   *   Contacts.layer.pipe(
   *     Layer.provide(Layer.unwrap(Effect.map(TokenStore.use(({ find }) => find(workspace)), IntercomHttp.layer))),
   *     Layer.provide(Layer.succeed(IntercomHttp.Workspace, workspace))
   *   )
   * ```
   */
  static readonly Workspace = Transport.Workspace

  static readonly layer = (
    options: IntercomConfig.Options
  ): Layer.Layer<IntercomHttp, Config.ConfigError, HttpClient.HttpClient> =>
    Layer.effect(
      this,
      Effect.flatMap(IntercomConfig.make(options), (config) =>
        Transport.make(config, options, Transport.inProcess(config))
      )
    )

  static readonly layerShared = (
    options: IntercomConfig.Options
  ): Layer.Layer<IntercomHttp, Config.ConfigError, HttpClient.HttpClient | RateLimiter.RateLimiterStore> =>
    Layer.effect(
      this,
      Effect.flatMap(IntercomConfig.make(options), (config) =>
        Transport.make(config, options, Transport.inStore(config))
      )
    ).pipe(Layer.provide(Layer.fresh(RateLimiter.layer)))

  static readonly layerConfig = (
    options: Config.Wrap<IntercomConfig.Options>
  ): Layer.Layer<IntercomHttp, Config.ConfigError, HttpClient.HttpClient> =>
    Layer.fresh(Layer.unwrap(Effect.map(Config.unwrap(options), (options) => this.layer(options))))

  static readonly layerEnv: Layer.Layer<IntercomHttp, Config.ConfigError, HttpClient.HttpClient> = this.layerConfig(
    IntercomConfig.config
  )
}
