/**
 * What has come and is not handled yet. A notification is kept before it is answered, handled by workers, tried again when
 * that fails, and in the end put where somebody can look at it: it is handled at least once, or is a dead letter.
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as KeyValueStore from "effect/persistence/KeyValueStore"
import * as PersistedQueue from "effect/persistence/PersistedQueue"
import type * as Redis from "effect/persistence/Redis"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import type * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { decode, type Event, type NotificationError } from "./Notification.ts"
import * as RedisQueue from "./RedisQueue.ts"
import * as RedisStore from "./RedisStore.ts"

/** The store of what waits, or of dead letters, failed. */
export class InboxError extends Schema.TaggedError<InboxError>()("InboxError", {
  description: Schema.String,
  cause: Schema.Defect()
}) {
  override get message(): string {
    return `${this.description}. Check the database of the inbox.`
  }
}

/** A notification nobody could handle. */
export class DeadLetter extends Schema.Class<DeadLetter>("@effect-intercom/core/Webhook/DeadLetter")({
  /** That of the notification; of one without, a made-up one. */
  id: Schema.String,
  /** The notification as it came. */
  body: Schema.String,
  /** Why the last attempt failed. */
  failure: Schema.String,
  failedAt: Schema.DateTimeUtcFromMillis,
  /** How often it was put here before. */
  returns: Schema.Int
}) {
  /** The notification, decoded. */
  get event(): Effect.Effect<Event, NotificationError> {
    return decode(this.body)
  }
}

/** What could not be handled. */
export interface DeadLetters {
  /** All there are, the oldest first. */
  readonly list: Effect.Effect<ReadonlyArray<DeadLetter>, InboxError>
  readonly get: (id: string) => Effect.Effect<Option.Option<DeadLetter>, InboxError>
  /** Has it handled again; false when there is none of this id. */
  readonly retry: (id: string) => Effect.Effect<boolean, InboxError>
  /** Gives it up. */
  readonly discard: (id: string) => Effect.Effect<void, InboxError>
}

/** What is known of an attempt. */
export interface Attempt {
  /** The id of the notification: the same in every attempt. */
  readonly id: string
  /** 1 for the first. */
  readonly attempt: number
}

export interface Options {
  /**
   * The name of the queue: inboxes of one name share what is in it.
   *
   * @default "intercom-webhooks"
   */
  readonly name?: string | undefined
  /**
   * How often a notification is tried before it is a dead letter. An attempt that was interrupted does not count, one in
   * which the process died does.
   *
   * @default 5
   */
  readonly attempts?: number | undefined
  /** The delays between attempts; by default from one second, doubling, to five minutes. */
  readonly retrySchedule?: Schedule.Schedule<unknown, number> | undefined
}

/** Options of an inbox in a database. */
export interface StoredOptions extends Options {
  /**
   * How long a notification stays with a worker that is not heard of any more. After that, and up to a third of it later,
   * another one gets it. A worker that lives is heard of, however long it takes.
   *
   * @default "90 seconds"
   */
  readonly lockExpiration?: Duration.Input | undefined
}

/** Keeps notifications until they are handled. */
export class Inbox extends Context.Service<
  Inbox,
  {
    /** Keeps the body of a notification. One that comes again, with an id that was kept before, is not kept twice. */
    readonly keep: (body: string) => Effect.Effect<void, InboxError>
    /**
     * Waits for a notification and handles it. What fails in there does not fail here: it is tried again later, or is a
     * dead letter. One whose handling is interrupted is handled by the next.
     */
    readonly take: <E, R>(
      handle: (event: Event, attempt: Attempt) => Effect.Effect<unknown, E, R>
    ) => Effect.Effect<void, InboxError, R>
    readonly deadLetters: DeadLetters
  }
>()("@effect-intercom/core/Webhook/Inbox") {}

const Kept = Schema.Struct({ id: Schema.NullOr(Schema.String), body: Schema.String, returns: Schema.Int })

// As the stores of queues and of letters take them as keys; Intercom's have 42 characters.
const longest = 120
const Identified = Schema.Struct({ id: Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(longest)) })
const identified = Schema.decodeUnknownOption(Schema.fromJsonString(Identified))

/** The id by which a notification is known again. */
const idOf = (body: string): string | null =>
  Option.match(identified(body), { onNone: () => null, onSome: ({ id }) => id })

// Attempts are counted here, as what runs out of them in a queue can be seen no more.
const unlimited = 2 ** 31 - 1

class Again extends Data.TaggedError("Again")<{}> {}

const failing = (description: string) => Effect.mapError((cause: unknown) => new InboxError({ description, cause }))

const makeDeadLetters = (
  store: KeyValueStore.KeyValueStore,
  offer: (letter: DeadLetter) => Effect.Effect<void, InboxError>
): DeadLetters & { readonly put: (letter: DeadLetter) => Effect.Effect<void, InboxError> } => {
  const letters = KeyValueStore.toSchemaStore(store, DeadLetter)
  const reading = failing("Dead letters cannot be read")
  const writing = failing("A dead letter cannot be written")
  const get = (id: string) => reading(letters.get(id))
  const discard = (id: string) => writing(letters.remove(id))
  return {
    get,
    discard,
    put: (letter) => writing(letters.set(letter.id, letter)),
    list: reading(letters.keys).pipe(
      Effect.flatMap((ids) => Effect.forEach(ids, get, { concurrency: 8 })),
      Effect.map((found) =>
        found
          .flatMap(Option.toArray)
          .toSorted((a, b) => DateTime.toEpochMillis(a.failedAt) - DateTime.toEpochMillis(b.failedAt))
      )
    ),
    retry: Effect.fnUntraced(function* (id) {
      const letter = yield* get(id)
      if (Option.isNone(letter)) return false
      // In this order: of an end in between, the second time is the same as the first.
      yield* offer(letter.value)
      yield* discard(id)
      return true
    })
  }
}

const make = Effect.fnUntraced(function* (options: Options = {}) {
  const { attempts: most = 5, name = "intercom-webhooks", retrySchedule } = options
  const queue = yield* PersistedQueue.make({ name, schema: Kept, maxAttempts: unlimited, retrySchedule })
  const offer = (kept: typeof Kept.Type, key: string | null) =>
    queue.offer(kept, key === null ? {} : { id: key }).pipe(failing("A notification cannot be kept"), Effect.asVoid)
  const { put, ...deadLetters } = makeDeadLetters(
    // A name that begins like another is not below it.
    KeyValueStore.prefix(yield* KeyValueStore.KeyValueStore, `${name.replaceAll(/[%:]/g, encodeURIComponent)}:`),
    // The queue never takes the id it had again.
    ({ body, id, returns }) => offer({ id, body, returns: returns + 1 }, `${id}:${returns + 1}`)
  )

  const bury = Effect.fnUntraced(function* (id: string, { body, returns }: typeof Kept.Type, failure: string) {
    yield* put(new DeadLetter({ id, body, failure, failedAt: yield* DateTime.now, returns }))
    yield* Effect.logError(`A notification is a dead letter: ${failure}`).pipe(
      Effect.annotateLogs({ notification: id })
    )
  })

  const take = Effect.fnUntraced(function* <E, R>(
    handle: (event: Event, attempt: Attempt) => Effect.Effect<unknown, E, R>
  ) {
    let failure: Cause.Cause<E> | undefined
    const attempted = Effect.fnUntraced(function* (
      kept: typeof Kept.Type,
      { attempts: attempt, id: key }: { readonly attempts: number; readonly id: string }
    ) {
      const id = kept.id ?? key
      // The last one did not come to an end.
      if (attempt > most) return yield* bury(id, kept, `The process ended in each of ${most} attempts to handle it`)
      const event = yield* Effect.result(decode(kept.body))
      if (Result.isFailure(event)) return yield* bury(id, kept, event.failure.message)
      const handled = yield* Effect.exit(handle(event.success, { id, attempt }))
      if (Exit.isSuccess(handled)) return
      if (attempt >= most) return yield* bury(id, kept, Cause.pretty(handled.cause))
      failure = handled.cause
      // The queue gives it again. (A worker that was interrupted does not get here.)
      yield* Effect.fail(new Again())
    })
    return yield* queue.take(attempted).pipe(
      Effect.catchTags({
        Again: () => Effect.logWarning("A notification could not be handled; it will be tried again", failure),
        PersistedQueueError: (cause) =>
          Effect.fail(new InboxError({ description: "No notification can be taken", cause }))
      }),
      // What handlers die with does not get here: it is the queue that gave up its store.
      Effect.catchDefect((cause) =>
        Effect.fail(
          new InboxError({
            description: "What became of a notification cannot be written, so it will be handled again",
            cause
          })
        )
      )
    )
  })

  return Inbox.of({
    keep: (body) =>
      Effect.suspend(() => {
        const id = idOf(body)
        return offer({ id, body, returns: 0 }, id)
      }),
    take,
    deadLetters
  })
})

/**
 * An inbox in a queue, with dead letters in a store, both of your choice. What was handled stays in the queue, so that it is
 * known when it comes again, until `PersistedQueue.layerCleanup` takes it out: provide that beside the store.
 */
export const layerInbox = (
  options?: Options
): Layer.Layer<Inbox, never, PersistedQueue.PersistedQueueFactory | KeyValueStore.KeyValueStore> =>
  Layer.effect(Inbox, make(options))

/** An inbox in this process: what is in it ends with it. For tests and trials. */
export const layerInboxMemory = (options?: Options): Layer.Layer<Inbox> =>
  layerInbox(options).pipe(
    Layer.provide(PersistedQueue.layer),
    Layer.provide(PersistedQueue.layerStoreMemory),
    Layer.provide(KeyValueStore.layerMemory),
    Layer.fresh
  )

const locks = ({ lockExpiration = "90 seconds" }: StoredOptions = {}) => ({
  lockExpiration,
  lockRefreshInterval: Duration.divideUnsafe(Duration.fromInputUnsafe(lockExpiration), 3)
})

/**
 * An inbox in a database (PostgreSQL, MySQL, SQL Server, SQLite). Tables are made when they are missing: `intercom_inbox`,
 * its `intercom_inbox_migrations`, and `intercom_dead_letters`.
 */
export const layerInboxSql = (options?: StoredOptions): Layer.Layer<Inbox, SqlError, SqlClient.SqlClient> =>
  layerInbox(options).pipe(
    Layer.provide(PersistedQueue.layer),
    Layer.provide(PersistedQueue.layerStoreSql({ tableName: "intercom_inbox", ...locks(options) })),
    Layer.provide(KeyValueStore.layerSql({ table: "intercom_dead_letters" })),
    Layer.fresh
  )

/**
 * An inbox in Redis (one server, with its replicas; no cluster), below `intercom:`. What was answered with 200 is as safe as
 * the server is set to keep it: `appendonly yes` with `appendfsync always` (with `everysec`, the last second may be lost),
 * and `maxmemory-policy noeviction`.
 */
export const layerInboxRedis = (options?: StoredOptions): Layer.Layer<Inbox, never, Redis.Redis> =>
  layerInbox(options).pipe(
    Layer.provide(PersistedQueue.layer),
    Layer.provide(RedisQueue.layer({ prefix: "intercom:", ...locks(options) })),
    Layer.provide(RedisStore.layer("intercom:dead-letters")),
    Layer.fresh
  )

/**
 * Handles notifications as long as the layer is there.
 *
 * @example
 * ```ts
 * import { Webhook } from "@effect-intercom/core"
 * import { Effect } from "effect"
 *
 * const Workers = Webhook.layerWorkers(
 *   (event) => (event._tag === "contact.deleted" ? Effect.log(`${event.item.id} is gone`) : Effect.void),
 *   { concurrency: 4 }
 * )
 * ```
 */
export const layerWorkers = <E, R>(
  handle: (event: Event, attempt: Attempt) => Effect.Effect<unknown, E, R>,
  options: {
    /**
     * How many are handled at the same time.
     *
     * @default 1
     */
    readonly concurrency?: number | undefined
  } = {}
): Layer.Layer<never, never, Inbox | R> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const { take } = yield* Inbox
      const worker = take(handle).pipe(
        Effect.tapError((error) => Effect.logError(error.message, error)),
        // Until the store answers again.
        Effect.retry(Schedule.spaced("1 second")),
        Effect.forever
      )
      yield* Effect.forEach(Array.from({ length: options.concurrency ?? 1 }), () => Effect.forkScoped(worker), {
        discard: true
      })
    })
  )
