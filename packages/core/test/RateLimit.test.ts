import * as IntercomMetrics from "@effect-intercom/core/IntercomMetrics"
import { IntercomHttp } from "@effect-intercom/core/IntercomHttp"
import { Companies } from "@effect-intercom/core/resources/Companies"
import { ContactId, Contacts } from "@effect-intercom/core/resources/Contacts"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Hash from "effect/Hash"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as RateLimiter from "effect/persistence/RateLimiter"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as fc from "fast-check"
import * as Scripted from "./Scripted.ts"

const get = Contacts.use(({ get }) => get(ContactId.make("1")))
const list = Contacts.use(({ list }) => list())
const companies = Companies.use(({ list }) => list())
const resources = Layer.merge(Contacts.layer, Companies.layer)

const bodies: Readonly<Record<string, unknown>> = {
  "/contacts/1": Scripted.contact("1"),
  "/contacts": Scripted.contacts(["1"]),
  "/companies": { type: "list", data: [] }
}

/** An Intercom with `limit` requests per fixed window of `seconds`, 150 ms per answer, and another client's `used`. */
const windowed = (limit: number, seconds = 10, used = 0) => {
  const counts = new Map<number, number>()
  const statuses: Array<number> = []
  const server = Scripted.make(({ at, url }) => {
    const window = Math.floor(at / (seconds * 1000))
    const count = (counts.get(window) ?? used) + 1
    counts.set(window, count)
    const headers = {
      "x-ratelimit-limit": String(limit),
      "x-ratelimit-remaining": String(Math.max(0, limit - count)),
      "x-ratelimit-reset": String((window + 1) * seconds)
    }
    const status = count > limit ? 429 : 200
    statuses.push(status)
    return Scripted.after(
      "150 millis",
      status === 200
        ? Scripted.json(bodies[url.pathname], { headers })
        : Scripted.errorList(429, { code: "rate_limit_exceeded", message: "Exceeded rate limit" }, headers)
    )
  })
  return { server, refused: () => statuses.filter((status) => status === 429).length, counts }
}

// Windows do not begin when a program does.
const start = TestClock.setTime(1_700_000_003_300)
const began = 1_700_000_003_300

/** Twenty fibers repeat `calls` for a minute of test time; gives how many succeeded. */
const crowd = <R = Contacts | Companies>(
  calls: ReadonlyArray<Effect.Effect<unknown, unknown, R>>,
  server: Scripted.Scripted
) =>
  Effect.gen(function* () {
    let done = 0
    const worker = (i: number) =>
      Effect.forever(
        Effect.andThen(
          calls[i % calls.length] ?? Effect.never,
          Effect.sync(() => done++)
        )
      )
    yield* Effect.forEach(
      Array.from({ length: 20 }, (_, i) => i),
      worker,
      { concurrency: "unbounded" }
    ).pipe(Effect.timeoutOption("56700 millis"), Scripted.elapse)
    return { done, sent: server.sent.length }
  })

describe("a client that knows nothing yet", () => {
  it.effect("sends one request alone, whose answer tells how many may follow", () =>
    Effect.gen(function* () {
      const { refused, server } = windowed(20)
      yield* start
      yield* Effect.forEach(Array.from({ length: 60 }), () => get, { concurrency: "unbounded" }).pipe(
        Effect.provide(server.layer(Contacts.layer)),
        Scripted.elapse
      )
      assert.strictEqual(refused(), 0)
      assert.deepStrictEqual(
        server.sent.slice(0, 2).map(({ at }) => at - began),
        [0, 150]
      )
    })
  )

  it.effect("does not wait long for a first answer that does not come", () =>
    Effect.gen(function* () {
      const server = Scripted.make((_, index) =>
        index === 0
          ? Scripted.after("30 seconds", Scripted.json(Scripted.contact("1")))
          : Scripted.json(Scripted.contact("1"))
      )
      yield* start
      yield* Effect.all([get, get], { concurrency: "unbounded" }).pipe(
        Effect.provide(server.layer(Contacts.layer)),
        Scripted.elapse
      )
      assert.deepStrictEqual(
        server.sent.map(({ at }) => at - began),
        [0, 2000]
      )
    })
  )
})

describe("a client in a fixed window", () => {
  // From the start to the end of the sixth window.
  const possible = (limit: number) => 6 * limit

  it.effect("sees no 429 and uses the window, from a wrong first guess", () =>
    Effect.gen(function* () {
      yield* start
      const { refused, server } = windowed(166)
      const { done } = yield* Effect.provide(crowd([get], server), server.layer(resources))
      assert.strictEqual(refused(), 0)
      assert.isAtLeast(done, 0.95 * possible(166))
    })
  )

  it.effect("all operations share what one of them learns", () =>
    Effect.gen(function* () {
      yield* start
      const { refused, server } = windowed(166)
      const { done } = yield* Effect.provide(
        crowd<Contacts | Companies>([get, list, companies], server),
        server.layer(resources)
      )
      assert.strictEqual(refused(), 0)
      assert.isAtLeast(done, 0.95 * possible(166))
    })
  )

  it.effect("learns that it may send more than it guessed", () =>
    Effect.gen(function* () {
      yield* start
      const { refused, server } = windowed(500)
      const { done } = yield* Effect.provide(
        crowd([get, list], server),
        server.layer(resources, { rateLimit: { limit: 20, window: "10 seconds" } })
      )
      assert.strictEqual(refused(), 0)
      assert.isAtLeast(done, 0.8 * possible(500))
    })
  )

  it.effect("leaves room for the app's other programs", () =>
    Effect.gen(function* () {
      yield* start
      const { refused, server } = windowed(166, 10, 100)
      const { done } = yield* Effect.provide(
        crowd<Contacts | Companies>([get, companies], server),
        server.layer(resources)
      )
      // Before the first answer nothing is known; after it, all is.
      assert.strictEqual(refused(), 0)
      assert.isAtLeast(done, 0.95 * possible(66))
    })
  )

  it.effect("learns the limit even where the reset makes no sense", () =>
    Effect.gen(function* () {
      yield* start
      const headers = { "x-ratelimit-limit": "20", "x-ratelimit-reset": "soon" }
      const server = Scripted.make(() => Scripted.json(Scripted.contact("1"), { headers }))
      const { sent } = yield* Effect.provide(crowd([get], server), server.layer(resources))
      assert.isBelow(sent, 7 * 20)
    })
  )

  it.effect("knows the window even where calls are impatient", () =>
    Effect.gen(function* () {
      yield* start
      const { refused, server } = windowed(60)
      const { done } = yield* Effect.provide(
        crowd([get], server),
        server.layer(resources, { retry: { times: 0, total: 0 }, timeout: "1 second" })
      )
      assert.strictEqual(refused(), 0)
      assert.isAtLeast(done, 0.95 * possible(60))
    })
  )

  it.effect("waits are counted", () =>
    Effect.gen(function* () {
      yield* start
      const { server } = windowed(30)
      const totals = yield* crowd([get], server).pipe(
        Effect.provide(server.layer(resources)),
        Effect.andThen(IntercomMetrics.totals),
        Effect.provideService(Metric.MetricRegistry, new Map())
      )
      assert.isAbove(totals.waits, 0)
      assert.isAbove(totals.waitedMillis, 60_000)
      assert.strictEqual(totals.retries, 0)
      assert.strictEqual(totals.requests, server.sent.length)
    })
  )
})

describe("a crowd", () => {
  const all = (count: number) => Effect.forEach(Array.from({ length: count }), () => get, { concurrency: "unbounded" })

  it.effect("of 200 at once, at 20 in a second, is never refused", () =>
    Effect.gen(function* () {
      const { counts, refused, server } = windowed(20, 1)
      yield* start
      yield* all(200).pipe(Effect.provide(server.layer(Contacts.layer)), Scripted.elapse)
      assert.strictEqual(refused(), 0)
      assert.strictEqual(server.sent.length, 200)
      assert.isAtMost(counts.size, 12)
    })
  )

  it.effect("is held by a wrong guess no longer than until the first answer", () =>
    Effect.gen(function* () {
      const { server } = windowed(100)
      yield* start
      yield* all(50).pipe(
        Effect.provide(server.layer(Contacts.layer, { rateLimit: { limit: 60, window: "1 hour" } })),
        (calls) => Scripted.elapse(calls, { step: "10 millis" })
      )
      assert.deepStrictEqual(
        [...new Set(server.times)].map((at) => at - began),
        [0, 150]
      )
    })
  )

  it.effect.each([
    ["connect", 0],
    ["read", 10_000]
  ] as const)("a request that failed at %s holds up the next one for %d ms", ([syscall, millis]) =>
    Effect.gen(function* () {
      const error = Object.assign(new Error("no way"), { code: "EHOSTUNREACH", syscall })
      const server = Scripted.make([Scripted.fails(error), Scripted.json(Scripted.contact("1"))])
      const options = { rateLimit: { limit: 1, window: "10 seconds" }, retry: { times: 0 } } as const
      yield* Effect.andThen(Effect.flip(get), get).pipe(
        Effect.provide(server.layer(Contacts.layer, options)),
        Scripted.elapse
      )
      assert.deepStrictEqual(server.times, [0, millis])
    })
  )

  it.effect("keeps to the guess where no header tells", () =>
    Effect.gen(function* () {
      const server = Scripted.make(() => Scripted.json(Scripted.contact("1")))
      yield* start
      yield* all(7).pipe(
        Effect.provide(server.layer(Contacts.layer, { rateLimit: { limit: 3, window: "10 seconds" } })),
        Scripted.elapse
      )
      assert.deepStrictEqual(
        server.times.map((at) => at - began),
        [0, 0, 0, 10_000, 10_000, 10_000, 20_000]
      )
    })
  )

  it.effect("that is interrupted while it waits leaves its place to others", () =>
    Effect.gen(function* () {
      const { refused, server } = windowed(10)
      yield* start
      yield* Effect.gen(function* () {
        yield* all(10)
        const waiting = yield* Effect.forkChild(all(500))
        yield* Effect.sleep("1 second")
        yield* Fiber.interrupt(waiting)
        yield* all(10)
      }).pipe(Effect.provide(server.layer(Contacts.layer)), Scripted.elapse)
      assert.strictEqual(server.sent.length, 20)
      assert.strictEqual(refused(), 0)
      // In the very next window.
      assert.strictEqual(server.times.at(-1), 1_700_000_010_000)
    })
  )

  it.effect("is not held up by a request that hangs", () =>
    Effect.gen(function* () {
      yield* start
      const server = Scripted.make((_, index) => {
        if (index === 0) return Scripted.after("25 seconds", Scripted.json(Scripted.contact("1")))
        return Scripted.json(Scripted.contact("1"), { headers: { "x-ratelimit-limit": "2" } })
      })
      yield* all(5).pipe(
        Effect.provide(server.layer(Contacts.layer, { rateLimit: { limit: 2, window: "10 seconds" } })),
        Scripted.elapse
      )
      assert.isBelow(Math.max(...server.times) - began, 21_000)
    })
  )

  it.effect("of any size, at any limit, with answers in any order: never more in a window than it takes", () =>
    Effect.promise(() =>
      fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 30 }),
          fc.integer({ min: 1, max: 12 }),
          // The first one comes before nobody waits for it any more.
          fc.array(fc.integer({ min: 1, max: 1_900 }), { minLength: 1, maxLength: 20 }),
          fc.integer({ min: 0, max: 90 }),
          (limit, seconds, delays, count) =>
            Effect.gen(function* () {
              yield* start
              const counts = new Map<number, number>()
              const server = Scripted.make(({ at }, index) => {
                const window = Math.floor(at / (seconds * 1000))
                const used = (counts.get(window) ?? 0) + 1
                counts.set(window, used)
                const headers = {
                  "x-ratelimit-limit": String(limit),
                  "x-ratelimit-remaining": String(Math.max(0, limit - used)),
                  "x-ratelimit-reset": String((window + 1) * seconds)
                }
                return Scripted.after(
                  delays[index % delays.length] ?? 1,
                  Scripted.json(Scripted.contact("1"), { headers })
                )
              })
              yield* all(count).pipe(
                Effect.provide(server.layer(Contacts.layer, { rateLimit: { limit: 1, window: "1 second" } })),
                (calls) => Scripted.elapse(calls, { step: "5 seconds" })
              )
              assert.strictEqual(server.sent.length, count)
              for (const used of counts.values()) assert.isAtMost(used, limit)
            }).pipe(Effect.provide(TestClock.layer()), Effect.runPromise)
        ),
        { seed: 20, numRuns: 40 }
      )
    )
  )
})

describe("a clock", () => {
  /** The TestClock, with the time of day of a machine that is `behind` by so much. */
  const machine = Effect.map(Clock.Clock, (clock) => {
    const state = { behind: 0 }
    const now = () => clock.currentTimeMillisUnsafe() - state.behind
    return {
      set: (behind: number) => {
        state.behind = behind
      },
      clock: {
        ...clock,
        currentTimeMillisUnsafe: now,
        currentTimeMillis: Effect.sync(now)
      } satisfies Clock.Clock
    }
  })

  type Tell = (at: number, reset: number) => Readonly<Record<string, string>>
  const seconds: Tell = (_, reset) => ({ "x-ratelimit-reset": String(reset / 1000) })
  const text: Tell = (_, reset) => ({ "x-ratelimit-reset": new Date(reset).toISOString() })
  const left: Tell = (at, reset) => ({ "x-ratelimit-reset": String(Math.ceil((reset - at) / 1000)) })
  const dated =
    (tell: Tell): Tell =>
    (at, reset) => ({ ...tell(at, reset), date: new Date(at).toUTCString() })

  /** 20 requests in 10 seconds of the true time, of which the server tells what it likes. */
  const truly = (tell: Tell) =>
    Effect.map(Clock.Clock, (clock) => {
      const counts = new Map<number, number>()
      let refused = 0
      const server = Scripted.make(() => {
        const at = clock.currentTimeMillisUnsafe()
        const window = Math.floor(at / 10_000)
        const used = (counts.get(window) ?? 0) + 1
        counts.set(window, used)
        const headers = {
          "x-ratelimit-limit": "20",
          "x-ratelimit-remaining": String(Math.max(0, 20 - used)),
          ...tell(at, (window + 1) * 10_000)
        }
        if (used > 20) refused++
        return Scripted.after(
          "150 millis",
          used > 20
            ? Scripted.errorList(429, { code: "rate_limit_exceeded" }, headers)
            : Scripted.json(Scripted.contact("1"), { headers })
        )
      })
      return { server, refused: () => refused }
    })

  it.effect.each<readonly [string, Tell, number, number]>([
    ["is set back while a program runs", seconds, 0, 400_000],
    ["is set back while a program runs, and the server tells the time", dated(seconds), 0, 400_000],
    ["is set forth while a program runs, and the server tells the time", dated(seconds), 0, -400_000],
    ["is an hour late, and the server tells the time", dated(seconds), 3_600_000, 3_600_000],
    ["is an hour early, and the server tells the time", dated(seconds), -3_600_000, -3_600_000],
    ["is right, and resets are text", text, 0, 0],
    ["is an hour late, and resets are text, with the time", dated(text), 3_600_000, 3_600_000],
    ["is of no matter where resets are seconds from now", left, 3_600_000, -3_600_000]
  ])("that %s", ([, headers, before, after]) =>
    Effect.gen(function* () {
      yield* start
      const { clock, set } = yield* machine
      const { refused, server } = yield* truly(headers)
      set(before)
      const totals = yield* Effect.gen(function* () {
        yield* Effect.forkChild(
          Effect.delay(
            Effect.sync(() => set(after)),
            "15 seconds"
          )
        )
        yield* Effect.forEach(Array.from({ length: 100 }), () => get, { concurrency: "unbounded" })
        return yield* IntercomMetrics.totals
      }).pipe(
        Effect.provide(server.layer(Contacts.layer)),
        Effect.provideService(Clock.Clock, clock),
        Effect.provideService(Metric.MetricRegistry, new Map()),
        Scripted.elapse
      )
      assert.strictEqual(refused(), 0)
      // Five windows, of which the first had begun; a second more for each where the clock tells nothing.
      assert.isAtMost((yield* Clock.currentTimeMillis) - began, 55_000)
      assert.strictEqual(totals.waits, 99)
      assert.isAbove(totals.waitedMillis, 99 * 150)
    })
  )

  it.effect.each([
    ["tells", dated(seconds), 20],
    ["does not tell", seconds, 40]
  ] as const)("that is half a second early is found out where the server %s the time", ([, tell, most]) =>
    Effect.gen(function* () {
      yield* start
      const { clock, set } = yield* machine
      const { refused, server } = yield* truly(tell)
      set(-500)
      yield* Effect.forEach(Array.from({ length: 200 }), () => get, { concurrency: "unbounded" }).pipe(
        Effect.provide(server.layer(Contacts.layer)),
        Effect.provideService(Clock.Clock, clock),
        Scripted.elapse
      )
      assert.isAtMost(refused(), most)
    })
  )

  it.effect.each([400_000, -400_000])("that is set by %d ms ends no call too late, nor too early", (by) =>
    Effect.gen(function* () {
      yield* start
      const { clock, set } = yield* machine
      const trueClock = yield* Clock.Clock
      const times: Array<number> = []
      const server = Scripted.make((_, index) => {
        times.push(trueClock.currentTimeMillisUnsafe() - began)
        if (index === 1) set(by)
        return Scripted.status(503, { "retry-after": "10" })
      })
      const retry = { times: 100, base: "1 second", cap: "1 second", total: "1 minute" } as const
      yield* Effect.flip(get).pipe(
        Effect.provide(server.layer(Contacts.layer, { retry })),
        Effect.provideService(Clock.Clock, clock),
        Scripted.elapse
      )
      assert.deepStrictEqual(times, [0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000])
    })
  )
})

describe("a 429 that comes nevertheless", () => {
  it.effect("holds back everyone until its Retry-After", () =>
    Effect.gen(function* () {
      yield* start
      const server = Scripted.make(({ url }, index) =>
        index === 0
          ? Scripted.errorList(429, { code: "rate_limit_exceeded" }, { "retry-after": "7" })
          : Scripted.json(bodies[url.pathname])
      )
      yield* Effect.gen(function* () {
        const first = yield* Effect.forkChild(get)
        yield* Effect.sleep("1 second")
        yield* Effect.all([list, companies, get], { concurrency: "unbounded" })
        yield* Fiber.join(first)
      }).pipe(Effect.provide(server.layer(resources)), Scripted.elapse)
      assert.strictEqual(server.sent.length, 5)
      for (const at of server.times.slice(1)) assert.isAtLeast(at - began, 7_000)
    })
  )

  it.effect("holds back everyone until the window resets", () =>
    Effect.gen(function* () {
      yield* start
      const headers = { "x-ratelimit-limit": "10", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1700000010" }
      const server = Scripted.make(({ url }, index) =>
        index === 0
          ? Scripted.errorList(429, { code: "rate_limit_exceeded" }, headers)
          : Scripted.json(bodies[url.pathname])
      )
      yield* Effect.all([get, Effect.delay(list, "1 second"), Effect.delay(companies, "2 seconds")], {
        concurrency: "unbounded"
      }).pipe(Effect.provide(server.layer(resources)), Scripted.elapse)
      assert.strictEqual(server.sent.length, 4)
      for (const at of server.times.slice(1)) assert.isAtLeast(at, 1_700_000_010_000)
    })
  )
})

describe("an answer that asks to wait as long as a call may take", () => {
  it.effect.each<readonly [string, Readonly<Record<string, string>>, number]>([
    ["Retry-After", { "retry-after": "120" }, 120],
    ["X-RateLimit-Reset in milliseconds", { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1700000010000" }, 6.7]
  ])("%s: holds back the others", ([, headers, seconds]) =>
    Effect.gen(function* () {
      yield* start
      const server = Scripted.make(({ url }, index) =>
        index === 0
          ? Scripted.errorList(429, { code: "rate_limit_exceeded" }, headers)
          : Scripted.json(bodies[url.pathname])
      )
      yield* Effect.all([Effect.result(get), Effect.delay(list, "5 seconds")], { concurrency: "unbounded" }).pipe(
        Effect.provide(server.layer(resources, { retry: { times: 0, total: "2 minutes" } })),
        Scripted.elapse
      )
      assert.deepStrictEqual(
        server.times.map((at) => at - began),
        [0, seconds * 1000]
      )
    })
  )
})

describe("an answer that asks to wait longer than a call may take", () => {
  const far = String(1_700_000_003 + 3_600)
  it.effect.each<readonly [string, Readonly<Record<string, string>>]>([
    ["Retry-After", { "retry-after": "3600" }],
    ["a date in Retry-After", { "retry-after": new Date((1_700_000_003 + 3_600) * 1000).toUTCString() }],
    ["X-RateLimit-Reset", { "x-ratelimit-remaining": "0", "x-ratelimit-reset": far }],
    ["X-RateLimit-Reset in milliseconds", { "x-ratelimit-remaining": "0", "x-ratelimit-reset": `${far}000` }],
    ["seconds in X-RateLimit-Reset", { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "3600" }]
  ])("%s: fails its call, and holds back no other", ([, headers]) =>
    Effect.gen(function* () {
      yield* start
      const server = Scripted.make(({ url }, index) =>
        index === 0
          ? Scripted.errorList(429, { code: "rate_limit_exceeded" }, headers)
          : Scripted.json(bodies[url.pathname], { headers })
      )
      yield* Effect.gen(function* () {
        const { reason } = yield* Effect.flip(get)
        assert.strictEqual(reason._tag, "RateLimited")
        yield* get
        yield* list
        yield* companies
      }).pipe(Effect.provide(server.layer(resources)), Scripted.elapse)
      assert.isBelow(Math.max(...server.times) - began, 2_000)
    })
  )
})

describe("clients that share a store", () => {
  const shared = (server: Scripted.Scripted, token = Scripted.token) =>
    Layer.provide(
      resources,
      IntercomHttp.layerShared({
        accessToken: Redacted.make(token),
        rateLimit: { limit: 166, window: "10 seconds" }
      }).pipe(Layer.provide(server.httpClient))
    )

  /** Two clients, built apart, and what each call of theirs needs. */
  const two = (server: Scripted.Scripted, tokens: readonly [string, string]) =>
    Effect.gen(function* () {
      const first = yield* Layer.build(Layer.fresh(shared(server, tokens[0])))
      const second = yield* Layer.build(Layer.fresh(shared(server, tokens[1])))
      return [Effect.provideContext(get, first), Effect.provideContext(companies, second)] as const
    }).pipe(Effect.provide(RateLimiter.layerStoreMemory))

  it.effect("send together what one of them may", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_700_000_000_000)
      const { refused, server } = windowed(166)
      const calls = yield* two(server, [Scripted.token, Scripted.token])
      const { done } = yield* crowd(calls, server)
      assert.strictEqual(refused(), 0)
      assert.isAtLeast(done, 0.8 * 166 * 5.67)
    })
  )

  it.effect.each([
    [0.4, 0],
    [0.999, 0],
    [1, 1]
  ] as const)("a wait of %d ms: no timer below a millisecond", ([wait, expected]) =>
    Effect.gen(function* () {
      const server = Scripted.make(() => Scripted.json(bodies["/contacts/1"]))
      const store = Layer.succeed(RateLimiter.RateLimiterStore, {
        // The second of a window of ten seconds with room for one.
        fixedWindow: () => Effect.succeed([2, 10_000 + wait] as const),
        tokenBucket: () => Effect.die("unused"),
        adaptiveConsume: () => Effect.succeed({ delay: Duration.zero, epoch: 0, phase: "inactive" as const }),
        adaptiveFeedback: () => Effect.void
      })
      const http = IntercomHttp.layerShared({
        accessToken: Redacted.make(Scripted.token),
        rateLimit: { limit: 1, window: "10 seconds" }
      })
      const layer = Contacts.layer.pipe(Layer.provide(http), Layer.provide(store), Layer.provide(server.httpClient))
      const call = yield* Effect.forkChild(Effect.provideContext(get, yield* Layer.build(layer)))
      yield* Scripted.settle
      assert.lengthOf(server.sent, 1 - expected)
      yield* TestClock.adjust("1 millis")
      yield* Fiber.join(call)
      assert.deepStrictEqual(server.times, [expected])
    })
  )

  it.effect("of different apps never share a key, though their tokens have one hash", () =>
    Effect.gen(function* () {
      const tokens = ["token-66-of-a-workspace", "token-p0-of-a-workspace"] as const
      assert.strictEqual(Hash.string(tokens[0]), Hash.string(tokens[1]))
      const keys = new Set<string>()
      const store = Layer.succeed(RateLimiter.RateLimiterStore, {
        fixedWindow: ({ key }) => Effect.sync(() => [keys.add(key).size, 1] as const),
        tokenBucket: () => Effect.die("unused"),
        adaptiveConsume: () => Effect.succeed({ delay: Duration.zero, epoch: 0, phase: "inactive" as const }),
        adaptiveFeedback: () => Effect.void
      })
      const server = Scripted.make(() => Scripted.json(bodies["/contacts/1"]))
      for (const token of tokens) {
        yield* Effect.provide(get, Layer.provide(Layer.fresh(shared(server, token)), store))
      }
      assert.strictEqual(keys.size, 2)
    })
  )

  it.effect("of different apps, each what it may", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_700_000_000_000)
      const { server } = windowed(10_000)
      const calls = yield* two(server, ["token-of-one-app", "token-of-another"])
      const { done } = yield* crowd(calls, server)
      assert.isAtLeast(done, 1.6 * 166 * 5.67)
      assert.isAtMost(done, 2 * 166 * 6)
    })
  )
})
