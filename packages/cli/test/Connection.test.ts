import * as Connection from "@effect-intercom/cli/Connection"
import * as Network from "@effect-intercom/cli/Network"
import * as Main from "@effect-intercom/cli/Main"
import { BadRequest, IntercomError, Unauthorized } from "@effect-intercom/core/IntercomError"
import { Intercom } from "@effect-intercom/core/Intercom"
import { ExportError, RequestFailed } from "@effect-intercom/export/ExportError"
import * as Manifest from "@effect-intercom/export/Manifest"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { readFileSync } from "node:fs"

const none: Connection.Flags = {
  region: Option.none(),
  baseUrl: Option.none(),
  apiVersion: Option.none(),
  timeout: Option.none()
}

const options = (env: Record<string, string>, flags: Partial<Connection.Flags> = {}) =>
  Connection.options({ ...none, ...flags }).pipe(
    Effect.map(({ baseUrl, region, timeout, version }) => ({ baseUrl, region, timeout, version })),
    Effect.provideService(
      ConfigProvider.ConfigProvider,
      ConfigProvider.fromUnknown({ INTERCOM_ACCESS_TOKEN: "token", ...env })
    )
  )

const env = { INTERCOM_REGION: "eu", INTERCOM_BASE_URL: "http://localhost:1", INTERCOM_VERSION: "2.14" }

describe("Connection.options", () => {
  it.effect("are the environment's", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* options(env), {
        baseUrl: "http://localhost:1",
        region: "eu",
        timeout: undefined,
        version: "2.14"
      })
    })
  )

  it.effect("unless a flag says otherwise", () =>
    Effect.gen(function* () {
      const flags = {
        baseUrl: Option.some("http://localhost:2"),
        apiVersion: Option.some("2.15"),
        timeout: Option.some(5)
      }
      assert.deepStrictEqual(yield* options(env, flags), {
        baseUrl: "http://localhost:2",
        region: "eu",
        timeout: Duration.seconds(5),
        version: "2.15"
      })
    })
  )

  it.effect("a region by flag is not lost to an address in the environment", () =>
    Effect.gen(function* () {
      assert.deepInclude(yield* options(env, { region: Option.some("au") }), { region: "au", baseUrl: undefined })
    })
  )
})

describe("a refused token", () => {
  it("of one of Intercom's own addresses may be of another region", () => {
    const reason = new Unauthorized({ status: 401, errors: [] })
    const error = new IntercomError({ operation: "Admins.me", method: "GET", path: "/me", reason })
    const { message } = new Connection.Refused({ baseUrl: "https://api.eu.intercom.io", error, kept: false })
    assert.match(message, /^api\.eu\.intercom\.io refused the access token .*\(try --region us or --region au\)/)
    assert.notInclude(message, "resumes")
    const inTheMiddle = new Connection.Refused({ baseUrl: "https://api.eu.intercom.io", error, kept: true })
    assert.match(inTheMiddle.message, / What was written is kept: the same command resumes there\.$/)
  })
})

describe("a scroll that is taken for good", () => {
  it.effect("is told with what to do, and no parameter is blamed", () =>
    Effect.gen(function* () {
      const reason = new BadRequest({ status: 400, errors: [{ code: "scroll_exists" }] })
      const error = new IntercomError({
        operation: "Companies.scroll",
        method: "GET",
        path: "/companies/scroll",
        reason
      })
      const failed = Effect.fail(new ExportError({ resource: "companies", reason: new RequestFailed({ error }) }))
      const { message } = yield* Effect.flip(Connection.explained(failed))
      assert.match(message, /^Another scroll over the companies .* run the same command again/)
    }).pipe(Effect.provide(Intercom.layer({ accessToken: Redacted.make("t") }).pipe(Layer.provide(Network.direct))))
  )
})

describe("versions", () => {
  const versionOf = (name: string) =>
    (JSON.parse(readFileSync(new URL(`../../${name}/package.json`, import.meta.url), "utf8")) as { version: string })
      .version

  it("are those of the packages", () => {
    assert.strictEqual(Main.version, versionOf("cli"))
    assert.strictEqual(Manifest.tool.version, versionOf("export"))
  })
})
