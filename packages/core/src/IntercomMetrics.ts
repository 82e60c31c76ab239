/** What the client counts, by operation. Read it with any of Effect's metric exporters, or with {@link totals}. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Ref from "effect/Ref"

/** Requests sent, repetitions included. Attributes: `operation`, `status` (`200`, …, or the reason without one). */
export const requests = Metric.counter("intercom_requests", {
  description: "Requests sent to the Intercom API, repetitions included",
  incremental: true
})

/** Requests sent again after a failure. Attributes: `operation`, `reason`. */
export const retries = Metric.counter("intercom_retries", {
  description: "Requests sent again after a failure",
  incremental: true
})

/**
 * Milliseconds spent waiting for the rate limit before sending; waits below ten are scheduling and do not count.
 * Attribute: `operation`.
 */
export const waits = Metric.histogram("intercom_rate_limit_wait_millis", {
  description: "Milliseconds spent waiting for the rate limit",
  boundaries: [10, 100, 1_000, 5_000, 10_000, 30_000, 60_000]
})

/** Bodies or records that did not fit their schema. Attribute: `operation`. */
export const decodeFailures = Metric.counter("intercom_decode_failures", {
  description: "Bodies or records that did not fit their schema",
  incremental: true
})

/**
 * Seconds from when a request left until its body was read, by OpenTelemetry's conventions for HTTP clients; each
 * repetition is a request. Attributes: `operation`, `http.request.method`, `url.template`, `server.address`, `server.port`,
 * `http.response.status_code` if there was one, `error.type` if it failed (the reason), and `unit`.
 */
export const duration = Metric.histogram("http.client.request.duration", {
  description: "Duration of HTTP client requests.",
  boundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  // Exporters take the unit from here.
  attributes: { unit: "seconds" }
})

/**
 * How many more requests the API takes in the window of the rate limit under way, as its last answer told. Attribute:
 * `server.address`. With the tokens of several workspaces in one process it is that of the last one that was answered.
 */
export const remaining = Metric.gauge("intercom_rate_limit_remaining", {
  description: "Requests that are left in the window of the rate limit, as the last answer told",
  attributes: { unit: "{request}" }
})

/** How many requests the API takes in a window of the rate limit, as its last answer told. Attribute: `server.address`. */
export const limit = Metric.gauge("intercom_rate_limit_limit", {
  description: "Requests that a window of the rate limit takes, as the last answer told",
  attributes: { unit: "{request}" }
})

/** The sums over all operations. */
export interface Totals {
  readonly requests: number
  readonly retries: number
  readonly waits: number
  readonly waitedMillis: number
  readonly decodeFailures: number
}

/** The counts so far in the current metric registry (provide your own `Metric.MetricRegistry` to count one part). */
export const totals: Effect.Effect<Totals> = Effect.map(Metric.snapshot, (snapshots) => {
  const sum = { requests: 0, retries: 0, waits: 0, waitedMillis: 0, decodeFailures: 0 }
  for (const metric of snapshots) {
    if (metric.type === "Counter") {
      if (metric.id === requests.id) sum.requests += Number(metric.state.count)
      if (metric.id === retries.id) sum.retries += Number(metric.state.count)
      if (metric.id === decodeFailures.id) sum.decodeFailures += Number(metric.state.count)
    }
    if (metric.type === "Histogram" && metric.id === waits.id) {
      sum.waits += metric.state.count
      sum.waitedMillis += metric.state.sum
    }
  }
  return sum
})

/** The counts of some calls. */
export type Counts = Omit<Totals, "decodeFailures">

/**
 * Where the calls inside an effect are counted apart from others, and beside the metrics. `undefined`, the default: nowhere.
 *
 * @example
 * ```ts
 * import { Contacts, IntercomMetrics } from "@effect-intercom/core"
 * import { Effect, Ref, Stream } from "effect"
 *
 * const program = Effect.gen(function* () {
 *   const tally = yield* Ref.make(IntercomMetrics.nothing)
 *   yield* Contacts.use(({ list }) => Stream.runDrain(list.items())).pipe(
 *     Effect.provideService(IntercomMetrics.Tally, tally)
 *   )
 *   return (yield* Ref.get(tally)).requests
 * })
 * ```
 */
export const Tally = Context.Reference<Ref.Ref<Counts> | undefined>("@effect-intercom/core/IntercomMetrics/Tally", {
  defaultValue: () => undefined
})

/** A tally before its first call. */
export const nothing: Counts = { requests: 0, retries: 0, waits: 0, waitedMillis: 0 }
