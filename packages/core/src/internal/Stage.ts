/** The stages of the transport: each wraps the client before it, and knows one thing. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { identity } from "effect/Function"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpHeaders from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Concurrency from "../Concurrency.ts"
import type * as IntercomConfig from "../IntercomConfig.ts"
import type { Operation } from "../Attempt.ts"
import { type BodyTooLargeError, TimeoutError } from "../IntercomError.ts"
import * as IntercomMetrics from "../IntercomMetrics.ts"
import * as Body from "./Body.ts"
import { Headers, Timeout, Version } from "./CallPolicy.ts"
import * as Monotonic from "./Monotonic.ts"
import { printable } from "./Printable.ts"
import { numberOf } from "./RateLimit.ts"
import type { Scrub } from "./Scrub.ts"
import type * as ServerTime from "./ServerTime.ts"

type Client<E> = HttpClient.HttpClient.With<E>
type Response = HttpClientResponse.HttpClientResponse

/** What is noted of an attempt under way. Times are monotonic milliseconds. */
export interface Noted {
  readonly operation: Operation | undefined
  /** When it asked for its slot of the rate limit. */
  askedAt: number
  /** When it left, and which of its call's attempts it is, from 1. */
  left: { readonly at: number; readonly number: number } | undefined
  /** What it was answered with, its body read or not. */
  response: Response | undefined
}

export const Attempt = Context.Reference<Noted>("@effect-intercom/core/internal/Stage/Attempt", {
  defaultValue: () => ({ operation: undefined, askedAt: 0, left: undefined, response: undefined })
})

/** What has left of a call so far. */
export interface Sent {
  /** When the first attempt left, in monotonic milliseconds. */
  readonly first: number | undefined
  readonly attempts: number
}

export const nothingSent: Sent = { first: undefined, attempts: 0 }

export const Sent = Context.Reference<Ref.Ref<Sent>>("@effect-intercom/core/internal/Stage/Sent", {
  defaultValue: () => Ref.makeUnsafe(nothingSent)
})

// Shorter ones are the scheduling of fibers, not the rate limit.
const shortestWait = 10

/** Counts a call where its program counts, too. */
export const tally = (change: (counts: IntercomMetrics.Counts) => IntercomMetrics.Counts): Effect.Effect<void> =>
  Effect.flatMap(IntercomMetrics.Tally, (tally) => (tally === undefined ? Effect.void : Ref.update(tally, change)))

/** Notes that a request leaves now, and how long the rate limiter kept it. */
const leave = Effect.gen(function* () {
  const now = yield* Monotonic.millis
  const attempt = yield* Attempt
  const { askedAt, operation } = attempt
  const { attempts } = yield* Ref.updateAndGet(yield* Sent, ({ attempts, first = now }) => ({
    first,
    attempts: attempts + 1
  }))
  attempt.left = { at: now, number: attempts }
  const waited = now - askedAt
  if (waited < shortestWait) return
  yield* Metric.update(Metric.withAttributes(IntercomMetrics.waits, { operation: operation?.name ?? "" }), waited)
  yield* tally((counts) => ({ ...counts, waits: counts.waits + 1, waitedMillis: counts.waitedMillis + waited }))
})

const countRequest = (status: string): Effect.Effect<void> =>
  Effect.flatMap(Attempt, ({ operation }) =>
    Effect.andThen(
      Metric.update(Metric.withAttributes(IntercomMetrics.requests, { operation: operation?.name ?? "", status }), 1),
      tally((counts) => ({ ...counts, requests: counts.requests + 1 }))
    )
  )

/** Says who asks, whom, and for which version, beside what the call says. */
export const identify = (config: IntercomConfig.IntercomConfig) =>
  HttpClient.mapRequestEffect(
    Effect.fnUntraced(function* (request: HttpClientRequest.HttpClientRequest) {
      const version = (yield* Version) ?? config.version
      const headers = yield* Headers
      return request.pipe(
        HttpClientRequest.prependUrl(config.baseUrl.href),
        config.userAgent === undefined ? identity : HttpClientRequest.setHeader("User-Agent", config.userAgent),
        HttpClientRequest.setHeaders(headers),
        HttpClientRequest.bearerToken(config.accessToken),
        HttpClientRequest.setHeader("Intercom-Version", version),
        "accept" in request.headers ? identity : HttpClientRequest.acceptJson
      )
    })
  )

/**
 * Takes the headers of the call out of a request to another host that lost its token on the way: `followRedirects`, around
 * a transport, leaves them in.
 */
export const keepHeaders =
  ({ baseUrl }: IntercomConfig.IntercomConfig) =>
  <E>(client: Client<E>): Client<E> =>
    HttpClient.makeWith(
      (request) =>
        client.postprocess(
          Effect.flatMap(request, (request) =>
            "authorization" in request.headers || URL.parse(request.url)?.origin === baseUrl.origin
              ? Effect.succeed(request)
              : Effect.map(Headers, (headers) =>
                  Object.keys(HttpHeaders.fromInput(headers)).reduce(HttpClientRequest.removeHeader, request)
                )
          )
        ),
      client.preprocess
    )

/** Notes what answers, before its body is there. */
export const noteAnswer = <E>(client: Client<E>): Client<E> =>
  HttpClient.transformResponse(client, (answer) =>
    Effect.tap(answer, (response) =>
      Effect.map(Attempt, (attempt) => {
        attempt.response = response
      })
    )
  )

/** Learns the server's time from each answer. */
export const learnTime =
  (time: ServerTime.ServerTime) =>
  <E>(client: Client<E>): Client<E> =>
    HttpClient.transformResponse(client, (answer) =>
      Clock.clockWith((clock) => {
        const sent = Monotonic.millisOf(clock)
        return Effect.tap(answer, ({ headers }) => Effect.sync(() => time.learn(headers, sent, clock)))
      })
    )

/**
 * Reads bodies: they are part of the attempt, as a stall there times out, and an unread body would hold its connection.
 * Bytes are left to whoever asked for them.
 */
export const readBody =
  (limit: number) =>
  <E>(client: Client<E>): Client<E | HttpClientError.HttpClientError | BodyTooLargeError> =>
    HttpClient.transformResponse(client, (answer) =>
      Effect.flatMap(Attempt, ({ operation }) =>
        operation?.body === "bytes"
          ? Effect.flatMap(answer, (response) =>
              isSuccess(response) ? Effect.succeed(response) : Body.read(limit)(Effect.succeed(response))
            )
          : Body.read(limit)(answer)
      )
    )

const isSuccess = ({ status }: Response): boolean => status >= 200 && status < 300

/** Fails when the whole answer, body included, is not there in time. */
export const timeOut =
  (limit: Duration.Duration) =>
  <E>(client: Client<E>): Client<E | TimeoutError> =>
    HttpClient.transformResponse(client, (answer) =>
      Effect.flatMap(Timeout, (override) => {
        const duration = override === undefined ? limit : Duration.fromInputUnsafe(override)
        return Effect.timeoutOrElse(answer, {
          duration,
          orElse: () => Effect.fail(new TimeoutError({ afterMillis: Duration.toMillis(duration) }))
        })
      })
    )

/** Counts requests by what came of them. */
export const count = <E extends { readonly _tag: string } | { readonly reason: { readonly _tag: string } }>(
  client: Client<E>
): Client<E> =>
  HttpClient.transformResponse(client, (answer) =>
    answer.pipe(
      Effect.tap(({ status }) => countRequest(String(status))),
      Effect.tapError((error) => countRequest("reason" in error ? error.reason._tag : error._tag))
    )
  )

/** Warns once when the API answers with another version than the one that was asked for. */
export const checkVersion = (version: string, scrub: Scrub, warned: Ref.Ref<boolean>) => {
  const check = Effect.fnUntraced(function* ({ headers }: Response) {
    const echoed = headers["intercom-version"]
    const asked = (yield* Version) ?? version
    if (echoed === undefined || echoed === asked) return
    if (yield* Ref.getAndSet(warned, true)) return
    yield* Effect.logWarning(
      `Intercom answered with version ${printable(scrub(echoed, 40))} of its API, this client asked for ` +
        `${asked}: fields may be missing or of another kind`
    )
  })
  return <E>(client: Client<E>): Client<E> => HttpClient.transformResponse(client, Effect.tap(check))
}

const overloaded = new Set([429, 502, 503, 504])

/** Attempts take their turns where their program wants that, and tell how it went. What waits for its turn has no slot. */
export const takeTurns =
  ({ rateLimit }: IntercomConfig.IntercomConfig) =>
  <E extends { readonly _tag: string }>(client: Client<E>): Client<E> => {
    const seconds = Duration.toSeconds(rateLimit.window)
    return HttpClient.transformResponse(client, (answer) =>
      Effect.flatMap(Concurrency.Current, (turns) => {
        if (turns === undefined) return answer
        const attempted = Effect.gen(function* () {
          const attempt = yield* Attempt
          attempt.askedAt = yield* Monotonic.millis
          return yield* Effect.onExit(
            answer,
            Effect.fnUntraced(function* (exit) {
              const { left, operation, response } = attempt
              if (left === undefined || (Exit.isFailure(exit) && response === undefined && !isTimeout(exit))) return
              const at = yield* Monotonic.millis
              const limit = numberOf(response?.headers["x-ratelimit-limit"])
              yield* turns.learn({
                operation: operation?.name ?? "",
                at,
                millis: at - left.at,
                overloaded: response === undefined || overloaded.has(response.status),
                perSecond: limit === undefined || limit === 0 ? undefined : limit / seconds
              })
            })
          )
        })
        return turns.admit(attempted)
      })
    )
  }

const isTimeout = <E extends { readonly _tag: string }>(exit: Exit.Exit<unknown, E>): boolean =>
  Option.exists(Exit.findErrorOption(exit), ({ _tag }) => _tag === "TimeoutError")

/** Notes when requests leave. */
export const noteLeaving = <E>(client: Client<E>): Client<E> =>
  HttpClient.transformResponse(client, (answer) => Effect.andThen(leave, answer))

/** `fetch` would follow a redirect with the whole request, and repeat a `POST` elsewhere; other transports do not. */
export const refuseRedirects = <E>(client: Client<E>): Client<E> =>
  HttpClient.transformResponse(client, (answer) =>
    Effect.flatMap(Effect.serviceOption(FetchHttpClient.RequestInit), (init) =>
      Effect.provideService(answer, FetchHttpClient.RequestInit, {
        ...Option.getOrUndefined(init),
        redirect: "manual"
      })
    )
  )

/** The client's own span would hold the request, and propagation would tell Intercom our trace ids. */
export const leaveNoSpan = <E>(client: Client<E>): Client<E> =>
  HttpClient.transformResponse(
    client,
    Effect.provideService(HttpClient.TracerDisabledWhen, () => true)
  )
