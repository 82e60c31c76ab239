/** The simulator as a service: on a port of this machine, or as an `HttpClient` without any. */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import type * as HttpServerError from "effect/http/HttpServerError"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { createHash } from "node:crypto"
import { createServer } from "node:http"
import * as Faults from "./Faults.ts"
import * as App from "./internal/App.ts"
import * as Handlers from "./internal/Handlers.ts"
import * as Store from "./internal/Store.ts"
import * as RateLimit from "./RateLimit.ts"

/** The kinds of records a workspace lists. */
export type Resource = Store.Resource

/** How a simulated workspace is; everything has a default. */
export interface Options {
  /** Decides every record and every drawn fault; 1 when left out. The same seed gives the same bytes. */
  readonly seed?: number | undefined
  /** 100 when left out. A million start as fast. */
  readonly contacts?: number | undefined
  /** 20 when left out. */
  readonly companies?: number | undefined
  /** 50 when left out. */
  readonly conversations?: number | undefined
  /** 30 when left out. */
  readonly articles?: number | undefined
  /** 6 when left out. */
  readonly segments?: number | undefined
  /** 5 when left out. */
  readonly admins?: number | undefined
  /** 12 when left out. */
  readonly newsItems?: number | undefined
  /** For each contact; 3 when left out. */
  readonly events?: number | undefined
  /** The one access token that is good; `simulator-token` when left out. */
  readonly token?: Redacted.Redacted | undefined
  /** The version of the API that answers a request which names none; 2.15 when left out. */
  readonly version?: string | undefined
  /** {@link RateLimit.live} when left out. */
  readonly rateLimit?: RateLimit.RateLimit | undefined
  /** None when left out. */
  readonly faults?: Faults.Faults | undefined
  /** How long each answer takes at least. */
  readonly latency?: Duration.Input | undefined
  /**
   * Fields of seeded records that are to be other than made, by kind and index: `{ contacts: { 3: { owner_id: true } } }`
   * puts a record no schema takes fourth into the listing.
   */
  readonly overrides?: Store.Overrides | undefined
}

/** {@link Options} of a simulator that listens. */
export interface ListenOptions extends Options {
  /** 127.0.0.1 when left out. */
  readonly host?: string | undefined
  /** A free one when left out, or 0. */
  readonly port?: number | undefined
}

/** What happened so far. */
export interface Stats {
  /** Every request, those answered with 429 and with faults included. */
  readonly requests: number
  /** How many were answered with 429. */
  readonly rateLimited: number
  /** How many met each kind of fault. */
  readonly faults: { readonly [kind in Faults.Kind]?: number }
}

/** What an export of a listing must come to. */
export interface Snapshot {
  readonly count: number
  /** SHA-256, in hexadecimal, of the records as NDJSON: in the listing's order, each as sent and ended by `\n`. */
  readonly sha256: string
}

/** A running simulator. */
export interface Shape {
  /** Where it answers, such as `http://127.0.0.1:49152`: the `baseUrl` of a client. */
  readonly url: string
  /** The access token that is good. */
  readonly token: Redacted.Redacted
  readonly stats: Effect.Effect<Stats>
  /** What its listing holds, as JSON texts: just as sent, and in the same order. */
  readonly records: (resource: Resource) => Stream.Stream<string>
  /** Count and checksum of {@link Shape.records}. */
  readonly snapshot: (resource: Resource) => Effect.Effect<Snapshot>
  /** The messages sent, in order. */
  readonly messages: Effect.Effect<ReadonlyArray<unknown>>
  /** Adds a record at the end, unchecked: with any id, or with fields no schema takes. */
  readonly insert: (
    resource: Resource,
    record: { readonly id: string; readonly [field: string]: unknown }
  ) => Effect.Effect<void>
  /** Replaces the faults, from the next request on; scripts and draws begin anew. */
  readonly setFaults: (faults: Faults.Faults) => Effect.Effect<void>
}

const newestFirst: ReadonlySet<Resource> = new Set(["articles", "newsItems"])

interface Wire<E> {
  readonly reset: (
    request: HttpServerRequest.HttpServerRequest
  ) => Effect.Effect<HttpServerResponse.HttpServerResponse, E>
  readonly closing: Effect.Effect<void>
}

const make = Effect.fnUntraced(function* <E>(options: Options, wire: Wire<E>) {
  const seed = options.seed ?? 1
  const token = options.token ?? Redacted.make("simulator-token")
  const rateLimit = options.rateLimit ?? RateLimit.live
  const store = Store.make(
    {
      seed,
      counts: {
        contacts: options.contacts ?? 100,
        companies: options.companies ?? 20,
        conversations: options.conversations ?? 50,
        articles: options.articles ?? 30,
        segments: options.segments ?? 6,
        admins: options.admins ?? 5,
        newsItems: options.newsItems ?? 12,
        events: options.events ?? 3
      }
    },
    options.overrides
  )
  const counters: App.Counters = { requests: 0, rateLimited: 0, faults: {} }
  let nextFault = Faults.source(options.faults ?? Faults.none, seed)

  const operations = yield* HttpRouter.toHttpEffect(Handlers.layer(store, token)).pipe(
    Effect.provide(HttpServer.layerServices),
    // Ids in paths have no length limit.
    Effect.provideService(HttpRouter.RouterConfig, { maxParamLength: 4096 })
  )
  const app = App.make(operations, {
    ...wire,
    seed,
    version: options.version ?? "2.15",
    slot: RateLimit.counter(rateLimit),
    window: Duration.format(rateLimit.window),
    latency: options.latency === undefined ? undefined : Duration.fromInputUnsafe(options.latency),
    nextFault: () => nextFault(),
    counters
  })

  const records = (resource: Resource) => {
    const collection = store.collections[resource]
    const reversed = newestFirst.has(resource)
    return Stream.suspend(() => {
      const size = collection.size()
      return Stream.range(0, size - 1).pipe(
        Stream.map((position) => JSON.stringify(collection.at(reversed ? size - 1 - position : position)))
      )
    })
  }

  const shape = (url: string) =>
    Simulator.of({
      url,
      token,
      stats: Effect.sync(() => ({ ...counters, faults: { ...counters.faults } })),
      records,
      snapshot: (resource) =>
        Effect.suspend(() => {
          const hash = createHash("sha256")
          let count = 0
          return records(resource).pipe(
            Stream.runForEach((text) =>
              Effect.sync(() => {
                hash.update(`${text}\n`)
                count++
              })
            ),
            Effect.map(() => ({ count, sha256: hash.digest("hex") }))
          )
        }),
      messages: Effect.sync(() => [...store.messages]),
      insert: (resource, record) => Effect.sync(() => store.insert(resource, record)),
      setFaults: (faults) =>
        Effect.sync(() => {
          nextFault = Faults.source(faults, seed)
        })
    })

  return { app, shape }
})

/** A connection that broke, where there is none to break. */
class Reset extends Data.TaggedError("Reset")<{}> {}

/**
 * An Intercom workspace on this machine.
 *
 * - `layer` listens on a port, for clients of any kind. It stops at once when its scope closes, stalled answers
 *   included.
 * - `layerClient` needs no port: it provides an `HttpClient` that hands requests over directly, and it lives by the
 *   `Clock`, so it works under a `TestClock`.
 *
 * @example
 * ```ts
 * import { Intercom } from "@effect-intercom/core"
 * import { Faults, Simulator } from "@effect-intercom/simulator"
 * import { Effect, Layer, Stream } from "effect"
 * import { FetchHttpClient } from "effect/http"
 *
 * const client = Layer.unwrap(
 *   Simulator.useSync(({ token, url }) => Intercom.layer({ accessToken: token, baseUrl: url }))
 * )
 * const program = Intercom.use(({ contacts }) => Stream.runCount(contacts.list.items())).pipe(
 *   Effect.provide(client),
 *   Effect.provide([Simulator.layer({ contacts: 500, faults: Faults.rate(0.02, ["reset"]) }), FetchHttpClient.layer])
 * )
 * ```
 */
export class Simulator extends Context.Service<Simulator, Shape>()("@effect-intercom/simulator/Simulator") {
  static readonly layer = (options: ListenOptions = {}): Layer.Layer<Simulator, HttpServerError.ServeError> =>
    Layer.effect(this, listen(options))

  static readonly layerClient = (options: Options = {}): Layer.Layer<Simulator | HttpClient.HttpClient> =>
    Layer.effectContext(inProcess(options))
}

const listen = Effect.fnUntraced(function* (options: ListenOptions) {
  const closing = yield* Deferred.make<void>()
  const { app, shape } = yield* make(options, { reset: resetSocket, closing: Deferred.await(closing) })
  const node = createServer()
  const host = options.host ?? "127.0.0.1"
  const server = yield* NodeHttpServer.make(() => node, {
    host,
    port: options.port ?? 0,
    gracefulShutdownTimeout: "2 seconds"
  })
  // Finalizers run last to first: stalls end, requests in flight get two seconds, then connections are cut.
  yield* Effect.addFinalizer(() => Effect.sync(() => node.closeAllConnections()))
  yield* server.serve(app)
  yield* Effect.addFinalizer(() => Deferred.succeed(closing, undefined))
  return shape(HttpServer.formatAddress(server.address))
})

const resetSocket = (request: HttpServerRequest.HttpServerRequest) =>
  Effect.sync(() => {
    const response = NodeHttpServerRequest.toServerResponse(request)
    NodeHttpServerRequest.toIncomingMessage(request).socket.resetAndDestroy()
    response.destroy()
    return HttpServerResponse.empty()
  })

const inProcess = Effect.fnUntraced(function* (options: Options) {
  const { app, shape } = yield* make(options, { reset: () => Effect.fail(new Reset()), closing: Effect.never })
  const client = HttpClient.make((request) =>
    app.pipe(
      Effect.provideService(HttpServerRequest.HttpServerRequest, HttpServerRequest.fromClientRequest(request)),
      Effect.scoped,
      Effect.map((response) => HttpServerResponse.toClientResponse(response, { request })),
      Effect.mapError(
        () =>
          new HttpClientError.HttpClientError({
            reason: new HttpClientError.TransportError({ request, description: "The connection was reset" })
          })
      )
    )
  )
  return Context.make(Simulator, shape("http://localhost")).pipe(Context.add(HttpClient.HttpClient, client))
})
