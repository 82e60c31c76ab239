/** Exports of changes leave nothing out, whatever clock is wrong, and whatever was exported in between. */
import { Intercom } from "@effect-intercom/core/Intercom"
import * as Export from "@effect-intercom/export/Export"
import type { Entry } from "@effect-intercom/export/Manifest"
import type { Plan } from "@effect-intercom/export/Plan"
import { Simulator } from "@effect-intercom/simulator/Simulator"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as Clock from "effect/Clock"
import * as MemorySink from "./MemorySink.ts"
import * as Workspace from "./Workspace.ts"

const nightly: Plan = { resources: ["contacts"], since: "last" }

/** A client, and a simulator whose answers have the time of a clock so many seconds from this machine's. */
const dated = (offset: number) => {
  const client = Layer.effect(
    HttpClient.HttpClient,
    Effect.map(
      HttpClient.HttpClient,
      HttpClient.transformResponse((response) =>
        Effect.flatMap(response, (answer) =>
          Effect.gen(function* () {
            const date = new Date((yield* Clock.currentTimeMillis) + offset * 1000).toUTCString()
            const text = yield* answer.text
            return HttpClientResponse.fromWeb(
              answer.request,
              new Response(text, { status: answer.status, headers: Headers.set(answer.headers, "date", date) })
            )
          })
        )
      )
    )
  )
  return Intercom.layer({
    accessToken: Redacted.make("simulator-token"),
    baseUrl: "http://simulator.test",
    retry: { times: 0 },
    rateLimit: { limit: 10_000_000, window: "10 seconds" }
  }).pipe(Layer.orDie, Layer.provide(client), Layer.provideMerge(Simulator.layerClient(Workspace.small)))
}

const run = (plan: Plan, sink: ReturnType<typeof MemorySink.make>) =>
  Effect.map(Workspace.run(plan, sink), (events): Entry => {
    const [entry] = Workspace.entriesOf(events)
    return entry ?? assert.fail("nothing is complete")
  })

/** The first contact changes at a moment. */
const changed = (at: number, which = 0) =>
  Effect.gen(function* () {
    const simulator = yield* Simulator
    const lines = yield* Stream.runCollect(simulator.records("contacts"))
    const { id } = JSON.parse(lines[which] ?? "") as { readonly id: string }
    yield* simulator.update("contacts", id, { updated_at: at })
    return id
  })

const idsIn = (sink: ReturnType<typeof MemorySink.make>, { scope }: Entry) =>
  (sink.outputs.get(scope.output) ?? []).map(({ id }) => id)

const hour = 3600

for (const [name, offset] of [
  ["ahead", -2 * hour],
  ["behind", 2 * hour]
] as const) {
  it.effect(`a clock that is ${name} makes no gap: the API's counts`, () =>
    Effect.andThen(
      Workspace.setClock,
      Effect.gen(function* () {
        const sink = MemorySink.make()
        const first = yield* run(nightly, sink)
        assert.strictEqual(first.scope.until, Workspace.now + offset)
        const id = yield* changed(Workspace.now + offset + 60)
        yield* TestClock.adjust("1 hour")
        const second = yield* run(nightly, sink)
        assert.strictEqual(second.scope.until, Workspace.now + offset + hour)
        assert.deepStrictEqual(idsIn(sink, second), [id])
        // Nothing changed since.
        yield* TestClock.adjust("1 hour")
        assert.deepStrictEqual(idsIn(sink, yield* run(nightly, sink)), [])
      }).pipe(Effect.provide(dated(offset)))
    )
  )
}

it.effect("what is said to be exported until a moment to come is an error, until --force exports everything", () =>
  Effect.gen(function* () {
    const sink = MemorySink.make()
    // A client for each, as for processes that follow one another: one alone does not believe a clock that is put back.
    yield* TestClock.setTime((Workspace.now + 24 * hour) * 1000)
    yield* run(nightly, sink).pipe(Effect.provide(Workspace.layer()))
    yield* Workspace.setClock
    const until = Workspace.now + 24 * hour - 900
    const { reason } = yield* Effect.flip(Workspace.run(nightly, sink)).pipe(Effect.provide(Workspace.layer()))
    assert.deepInclude(reason, { _tag: "ClockAhead", until, now: Workspace.now })
    assert.include(reason.message, "2027-01-16T07:45:00Z is exported, and it is 2027-01-15T08:00:00Z")
    const preview = yield* Effect.flip(Export.preview(nightly)).pipe(Effect.provide([sink.layer, Workspace.layer()]))
    assert.strictEqual(preview.reason._tag, "ClockAhead")
    // What is asked for by a time is not all that changed.
    yield* run({ ...nightly, since: Workspace.now - hour }, sink).pipe(Effect.provide(Workspace.layer()))
    const again = yield* Effect.flip(Workspace.run(nightly, sink)).pipe(Effect.provide(Workspace.layer()))
    assert.strictEqual(again.reason._tag, "ClockAhead")

    const whole = yield* run({ ...nightly, force: true }, sink).pipe(Effect.provide(Workspace.layer()))
    assert.deepInclude(whole, { records: 90 })
    assert.isNull(whole.scope.since)
    yield* run(nightly, sink).pipe(Effect.provide(Workspace.layer()))
  })
)

it.effect("changes since a time, between two exports since the last, leave no gap", () =>
  Effect.andThen(
    Workspace.setClock,
    Effect.gen(function* () {
      const sink = MemorySink.make()
      yield* run(nightly, sink)
      yield* TestClock.adjust("10 hours")
      const early = yield* changed(Workspace.now + 2 * hour)
      const late = yield* changed(Workspace.now + 9 * hour, 1)
      const between = yield* run({ ...nightly, since: Workspace.now + 8 * hour }, sink)
      assert.deepStrictEqual(idsIn(sink, between), [late])
      yield* TestClock.adjust("1 hour")
      const last = yield* run(nightly, sink)
      assert.strictEqual(last.scope.since, Workspace.now - 900)
      assert.deepStrictEqual(idsIn(sink, last), [early, late])

      // One that reaches back as far moves it on.
      yield* TestClock.adjust("1 hour")
      yield* run({ ...nightly, since: Workspace.now }, sink)
      assert.strictEqual((yield* run(nightly, sink)).scope.since, Workspace.now + 12 * hour - 900)
    }).pipe(Effect.provide(Workspace.layer()))
  )
)
