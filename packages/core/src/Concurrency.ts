/**
 * How many requests are under way at once. By Little's law that is the rate at which they may be sent times what each takes:
 * a number that fits one workspace is too small for another, and too large on a slow day. `adaptive` finds it, as TCP Vegas
 * finds how much may be in flight: as long as answers do not take longer, there is room for one more. What the rate
 * limit has no use for is not sent at once, and a server that is overloaded gets less.
 *
 * Calls take their turns whatever made them, so that loops over records need no number of their own.
 *
 * @example
 * ```ts
 * import { Concurrency, type ContactId, Contacts } from "@effect-intercom/core"
 * import { Effect } from "effect"
 *
 * const all = (ids: ReadonlyArray<ContactId>) =>
 *   Effect.gen(function* () {
 *     const turns = yield* Concurrency.adaptive()
 *     return yield* Effect.forEach(ids, (id) => Contacts.use(({ get }) => get(id)), { concurrency: turns.most }).pipe(
 *       Effect.provideService(Concurrency.Current, turns)
 *     )
 *   })
 * ```
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"

/** What came of a request, as far as it tells how many may be under way. */
export interface Outcome {
  readonly operation: string
  /** When its body was read, and how long after it left; monotonic milliseconds. */
  readonly at: number
  readonly millis: number
  /** Whether it was refused for want of room: 429, 502, 503, 504, or nothing in time. */
  readonly overloaded: boolean
  /** Requests the rate limit takes in a second, if that is known. */
  readonly perSecond: number | undefined
}

export interface Concurrency {
  /** Requests under way at once, at the most. */
  readonly most: number
  /** How many may be under way now. */
  readonly current: Effect.Effect<number>
  /** Takes a turn for one attempt, whose answer is read when it ends. */
  readonly admit: <A, E, R>(attempt: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** Learns from what came of it. */
  readonly learn: (outcome: Outcome) => Effect.Effect<void>
}

/** What the calls inside an effect take their turns from; `undefined`, the default: each is sent when it is made. */
export const Current = Context.Reference<Concurrency | undefined>("@effect-intercom/core/Concurrency/Current", {
  defaultValue: () => undefined
})

/** So many requests cannot be under way: none would ever be sent, or the numbers contradict each other. */
export class ConcurrencyError extends Schema.TaggedError<ConcurrencyError>()("ConcurrencyError", {
  /** What was given. */
  field: Schema.Literals(["start", "least", "most"]),
  description: Schema.String
}) {
  override get message(): string {
    return `The concurrency cannot have ${this.field} ${this.description}.`
  }
}

const wanted = (field: ConcurrencyError["field"], given: number | undefined) =>
  given === undefined || given === Number.POSITIVE_INFINITY || (Number.isInteger(given) && given >= 1)
    ? Effect.void
    : Effect.fail(new ConcurrencyError({ field, description: `${given}: give a whole number from 1` }))

/** So many, whatever comes: a whole number from 1, or `Infinity`. */
export const fixed = (most: number): Effect.Effect<Concurrency, ConcurrencyError> =>
  Effect.andThen(
    wanted("most", most),
    Effect.map(Semaphore.make(most), ({ withPermit }) => ({
      most,
      current: Effect.succeed(most),
      admit: withPermit,
      learn: () => Effect.void
    }))
  )

/** Whole numbers from 1, or `Infinity`. */
export interface Options {
  /** Between the others. @default 8, or the nearest of `least` and `most` */
  readonly start?: number | undefined
  /** @default 2, or `most` if that is less */
  readonly least?: number | undefined
  /** @default 64, or the greatest of `least` and `start` if that is more */
  readonly most?: number | undefined
}

interface Limits {
  readonly start: number
  readonly least: number
  readonly most: number
}

const limitsOf = Effect.fnUntraced(function* (options: Options) {
  yield* wanted("most", options.most)
  yield* wanted("least", options.least)
  yield* wanted("start", options.start)
  const most = options.most ?? Math.max(64, options.least ?? 0, options.start ?? 0)
  const least = options.least ?? Math.min(2, most, options.start ?? 2)
  if (least > most) {
    return yield* new ConcurrencyError({ field: "least", description: `${least}: that is more than most, ${most}` })
  }
  const start = options.start ?? Math.max(least, Math.min(8, most))
  if (start < least || start > most) {
    const description = `${start}: give one from least, ${least}, to most, ${most}`
    return yield* new ConcurrencyError({ field: "start", description })
  }
  return { least, most, start }
})

/** Requests that may wait in the server, or for this process, as latency tells: with fewer there is room for more. */
const fewWaiting = 3
const manyWaiting = 6

/** Differences of the clock's, in milliseconds. */
const slack = 2

/** How much a single answer counts in the average. */
const weight = 0.1

/** After so many answers the shortest latency is looked for again: a server may have become slower for good. */
const epoch = 5000

/** An overload is answered more than once. In milliseconds. */
const recovery = 1000

/** More than are needed to use up the rate limit, as latencies differ. */
const headroom = 2

/** How long an operation takes. */
interface Latency {
  /** On average, lately. */
  smooth: number
  /** The shortest average: without others in the way. */
  base: number
  next: number
  answers: number
}

const noted = (known: Latency | undefined, millis: number): Latency => {
  if (known === undefined) return { smooth: millis, base: millis, next: Number.POSITIVE_INFINITY, answers: 1 }
  known.smooth += weight * (millis - known.smooth)
  known.base = Math.min(known.base, known.smooth)
  known.next = Math.min(known.next, known.smooth)
  known.answers++
  if (known.answers % epoch === 0) {
    known.base = known.next
    known.next = Number.POSITIVE_INFINITY
  }
  return known
}

/** As many as latency and the rate limit need. */
export const adaptive: {
  (): Effect.Effect<Concurrency>
  (options: Options): Effect.Effect<Concurrency, ConcurrencyError>
} = (options?: Options): Effect.Effect<Concurrency> =>
  // Without options, there is nothing to refuse.
  Effect.flatMap(limitsOf(options ?? {}) as Effect.Effect<Limits>, within)

const within = ({ least, most, start }: Limits): Effect.Effect<Concurrency> =>
  Effect.map(Semaphore.make(start), (turns) => {
    const latencies = new Map<string, Latency>()
    let limit = start
    let underWay = 0
    let starting = true
    let recovered = Number.NEGATIVE_INFINITY

    const next = ({ at, millis, operation, overloaded, perSecond }: Outcome): number => {
      if (overloaded) {
        starting = false
        if (at < recovered) return limit
        recovered = at + recovery
        return limit * 0.7
      }
      const latency = noted(latencies.get(operation), millis)
      latencies.set(operation, latency)
      const { base, smooth } = latency
      const needed = perSecond === undefined ? most : Math.ceil((headroom * perSecond * smooth) / 1000) + fewWaiting
      // Less than none when answers are as fast as the fastest.
      const waiting = limit * (1 - (base + slack) / smooth)
      if (waiting > fewWaiting) starting = false
      // What is not made use of tells nothing.
      const isUsed = underWay >= limit - 1
      if (waiting > manyWaiting) return limit - 1 / limit
      if (waiting < fewWaiting && isUsed) return Math.min(Math.max(needed, limit), limit + (starting ? 1 : 1 / limit))
      return limit > needed ? limit - 1 / limit : limit
    }

    return {
      most,
      current: Effect.sync(() => Math.floor(limit)),
      admit: (attempt) =>
        turns.withPermit(
          Effect.suspend(() => {
            underWay++
            return Effect.ensuring(
              attempt,
              Effect.sync(() => {
                underWay--
              })
            )
          })
        ),
      learn: (outcome) =>
        Effect.suspend(() => {
          limit = Math.max(least, Math.min(most, next(outcome)))
          return turns.resize(Math.floor(limit))
        })
    }
  })
