import * as IntercomMetrics from "@effect-intercom/core/IntercomMetrics"
import { Companies } from "@effect-intercom/core/resources/Companies"
import { ContactId, Contacts } from "@effect-intercom/core/resources/Contacts"
import { DataExportId, DataExports } from "@effect-intercom/core/resources/DataExports"
import * as IntercomConfig from "@effect-intercom/core/IntercomConfig"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type * as Tracer from "effect/Tracer"
import * as TestClock from "effect/testing/TestClock"
import * as Observed from "./Observed.ts"
import * as Scripted from "./Scripted.ts"

const get = Contacts.use(({ get }) => get(ContactId.make("1")))
const create = Contacts.use(({ create }) => create({ email: "a@b.c" }))
const list = Contacts.use(({ list }) => list())
const companies = Companies.use(({ list }) => list())
const ok = Scripted.json(Scripted.contact("1"), { headers: { "x-request-id": "req-7" } })
const layer = Layer.mergeAll(Contacts.layer, Companies.layer, DataExports.layer)

const common = { "server.address": "api.intercom.io", "server.port": 443 }
const getSpan = {
  ...common,
  "http.request.method": "GET",
  "url.template": "/contacts/{contact_id}",
  "intercom.operation_id": "getContact"
}

const parentOf = (one: { readonly span: Tracer.NativeSpan } | undefined) =>
  Option.getOrUndefined(one?.span.parent ?? Option.none())?.spanId

/** The spans of a call on a server that gives these answers. */
const spansOf = <A, E>(
  call: Effect.Effect<A, E, Contacts | Companies | DataExports>,
  script: ReadonlyArray<Scripted.Answer>
) =>
  Effect.gen(function* () {
    const observed = Observed.make()
    const server = Scripted.make(script)
    yield* observed.watch(
      call.pipe(
        Effect.provide(server.layer(layer, { timeout: "5 seconds" })),
        Effect.result,
        Scripted.elapse,
        Effect.withSpan("parent")
      )
    )
    const [parent, ...spans] = observed.spans
    return {
      sent: server.sent,
      parent,
      spans: spans.map((span) => ({ name: span.name, attributes: Object.fromEntries(span.attributes), span }))
    }
  })

describe("spans", () => {
  it.effect("one per call, named after the operation, below the caller's", () =>
    Effect.gen(function* () {
      const { parent, spans } = yield* spansOf(get, [ok])
      assert.strictEqual(spans.length, 1)
      assert.strictEqual(spans[0]?.name, "Contacts.get")
      assert.strictEqual(spans[0]?.span.kind, "client")
      assert.strictEqual(Option.getOrUndefined(spans[0]?.span.parent ?? Option.none())?.spanId, parent?.spanId)
      assert.deepStrictEqual(spans[0]?.attributes, {
        ...getSpan,
        "http.response.status_code": 200,
        "intercom.request_id": "req-7"
      })
    })
  )

  it.effect("repetitions are counted in it, not spans of their own", () =>
    Effect.gen(function* () {
      const { spans } = yield* spansOf(get, [Scripted.status(503), Scripted.lost("ECONNRESET"), ok])
      assert.strictEqual(spans.length, 1)
      assert.strictEqual(spans[0]?.attributes["http.request.resend_count"], 2)
      assert.strictEqual(spans[0]?.attributes["http.response.status_code"], 200)
      assert.notProperty(spans[0]?.attributes, "error.type")
    })
  )

  it.effect("a repetition is announced in the log: of what, why, which and when", () =>
    Effect.gen(function* () {
      const observed = Observed.make()
      const server = Scripted.make([Scripted.status(503), Scripted.errorList(429, [], { "retry-after": "7" }), ok])
      yield* observed.watch(Scripted.elapse(Effect.provide(get, server.layer(layer))))
      const announced = observed.messages.filter((message) => message.includes("retry"))
      assert.match(announced[0] ?? "", /^Debug: Contacts\.get: ServerError, retry 1 in \d{1,3} ms$/)
      assert.strictEqual(announced[1], "Debug: Contacts.get: RateLimited, retry 2 in 7000 ms")
    })
  )

  it.effect("a failed call says how it failed", () =>
    Effect.gen(function* () {
      for (const [answer, type, more] of [
        [
          Scripted.errorList(404, { code: "not_found" }),
          "NotFound",
          { "http.response.status_code": 404, "intercom.request_id": "req-1" }
        ],
        [Scripted.json({ type: "contact" }), "DecodeError", { "http.response.status_code": 200 }]
      ] as const) {
        const { spans } = yield* spansOf(get, [answer])
        assert.strictEqual(spans.length, 1)
        assert.deepStrictEqual(spans[0]?.attributes, { ...getSpan, "error.type": type, ...more })
        const status = spans[0]?.span.status
        assert(status?._tag === "Ended" && status.exit._tag === "Failure")
      }
      const unsent = yield* spansOf(
        Contacts.use(({ get }) => get(ContactId.make(".."))),
        []
      )
      assert.deepStrictEqual(unsent.spans[0]?.attributes, { ...getSpan, "error.type": "EncodeError" })
      const timeout = yield* spansOf(create, [Scripted.silence])
      assert.strictEqual(timeout.spans[0]?.attributes["error.type"], "TimeoutError")
    })
  )

  it.effect("a walk has one per page, and what is wrong with a page is in its span", () =>
    Effect.gen(function* () {
      const { parent, spans: all } = yield* spansOf(
        Contacts.use(({ list }) => Stream.runDrain(list.items())),
        [
          Scripted.json(Scripted.contacts(["1"], "a")),
          Scripted.json(Scripted.contacts(["2"], "b")),
          Scripted.json(Scripted.contacts(["3"], "a"))
        ]
      )
      const [walk, ...spans] = all
      assert.deepStrictEqual(
        [walk?.name, walk?.span.kind, parentOf(walk)],
        ["Contacts.list.items", "internal", parent?.spanId]
      )
      for (const page of spans) assert.deepStrictEqual([page.span.kind, parentOf(page)], ["client", walk?.span.spanId])
      assert.deepStrictEqual(
        spans.map(({ attributes, name }) => [name, attributes["http.response.status_code"], attributes["error.type"]]),
        [
          ["Contacts.list", 200, undefined],
          ["Contacts.list", 200, undefined],
          ["Contacts.list", 200, "PaginationError"]
        ]
      )
      assert.strictEqual(spans[0]?.attributes["url.template"], "/contacts")
    })
  )

  it.effect("each attempt is an event in it: what came of it, and how long it took", () =>
    Effect.gen(function* () {
      const { spans } = yield* spansOf(get, [
        Scripted.after("2 seconds", Scripted.status(503, { "x-request-id": "req-6" })),
        Scripted.lost("ECONNRESET"),
        ok
      ])
      assert.deepStrictEqual(
        spans[0]?.span.events.map(([name, , attributes]): object => ({ name, ...attributes })),
        [
          {
            name: "http.client.attempt",
            "http.request.resend_count": 0,
            "http.client.request.duration": 2,
            "http.response.status_code": 503,
            "intercom.request_id": "req-6",
            "error.type": "ServerError"
          },
          {
            name: "http.client.attempt",
            "http.request.resend_count": 1,
            "http.client.request.duration": 0,
            "error.type": "TransportError"
          },
          {
            name: "http.client.attempt",
            "http.request.resend_count": 2,
            "http.client.request.duration": 0,
            "http.response.status_code": 200,
            "intercom.request_id": "req-7"
          }
        ]
      )
    })
  )

  it.effect("what is made of several operations is their parent, effect or stream", () =>
    Effect.gen(function* () {
      const conflict = { code: "conflict", message: "A contact matching those details already exists with id=1" }
      const upsert = yield* spansOf(
        Contacts.use(({ upsert }) => upsert({ email: "a@b.c" })),
        [Scripted.errorList(409, conflict), ok]
      )
      const job = { job_identifier: "1", download_url: "", status: "completed" }
      const run = yield* spansOf(
        DataExports.use(({ resume }) => Stream.runDrain(resume(DataExportId.make("1")))),
        [Scripted.json(job), Scripted.text("")]
      )
      for (const [{ parent, spans: all }, names] of [
        [upsert, ["Contacts.upsert", "Contacts.create", "Contacts.update"]],
        [run, ["DataExports.resume", "DataExports.get", "DataExports.download"]]
      ] as const) {
        assert.deepStrictEqual(
          all.map(({ name }): string => name),
          [...names]
        )
        const [whole, ...parts] = all
        assert.deepStrictEqual([whole?.span.kind, parentOf(whole)], ["internal", parent?.spanId])
        for (const part of parts)
          assert.deepStrictEqual([part.span.kind, parentOf(part)], ["client", whole?.span.spanId])
      }
    })
  )

  it.effect("nothing of what is asked for or answered is in it", () =>
    Effect.gen(function* () {
      const secret = "ada@secret.example"
      const contact = Scripted.json(Scripted.contact("5ecret", { email: secret }))
      const { spans } = yield* spansOf(
        Effect.all([
          Contacts.use(({ get }) => get(ContactId.make("5ecret"))),
          Contacts.use(({ upsert }) => upsert({ email: secret })),
          Contacts.use(({ find }) => find({ external_id: secret })),
          Companies.use(({ find }) => find({ name: secret }))
        ]),
        [contact, contact, contact, Scripted.json({ type: "company", id: "5ecret", name: secret })]
      )
      assert.lengthOf(spans, 7)
      for (const { span } of spans) assert.notMatch(Observed.textOf(span), /secret|5ecret/)
    })
  )

  it.effect("nothing of the trace is sent", () =>
    Effect.gen(function* () {
      const { sent } = yield* spansOf(Effect.all([get, list]), [ok, Scripted.json(Scripted.contacts([]))])
      for (const { headers } of sent) {
        assert.deepStrictEqual(Object.keys(headers).toSorted(), [
          "accept",
          "authorization",
          "intercom-version",
          "user-agent"
        ])
      }
    })
  )
})

describe("headers", () => {
  it.effect("are these, and no others of ours", () =>
    Effect.gen(function* () {
      const server = Scripted.make(() => ok)
      yield* Effect.provide(Effect.all([get, create]), server.layer(Contacts.layer))
      const always = {
        accept: "application/json",
        authorization: `Bearer ${Scripted.token}`,
        "intercom-version": "2.15",
        "user-agent": IntercomConfig.defaultUserAgent
      }
      assert.deepStrictEqual(
        server.sent.map(({ headers }) => headers),
        [always, { ...always, "content-type": "application/json", "content-length": "17" }]
      )
    })
  )
})

// ---------------------------------------------------------------------------------------------------------------------
// metrics
// ---------------------------------------------------------------------------------------------------------------------

/** Counters of a registry of their own, as `name{operation,…} count`. */
const counted = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    yield* effect
    const lines = (yield* Metric.snapshot).flatMap(({ attributes, id, state }) => {
      const { operation, ...rest } = attributes ?? {}
      const label = [operation, ...Object.values(rest)].join(" ")
      return !id.startsWith("intercom_") || operation === undefined
        ? []
        : [`${id} ${label}: ${(state as { readonly count: number }).count}`]
    })
    return { lines: lines.toSorted(), totals: yield* IntercomMetrics.totals }
  }).pipe(Effect.provideService(Metric.MetricRegistry, new Map()))

describe("metrics", () => {
  it.effect("requests, retries and decode failures, by operation", () =>
    Effect.gen(function* () {
      const server = Scripted.make([
        ok,
        Scripted.status(503),
        Scripted.lost("ECONNREFUSED"),
        ok,
        Scripted.status(404),
        Scripted.text(""),
        Scripted.json({ type: "list" }),
        Scripted.silence,
        Scripted.json({ type: "list", data: [] })
      ])
      const { lines, totals } = yield* counted(
        Effect.gen(function* () {
          yield* get
          yield* get
          yield* Effect.flip(get)
          yield* Effect.flip(list)
          yield* companies
        }).pipe(Effect.provide(server.layer(layer, { timeout: "1 second" })), Scripted.elapse)
      )
      assert.deepStrictEqual(lines, [
        "intercom_decode_failures Contacts.list: 2",
        "intercom_requests Companies.list 200: 1",
        "intercom_requests Companies.list TimeoutError: 1",
        "intercom_requests Contacts.get 200: 2",
        "intercom_requests Contacts.get 404: 1",
        "intercom_requests Contacts.get 503: 1",
        "intercom_requests Contacts.get TransportError: 1",
        "intercom_requests Contacts.list 200: 2",
        "intercom_retries Companies.list TimeoutError: 1",
        "intercom_retries Contacts.get ServerError: 1",
        "intercom_retries Contacts.get TransportError: 1",
        "intercom_retries Contacts.list DecodeError: 1"
      ])
      assert.deepStrictEqual(totals, { requests: 9, retries: 4, waits: 0, waitedMillis: 0, decodeFailures: 2 })
    })
  )

  it.effect("waits for the rate limit: of what, how many and how long", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_700_000_000_000)
      const server = Scripted.make(() => ok)
      const { lines, totals } = yield* counted(
        Effect.all([get, get, get, get], { concurrency: "unbounded" }).pipe(
          Effect.provide(server.layer(layer, { rateLimit: { limit: 2, window: "10 seconds" } })),
          Scripted.elapse
        )
      )
      assert.deepStrictEqual(
        server.times.map((at) => at - 1_700_000_000_000),
        [0, 0, 10_000, 10_000]
      )
      assert.deepStrictEqual([totals.waits, totals.waitedMillis], [2, 20_000])
      assert.include(lines, "intercom_rate_limit_wait_millis Contacts.get: 2")
    })
  )

  it.effect("waits below ten milliseconds are none", () =>
    Effect.gen(function* () {
      for (const [millis, waits] of [
        [9, 0],
        [10, 1]
      ] as const) {
        const server = Scripted.make(() => ok)
        const { totals } = yield* counted(
          Effect.andThen(get, get).pipe(
            Effect.provide(server.layer(layer, { rateLimit: { limit: 1, window: millis } })),
            (calls) => Scripted.elapse(calls, { step: "1 millis" })
          )
        )
        assert.deepStrictEqual([totals.waits, totals.waitedMillis], [waits, waits * millis])
      }
    })
  )

  it.live("a request that need not wait counts none of the real time there is", () =>
    Effect.gen(function* () {
      const server = Scripted.make(() => ok)
      const { totals } = yield* counted(
        Effect.all([get, get, get], { concurrency: "unbounded" }).pipe(Effect.provide(server.layer(layer)))
      )
      assert.strictEqual(totals.requests, 3)
      // A busy machine may hold a fiber up a little.
      assert.isBelow(totals.waitedMillis, 3_000)
    })
  )

  it.effect("the duration of each request by OpenTelemetry's conventions, in seconds", () =>
    Effect.gen(function* () {
      const script = [
        Scripted.after("3 seconds", Scripted.status(503)),
        ok,
        Scripted.silence,
        Scripted.after("40 seconds", ok)
      ]
      const server = Scripted.make(script)
      const options = { timeout: "5 seconds", baseUrl: "http://localhost:4010/v", retry: { times: 1 } } as const
      const histograms = yield* Effect.gen(function* () {
        yield* Effect.andThen(get, Effect.result(create)).pipe(
          Effect.provide(server.layer(layer, options)),
          Scripted.elapse
        )
        return (yield* Metric.snapshot).filter(({ id }) => id === "http.client.request.duration")
      }).pipe(Effect.provideService(Metric.MetricRegistry, new Map()))
      const host = { "server.address": "localhost", "server.port": "4010", unit: "seconds" }
      const gotten = {
        ...host,
        operation: "Contacts.get",
        "http.request.method": "GET",
        "url.template": "/contacts/{contact_id}"
      }
      assert.sameDeepMembers(
        histograms.map(({ attributes, state }): object => ({
          ...attributes,
          sum: (state as Metric.HistogramState).sum
        })),
        [
          { ...gotten, "http.response.status_code": "503", "error.type": "ServerError", sum: 3 },
          { ...gotten, "http.response.status_code": "200", sum: 0 },
          {
            ...host,
            operation: "Contacts.create",
            "http.request.method": "POST",
            "url.template": "/contacts",
            "error.type": "TimeoutError",
            sum: 5
          }
        ]
      )
    })
  )

  it.effect("what is left of the rate limit, as the last answer told", () =>
    Effect.gen(function* () {
      const told = (remaining: string) =>
        Scripted.json(Scripted.contact("1"), {
          headers: { "x-ratelimit-limit": "1000", "x-ratelimit-remaining": remaining }
        })
      const server = Scripted.make([told("999"), told("998"), told("many"), ok])
      const gauges = yield* Effect.gen(function* () {
        yield* Effect.replicateEffect(get, 4).pipe(Effect.provide(server.layer(layer)))
        return (yield* Metric.snapshot).filter(({ type }) => type === "Gauge")
      }).pipe(Effect.provideService(Metric.MetricRegistry, new Map()))
      assert.sameDeepMembers(
        gauges.map(({ attributes, id, state }) => [
          id,
          attributes?.["server.address"],
          (state as Metric.GaugeState<number>).value
        ]),
        [
          ["intercom_rate_limit_remaining", "api.intercom.io", 998],
          ["intercom_rate_limit_limit", "api.intercom.io", 1000]
        ]
      )
    })
  )

  it.effect("exporters are told what they are, and which only rise", () =>
    Effect.gen(function* () {
      const snapshot = yield* Effect.gen(function* () {
        const script = [Scripted.status(503), Scripted.text(""), ok, ok]
        const limit = { rateLimit: { limit: 3, window: "20 seconds" } } as const
        yield* Effect.andThen(get, get).pipe(Effect.provide(Scripted.make(script).layer(layer, limit)), Scripted.elapse)
        return yield* Metric.snapshot
      }).pipe(Effect.provideService(Metric.MetricRegistry, new Map()))
      const told = snapshot.map(({ description, id, state }) => [
        id,
        description,
        "incremental" in state
          ? state.incremental
          : "buckets" in state
            ? state.buckets.map(([edge]) => edge)
            : undefined
      ])
      assert.sameDeepMembers(
        [...new Map(told.map((one) => [one[0], one])).values()],
        [
          ["intercom_requests", "Requests sent to the Intercom API, repetitions included", true],
          ["intercom_retries", "Requests sent again after a failure", true],
          ["intercom_decode_failures", "Bodies or records that did not fit their schema", true],
          [
            "intercom_rate_limit_wait_millis",
            "Milliseconds spent waiting for the rate limit",
            [10, 100, 1_000, 5_000, 10_000, 30_000, 60_000]
          ],
          [
            "http.client.request.duration",
            "Duration of HTTP client requests.",
            [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
          ]
        ]
      )
    })
  )

  it.effect("a registry of one's own counts one part", () =>
    Effect.gen(function* () {
      const server = Scripted.make(() => ok)
      yield* Effect.gen(function* () {
        const own = Effect.andThen(
          Metric.update(Metric.histogram("own_times", { boundaries: [1] }), 5),
          Metric.update(Metric.counter("own_count"), 5)
        )
        const first = yield* counted(Effect.andThen(own, get))
        assert.deepStrictEqual(first.totals, { requests: 1, retries: 0, waits: 0, waitedMillis: 0, decodeFailures: 0 })
        const second = yield* counted(Effect.all([get, get]))
        assert.deepStrictEqual([first.totals.requests, second.totals.requests], [1, 2])
      }).pipe(Effect.provide(server.layer(layer)))
    })
  )
})

// ---------------------------------------------------------------------------------------------------------------------
// version
// ---------------------------------------------------------------------------------------------------------------------

describe("the version the API answers with", () => {
  const warnings = (echoed: ReadonlyArray<string | undefined>, version = "2.15") =>
    Effect.gen(function* () {
      const observed = Observed.make()
      const server = Scripted.make((_, index) => {
        const header = echoed[index]
        return Scripted.json(Scripted.contact("1"), {
          headers: header === undefined ? {} : { "intercom-version": header }
        })
      })
      yield* observed.watch(
        Effect.replicateEffect(get, echoed.length).pipe(Effect.provide(server.layer(layer, { version })))
      )
      return observed.messages.filter((message) => message.startsWith("Warn"))
    })

  it.effect("is warned of exactly once when it is another", () =>
    Effect.gen(function* () {
      const seen = yield* warnings(["2.14", "2.14", "2.16"])
      assert.strictEqual(seen.length, 1)
      assert.include(seen[0], "2.14")
      assert.include(seen[0], "2.15")
    })
  )

  it.effect("is nothing to warn of when it is the same or not told", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* warnings(["2.15", undefined]), [])
      assert.deepStrictEqual(yield* warnings(["Unstable"], "Unstable"), [])
    })
  )
})
