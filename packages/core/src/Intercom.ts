/** Every resource in one service. */
import type * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import type * as IntercomConfig from "./IntercomConfig.ts"
import { IntercomHttp } from "./IntercomHttp.ts"
import { resources } from "./resources/index.ts"

type All = typeof resources

/** The resource services that {@link Intercom} gathers; its layers provide each by itself, too. */
export type Resources = { readonly [Name in keyof All]: Context.Service.Identifier<All[Name]> }[keyof All]

/** One service with a field for each resource: `intercom.contacts` is the service `Contacts`. */
export type Services = { readonly [Name in keyof All]: Context.Service.Shape<All[Name]> }

/**
 * Every resource in one service.
 *
 * - `layer` takes its configuration from options, `layerConfig` from options that are configurations, `layerEnv` from the
 *   environment; they need an `HttpClient`, and provide `IntercomHttp` and each resource service as well.
 * - `layerHttp` is the same on an `IntercomHttp` of yours (`IntercomHttp.layerShared`, say).
 *
 * Layers are shared by reference in Effect, and these hold a token: each is fresh, so that a client that is built inside
 * another's scope never sends the other's token. What is provided twice is built twice; provide it once to share it.
 *
 * A program that needs one resource pulls in less with that resource's own layer.
 *
 * @example
 * ```ts
 * import { Intercom } from "@effect-intercom/core"
 * import { Effect, Stream } from "effect"
 * import { FetchHttpClient } from "effect/http"
 *
 * const program = Effect.gen(function* () {
 *   const intercom = yield* Intercom
 *   const me = yield* intercom.admins.me()
 *   const open = yield* intercom.conversations.list.items({ per_page: 150 }).pipe(
 *     Stream.filter((conversation) => conversation.state === "open"),
 *     Stream.runCount
 *   )
 *   return { workspace: me.app?.name, open }
 * }).pipe(Effect.provide(Intercom.layerEnv), Effect.provide(FetchHttpClient.layer))
 * ```
 */
export class Intercom extends Context.Service<Intercom, Services>()("@effect-intercom/core/Intercom") {
  static readonly layerHttp: Layer.Layer<Intercom | Resources, never, IntercomHttp> = Layer.fresh(
    Layer.effectContext(
      Effect.map(IntercomHttp, (http) => {
        const made = Object.entries(resources).map(([name, { key, make }]) => [name, key, make(http)] as const)
        const services = new Map<string, unknown>(made.map(([, key, service]) => [key, service]))
        // Each service is that of its resource, under its name and under its key.
        services.set(this.key, Object.fromEntries(made.map(([name, , service]) => [name, service])))
        return Context.makeUnsafe<Intercom | Resources>(services)
      })
    )
  )

  static readonly layer = (
    options: IntercomConfig.Options
  ): Layer.Layer<Intercom | Resources | IntercomHttp, Config.ConfigError, HttpClient.HttpClient> =>
    Layer.provideMerge(this.layerHttp, IntercomHttp.layer(options))

  static readonly layerConfig = (
    options: Config.Wrap<IntercomConfig.Options>
  ): Layer.Layer<Intercom | Resources | IntercomHttp, Config.ConfigError, HttpClient.HttpClient> =>
    Layer.fresh(Layer.provideMerge(this.layerHttp, IntercomHttp.layerConfig(options)))

  static readonly layerEnv: Layer.Layer<
    Intercom | Resources | IntercomHttp,
    Config.ConfigError,
    HttpClient.HttpClient
  > = Layer.fresh(Layer.provideMerge(this.layerHttp, IntercomHttp.layerEnv))
}
