// What the example sends to a collector, and that the dashboard asks for nothing else.
import { Contacts, IntercomHttp } from "@effect-intercom/core"
import { Faults, Simulator } from "@effect-intercom/simulator"
import { assert, beforeAll, describe, it } from "@effect/vitest"
import { ConfigProvider, Duration, Effect, Fiber, Layer, Metric } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { program, Telemetry } from "../telemetry.ts"

// As far as it is looked at here.
interface Attribute {
  readonly key: string
  readonly value: { readonly stringValue?: string; readonly intValue?: number | string; readonly doubleValue?: number }
}
interface Point {
  readonly attributes: ReadonlyArray<Attribute>
  readonly explicitBounds?: ReadonlyArray<number>
}
interface Exported {
  readonly name: string
  readonly unit: string
  readonly sum?: { readonly isMonotonic: boolean; readonly dataPoints: ReadonlyArray<Point> }
  readonly gauge?: { readonly dataPoints: ReadonlyArray<Point> }
  readonly histogram?: { readonly dataPoints: ReadonlyArray<Point> }
}
interface Span {
  readonly name: string
  readonly kind: number
  readonly spanId: string
  readonly parentSpanId?: string
  readonly attributes: ReadonlyArray<Attribute>
  readonly events: ReadonlyArray<{ readonly name: string; readonly attributes: ReadonlyArray<Attribute> }>
}
type Body = {
  readonly resourceSpans?: ReadonlyArray<{
    readonly scopeSpans: ReadonlyArray<{ readonly spans: ReadonlyArray<Span> }>
  }>
  readonly resourceMetrics?: ReadonlyArray<{
    readonly scopeMetrics: ReadonlyArray<{ readonly metrics: ReadonlyArray<Exported> }>
  }>
}

/** A collector that takes everything. */
const collector = () => {
  const arrived: Array<{ readonly url: string; readonly text: string }> = []
  const layer = Layer.succeed(
    HttpClient.HttpClient,
    HttpClient.make((request, url) =>
      Effect.sync(() => {
        const { body } = request
        const text = body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : ""
        arrived.push({ url: url.href, text })
        return HttpClientResponse.fromWeb(request, Response.json({}))
      })
    )
  )
  return { arrived, layer }
}

/** Moves the time until the effect is done. */
const elapse = Effect.fnUntraced(function* <A, E, R>(effect: Effect.Effect<A, E, R>) {
  const fiber = yield* Effect.forkChild(effect)
  while (fiber.pollUnsafe() === undefined) {
    yield* Effect.promise(() => new Promise<void>((resolve) => setImmediate(resolve)))
    yield* TestClock.adjust("250 millis")
  }
  return yield* Fiber.join(fiber)
})

/** What arrives of the example, on a workspace with a small limit that fails now and then. */
const run = Effect.gen(function* () {
  const { arrived, layer } = collector()
  const faults = Faults.script("ok", "error503", "truncated")
  const client = Layer.unwrap(
    Simulator.useSync(({ token, url }) =>
      Contacts.layer.pipe(Layer.provide(IntercomHttp.layer({ accessToken: token, baseUrl: url })))
    )
  ).pipe(
    Layer.provide(
      Simulator.layerClient({ contacts: 500, faults, rateLimit: { limit: 2, window: Duration.seconds(10) } })
    )
  )
  const environment = ConfigProvider.fromEnv({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector.test:4318" } })
  yield* program.pipe(
    Effect.provide(client),
    Effect.provide(Telemetry.pipe(Layer.provide(layer))),
    Effect.provide(ConfigProvider.layer(environment)),
    Effect.provideService(Metric.MetricRegistry, new Map()),
    Effect.withTracerEnabled(true)
  )
  return arrived
})

const arrived: Array<{ readonly url: string; readonly text: string }> = []
const bodies = () => arrived.map(({ text }) => JSON.parse(text) as Body)
const spans = () =>
  bodies().flatMap(({ resourceSpans = [] }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
  )
const metrics = () =>
  bodies().flatMap(({ resourceMetrics = [] }) =>
    resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
  )
const valuesOf = (attributes: ReadonlyArray<Attribute>) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
const pointsOf = ({ gauge, histogram, sum }: Exported) => (gauge ?? histogram ?? sum)?.dataPoints ?? []

beforeAll(async () => {
  const all = elapse(run).pipe(Effect.provide(TestClock.layer()), Effect.scoped)
  arrived.push(...(await Effect.runPromise(all)))
})

describe("the example's telemetry", () => {
  it("arrives as traces, metrics and logs, without the token", () => {
    assert.deepStrictEqual(
      [...new Set(arrived.map(({ url }) => url))].toSorted(),
      ["logs", "metrics", "traces"].map((signal) => `http://collector.test:4318/v1/${signal}`)
    )
    const text = arrived.map(({ text }) => text).join("\n")
    assert.include(text, "500 contacts")
    assert.notInclude(text, "simulator-token")
    assert.notMatch(text, /@example|starting_after/)
  })

  it("has the program, its walk below it, and a client span for each page, with an event for each attempt", () => {
    const named = (name: string) => spans().filter((span) => span.name === name)
    const [whole] = named("count contacts")
    const [walk] = named("Contacts.list.items")
    const pages = named("Contacts.list")
    assert.strictEqual(walk?.parentSpanId, whole?.spanId)
    assert.lengthOf(pages, 4)
    // OTLP's numbers: 1 is internal, 3 is client.
    for (const { kind, parentSpanId } of pages) assert.deepStrictEqual([kind, parentSpanId], [3, walk?.spanId])
    assert.deepStrictEqual(
      pages.map(({ attributes }) => valuesOf(attributes)["http.request.resend_count"]),
      [undefined, 2, undefined, undefined]
    )
    const attempts = pages[1]?.events.map(({ attributes, name }) => {
      const values = valuesOf(attributes)
      return [name, values["http.request.resend_count"], values["http.response.status_code"]]
    })
    assert.deepStrictEqual(attempts, [
      ["http.client.attempt", 0, 503],
      ["http.client.attempt", 1, 200],
      ["http.client.attempt", 2, 200]
    ])
    assert.containSubset(valuesOf(pages[0]?.attributes ?? []), {
      "http.request.method": "GET",
      "http.response.status_code": 200,
      "url.template": "/contacts",
      "server.port": 80
    })
  })

  it("has the duration as OpenTelemetry wants it", () => {
    const duration = metrics().find(({ name }) => name === "http.client.request.duration")
    assert.strictEqual(duration?.unit, "s")
    const [point] = duration?.histogram?.dataPoints ?? []
    assert.deepStrictEqual(
      point?.explicitBounds,
      [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
    )
  })
})

// ---------------------------------------------------------------------------------------------------------------------
// the dashboard
// ---------------------------------------------------------------------------------------------------------------------

const prometheus = (text: string) => text.replaceAll(/[^\w:]/g, "_")

const units: { readonly [unit: string]: string } = { s: "_seconds", ms: "_milliseconds", By: "_bytes" }

/** The series of a metric in Prometheus, by the rules of its OTLP receiver and of the collector. */
const seriesOf = ({ gauge, histogram, name, sum, unit }: Exported): ReadonlyArray<string> => {
  const base = prometheus(name) + (units[unit] ?? "")
  if (histogram !== undefined) return ["_bucket", "_sum", "_count"].map((part) => base + part)
  if (sum?.isMonotonic === true) return [`${base}_total`]
  return [gauge !== undefined && unit === "1" ? `${base}_ratio` : base]
}

const dashboard = readFileSync(join(import.meta.dirname, "../grafana-dashboard.json"), "utf8")
const { panels, templating } = JSON.parse(dashboard) as {
  readonly panels: ReadonlyArray<{
    readonly title: string
    readonly targets: ReadonlyArray<{ readonly expr: string; readonly legendFormat: string }>
  }>
  readonly templating: { readonly list: ReadonlyArray<{ readonly name: string; readonly definition?: string }> }
}

describe("the dashboard", () => {
  const queries = [
    ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ...templating.list.flatMap(({ definition }) => (definition === undefined ? [] : [definition]))
  ]
  const named = new Set(queries.flatMap((query) => query.match(/\b(?:intercom|http)_\w+/g) ?? []))

  it("asks for series that arrive, and for all metrics there are", () => {
    const series = new Map(metrics().flatMap((metric) => seriesOf(metric).map((name) => [name, metric.name] as const)))
    assert.deepStrictEqual(
      [...named].filter((name) => !series.has(name)),
      []
    )
    assert.sameMembers(
      [...new Set([...named].map((name) => series.get(name)))],
      [
        "intercom_requests",
        "intercom_retries",
        "intercom_rate_limit_wait_millis",
        "intercom_decode_failures",
        "intercom_rate_limit_remaining",
        "intercom_rate_limit_limit",
        "http.client.request.duration"
      ]
    )
  })

  it("groups and filters by labels that arrive with the series", () => {
    const labels = new Map(
      metrics().flatMap((metric) => {
        const keys = pointsOf(metric).flatMap(({ attributes }) => attributes.map(({ key }) => prometheus(key)))
        return seriesOf(metric).map((name) => [name, new Set([...keys, "job", "le"])] as const)
      })
    )
    let checked = 0
    for (const query of queries) {
      const [name = ""] = query.match(/\b(?:intercom|http)_\w+/) ?? []
      const used = [
        ...[...query.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = ""]) => list.split(/,\s*/)),
        ...[...query.matchAll(/(\w+)(?:=~|!=|=)"/g)].map(([, label = ""]) => label)
      ]
      for (const label of used) {
        assert.isTrue(labels.get(name)?.has(label), `${label} in ${query}`)
        checked++
      }
    }
    assert.isAbove(checked, 20)
  })

  it("lets the reader choose where from, and what of", () => {
    assert.deepStrictEqual(
      templating.list.map(({ name }) => name),
      ["datasource", "job", "operation"]
    )
    assert.notMatch(dashboard, /"uid": "(?!\$\{datasource\}|effect-intercom")/)
  })
})
