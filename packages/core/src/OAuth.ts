/** How an app of yours is installed in the workspaces of others: the code flow of OAuth, as Intercom has it. */
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Mac from "effect/crypto/Mac"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { IntercomError } from "./IntercomError.ts"
import * as IntercomConfig from "./IntercomConfig.ts"
import * as Body from "./internal/Body.ts"
import { OAuthError } from "./internal/OAuthError.ts"
import * as Patience from "./internal/Patience.ts"
import { type Scrub, scrubber } from "./internal/Scrub.ts"
import * as Settings from "./internal/Settings.ts"
import * as Stage from "./internal/Stage.ts"
import * as Transport from "./internal/Transport.ts"
import { systemError } from "./internal/TransportCode.ts"
import { Admins, type CurrentAdmin } from "./resources/Admins.ts"
import type { Credentials } from "./TokenStore.ts"

export { OAuthError } from "./internal/OAuthError.ts"

/** Where each region's authorize page is. */
const apps = {
  us: "https://app.intercom.com",
  eu: "https://app.eu.intercom.com",
  au: "https://app.au.intercom.com"
} as const

export interface OAuthOptions {
  /** Developer Hub, Basic information. */
  readonly clientId: string
  /** Developer Hub, Basic information; what notifications are signed with, too. */
  readonly clientSecret: Redacted.Redacted
  /** Where the person is sent back to: one of the redirect URLs of the app; the first of them when left out. */
  readonly redirectUri?: string | undefined
  /**
   * The region of the workspaces; `authorizeUrl` can name another one.
   *
   * @default "us"
   */
  readonly region?: IntercomConfig.Region | undefined
  /** Instead of the region's `https://app.intercom.com`: a simulator. */
  readonly appUrl?: string | undefined
  /** Instead of the region's `https://api.intercom.io`: a proxy, a simulator. */
  readonly baseUrl?: string | undefined
  /** Where tokens are asked for, if not at `/auth/eagle/token` of the region's API. */
  readonly tokenUrl?: string | undefined
  /**
   * For the request for a token, until the last byte of its answer.
   *
   * @default "30 seconds"
   */
  readonly timeout?: Duration.Input | undefined
}

/** An installation that began. */
export interface BegunInstallation {
  /** Where to send the person. */
  readonly url: URL
  /** What to keep in the person's session until the callback: a cookie that is `HttpOnly`, `Secure` and `SameSite=Lax`, say. */
  readonly state: string
}

/** An app that was installed. */
export interface Installation {
  /** The id of the workspace (`app.id_code`), as notifications have it in `app_id`. */
  readonly workspace: string
  /** What to store: the token, and where it is good. */
  readonly credentials: Credentials
  /** Who installed it. Do not take it for a login unless `email_verified` is true. */
  readonly me: CurrentAdmin
}

const Id = Schema.String.check(
  Schema.isPattern(/^[\x21-\x7e]+$/, { expected: "the client id of the app: visible ASCII characters, no spaces" })
)
const secretExpected = "the client secret of the app: visible ASCII characters, no spaces"
const isSecret = (value: unknown): boolean => typeof value === "string" && /^[\x21-\x7e]+$/.test(value)
const Secret = Schema.declare(
  (input): input is Redacted.Redacted => Redacted.isRedacted(input) && isSecret(Redacted.value(input)),
  { expected: `${secretExpected}, in a Redacted` }
)
const Checked = Schema.Struct({
  clientId: Id,
  clientSecret: Secret,
  redirectUri: Schema.optional(
    Schema.String.check(
      Schema.makeFilter((text) => URL.parse(text)?.hash === "" && /^https?:/.test(text), {
        expected: "an http or https URL without a fragment, as the Developer Hub has it"
      })
    )
  ),
  region: Schema.optional(Settings.RegionName),
  appUrl: Schema.optional(Settings.BaseUrl),
  baseUrl: Schema.optional(Settings.BaseUrl),
  tokenUrl: Schema.optional(Settings.BaseUrl),
  timeout: Schema.optional(Patience.Span)
})
const check = Schema.decodeUnknownEffect(Checked, { errors: "all" })

/** Both are the same. */
const tokens = ["access_token", "token"] as const
const decodeAnswer = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown)))
const isToken = Schema.is(Settings.Token)

const tokenOf = (text: string): string | undefined => {
  const answer = Option.getOrUndefined(decodeAnswer(text))
  return tokens.map((name) => answer?.[name]).find(isToken)
}

const maxAnswerSize = 1_000_000

const utf8 = new TextEncoder()
const isSame = (a: string, b: string): boolean => Mac.timingSafeEqual(utf8.encode(a), utf8.encode(b))

const isRegion = Schema.is(Settings.RegionName)

/** A state says for which region it is, as the callback does not. */
const regionOf = (state: string | undefined): IntercomConfig.Region | undefined => {
  const region = state?.split(".")[1]
  return isRegion(region) ? region : undefined
}

/** An address below another. */
const below = (base: string, path: string): URL => new URL(`${base.replace(/\/$/, "")}${path}`)

const problemOf = (status: number): OAuthError["problem"] => {
  if (status === 401) return "code"
  if (status === 408 || status === 429 || status >= 500) return "unavailable"
  return status >= 400 ? "refused" : "answer"
}

const make = Effect.fnUntraced(function* (options: OAuthOptions) {
  const checked = yield* Effect.mapError(check(options), (error) => new Config.ConfigError(error))
  const { appUrl, baseUrl, clientId, clientSecret, redirectUri, region: usual = "us", tokenUrl } = checked
  const transport = yield* HttpClient.HttpClient
  const random = yield* SecureRandom.SecureRandom
  const http = transport.pipe(
    Stage.readBody(maxAnswerSize),
    Stage.timeOut(Duration.fromInputUnsafe(checked.timeout ?? "30 seconds")),
    // They would take the secret with them.
    Stage.refuseRedirects,
    Stage.leaveNoSpan
  )

  const authorizeUrl = Effect.fnUntraced(function* ({
    region = usual
  }: { readonly region?: IntercomConfig.Region } = {}) {
    const state = `${Base64Url.encode(yield* random.randomBytes(32))}.${region}`
    const url = below(appUrl ?? apps[region], "/oauth")
    url.searchParams.set("client_id", clientId)
    url.searchParams.set("state", state)
    if (redirectUri !== undefined) url.searchParams.set("redirect_uri", redirectUri)
    return { url, state }
  })

  /** The code of a callback, if it is that of the session. */
  const codeOf = Effect.fnUntraced(function* (callback: URL | string, state: string | undefined) {
    const query = URL.parse(callback, "http://localhost")?.searchParams ?? new URLSearchParams()
    const given = query.get("state")
    if (given === null || state === undefined || state === "" || !isSame(given, state)) {
      return yield* new OAuthError({ problem: "state" })
    }
    const code = query.get("code") ?? ""
    if (code !== "") {
      // It may be base64, whose plus signs a query has for spaces.
      return code.replaceAll(" ", "+")
    }
    const description = (query.get("error") ?? "the callback has no code").slice(0, 200)
    return yield* new OAuthError({ problem: "denied", description })
  })

  const scrubSecret = scrubber(Redacted.value(clientSecret))
  /** Why there is no answer: the system's code, or what else is known, free of secrets. */
  const whyOf = ({ reason }: HttpClientError.HttpClientError, scrubCode: Scrub): string => {
    const { code, message } = systemError(reason.cause)
    return scrubCode(scrubSecret(code ?? (message || reason.description || reason._tag)), 200)
  }

  const ask = (code: string, region: IntercomConfig.Region) =>
    http
      .execute(
        HttpClientRequest.post(tokenUrl ?? below(baseUrl ?? IntercomConfig.regions[region], "/auth/eagle/token")).pipe(
          HttpClientRequest.acceptJson,
          HttpClientRequest.setHeader("User-Agent", IntercomConfig.defaultUserAgent),
          HttpClientRequest.bodyUrlParams({
            code,
            client_id: clientId,
            client_secret: Redacted.value(clientSecret)
          })
        )
      )
      .pipe(
        Effect.map((response) => ({ status: response.status, text: Body.of(response).text })),
        Effect.mapError(
          (error) =>
            new OAuthError({
              problem: error._tag === "BodyTooLargeError" ? "answer" : "unavailable",
              description: error._tag === "HttpClientError" ? whyOf(error, scrubber(code)) : error._tag
            })
        )
      )

  const exchange = Effect.fn("OAuth.exchange")(function* (callback: URL | string, state: string | undefined) {
    const code = yield* codeOf(callback, state)
    const { status, text } = yield* ask(code, regionOf(state) ?? usual)
    if (status !== 200) return yield* new OAuthError({ problem: problemOf(status), status })
    const token = tokenOf(text)
    if (token === undefined) return yield* new OAuthError({ problem: "answer", status, description: "it has no token" })
    return Redacted.make(token, { label: "access token" })
  })

  const install = Effect.fn("OAuth.install")(function* (callback: URL | string, state: string | undefined) {
    const accessToken = yield* exchange(callback, state)
    const asked = regionOf(state) ?? usual
    // Its options were checked already.
    const config = yield* Effect.orDie(IntercomConfig.make({ accessToken, region: asked, baseUrl }))
    const client = yield* Effect.provideService(
      Transport.make(config, {}, Transport.inProcess(config)),
      HttpClient.HttpClient,
      transport
    )
    const me = yield* Admins.make(client)
      .me()
      .pipe(
        Effect.catchIf(
          ({ reason }) => reason._tag === "Unauthorized",
          () => Effect.fail(new OAuthError({ problem: "workspace", status: 401 }))
        )
      )
    const { app } = me
    if (typeof app?.id_code !== "string") {
      return yield* new OAuthError({ problem: "workspace", description: "GET /me has no app" })
    }
    const region = app.region?.toLowerCase()
    const where = baseUrl === undefined ? { region: isRegion(region) ? region : asked } : { baseUrl }
    return { workspace: app.id_code, credentials: { accessToken, ...where }, me }
  })

  return OAuth.of({ authorizeUrl, exchange, install })
}, Effect.provide(SecureRandom.layerWebCrypto))

/** What is a variable of the environment. */
const environment: Config.Config<OAuthOptions> = Config.all({
  clientId: Config.schema(Id, "INTERCOM_CLIENT_ID"),
  // Several, while one replaces another, are for signatures.
  clientSecret: Config.map(Config.schema(Schema.Redacted(Schema.String), "INTERCOM_CLIENT_SECRET"), (secrets) =>
    Redacted.make(Redacted.value(secrets).split(",", 1).join().trim())
  ),
  redirectUri: Config.withDefault(Config.String("INTERCOM_REDIRECT_URI"), undefined),
  region: Config.withDefault(Config.schema(Settings.RegionName, "INTERCOM_REGION"), undefined),
  appUrl: Config.withDefault(Config.schema(Settings.BaseUrl, "INTERCOM_APP_URL"), undefined),
  baseUrl: Config.withDefault(Config.schema(Settings.BaseUrl, "INTERCOM_BASE_URL"), undefined)
})

/**
 * Installs an app of yours in workspaces of others. Intercom has no scopes to ask for (permissions are the app's), and no
 * tokens to refresh: they are good until the app is uninstalled.
 *
 * - `authorizeUrl({ region })` begins: it gives the address to send the person to, and the state to keep in their session.
 * - `exchange(callback, state)` ends it: it compares the state of the callback with that of the session, in constant time,
 *   and trades the code for a token. A code works once.
 * - `install(callback, state)` does so and asks whose the token is, and in which region: what to store.
 *
 * `layer` takes its options, `layerConfig` configurations of them, `layerEnv` the variables `INTERCOM_CLIENT_ID`,
 * `INTERCOM_CLIENT_SECRET`, `INTERCOM_REDIRECT_URI` and `INTERCOM_REGION`, and, for a simulator, `INTERCOM_APP_URL` and
 * `INTERCOM_BASE_URL`.
 *
 * @example
 * ```ts
 * import { OAuth, TokenStore } from "@effect-intercom/core"
 * import { Effect } from "effect"
 *
 * const begin = OAuth.use(({ authorizeUrl }) => authorizeUrl({ region: "eu" }))
 *
 * // With the URL of the callback, and the state of the person's session.
 * const end = Effect.fn("end")(function* (callback: URL, state: string | undefined) {
 *   const oauth = yield* OAuth
 *   const { credentials, workspace } = yield* oauth.install(callback, state)
 *   yield* TokenStore.use((tokens) => tokens.set(workspace, credentials))
 *   return workspace
 * })
 * ```
 */
export class OAuth extends Context.Service<
  OAuth,
  {
    readonly authorizeUrl: (options?: {
      /** Of the person's workspace. */
      readonly region?: IntercomConfig.Region
    }) => Effect.Effect<BegunInstallation>
    /** The callback is its URL, or as much as a server knows of it: `/callback?code=…&state=…`. */
    readonly exchange: (
      callback: URL | string,
      state: string | undefined
    ) => Effect.Effect<Redacted.Redacted, OAuthError>
    readonly install: (
      callback: URL | string,
      state: string | undefined
    ) => Effect.Effect<Installation, OAuthError | IntercomError>
  }
>()("@effect-intercom/core/OAuth") {
  static readonly layer = (options: OAuthOptions): Layer.Layer<OAuth, Config.ConfigError, HttpClient.HttpClient> =>
    Layer.effect(OAuth, make(options))

  static readonly layerConfig = (
    options: Config.Wrap<OAuthOptions>
  ): Layer.Layer<OAuth, Config.ConfigError, HttpClient.HttpClient> =>
    Layer.fresh(
      Layer.effect(
        OAuth,
        Effect.flatMap(Config.unwrap(options), (options) => make(options))
      )
    )

  static readonly layerEnv: Layer.Layer<OAuth, Config.ConfigError, HttpClient.HttpClient> =
    OAuth.layerConfig(environment)
}
