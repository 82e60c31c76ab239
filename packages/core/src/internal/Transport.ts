/** How a client sends: everything around the `HttpClient`. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import type * as RateLimiter from "effect/persistence/RateLimiter"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import { Failure, type Operation } from "../Attempt.ts"
import type { IntercomConfig, Options } from "../IntercomConfig.ts"
import { IntercomError } from "../IntercomError.ts"
import type { Service } from "../IntercomHttp.ts"
import * as Json from "../Json.ts"
import * as Gate from "./Gate.ts"
import * as Monotonic from "./Monotonic.ts"
import * as Observe from "./Observe.ts"
import { ofCall } from "./OfCall.ts"
import * as Patience from "./Patience.ts"
import * as ReadAnswer from "./ReadAnswer.ts"
import * as Retry from "./Retry.ts"
import { scrubber } from "./Scrub.ts"
import * as ServerTime from "./ServerTime.ts"
import * as Stage from "./Stage.ts"

// What it does is said where it is public: `IntercomHttp.Workspace`.
export const Workspace = Context.Reference<string | undefined>("@effect-intercom/core/IntercomHttp/Workspace", {
  defaultValue: () => undefined
})

/** What clients of one token share: the limit is the token's, and learned by the server's clock. */
export interface Limits<out E> {
  readonly gate: Gate.Gate<E>
  readonly time: ServerTime.ServerTime
}

const newTime = Clock.clockWith((clock) => Effect.sync(() => ServerTime.make(clock)))

/** Counts in this process. */
export const inProcess = (config: IntercomConfig): Effect.Effect<Limits<never>> =>
  Effect.map(newTime, (time) => ({ gate: Gate.inProcess(config, time), time }))

/** Counts in a store, by token. */
export const inStore = (
  config: IntercomConfig
): Effect.Effect<Limits<RateLimiter.RateLimiterError>, never, RateLimiter.RateLimiter> =>
  Effect.all({ gate: Gate.inStore(config), time: newTime })

export const make = Effect.fnUntraced(function* <E extends RateLimiter.RateLimiterError, R>(
  config: IntercomConfig,
  { transformClient = identity }: Pick<Options, "transformClient">,
  limits: Effect.Effect<Limits<E>, never, R>
): Effect.fn.Return<Service, never, HttpClient.HttpClient | R> {
  const transport = transformClient(Stage.keepHeaders(config)(yield* HttpClient.HttpClient))
  const { gate, time } = yield* limits
  const workspace = yield* Workspace
  const warned = yield* Ref.make(false)
  const scrub = scrubber(Redacted.value(config.accessToken))

  // One for all operations: what the rate limiter learns from the headers of an answer is good for every next request.
  const limited = transport.pipe(
    Stage.identify(config),
    Stage.learnTime(time),
    gate.learn,
    Stage.noteAnswer,
    Stage.readBody(config.maxBodySize),
    Stage.timeOut(config.timeout),
    Stage.count,
    Stage.checkVersion(config.version, scrub, warned),
    Stage.noteLeaving,
    gate.admit,
    Stage.takeTurns(config),
    Stage.refuseRedirects,
    Stage.leaveNoSpan
  )

  const observe = Observe.make(config, scrub)
  const attempt = (operation: Operation): HttpClient.HttpClient.With<Failure> =>
    HttpClient.transformResponse(limited, (response) =>
      Effect.flatMap(Monotonic.millis, (askedAt) => {
        const noted: Stage.Noted = { operation, askedAt, left: undefined, response: undefined }
        return Effect.provideService(response, Stage.Attempt, noted).pipe(
          Effect.catch((error) =>
            Effect.fail(
              new Failure({ reason: ReadAnswer.transportReason(error, config.baseUrl, { scrub, workspace }) })
            )
          ),
          Effect.flatMap((response) =>
            ReadAnswer.check(operation, response, { time, scrub, baseUrl: config.baseUrl, workspace })
          ),
          observe(operation, noted)
        )
      })
    )

  const execute = <R>(
    operation: Operation,
    attempt: Effect.Effect<HttpClientResponse.HttpClientResponse, Failure, R>
  ) =>
    Effect.gen(function* () {
      const policy = Patience.merged(config.retry, (yield* ofCall(scrub)).RetryPolicy)
      const sent = yield* Ref.make(Stage.nothingSent)
      const parseJson = (yield* Json.Lossless) ? Json.parse : JSON.parse
      return yield* Effect.flatMap(attempt, (response) =>
        ReadAnswer.parse(operation, response, { scrub, workspace }, parseJson)
      ).pipe(Effect.provideService(Stage.Sent, sent), (once) => Retry.retry(once, { operation, policy, sent }))
    }).pipe(
      Effect.mapError(
        ({ reason }) =>
          new IntercomError({ operation: operation.name, method: operation.method, path: operation.path, reason })
      )
    )

  const serverTime = Clock.clockWith((clock) => Effect.sync(() => time.now(clock)))
  return { config, workspace, attempt, execute, serverTime, scrub }
})
