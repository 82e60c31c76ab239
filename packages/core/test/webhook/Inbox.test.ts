import * as Webhook from "@effect-intercom/core/Webhook"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as KeyValueStore from "effect/persistence/KeyValueStore"
import * as PersistedQueue from "effect/persistence/PersistedQueue"
import * as TestClock from "effect/testing/TestClock"
import { DatabaseSync } from "node:sqlite"
import * as Observed from "../Observed.ts"
import * as Scripted from "../Scripted.ts"
import * as Sqlite from "../Sqlite.ts"
import * as CrashingStore from "./CrashingStore.ts"
import * as Samples from "./Samples.ts"

const replied = (id: string) =>
  JSON.stringify(Samples.notification("conversation.user.replied", Samples.items["conversation.user.replied"], id))

/** Handles what comes, and remembers it; the first failures are given. */
const remembering = (failures: Array<Effect.Effect<never, string>> = []) => {
  const handled: Array<string> = []
  return {
    handled,
    handle: (event: Webhook.Event, { attempt, id }: Webhook.Attempt) =>
      Effect.suspend(() => {
        handled.push(`${event._tag} ${id} ${attempt}`)
        return failures.shift() ?? Effect.void
      })
  }
}

describe("an inbox", () => {
  it.effect("has what is kept handled once, however often it comes", () =>
    Effect.gen(function* () {
      const { keep } = yield* Webhook.Inbox
      for (const id of ["a", "b", "a", "a"]) yield* keep(replied(id))
      const { handle, handled } = remembering()
      yield* Layer.build(Webhook.layerWorkers(handle, { concurrency: 2 }))
      yield* TestClock.adjust("1 second")
      yield* keep(replied("b"))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(handled, ["conversation.user.replied a 1", "conversation.user.replied b 1"])
    }).pipe(Effect.provide(Webhook.layerInboxMemory()))
  )

  it.effect("has what has no id, or one too long for a key, handled each time", () =>
    Effect.gen(function* () {
      const { keep, take } = yield* Webhook.Inbox
      const ping = JSON.stringify(Samples.notification("ping", { type: "ping" }, null))
      const long = replied("x".repeat(121))
      for (const body of [ping, ping, long, long]) yield* keep(body)
      const { handle, handled } = remembering()
      for (let count = 0; count < 4; count++) yield* take(handle)
      assert.deepStrictEqual(
        handled.map((line) => line.split(" ")[0]),
        ["ping", "ping", "conversation.user.replied", "conversation.user.replied"]
      )
    }).pipe(Effect.provide(Webhook.layerInboxMemory()))
  )

  it.effect(
    "tries again what fails, is a defect, or interrupts itself; with the id and the number of the attempt",
    () =>
      Effect.gen(function* () {
        const { deadLetters, keep } = yield* Webhook.Inbox
        const { handle, handled } = remembering([Effect.fail("no"), Effect.die("bug"), Effect.interrupt])
        yield* Layer.build(Webhook.layerWorkers(handle))
        yield* keep(replied("a"))
        yield* TestClock.adjust("1 minute")
        assert.deepStrictEqual(
          handled,
          [1, 2, 3, 4].map((attempt) => `conversation.user.replied a ${attempt}`)
        )
        assert.deepStrictEqual(yield* deadLetters.list, [])
      }).pipe(Effect.provide(Webhook.layerInboxMemory()))
  )

  it.effect("makes a dead letter of what cannot be handled, which can be looked at and tried again", () =>
    Effect.gen(function* () {
      const { deadLetters, keep } = yield* Webhook.Inbox
      const { handle, handled } = remembering(Array.from({ length: 3 }, () => Effect.fail("the database is away")))
      yield* Layer.build(Webhook.layerWorkers(handle))
      yield* keep(replied("a"))
      yield* TestClock.adjust("1 minute")
      assert.lengthOf(handled, 2)
      const [letter] = yield* deadLetters.list
      assert(letter !== undefined)
      assert.strictEqual(letter.id, "a")
      assert.strictEqual(letter.body, replied("a"))
      assert.include(letter.failure, "the database is away")
      assert.strictEqual((yield* letter.event)._tag, "conversation.user.replied")
      assert.deepStrictEqual(yield* deadLetters.get("a"), Option.some(letter))

      // It fails once more, and is handled then.
      assert.isTrue(yield* deadLetters.retry("a"))
      assert.deepStrictEqual(yield* deadLetters.list, [])
      assert.isFalse(yield* deadLetters.retry("a"))
      yield* TestClock.adjust("1 minute")
      assert.lengthOf(handled, 4)
      assert.deepStrictEqual(yield* deadLetters.list, [])
      // Intercom's repetition is still known.
      yield* keep(replied("a"))
      yield* TestClock.adjust("1 minute")
      assert.lengthOf(handled, 4)
    }).pipe(Effect.provide(Webhook.layerInboxMemory({ attempts: 2 })))
  )

  it.effect("has no dead letters of another whose name begins like its own", () =>
    Effect.gen(function* () {
      const inbox = (name: string) =>
        Layer.build(Layer.fresh(Webhook.layerInbox({ name, attempts: 1 }))).pipe(
          Effect.map((context) => Context.get(context, Webhook.Inbox))
        )
      const [app, europe] = [yield* inbox("app"), yield* inbox("app:eu")]
      yield* europe.keep(replied("a"))
      yield* europe.take(() => Effect.fail("no"))
      assert.lengthOf(yield* europe.deadLetters.list, 1)
      assert.deepStrictEqual(yield* app.deadLetters.list, [])
    }).pipe(
      Effect.provide([
        PersistedQueue.layer.pipe(Layer.provide(PersistedQueue.layerStoreMemory)),
        KeyValueStore.layerMemory
      ])
    )
  )

  it.effect("lists dead letters from the oldest, whatever the order of the store; and tells each in the log", () =>
    Effect.gen(function* () {
      const { deadLetters, keep, take } = yield* Webhook.Inbox
      const observed = Observed.make()
      for (const id of ["b", "c", "a"]) {
        yield* keep(replied(id))
        yield* observed.watch(take(() => Effect.fail(`no ${id}`)))
        yield* TestClock.adjust("1 second")
      }
      const store = yield* KeyValueStore.KeyValueStore
      assert.deepStrictEqual(yield* store.keys, ["intercom-webhooks:a", "intercom-webhooks:b", "intercom-webhooks:c"])
      assert.deepStrictEqual(
        (yield* deadLetters.list).map(({ id }) => id),
        ["b", "c", "a"]
      )
      assert.match(observed.messages[0] ?? "", /^Error: A notification is a dead letter: .*no b/)
      assert.match(observed.lines[0] ?? "", /notification=b/)
    }).pipe(
      Effect.provide(Webhook.layerInbox({ attempts: 1 })),
      Effect.provide(PersistedQueue.layer),
      Effect.provide(PersistedQueue.layerStoreMemory),
      Effect.provide(
        Layer.effect(
          KeyValueStore.KeyValueStore,
          Effect.map(KeyValueStore.KeyValueStore, (store) => ({
            ...store,
            keys: Effect.map(store.keys, (keys) => [...keys].toSorted())
          }))
        ).pipe(Layer.provide(KeyValueStore.layerMemory))
      )
    )
  )

  it.effect("tells a failure that will be tried again in the log, and not its taker", () =>
    Effect.gen(function* () {
      const { keep, take } = yield* Webhook.Inbox
      yield* keep(replied("a"))
      const observed = Observed.make()
      yield* observed.watch(take(() => Effect.fail("no")))
      assert.deepStrictEqual(
        observed.messages.map((message) => message.split(",")[0]),
        ["Warn: A notification could not be handled; it will be tried again"]
      )
    }).pipe(Effect.provide(Webhook.layerInboxMemory()))
  )

  it.effect("says what it could not do when dead letters cannot be read or written", () => {
    const gone = Effect.fail(new KeyValueStore.KeyValueStoreError({ message: "gone", method: "get" }))
    const Gone = Layer.effect(
      KeyValueStore.KeyValueStore,
      Effect.map(KeyValueStore.KeyValueStore, (store) => ({
        ...store,
        get: () => gone,
        remove: () => gone,
        keys: gone
      }))
    ).pipe(Layer.provide(KeyValueStore.layerMemory))
    return Effect.gen(function* () {
      const { deadLetters } = yield* Webhook.Inbox
      const failures = [deadLetters.list, deadLetters.get("a"), deadLetters.discard("a")]
      assert.deepStrictEqual(
        yield* Effect.forEach(failures, (failure) =>
          Effect.map(Effect.flip<unknown, Webhook.InboxError, never>(failure), ({ message }) => message)
        ),
        ["Dead letters cannot be read", "Dead letters cannot be read", "A dead letter cannot be written"].map(
          (description) => `${description}. Check the database of the inbox.`
        )
      )
    }).pipe(
      Effect.provide(Webhook.layerInbox()),
      Effect.provide(PersistedQueue.layer),
      Effect.provide([PersistedQueue.layerStoreMemory, Gone])
    )
  })

  it.effect("makes a dead letter again of what fails again", () =>
    Effect.gen(function* () {
      const { deadLetters, keep, take } = yield* Webhook.Inbox
      yield* keep(replied("a"))
      for (const returns of [0, 1, 2]) {
        yield* take(() => Effect.fail("no"))
        assert.deepStrictEqual(
          (yield* deadLetters.list).map((letter) => [letter.id, letter.returns]),
          [["a", returns]]
        )
        yield* deadLetters.retry("a")
      }
      yield* take(() => Effect.fail("no"))
      yield* deadLetters.discard("a")
      assert.deepStrictEqual(yield* deadLetters.list, [])
    }).pipe(Effect.provide(Webhook.layerInboxMemory({ attempts: 1 })))
  )

  it.effect("makes a dead letter at once of what is no notification", () =>
    Effect.gen(function* () {
      const { deadLetters, keep, take } = yield* Webhook.Inbox
      yield* keep("<html>")
      yield* take(() => Effect.die("it is not handled"))
      const [letter] = yield* deadLetters.list
      assert.strictEqual(letter?.body, "<html>")
      assert.match(letter?.failure ?? "", /expected JSON/)
    }).pipe(Effect.provide(Webhook.layerInboxMemory()))
  )

  it.effect("gives what was taken away from a worker to the next, as the same attempt", () =>
    Effect.gen(function* () {
      const { keep, take } = yield* Webhook.Inbox
      yield* keep(replied("a"))
      const fiber = yield* Effect.forkChild(take(() => Effect.never))
      yield* Effect.yieldNow
      yield* Fiber.interrupt(fiber)
      const { handle, handled } = remembering()
      yield* take(handle)
      assert.deepStrictEqual(handled, ["conversation.user.replied a 1"])
    }).pipe(Effect.provide(Webhook.layerInboxMemory()))
  )

  it.effect("tells when its store fails, and works on when it is back", () => {
    let broken = true
    const gone = new PersistedQueue.PersistedQueueError({ message: "gone" })
    const Store = Layer.effect(
      PersistedQueue.PersistedQueueStore,
      Effect.map(PersistedQueue.PersistedQueueStore, (store) =>
        PersistedQueue.PersistedQueueStore.of({
          ...store,
          offer: (options) => (broken ? Effect.fail(gone) : store.offer(options)),
          take: (options) => (broken ? Effect.fail(gone) : store.take(options))
        })
      )
    ).pipe(Layer.provide(PersistedQueue.layerStoreMemory))
    return Effect.gen(function* () {
      const { keep, take } = yield* Webhook.Inbox
      const error = yield* Effect.flip(keep(replied("a")))
      assert.strictEqual(error.message, "A notification cannot be kept. Check the database of the inbox.")
      const untaken = yield* Effect.flip(take(() => Effect.void))
      assert.strictEqual(untaken.message, "No notification can be taken. Check the database of the inbox.")
      assert.deepStrictEqual([untaken._tag, untaken.cause], ["InboxError", gone])
      const { handle, handled } = remembering()
      yield* Layer.build(Webhook.layerWorkers(handle))
      yield* TestClock.adjust("3 seconds")
      broken = false
      yield* keep(replied("a"))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(handled, ["conversation.user.replied a 1"])
    }).pipe(
      Effect.provide(Webhook.layerInbox()),
      Effect.provide(PersistedQueue.layer),
      Effect.provide([Store, KeyValueStore.layerMemory])
    )
  })

  it.effect("keeps its workers when the store is away for longer than a notification is theirs", () => {
    let away = true
    const Store = Layer.effect(
      PersistedQueue.PersistedQueueStore,
      Effect.map(PersistedQueue.PersistedQueueStore, (store) =>
        PersistedQueue.PersistedQueueStore.of({
          ...store,
          // As the stores of databases do when they gave up to settle it.
          take: (options) =>
            Effect.tap(store.take(options), () =>
              Effect.addFinalizer(() => Effect.suspend(() => (away ? Effect.die("away") : Effect.void)))
            )
        })
      )
    ).pipe(Layer.provide(PersistedQueue.layerStoreMemory))
    return Effect.gen(function* () {
      const { keep } = yield* Webhook.Inbox
      const { handle, handled } = remembering()
      const observed = Observed.make()
      yield* observed.watch(Layer.build(Webhook.layerWorkers(handle)))
      yield* keep(replied("a"))
      yield* TestClock.adjust("2 seconds")
      assert.include(
        observed.messages[0],
        "What became of a notification cannot be written, so it will be handled again. Check the database of the inbox."
      )
      away = false
      yield* keep(replied("b"))
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual(handled, ["conversation.user.replied a 1", "conversation.user.replied b 1"])
    }).pipe(
      Effect.provide(Webhook.layerInbox()),
      Effect.provide(PersistedQueue.layer),
      Effect.provide([Store, KeyValueStore.layerMemory])
    )
  })

  it.effect("puts what ends the process apart, unhandled, after as many attempts", () =>
    Effect.gen(function* () {
      const store = yield* CrashingStore.make
      yield* Effect.gen(function* () {
        const { deadLetters, keep, take } = yield* Webhook.Inbox
        yield* keep(replied("a"))
        for (let attempt = 1; attempt <= 2; attempt++) {
          const fiber = yield* Effect.forkChild(take(() => Effect.never))
          yield* Effect.yieldNow
          yield* store.crash
          yield* Fiber.interrupt(fiber)
        }
        yield* take(() => Effect.die("it is not handled"))
        assert.match((yield* deadLetters.list)[0]?.failure ?? "", /process ended in each of 2 attempts/)
      }).pipe(
        Effect.provide(Webhook.layerInbox({ attempts: 2 })),
        Effect.provide(PersistedQueue.layer),
        Effect.provide([store.layer, KeyValueStore.layerMemory])
      )
    })
  )
})

describe("an inbox in a database", () => {
  it.effect("keeps notifications and dead letters in tables of their own", () => {
    const database = new DatabaseSync(":memory:")
    const rows = (sql: string) =>
      database
        .prepare(sql)
        .all()
        .map((row) => Object.values(row))
    return Effect.gen(function* () {
      const { deadLetters, keep, take } = yield* Webhook.Inbox
      for (const id of ["a", "b", "a"]) yield* keep(replied(id))
      yield* take(() => Effect.fail("no"))
      const { handle, handled } = remembering()
      yield* take(handle)
      assert.deepStrictEqual(handled, ["conversation.user.replied b 1"])
      assert.deepStrictEqual(
        (yield* deadLetters.list).map(({ id }) => id),
        ["a"]
      )
      assert.deepStrictEqual(rows("select queue_name, id, state from intercom_inbox order by sequence"), [
        ["intercom-webhooks", "a", "completed"],
        ["intercom-webhooks", "b", "completed"]
      ])
      assert.deepStrictEqual(rows("select id from intercom_dead_letters"), [["intercom-webhooks:a"]])
    }).pipe(Effect.provide(Webhook.layerInboxSql({ attempts: 1 })), Effect.provide(Sqlite.layer(database)))
  })

  it.effect.each([
    { options: undefined, heard: 100 },
    { options: { lockExpiration: "10 seconds" }, heard: 12 }
  ] as const)("gives what a worker is not heard of any more to another: %o", ({ heard, options }) => {
    const database = new DatabaseSync(":memory:")
    return Effect.gen(function* () {
      const { keep, take } = yield* Webhook.Inbox
      yield* keep(replied("a"))
      database.exec(
        `update intercom_inbox set acquired_by = 'another', attempts = 1, acquired_at = datetime('now', '-${heard} seconds')`
      )
      const { handle, handled } = remembering()
      yield* Scripted.elapse(take(handle), { limit: "10 seconds" })
      assert.deepStrictEqual(handled, ["conversation.user.replied a 2"])
    }).pipe(Effect.provide(Webhook.layerInboxSql(options)), Effect.provide(Sqlite.layer(database)))
  })
})
