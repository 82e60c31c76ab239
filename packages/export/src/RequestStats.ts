/** What an export cost: requests, repetitions, waits; and how it went over time. */
import * as IntercomMetrics from "@effect-intercom/core/IntercomMetrics"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** Requests sent, repetitions among them, waits for the rate limit and their sum in milliseconds. */
export const RequestStats = Schema.Struct({
  requests: Schema.Int,
  retries: Schema.Int,
  waits: Schema.Int,
  waitedMillis: Schema.Finite
})
export type RequestStats = typeof RequestStats.Type

export const none: RequestStats = { requests: 0, retries: 0, waits: 0, waitedMillis: 0 }

const combine = (a: RequestStats, b: RequestStats, by: (a: number, b: number) => number): RequestStats => ({
  requests: by(a.requests, b.requests),
  retries: by(a.retries, b.retries),
  waits: by(a.waits, b.waits),
  waitedMillis: by(a.waitedMillis, b.waitedMillis)
})

/** The requests of two runs together. */
export const add = (a: RequestStats, b: RequestStats): RequestStats => combine(a, b, (a, b) => a + b)

/** What was done between two moments. */
export const since = (before: RequestStats, now: RequestStats): RequestStats =>
  combine(now, before, (now, before) => now - before)

/** What the current metric registry has counted so far. */
export const current: Effect.Effect<RequestStats> = Effect.map(
  IntercomMetrics.totals,
  ({ requests, retries, waitedMillis, waits }) => ({ requests, retries, waits, waitedMillis })
)

/** How far an export was at a moment of its work; `seconds` leaves out the time between two runs. */
export const Sample = Schema.Struct({
  seconds: Schema.Finite,
  records: Schema.Int,
  requests: Schema.Int,
  retries: Schema.Int,
  waitedMillis: Schema.Finite
})
export type Sample = typeof Sample.Type

const mostSamples = 120

/** Adds a sample; when there are many, every second one goes, so that a few are left that cover all of the time. */
export const addSample = (samples: ReadonlyArray<Sample>, sample: Sample): ReadonlyArray<Sample> => {
  const [earlier, last] = [samples.at(-2), samples.at(-1)]
  const spacing = sample.seconds / mostSamples
  // The last one moves on until it is far enough from the one before.
  const kept =
    earlier !== undefined && last !== undefined && last.seconds - earlier.seconds < spacing
      ? samples.slice(0, -1)
      : samples
  const all = [...kept, sample]
  return all.length > mostSamples * 2 ? all.filter((_, index) => index % 2 === 1 || index === all.length - 1) : all
}
