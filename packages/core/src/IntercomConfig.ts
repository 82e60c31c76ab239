/** What a client needs to know: whose workspace, which version, how patient. */
import * as Config from "effect/Config"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Predicate from "effect/Predicate"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Patience from "./internal/Patience.ts"
import { AccessToken, BaseUrl, RedactedToken, RegionName, UserAgent, Version } from "./internal/Settings.ts"
import { version as packageVersion } from "./internal/Version.ts"

/** Where each region's API answers. A token works in its own region only. */
export const regions = {
  us: "https://api.intercom.io",
  eu: "https://api.eu.intercom.io",
  au: "https://api.au.intercom.io"
} as const

export type Region = keyof typeof regions

/** The version of the API this client's schemas describe. */
export const defaultVersion = "2.15"

/** How often, how long and how far apart a request is repeated. */
export interface RetryPolicy {
  /**
   * Repetitions after the first attempt.
   *
   * @default 5
   */
  readonly times: number
  /**
   * The longest first delay; it doubles with each attempt, and the wait is a random part of it.
   *
   * @default "500 millis"
   */
  readonly base: Duration.Input
  /**
   * The longest delay, but for what `Retry-After` and `X-RateLimit-Reset` ask.
   *
   * @default "20 seconds"
   */
  readonly cap: Duration.Input
  /**
   * No attempt starts later than this after the first left; longer waits the API asks for fail at once.
   *
   * @default "5 minutes"
   */
  readonly total: Duration.Input
}

export const defaultRetry: RetryPolicy = { times: 5, base: "500 millis", cap: "20 seconds", total: "5 minutes" }

/** The `User-Agent` of this client. */
export const defaultUserAgent = `effect-intercom/${packageVersion}`

// Pages and their workers; Node, Deno and Bun name themselves.
const isBrowser = (): boolean => globalThis.navigator?.userAgent?.startsWith("Mozilla/") === true

export interface Options {
  /** An access token, from the Developer Hub or OAuth. */
  readonly accessToken: Redacted.Redacted
  /**
   * The region of the workspace.
   *
   * @default "us"
   */
  readonly region?: Region | undefined
  /** Instead of a region: a proxy, a mock, a simulator. */
  readonly baseUrl?: string | undefined
  /**
   * The `Intercom-Version` to send.
   *
   * @default "2.15"
   */
  readonly version?: string | undefined
  /**
   * The `User-Agent` to send; by default `effect-intercom/VERSION`, and in browsers their own: the server would have to
   * allow another one (CORS).
   */
  readonly userAgent?: string | undefined
  /**
   * For one attempt, until the last byte of the body.
   *
   * @default "60 seconds"
   */
  readonly timeout?: Duration.Input | undefined
  readonly retry?: Partial<RetryPolicy> | undefined
  /**
   * The most bytes a body may have, as they come or unpacked.
   *
   * @default 104_857_600 (100 MiB)
   */
  readonly maxBodySize?: number | undefined
  /**
   * The first guess of what the app may send, until the API's headers tell.
   *
   * @default { limit: 1000, window: "10 seconds" }
   */
  readonly rateLimit?: { readonly limit: number; readonly window: Duration.Input } | undefined
  /**
   * Changes the `HttpClient` this client sends by: what it does happens to each attempt, with everything that goes with it
   * (the token, too).
   */
  readonly transformClient?: ((client: HttpClient.HttpClient) => HttpClient.HttpClient) | undefined
}

/** {@link Options} with every default filled in. */
export interface IntercomConfig {
  readonly accessToken: Redacted.Redacted
  readonly baseUrl: URL
  readonly version: string
  /** `undefined` in browsers, which send their own. */
  readonly userAgent: string | undefined
  readonly timeout: Duration.Duration
  readonly retry: RetryPolicy
  /** In bytes. */
  readonly maxBodySize: number
  readonly rateLimit: { readonly limit: number; readonly window: Duration.Duration }
}

const Checked = Schema.Struct({
  accessToken: RedactedToken,
  region: Schema.optional(RegionName),
  baseUrl: Schema.optional(BaseUrl),
  version: Schema.optional(Version),
  userAgent: Schema.optional(UserAgent),
  timeout: Schema.optional(Patience.Span),
  retry: Schema.optional(Patience.Retry),
  maxBodySize: Schema.optional(Patience.Count(1)),
  rateLimit: Schema.optional(Schema.Struct({ limit: Patience.Count(1), window: Patience.Span })),
  transformClient: Schema.optional(Schema.declare(Predicate.isFunction, { expected: "a function" }))
})
const check = Schema.decodeUnknownEffect(Checked, { errors: "all" })

/** Checks the options and fills in the defaults. The error names the option; it never shows the token. */
export const make = Effect.fnUntraced(function* (options: Options) {
  const checked = yield* check(options).pipe(Effect.mapError((error) => new Config.ConfigError(error)))
  return {
    accessToken: checked.accessToken,
    baseUrl: new URL(checked.baseUrl ?? regions[checked.region ?? "us"]),
    version: checked.version ?? defaultVersion,
    userAgent: checked.userAgent ?? (isBrowser() ? undefined : defaultUserAgent),
    timeout: Duration.fromInputUnsafe(checked.timeout ?? "60 seconds"),
    retry: Patience.merged(defaultRetry, checked.retry ?? {}),
    maxBodySize: Math.floor(checked.maxBodySize ?? 104_857_600),
    rateLimit: {
      limit: checked.rateLimit?.limit ?? 1000,
      window: Duration.fromInputUnsafe(checked.rateLimit?.window ?? "10 seconds")
    }
  } satisfies IntercomConfig
})

/**
 * The options from the environment: `INTERCOM_ACCESS_TOKEN` (required), `INTERCOM_REGION` (`us`, `eu` or `au`; `us`
 * when unset), `INTERCOM_BASE_URL` (wins over the region), `INTERCOM_VERSION` (2.15 when unset) and
 * `INTERCOM_USER_AGENT` (`effect-intercom/VERSION` when unset); an empty one counts as unset. A missing or malformed one fails with an error that names the variable.
 */
export const config: Config.Config<Options> = Config.all({
  accessToken: Config.schema(AccessToken, "INTERCOM_ACCESS_TOKEN"),
  region: Config.schema(RegionName, "INTERCOM_REGION").pipe(Config.withDefault(undefined)),
  baseUrl: Config.schema(BaseUrl, "INTERCOM_BASE_URL").pipe(Config.withDefault(undefined)),
  version: Config.schema(Version, "INTERCOM_VERSION").pipe(Config.withDefault(undefined)),
  userAgent: Config.schema(UserAgent, "INTERCOM_USER_AGENT").pipe(Config.withDefault(undefined))
})
