import * as IntercomConfig from "@effect-intercom/core/IntercomConfig"
import type { IntercomError } from "@effect-intercom/core/IntercomError"
import { IntercomHttp } from "@effect-intercom/core/IntercomHttp"
import { ContactId, Contacts } from "@effect-intercom/core/resources/Contacts"
import { Cursor } from "@effect-intercom/core/Pagination"
import { Events } from "@effect-intercom/core/resources/Events"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as RateLimiter from "effect/persistence/RateLimiter"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { inspect } from "node:util"
import * as Observed from "./Observed.ts"
import * as Scripted from "./Scripted.ts"

const { token } = Scripted
const hex = (character: string) => character.charCodeAt(0).toString(16)
const each = (f: (character: string) => string) => [...token].map(f).join("")

/** The token as servers and proxies may write it. */
const echoes: Readonly<Record<string, string>> = {
  raw: token,
  "percent-encoded": encodeURIComponent(token),
  "percent-encoded in lower case": encodeURIComponent(token).replaceAll(/%../g, (code) => code.toLowerCase()),
  "percent-encoded throughout": each((character) => `%${hex(character)}`),
  "escaped as JSON": JSON.stringify(token).slice(1, -1),
  "with escaped slashes": token.replaceAll("/", String.raw`\/`),
  "escaped as JSON throughout": each((character) => String.raw`\u00${hex(character)}`),
  "escaped as JavaScript": each((character) => String.raw`\x${hex(character)}`),
  "escaped as HTML": each((character) => (/\w/.test(character) ? character : `&#x${hex(character).toUpperCase()};`)),
  "escaped as decimal HTML": each((character) => `&#${character.charCodeAt(0)};`),
  "in capitals": token.toUpperCase()
}

/** Undoes every escape, so that a secret shows however it is written. */
const plain = (text: string): string => {
  const character = (_: string, code: string) => String.fromCharCode(Number.parseInt(code, 16))
  return text
    .replaceAll(/\\+/g, "\\")
    .replaceAll(/%([\da-f]{2})/gi, character)
    .replaceAll(/\\u00([\da-f]{2})/gi, character)
    .replaceAll(/\\x([\da-f]{2})/gi, character)
    .replaceAll(/&#x0*([\da-f]+);/gi, character)
    .replaceAll(/&#0*(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replaceAll("\\", "")
    .toLowerCase()
}

/** Ten characters of the token in a row are too many. */
const pieces = Array.from({ length: token.length - 9 }, (_, i) => token.slice(i, i + 10).toLowerCase())

const assertHidden = (what: string, text: string) => {
  const shown = plain(text)
  const piece = pieces.find((piece) => shown.includes(piece))
  if (piece !== undefined) {
    const at = shown.indexOf(piece)
    assert.fail(`${what} shows a part of the token: …${shown.slice(Math.max(0, at - 80), at + 40)}…`)
  }
}

/** Every way a program may print an error. */
const prints = (error: unknown): Readonly<Record<string, string>> => ({
  toString: String(error),
  "JSON.stringify": JSON.stringify(error) ?? "",
  inspect: inspect(error, { depth: 10, showHidden: true, getters: true, maxStringLength: null }),
  stack: error instanceof Error ? `${error.message}\n${error.stack}` : ""
})

type Call = Effect.Effect<unknown, IntercomError, Contacts | Events | IntercomHttp>

const get: Call = Contacts.use((contacts) => contacts.get(ContactId.make("1")))
const create: Call = Contacts.use((contacts) => contacts.create({ email: "a@b.c" }))
const walk: Call = Contacts.use(({ list }) => Stream.runDrain(list.items()))
const events: Call = Events.use(({ list }) => Stream.runDrain(list.items({ type: "user", user_id: "u" })))

/** Runs a call that fails and looks for the token in all that can be seen of it. */
const assertSecret = (call: Call, script: ReadonlyArray<Scripted.Answer>) =>
  Effect.gen(function* () {
    const observed = Observed.make()
    const server = Scripted.make((_, index) => script[Math.min(index, script.length - 1)] ?? Scripted.silence)
    const cause = yield* observed.watch(
      Scripted.causeOf(
        call.pipe(
          Effect.provide(
            Layer.provideMerge(
              Layer.mergeAll(Contacts.layer, Events.layer),
              server.intercom({ retry: { times: 2 }, timeout: "5 seconds" })
            )
          ),
          Effect.tapCause((cause) => Effect.logError("it failed", cause)),
          Effect.withSpan("the program")
        )
      )
    )
    const error = Cause.squash(cause)
    for (const [how, text] of Object.entries(prints(error))) assertHidden(how, text)
    for (const [how, text] of Object.entries(prints((error as IntercomError).reason)))
      assertHidden(`reason ${how}`, text)
    assertHidden("Cause.pretty", Cause.pretty(cause))
    assertHidden("the cause", inspect(cause, { depth: 10, showHidden: true }))
    assert.isAbove(observed.lines.length, 0)
    for (const line of observed.lines) assertHidden("a log line", line)
    assert.isAbove(observed.spans.length, 1)
    for (const span of observed.spans) assertHidden(`span ${span.name}`, Observed.textOf(span))
    return error as IntercomError
  })

describe.each(Object.entries(echoes))("a token %s", (how, echo) => {
  const headers = { "x-request-id": echo, "intercom-version": echo }

  it.effect("in the text of an error body", () =>
    Effect.gen(function* () {
      for (const status of [400, 401, 404, 418, 500]) {
        // At the edge of what is kept, too.
        for (const before of [0, 2_030, 8_180]) {
          yield* assertSecret(get, [
            Scripted.text(`<html>${"x".repeat(before)}Bearer ${echo} ${"y".repeat(9000)}`, { status, headers })
          ])
        }
      }
    })
  )

  it.effect("in every field of an error.list", () =>
    Effect.gen(function* () {
      const inside = `Bearer ${echo} is wrong; it exists with id=${echo}`
      const problem = { code: echo, message: inside, field: echo }
      for (const status of [400, 401, 409, 429, 503]) {
        // The text itself carries the escapes here, a JSON parser undoes one level of them.
        const text = `{"type":"error.list","request_id":"${echo}","errors":[{"code":"${echo}","message":"${inside}","field":"${echo}"}]}`
        yield* assertSecret(create, [Scripted.text(text, { status, headers })])
        yield* assertSecret(create, [Scripted.errorList(status, problem, headers, echo)])
        yield* assertSecret(create, [
          Scripted.errorList(
            status,
            { ...problem, message: "x".repeat(2_040) + inside },
            headers,
            "x".repeat(190) + echo
          )
        ])
      }
    })
  )

  it.effect("in a body that does not fit, or is no JSON", () =>
    Effect.gen(function* () {
      const bad = yield* assertSecret(get, [
        Scripted.json({ type: "contact", id: { [echo]: echo }, name: [echo] }, { headers })
      ])
      assert.strictEqual(bad.reason._tag, "DecodeError")
      yield* assertSecret(get, [Scripted.json({ type: "contact", id: [`${"x".repeat(190)}${echo}`] }, { headers })])
      yield* assertSecret(get, [Scripted.json({ pad: "x".repeat(8_170), echo }, { headers })])
      yield* assertSecret(get, [Scripted.text(`oops ${echo}`, { headers })])
      yield* assertSecret(get, [Scripted.json(echo, { headers })])
      yield* assertSecret(walk, [
        Scripted.json({ type: "list", data: [{ type: "contact", id: 5, echo }] }, { headers })
      ])
    })
  )

  it.effect("in what the transport says", () =>
    Effect.gen(function* () {
      const inner = Object.assign(new Error(`${"x".repeat(480)} headers: Bearer ${echo}`), { code: "UND_ERR_SOCKET" })
      const error = yield* assertSecret(get, [Scripted.fails(inner)])
      assert.strictEqual(error.reason._tag, "TransportError")
      yield* assertSecret(get, [Scripted.fails(new TypeError(`fetch failed for ${echo}`, { cause: inner }))])
      yield* assertSecret(get, [Scripted.fails(`Bearer ${echo}`)])
      yield* assertSecret(get, [Scripted.fails({ message: echo, code: echo, syscall: echo })])
    })
  )

  // "#" ends a URL, and with it a token written as HTML.
  const inUrl = how.includes("HTML") ? token : echo

  it.effect("in the next page", () =>
    Effect.gen(function* () {
      const next = (next: unknown) =>
        Scripted.json({ type: "list", data: [], events: [], pages: { next } }, { headers })
      for (const [call, answer] of [
        [events, next(`https://elsewhere.example/?access_token=${inUrl}`)],
        [events, next(`/events?access_token=${inUrl}`)],
        [walk, next(`/contacts?access_token=${inUrl}`)],
        [walk, next({ starting_after: echo })]
      ] as const) {
        const error = yield* assertSecret(call, [answer])
        assert.strictEqual(error.reason._tag, "PaginationError")
      }
    })
  )
})

describe("the token", () => {
  const failing: ReadonlyArray<readonly [string, Call, Scripted.Answer]> = [
    ["no answer", get, Scripted.silence],
    ["a stalled body", get, Scripted.stall("{")],
    ["a lost body", get, Scripted.cut("{")],
    ["a refused connection", create, Scripted.lost("ECONNREFUSED")],
    ["a defect of the transport's making", get, Scripted.fails(new Error())],
    ["bad input", Contacts.use(({ get }) => get(ContactId.make(".."))), Scripted.silence],
    ["the token as input", Contacts.use(({ get }) => get(ContactId.make(`${token}\ud800`))), Scripted.silence],
    ["the token as a field", Contacts.use(({ list }) => list({ [token]: token } as object)), Scripted.silence],
    [
      "a bad cursor",
      Events.use(({ list }) =>
        Stream.runDrain(list.items({ user_id: "u" }, { from: Cursor.make(`//elsewhere.example/${token}`) }))
      ),
      Scripted.silence
    ]
  ]
  it.effect.each(failing)("is not in what %s leaves", ([, call, answer]) => assertSecret(call, [answer]))

  it.effect("is not in the failure of the rate limiter's store, nor in the keys it gets", () =>
    Effect.gen(function* () {
      const keys: Array<string> = []
      const fail = (options: { readonly key: string }) => {
        keys.push(options.key)
        return Effect.fail(
          new RateLimiter.RateLimiterError({
            reason: new RateLimiter.RateLimitStoreError({ message: `no ${token}`, cause: new Error(token) })
          })
        )
      }
      const store = Layer.succeed(RateLimiter.RateLimiterStore, {
        fixedWindow: fail,
        tokenBucket: fail,
        adaptiveConsume: fail,
        adaptiveFeedback: fail
      })
      const server = Scripted.make([])
      const error = yield* Scripted.failure(
        get.pipe(
          Effect.provide(
            Layer.provideMerge(
              Layer.mergeAll(Contacts.layer, Events.layer),
              IntercomHttp.layerShared({ accessToken: Redacted.make(token) }).pipe(
                Layer.provide(server.httpClient),
                Layer.provide(store)
              )
            )
          )
        )
      )
      assert("reason" in error && error.reason._tag === "TransportError")
      assert.strictEqual(error.reason.sent, false)
      assert.match(error.reason.description, /^The rate limiter's store failed: ./)
      for (const [how, text] of Object.entries(prints(error))) assertHidden(how, text)
      assert.isAbove(keys.length, 0)
      for (const key of keys) assertHidden("a key", key)
    })
  )

  it.effect("of a test, short as it is, leaves the texts readable", () =>
    Effect.gen(function* () {
      const server = Scripted.make([Scripted.json({ type: "contact", id: 5 })])
      const layer = server.layer(Contacts.layer, { accessToken: Redacted.make("t") })
      const error = yield* Effect.flip(
        Effect.provide(
          Contacts.use(({ get }) => get(ContactId.make("1"))),
          layer
        )
      )
      assert.notInclude(error.message, "<redacted>")
    })
  )

  it.effect("of four characters or more is taken out, in full, and nothing else is", () =>
    Effect.gen(function* () {
      const says = (secret: string, text: string) =>
        Effect.gen(function* () {
          const server = Scripted.make([Scripted.text(text, 400)])
          const layer = server.layer(Contacts.layer, { accessToken: Redacted.make(secret) })
          const call = Contacts.use(({ get }) => get(ContactId.make("1")))
          const { reason } = yield* Effect.flip(Effect.provide(call, layer))
          assert(reason._tag === "BadRequest")
          return reason.body
        })
      assert.strictEqual(yield* says("abcd", "is abcd, not abc"), "is <redacted>, not abc")
      assert.strictEqual(yield* says("abc", "is abc"), "is abc")
      // The characters HTML has names for.
      const odd = `t&o<k>e"n'5`
      assert.strictEqual(yield* says(odd, `is ${odd}`), "is <redacted>")
      assert.strictEqual(yield* says(odd, "<p>t&amp;o&lt;k&gt;e&quot;n&apos;5</p>"), "<p><redacted></p>")
    })
  )

  it.effect("is looked for in no time, whatever the text", () =>
    Effect.gen(function* () {
      for (const character of ["\\", "d", "%64", "&#x00", "0"]) {
        const started = performance.now()
        yield* assertSecret(create, [Scripted.text(character.repeat(1_000_000), { status: 500 })])
        assert.isBelow(performance.now() - started, 10_000)
      }
    })
  )

  it.effect("is sent as a header, and nowhere else", () =>
    Effect.gen(function* () {
      const server = Scripted.make(() => Scripted.json(Scripted.contact("1")))
      const layer = server.layer(Contacts.layer)
      yield* Effect.provide(
        Contacts.use(({ get }) => get(ContactId.make("1"))),
        layer
      )
      yield* Effect.provide(
        Contacts.use(({ create }) => create({ email: "a" })),
        layer
      )
      for (const { body, headers, url } of server.sent) {
        assert.strictEqual(headers["authorization"], `Bearer ${token}`)
        assertHidden("the request", inspect({ body, url: url.href, headers: { ...headers, authorization: "" } }))
      }
    })
  )

  it.effect("is not in the error about a malformed one", () =>
    Effect.gen(function* () {
      for (const bad of [`${token} with spaces`, `${token}\n`, `é${token}`]) {
        const options = yield* Effect.exit(IntercomConfig.make({ accessToken: Redacted.make(bad) }))
        const plainText = yield* Effect.exit(
          // What a program in JavaScript may pass.
          IntercomConfig.make({ accessToken: bad as unknown as Redacted.Redacted })
        )
        const provider = ConfigProvider.fromEnv({ env: { INTERCOM_ACCESS_TOKEN: bad } })
        const env = yield* Effect.exit(
          IntercomConfig.config.pipe(Effect.provideService(ConfigProvider.ConfigProvider, provider))
        )
        for (const exit of [options, plainText, env] as ReadonlyArray<Exit.Exit<unknown, unknown>>) {
          assert(Exit.isFailure(exit))
          for (const [how, text] of Object.entries(prints(Cause.squash(exit.cause)))) assertHidden(how, text)
          assertHidden("Cause.pretty", Cause.pretty(exit.cause))
          assertHidden("the cause", inspect(exit.cause, { depth: 10, showHidden: true }))
        }
      }
    })
  )

  it.effect("is not in a printed configuration", () =>
    Effect.gen(function* () {
      const config = yield* IntercomConfig.make({ accessToken: Redacted.make(token) })
      for (const [how, text] of Object.entries(prints(config))) assertHidden(how, text)
    })
  )
})
