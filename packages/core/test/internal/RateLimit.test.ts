import * as RateLimit from "@effect-intercom/core/internal/RateLimit"
import * as ServerTime from "@effect-intercom/core/internal/ServerTime"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as TestClock from "effect/testing/TestClock"

/** A call, and its answer. Times are in milliseconds from the beginning. */
interface Call {
  readonly at: number
  readonly takes?: number
  /** How long its body takes. */
  readonly body?: number
  readonly status?: number
  /** Seconds from the beginning. */
  readonly reset?: number
  readonly limit?: number
  readonly remaining?: number
  readonly retryAfter?: number
  /** Where it fails instead. */
  readonly fails?: "connect" | "read"
}

const epoch = 1_700_000_000
const request = HttpClientRequest.get("https://api.intercom.io/contacts")

const answer = ({ fails, limit, remaining, reset, retryAfter, status = 200, takes = 0 }: Call) => {
  const headers = {
    ...(reset === undefined ? undefined : { "x-ratelimit-reset": String(epoch + reset) }),
    ...(limit === undefined ? undefined : { "x-ratelimit-limit": String(limit) }),
    ...(remaining === undefined ? undefined : { "x-ratelimit-remaining": String(remaining) }),
    ...(retryAfter === undefined ? undefined : { "retry-after": String(retryAfter) })
  }
  const cause = Object.assign(new Error("no way"), { code: "EHOSTUNREACH", syscall: fails })
  const reason = new HttpClientError.TransportError({ request, cause })
  const answered = HttpClientResponse.fromWeb(request, new Response(null, { status, headers }))
  return Effect.delay(
    fails === undefined ? Effect.succeed(answered) : Effect.fail(new HttpClientError.HttpClientError({ reason })),
    takes
  )
}

const limiter = (limit: number, window: Duration.Input) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(epoch * 1000)
    const clock = yield* Clock.Clock
    return RateLimit.make({
      limit,
      window: Duration.fromInputUnsafe(window),
      longest: Duration.minutes(1),
      time: ServerTime.make(clock)
    })
  })

/** When each of these left, in two minutes. */
const departures = (limit: number, calls: ReadonlyArray<Call>, window: Duration.Input = "10 seconds") =>
  Effect.gen(function* () {
    const { admit, learn } = yield* limiter(limit, window)
    const times: Array<number | undefined> = calls.map(() => undefined)
    yield* Effect.forEach(calls, (call, index) => {
      const leave = Effect.map(Clock.currentTimeMillis, (now) => {
        times[index] = now - epoch * 1000
      })
      const attempt = leave.pipe(Effect.andThen(learn(answer(call))), Effect.andThen(Effect.sleep(call.body ?? 0)))
      return Effect.forkChild(Effect.delay(admit(attempt), call.at))
    })
    yield* TestClock.adjust("2 minutes")
    return times
  })

describe("requests leave", () => {
  it.effect.each<readonly [string, number, ReadonlyArray<Call>, ReadonlyArray<number>]>([
    [
      "one alone, for two seconds at most",
      2,
      [
        { at: 0, takes: 30_000 },
        { at: 0, takes: 30_000 },
        { at: 0, takes: 30_000 }
      ],
      [0, 2000, 10_000]
    ],
    [
      "in the next window, without one that left a second before it: that has arrived",
      2,
      [{ at: 0 }, { at: 9000, takes: 1500 }, { at: 10_000 }, { at: 11_000 }],
      [0, 9000, 10_000, 11_000]
    ],
    [
      "in the next window, less one that left in the last second: it may arrive in it",
      2,
      [{ at: 0 }, { at: 9001, takes: 1500 }, { at: 10_000 }, { at: 11_000 }],
      [0, 9001, 10_000, 20_000]
    ],
    [
      "in the next window, less one that left in the last second and was answered in it",
      2,
      [{ at: 0 }, { at: 9900, takes: 400 }, { at: 10_400 }, { at: 10_400 }],
      [0, 9900, 10_400, 20_300]
    ],
    [
      "in a window that begins with the first of them, not with the answer to an old one",
      1,
      [{ at: 0, takes: 12_000 }, { at: 21_000 }, { at: 22_500 }],
      [0, 21_000, 31_000]
    ],
    [
      "in windows as long as those that the server told of",
      1,
      [{ at: 0, reset: 10 }, { at: 0, reset: 20 }, { at: 0 }, { at: 0 }, { at: 0 }],
      [0, 10_000, 20_000, 30_000, 40_000]
    ],
    [
      "in those, also when some went by without a request",
      1,
      [
        { at: 0, reset: 10 },
        { at: 10_000, reset: 20 },
        ...[40_000, 40_000, 45_000, 75_000, 75_000].map((at) => ({ at }))
      ],
      [0, 10_000, 40_000, 50_000, 60_000, 75_000, 80_000]
    ],
    [
      "in windows as short as two that followed one another",
      1,
      [{ at: 0, reset: 10 }, { at: 30_000, reset: 40 }, { at: 40_000, reset: 50 }, { at: 50_000 }, { at: 50_000 }],
      [0, 30_000, 40_000, 50_000, 60_000]
    ],
    [
      "in a window that the server begins early",
      2,
      [{ at: 0, reset: 10 }, { at: 0, reset: 11 }, { at: 0 }, { at: 0 }],
      [0, 0, 0, 11_000]
    ],
    [
      "whatever a late answer says of the window before",
      2,
      [{ at: 0, reset: 10 }, { at: 9500, takes: 900, reset: 10, remaining: 0 }, { at: 10_600 }, { at: 10_600 }],
      [0, 9500, 10_600, 10_600]
    ],
    [
      "whatever a late answer says of the window before one that the server began early",
      3,
      [{ at: 0, takes: 2200, reset: 10, remaining: 0 }, { at: 0, takes: 100, reset: 11 }, { at: 2300 }],
      [0, 2000, 2300]
    ],
    [
      "when others of the app left room",
      3,
      [{ at: 0, remaining: 2 }, { at: 100, remaining: 0, reset: 10 }, { at: 200 }],
      [0, 100, 10_000]
    ],
    [
      "less those that answers say nothing of",
      9,
      [{ at: 0, remaining: 1, reset: 10 }, { at: 100 }, { at: 200 }],
      [0, 100, 10_000]
    ],
    ["as many as the limit of an answer allows", 5, [{ at: 0, limit: 1, reset: 10 }, { at: 0 }], [0, 10_000]],
    ["as soon as the first is answered", 2, [{ at: 0, takes: 500 }, { at: 0 }], [0, 500]],
    ["while the body of another is read", 2, [{ at: 0, body: 5000 }, { at: 0 }], [0, 0]],
    [
      "a little later where the server's window is not over when it should be, and later from then on",
      1,
      [{ at: 0, reset: 10 }, { at: 10_000, reset: 10 }, { at: 10_000, reset: 20 }, { at: 10_000 }],
      [0, 10_000, 10_250, 20_250]
    ],
    [
      "in windows of a second",
      1,
      [{ at: 0, reset: 10 }, { at: 10_000, reset: 11 }, { at: 10_000 }, { at: 10_000 }],
      [0, 10_000, 11_000, 12_000]
    ],
    ["a minute later when a 429 asks for it", 5, [{ at: 0, status: 429, retryAfter: 60 }, { at: 0 }], [0, 60_000]],
    ["at once when a 429 asks for longer", 5, [{ at: 0, status: 429, retryAfter: 3600 }, { at: 0 }], [0, 0]],
    ["at once when something else asks to wait", 5, [{ at: 0, status: 503, retryAfter: 2 }, { at: 0 }], [0, 0]],
    ["at the reset that a 429 tells", 5, [{ at: 0, status: 429, reset: 7 }, { at: 0 }], [0, 7000]],
    ["when a 429 asks for it", 5, [{ at: 0, status: 429, retryAfter: 2 }, { at: 0 }], [0, 2000]],
    ["at once after a 429 that tells nothing", 5, [{ at: 0, status: 429 }, { at: 0 }], [0, 0]],
    ["at once after an answer that tells a reset alone", 5, [{ at: 0, reset: 7 }, { at: 0 }], [0, 0]],
    ["at once after one that never left", 1, [{ at: 0, fails: "connect" }, { at: 0 }], [0, 0]],
    ["in the next window after one that may have arrived", 1, [{ at: 0, fails: "read" }, { at: 0 }], [0, 10_000]],
    ["not alone after one that may have arrived", 2, [{ at: 0, fails: "read" }, { at: 0 }], [0, 0]]
  ])("%s", ([, limit, calls, expected]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual<unknown>(yield* departures(limit, calls), expected)
    })
  )

  it.effect("in the window after one that requests of the last second filled", () =>
    Effect.gen(function* () {
      const slow = { at: 600, takes: 700 }
      const found = yield* departures(2, [{ at: 0 }, slow, slow, { at: 1100 }], "500 millis")
      assert.deepStrictEqual<unknown>(found, [0, 600, 600, 1600])
    })
  )
})

it.effect("what was sent without asking tells nothing", () =>
  Effect.gen(function* () {
    const { admit, learn } = yield* limiter(1, "10 seconds")
    const { status } = yield* learn(answer({ at: 0, remaining: 0, reset: 10 }))
    assert.strictEqual(status, 200)
    assert.strictEqual(yield* admit(Effect.succeed("sent")), "sent")
  })
)

it.each<readonly [string | undefined, number | undefined]>([
  [undefined, undefined],
  ["", undefined],
  [" ", undefined],
  ["soon", undefined],
  ["-1", undefined],
  ["Infinity", undefined],
  ["0", 0],
  [" 83 ", 83]
])("a count in a header: %o", (header, expected) => {
  assert.strictEqual(RateLimit.numberOf(header), expected)
})
