/** What a store keeps of a workspace, and how that is written. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Options } from "../../IntercomConfig.ts"
import { mismatchesOf } from "../Mismatches.ts"
import * as Settings from "../Settings.ts"

/** What a client needs to know of a workspace. */
export interface Credentials extends Pick<Options, "accessToken" | "baseUrl" | "region" | "version"> {}

const settings = {
  region: Schema.optional(Settings.RegionName),
  baseUrl: Schema.optional(Settings.BaseUrl),
  version: Schema.optional(Settings.Version)
}
const Given = Schema.Struct({ accessToken: Settings.RedactedToken, ...settings })
const Written = Schema.Struct({ accessToken: Settings.Token, ...settings })
const parse = (text: string): Result.Result<unknown, string> =>
  Result.mapError(
    Result.try(() => JSON.parse(text)),
    () => "it is no JSON."
  )

/** Fails with what is wrong, in words; never with what is there, of which a part may be a token. */
const decode = <S extends Schema.Decoder<unknown>>(schema: S) => {
  const decodeResult = Schema.decodeUnknownResult(schema)
  return (value: unknown): Result.Result<S["Type"], string> =>
    Result.mapError(decodeResult(value), () => {
      const found = mismatchesOf(schema, value, (text) => text)
      // JSON has no `undefined`.
      const wanted = (expected: string) => expected.replace(/ \| undefined$/, ", or left out")
      return `${found.map(({ expected, path }) => `${path || "it"} must be ${wanted(expected)}`).join("; ")}.`
    })
}
const decodeGiven = decode(Given)
const decodeWritten = decode(Written)

/** Fails with what is wrong with them. */
export const check = (credentials: unknown): Effect.Effect<Credentials, string> =>
  Effect.fromResult(decodeGiven(credentials))

/** As JSON, token and all. */
export const write = ({ accessToken, baseUrl, region, version }: Credentials): string =>
  JSON.stringify({ accessToken: Redacted.value(accessToken), region, baseUrl, version })

const fields = Object.keys(Written.fields)
// Longer than any name of a field, and it could be a token that was put in the wrong place.
const isShowable = (field: string): boolean => /^\w{1,24}$/.test(field)

/** `Region` that nobody reads would send the token to another region. */
const withoutOthers = (value: unknown): Result.Result<unknown, string> => {
  const others = Object.keys(Object(value)).filter((field) => !fields.includes(field))
  if (others.length === 0) return Result.succeed(value)
  const names = others.map((field) => (isShowable(field) ? `"${field}"` : "one with a strange name")).join(", ")
  return Result.fail(`it has fields that are unknown: ${names}. There are ${fields.join(", ")}.`)
}

/** A token by itself: letters, digits and signs of Base64, which ends with `=`, if it has one. */
const bare = (text: string): Result.Result<string, string> =>
  /^\w+=[^=]/.test(text)
    ? Result.fail("it is an assignment: leave out the name and the sign, and keep the token alone, or JSON.")
    : Result.succeed(text)

/** Reads JSON, credentials or a string, or a token by itself. Fails with what is wrong with it. */
export const read = (text: string): Effect.Effect<Credentials, string> => {
  const trimmed = text.trim()
  const parsed = /^[[{"]/.test(trimmed) ? parse(trimmed) : bare(trimmed)
  const given = Result.map(parsed, (value) => (typeof value === "string" ? { accessToken: value } : value))
  return Effect.fromResult(
    Result.map(Result.flatMap(Result.flatMap(given, withoutOthers), decodeWritten), ({ accessToken, ...rest }) => ({
      ...rest,
      accessToken: Redacted.make(accessToken, { label: "access token" })
    }))
  )
}
