/** Notifications, as Intercom posts them: signed, at least once, and once more when nobody takes them. */
import { Webhook } from "@effect-intercom/core"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as Clock from "effect/Clock"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { Notifier } from "./internal/Notifier.ts"
import * as Prng from "./internal/Prng.ts"
import type { Told } from "./Topics.ts"

/** What takes a notification in this process. */
export type Handler =
  | Effect.Effect<HttpServerResponse.HttpServerResponse, unknown, HttpServerRequest.HttpServerRequest | Scope.Scope>
  | ((request: Request) => Promise<Response>)

/** Where notifications go, and how. */
export interface Options {
  /** The address of the endpoint; with a `handler`, `http://localhost/webhooks` when left out. */
  readonly url?: string | undefined
  /**
   * What takes them in this process, without a port: an Effect that answers the request it is given, such as
   * `HttpRouter.toHttpEffect` makes, which goes by the same clock; or a handler of web requests, such as
   * `HttpRouter.toWebHandler` makes. Without it they are sent to `url` by the `HttpClient` around.
   */
  readonly handler?: Handler | undefined
  /** What they are signed with; `simulator-secret` when left out. */
  readonly clientSecret?: Redacted.Redacted | undefined
  /** All when left out. */
  readonly topics?: ReadonlyArray<Webhook.Topic> | undefined
  /** How many of those that were taken come again, between 0 and 1; 0 when left out. */
  readonly repeated?: number | undefined
  /** Each is held back for a random part of this, so that they overtake each other; nothing when left out. */
  readonly disorder?: Duration.Input | undefined
}

/** What became of notifications. */
export interface Stats {
  /** Requests, repetitions included. */
  readonly sent: number
  readonly taken: number
  /** Given up, or not sent at all while the endpoint was paused or disabled. */
  readonly lost: number
}

/** An endpoint that is told of what happens in a workspace, as long as the scope is open. */
export interface Subscription {
  readonly stats: Effect.Effect<Stats>
  /** Done when nothing is left to send. */
  readonly settled: Effect.Effect<void>
  /** Sends a ping, as the button of the Developer Hub does. */
  readonly ping: Effect.Effect<void>
}

/** The endpoint does not answer `HEAD` with success, by which Intercom checks an address. */
export class EndpointError extends Schema.TaggedError<EndpointError>()("EndpointError", {
  url: Schema.String,
  /** `undefined`: there was no answer. */
  status: Schema.optional(Schema.Int)
}) {
  override get message(): string {
    const answer = this.status === undefined ? "did not answer" : `answered ${this.status} to`
    return `${this.url} ${answer} the HEAD request that checks an endpoint: it has to answer it with 200.`
  }
}

const patience = Duration.seconds(5)
const retryAfter = Duration.minutes(1)
const longestThrottle = Duration.hours(2)
const pause = { errors: 1000, within: Duration.toMillis("15 minutes") }
const suspendedAfter = Duration.toMillis("7 days")

/** How an endpoint does. */
interface Health {
  disabled: boolean
  pausedUntil: number
  /** When each of the errors since the last success was, the newest thousand. */
  errors: Array<number>
  failingSince: number | undefined
}

/** A client whose requests a handler takes; one that fails is an endpoint that does not answer. */
const clientOf = (handler: Handler): HttpClient.HttpClient =>
  HttpClient.make((request, url) => {
    const failed = (cause: unknown) =>
      new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request, cause }) })
    if (Effect.isEffect(handler)) {
      return handler.pipe(
        Effect.provideService(HttpServerRequest.HttpServerRequest, HttpServerRequest.fromClientRequest(request)),
        Effect.scoped,
        Effect.map((response) => HttpServerResponse.toClientResponse(response, { request })),
        Effect.mapError(failed)
      )
    }
    const { body, headers, method } = request
    // What is posted is bytes of this program.
    const sent = body._tag === "Uint8Array" ? (body.body as Uint8Array<ArrayBuffer>) : null
    return Effect.map(
      Effect.tryPromise({ try: () => handler(new Request(url, { method, headers, body: sent })), catch: failed }),
      (response) => HttpClientResponse.fromWeb(request, response)
    )
  })

const uuidOf = (seed: number, count: number): string => {
  const hex = [1, 2, 3, 4].map((part) => Prng.hash(seed, count, part, 30).toString(16).padStart(8, "0")).join("")
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20)].join("-")
}

/**
 * Sends what a notifier tells. An endpoint that answers with an error, or not within five seconds, is asked once more
 * after a minute; with 429, after one minute, two, four and so on, for two hours; with 410, never again. After 1,000
 * errors in a row within 15 minutes it is left alone for 15 minutes, and what happens then is lost; after errors for seven
 * days, for good.
 */
export const subscribe = Effect.fnUntraced(function* (
  { listen }: Notifier,
  workspace: { readonly seed: number; readonly id: string },
  options: Options
): Effect.fn.Return<Subscription, EndpointError | Webhook.SecretError, HttpClient.HttpClient | Scope.Scope> {
  const { handler, url = "http://localhost/webhooks" } = options
  const client = handler === undefined ? yield* HttpClient.HttpClient : clientOf(handler)
  // By Node's own crypto, which is done at once: nothing but the clock decides what is sent when.
  const signatures = yield* Effect.provide(
    Webhook.signatures(Webhook.hubSignature, options.clientSecret ?? Redacted.make("simulator-secret")),
    NodeCrypto.layerMac.pipe(Layer.provide(SecureRandom.layerWebCrypto))
  )
  const random = Prng.make(Prng.hash(workspace.seed, 31))
  const disorder = Duration.toMillis(Duration.fromInputUnsafe(options.disorder ?? 0))
  const health: Health = { disabled: false, pausedUntil: 0, errors: [], failingSince: undefined }
  const stats = { sent: 0, taken: 0, lost: 0 }
  let count = 0
  let pending = 0
  let idle = Deferred.makeUnsafe<void>()

  /** The status of the answer; 0 when there is none. */
  const ask = (request: HttpClientRequest.HttpClientRequest) =>
    client.execute(request).pipe(
      Effect.flatMap((response) => Effect.as(Effect.ignore(response.text), response.status)),
      Effect.timeout(patience),
      Effect.orElseSucceed(() => 0)
    )

  const status = yield* ask(HttpClientRequest.head(url))
  if (status < 200 || status >= 300) {
    return yield* new EndpointError({ url, status: status === 0 ? undefined : status })
  }

  const envelopeOf = ({ item, topic }: Told, at: number) => {
    const isPing = topic === "ping"
    const seconds = Math.floor(at / 1000)
    return {
      type: "notification_event",
      app_id: workspace.id,
      data: { type: "notification_event_data", item },
      links: {},
      id: isPing ? null : `notif_${uuidOf(workspace.seed, count++)}`,
      topic,
      delivery_status: isPing ? null : "pending",
      delivery_attempts: 1,
      delivered_at: 0,
      first_sent_at: seconds,
      created_at: seconds,
      self: null
    }
  }

  const post = Effect.fnUntraced(function* (envelope: object) {
    const body = new TextEncoder().encode(JSON.stringify(envelope))
    stats.sent++
    return yield* ask(
      HttpClientRequest.post(url).pipe(
        HttpClientRequest.bodyUint8Array(body, "application/json"),
        HttpClientRequest.setHeaders({
          "x-hub-signature": yield* signatures.sign(body),
          "user-agent": "intercom-parrot-service-client/1.0"
        })
      )
    )
  })

  const failed = Effect.map(Clock.currentTimeMillis, (now) => {
    health.errors = [...health.errors, now].slice(-pause.errors)
    health.failingSince ??= now
    const [first = now] = health.errors
    if (health.errors.length === pause.errors && now - first < pause.within) {
      health.pausedUntil = now + pause.within
      health.errors = []
    }
    if (now - health.failingSince >= suspendedAfter) health.disabled = true
  })

  const isOpen = Effect.map(Clock.currentTimeMillis, (now) => !health.disabled && now >= health.pausedUntil)

  const deliver = Effect.fnUntraced(function* (envelope: ReturnType<typeof envelopeOf>) {
    if (disorder > 0) yield* Effect.sleep(random.below(disorder))
    const began = yield* Clock.currentTimeMillis
    let attempt = 1
    let throttle = retryAfter
    let retried = false
    while (yield* isOpen) {
      const again = attempt === 1 ? undefined : { delivery_attempts: attempt, delivery_status: "retry" }
      const status = yield* post({ ...envelope, ...again })
      attempt++
      if (status >= 200 && status < 300) {
        stats.taken++
        health.errors = []
        health.failingSince = undefined
        // At least once: it was taken, and comes all the same.
        if (!random.chance(options.repeated ?? 0)) return
        yield* Effect.sleep(retryAfter)
        yield* post({ ...envelope, delivery_attempts: attempt, delivery_status: "retry" })
        return
      }
      if (status === 410) {
        health.disabled = true
        break
      }
      if (status === 429) {
        const now = yield* Clock.currentTimeMillis
        if (now - began + Duration.toMillis(throttle) > Duration.toMillis(longestThrottle)) break
        yield* Effect.sleep(throttle)
        throttle = Duration.times(throttle, 2)
        continue
      }
      yield* failed
      if (retried) break
      retried = true
      yield* Effect.sleep(retryAfter)
    }
    stats.lost++
  })

  const queue = yield* Queue.unbounded<ReturnType<typeof envelopeOf>>()
  const send = (told: Told, at: number) => {
    pending++
    Queue.offerUnsafe(queue, envelopeOf(told, at))
  }
  const settle = Effect.sync(() => {
    if (--pending > 0) return
    const done = idle
    idle = Deferred.makeUnsafe()
    Deferred.doneUnsafe(done, Effect.void)
  })
  // Those that wait for another attempt are in nobody's way.
  yield* Queue.take(queue).pipe(
    Effect.flatMap((envelope) => Effect.forkScoped(Effect.ensuring(deliver(envelope), settle))),
    Effect.forever,
    Effect.forkScoped
  )
  const isWanted = ({ topic }: Told) => options.topics === undefined || options.topics.includes(topic)
  const silence = listen((told, at) => {
    if (isWanted(told)) send(told, at)
  })
  yield* Effect.addFinalizer(() => Effect.sync(silence))

  return {
    stats: Effect.sync(() => ({ ...stats })),
    settled: Effect.suspend(() => (pending === 0 ? Effect.void : Deferred.await(idle))),
    ping: Effect.map(Clock.currentTimeMillis, (at) =>
      send({ topic: "ping", item: { type: "ping", message: "something something interzen" } }, at)
    )
  }
})
