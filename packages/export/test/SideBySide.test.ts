import { Companies } from "@effect-intercom/core/resources/Companies"
import * as Export from "@effect-intercom/export/Export"
import type { Plan } from "@effect-intercom/export/Plan"
import type { Event } from "@effect-intercom/export/Progress"
import { Sink } from "@effect-intercom/export/Sink"
import type { Options } from "@effect-intercom/simulator/Simulator"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as MemorySink from "./MemorySink.ts"
import * as Workspace from "./Workspace.ts"

const told = ({ _tag, resource }: Event) => `${resource} ${_tag}`

const tiny: Options = { ...Workspace.small, contacts: 30, companies: 12, conversations: 12 }

const plan: Plan = { resources: ["contacts", "conversations", "tags", "admins"], pageSize: 5 }

/** The most requests under way, and how many there were. */
const counting = () => {
  const counts = { underWay: 0, most: 0, requests: 0 }
  const transformClient = (client: HttpClient.HttpClient) =>
    HttpClient.transformResponse(client, (answer) =>
      Effect.suspend(() => {
        counts.requests += 1
        counts.underWay += 1
        counts.most = Math.max(counts.most, counts.underWay)
        return Effect.ensuring(
          // Others have time to be under way, too.
          Effect.andThen(Effect.yieldNow, answer),
          Effect.sync(() => void (counts.underWay -= 1))
        )
      })
    )
  return { counts, transformClient }
}

/** The resources that the manifest has. */
const completeIn = ({ documents }: ReturnType<typeof MemorySink.make>): ReadonlyArray<string> => {
  const { exports } = JSON.parse(documents.get("manifest") ?? `{"exports":{}}`) as {
    readonly exports: { readonly [output: string]: { readonly resource: string } }
  }
  return Object.values(exports).map(({ resource }) => resource)
}

describe("resources side by side", () => {
  it.effect("are under way at once, and hold what they hold one after the other", () =>
    Effect.gen(function* () {
      const [beside, alone] = [MemorySink.make(), MemorySink.make()]
      const events = (yield* Workspace.run(plan, beside)).map(told)
      yield* Workspace.run({ ...plan, resourcesAtOnce: 1 }, alone)
      assert.isBelow(events.indexOf("conversations Started"), events.indexOf("contacts Completed"))
      for (const name of plan.resources) assert.deepStrictEqual(beside.outputs.get(name), alone.outputs.get(name), name)
    }).pipe(Effect.provide(Workspace.layer(tiny)))
  )

  it.effect("are no more than so many, and start in their order", () =>
    Effect.gen(function* () {
      const events = yield* Workspace.run({ ...plan, resourcesAtOnce: 2 }, MemorySink.make())
      const started = events.filter(({ _tag }) => _tag === "Started").map(({ resource }) => resource)
      assert.sameMembers([...started], [...plan.resources])
      const running = new Set<string>()
      for (const { _tag, resource } of events) {
        if (_tag === "Started") running.add(resource)
        if (_tag === "Completed") running.delete(resource)
        assert.isAtMost(running.size, 2)
      }
      assert.strictEqual(started.at(-1), "admins")
    }).pipe(Effect.provide(Workspace.layer(tiny)))
  )

  it.effect("have the requests of each by themselves, so many under way in all", () => {
    const { counts, transformClient } = counting()
    return Effect.gen(function* () {
      const events = yield* Workspace.run({ ...plan, concurrency: 3 }, MemorySink.make())
      const requests = Workspace.entriesOf(events).reduce((sum, { effort }) => sum + effort.requests, 0)
      // And one that asks whose token it is.
      assert.strictEqual(counts.requests, requests + 1)
      assert.strictEqual(counts.most, 3)
    }).pipe(Effect.provide(Workspace.layer(tiny, { transformClient })))
  })

  it.effect("are written one after the other, never two at once", () =>
    Effect.gen(function* () {
      const writing = yield* Ref.make(0)
      const most = yield* Ref.make(0)
      const sink = MemorySink.make(
        Effect.gen(function* () {
          const now = yield* Ref.updateAndGet(writing, (count) => count + 1)
          yield* Ref.update(most, (most) => Math.max(most, now))
          yield* Effect.yieldNow
          yield* Effect.yieldNow
          yield* Ref.update(writing, (count) => count - 1)
        })
      )
      yield* Workspace.run(plan, sink)
      assert.strictEqual(yield* Ref.get(most), 1)
    }).pipe(Effect.provide(Workspace.layer(tiny)))
  )

  it.effect("wait for a scroll of another program's without the others", () =>
    Effect.gen(function* () {
      yield* Workspace.setClock
      const { scroll } = yield* Companies
      // It is open for a minute.
      yield* Stream.runHead(scroll.pages({}, { prefetch: 0 }))
      const others = yield* Deferred.make<void>()
      const ended: Array<string> = []
      const export_ = yield* Export.run({
        resources: ["companies", "notes", "tags", "contacts"],
        resourcesAtOnce: 2
      }).pipe(
        Stream.runForEach((event) => {
          if (event._tag === "Completed") ended.push(event.resource)
          return ended.length === 2 ? Deferred.succeed(others, undefined) : Effect.void
        }),
        Effect.provide(MemorySink.make().layer),
        Effect.forkChild
      )
      yield* Deferred.await(others)
      assert.sameMembers(ended, ["tags", "contacts"])
      yield* TestClock.adjust("2 minutes")
      yield* Fiber.join(export_)
      // One scroll after the other: none was refused for the other's sake.
      assert.deepStrictEqual(ended.slice(2), ["companies", "notes"])
    }).pipe(Effect.provide(Workspace.layer(tiny)))
  )

  it.effect("go one after the other into a sink that is a sequence", () =>
    Effect.gen(function* () {
      const { layer } = MemorySink.make()
      const sequence = Layer.effect(
        Sink,
        Effect.map(Sink, (sink) => ({ ...sink, sequential: true }))
      ).pipe(Layer.provide(layer))
      const events = yield* Stream.runCollect(Export.run(plan)).pipe(Effect.provide(sequence))
      const resources = events.map(({ resource }) => resource)
      assert.deepStrictEqual(
        resources.filter((resource, index) => resource !== resources[index - 1]),
        [...plan.resources]
      )
    }).pipe(Effect.provide(Workspace.layer(tiny)))
  )

  it.effect("are told as complete, or as failed, whatever stops them together", () =>
    Effect.gen(function* () {
      let completedBeside = 0
      for (let at = 1; at <= 24; at++) {
        const sink = MemorySink.make(Effect.yieldNow)
        sink.failing.at = at
        const told: Array<Event> = []
        const exit = yield* Export.run(plan).pipe(
          Stream.runForEach((event) => Effect.sync(() => void told.push(event))),
          Effect.provide(sink.layer),
          Effect.exit
        )
        const failed = told.filter(({ _tag }) => _tag === "Failed")
        const completed = told.filter(({ _tag }) => _tag === "Completed").map(({ resource }) => resource)
        assert.strictEqual(failed.length > 0, Exit.isFailure(exit), `write ${at}`)
        assert.strictEqual(new Set(completed).size, completed.length)
        // The manifest is what is true.
        assert.sameMembers(completed, [...completeIn(sink)], `write ${at}`)
        if (failed.length > 0) completedBeside += completed.length
      }
      assert.isAbove(completedBeside, 0)
    }).pipe(Effect.provide(Workspace.layer(tiny)))
  )

  it.effect("stop together where every resource would fail, and resume", () =>
    Effect.gen(function* () {
      const sink = MemorySink.make()
      sink.failing.at = 5
      yield* Effect.flip(Workspace.run(plan, sink))
      yield* Workspace.run(plan, sink)
      const whole = MemorySink.make()
      yield* Workspace.run(plan, whole)
      for (const name of plan.resources) assert.deepStrictEqual(sink.outputs.get(name), whole.outputs.get(name), name)
      assert.strictEqual(sink.parts.size, 0)
    }).pipe(Effect.provide(Workspace.layer(tiny)))
  )
})
