/** The simulator as a service: on a port of this machine, or as an `HttpClient` without any. */
import type { Pagination, Webhook } from "@effect-intercom/core"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpMiddleware from "effect/http/HttpMiddleware"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import type * as HttpServerError from "effect/http/HttpServerError"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Record from "effect/Record"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Struct from "effect/Struct"
import { createHash } from "node:crypto"
import { createServer } from "node:http"
import * as Faults from "./Faults.ts"
import * as App from "./internal/App.ts"
import * as CheckOptions from "./internal/CheckOptions.ts"
import * as Days from "./internal/Days.ts"
import * as Installation from "./internal/Installation.ts"
import * as Notifier from "./internal/Notifier.ts"
import * as Operations from "./internal/Operations.ts"
import { OptionsError } from "./internal/OptionsError.ts"
import * as Recording from "./internal/Recording.ts"
import type { Recorded } from "./internal/Recording.ts"
import * as Request from "./internal/Request.ts"
import * as Routes from "./internal/Routes.ts"
import * as Workspaces from "./internal/Workspaces.ts"
import type * as Kind from "./Kind.ts"
import * as Contacts from "./kinds/Contacts.ts"
import { kinds, views } from "./kinds/index.ts"
import * as Notifications from "./Notifications.ts"
import * as RateLimit from "./RateLimit.ts"
import { type PartsOverride, workspaceId } from "./World.ts"

type Kinds = typeof kinds

type NamesOf<Some> = { readonly [Name in keyof Kinds]: Kinds[Name] extends Some ? Name : never }[keyof Kinds]

/** The kinds of records a workspace lists. */
export type Resource = NamesOf<{ readonly count: number; readonly generate: unknown }>

/** The kinds of which a workspace has a number to begin with. */
export type Counted = NamesOf<{ readonly count: number }>

/**
 * What there are records of: every kind, its records as listed, the events of all contacts in the order of these, and
 * conversations with their parts, as `GET /conversations/{id}` has them.
 */
export type Exported = keyof Kinds | keyof typeof views

export { OptionsError } from "./internal/OptionsError.ts"
export type { Recorded } from "./internal/Recording.ts"

/** How exactly times are searched: by calendar days of the workspace's time zone, or by seconds. */
export type Granularity = Kind.Granularity

/** How many records of each kind there are to begin with; of events, for each contact. */
export type Counts = { readonly [Name in Counted]: number }

/** The {@link Counts} where options say nothing. */
export const defaultCounts: Counts = Object.fromEntries(
  Object.entries<Kind.Top>(kinds).flatMap(([name, { count }]) => (count === undefined ? [] : [[name, count]]))
  // What has a count is counted.
) as Counts

/** What the endpoint of a record's own answers with. */
type RecordOf<Es> = Es extends { readonly list: { readonly pages: Pagination.Walk<infer Item> | undefined } }
  ? Item["Type"]
  : Es extends { readonly get: { readonly success: infer Success } }
    ? Success extends { readonly Type: infer Type }
      ? Type
      : never
    : never

/** Its fields, as a test writes them down: ids as plain strings. */
type FieldsOf<Record> = {
  readonly [Field in keyof Record as string extends Field ? never : Field]?: Record[Field] extends string
    ? string
    : Record[Field]
}

/** Fields of a record of a kind; what is left out is made up. */
export type Given<Name extends Resource> = FieldsOf<RecordOf<Kinds[Name]["resource"]["endpoints"]>>

/** How many records of a kind there are to begin with, or the records: fields of each, the rest is made up. */
export type Amounts = {
  readonly [Name in Counted]?: number | (Name extends Resource ? ReadonlyArray<Given<Name>> : never)
}

/** Other handlers for some of the operations there are. */
export type Extensions = { readonly [Name in keyof Kinds]?: Partial<Kinds[Name]["handlers"]> }

/**
 * How a simulated workspace is; everything has a default. Of {@link Counts} it is {@link defaultCounts}. What cannot be is a
 * defect: an {@link OptionsError}, which names the option.
 */
export interface Options extends Amounts {
  /** Decides every record and every drawn fault; 1 when left out. The same seed gives the same bytes. */
  readonly seed?: number | undefined
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
  readonly overrides?: { readonly [Name in Resource]?: Workspaces.Overrides[string] } | undefined
  /**
   * How many parts a seeded conversation has, by index, where it is not to be up to four: `{ 3: { count: 700 } }`. Its
   * statistics tell this number. It shows the newest 500 at most, or fewer: `{ 4: { count: 10, shown: 8 } }`.
   */
  readonly parts?: { readonly [index: number]: PartsOverride } | undefined
  /** The workspace's time zone, an IANA name such as `Europe/Dublin`; UTC when left out. Another name is a defect. */
  readonly timezone?: string | undefined
  /**
   * Days for contacts and seconds for conversations when left out, as most have seen it. Conversations were seen to be
   * searched by days as well, and the preview of the API searches contacts by seconds.
   */
  readonly searchGranularity?: { readonly contacts?: Granularity; readonly conversations?: Granularity } | undefined
  /** Kinds of your own, by the names of their records: their operations are served beside those of the API. */
  readonly kinds?: { readonly [name: string]: Kind.Top } | undefined
  /** What operations of the API do here, where it is something else: `{ contacts: { get: () => … } }`. */
  readonly extend?: Extensions | undefined
  /** How many of the newest requests are kept for {@link Shape.requests}; 1,000 when left out. */
  readonly recorded?: number | undefined
  /** How long it takes until searches know of a change; nothing when left out. The live API takes minutes. */
  readonly searchLag?: Duration.Input | undefined
  /** How long it takes until an export that was enqueued is completed; 2 seconds when left out. */
  readonly jobDuration?: Duration.Input | undefined
  /**
   * Further workspaces at the same address, each with a token of its own, as the live API has them: which one answers, its
   * token says. They share nothing, neither records nor limits.
   */
  readonly workspaces?: ReadonlyArray<Omit<Options, "oauth" | "tokens" | "workspaces">> | undefined
  /**
   * An app that can be installed: `/oauth` sends whoever comes back with a code at once, as if somebody had said yes, and
   * `/auth/eagle/token` trades it for the token of the workspace; of a further one, if the authorize URL has its index as
   * `workspace`. None when left out.
   */
  readonly oauth?: Installation.App | undefined
  /**
   * Several workspaces, by their tokens: each is as these options say, and as its own. Their seeds differ, and with them their
   * ids, unless they are given. The first is the simulator's own, unless there is a `token`.
   */
  readonly tokens?: { readonly [token: string]: Omit<Options, "oauth" | "token" | "tokens" | "workspaces"> } | undefined
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
  /**
   * The newest requests, in order: all, those of an operation, by its name, or those for which a predicate is true. Those that
   * were refused, or met a fault, are among them.
   */
  readonly requests: (where?: Recording.Where) => Effect.Effect<ReadonlyArray<Recorded>>
  /** What its listing holds, as JSON texts: just as sent, and in the same order. */
  readonly records: (resource: Exported) => Stream.Stream<string>
  /** Count and checksum of {@link Shape.records}. */
  readonly snapshot: (resource: Exported) => Effect.Effect<Snapshot>
  /** The messages sent, in order. */
  readonly messages: Effect.Effect<ReadonlyArray<unknown>>
  /** Adds a record at the end, unchecked: with any id, or with fields no schema takes. */
  readonly insert: (
    resource: Resource,
    record: { readonly id: string; readonly [field: string]: unknown }
  ) => Effect.Effect<void>
  /** Sets fields of a record, unchecked. Its `updated_at`, if it has one, becomes the current second unless it is set. */
  readonly update: (
    resource: Resource,
    id: string,
    fields: { readonly [field: string]: unknown }
  ) => Effect.Effect<void, NoSuchRecord>
  /** Removes a record. */
  readonly remove: (resource: Resource, id: string) => Effect.Effect<void, NoSuchRecord>
  /**
   * Lets one contact go up in another, which is updated by it. The first is listed and found no more; asking for it
   * gives 404, and 410 from version 2.16 on.
   */
  readonly mergeContacts: (from: string, into: string) => Effect.Effect<void, NoSuchRecord>
  /** Replaces the faults, from the next request on; scripts and draws begin again. */
  readonly setFaults: (faults: Faults.Faults) => Effect.Effect<void>
  /**
   * Has an endpoint notified of what happens from now on, as long as the scope is open: by requests, and by
   * {@link Shape.insert} and its kin.
   */
  readonly notify: (
    options: Notifications.Options
  ) => Effect.Effect<
    Notifications.Subscription,
    Notifications.EndpointError | Webhook.SecretError,
    HttpClient.HttpClient | Scope.Scope
  >
  /** The further workspaces, in the order of the options. */
  readonly workspaces: ReadonlyArray<Shape>
  /** The workspace of a token, this one among them. A token of none is a defect. */
  readonly workspace: (token: string) => Shape
}

/** The record that was to be changed is not there. */
export class NoSuchRecord extends Schema.TaggedError<NoSuchRecord>()("NoSuchRecord", {
  resource: Schema.String,
  id: Schema.String
}) {
  override get message(): string {
    return `The workspace has no ${this.resource} with the id ${this.id}: it never had, or it was removed or merged.`
  }
}

interface Wire<E> {
  readonly reset: (
    request: HttpServerRequest.HttpServerRequest
  ) => Effect.Effect<HttpServerResponse.HttpServerResponse, E>
  readonly closing: Effect.Effect<void>
}

/** All workspaces: the token of a request says whose it is, and the first one refuses those nobody knows. */
const make = Effect.fnUntraced(function* <E>(all: Options, wire: Wire<E>) {
  const [options = {}, ...workspaces] = workspacesOf(all)
  const first = yield* makeWorkspace(options, wire)
  const others = yield* Effect.forEach(workspaces, (options) => makeWorkspace(options, wire))
  const apps = new Map([first, ...others].map(({ app, token }) => [Redacted.value(token), app]))
  if (apps.size <= others.length) {
    const description = "two workspaces have the same token; give each one of its own"
    return yield* Effect.die(new OptionsError({ option: "workspaces", description }))
  }
  const installation =
    all.oauth &&
    Installation.make(
      all.oauth,
      [first, ...others].map(({ token }) => token)
    )
  const app = Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => {
    const [, token = ""] = /^Bearer (.*)$/i.exec(request.headers["authorization"] ?? "") ?? []
    return installation?.(request) ?? apps.get(token) ?? first.app
  })
  const shape = (url: string): Shape => {
    const shapes = others.map(({ shape }) => shape(url))
    const workspace = (token: string): Shape => {
      const found = [itself, ...shapes].find((shape) => Redacted.value(shape.token) === token)
      if (found === undefined) throw new OptionsError({ option: "tokens", description: "none of them is this token" })
      return found
    }
    const itself: Shape = { ...first.shape(url), workspaces: shapes.map((each) => ({ ...each, workspace })), workspace }
    return itself
  }
  return { app: others.length === 0 && installation === undefined ? first.app : app, shape }
})

/** The options of each workspace, the first one's first. */
const workspacesOf = ({ tokens = {}, workspaces = [], ...options }: Options): ReadonlyArray<Options> => {
  const seed = options.seed ?? 1
  const named = Object.entries(tokens).map(([token, own], index) => ({
    ...options,
    seed: seed + index + (options.token === undefined ? 0 : 1),
    ...own,
    token: Redacted.make(token)
  }))
  return [...(named.length > 0 && options.token === undefined ? [] : [options]), ...named, ...workspaces]
}

const makeWorkspace = Effect.fnUntraced(function* <E>(options: Options, wire: Wire<E>) {
  const seed = options.seed ?? 1
  const token = options.token ?? Redacted.make("simulator-token")
  const rateLimit = options.rateLimit ?? RateLimit.live
  const timezone = options.timezone ?? "UTC"
  const days = Days.make(yield* Effect.orDie(DateTime.zoneMakeNamedEffect(timezone)))
  const version = options.version ?? "2.15"
  const counts = Object.fromEntries(Struct.keys(defaultCounts).map((name) => [name, countOf(options[name])]))
  const served: { readonly [name: string]: Kind.Top } = { ...extended(options.extend), ...options.kinds }
  // Options that cannot be are a mistake of the program's.
  yield* CheckOptions.version(version).pipe(
    Effect.andThen(CheckOptions.counts(counts)),
    Effect.andThen(CheckOptions.kinds(kinds, options.kinds)),
    Effect.orDie
  )
  const given: Workspaces.Given = Object.fromEntries(
    Struct.keys(defaultCounts).flatMap((name) => {
      const amount = options[name]
      return typeof amount === "object" ? [[name, amount]] : []
    })
  )
  const notifier = Notifier.make((kind, id) =>
    // It is asked when the workspace is there.
    Workspaces.collectionOf(workspace, kind).find(id)
  )
  const { alarms, workspace }: Workspaces.Made = Workspaces.make({
    onChange: notifier.changed,
    kinds: served,
    seed,
    timezone,
    version,
    days,
    counts,
    given,
    parts: options.parts ?? {},
    overrides: options.overrides ?? {},
    searchLag: Duration.toMillis(Duration.fromInputUnsafe(options.searchLag ?? 0)),
    jobDuration: Duration.toMillis(Duration.fromInputUnsafe(options.jobDuration ?? "2 seconds")),
    searchGranularity: options.searchGranularity ?? {}
  })
  yield* Effect.orDie(CheckOptions.given(given, served, workspace))
  const all = Object.values<Kind.Top>(served)
  const find = Operations.finder(all.map(({ resource }) => resource))
  const counters: App.Counters = { requests: 0, rateLimited: 0, faults: {} }
  // A name that is none is a mistake of the program's.
  let faults = yield* Effect.orDie(Faults.checked(options.faults ?? Faults.none))
  let nextFault = Faults.source(faults, seed)

  const operations = yield* HttpRouter.toHttpEffect(Routes.layer(served, workspace, token)).pipe(
    Effect.provide(HttpServer.layerServices),
    // Ids in paths have no length limit.
    Effect.provideService(HttpRouter.RouterConfig, { maxParamLength: 4096 })
  )
  // What was to happen until now has happened, before anything is asked.
  const wake = Effect.flatMap(Clock.currentTimeMillis, (now) => (alarms.run(now) ? notifier.settle : Effect.void))
  const recording = Recording.make(options.recorded ?? 1000, find)
  const app = App.make(Effect.andThen(wake, notifier.around(operations, find)), {
    ...wire,
    seed,
    version,
    slot: RateLimit.counter(rateLimit),
    window: Duration.format(rateLimit.window),
    latency: options.latency === undefined ? undefined : Duration.fromInputUnsafe(options.latency),
    nextFault: (request) =>
      faults.scoped.length === 0
        ? Effect.sync(() => nextFault())
        : Effect.map(Request.asked(request, find), (asked) => nextFault(asked)),
    failing: (request) => {
      const name = find(request.method, Request.urlOf(request).pathname, undefined)?.name
      const kind = all.find(({ resource }) => name?.startsWith(`${resource.resource}.`))
      return kind?.failing?.[name?.split(".")[1] ?? ""]?.(workspace)
    },
    counters
  })

  // Who is notified hears of it when it happens, whether anybody asks or not.
  const waking = Effect.forever(
    Effect.gen(function* () {
      alarms.latch.closeUnsafe()
      const at = alarms.next()
      const another = alarms.latch.await
      if (at === undefined) return yield* another
      const now = yield* Clock.currentTimeMillis
      yield* Effect.raceFirst(Effect.sleep(Duration.millis(Math.min(Math.max(0, at - now), longestSleep))), another)
      yield* wake
    })
  )

  const collectionOf = (resource: keyof Kinds) => workspace.collections[resource]

  const rows = (resource: keyof Kinds): Stream.Stream<object> => {
    const collection = collectionOf(resource)
    const { order, sent = identity }: Kind.Top = kinds[resource]
    return Stream.suspend(() => {
      const size = collection.size()
      return Stream.range(0, size - 1).pipe(
        Stream.map((position) => sent(collection.at(order === "newest" ? size - 1 - position : position)))
      )
    })
  }

  const records = (exported: Exported) =>
    Stream.map(
      exported === "events" || exported === "conversationDetails"
        ? Stream.suspend(() => Stream.fromIterable<object>(views[exported](workspace)))
        : rows(exported),
      (row) => JSON.stringify(row)
    ).pipe((records) => Stream.unwrap(Effect.as(wake, records)))

  const change = (resource: Resource, id: string, run: (at: number) => boolean) =>
    Effect.flatMap(Effect.andThen(wake, Clock.currentTimeMillis), (at) =>
      run(at) ? notifier.settle : Effect.fail(new NoSuchRecord({ resource, id }))
    )

  const shape = (url: string): Shape =>
    Simulator.of({
      url,
      workspaces: [],
      workspace: () => shape(url),
      requests: recording.requests,
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
      messages: Effect.sync(() => {
        const { messages } = workspace.collections
        return Array.from({ length: messages.size() }, (_, position) => messages.at(position))
      }),
      notify: (options) =>
        Effect.tap(Notifications.subscribe(notifier, { seed, id: workspaceId(workspace.world) }, options), () =>
          Effect.forkScoped(waking)
        ),
      insert: (resource, record) =>
        Effect.andThen(wake, Clock.currentTimeMillis).pipe(
          Effect.map((at) => collectionOf(resource).add(record, at)),
          Effect.andThen(notifier.settle)
        ),
      update: (resource, id, fields) =>
        change(resource, id, (at) => {
          const row = collectionOf(resource).find(id)
          if (row === undefined) return false
          const moved = "updated_at" in row ? { updated_at: Math.floor(at / 1000) } : undefined
          return collectionOf(resource).replace({ ...row, ...moved, ...fields, id }, at)
        }),
      remove: (resource, id) => change(resource, id, (at) => collectionOf(resource).remove(id, at)),
      mergeContacts: (from, into) =>
        Effect.suspend(() => {
          const missing = collectionOf("contacts").find(into) === undefined ? into : from
          return change("contacts", missing, (at) => Contacts.merge(workspace, from, into, at))
        }),
      setFaults: (next) =>
        Effect.map(Effect.orDie(Faults.checked(next)), (checked) => {
          faults = checked
          nextFault = Faults.source(checked, seed)
        })
    })

  return { app: recording.around(app), shape, token }
})

// Timers of Node take less than 25 days.
const longestSleep = Duration.toMillis("1 day")

const countOf = (amount: number | ReadonlyArray<object> | undefined): number | undefined =>
  typeof amount === "object" ? amount.length : amount

/** The kinds, with other handlers for some of their operations. */
const extended = (extensions: Extensions = {}): { readonly [name: string]: Kind.Top } =>
  Record.map(kinds as { readonly [name: string]: Kind.Top }, (kind, name) => {
    // What is said of a kind is of its handlers.
    const handlers = (extensions as { readonly [name: string]: Partial<Kind.Top["handlers"]> | undefined })[name]
    return handlers === undefined
      ? kind
      : { ...kind, handlers: { ...kind.handlers, ...handlers } as Kind.Top["handlers"] }
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
  // Longer than clients keep idle connections (undici: 4 seconds), or a write may meet one that is being closed.
  const node = createServer({ keepAliveTimeout: 60_000 })
  const host = options.host ?? "127.0.0.1"
  const server = yield* NodeHttpServer.make(() => node, {
    host,
    port: options.port ?? 0,
    gracefulShutdownTimeout: "2 seconds"
  })
  // Finalizers run last to first: stalls end, requests in flight get two seconds, then connections are cut.
  yield* Effect.addFinalizer(() => Effect.sync(() => node.closeAllConnections()))
  yield* server.serve(fromBrowsers(app))
  yield* Effect.addFinalizer(() => Deferred.succeed(closing, undefined))
  return shape(HttpServer.formatAddress(server.address))
})

/**
 * Lets pages of any origin ask, preflights included, which count as no request. The live API answers no browser.
 */
const fromBrowsers = <E, R>(app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) => {
  const shared = HttpMiddleware.cors({
    exposedHeaders: [
      "intercom-version",
      "x-request-id",
      "x-ratelimit-limit",
      "x-ratelimit-remaining",
      "x-ratelimit-reset"
    ],
    maxAge: 600
  })(app)
  return Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ headers }) =>
    headers["origin"] === undefined ? app : shared
  )
}

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
