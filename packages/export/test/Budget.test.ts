/** Exports against a rate limit: as fast as it allows, and never over it. */
import type { Plan } from "@effect-intercom/export/Plan"
import { Simulator } from "@effect-intercom/simulator/Simulator"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import * as MemorySink from "./MemorySink.ts"
import * as Workspace from "./Workspace.ts"

const [limit, window, latency] = [40, 10, "100 millis"] as const

const cases: ReadonlyArray<readonly [name: string, plan: Plan, requests: number]> = [
  ["contacts, by searches in windows", { resources: ["contacts"], pageSize: 10 }, 400],
  ["conversations, with their parts", { resources: ["conversations"], pageSize: 20 }, 315]
]

describe("an export against a rate limit", () => {
  for (const [name, plan, requests] of cases) {
    it.effect(`takes hardly longer than the limit demands, and meets no 429: ${name}`, () =>
      Effect.andThen(
        Workspace.setClock,
        Effect.gen(function* () {
          const fiber = yield* Effect.forkChild(Workspace.run(plan, MemorySink.make()))
          yield* TestClock.adjust("10 minutes")
          const [entry] = Workspace.entriesOf(yield* Fiber.join(fiber))
          const { rateLimited } = yield* Simulator.use(({ stats }) => stats)
          assert.strictEqual(rateLimited, 0)
          assert.isTrue(entry?.complete)
          // The first window's requests are free, and one more window is under way when the last is answered.
          const bound = (requests / limit) * window
          assert.isBelow((entry?.workedMillis ?? Infinity) / 1000, bound * 1.1 + window / 2)
        }).pipe(
          Effect.provide(
            Workspace.layer(
              {
                ...Workspace.small,
                contacts: 4000,
                conversations: 300,
                latency,
                rateLimit: { limit, window: Duration.seconds(window) }
              },
              { rateLimit: { limit: 1000, window: "10 seconds" } }
            )
          )
        )
      )
    )
  }
})
