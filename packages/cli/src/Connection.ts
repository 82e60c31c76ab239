/** Which workspace a command talks to: flags first, then the environment. The token comes from the environment only. */
import * as HttpProxy from "@effect-intercom/core/HttpProxy"
import { Intercom, type Resources } from "@effect-intercom/core/Intercom"
import * as IntercomConfig from "@effect-intercom/core/IntercomConfig"
import { hasCode, IntercomError } from "@effect-intercom/core/IntercomError"
import { IntercomHttp } from "@effect-intercom/core/IntercomHttp"
import { ExportError } from "@effect-intercom/export/ExportError"
import * as Flag from "effect/cli/Flag"
import * as Config from "effect/Config"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { text, whole } from "./internal/Flags.ts"
import * as Network from "./Network.ts"
import { BrokenPipe, resumes } from "./Outcome.ts"
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
    Flag.withDescription("How long one request may take before it is sent again (default: 60)"),
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
  watched(Layer.unwrap(Effect.map(options(flags), Intercom.layer)), Network.proxied)

/** A client over the network, with the traffic it makes. */
export const watched = <A, E, R, E2>(
  client: Layer.Layer<A, E, R | HttpClient.HttpClient>,
  network: Layer.Layer<HttpClient.HttpClient, E2>
): Layer.Layer<A | Traffic, E | E2, Exclude<R, HttpClient.HttpClient | Traffic>> =>
  client.pipe(Layer.provideMerge(Traffic.layer), Layer.provide(network))

/** The way to the API in words, where it is through a proxy. */
export const proxy: Effect.Effect<string | undefined, Config.ConfigError, IntercomHttp> = Effect.gen(function* () {
  const { config } = yield* IntercomHttp
  return HttpProxy.describe(yield* HttpProxy.config, config.baseUrl)
})

/** The API does not take the token. */
export class Refused extends Schema.TaggedError<Refused>()("Refused", {
  baseUrl: Schema.String,
  error: IntercomError,
  /** Whether what was exported before is there to resume from. */
  kept: Schema.Boolean
}) {
  override get message(): string {
    return this.kept ? `${this.remedy} ${resumes}` : this.remedy
  }

  private get remedy(): string {
    const asked = new URL(this.baseUrl).host
    const refused = `${asked} refused the access token (${says(this.error)}).`
    const others = Object.entries(IntercomConfig.regions).filter(([, address]) => new URL(address).host !== asked)
    if (others.length === Object.keys(IntercomConfig.regions).length) {
      return (
        `${refused} That address is the one of --base-url or INTERCOM_BASE_URL, and none of Intercom's own: put a token ` +
        "that it takes into INTERCOM_ACCESS_TOKEN (a simulator prints its own), or ask Intercom itself, with --region."
      )
    }
    const regions = others.map(([region]) => `--region ${region}`)
    return (
      `${refused} It is the token of a workspace in another region (try ${regions.join(" or ")}), or it was revoked or ` +
      "mistyped: take a new one from Intercom's Developer Hub into INTERCOM_ACCESS_TOKEN."
    )
  }
}

/** What answers is not the API: that always tells whose token it is. */
export class NotTheApi extends Schema.TaggedError<NotTheApi>()("NotTheApi", {
  baseUrl: Schema.String,
  error: IntercomError
}) {
  override get message(): string {
    return (
      `${this.baseUrl} is not where Intercom's API is: it knows no ${this.error.path} (${says(this.error)}). Correct the ` +
      "path of --base-url or INTERCOM_BASE_URL, or leave both out and name a --region."
    )
  }
}

/** The connection failed on its way through a proxy. */
export class ProxyFailed extends Schema.TaggedError<ProxyFailed>()("ProxyFailed", {
  /** Without user and password. */
  proxy: Schema.String,
  host: Schema.String,
  description: Schema.String
}) {
  override get message(): string {
    const [, status] = /\((\d{3})\)/.exec(this.description) ?? []
    const failed = `The connection to ${this.host} failed (${this.description}). It goes through the proxy ${this.proxy}, of HTTPS_PROXY, HTTP_PROXY or ALL_PROXY`
    if (status === "407") return `${failed}, which wants a user and password: write http://USER:PASSWORD@HOST:PORT.`
    if (status !== undefined) return `${failed}, which refuses it: ask whoever runs it, or name the host in NO_PROXY.`
    return `${failed}: check that address, or name the host in NO_PROXY.`
  }
}

const says = ({ reason }: IntercomError): string => {
  if (!("status" in reason) || !("errors" in reason)) return reason._tag
  const codes = reason.errors.map(({ code, message }) => (message === undefined ? code : `${code}: ${message}`))
  const id = reason.requestId === undefined ? [] : [`request ${reason.requestId}`]
  return [`HTTP ${reason.status}`, ...codes, ...id].join(", ")
}

/** Another program reads the companies of the workspace, and did not end in time. */
export class ScrollTaken extends Schema.TaggedError<ScrollTaken>()("ScrollTaken", {}) {
  override get message(): string {
    return (
      "Another scroll over the companies of this workspace is open, and did not end within ten minutes. Stop the program " +
      "that reads them, or wait for it, and run the same command again: what was written is kept."
    )
  }
}

/** The failed request behind an error. */
const requestOf = (error: unknown): IntercomError | undefined => {
  if (error instanceof IntercomError) return error
  if (error instanceof BrokenPipe) return requestOf(error.error)
  return error instanceof ExportError && error.reason._tag === "RequestFailed" ? error.reason.error : undefined
}

/** Whether it ended an export that the same command resumes. */
const isKept = (error: unknown): boolean => error instanceof ExportError && error.resumable && error.kept === true

/** What is known of a failure here and not where it happened: which address refused a token, which way it went. */
const explanation = Effect.fnUntraced(function* (error: unknown) {
  const { config } = yield* IntercomHttp
  const failed = requestOf(error)
  if (failed?.reason._tag === "Unauthorized")
    return new Refused({ baseUrl: config.baseUrl.href, error: failed, kept: isKept(error) })
  if (failed?.reason._tag === "NotFound" && failed.path === "/me")
    return new NotTheApi({ baseUrl: config.baseUrl.href, error: failed })
  if (failed !== undefined && hasCode(failed, "scroll_exists")) return new ScrollTaken()
  if (failed?.reason._tag !== "TransportError") return undefined
  const way = yield* Effect.orElseSucceed(proxy, () => undefined)
  if (way === undefined) return undefined
  return new ProxyFailed({ proxy: way, host: config.baseUrl.host, description: failed.reason.description })
})

type Explained = NotTheApi | ProxyFailed | Refused | ScrollTaken

/** Says of a refused token which address refused it, and of a failed connection which proxy it went through. */
export const explained = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | Explained, R | IntercomHttp> =>
  effect.pipe(
    Effect.catch((error) =>
      Effect.flatMap(explanation(error), (better): Effect.Effect<never, E | Explained> => Effect.fail(better ?? error))
    )
  )
