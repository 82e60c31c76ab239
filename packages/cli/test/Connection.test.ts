import * as Connection from "@effect-intercom/cli/Connection"
import * as Main from "@effect-intercom/cli/Main"
import * as Manifest from "@effect-intercom/export/Manifest"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
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

describe("versions", () => {
  const versionOf = (name: string) =>
    (JSON.parse(readFileSync(new URL(`../../${name}/package.json`, import.meta.url), "utf8")) as { version: string })
      .version

  it("are those of the packages", () => {
    assert.strictEqual(Main.version, versionOf("cli"))
    assert.strictEqual(Manifest.tool.version, versionOf("export"))
  })
})
