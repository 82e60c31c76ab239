/** Which workspace a command talks to: flags first, then the environment. The token comes from the environment only. */
import { Intercom, type Resources } from "@effect-intercom/core/Intercom"
import * as IntercomConfig from "@effect-intercom/core/IntercomConfig"
import { IntercomError } from "@effect-intercom/core/IntercomError"
import { IntercomHttp } from "@effect-intercom/core/IntercomHttp"
import { ExportError } from "@effect-intercom/export/ExportError"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Flag from "effect/cli/Flag"
import * as Config from "effect/Config"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Bodies from "./Bodies.ts"
import { text, whole } from "./internal/Flags.ts"
import { BrokenPipe } from "./Outcome.ts"
import { Traffic } from "./Traffic.ts"

/** The flags every command that calls the API has. */
export const flags = {
  region: Flag.Literals("region", ["us", "eu", "au"]).pipe(
    Flag.withDescription("Where the workspace is; else INTERCOM_REGION, else us"),
    Flag.optional
  ),
  baseUrl: text("base-url", "an address such as http://127.0.0.1:4010").pipe(
    Flag.withDescription("Another address of the API, such as a simulator's; else INTERCOM_BASE_URL"),
    Flag.optional
  ),
  apiVersion: text("api-version", "a version of the API such as 2.15").pipe(
    Flag.withDescription("The version of the API to ask for; else INTERCOM_VERSION, else 2.15"),
    Flag.optional
  ),
  timeout: whole("timeout", 1, 86_400).pipe(
    Flag.withMetavar("SECONDS"),
    Flag.withDescription("How long one request may take before it is sent again; 60 when left out"),
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

/** What is wrong with a combination of them. */
export const mistake = ({ baseUrl, region }: Pick<Flags, "baseUrl" | "region">): string | undefined =>
  Option.isSome(region) && Option.isSome(baseUrl)
    ? "--region and --base-url exclude each other: each says where the API is"
    : undefined

/** The configuration: the environment's, where no flag says otherwise. A region given by flag beats any address. */
export const options = (flags: Flags): Config.Config<IntercomConfig.Options> =>
  Config.map(IntercomConfig.config, (environment) => ({
    ...environment,
    region: Option.getOrElse(flags.region, () => environment.region),
    baseUrl: Option.getOrElse(flags.baseUrl, () => (Option.isSome(flags.region) ? undefined : environment.baseUrl)),
    version: Option.getOrElse(flags.apiVersion, () => environment.version),
    timeout: Option.getOrUndefined(Option.map(flags.timeout, Duration.seconds))
  }))

/** The client, watched. */
export const layer = (flags: Flags): Layer.Layer<Intercom | Resources | IntercomHttp | Traffic, Config.ConfigError> =>
  watched(Layer.unwrap(Effect.map(options(flags), Intercom.layer)))

/** A client over the network, with the traffic it makes. */
export const watched = <A, E, R>(
  client: Layer.Layer<A, E, R | HttpClient.HttpClient>
): Layer.Layer<A | Traffic, E, Exclude<R, HttpClient.HttpClient | Traffic>> =>
  client.pipe(Layer.provideMerge(Traffic.layer), Layer.provide(Bodies.layer), Layer.provide(NodeHttpClient.layerUndici))

/** The API does not take the token. */
export class Refused extends Schema.TaggedError<Refused>()("Refused", {
  baseUrl: Schema.String,
  error: IntercomError
}) {
  override get message(): string {
    const { baseUrl, error } = this
    const asked = new URL(baseUrl).host
    const others = Object.entries(IntercomConfig.regions)
      .filter(([, address]) => new URL(address).host !== asked)
      .map(([region]) => `--region ${region}`)
    return (
      `${asked} refused the access token (${says(error)}). It is the token of a workspace in another region ` +
      `(try ${others.slice(0, -1).join(", ")} or ${others.at(-1) ?? ""}), or it was revoked or mistyped: ` +
      "take it anew from Intercom's Developer Hub into INTERCOM_ACCESS_TOKEN."
    )
  }
}

const says = ({ reason }: IntercomError): string => {
  if (!("status" in reason) || !("errors" in reason)) return reason._tag
  const codes = reason.errors.map(({ code, message }) => (message === undefined ? code : `${code}: ${message}`))
  const id = reason.requestId === undefined ? [] : [`request ${reason.requestId}`]
  return [`HTTP ${reason.status}`, ...codes, ...id].join(", ")
}

const unauthorized = (error: unknown): IntercomError | undefined => {
  if (error instanceof IntercomError) return error.reason._tag === "Unauthorized" ? error : undefined
  if (error instanceof BrokenPipe) return unauthorized(error.error)
  return error instanceof ExportError && error.reason._tag === "RequestFailed"
    ? unauthorized(error.reason.error)
    : undefined
}

/** Says of a refused token which address refused it, and where else it may belong. */
export const explained = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | Refused, R | IntercomHttp> =>
  effect.pipe(
    Effect.catch((error) =>
      Effect.flatMap(IntercomHttp, ({ config }): Effect.Effect<never, E | Refused> => {
        const refusal = unauthorized(error)
        return Effect.fail(
          refusal === undefined ? error : new Refused({ baseUrl: config.baseUrl.href, error: refusal })
        )
      })
    )
  )
