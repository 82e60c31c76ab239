// Traces, metrics and logs of a program that calls Intercom, sent to an OpenTelemetry collector by Effect's own exporter.
// grafana-dashboard.json shows the metrics, from a Prometheus that has them from the collector.
import { Contacts, IntercomHttp } from "@effect-intercom/core"
import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { Config, Effect, Layer, Stream } from "effect"
import { Otlp } from "effect/observability"

/** One trace: the program, its walk, a span for each request with an event for each attempt. */
export const program = Effect.gen(function* () {
  const { list } = yield* Contacts
  const count = yield* Stream.runCount(list.items({ per_page: 150 }))
  yield* Effect.logInfo(`${count} contacts`)
}).pipe(Effect.withSpan("count contacts"))

// OTEL_EXPORTER_OTLP_ENDPOINT is where the collector listens. What is not sent yet is sent when the program ends.
export const Telemetry = Layer.unwrap(
  Effect.map(
    Config.String("OTEL_EXPORTER_OTLP_ENDPOINT").pipe(Config.withDefault("http://localhost:4318")),
    (baseUrl) => Otlp.layerJson({ baseUrl, resource: { serviceName: "contacts" } })
  )
)

const Client = Contacts.layer.pipe(Layer.provide(IntercomHttp.layerEnv))

if (import.meta.main) {
  program.pipe(
    Effect.provide(Client),
    Effect.provide(Telemetry),
    Effect.provide(NodeHttpClient.layerUndici),
    NodeRuntime.runMain
  )
}
