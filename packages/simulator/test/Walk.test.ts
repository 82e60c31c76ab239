/** Walks and writes through faults of every kind, and the end of a simulator that is in the middle of them. */
import { assert, describe, it } from "@effect/vitest"
import { Intercom } from "@effect-intercom/core"
import { Faults, Simulator } from "@effect-intercom/simulator"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import type * as SimulatorOptions from "@effect-intercom/simulator/Simulator"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { connect } from "node:net"
import { inProcess, overSocket, raw } from "./Client.ts"

const texts = <A, E, R>(stream: Stream.Stream<A, E, R>) =>
  Effect.map(Stream.runCollect(stream), (all) => [...all].map((record) => JSON.stringify(record)))

const told = (resource: "contacts" | "conversations" | "companies") =>
  Effect.flatMap(Simulator, ({ records }) => Effect.map(Stream.runCollect(records(resource)), (all) => [...all]))

describe("a walk", () => {
  it.live("through 5 % faults of all kinds ends with every record once, in order", () =>
    Effect.gen(function* () {
      const { companies, contacts, conversations } = yield* Intercom
      assert.deepStrictEqual(yield* texts(contacts.list.items({ per_page: 5 })), yield* told("contacts"))
      assert.deepStrictEqual(yield* texts(conversations.list.items({ per_page: 5 })), yield* told("conversations"))
      assert.deepStrictEqual(yield* texts(companies.list.items({ per_page: 5 })), yield* told("companies"))
      const { faults } = yield* (yield* Simulator).stats
      const met = Object.values(faults).reduce((sum, count) => sum + count, 0)
      assert.isAbove(met, 5)
    }).pipe(
      Effect.provide(
        overSocket({ seed: 3, contacts: 600, conversations: 300, companies: 200, faults: Faults.rate(0.05) })
      )
    )
  )

  for (const kind of Faults.kinds) {
    it.live(`gets over ${kind}, twice in a row`, () =>
      Effect.gen(function* () {
        const { contacts } = yield* Intercom
        assert.deepStrictEqual(yield* texts(contacts.list.items({ per_page: 20 })), yield* told("contacts"))
        const { faults, requests } = yield* (yield* Simulator).stats
        assert.deepStrictEqual(faults, { [kind]: 2 })
        assert.strictEqual(requests, 5)
      }).pipe(Effect.provide(overSocket({ contacts: 60, faults: Faults.script("ok", kind, kind) })))
    )
  }

  it.effect("gets over a stall and a reset without a socket, on the test's clock", () =>
    Effect.gen(function* () {
      const { contacts } = yield* Intercom
      const walk = yield* Effect.forkChild(texts(contacts.list.items({ per_page: 20 })))
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(yield* Fiber.join(walk), yield* told("contacts"))
      assert.deepStrictEqual((yield* (yield* Simulator).stats).faults, { stall: 1, reset: 1 })
    }).pipe(Effect.provide(inProcess({ contacts: 60, faults: Faults.script("stall", "ok", "reset") })))
  )

  it.effect("waits for the window, and never meets a 429 the headers warned of", () =>
    Effect.gen(function* () {
      const { contacts } = yield* Intercom
      const walk = yield* Effect.forkChild(texts(contacts.list.items({ per_page: 5 })))
      yield* TestClock.adjust("2 minutes")
      assert.deepStrictEqual(yield* Fiber.join(walk), yield* told("contacts"))
      const { rateLimited, requests } = yield* (yield* Simulator).stats
      assert.deepStrictEqual({ rateLimited, requests }, { rateLimited: 0, requests: 20 })
    }).pipe(Effect.provide(inProcess({ contacts: 100, rateLimit: { limit: 5, window: Duration.seconds(10) } })))
  )

  it.live("hands over the record no schema takes, and keeps the others", () =>
    Effect.gen(function* () {
      const { contacts } = yield* Intercom
      const invalid: Array<unknown> = []
      const kept = yield* texts(
        contacts.list.items({ per_page: 10 }, { onInvalid: ({ raw }) => Effect.sync(() => invalid.push(raw)) })
      )
      const all = yield* told("contacts")
      assert.deepStrictEqual(invalid, [JSON.parse(all[13] ?? "")])
      assert.deepInclude(invalid[0], { owner_id: true })
      assert.deepStrictEqual(
        kept,
        all.filter((_, index) => index !== 13)
      )
    }).pipe(Effect.provide(overSocket({ contacts: 40, overrides: { contacts: { 13: { owner_id: true } } } })))
  )
})

/** Creates articles of as many titles, and tells which calls succeeded. */
const createMany = (count: number) =>
  Effect.gen(function* () {
    const { articles } = yield* Intercom
    return yield* Effect.forEach(
      Array.from({ length: count }, (_, index) => `Title ${index}`),
      (title) =>
        Effect.map(Effect.exit(articles.create({ title, author_id: 1 })), (exit) => ({
          title,
          succeeded: Exit.isSuccess(exit)
        }))
    )
  })

const stored = Effect.gen(function* () {
  const { records } = yield* Simulator
  const titles = yield* Stream.runCollect(
    Stream.map(records("articles"), (text) => (JSON.parse(text) as { readonly title: string }).title)
  )
  return Map.groupBy([...titles], (title) => title)
})

describe("a write", () => {
  for (const onWrite of ["applied", "lost", "either"] as const) {
    it.live(`is never doubled by faults, whose requests are ${onWrite}`, () =>
      Effect.gen(function* () {
        const outcomes = yield* createMany(60)
        const titles = yield* stored
        const failed = outcomes.filter(({ succeeded }) => !succeeded)
        assert.isAbove(failed.length, 5)
        for (const { succeeded, title } of outcomes) {
          const copies = titles.get(title)?.length ?? 0
          assert.isAtMost(copies, 1, title)
          if (succeeded) assert.strictEqual(copies, 1, title)
        }
        const there = failed.filter(({ title }) => titles.has(title)).length
        if (onWrite === "applied") assert.strictEqual(there, failed.length)
        if (onWrite === "lost") assert.strictEqual(there, 0)
        if (onWrite === "either") assert.isTrue(there > 0 && there < failed.length, `${there} of ${failed.length}`)
      }).pipe(
        Effect.provide(
          overSocket({
            admins: [{ id: "1" }],
            articles: 0,
            seed: 5,
            faults: { ...Faults.rate(0.4, ["error500", "html502", "error503", "reset"]), onWrite }
          })
        )
      )
    )
  }

  it.live("that may be repeated is, and still counts once", () =>
    Effect.gen(function* () {
      const { companies } = yield* Intercom
      const company = yield* companies.createOrUpdate({ company_id: "acme", name: "Acme" })
      const { faults, requests } = yield* (yield* Simulator).stats
      assert.deepStrictEqual([faults, requests], [{ reset: 1, html504: 1, empty200: 1 }, 4])
      const all = yield* told("companies")
      assert.deepStrictEqual(
        all.map((text) => (JSON.parse(text) as { readonly id: string }).id),
        [company.id]
      )
    }).pipe(
      Effect.provide(
        overSocket({
          companies: 0,
          faults: { ...Faults.script("reset", "html504", "empty200"), onWrite: "applied" }
        })
      )
    )
  )
})

describe("closing", () => {
  /** A simulator in a scope of its own, which outlives no test. */
  const start = (options: SimulatorOptions.Options) =>
    Effect.gen(function* () {
      const scope = yield* Scope.fork(yield* Effect.scope)
      const context = yield* Layer.buildWithScope(Simulator.layer(options), scope)
      return { scope, simulator: Context.get(context, Simulator) }
    })

  it.live("lets go of stalled answers at once", () =>
    Effect.gen(function* () {
      const { scope, simulator } = yield* start({ faults: Faults.script("stall", "stall") })
      const ask = raw("GET", "/contacts").pipe(
        Effect.provideService(Simulator, simulator),
        Effect.provide(NodeHttpClient.layerUndici)
      )
      const asking = yield* Effect.forkChild(Effect.all([Effect.exit(ask), Effect.exit(ask)], { concurrency: 2 }))
      yield* Effect.repeat(Effect.andThen(Effect.yieldNow, simulator.stats), {
        until: ({ faults }) => faults.stall === 2
      })
      const [elapsed] = yield* Effect.timed(Scope.close(scope, Exit.void))
      // Requests in flight would get two seconds.
      assert.isBelow(Duration.toMillis(elapsed), 1500)
      assert.isTrue((yield* Fiber.join(asking)).every(Exit.isFailure))
      assert.strictEqual(yield* connecting(new URL(simulator.url)), "ECONNREFUSED")
    })
  )

  it.live("cuts connections that never end their request", () =>
    Effect.gen(function* () {
      const { scope, simulator } = yield* start({})
      const { hostname, port } = new URL(simulator.url)
      const socket = connect(Number(port), hostname)
      const closed = yield* Deferred.make<void>()
      socket.on("error", () => {})
      // Unread data would hold the end back.
      socket.resume()
      socket.on("close", () => Deferred.doneUnsafe(closed, Exit.void))
      socket.write("POST /contacts HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{")
      yield* Effect.repeat(Effect.andThen(Effect.yieldNow, simulator.stats), {
        until: ({ requests }) => requests === 1
      })
      yield* Scope.close(scope, Exit.void)
      yield* Deferred.await(closed)
      assert.strictEqual(yield* connecting(new URL(simulator.url)), "ECONNREFUSED")
    })
  )
})

/** What connecting comes to. */
const connecting = (url: URL) =>
  Effect.gen(function* () {
    const outcome = yield* Deferred.make<string>()
    const socket = connect(Number(url.port), url.hostname)
    const done = (result: string) => Deferred.doneUnsafe(outcome, Exit.succeed(result))
    socket.on("connect", () => done("connected"))
    socket.on("error", (error: NodeJS.ErrnoException) => done(error.code ?? "unknown"))
    const result = yield* Deferred.await(outcome)
    socket.destroy()
    return result
  })
