/** What a runner counts. Attributes: `night` and `workspace`, but for the two that are of the runner. */
import * as Metric from "effect/Metric"

/** Turns of exports, by how they ended. Further attribute: `outcome` (`done`, `failed`, `again`, `paused`), `kind` of a failure. */
export const turns = Metric.counter("intercom_fleet_turns", {
  description: "Turns of exports, by how they ended",
  incremental: true
})

/** Requests sent to the API, repetitions included. */
export const requests = Metric.counter("intercom_fleet_requests", {
  description: "Requests sent to the Intercom API, repetitions included",
  incremental: true
})

/** Milliseconds that requests waited for the rate limit. */
export const waited = Metric.counter("intercom_fleet_rate_limit_wait_millis", {
  description: "Milliseconds that requests waited for the rate limit",
  incremental: true
})

/** Records written this night. */
export const records = Metric.gauge("intercom_fleet_records", { description: "Records written this night" })

/** Exports this runner has in hand. */
export const running = Metric.gauge("intercom_fleet_running", { description: "Exports this runner has in hand" })

/** Exports that wait for their turn on this runner. */
export const waiting = Metric.gauge("intercom_fleet_waiting", {
  description: "Exports that wait for their turn on this runner"
})
