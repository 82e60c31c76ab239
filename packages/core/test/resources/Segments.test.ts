import { Segments } from "@effect-intercom/core/resources/Segments"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Scripted from "../Scripted.ts"
import { exchange, misfits, refuses, unchecked } from "./Exchange.ts"

const segment = (fields: object = {}) => ({
  type: "segment",
  id: "6657add46abd0167d9419d00",
  name: "Active",
  created_at: 1_717_041_620,
  updated_at: 1_717_041_700,
  person_type: "user",
  archived: false,
  ...fields
})

const list = (...segments: ReadonlyArray<unknown>) => ({ type: "segment.list", segments })

describe("Segments.list", () => {
  it.effect("asks GET /segments, with the count if told", () =>
    Effect.gen(function* () {
      const body = list(segment({ count: 3 }), segment({ count: null, person_type: null, name: null }), {
        type: "segment",
        id: "1"
      })
      const counted = yield* exchange(
        Segments,
        (segments) => segments.list({ include_count: true }),
        Scripted.json(body)
      )
      assert.strictEqual(`${counted.sent.method} ${counted.sent.path}`, "GET /segments?include_count=true")
      assert.deepStrictEqual<unknown>(counted.value, body)
      const plain = yield* exchange(Segments, (segments) => segments.list(), Scripted.json(body))
      assert.strictEqual(plain.sent.path, "/segments")
    })
  )

  it.effect("is one page, whatever `pages` says", () =>
    Effect.gen(function* () {
      const pages = { type: "pages", page: 1, per_page: 50, total_pages: 3, next: null }
      const { value } = yield* exchange(
        Segments,
        (segments) => Stream.runCollect(segments.list.pages()),
        Scripted.json({ ...list(segment()), pages })
      )
      assert.deepStrictEqual<unknown>(value, [{ items: [segment()] }])
    })
  )

  it.effect("refuses a query that does not fit", () =>
    refuses(Segments, (segments) => segments.list(unchecked({ include_count: "1" })), { path: "include_count" })
  )

  it.effect("names the segment that does not fit", () =>
    misfits(
      Segments,
      (segments) => segments.list(),
      list(segment({ id: 1 }), segment({ count: "many" })),
      "segments[0].id",
      "segments[1].count"
    )
  )
})
