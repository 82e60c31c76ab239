/** Whether the client is talking to the API, or what keeps it from it. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Monotonic from "./internal/Monotonic.ts"

/** Why no request is under way. */
export interface Pause {
  /**
   * `limit`: the window is used up. `failure`: a request failed, and is sent again soon. `scroll`: the workspace's only
   * scroll is taken, and is asked for again when it may have ended.
   */
  readonly cause: "limit" | "failure" | "scroll"
  /** Milliseconds until the window is over; those since the failure, or since a scroll was refused first. */
  readonly millis: number
}

interface State {
  readonly underWay: number
  /** When the last answer came, in milliseconds of a clock that nobody sets; `undefined` before the first. */
  readonly quietSince: number | undefined
  /** How the last answer fell short. */
  readonly wrong: "failure" | "scroll" | undefined
  /** Since when scrolls are refused. */
  readonly scrollSince: number | undefined
  /** What the server says of the window's end, when that is on the same clock, and whether it takes more until then. */
  readonly reset: number
  readonly resetAt: number
  readonly full: boolean
}

const initial: State = {
  underWay: 0,
  quietSince: undefined,
  wrong: undefined,
  scrollSince: undefined,
  reset: 0,
  resetAt: 0,
  full: false
}

/** A shorter silence is work of our own. */
const patience = 300

/** A longer silence after a failure is something else: a client sends again within 20 seconds. */
const longestBackoff = 25_000

const pauseOf = (
  { full, quietSince, resetAt, scrollSince, underWay, wrong }: State,
  now: number
): Pause | undefined => {
  if (underWay > 0 || quietSince === undefined || now - quietSince < patience) return undefined
  if (full && resetAt > now) return { cause: "limit", millis: resetAt - now }
  const silence = now - quietSince
  if (wrong === undefined || silence >= longestBackoff) return undefined
  return { cause: wrong, millis: wrong === "scroll" && scrollSince !== undefined ? now - scrollSince : silence }
}

type Response = HttpClientResponse.HttpClientResponse

const isScroll = ({ request }: Response): boolean => request.url.endsWith("/companies/scroll")

const wrongOf = (response: Response): State["wrong"] => {
  if (response.status < 400) return undefined
  return response.status === 400 && isScroll(response) ? "scroll" : "failure"
}

const scrollSince = (state: State, response: Response, now: number): number | undefined => {
  if (!isScroll(response)) return state.scrollSince
  return response.status === 400 ? (state.scrollSince ?? now) : undefined
}

/** The state after an answer; `wall` is the time of day, in Unix milliseconds. */
const answered = (
  state: State,
  response: Response,
  { now, wall }: { readonly now: number; readonly wall: number }
): State => {
  const { headers } = response
  const reset = Number(headers["x-ratelimit-reset"]) * 1000
  const known = Number.isFinite(reset) && reset > 0
  // By the server's own clock, if it sends the time.
  const sent = Date.parse(headers["date"] ?? "")
  const resetAt = now + reset - (Number.isNaN(sent) ? wall : sent)
  const full = Number(headers["x-ratelimit-remaining"]) === 0
  return {
    ...state,
    underWay: state.underWay - 1,
    quietSince: now,
    wrong: wrongOf(response),
    scrollSince: scrollSince(state, response, now),
    reset: known ? reset : state.reset,
    resetAt: known ? resetAt : state.resetAt,
    // Answers may overtake one another: a window that was full stays so.
    full: full || (state.full && reset === state.reset)
  }
}

/** Said once, when it begins: up to ten minutes pass. */
const waitsForScroll =
  "The API refuses a scroll over companies, as it does while another one is open: a workspace has one at a time. This " +
  "waits until the other one ends or was idle for a minute, ten minutes at most."

/** What passes between the client and the API. */
export class Traffic extends Context.Service<Traffic, { readonly pause: Effect.Effect<Pause | undefined> }>()(
  "@effect-intercom/cli/Traffic"
) {
  /** Watches the requests that go through the client below. */
  static readonly layer: Layer.Layer<HttpClient.HttpClient | Traffic, never, HttpClient.HttpClient> =
    Layer.effectContext(
      Effect.gen(function* () {
        const client = yield* HttpClient.HttpClient
        const state = yield* Ref.make(initial)
        const note = (change: (state: State, now: number) => State) =>
          Effect.flatMap(Monotonic.millis, (now) => Ref.update(state, (state) => change(state, now)))
        const watched = HttpClient.transformResponse(client, (response) =>
          Effect.andThen(
            note((state) => ({ ...state, underWay: state.underWay + 1 })),
            response
          ).pipe(
            Effect.tap((response) =>
              Effect.gen(function* () {
                const wall = yield* Clock.currentTimeMillis
                const before = yield* Ref.get(state)
                yield* note((state, now) => answered(state, response, { now, wall }))
                const after = yield* Ref.get(state)
                if (before.scrollSince === undefined && after.scrollSince !== undefined) {
                  yield* Effect.logWarning(waitsForScroll)
                }
              })
            ),
            Effect.tapError(() =>
              note((state, now) => ({ ...state, underWay: state.underWay - 1, quietSince: now, wrong: "failure" }))
            ),
            Effect.onInterrupt(() => note((state) => ({ ...state, underWay: state.underWay - 1 })))
          )
        )
        const pause = Effect.flatMap(Monotonic.millis, (now) =>
          Effect.map(Ref.get(state), (state) => pauseOf(state, now))
        )
        return Context.make(HttpClient.HttpClient, watched).pipe(Context.add(Traffic, Traffic.of({ pause })))
      })
    )
}
