/**
 * Records by id, many at about the same time: asked for together, each once, and kept for a while. `ContactLoader` and its
 * kin are made of it, and so are those of resources of your own.
 */
import type * as Arr from "effect/Array"
import type * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Request from "effect/Request"
import * as RequestResolver from "effect/RequestResolver"
import type { IntercomError, Reason } from "./IntercomError.ts"
import * as Kept from "./internal/Kept.ts"
import * as Manner from "./internal/Manner.ts"

export interface Options {
  /**
   * How long a record is kept. Failures are not kept. With 0 nothing is, and only what is asked for at the same time is asked
   * once.
   *
   * @default "1 minute"
   */
  readonly timeToLive?: Duration.Input | undefined
  /**
   * How many records are kept at most; the one that was not asked for the longest goes first. With less than 1, or
   * `NaN`, none is.
   *
   * @default 10_000
   */
  readonly capacity?: number | undefined
  /**
   * For how long gets are collected, from the first on.
   *
   * @default "10 millis"
   */
  readonly window?: Duration.Input | undefined
}

/** Records of a kind, by id. */
export interface Loader<Id extends string, A> {
  /** The record, asked for together with others, or as it is kept. Fails as a `get` by itself does. */
  readonly get: (id: Id) => Effect.Effect<A, IntercomError>
  /** The records, in the order of their ids. Fails with the first failure. */
  readonly getAll: (ids: Iterable<Id>) => Effect.Effect<Array<A>, IntercomError>
  /** The record, asked for again and kept; until it is there, others get the one that is kept. */
  readonly refresh: (id: Id) => Effect.Effect<A, IntercomError>
  /** Forgets a record, whoever asked for it: after it was changed, say. */
  readonly invalidate: (id: Id) => Effect.Effect<void>
  /** Forgets all records. */
  readonly invalidateAll: Effect.Effect<void>
}

/** How records of a kind are had. */
export interface Source<Id extends string, A> {
  /** Whose they are, in spans and logs: `Contacts`. */
  readonly name: string
  /** One by itself. */
  readonly one: (id: Id) => Effect.Effect<A, IntercomError>
  /**
   * Several at once, by id, with fewer requests than ids; what is not among them is asked for alone. Where it fails, all are
   * asked for alone, and the failure is logged at the level Debug; what no other request could cure fails them all: the
   * token is refused, the rate limit is full.
   */
  readonly many?:
    | ((ids: Arr.NonEmptyReadonlyArray<Id>) => Effect.Effect<ReadonlyMap<string, A>, IntercomError>)
    | undefined
  /**
   * How many ids are worth `many`.
   *
   * @default 2
   */
  readonly least?: number | undefined
  /**
   * How many ids `many` takes.
   *
   * @default 50
   */
  readonly most?: number | undefined
}

const hopeless: ReadonlySet<Reason["_tag"]> = new Set(["Unauthorized", "RateLimited"])

/** How many are asked for alone at a time. */
const concurrency = 8

/** Who asks for another answer has a record of its own. */
interface Get<Id extends string, A> extends Request.Request<A, IntercomError> {
  readonly id: Id
  readonly answer: Manner.Manner
}

/** Of a number that is none, or has a fraction, a cache makes no sense. */
const capacityOf = ({ capacity = 10_000 }: Options): number => (capacity >= 1 ? Math.floor(capacity) : 0)

/**
 * A loader of records. What is asked for together has the same timeout, retries, headers and `OnResponse`; gets with others
 * are apart, and what fails them fails none but their own. A record that is kept is kept for all who would get the same
 * answer: with the same `Version`, `Headers`, `OnInvalid` and `Json.Lossless`, those that are equal being the same. (So make a
 * function for `OnInvalid` once, and give no header a value of its own for each call, or nothing is shared.)
 *
 * @example
 * ```ts
 * import { type ContactId, Contacts, Loader } from "@effect-intercom/core"
 * import { Effect } from "effect"
 *
 * // The companies of contacts: there is no way to ask for several at once, but each is asked for once.
 * const companiesOf = Effect.gen(function* () {
 *   const { listCompanies } = yield* Contacts
 *   return yield* Loader.make({ name: "Contacts.listCompanies", one: (id: ContactId) => listCompanies(id) })
 * })
 * ```
 */
export const make = Effect.fnUntraced(function* <Id extends string, A>(
  { least = 2, many, most = 50, name, one }: Source<Id, A>,
  options: Options = {}
): Effect.fn.Return<Loader<Id, A>> {
  const together = (ids: Arr.NonEmptyReadonlyArray<Id>): Effect.Effect<ReadonlyMap<string, A>, IntercomError> =>
    many === undefined || ids.length < least
      ? Effect.succeed(new Map())
      : many(ids).pipe(
          Effect.catch((error) =>
            hopeless.has(error.reason._tag)
              ? Effect.fail(error)
              : Effect.as(
                  Effect.logDebug(`${name}: ${ids.length} at once failed, now each by itself: ${error.message}`),
                  new Map<string, A>()
                )
          )
        )

  const resolver = RequestResolver.makeGrouped<Get<Id, A>, Manner.Manner>({
    // A batch has the context of its first.
    key: ({ context }) => Manner.ofCall(context),
    resolver: Effect.fnUntraced(function* (entries: Arr.NonEmptyArray<Request.Entry<Get<Id, A>>>) {
      const waiting = [...Map.groupBy(entries, ({ request }) => request.id)]
      const complete = (same: ReadonlyArray<Request.Entry<Get<Id, A>>>, exit: Exit.Exit<A, IntercomError>) => {
        for (const entry of same) entry.completeUnsafe(exit)
      }
      // There is one at least.
      const found = yield* together(waiting.map(([id]) => id) as unknown as Arr.NonEmptyReadonlyArray<Id>)
      const alone = waiting.filter(([id, same]) => {
        const record = found.get(id)
        if (record === undefined) return true
        complete(same, Exit.succeed(record))
        return false
      })
      const ask = ([id, same]: (typeof alone)[number]) =>
        Effect.map(Effect.exit(one(id)), (exit) => complete(same, exit))
      yield* Effect.forEach(alone, ask, { concurrency })
    })
  }).pipe(
    RequestResolver.setDelay(options.window ?? "10 millis"),
    RequestResolver.batchN(most),
    RequestResolver.withSpan(`${name}.load`)
  )
  const kept = yield* Kept.make((request: Get<Id, A>) => Effect.request(request, resolver), {
    capacity: capacityOf(options),
    timeToLive: options.timeToLive ?? "1 minute"
  })

  const requestOf = Request.of<Get<Id, A>>()
  const withRequest = <B, E>(id: Id, use: (request: Get<Id, A>) => Effect.Effect<B, E>): Effect.Effect<B, E> =>
    Effect.flatMap(Manner.answer, (answer) => use(requestOf({ id, answer })))
  const get = (id: Id) => withRequest(id, (request) => kept.get(request))
  return {
    get,
    getAll: (ids) => Effect.forEach(ids, get, { concurrency: "unbounded" }),
    refresh: (id) =>
      withRequest(id, (request) =>
        Effect.tap(
          kept.refresh(request),
          kept.invalidateWhere((other) => other.id === id && !Equal.equals(other.answer, request.answer))
        )
      ),
    invalidate: (id) => kept.invalidateWhere((request) => request.id === id),
    invalidateAll: kept.invalidateAll
  }
})

/**
 * A loader of records of which there is a list of all: it is asked for once, and kept as long as a record. What is not in it
 * is asked for alone.
 */
export const fromList = Effect.fnUntraced(function* <Id extends string, A extends { readonly id: string }>(
  {
    list,
    name,
    one
  }: Pick<Source<Id, A>, "name" | "one"> & {
    readonly list: Effect.Effect<Iterable<A>, IntercomError>
  },
  options: Options = {}
): Effect.fn.Return<Loader<Id, A>> {
  const lists = yield* Kept.make(
    (_answer: Manner.Manner) =>
      Effect.map(list, (records) => new Map(Array.from(records, (record) => [record.id, record]))),
    { capacity: 10, timeToLive: options.timeToLive ?? "1 minute" }
  )
  const many = () => Effect.flatMap(Manner.answer, lists.get)
  const loader = yield* make({ name, one, many, least: 1, most: Number.POSITIVE_INFINITY }, options)
  const forget = lists.invalidateAll
  return {
    ...loader,
    refresh: (id) => Effect.andThen(forget, loader.refresh(id)),
    invalidate: (id) => Effect.andThen(forget, loader.invalidate(id)),
    invalidateAll: Effect.andThen(forget, loader.invalidateAll)
  }
})

/**
 * The layer of a service that is a loader. It is fresh: a loader keeps records of one workspace, and where one layer is built
 * for several, none gets another's.
 *
 * @example
 * ```ts
 * import { type Article, type ArticleId, Articles, Loader } from "@effect-intercom/core"
 * import { Context, Effect } from "effect"
 *
 * class ArticleLoader extends Context.Service<ArticleLoader, Loader.Loader<ArticleId, Article>>()("app/ArticleLoader") {
 *   static readonly layer = Loader.layer(
 *     this,
 *     Effect.flatMap(Articles, ({ get }) => Loader.make({ name: "Articles", one: get }))
 *   )
 * }
 * ```
 */
export const layer = <I, Id extends string, A, E, R>(
  service: Context.Key<I, Loader<Id, A>>,
  loader: Effect.Effect<Loader<Id, A>, E, R>
): Layer.Layer<I, E, R> => Layer.fresh(Layer.effect(service, loader))
