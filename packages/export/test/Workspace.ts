/** A simulated workspace, without a port, and exports of it into memory. */
import { Intercom } from "@effect-intercom/core/Intercom"
import type * as IntercomConfig from "@effect-intercom/core/IntercomConfig"
import * as Export from "@effect-intercom/export/Export"
import type { Plan } from "@effect-intercom/export/Plan"
import type { Event } from "@effect-intercom/export/Progress"
import { Simulator, type Options } from "@effect-intercom/simulator/Simulator"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import type * as MemorySink from "./MemorySink.ts"

/** Small, but with windows and pages enough to be stopped in. */
export const small: Options = {
  contacts: 90,
  companies: 230,
  conversations: 40,
  articles: 30,
  newsItems: 12,
  events: 2,
  // The clock stands still, and nothing is to wait for it.
  rateLimit: { limit: 10_000_000, window: Duration.seconds(10) }
}

/** Later than everything in the workspace: 2027-01-15T08:00:00Z. */
export const now = 1_800_000_000

export const setClock = TestClock.setTime(now * 1000)

/** The client and the simulator. */
export const layer = (options: Options = small, config: Partial<IntercomConfig.Options> = {}) =>
  Intercom.layer({
    accessToken: Redacted.make("simulator-token"),
    baseUrl: "http://simulator.test",
    retry: { times: 0 },
    rateLimit: { limit: 10_000_000, window: "10 seconds" },
    ...config
  }).pipe(Layer.orDie, Layer.provideMerge(Simulator.layerClient(options)))

/** All events of an export, whose requests are counted by themselves. */
export const collected = <A, E, R>(events: Stream.Stream<A, E, R>) =>
  Effect.provideService(Stream.runCollect(events), Metric.MetricRegistry, new Map())

/** Runs a plan into a sink in memory, and gives all events. */
export const run = (plan: Plan, sink: ReturnType<typeof MemorySink.make>) =>
  Export.run(plan).pipe(collected, Effect.provide(sink.layer))

export const entriesOf = (events: ReadonlyArray<Event>) =>
  events.flatMap((event) => ("entry" in event ? [event.entry] : []))

/** An output as lines. */
export const linesOf = (sink: ReturnType<typeof MemorySink.make>, name: string): ReadonlyArray<string> =>
  (sink.outputs.get(name) ?? []).map((record) => JSON.stringify(record))
