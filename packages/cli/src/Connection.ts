/** Which workspace a command talks to: flags first, then the environment. The token comes from the environment only. */
import { Intercom, type Resources } from "@effect-intercom/core/Intercom"
import * as IntercomConfig from "@effect-intercom/core/IntercomConfig"
import type { IntercomHttp } from "@effect-intercom/core/IntercomHttp"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Flag from "effect/cli/Flag"
import * as Config from "effect/Config"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

/** The flags every command that calls the API has. */
export const flags = {
  region: Flag.Literals("region", ["us", "eu", "au"]).pipe(
    Flag.withDescription("Where the workspace is; else INTERCOM_REGION, else us"),
    Flag.optional
  ),
  baseUrl: Flag.String("base-url").pipe(
    Flag.withDescription("Another address of the API, such as a simulator's; else INTERCOM_BASE_URL"),
    Flag.optional
  ),
  apiVersion: Flag.String("api-version").pipe(
    Flag.withDescription("The version of the API to ask for; else INTERCOM_VERSION, else 2.15"),
    Flag.optional
  ),
  timeout: Flag.Int("timeout").pipe(
    Flag.withDescription("Seconds one request may take before it is sent again; 60 when left out"),
    Flag.filter(
      (seconds) => seconds > 0,
      () => "--timeout takes at least one second"
    ),
    Flag.optional
  )
}

/** Their values. */
export interface Flags {
  readonly region: Option.Option<IntercomConfig.Region>
  readonly baseUrl: Option.Option<string>
  readonly apiVersion: Option.Option<string>
  readonly timeout: Option.Option<number>
}

/** The configuration: the environment's, where no flag says otherwise. A region given by flag beats any address. */
export const options = (flags: Flags): Config.Config<IntercomConfig.Options> =>
  Config.map(IntercomConfig.config, (environment) => ({
    ...environment,
    region: Option.getOrElse(flags.region, () => environment.region),
    baseUrl: Option.getOrElse(flags.baseUrl, () => (Option.isSome(flags.region) ? undefined : environment.baseUrl)),
    version: Option.getOrElse(flags.apiVersion, () => environment.version),
    timeout: Option.getOrUndefined(Option.map(flags.timeout, Duration.seconds))
  }))

/** The client. */
export const layer = (flags: Flags): Layer.Layer<Intercom | Resources | IntercomHttp, Config.ConfigError> =>
  Layer.unwrap(Effect.map(options(flags), Intercom.layer)).pipe(Layer.provide(NodeHttpClient.layerUndici))
