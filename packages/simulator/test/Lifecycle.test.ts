/** What a simulator is asked besides requests: options, checksums, faults on demand. */
import { assert, describe, it } from "@effect/vitest"
import { Intercom } from "@effect-intercom/core"
import { Faults, Simulator } from "@effect-intercom/simulator"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { createHash } from "node:crypto"
import { errorsOf, inProcess, overSocket, raw } from "./Client.ts"

/** Count and checksum of the records as NDJSON. */
const summed = <A, E>(records: Stream.Stream<A, E>) =>
  Effect.map(Stream.runCollect(records), (all) => {
    const text = [...all].map((record) => `${JSON.stringify(record)}\n`).join("")
    return { count: all.length, sha256: createHash("sha256").update(text).digest("hex") }
  })

describe("a simulator", () => {
  it.live("tells count and checksum of what a walk brings, also of what was added", () =>
    Effect.gen(function* () {
      const { contacts, newsItems: news } = yield* Intercom
      const { snapshot } = yield* Simulator
      yield* contacts.create({ email: "new@example.com" })
      yield* news.create({ title: "New", sender_id: 1 })
      assert.deepStrictEqual(yield* snapshot("contacts"), yield* summed(contacts.list.items({ per_page: 150 })))
      assert.deepStrictEqual(yield* snapshot("newsItems"), yield* summed(news.list.items()))
    }).pipe(Effect.provide(overSocket({ admins: [{ id: "1" }], contacts: 400, newsItems: 25 })))
  )

  it.live("without records answers with empty listings", () =>
    Effect.gen(function* () {
      const { admins, articles, contacts, conversations } = yield* Intercom
      const { snapshot } = yield* Simulator
      assert.strictEqual(yield* Stream.runCount(contacts.list.items()), 0)
      assert.strictEqual(yield* Stream.runCount(conversations.list.items()), 0)
      assert.strictEqual(yield* Stream.runCount(articles.list.items()), 0)
      assert.strictEqual((yield* admins.me()).type, "admin")
      assert.deepStrictEqual(yield* snapshot("contacts"), {
        count: 0,
        sha256: createHash("sha256").digest("hex")
      })
    }).pipe(Effect.provide(overSocket({ contacts: 0, conversations: 0, articles: 0, admins: 0, companies: 0 })))
  )

  it.live("fails with ServeError when its port is taken", () =>
    Effect.gen(function* () {
      const { url } = yield* Simulator
      const error = yield* Effect.flip(Effect.scoped(Layer.build(Simulator.layer({ port: Number(new URL(url).port) }))))
      assert.strictEqual(error._tag, "ServeError")
    }).pipe(Effect.provide(Simulator.layer()))
  )

  it.live("keeps idle connections longer than clients do, so that no write meets one that is being closed", () =>
    Effect.gen(function* () {
      const { headers } = yield* raw("GET", "/me")
      assert.strictEqual(headers["keep-alive"], "timeout=60")
    }).pipe(Effect.provide(overSocket({})))
  )

  it.live("takes the faults it is given later", () =>
    Effect.gen(function* () {
      const { setFaults } = yield* Simulator
      assert.strictEqual((yield* raw("GET", "/me")).status, 200)
      yield* setFaults(Faults.script("error503"))
      assert.strictEqual((yield* raw("GET", "/me")).status, 503)
      assert.strictEqual((yield* raw("GET", "/me")).status, 200)
    }).pipe(Effect.provide(overSocket()))
  )

  it.effect("without a port stands in for any host, and its links lead there", () =>
    Effect.gen(function* () {
      const { contacts, events } = yield* Intercom
      const walk = Effect.gen(function* () {
        const { data } = yield* contacts.list({ per_page: 1 })
        const id = data[0]?.id ?? assert.fail()
        const { pages } = yield* events.list({ intercom_user_id: id, per_page: 2 })
        assert.match(String(pages?.next), /^https:\/\/api\.eu\.intercom\.io\/events\?/)
        return yield* Stream.runCount(events.list.items({ intercom_user_id: id, per_page: 2 }))
      })
      const walking = yield* Effect.forkChild(walk)
      // The client's rate limiter takes a moment to learn the simulator's limit.
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* Fiber.join(walking), 5)
    }).pipe(Effect.provide(inProcess({ events: 5 }, { baseUrl: "https://api.eu.intercom.io" })))
  )

  it.effect("answers no sooner than its latency", () =>
    Effect.gen(function* () {
      const answer = yield* Effect.forkChild(Effect.andThen(raw("GET", "/me"), Clock.currentTimeMillis))
      yield* TestClock.adjust("1999 millis")
      assert.isUndefined(answer.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(yield* Fiber.join(answer), 2000)
    }).pipe(Effect.provide(inProcess({ latency: "2 seconds" })))
  )

  it.effect("holds as many requests at once as there are", () =>
    Effect.gen(function* () {
      const requests = Array.from({ length: 500 }, () => raw("GET", "/contacts"))
      const answers = yield* Effect.forkChild(Effect.all(requests, { concurrency: "unbounded" }))
      yield* TestClock.adjust("2 seconds")
      assert.isTrue((yield* Fiber.join(answers)).every(({ status }) => status === 200))
      assert.strictEqual(yield* Clock.currentTimeMillis, 2000)
    }).pipe(Effect.provide(inProcess({ latency: "2 seconds" })))
  )

  it.effect("answers as the version it has, when none is asked for", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* raw("GET", "/me")).headers["intercom-version"], "2.11")
    }).pipe(Effect.provide(inProcess({ version: "2.11" })))
  )

  it.effect("does not draw faults for requests over the limit", () =>
    Effect.gen(function* () {
      const statuses: Array<number> = []
      for (let request = 0; request < 3; request++) statuses.push((yield* raw("GET", "/me")).status)
      assert.deepStrictEqual(statuses, [200, 429, 429])
      yield* TestClock.adjust("1 second")
      const failed = yield* raw("GET", "/me")
      assert.strictEqual(failed.status, 500)
      assert.strictEqual(errorsOf(failed)[0]?.code, "server_error")
      assert.deepStrictEqual(yield* (yield* Simulator).stats, { requests: 4, rateLimited: 2, faults: { error500: 1 } })
    }).pipe(
      Effect.provide(
        inProcess({
          rateLimit: { limit: 1, window: Duration.seconds(1) },
          faults: Faults.script("ok", "error500")
        })
      )
    )
  )
})
