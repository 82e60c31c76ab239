/** What the client counts, by operation. Read it with any of Effect's metric exporters, or with {@link totals}. */
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"

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
