import * as Lease from "@effect-intercom/fleet/internal/Lease"
import { FleetDatabaseFailed } from "@effect-intercom/fleet/Ledger"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as TestClock from "effect/testing/TestClock"

/** A lease of ten seconds, and the requests it lets pass; `answer` is what the ledger says. */
const leased = Effect.gen(function* () {
  const seen = { asked: 0, sent: 0, answer: Effect.succeed(true) as Effect.Effect<boolean, FleetDatabaseFailed> }
  const sign = Effect.suspend(() => {
    seen.asked += 1
    return seen.answer
  })
  const lease = yield* Lease.make({ sign, lasts: "10 seconds" })
  const client = lease.guard(
    HttpClient.make((request) =>
      Effect.sync(() => {
        seen.sent += 1
        return HttpClientResponse.fromWeb(request, new Response())
      })
    )
  )
  const send = client.get("http://intercom.test")
  return { lease, seen, sign, send }
})

const inBackground = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.forkChild(effect, { startImmediately: true })

describe("a lease", () => {
  it.effect("is asked about only when a runner has not heard for a while, once for all requests", () =>
    Effect.gen(function* () {
      const { lease, seen, send, sign } = yield* leased
      yield* send
      yield* TestClock.adjust("9 seconds")
      yield* lease.renew(sign)
      yield* TestClock.adjust("9 seconds")
      yield* send
      assert.deepInclude(seen, { asked: 1, sent: 2 })
      yield* TestClock.adjust("1 minute")
      yield* Effect.all([send, send, send], { concurrency: "unbounded" })
      assert.deepInclude(seen, { asked: 2, sent: 5 })
    })
  )

  it.effect("lets no request pass once another runner has the export, and says so", () =>
    Effect.gen(function* () {
      const { lease, seen, send } = yield* leased
      const lost = yield* inBackground(Effect.flip(lease.lost))
      seen.answer = Effect.succeed(false)
      yield* TestClock.adjust("1 minute")
      const requests = yield* inBackground(Effect.all([send, send], { concurrency: "unbounded" }))
      assert.strictEqual((yield* Fiber.join(lost))._tag, "Stale")
      assert.strictEqual(seen.sent, 0)
      yield* Fiber.interrupt(requests)
    })
  )

  it.effect("waits for a database that is away, as nobody knows then", () =>
    Effect.gen(function* () {
      const { seen, send } = yield* leased
      seen.answer = Effect.fail(new FleetDatabaseFailed({ description: "it is restarted" }))
      yield* TestClock.adjust("1 minute")
      const request = yield* inBackground(send)
      yield* TestClock.adjust("30 seconds")
      assert.strictEqual(seen.sent, 0)
      seen.answer = Effect.succeed(true)
      yield* TestClock.adjust("1 seconds")
      yield* Fiber.join(request)
      assert.strictEqual(seen.sent, 1)
    })
  )
})
