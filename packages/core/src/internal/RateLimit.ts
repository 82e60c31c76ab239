import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Latch from "effect/Latch"
import * as Semaphore from "effect/Semaphore"
import * as Monotonic from "./Monotonic.ts"
import { resetAt, retryAfter } from "./ResponseError.ts"
import type { ServerTime } from "./ServerTime.ts"
import { neverSent, systemError } from "./TransportCode.ts"

// All times here are monotonic milliseconds, but for those of the server.

/** A request that has its slot: it left, or leaves now. */
interface Slot {
  readonly at: number
  /** Whether the server may count it in the window under way. */
  counted: boolean
  /** Which window it was let into. */
  readonly window: number
}

/** What is known of the window under way. */
interface Window {
  readonly index: number
  /** When it is over; never, before its first request, where nobody told. */
  ends: number
  /** When it is over for the server, in its Unix milliseconds, if it told. */
  reset: number | undefined
  /** Our requests that were answered in it, or lost. */
  used: number
  /** How many more the server takes, if it told. */
  remaining: number
}

/** The slot of the attempt under way. */
const Slot = Context.Reference<Slot | undefined>("@effect-intercom/core/internal/RateLimit/Slot", {
  defaultValue: () => undefined
})

interface Options {
  /** What is assumed until the server tells. */
  readonly limit: number
  readonly window: Duration.Duration
  /** Whoever asks to wait longer holds back nobody: each call gets that answer itself, and fails with it at once. */
  readonly longest: Duration.Duration
  readonly time: ServerTime
}

// A slow first answer must not cost more than what it tells is worth.
const scouting = 2000
// A request that left longer ago has arrived.
const longestWay = 1000
// Resets that are computed for each answer differ by less.
const slack = 1000
// By the documentation, where the server has windows.
const longestWindow = 60_000
// How much longer a window lasts that should be over.
const again = 250

/** A count in a header, if it is one. */
export const numberOf = (header: string | undefined): number | undefined => {
  const number = header === undefined || header.trim() === "" ? Number.NaN : Number(header)
  return Number.isFinite(number) && number >= 0 ? number : undefined
}

/**
 * Lets requests pass as long as the window has room for them: what the headers of the answers tell, less what is under
 * way. Before the first answer one request goes alone, and others wait for it; without headers it is a guess.
 *
 * (Effect's `withRateLimiter` counts in windows of its own: with many calls at once it sent ten times the limit before the
 * first headers counted, held calls back although the headers had room for them, and kept the slots of calls that were
 * interrupted. It is what `layerShared` counts with, where several processes share a store.)
 *
 * `admit` goes around a whole attempt, `learn` around its headers.
 */
export const make = (options: Options) => {
  let span = Duration.toMillis(options.window)
  const longest = Duration.toMillis(options.longest)
  const turn = Semaphore.makeUnsafe(1)
  const changed = Latch.makeUnsafe()
  const underWay = new Set<Slot>()
  let counted = 0
  let limit = options.limit
  /** How long the server's windows are, in milliseconds, once it told of two. */
  let length = Number.POSITIVE_INFINITY
  let window: Window = {
    index: 0,
    ends: Number.POSITIVE_INFINITY,
    reset: undefined,
    used: 0,
    remaining: Number.POSITIVE_INFINITY
  }
  /** The last window that is over, by the server's clock. */
  let over = Number.NEGATIVE_INFINITY
  let pausedUntil = Number.NEGATIVE_INFINITY
  /** The first request goes alone until then, or until it is answered. */
  let aloneUntil: number | undefined

  const begin = (now: number) => {
    if (window.ends === Number.POSITIVE_INFINITY) window.ends = now + span
  }

  /** The next window, which nobody told of yet. */
  const open = (now: number, ends: number) => {
    // Those that just left may arrive in it.
    counted = 0
    for (const slot of underWay) {
      slot.counted = slot.at > now - longestWay
      if (slot.counted) counted++
    }
    window = { index: window.index + 1, ends, reset: undefined, used: 0, remaining: Number.POSITIVE_INFINITY }
    if (counted > 0) begin(now)
  }

  const roll = (now: number) => {
    const { ends } = window
    if (now < ends) return
    over = window.reset ?? over
    // The server's windows follow upon one another.
    open(now, ends + length * (Math.floor((now - ends) / length) + 1))
  }

  const room = (): number => Math.min(limit - window.used, window.remaining) - counted

  /** How long to wait before a request may leave: nothing, some time, or until something changes. */
  const wait = (now: number): number => {
    roll(now)
    const until = Math.max(pausedUntil, aloneUntil ?? pausedUntil)
    if (until > now) return until - now
    return room() > 0 ? 0 : window.ends - now
  }

  const take = (now: number): Slot => {
    const slot = { at: now, counted: true, window: window.index }
    aloneUntil ??= now + scouting
    begin(now)
    underWay.add(slot)
    counted++
    return slot
  }

  const release = (slot: Slot) => {
    aloneUntil = Number.NEGATIVE_INFINITY
    underWay.delete(slot)
    if (slot.counted) counted--
  }

  /** A request that the server has counted, or may have. */
  const spend = (slot: Slot) => {
    release(slot)
    if (!slot.counted) return
    window.used++
    window.remaining--
  }

  const pause = (until: number) => {
    pausedUntil = Math.max(pausedUntil, until)
  }

  const learn = (slot: Slot, { headers, status }: HttpClientResponse.HttpClientResponse, clock: Clock.Clock) => {
    const now = Monotonic.millisOf(clock)
    const serverNow = options.time.now(clock)
    roll(now)
    const asked = Duration.toMillis(retryAfter(headers, serverNow))
    const reset = resetAt(headers, serverNow)
    const left = reset === undefined ? 0 : reset - serverNow
    if (Math.max(asked, left) > longest) return spend(slot)
    limit = numberOf(headers["x-ratelimit-limit"]) || limit
    if (status === 429) pause(now + asked)
    if (reset !== undefined && !enter(slot, reset, now, left)) return release(slot)
    spend(slot)
    const remaining = numberOf(headers["x-ratelimit-remaining"])
    // Answers overtake one another: the smallest number is that of the latest request.
    if (remaining !== undefined) window.remaining = Math.min(window.remaining, remaining)
    else if (status === 429 && reset !== undefined) window.remaining = 0
  }

  /** Makes the window that ends at `reset`, in `left` milliseconds, the one under way; false when it is over. */
  const enter = (slot: Slot, reset: number, now: number, left: number): boolean => {
    const known = window.reset ?? reset
    // The guess was for a server that tells nothing.
    span = longestWindow
    if (reset < over + slack) {
      if (slot.window < window.index) return false
      // The request left after we thought this window over: it is not.
      options.time.doubt()
      window.ends = now + Math.max(left, again)
      window.reset = reset
      return true
    }
    if (reset <= known - slack) return false
    if (reset >= known + slack) {
      over = known
      open(now, window.ends)
    }
    length = Math.min(length, reset - over)
    window.ends = now + left
    window.reset = reset
    return true
  }

  /** Whoever waits is woken at once, and must see all of a change. */
  const update = <Args extends ReadonlyArray<unknown>>(change: (...args: Args) => void, ...args: Args) => {
    change(...args)
    changed.openUnsafe()
  }

  const settle = (slot: Slot, exit: Exit.Exit<unknown, unknown>) => {
    if (Exit.isFailure(exit) && isUnsent(Cause.squash(exit.cause))) release(slot)
    else spend(slot)
  }

  /** Waits for a slot, and takes it. */
  const acquire = (taken: (slot: Slot) => void): Effect.Effect<void> =>
    Clock.clockWith((clock) =>
      Effect.suspend(function loop(): Effect.Effect<void> {
        changed.closeUnsafe()
        const now = Monotonic.millisOf(clock)
        const millis = wait(now)
        if (millis > 0) return Effect.andThen(Effect.timeoutOption(changed.await, millis), Effect.suspend(loop))
        taken(take(now))
        return Effect.void
      })
    ).pipe(turn.withPermit)

  return {
    /** An attempt, when there is room for it. One that is interrupted while it waits takes none. */
    admit: <A, E, R>(attempt: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
      Effect.suspend(() => {
        let slot: Slot | undefined
        return acquire((taken) => {
          slot = taken
        }).pipe(
          Effect.andThen(Effect.suspend(() => Effect.provideService(attempt, Slot, slot))),
          Effect.onExit((exit) =>
            Effect.sync(() => slot !== undefined && underWay.has(slot) && update(settle, slot, exit))
          )
        )
      }),
    /** Learns from the headers of an answer, before its body is there. */
    learn: <E, R>(answer: Effect.Effect<HttpClientResponse.HttpClientResponse, E, R>) =>
      Effect.tap(answer, (response) =>
        Effect.flatMap(Slot, (slot) =>
          Clock.clockWith((clock) => Effect.sync(() => slot !== undefined && update(learn, slot, response, clock)))
        )
      )
  }
}

const isUnsent = (error: unknown): boolean =>
  HttpClientError.isHttpClientError(error) && neverSent(systemError(error.reason.cause))
