/** Every resource in one service. */
import type * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import type * as IntercomConfig from "./IntercomConfig.ts"
import { IntercomHttp } from "./IntercomHttp.ts"
import { Admins } from "./resources/Admins.ts"
import { Articles } from "./resources/Articles.ts"
import { Companies } from "./resources/Companies.ts"
import { Contacts } from "./resources/Contacts.ts"
import { Conversations } from "./resources/Conversations.ts"
import { Events } from "./resources/Events.ts"
import { Messages } from "./resources/Messages.ts"
import { News } from "./resources/News.ts"
import { Segments } from "./resources/Segments.ts"
import { Tags } from "./resources/Tags.ts"
import { Teams } from "./resources/Teams.ts"

const resources = Layer.mergeAll(
  Admins.layer,
  Contacts.layer,
  Companies.layer,
  Conversations.layer,
  Articles.layer,
  Segments.layer,
  Messages.layer,
  Events.layer,
  News.layer,
  Tags.layer,
  Teams.layer
)

/** The resource services that {@link Intercom} gathers; its layers provide each by itself, too. */
export type Resources =
  | Admins
  | Contacts
  | Companies
  | Conversations
  | Articles
  | Segments
  | Messages
  | Events
  | News
  | Tags
  | Teams

/**
 * Every resource in one service.
 *
 * - `layer` takes its configuration from options, `layerConfig` from the environment; both need an `HttpClient`, and
 *   provide `IntercomHttp` and each resource service as well.
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
 * }).pipe(Effect.provide(Intercom.layerConfig), Effect.provide(FetchHttpClient.layer))
 * ```
 */
export class Intercom extends Context.Service<Intercom>()("@effect-intercom/core/Intercom", {
  make: Effect.all({
    admins: Admins,
    contacts: Contacts,
    companies: Companies,
    conversations: Conversations,
    articles: Articles,
    segments: Segments,
    messages: Messages,
    events: Events,
    news: News,
    tags: Tags,
    teams: Teams
  })
}) {
  static readonly layerHttp: Layer.Layer<Intercom | Resources, never, IntercomHttp> = Layer.effect(
    this,
    this.make
  ).pipe(Layer.provideMerge(resources), Layer.fresh)

  static readonly layer = (
    options: IntercomConfig.Options
  ): Layer.Layer<Intercom | Resources | IntercomHttp, Config.ConfigError, HttpClient.HttpClient> =>
    Layer.provideMerge(this.layerHttp, IntercomHttp.layer(options))

  static readonly layerConfig: Layer.Layer<
    Intercom | Resources | IntercomHttp,
    Config.ConfigError,
    HttpClient.HttpClient
  > = Layer.fresh(Layer.provideMerge(this.layerHttp, IntercomHttp.layerConfig))
}
