/** The settings of a client that come from outside, and what each must look like. */
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

const token = { pattern: /^[\x21-\x7e]+$/, expected: "an access token: visible ASCII characters, no spaces" }

/** A token in plain text: what is wrong with it, its errors tell together with it. */
export const Token = Schema.String.check(Schema.isPattern(token.pattern, token))

export const AccessToken = Schema.Redacted(Token)

const isToken = (value: unknown): boolean => typeof value === "string" && token.pattern.test(value)

// What is wrong inside of a `Redacted`, Effect does not tell.
export const RedactedToken = Schema.declare(
  (input): input is Redacted.Redacted => Redacted.isRedacted(input) && isToken(Redacted.value(input)),
  { expected: `${token.expected}, in a Redacted` }
)

const isBaseUrl = (url: URL | null): boolean =>
  url !== null && ["http:", "https:"].includes(url.protocol) && url.username + url.password === ""

export const BaseUrl = Schema.String.check(
  // A URL without a query does not tell whether its text ends with the `?` of one.
  Schema.makeFilter((text) => !/[?#]/.test(text) && isBaseUrl(URL.parse(text)), {
    expected: "an http or https URL such as https://api.intercom.io, without user, query or fragment"
  })
)

export const Version = Schema.String.check(
  Schema.isPattern(/^(\d+\.\d+|Preview|Unstable)$/, {
    expected: "a version of the API such as 2.15"
  })
)

export const UserAgent = Schema.String.check(
  Schema.isPattern(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/, {
    expected: "a User-Agent such as my-app/1.0: visible ASCII characters, and spaces between them"
  })
)

export const RegionName = Schema.Literals(["us", "eu", "au"])
