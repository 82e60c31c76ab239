/** Records that are hard to keep, from the API's answer to what is written. */
import { IntercomHttp } from "@effect-intercom/core/IntercomHttp"
import { Intercom } from "@effect-intercom/core/Intercom"
import * as Export from "@effect-intercom/export/Export"
import * as Memory from "@effect-intercom/export/Memory"
import * as NodeSha256 from "@effect-intercom/export/NodeSha256"
import * as Verify from "@effect-intercom/export/Verify"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"

/** A client of an API that answers with these texts, by path. */
const client = (answers: Readonly<Record<string, string>>) =>
  Intercom.layerHttp.pipe(
    Layer.provideMerge(IntercomHttp.layer({ accessToken: Redacted.make("token"), retry: { times: 0 } })),
    Layer.orDie,
    Layer.provide(
      Layer.succeed(
        HttpClient.HttpClient,
        HttpClient.make((request, { pathname }) =>
          Effect.succeed(
            HttpClientResponse.fromWeb(request, new Response(answers[pathname] ?? `{"type":"admin","id":"1"}`))
          )
        )
      )
    )
  )

const nested = (depth: number, inside = "1") => `${'{"a":'.repeat(depth)}${inside}${"}".repeat(depth)}`

describe("an export", () => {
  it.effect("has numbers digit for digit, of what drifted too, and sets apart one record nested beyond reason", () =>
    Effect.gen(function* () {
      const numbers = "[9007199254740993,1e400,-0,0.12345678901234567890]"
      const good = `{"type":"tag","id":"1","name":"a","n":${numbers},"big":12345678901234567890}`
      const deep = `{"type":"tag","id":"2","new":${nested(6_000, "-0")}}`
      const atMost = `{"type":"tag","id":"3","new":${nested(999)}}`
      const noTag = `{"type":"tag","id":4,"n":${numbers}}`
      const teams = `{"type":"team.list","teams":[{"type":"team","id":"9"}]}`
      const store = yield* Memory.makeStore
      yield* Effect.gen(function* () {
        const entries = yield* Export.entries({ resources: ["tags", "teams"] })
        assert.deepStrictEqual(
          entries.map(({ counts: { drift, quarantined, read, reasons, records } }) => ({
            drift,
            quarantined,
            read,
            reasons,
            records
          })),
          [
            {
              drift: {
                records: 1,
                kinds: [{ path: "id", expected: "string", found: "number", shape: "number", records: 1 }]
              },
              quarantined: 1,
              read: 4,
              reasons: { "*.*.*: expected at most 1000 levels of objects and arrays": 1 },
              records: 3
            },
            { drift: undefined, quarantined: 0, read: 1, reasons: undefined, records: 1 }
          ]
        )
        for (const { differences, unreadable } of yield* Verify.outputs) {
          assert.deepStrictEqual([differences, unreadable], [[], undefined])
        }
      }).pipe(
        Effect.provide([
          client({ "/tags": `{"type":"list","data":[${[good, deep, atMost, noTag].join()}]}`, "/teams": teams }),
          Memory.layer(store).pipe(Layer.provide(NodeSha256.layer))
        ])
      )
      const { finished } = yield* Ref.get(store)
      assert.deepStrictEqual(finished.get("tags")?.records, [good, atMost, noTag])
      const quarantined = finished.get("tags")?.quarantined ?? []
      assert.strictEqual(quarantined.length, 1)
      assert.isTrue(quarantined[0]?.endsWith(`"record":${deep}}`))
      assert.strictEqual(finished.get("teams")?.records.length, 1)
    })
  )
})
