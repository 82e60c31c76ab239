/** A record nested so deep that nothing can walk through it goes to the quarantine; the others are exported. */
import * as Export from "@effect-intercom/export/Export"
import * as Verify from "@effect-intercom/export/Verify"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Answers from "./Answers.ts"
import * as Sinks from "./Sinks.ts"
import * as Workspace from "./Workspace.ts"

/** Articles, one of which is nested this deep; and events, each of which is. */
const nested = (depth: number) => {
  const deep = `${'{"a":['.repeat(depth / 2)}${"]}".repeat(depth / 2)}`
  const list = (key: string, records: ReadonlyArray<string>) =>
    new Response(
      `{"type":"list","${key}":[${records.join(",")}],"total_count":3,"pages":{"type":"pages","page":1,"total_pages":1}}`,
      { headers: { "content-type": "application/json" } }
    )
  return Answers.layer(
    ({ url }) => {
      if (url.pathname === "/articles") {
        return list("data", [
          '{"type":"article","id":"1"}',
          `{"type":"article","id":"2","statistics":null,"zz":${deep}}`,
          '{"type":"article","id":"3"}'
        ])
      }
      if (url.pathname === "/events" && url.searchParams.get("intercom_user_id") !== null) {
        return list("events", [
          '{"type":"event","created_at":1,"event_name":"a"}',
          `{"type":"event","created_at":2,"event_name":"b","metadata":{"zz":${deep}}}`
        ])
      }
      return undefined
    },
    { ...Workspace.small, contacts: 1 }
  )
}

for (const [name, make] of Object.entries(Sinks.all)) {
  describe(`into ${name}`, () => {
    for (const depth of [4500, 40_000]) {
      it.effect(`nested ${depth} deep`, () =>
        Effect.gen(function* () {
          const sink = yield* make
          const entries = yield* Export.entries({ resources: ["articles", "events", "tags"] }).pipe(
            Effect.provide(Layer.fresh(sink)),
            Effect.provideService(Metric.MetricRegistry, new Map())
          )
          const [articles, events, tags] = entries
          for (const [entry, all] of [
            [articles, 3],
            [events, 2]
          ] as const) {
            assert.deepInclude(entry?.counts, { records: all - 1, quarantined: 1 })
            assert.match(Object.keys(entry?.counts.reasons ?? {}).join(), /at most 1000 levels of objects and arrays/)
          }
          assert.isAbove(tags?.counts.records ?? 0, 0)
          const verdicts = yield* Effect.provide(Verify.outputs, Layer.fresh(sink))
          assert.deepStrictEqual(
            verdicts.map((verdict) => [verdict.output, verdict.differences]),
            [
              ["articles", []],
              ["events", []],
              ["tags", []]
            ]
          )
        }).pipe(Effect.provide(nested(depth)), (test) => Effect.andThen(Workspace.setClock, test), Effect.scoped)
      )
    }
  })
}
