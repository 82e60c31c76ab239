/** Clients by workspace: made when they are asked for, kept while they are used, and never one for the other. */
import type * as Config from "effect/Config"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Hash from "effect/Hash"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import type * as RateLimiter from "effect/persistence/RateLimiter"
import * as RcMap from "effect/RcMap"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import * as IntercomConfig from "../IntercomConfig.ts"
import { IntercomHttp } from "../IntercomHttp.ts"
import { type Credentials, TokenStore, type TokenStoreError, type UnknownWorkspace } from "../TokenStore.ts"
import * as Credential from "./tokens/Credentials.ts"
import { malformed } from "./tokens/Backend.ts"
import { shown } from "./tokens/TokenStoreError.ts"
import * as Transport from "./Transport.ts"

/** What is the same for all workspaces, and what holds where a workspace says nothing. */
export interface Options extends Omit<IntercomConfig.Options, "accessToken"> {
  /**
   * How long a client is kept that nobody uses.
   *
   * @default "2 minutes"
   */
  readonly idleTimeToLive?: Duration.Input | undefined
}

/** Why there is no client for a workspace. */
export type Failure = UnknownWorkspace | TokenStoreError

export interface Clients<in out I, out E> {
  /** What is provided of a workspace, while the scope is open. */
  readonly contextEffect: (workspace: string) => Effect.Effect<Context.Context<I>, E | Failure, Scope.Scope>
  /** Runs an effect with the client of a workspace. */
  readonly provide: (
    workspace: string
  ) => <A, E2, R>(effect: Effect.Effect<A, E2, R>) => Effect.Effect<A, E | E2 | Failure, Exclude<R, I>>
  /** The client of a workspace as a layer: for streams, and for layers on top of it. */
  readonly get: (workspace: string) => Layer.Layer<I, E | Failure>
  /** Forgets a client: the next time it is asked for, its token is looked up again. Whoever uses it keeps it till the end. */
  readonly invalidate: (workspace: string) => Effect.Effect<void>
  /** The workspaces that have a client now, in order. */
  readonly keys: Effect.Effect<ReadonlyArray<string>>
}

/** What is known of a client, or of one that is being made. */
interface Client {
  state: "making" | "good" | "bad"
}

/** A token where it is good, whatever else the client is told. */
class Token implements Equal.Equal {
  readonly config: IntercomConfig.IntercomConfig
  constructor(config: IntercomConfig.IntercomConfig) {
    this.config = config
  }
  get #key() {
    return `${this.config.baseUrl.href} ${Redacted.value(this.config.accessToken)}`
  }
  [Equal.symbol](that: Equal.Equal): boolean {
    return that instanceof Token && that.#key === this.#key
  }
  [Hash.symbol](): number {
    return Hash.string(this.#key)
  }
}

/** The config of one workspace: where its token is good is its own to say, if it says so. */
const configOf = (
  common: IntercomConfig.IntercomConfig,
  { accessToken, baseUrl, region, version }: Credentials
): IntercomConfig.IntercomConfig => {
  const address = baseUrl ?? (region && IntercomConfig.regions[region])
  return {
    ...common,
    accessToken,
    version: version ?? common.version,
    baseUrl: address === undefined ? common.baseUrl : new URL(address)
  }
}

/** A store that `TokenStore.make` did not make may find anything. */
const check = (workspace: string) => (found: unknown) => Effect.mapError(Credential.check(found), malformed(workspace))

// It is checked with the other options, and never sent.
const placeholder = Redacted.make("placeholder")

export const make = Effect.fnUntraced(function* <I, E, R>(
  client: Layer.Layer<I, E, R | IntercomHttp>,
  { idleTimeToLive = "2 minutes", ...options }: Options,
  limitsOf: (config: IntercomConfig.IntercomConfig) => Effect.Effect<Transport.Limits<RateLimiter.RateLimiterError>>
): Effect.fn.Return<
  Clients<I | IntercomHttp, E>,
  Config.ConfigError,
  TokenStore | HttpClient.HttpClient | R | Scope.Scope
> {
  // What is wrong with the options is wrong for all.
  const common = yield* IntercomConfig.make({ ...options, accessToken: placeholder })
  const tokens = yield* TokenStore
  const http = yield* HttpClient.HttpClient
  const services = yield* Effect.context<R>()
  const known = new Map<string, Client>()

  // The limit is the token's, whatever names it goes by.
  const limits = yield* RcMap.make({
    lookup: ({ config }: Token) => limitsOf(config),
    // The API's windows last no longer, and what is known of one outlasts a client that is made again.
    idleTimeToLive: "1 minute"
  })

  const lookup = Effect.fnUntraced(function* (workspace: string, self: Client) {
    const config = configOf(common, yield* Effect.flatMap(tokens.find(workspace), check(workspace)))
    const scope = yield* Effect.scope
    const transport = yield* Transport.make(config, options, RcMap.get(limits, new Token(config))).pipe(
      Effect.provideService(HttpClient.HttpClient, http),
      Effect.provideService(IntercomHttp.Workspace, shown(workspace))
    )
    const watched = IntercomHttp.of({
      ...transport,
      execute: (operation, attempt) =>
        Effect.tapError(transport.execute(operation, attempt), ({ reason }) =>
          Effect.sync(() => {
            if (reason._tag === "Unauthorized") self.state = "bad"
          })
        )
    })
    // In a memo map of its own: no layer, fresh or not, is another workspace's.
    return yield* Layer.buildWithMemoMap(
      Layer.provideMerge(client, Layer.succeed(IntercomHttp, watched)),
      Layer.makeMemoMapUnsafe(),
      scope
    ).pipe(Effect.provideContext(services))
  })

  const clients = yield* RcMap.make({
    lookup: (workspace: string) =>
      Effect.gen(function* () {
        const self: Client = { state: "making" }
        known.set(workspace, self)
        yield* Effect.addFinalizer(() =>
          Effect.sync(() => {
            if (known.get(workspace) === self) known.delete(workspace)
          })
        )
        return yield* Effect.onExit(lookup(workspace, self), ({ _tag }) =>
          Effect.sync(() => {
            self.state = _tag === "Success" ? "good" : "bad"
          })
        )
      }),
    idleTimeToLive
  })

  const invalidate = (workspace: string) =>
    Effect.suspend(() => {
      known.delete(workspace)
      return RcMap.invalidate(clients, workspace)
    })
  const forgetBad = (workspace: string) =>
    Effect.suspend(() => (known.get(workspace)?.state === "bad" ? invalidate(workspace) : Effect.void))

  const contextEffect = (workspace: string) =>
    Effect.andThen(forgetBad(workspace), RcMap.get(clients, workspace)).pipe(
      Effect.tapCause(() => forgetBad(workspace))
    )

  // Whoever is at work with a client keeps it, token and all.
  yield* tokens.onChange?.(invalidate) ?? Effect.void

  return {
    contextEffect,
    provide: (workspace) => (effect) =>
      Effect.scopedWith((scope) =>
        contextEffect(workspace).pipe(
          Effect.provideService(Scope.Scope, scope),
          Effect.flatMap((context) => Effect.provideContext(effect, context))
        )
      ).pipe(
        Effect.annotateLogs({ workspace: shown(workspace) }),
        Effect.annotateSpans({ "intercom.workspace": shown(workspace) })
      ),
    get: (workspace) => Layer.fresh(Layer.effectContext(contextEffect(workspace))),
    invalidate,
    keys: Effect.sync(() => [...known].flatMap(([name, { state }]) => (state === "good" ? [name] : [])).toSorted())
  }
})
