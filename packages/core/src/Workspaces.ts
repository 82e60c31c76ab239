/** Many workspaces in one process. */
import type * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as RateLimiter from "effect/persistence/RateLimiter"
import { Intercom } from "./Intercom.ts"
import type { IntercomHttp } from "./IntercomHttp.ts"
import { type Clients, type Failure, make, type Options } from "./internal/Clients.ts"
import * as Transport from "./internal/Transport.ts"
import type { TokenStore } from "./TokenStore.ts"

export type {
  Clients as WorkspaceClients,
  Failure as WorkspaceFailure,
  Options as WorkspacesOptions
} from "./internal/Clients.ts"

/** The class that {@link Workspaces.withClient} makes. */
export interface WorkspacesClass<Self, Id extends string, I, E, R> extends Context.ServiceClass<
  Self,
  Id,
  Clients<I | IntercomHttp, E>
> {
  readonly layer: (options?: Options) => Layer.Layer<Self, Config.ConfigError, TokenStore | HttpClient.HttpClient | R>
  readonly layerShared: (
    options?: Options
  ) => Layer.Layer<Self, Config.ConfigError, TokenStore | HttpClient.HttpClient | RateLimiter.RateLimiterStore | R>
  readonly provide: (
    workspace: string
  ) => <A, E2, R2>(
    effect: Effect.Effect<A, E2, R2>
  ) => Effect.Effect<A, E | E2 | Failure, Self | Exclude<R2, I | IntercomHttp>>
  readonly get: (workspace: string) => Layer.Layer<I | IntercomHttp, E | Failure, Self>
  readonly invalidate: (workspace: string) => Effect.Effect<void, never, Self>
  readonly keys: Effect.Effect<ReadonlyArray<string>, never, Self>
}

const withClient =
  <Self>() =>
  <const Id extends string, I, E, R>(
    id: Id,
    client: Layer.Layer<I, E, R>
  ): WorkspacesClass<Self, Id, I, E, Exclude<R, IntercomHttp>> => {
    const service = Context.Service<Self, Clients<I | IntercomHttp, E>>()(id)
    // Types do not see that what was taken out of a union can be put back.
    const onHttp = client as Layer.Layer<I, E, Exclude<R, IntercomHttp> | IntercomHttp>
    return Object.assign(service, {
      layer: (options: Options = {}) => Layer.fresh(Layer.effect(service, make(onHttp, options, Transport.inProcess))),
      layerShared: (options: Options = {}) =>
        Layer.fresh(
          Layer.effect(
            service,
            Effect.flatMap(RateLimiter.make, (limiter) =>
              make(onHttp, options, (config) =>
                Effect.provideService(Transport.inStore(config), RateLimiter.RateLimiter, limiter)
              )
            )
          )
        ),
      provide:
        (workspace: string) =>
        <A, E2, R2>(effect: Effect.Effect<A, E2, R2>) =>
          service.use(({ provide }) => provide(workspace)(effect)),
      get: (workspace: string) => Layer.unwrap(service.useSync(({ get }) => get(workspace))),
      invalidate: (workspace: string) => service.use(({ invalidate }) => invalidate(workspace)),
      keys: service.use(({ keys }) => keys)
    })
  }

/**
 * A client for each workspace, by names that a `TokenStore` knows. One is made when it is asked for, kept while it is
 * used, and given up when nobody did for a while. All send by one `HttpClient`, and so have its connections in common; what
 * has the same token has one rate limit. No client is built on what belongs to another workspace, whatever layers are
 * fresh or shared.
 *
 * - `provide(workspace)` runs an effect with the client of a workspace.
 * - `get(workspace)` is the client as a layer, for streams (`Stream.provide`). A layer of yours on top of it is `Layer.fresh`,
 *   or the first workspace's is everybody's; better, have it made with the client: `withClient`.
 * - `invalidate(workspace)` forgets a client: do so when another process, or another store, replaced its token; what
 *   `TokenStore` here sets or removes does by itself. An answer 401 does, too, so that the next `provide` looks the token up
 *   again. What failed to be looked up is not kept.
 * - `keys` are the workspaces that have a client now; all there are, `TokenStore` lists.
 * - `layer(options)` counts rate limits in this process, `layerShared(options)` in a `RateLimiterStore` that several share.
 *   Both are fresh: provide one once.
 *
 * Here each workspace has every resource. `withClient` makes a service like this one with a client of your choice: what it
 * does not have costs nothing.
 *
 * @example
 * ```ts
 * import { Contacts, Tags, TokenStore, Workspaces } from "@effect-intercom/core"
 * import { Effect, Layer } from "effect"
 * import { FetchHttpClient } from "effect/http"
 *
 * class Tenants extends Workspaces.withClient<Tenants>()("app/Tenants", Layer.merge(Contacts.layer, Tags.layer)) {}
 *
 * const total = (workspace: string) =>
 *   Contacts.use(({ list }) => list({ per_page: 1 })).pipe(
 *     Effect.map(({ total_count }) => total_count),
 *     Tenants.provide(workspace)
 *   )
 *
 * const program = Effect.forEach(["acme", "globex"], (workspace) => Effect.exit(total(workspace)), { concurrency: 8 }).pipe(
 *   Effect.provide(Tenants.layer({ timeout: "20 seconds" })),
 *   Effect.provide(TokenStore.layerEnv),
 *   Effect.provide(FetchHttpClient.layer)
 * )
 * ```
 */
export class Workspaces extends withClient<Workspaces>()("@effect-intercom/core/Workspaces", Intercom.layerHttp) {
  /**
   * A service of workspaces whose client is a layer on an `IntercomHttp`: of some resources, or of services of yours that
   * are built on them, once for each workspace.
   */
  static readonly withClient = withClient
}
