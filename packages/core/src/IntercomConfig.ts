/** What a client needs to know: whose workspace, which version, how patient. */
import * as Config from "effect/Config"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

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
  /** Repetitions after the first attempt. */
  readonly times: number
  /** The longest first delay; it doubles with each attempt, and the wait is a random part of it. */
  readonly base: Duration.Input
  /** The longest delay, but for what `Retry-After` and `X-RateLimit-Reset` ask. */
  readonly cap: Duration.Input
  /** No attempt starts later than this after the first. */
  readonly total: Duration.Input
}

export const defaultRetry: RetryPolicy = { times: 5, base: "500 millis", cap: "20 seconds", total: "5 minutes" }

export interface Options {
  /** An access token, from the Developer Hub or OAuth. */
  readonly accessToken: Redacted.Redacted
  /** The region of the workspace; `us` when left out. */
  readonly region?: Region | undefined
  /** Instead of a region: a proxy, a mock, a simulator. */
  readonly baseUrl?: string | undefined
  /** The `Intercom-Version` to send; 2.15 when left out. */
  readonly version?: string | undefined
  /** For one attempt, until the last byte of the body; 60 seconds when left out. */
  readonly timeout?: Duration.Input | undefined
  readonly retry?: Partial<RetryPolicy> | undefined
  /** The first guess of what the app may send, until the API's headers tell; 1,000 requests in 10 seconds. */
  readonly rateLimit?: { readonly limit: number; readonly window: Duration.Input } | undefined
}

/** {@link Options} with every default filled in. */
export interface IntercomConfig {
  readonly accessToken: Redacted.Redacted
  readonly baseUrl: URL
  readonly version: string
  readonly timeout: Duration.Duration
  readonly retry: RetryPolicy
  readonly rateLimit: { readonly limit: number; readonly window: Duration.Duration }
}

const AccessToken = Schema.Redacted(
  Schema.String.check(
    Schema.isPattern(/^[\x21-\x7e]+$/, { expected: "an access token: visible ASCII characters, no spaces" })
  )
)
const BaseUrl = Schema.String.check(
  Schema.makeFilter((url) => /^https?:$/.test(URL.parse(url)?.protocol ?? ""), {
    expected: "an http or https URL such as https://api.intercom.io"
  })
)
const Version = Schema.String.check(
  Schema.isPattern(/^(\d+\.\d+|Preview|Unstable)$/, {
    expected: "a version of the API such as 2.15"
  })
)
const RegionName = Schema.Literals(["us", "eu", "au"])

const Checked = Schema.Struct({
  accessToken: Schema.toType(AccessToken),
  region: Schema.optional(RegionName),
  baseUrl: Schema.optional(BaseUrl),
  version: Schema.optional(Version)
})
const check = Schema.decodeUnknownEffect(Checked, { errors: "all" })

/** Checks the options and fills in the defaults. The error names the option; it never shows the token. */
export const make = Effect.fnUntraced(function* (options: Options) {
  const checked = yield* check(options).pipe(Effect.mapError((error) => new Config.ConfigError(error)))
  return {
    accessToken: checked.accessToken,
    baseUrl: new URL(checked.baseUrl ?? regions[checked.region ?? "us"]),
    version: checked.version ?? defaultVersion,
    timeout: Duration.fromInputUnsafe(options.timeout ?? "60 seconds"),
    retry: { ...defaultRetry, ...options.retry },
    rateLimit: {
      limit: options.rateLimit?.limit ?? 1000,
      window: Duration.fromInputUnsafe(options.rateLimit?.window ?? "10 seconds")
    }
  } satisfies IntercomConfig
})

/**
 * The options from the environment: `INTERCOM_ACCESS_TOKEN` (required), `INTERCOM_REGION` (`us`, `eu` or `au`; `us`
 * when unset), `INTERCOM_BASE_URL` (wins over the region) and `INTERCOM_VERSION` (2.15 when unset). A missing or
 * malformed one fails with an error that names the variable.
 */
export const config: Config.Config<Options> = Config.all({
  accessToken: Config.schema(AccessToken, "INTERCOM_ACCESS_TOKEN"),
  region: Config.schema(RegionName, "INTERCOM_REGION").pipe(Config.withDefault(undefined)),
  baseUrl: Config.schema(BaseUrl, "INTERCOM_BASE_URL").pipe(Config.withDefault(undefined)),
  version: Config.schema(Version, "INTERCOM_VERSION").pipe(Config.withDefault(undefined))
})
