/** The code flow: only the session that began it ends it, a code is traded once, and nothing that is a secret shows. */
import { OAuth, OAuthError, type OAuthOptions } from "@effect-intercom/core"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { inspect } from "node:util"
import { gzipSync } from "node:zlib"
import * as Observed from "./Observed.ts"
import * as Scripted from "./Scripted.ts"

const clientSecret = "client-s3cret/+="
const code = "c0de+With/Signs=="
const { token } = Scripted

const answer = Scripted.json({ token_type: "Bearer", token, access_token: token })
const me = (app: object | null) => Scripted.json({ type: "admin", id: "1", email_verified: true, app })

/** An answer as `fetch` has it: a stream that does not say how long it is. */
const chunked =
  (body: BodyInit, init?: ResponseInit): Scripted.Answer =>
  () =>
    Effect.sync(() => new Response(body, init))

const layer = (server: Scripted.Scripted, options: Partial<OAuthOptions> = {}) =>
  OAuth.layer({ clientId: "the-client", clientSecret: Redacted.make(clientSecret), ...options }).pipe(
    Layer.provide(server.httpClient)
  )

const callback = (state: string) => {
  const url = new URL("https://you.example/callback")
  url.searchParams.set("code", code)
  url.searchParams.set("state", state)
  return url
}

/** Begins, and ends with what is made of the state. */
const exchanged = (server: Scripted.Scripted, options?: Partial<OAuthOptions>) =>
  OAuth.use(({ authorizeUrl, exchange }) =>
    Effect.flatMap(authorizeUrl(), ({ state }) => exchange(callback(state), state))
  ).pipe(Effect.provide(layer(server, options)))

const fieldsOf = (sent: Scripted.Sent | undefined) => Object.fromEntries(new URLSearchParams(String(sent?.body)))

describe("it begins", () => {
  it.effect("at the authorize page of a region, with a state that nobody can guess", () =>
    Effect.gen(function* () {
      const { authorizeUrl } = yield* OAuth
      const begun = yield* Effect.all([authorizeUrl(), authorizeUrl({ region: "us" }), authorizeUrl({ region: "au" })])
      assert.deepStrictEqual(
        begun.map(({ url }) => url.origin + url.pathname),
        ["https://app.eu.intercom.com/oauth", "https://app.intercom.com/oauth", "https://app.au.intercom.com/oauth"]
      )
      for (const { state, url } of begun) {
        assert.deepStrictEqual(Object.fromEntries(url.searchParams), {
          client_id: "the-client",
          state,
          redirect_uri: "https://you.example/callback?from=intercom"
        })
        assert.match(state, /^[\w-]{43}\.(us|eu|au)$/)
      }
      assert.strictEqual(new Set(begun.map(({ state }) => state)).size, 3)
    }).pipe(
      Effect.provide(
        layer(Scripted.make([]), { region: "eu", redirectUri: "https://you.example/callback?from=intercom" })
      )
    )
  )

  it.effect("elsewhere, where a simulator is", () =>
    Effect.gen(function* () {
      const { authorizeUrl } = yield* OAuth
      const { url } = yield* authorizeUrl({ region: "eu" })
      assert.strictEqual(url.href.split("&")[0], "http://localhost:1/i/oauth?client_id=the-client")
    }).pipe(Effect.provide(layer(Scripted.make([]), { appUrl: "http://localhost:1/i/" })))
  )
})

describe("it ends", () => {
  it.effect("with a token for the code", () =>
    Effect.gen(function* () {
      const server = Scripted.make([answer])
      const found = yield* exchanged(server)
      assert.strictEqual(Redacted.value(found), token)
      assert.strictEqual(String(found), "<redacted:access token>")
      const [sent] = server.sent
      assert.strictEqual(`${sent?.method} ${sent?.url.href}`, "POST https://api.intercom.io/auth/eagle/token")
      assert.deepStrictEqual(fieldsOf(sent), { code, client_id: "the-client", client_secret: clientSecret })
      assert.strictEqual(sent?.headers["content-type"], "application/x-www-form-urlencoded")
      assert.strictEqual(sent?.headers["authorization"], undefined)
      assert.strictEqual(sent?.headers["accept"], "application/json")
      assert.match(sent?.headers["user-agent"] ?? "", /^effect-intercom/)
    })
  )

  it.effect("with the token under either name", () =>
    Effect.gen(function* () {
      for (const body of [{ token }, { access_token: token }, { access_token: "", token }]) {
        assert.strictEqual(Redacted.value(yield* exchanged(Scripted.make([Scripted.json(body)]))), token)
      }
    })
  )

  it.effect("in spans that say what is done", () =>
    Effect.gen(function* () {
      const observed = Observed.make()
      yield* observed.watch(exchanged(Scripted.make([answer])))
      assert.deepStrictEqual(
        observed.spans.map(({ name }) => name),
        ["OAuth.exchange"]
      )
      const install = OAuth.use(({ install }) => install(callback("s"), "s"))
      yield* observed.watch(Effect.provide(install, layer(Scripted.make([answer, me({ id_code: "a" })]))))
      assert.includeMembers(
        observed.spans.map(({ name }) => name),
        ["OAuth.install", "Admins.me"]
      )
    })
  )

  it.effect.each([
    ["chunked", chunked(JSON.stringify({ token }))],
    [
      "gzip that the transport left packed",
      chunked(gzipSync(JSON.stringify({ token })), { headers: { "content-encoding": "gzip" } })
    ],
    ["in one piece", chunked(JSON.stringify({ token }), { headers: { "content-length": String(12 + token.length) } })]
  ] as const)("however the answer comes: %s", ([, answered]) =>
    Effect.gen(function* () {
      const found = yield* exchanged(Scripted.make([answered]))
      assert.strictEqual(Redacted.value(found), token)
    })
  )

  it.effect("whatever a server knows of the URL, and however signs of the code are written", () =>
    Effect.gen(function* () {
      const server = Scripted.make(() => answer)
      yield* Effect.gen(function* () {
        const { authorizeUrl, exchange } = yield* OAuth
        const { state } = yield* authorizeUrl()
        yield* exchange(callback(state), state)
        yield* exchange(`/callback?state=${state}&code=${encodeURIComponent(code)}`, state)
        yield* exchange(`/callback?code=${code}&state=${state}`, state)
        yield* exchange(`https://you.example/callback?code=${code}&state=${state}#_`, state)
      }).pipe(Effect.provide(layer(server)))
      assert.deepStrictEqual(
        server.sent.map((sent) => fieldsOf(sent)["code"]),
        [code, code, code, code]
      )
    })
  )

  it.effect("at the API of the region it began for, or where it is told", () =>
    Effect.gen(function* () {
      const asked = (options: Partial<OAuthOptions>, region?: "eu") =>
        Effect.gen(function* () {
          const server = Scripted.make([answer])
          yield* OAuth.use(({ authorizeUrl, exchange }) =>
            Effect.flatMap(authorizeUrl(region && { region }), ({ state }) => exchange(callback(state), state))
          ).pipe(Effect.provide(layer(server, options)))
          return server.sent[0]?.url.href
        })
      assert.deepStrictEqual(
        yield* Effect.all([
          asked({ region: "au" }),
          asked({ region: "au" }, "eu"),
          asked({ baseUrl: "http://localhost:1/i" }, "eu"),
          asked({ tokenUrl: "https://api.intercom.io/auth/eagle/token" }, "eu")
        ]),
        [
          "https://api.au.intercom.io/auth/eagle/token",
          "https://api.eu.intercom.io/auth/eagle/token",
          "http://localhost:1/i/auth/eagle/token",
          "https://api.intercom.io/auth/eagle/token"
        ]
      )
    })
  )

  it.effect("with what to store: whose token it is, and where it is good", () =>
    Effect.gen(function* () {
      const installed = (app: object | null, options: Partial<OAuthOptions> = {}) => {
        const server = Scripted.make([answer, me(app)])
        return OAuth.use(({ authorizeUrl, install }) =>
          Effect.flatMap(authorizeUrl({ region: "eu" }), ({ state }) => install(callback(state), state))
        ).pipe(
          Effect.provide(layer(server, options)),
          Effect.map(({ credentials: { accessToken, ...where }, workspace }) => {
            const [, sent] = server.sent
            assert.strictEqual(Redacted.value(accessToken), token)
            assert.strictEqual(sent?.headers["authorization"], `Bearer ${token}`)
            return [workspace, where, sent?.url.href]
          })
        )
      }
      assert.deepStrictEqual(yield* installed({ type: "app", id_code: "abc123", region: "AU" }), [
        "abc123",
        { region: "au" },
        "https://api.eu.intercom.io/me"
      ])
      assert.deepStrictEqual(yield* installed({ type: "app", id_code: "abc123" }), [
        "abc123",
        { region: "eu" },
        "https://api.eu.intercom.io/me"
      ])
      assert.deepStrictEqual(
        yield* installed({ type: "app", id_code: "abc123", region: "EU" }, { baseUrl: "http://localhost:1" }),
        ["abc123", { baseUrl: "http://localhost:1" }, "http://localhost:1/me"]
      )
      assert.deepStrictEqual((yield* installed({ type: "app", id_code: "abc123", region: "mars" }))[1], {
        region: "eu"
      })
      const none = yield* Effect.flip(installed(null))
      assert(none._tag === "OAuthError" && none.problem === "workspace")
      assert.include(none.message, "(GET /me has no app)")
    })
  )

  it.effect("but that the token may be of another region, no variable being to blame", () =>
    Effect.gen(function* () {
      const server = Scripted.make([
        answer,
        Scripted.json({ type: "error.list", errors: [{ code: "unauthorized" }] }, 401)
      ])
      const refused = yield* OAuth.use(({ authorizeUrl, install }) =>
        Effect.flatMap(authorizeUrl(), ({ state }) => Effect.flip(install(callback(state), state)))
      ).pipe(Effect.provide(layer(server)))
      assert(refused._tag === "OAuthError" && refused.problem === "workspace")
      assert.strictEqual(refused.status, 401)
      assert.include(refused.message, "in another region")
      assert.notInclude(refused.message, "INTERCOM_")
    })
  )
})

it.effect("a state without a region is of the usual one", () =>
  Effect.gen(function* () {
    for (const state of ["abc", "abc.mars", "abc.EU"]) {
      const server = Scripted.make([answer, me({ id_code: "a" })])
      const { install } = yield* Effect.provide(OAuth, layer(server, { region: "au" }))
      const { credentials } = yield* install(callback(state), state)
      assert.strictEqual(credentials.region, "au")
      assert.deepStrictEqual(
        server.sent.map(({ url }) => url.host),
        ["api.au.intercom.io", "api.au.intercom.io"]
      )
    }
  })
)

it.effect("what else the API says of a token is its own error", () =>
  Effect.gen(function* () {
    const server = Scripted.make([answer, Scripted.errorList(403, { code: "forbidden" })])
    const install = OAuth.use(({ install }) => install(callback("s"), "s"))
    const error = yield* Effect.flip(Effect.provide(install, layer(server)))
    assert(error._tag === "IntercomError")
    assert.strictEqual(error.reason._tag, "Forbidden")
  })
)

it.each([
  ["state", "The callback is of no installation that began here", "Send the person to the authorize page again. If it"],
  ["denied", "The app was not installed", "Send the person to the authorize page again if that was not meant."],
  ["code", "The code of the callback was refused", "It was used before, is too old, or the client secret is not that"],
  ["refused", "The request for a token was refused", "Check client id and client secret (Developer Hub, Basic infor"],
  ["unavailable", "The token could not be asked for", "Begin again later: the code may have been used."],
  ["answer", "The answer to the request for a token is none", "Check the address that is asked for tokens."],
  ["workspace", "There is a token, and nobody said of which workspace", "If the workspace is in another region, begin"]
] as const)("the problem %s is told with a remedy", (problem, what, remedy) => {
  const messageOf = (more: { readonly status?: number; readonly description?: string }) =>
    new OAuthError({ problem, ...more }).message
  assert.isTrue(messageOf({}).startsWith(`${what}. ${remedy}`), messageOf({}))
  assert.isTrue(messageOf({ status: 418 }).startsWith(`${what} (HTTP 418). ${remedy}`))
  assert.isTrue(messageOf({ description: "why" }).startsWith(`${what} (why). ${remedy}`))
  assert.isTrue(messageOf({ status: 418, description: "why" }).startsWith(`${what} (HTTP 418, why). ${remedy}`))
})

describe("it does not end", () => {
  it.effect("with a state that is not the session's, and then nothing is sent", () =>
    Effect.gen(function* () {
      const server = Scripted.make([])
      yield* Effect.gen(function* () {
        const { authorizeUrl, exchange, install } = yield* OAuth
        const { state } = yield* authorizeUrl()
        const { state: other } = yield* authorizeUrl()
        const pairs: ReadonlyArray<readonly [URL | string, string | undefined]> = [
          [callback(other), state],
          [callback(state.slice(0, -1)), state],
          [callback(`${state}x`), state],
          [callback(""), state],
          [callback(""), ""],
          [callback(state), undefined],
          [callback("undefined"), undefined],
          ["/callback?code=x", state],
          ["/callback?code=x", undefined],
          ["/callback?code=x&state=", undefined],
          ["/callback?code=x", ""],
          ["/callback?code=x", "null"],
          ["/callback?error=access_denied", state],
          ["http://[", state]
        ]
        for (const [url, kept] of pairs) {
          for (const end of [Effect.asVoid(exchange(url, kept)), Effect.asVoid(install(url, kept))]) {
            const error = yield* Effect.flip(end)
            assert(error._tag === "OAuthError")
            assert.strictEqual(error.problem, "state", String(url))
          }
        }
      }).pipe(Effect.provide(layer(server)))
      assert.strictEqual(server.sent.length, 0)
    })
  )

  it.effect("without a code", () =>
    Effect.gen(function* () {
      const { authorizeUrl, exchange } = yield* OAuth
      const { state } = yield* authorizeUrl()
      const denied = yield* Effect.flip(exchange(`/callback?error=access_denied%0a&state=${state}`, state))
      assert.strictEqual(denied.problem, "denied")
      assert.include(denied.message, "(access_denied\\n)")
      const empty = yield* Effect.flip(exchange(`/callback?code=&state=${state}`, state))
      assert.strictEqual(empty.problem, "denied")
      assert.strictEqual(empty.description, "the callback has no code")
      const long = yield* Effect.flip(exchange(`/callback?error=${"x".repeat(300)}&state=${state}`, state))
      assert.strictEqual(long.description, "x".repeat(200))
    }).pipe(Effect.provide(layer(Scripted.make([]))))
  )

  it.effect("with a code that was used", () =>
    Effect.gen(function* () {
      const used = new Set<string>()
      const server = Scripted.make((request) => {
        const { code = "" } = fieldsOf(request)
        const answered = used.has(code)
          ? Scripted.errorList(401, { code: "unauthorized", message: "Unauthorized Code" })
          : answer
        used.add(code)
        return answered
      })
      yield* exchanged(server)
      const error = yield* Effect.flip(exchanged(server))
      assert.strictEqual(error._tag === "OAuthError" && error.problem, "code")
      assert.strictEqual(server.sent.length, 2)
    })
  )

  const failures: ReadonlyArray<readonly [OAuthError["problem"], string, Scripted.Answer]> = [
    ["refused", "403", Scripted.errorList(403, { code: "forbidden" })],
    ["refused", "400", Scripted.json({ error: clientSecret }, 400)],
    ["unavailable", "429", Scripted.status(429)],
    ["refused", "499", Scripted.status(499)],
    ["unavailable", "408", Scripted.status(408)],
    ["unavailable", "500", Scripted.status(500)],
    ["answer", "201", Scripted.json({ token }, 201)],
    ["unavailable", "503", Scripted.text("<html>", 503)],
    ["refused", "a chunked 400", chunked(JSON.stringify({ error: clientSecret }), { status: 400 })],
    ["code", "a chunked 401", chunked(JSON.stringify({ errors: [] }), { status: 401 })],
    ["unavailable", "no connection", Scripted.lost("ECONNREFUSED", `no ${clientSecret}`)],
    ["unavailable", "no connection, without a code", Scripted.fails(new Error(`no ${clientSecret} for ${code}`))],
    ["unavailable", "a lost connection", Scripted.cut(`{"token":"${token}`)],
    ["unavailable", "silence", Scripted.silence],
    ["unavailable", "a stalled body", Scripted.stall(`{"token":"${token}`)],
    ["answer", "a redirect", Scripted.status(302, { location: `https://elsewhere.example/${token}` })],
    ["answer", "a page", Scripted.text(`<html>${token}`)],
    ["answer", "cut off JSON", Scripted.text(`{"token":"${token}`)],
    ["answer", "no token", Scripted.json({ token_type: "Bearer" })],
    ["answer", "a token that is none", Scripted.json({ token: `${token} ${token}`, access_token: 5 })],
    ["answer", "a body without end", Scripted.text("x".repeat(1_000_001))]
  ]
  it.effect.each(failures)("but tells %s: %s; it asks once, and shows no secret", ([problem, , answered]) =>
    Effect.gen(function* () {
      const observed = Observed.make()
      const server = Scripted.make(() => answered)
      const cause = yield* Scripted.causeOf(
        exchanged(server).pipe(
          Effect.tapCause((cause) => Effect.logError("it failed", cause)),
          observed.watch
        )
      )
      const error = Cause.squash(cause)
      assert(error instanceof OAuthError)
      assert.strictEqual(error.problem, problem)
      assert.strictEqual(server.sent.length, 1)
      const shown = [
        Cause.pretty(cause),
        inspect(cause, { depth: 10, showHidden: true }),
        JSON.stringify(error),
        ...observed.lines,
        ...observed.spans.map(Observed.textOf)
      ].join("\n")
      for (const secret of [clientSecret, code, token, encodeURIComponent(code), encodeURIComponent(clientSecret)]) {
        assert.notInclude(shown, secret)
      }
      assert.strictEqual(server.sent[0]?.headers["traceparent"], undefined)
    })
  )
})

it.effect("what is known of a connection that failed is told", () =>
  Effect.gen(function* () {
    const told = (answered: Scripted.Answer) => Effect.map(Effect.flip(exchanged(Scripted.make([answered]))), String)
    assert.include(yield* told(Scripted.lost("ECONNREFUSED")), "ECONNREFUSED")
    assert.include(
      yield* told(Scripted.fails(new Error(`the proxy's pool is closed; code=${code}`))),
      "the proxy's pool is closed; code=<redacted>"
    )
    assert.include(yield* told(Scripted.fails(undefined)), "(TransportError)")
    assert.include(yield* told(Scripted.json({})), "(HTTP 200, it has no token)")
    assert.include(yield* told(Scripted.status(403)), "(HTTP 403)")
    assert.include(yield* told(Scripted.text("x".repeat(1_000_001))), "(BodyTooLargeError)")
  })
)

describe("its options", () => {
  const built = (options: Partial<OAuthOptions>) =>
    Effect.flip(Effect.scoped(Layer.build(layer(Scripted.make([]), options))))

  it.effect("are checked, and the secret is not shown", () =>
    Effect.gen(function* () {
      const id = "the client id of the app: visible ASCII characters, no spaces"
      const secret = "the client secret of the app: visible ASCII characters, no spaces, in a Redacted"
      const uri = "an http or https URL without a fragment, as the Developer Hub has it"
      const wrong: ReadonlyArray<readonly [string, Partial<OAuthOptions>, expected?: string]> = [
        ...["", " id", "id ", "i d", "ïd"].map((clientId) => ["clientId", { clientId }, id] as const),
        ...["", " s3cret", "s3cret ", "s3cret s3cret"].map(
          (clientSecret) => ["clientSecret", { clientSecret: Redacted.make(clientSecret) }, secret] as const
        ),
        // As someone without types would.
        ["clientSecret", { clientSecret: "s3cret" as unknown as Redacted.Redacted }, secret],
        ["clientSecret", { clientSecret: Redacted.make(7) as unknown as Redacted.Redacted }, secret],
        ...["/callback", "https://you.example/#a", "ftp://you.example", "xhttps://you.example"].map(
          (redirectUri) => ["redirectUri", { redirectUri }, uri] as const
        ),
        ["appUrl", { appUrl: "app" }],
        ["tokenUrl", { tokenUrl: "token" }],
        ["timeout", { timeout: -1 }],
        ["baseUrl", { baseUrl: "https://user:s3cret@api.example" }],
        ["region", { region: "mars" as "eu" }]
      ]
      for (const [option, options, expected = ""] of wrong) {
        const { message } = yield* built(options)
        assert.include(message, option)
        assert.include(message, expected)
        if (option === "clientSecret") assert.notInclude(message, "s3cret")
      }
    })
  )

  it.effect("are all told that are wrong, and taken where they are right", () =>
    Effect.gen(function* () {
      const { message } = yield* built({ clientId: "", redirectUri: "/callback" })
      assert.include(message, "clientId")
      assert.include(message, "redirectUri")
      const { authorizeUrl } = yield* Effect.provide(
        OAuth,
        layer(Scripted.make([]), { redirectUri: "http://localhost/callback" })
      )
      assert.strictEqual((yield* authorizeUrl()).url.searchParams.get("redirect_uri"), "http://localhost/callback")
      const bare = yield* Effect.provide(OAuth, layer(Scripted.make([])))
      assert.isFalse((yield* bare.authorizeUrl()).url.searchParams.has("redirect_uri"))
    })
  )

  it.effect("may name a simulator in the environment", () =>
    Effect.gen(function* () {
      const server = Scripted.make([answer])
      const env = {
        INTERCOM_CLIENT_ID: "id",
        INTERCOM_CLIENT_SECRET: "secret",
        INTERCOM_APP_URL: "http://localhost:1/app",
        INTERCOM_BASE_URL: "http://localhost:2/api"
      }
      yield* OAuth.use(({ authorizeUrl, exchange }) =>
        Effect.gen(function* () {
          const { state, url } = yield* authorizeUrl()
          assert.strictEqual(url.origin + url.pathname, "http://localhost:1/app/oauth")
          yield* exchange(callback(state), state)
        })
      ).pipe(
        Effect.provide(OAuth.layerEnv),
        Effect.provide(server.httpClient),
        Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env })))
      )
      assert.strictEqual(server.sent[0]?.url.href, "http://localhost:2/api/auth/eagle/token")
    })
  )

  it.effect("come from the environment", () =>
    Effect.gen(function* () {
      const server = Scripted.make([answer])
      const env = {
        INTERCOM_CLIENT_ID: "from-env",
        INTERCOM_CLIENT_SECRET: " new-secret , old-secret",
        INTERCOM_REDIRECT_URI: "https://you.example/callback",
        INTERCOM_REGION: "eu"
      }
      yield* OAuth.use(({ authorizeUrl, exchange }) =>
        Effect.gen(function* () {
          const { state, url } = yield* authorizeUrl()
          assert.strictEqual(url.host, "app.eu.intercom.com")
          assert.strictEqual(url.searchParams.get("redirect_uri"), env.INTERCOM_REDIRECT_URI)
          yield* exchange(callback(state), state)
        })
      ).pipe(
        Effect.provide(OAuth.layerEnv),
        Effect.provide(server.httpClient),
        Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env })))
      )
      assert.deepStrictEqual(fieldsOf(server.sent[0]), { code, client_id: "from-env", client_secret: "new-secret" })
    })
  )
})
