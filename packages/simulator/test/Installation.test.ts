/** An app that is installed: whoever comes is sent back with a code, which is traded once, for the token of a workspace. */
import { Simulator } from "@effect-intercom/simulator"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Redacted from "effect/Redacted"

const simulator = Simulator.layerClient({
  tokens: { acme: { contacts: 1 }, globex: { contacts: 2 } },
  oauth: {
    clientId: "the-app",
    clientSecret: Redacted.make("s3cret"),
    redirectUri: "https://you.example/callback?from=intercom"
  }
})

const authorize = (query: string) => HttpClient.get(`http://localhost/oauth?${query}`)

const trade = (fields: Readonly<Record<string, string>>) =>
  HttpClient.execute(
    HttpClientRequest.post("http://localhost/auth/eagle/token").pipe(HttpClientRequest.bodyUrlParams(fields))
  )

it.effect("an app is installed", () =>
  Effect.gen(function* () {
    for (const [workspace, token] of ["acme", "globex"].entries()) {
      const back = new URL(
        (yield* authorize(`client_id=the-app&state=a%2Bb&workspace=${workspace}`)).headers["location"] ?? ""
      )
      assert.strictEqual(back.origin + back.pathname, "https://you.example/callback")
      assert.deepStrictEqual([back.searchParams.get("from"), back.searchParams.get("state")], ["intercom", "a+b"])
      const code = back.searchParams.get("code") ?? ""
      const app = { code, client_id: "the-app", client_secret: "s3cret" }
      for (const wrong of [{ code: "x" }, { client_id: "x" }, { client_secret: "x" }]) {
        assert.strictEqual((yield* trade({ ...app, ...wrong })).status, 401)
      }
      assert.deepStrictEqual(yield* (yield* trade(app)).json, { token_type: "Bearer", token, access_token: token })
      const again = yield* trade(app)
      assert.strictEqual(again.status, 401)
      assert.include(yield* again.text, "Unauthorized Code")
    }
  }).pipe(Effect.provide(simulator))
)

it.effect("an app that nobody knows, or a workspace that is none, is not", () =>
  Effect.gen(function* () {
    for (const query of ["", "client_id=x", "client_id=the-app&workspace=2", "client_id=the-app&redirect_uri=x"]) {
      assert.strictEqual((yield* authorize(query)).status, 404, query)
    }
    const elsewhere = yield* authorize("client_id=the-app&redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fback")
    assert.match(elsewhere.headers["location"] ?? "", /^http:\/\/localhost:3000\/back\?code=/)
  }).pipe(Effect.provide(simulator))
)

it.effect("without an app, there is nothing of it", () =>
  Effect.gen(function* () {
    assert.notStrictEqual((yield* authorize("client_id=the-app")).status, 302)
    assert.notStrictEqual((yield* trade({ code: "x" })).status, 200)
  }).pipe(Effect.provide(Simulator.layerClient()))
)
