import type { IntercomError } from "@effect-intercom/core/IntercomError"
import type * as IntercomConfig from "@effect-intercom/core/IntercomConfig"
import * as IntercomHttp from "@effect-intercom/core/IntercomHttp"
import { Companies } from "@effect-intercom/core/resources/Companies"
import { ContactId, Contacts } from "@effect-intercom/core/resources/Contacts"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as IntercomMetrics from "@effect-intercom/core/IntercomMetrics"
import * as Random from "effect/Random"
import * as Ref from "effect/Ref"
import * as TestClock from "effect/testing/TestClock"
import * as Scripted from "./Scripted.ts"

type Call = Effect.Effect<unknown, IntercomError, Contacts | Companies>

const get = Contacts.use((contacts) => contacts.get(ContactId.make("1")))
const list = Contacts.use((contacts) => contacts.list())
const create = Contacts.use((contacts) => contacts.create({ email: "a@b.c" }))
const upsert = Companies.use((companies) => companies.createOrUpdate({ company_id: "c-1", name: "Acme" }))
const layer = Layer.merge(Contacts.layer, Companies.layer)

const ok = Scripted.json(Scripted.contact("1"))
const okList = Scripted.json(Scripted.contacts(["1"]))

/** Plays `script` to `call` and tells how it went; every answer after the script is a good one. */
const play = (
  call: Call,
  script: ReadonlyArray<Scripted.Answer>,
  options: Partial<IntercomConfig.Options> & { readonly good?: Scripted.Answer } = {}
) => {
  const { good = ok, ...config } = options
  return Effect.gen(function* () {
    const server = Scripted.make((_, index) => script[index] ?? good)
    const result = yield* Effect.provide(call, server.layer(layer, config)).pipe(
      (call) => Scripted.elapse(call, { limit: "3 hours" }),
      Effect.result
    )
    return {
      times: server.times,
      requests: server.sent.length,
      outcome: result._tag === "Success" ? "ok" : result.failure.reason._tag,
      error: result._tag === "Failure" ? result.failure : undefined
    }
  })
}

const windowFull = (headers: Readonly<Record<string, string>>) =>
  Scripted.errorList(429, { code: "rate_limit_exceeded", message: "Exceeded rate limit of 166 in 10 seconds" }, headers)

// ---------------------------------------------------------------------------------------------------------------------
// the table: what happened × what may be sent twice
// ---------------------------------------------------------------------------------------------------------------------

interface Row {
  readonly what: string
  readonly answer: Scripted.Answer
  readonly safe: "retry" | string
  readonly never: "retry" | string
}

const beforeSending = [
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
  // Of Bun.
  "ConnectionRefused"
]
// Nothing is sent to a server that cannot say who it is, and no other certificate comes in a minute.
const refused = [
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "ERR_TLS_CERT_ALTNAME_INVALID"
]
const afterSending = ["ECONNRESET", "EPIPE", "UND_ERR_SOCKET", "ETIMEDOUT"]

const system = (code: string, syscall: string) =>
  Scripted.fails(Object.assign(new Error(`${syscall} ${code}`), { code, syscall }))

const table: ReadonlyArray<Row> = [
  ...beforeSending.map((code) => ({
    what: `${code}: there was no connection`,
    answer: Scripted.lost(code),
    safe: "retry",
    never: "retry"
  })),
  ...refused.map((code) => ({
    what: `${code}: the certificate was refused`,
    answer: Scripted.lost(code),
    safe: "TransportError",
    never: "TransportError"
  })),
  ...["EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN", "ENETDOWN"].flatMap((code) => [
    { what: `${code} of connect`, answer: system(code, "connect"), safe: "retry", never: "retry" },
    { what: `${code} of read`, answer: system(code, "read"), safe: "retry", never: "TransportError" },
    { what: `${code} of write`, answer: system(code, "write"), safe: "retry", never: "TransportError" },
    { what: `${code} without a system call`, answer: Scripted.lost(code), safe: "retry", never: "TransportError" }
  ]),
  { what: "ECONNREFUSED of read", answer: system("ECONNREFUSED", "read"), safe: "retry", never: "TransportError" },
  { what: "ECONNREFUSED of a DNS query", answer: system("ECONNREFUSED", "queryA"), safe: "retry", never: "retry" },
  ...[
    "UND_ERR_HEADERS_TIMEOUT",
    "UND_ERR_BODY_TIMEOUT",
    "UND_ERR_DESTROYED",
    "UND_ERR_RES_CONTENT_LENGTH_MISMATCH"
  ].map((code) => ({ what: code, answer: Scripted.lost(code), safe: "retry", never: "TransportError" })),
  { what: "ETIMEDOUT of connect", answer: system("ETIMEDOUT", "connect"), safe: "retry", never: "retry" },
  { what: "EAI_FAIL of getaddrinfo", answer: system("EAI_FAIL", "getaddrinfo"), safe: "retry", never: "retry" },
  { what: "ECONNRESET of read", answer: system("ECONNRESET", "read"), safe: "retry", never: "TransportError" },
  {
    what: "ECONNREFUSED as fetch nests it",
    answer: Scripted.fails(
      new TypeError("fetch failed", {
        cause: new AggregateError([Object.assign(new Error(), { code: "ECONNREFUSED" })])
      })
    ),
    safe: "retry",
    never: "retry"
  },
  ...afterSending.map((code) => ({
    what: `${code}: the connection was lost`,
    answer: Scripted.lost(code),
    safe: "retry",
    never: "TransportError"
  })),
  { what: "an unknown transport failure", answer: Scripted.fails("?"), safe: "retry", never: "TransportError" },
  {
    what: "the connection lost in the middle of the body",
    answer: Scripted.cut('{"type":'),
    safe: "retry",
    never: "TransportError"
  },
  { what: "no answer in time", answer: Scripted.silence, safe: "retry", never: "TimeoutError" },
  { what: "no whole body in time", answer: Scripted.stall('{"type":'), safe: "retry", never: "TimeoutError" },
  { what: "408", answer: Scripted.status(408), safe: "retry", never: "UnexpectedStatus" },
  ...[500, 502, 503, 504].map((status) => ({
    what: `${status}`,
    answer: Scripted.status(status),
    safe: "retry",
    never: "ServerError"
  })),
  {
    what: "429 for the window",
    answer: windowFull({ "x-ratelimit-reset": "4" }),
    safe: "retry",
    never: "retry"
  },
  {
    what: "429 for a job slot",
    answer: Scripted.errorList(429, {
      code: "rate_limit_exceeded",
      message: "Exceeded rate limit of 1 pending message data export jobs"
    }),
    safe: "RateLimited",
    never: "RateLimited"
  },
  { what: "a success with an empty body", answer: Scripted.text(""), safe: "retry", never: "DecodeError" },
  {
    what: "a success whose body is not JSON",
    answer: Scripted.text("<html>"),
    safe: "retry",
    never: "DecodeError"
  },
  { what: "a success cut off", answer: Scripted.text('{"type":"con'), safe: "retry", never: "DecodeError" },
  {
    what: "a success of another shape",
    answer: Scripted.json({ type: "contact", id: 5 }),
    safe: "DecodeError",
    never: "DecodeError"
  },
  ...(
    [
      [400, "BadRequest"],
      [401, "Unauthorized"],
      [403, "Forbidden"],
      [404, "NotFound"],
      [409, "Conflict"],
      [410, "Gone"],
      [418, "UnexpectedStatus"],
      [422, "UnprocessableEntity"],
      [501, "ServerError"],
      [301, "UnexpectedStatus"]
    ] as const
  ).map(([status, tag]) => ({ what: `${status}`, answer: Scripted.status(status), safe: tag, never: tag }))
]

describe("what is sent again", () => {
  for (const { answer, never, safe, what } of table) {
    for (const [kind, call, expected] of [
      ["GET", get, safe],
      ["POST", create, never]
    ] as const) {
      it.effect(`${what}: ${kind} ${expected === "retry" ? "is sent again" : `fails with ${expected}`}`, () =>
        Effect.gen(function* () {
          const { outcome, requests } = yield* play(call, [answer])
          assert.deepStrictEqual([outcome, requests], expected === "retry" ? ["ok", 2] : [expected, 1])
        })
      )
    }
  }

  for (const [what, call, good] of [
    ["a listing is as safe as any GET", list, okList],
    ["a POST the API documents as an upsert is safe too", upsert, Scripted.json({ type: "company", id: "1" })]
  ] as const) {
    it.effect(what, () =>
      Effect.gen(function* () {
        const bad = [Scripted.status(503), Scripted.lost("ECONNRESET"), Scripted.silence, Scripted.text("")]
        const { outcome, requests } = yield* play(call, bad, { good })
        assert.deepStrictEqual([outcome, requests], ["ok", 5])
      })
    )
  }

  it.effect("what is never whole ends as a malformed DecodeError, with what came last", () =>
    Effect.gen(function* () {
      const { error, requests } = yield* play(get, [], { good: Scripted.text("<html>oops") })
      assert.strictEqual(requests, 6)
      assert(error?.reason._tag === "DecodeError")
      assert.deepStrictEqual([error.reason.kind, error.reason.body], ["malformed", "<html>oops"])
    })
  )

  it.effect("is counted where the program counts", () =>
    Effect.gen(function* () {
      const tally = yield* Ref.make({ ...IntercomMetrics.nothing, retries: 3 })
      yield* play(Effect.provideService(get, IntercomMetrics.Tally, tally), [
        Scripted.status(500),
        Scripted.status(503)
      ])
      assert.deepInclude(yield* Ref.get(tally), { requests: 3, retries: 5, waits: 0 })
    })
  )

  it.effect("the last failure is the one reported", () =>
    Effect.gen(function* () {
      const { error } = yield* play(get, [Scripted.status(503), Scripted.lost("ECONNRESET"), Scripted.status(404)])
      assert.strictEqual(error?.reason._tag, "NotFound")
    })
  )
})

// ---------------------------------------------------------------------------------------------------------------------
// when
// ---------------------------------------------------------------------------------------------------------------------

describe("when it is sent again", () => {
  it.effect("delays are a random part of an exponential with a cap", () =>
    Effect.gen(function* () {
      const delays: Array<Array<number>> = [[], [], [], [], [], []]
      for (let seed = 0; seed < 40; seed++) {
        const { times } = yield* play(get, [], {
          good: Scripted.status(503),
          retry: { times: 6, base: "1 second", cap: "10 seconds", total: "1 hour" }
        }).pipe(Random.withSeed(`seed ${seed}`))
        assert.strictEqual(times.length, 7)
        for (const [i, delay] of delays.entries()) delay.push(times[i + 1]! - times[i]!)
      }
      for (const [i, longest] of [1000, 2000, 4000, 8000, 10_000, 10_000].entries()) {
        const seen = delays[i]!
        assert.isAtMost(Math.max(...seen), longest)
        // Full jitter: spread over the whole range, not around its middle.
        assert.isAbove(Math.max(...seen), longest * 0.8)
        assert.isBelow(Math.min(...seen), longest * 0.2)
      }
    })
  )

  it.effect("the same seed gives the same delays", () =>
    Effect.gen(function* () {
      const run = Random.withSeed(play(get, [], { good: Scripted.status(503) }), "seed")
      const [first, second] = [yield* run, yield* run]
      const gaps = ({ times }: typeof first) =>
        times.map((time, i) => Math.round((time - (times[i - 1] ?? time)) * 1e6))
      assert.deepStrictEqual(gaps(first), gaps(second))
    })
  )

  for (const [name, call] of [
    ["a GET", get],
    ["a POST", create]
  ] as const) {
    it.effect(`${name} waits for X-RateLimit-Reset after a 429, then is sent again`, () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(1_700_000_003_500)
        const { outcome, times } = yield* play(call, [windowFull({ "x-ratelimit-reset": "1700000012" })])
        assert.strictEqual(outcome, "ok")
        assert.strictEqual(times.length, 2)
        assert.isAtLeast(times[1]!, 1_700_000_012_000)
        assert.isBelow(times[1]!, 1_700_000_012_600)
      })
    )
  }

  for (const [form, value] of [
    ["in seconds", "30"],
    ["as a date", new Date(1_700_000_030_000).toUTCString()]
  ] as const) {
    it.effect(`Retry-After ${form} is a minimum, for a 429 and for a 503`, () =>
      Effect.gen(function* () {
        for (const status of [429, 503]) {
          yield* TestClock.setTime(1_700_000_000_000)
          const { outcome, times } = yield* play(get, [Scripted.status(status, { "retry-after": value })])
          assert.strictEqual(outcome, "ok")
          assert.isAtLeast(times[1]! - times[0]!, 30_000)
          assert.isBelow(times[1]! - times[0]!, 31_000)
        }
      })
    )
  }

  it.effect("of Retry-After and X-RateLimit-Reset the later counts", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_700_000_000_000)
      const { times } = yield* play(get, [windowFull({ "x-ratelimit-reset": "1700000005", "retry-after": "20" })])
      assert.isAtLeast(times[1]! - times[0]!, 20_000)
    })
  )

  it.effect("the window of a 503 is none to wait for", () =>
    Effect.gen(function* () {
      const { times } = yield* play(get, [Scripted.status(503, { "x-ratelimit-reset": "30" })])
      assert.isAtMost(times[1]! - times[0]!, 500)
    })
  )

  it.effect("headers that make no sense are as good as none", () =>
    Effect.gen(function* () {
      for (const headers of [
        { "x-ratelimit-reset": "soon", "retry-after": "later" },
        { "x-ratelimit-reset": "-5", "retry-after": "-5" },
        { "x-ratelimit-reset": "", "retry-after": "" }
      ]) {
        const { outcome, times } = yield* play(get, [windowFull(headers)])
        assert.strictEqual(outcome, "ok")
        assert.isAtMost(times[1]! - times[0]!, 500)
      }
    })
  )
})

// ---------------------------------------------------------------------------------------------------------------------
// until when
// ---------------------------------------------------------------------------------------------------------------------

describe("when it ends", () => {
  it.effect("after the configured number of repetitions", () =>
    Effect.gen(function* () {
      for (const times of [0, 1, 3]) {
        const { outcome, requests } = yield* play(get, [], { good: Scripted.status(503), retry: { times } })
        assert.deepStrictEqual([outcome, requests], ["ServerError", times + 1])
      }
    })
  )

  it.effect("a 429 counts as any attempt: a stubborn one ends too", () =>
    Effect.gen(function* () {
      const { outcome, requests } = yield* play(get, [], { good: windowFull({ "retry-after": "1" }) })
      assert.deepStrictEqual([outcome, requests], ["RateLimited", 6])
    })
  )

  it.effect("Retry-After: 3600 fails at once rather than sleeping past the total", () =>
    Effect.gen(function* () {
      const before = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
      const { error, requests } = yield* play(get, [windowFull({ "retry-after": "3600" })])
      const after = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
      assert.strictEqual(requests, 1)
      assert.isBelow(after - before, 5_000)
      assert(error?.reason._tag === "RateLimited")
      assert.strictEqual(error.reason.resetAt, Math.ceil(before / 1000) + 3600)
    })
  )

  it.effect("a wait that ends with the total is taken, a longer one is not", () =>
    Effect.gen(function* () {
      for (const [seconds, expected] of [
        ["10", ["ok", 2]],
        ["11", ["RateLimited", 1]]
      ] as const) {
        const script = [windowFull({ "retry-after": seconds })]
        const { outcome, requests } = yield* play(get, script, { retry: { total: "10 seconds" } })
        assert.deepStrictEqual([outcome, requests], [...expected])
      }
    })
  )

  it.effect("with the total time, counted from the first attempt, its own duration included", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_700_000_000_000)
      // Each attempt takes a minute to time out: the third would start after two.
      const { outcome, times } = yield* play(get, [], {
        good: Scripted.silence,
        timeout: "1 minute",
        retry: { times: 10, base: "1 second", total: "90 seconds" }
      })
      assert.strictEqual(outcome, "TimeoutError")
      assert.strictEqual(times.length, 2)
    })
  )

  it.effect("waiting for the rate limit takes nothing from the total", () =>
    Effect.gen(function* () {
      const server = Scripted.make((_, index) => (index < 2 ? ok : index === 2 ? Scripted.status(503) : ok))
      const layer = server.layer(Contacts.layer, {
        rateLimit: { limit: 1, window: "1 minute" },
        retry: { total: "70 seconds" }
      })
      yield* Scripted.elapse(Effect.all([get, get, get], { concurrency: "unbounded" }).pipe(Effect.provide(layer)))
      assert.strictEqual(server.sent.length, 4)
    })
  )

  it.effect("interruption ends it at once", () =>
    Effect.gen(function* () {
      const server = Scripted.make(() => Scripted.status(503))
      yield* Scripted.elapse(
        Effect.timeoutOption(get, "2 seconds").pipe(
          Effect.provide(server.layer(Contacts.layer, { retry: { times: 1000, base: "100 millis" } }))
        )
      )
      const sent = server.sent.length
      yield* TestClock.adjust("1 hour")
      assert.isAbove(sent, 0)
      assert.strictEqual(server.sent.length, sent)
    })
  )
})

describe("configuration", () => {
  it.effect("a call may have a policy of its own; what it leaves out stays as the client has it", () =>
    Effect.gen(function* () {
      const server = Scripted.make(() => Scripted.status(503))
      const layer = server.layer(Contacts.layer, { retry: { times: 2, base: "1 millis", cap: "5 millis" } })
      const counts = yield* Scripted.elapse(
        Effect.gen(function* () {
          yield* Effect.flip(get)
          const asConfigured = server.sent.length
          yield* Effect.flip(Effect.provideService(get, IntercomHttp.RetryPolicy, { times: 0 }))
          const once = server.sent.length - asConfigured
          yield* Effect.flip(Effect.provideService(get, IntercomHttp.RetryPolicy, { total: "1 minute" }))
          return [asConfigured, once, server.sent.length - asConfigured - once]
        }).pipe(Effect.provide(layer))
      )
      assert.deepStrictEqual(counts, [3, 1, 3])
      assert.isBelow(Math.max(...server.times), 30)
    })
  )

  it.effect("a call may have a timeout of its own", () =>
    Effect.gen(function* () {
      const server = Scripted.make(() => Scripted.silence)
      const error = yield* Scripted.failure(
        create.pipe(
          Effect.provideService(IntercomHttp.Timeout, "7 seconds"),
          Effect.provide(server.layer(Contacts.layer, { timeout: "1 hour" }))
        )
      )
      assert(error.reason._tag === "TimeoutError")
      assert.strictEqual(error.reason.afterMillis, 7_000)
    })
  )

  it.effect("policies wrap calls, data-first and data-last", () =>
    Effect.gen(function* () {
      const server = Scripted.make(() => Scripted.silence)
      const layer = server.layer(Contacts.layer, { timeout: "1 hour" })
      const first = IntercomHttp.withTimeout(IntercomHttp.withRetry(get, { times: 1, base: "1 millis" }), "2 seconds")
      const last = get.pipe(
        IntercomHttp.withRetry({ times: 1, base: "1 millis" }),
        IntercomHttp.withTimeout("2 seconds")
      )
      for (const call of [first, last]) {
        const { reason } = yield* Scripted.failure(Effect.provide(call, layer))
        assert(reason._tag === "TimeoutError")
        assert.strictEqual(reason.afterMillis, 2_000)
      }
      assert.lengthOf(server.sent, 4)
    })
  )

  it.effect("what a call leaves undefined stays as the client has it", () =>
    Effect.gen(function* () {
      const none = { times: undefined, base: undefined, cap: undefined, total: undefined }
      const server = Scripted.make(() => Scripted.status(503))
      yield* Scripted.failure(
        get.pipe(
          // Programs that are checked less strictly write so.
          Effect.provideService(IntercomHttp.RetryPolicy, none as object),
          Effect.provide(server.layer(Contacts.layer, { retry: { times: 2, base: "1 millis" } }))
        )
      )
      assert.strictEqual(server.sent.length, 3)
    })
  )

  const span = 'a duration that is not negative, such as "30 seconds" or a number of milliseconds'
  it.effect.each<readonly [string, string, unknown, unknown]>([
    ["RetryPolicy.times", "a number from 0", { times: Number.NaN }, undefined],
    ["RetryPolicy.times", "a number from 0", { times: -1 }, undefined],
    ["RetryPolicy.times", "a number from 0", { times: "3" }, undefined],
    ["RetryPolicy.base", span, { base: "x" }, undefined],
    ["RetryPolicy.cap", span, { cap: Number.NaN }, undefined],
    ["RetryPolicy.total", span, { total: -5 }, undefined],
    ["Timeout", span, {}, "x"],
    ["Timeout", span, {}, Number.NaN],
    ["Timeout", span, {}, null]
  ])(
    "a bad %s of a call, which is to be %s, is told by name, and nothing is sent: %j %j",
    ([path, expected, policy, timeout]) =>
      Effect.gen(function* () {
        const server = Scripted.make([])
        const { reason } = yield* get.pipe(
          // What a program in JavaScript may pass.
          Effect.provideService(IntercomHttp.RetryPolicy, policy as Partial<IntercomConfig.RetryPolicy>),
          Effect.provideService(IntercomHttp.Timeout, timeout as number),
          Effect.provide(server.layer(Contacts.layer)),
          Effect.flip
        )
        assert(reason._tag === "EncodeError")
        assert.deepStrictEqual(
          reason.mismatches.map(({ expected, path }) => [path, expected]),
          [[path, expected]]
        )
      })
  )

  it.effect("no limit at all can be had", () =>
    Effect.gen(function* () {
      const { outcome, requests } = yield* play(
        get,
        Array.from({ length: 200 }, () => Scripted.status(503)),
        { retry: { times: Infinity, total: "Infinity", base: 1, cap: 2 }, timeout: "Infinity" }
      )
      assert.deepStrictEqual([outcome, requests], ["ok", 201])
    })
  )
})
