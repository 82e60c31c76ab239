/** Exports take their time, a few at once. */
import { DataExportId, Intercom } from "@effect-intercom/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { gunzipSync } from "node:zlib"
import * as Scripted from "../../core/test/Scripted.ts"
import { inProcess, raw } from "./Client.ts"

/** The days of the first conversations. */
const range = { created_at_after: 1_600_000_000, created_at_before: 1_600_000_000 }

const figures = {
  dataset_id: "conversation",
  attribute_ids: ["conversation.conversation_id", "conversation.conversation_state"],
  start_time: 1_600_000_000,
  end_time: 1_700_000_000
}

const collected = <E>(stream: Stream.Stream<Uint8Array, E>) =>
  Effect.map(Stream.runCollect(stream), (chunks) => Buffer.concat(chunks))

describe("a content export", () => {
  it.effect("is pending, in progress, completed, and gone after two days", () =>
    Effect.gen(function* () {
      const { dataExports } = yield* Intercom
      const { job_identifier, status } = yield* dataExports.enqueue(range)
      const statusNow = Effect.map(dataExports.get(job_identifier), ({ status }) => status)
      const file = collected(dataExports.download(job_identifier))
      assert.strictEqual(status, "pending")
      assert.strictEqual((yield* Effect.flip(file)).reason._tag, "NotFound")
      yield* TestClock.adjust("6 seconds")
      assert.strictEqual(yield* statusNow, "in_progress")
      yield* TestClock.adjust("4 seconds")
      const { download_url } = yield* dataExports.get(job_identifier)
      assert.include(download_url, `/download/content/data/${job_identifier}`)
      assert.match(
        gunzipSync(yield* file).toString(),
        /^user_id,.*,content_id,content_type,content_title,.*\n,*\d+,conversation,/
      )
      yield* TestClock.adjust("3 days")
      assert.strictEqual((yield* Effect.flip(file)).reason._tag, "NotFound")
    }).pipe(Effect.provide(inProcess({ jobDuration: "10 seconds" })))
  )

  it.effect("is the only one until it is done or canceled", () =>
    Effect.gen(function* () {
      const { dataExports } = yield* Intercom
      const first = yield* dataExports.enqueue(range)
      const { reason } = yield* Effect.flip(dataExports.enqueue(range))
      assert(reason._tag === "RateLimited")
      assert.deepInclude({ ...reason }, { scope: "job", status: 429 })
      assert.strictEqual((yield* dataExports.cancel(first.job_identifier)).status, "canceled")
      const second = yield* dataExports.enqueue(range)
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual((yield* dataExports.cancel(second.job_identifier)).status, "completed")
      assert.strictEqual((yield* Effect.flip(dataExports.cancel(DataExportId.make("1")))).reason._tag, "NotFound")
    }).pipe(Effect.provide(inProcess()))
  )

  it.effect("has no data where nothing was sent, and gives its file to who takes bytes alone", () =>
    Effect.gen(function* () {
      const { dataExports } = yield* Intercom
      const empty = dataExports.run({ created_at_after: 1, created_at_before: 2 })
      assert.deepStrictEqual(yield* Scripted.elapse(Stream.runCollect(empty)), [])
      const { job_identifier } = yield* dataExports.enqueue(range)
      yield* TestClock.adjust("2 seconds")
      const json = { headers: { accept: "application/json" } }
      assert.strictEqual((yield* raw("GET", `/download/content/data/${job_identifier}`, json)).status, 406)
    }).pipe(Effect.provide(inProcess()))
  )
})

describe("a reporting export", () => {
  it.effect("has a row for each record of the range, of the attributes asked for", () =>
    Effect.gen(function* () {
      const { conversations, reportingExports } = yield* Intercom
      const [header, ...rows] = (yield* Scripted.elapse(collected(reportingExports.run(figures))))
        .toString()
        .split("\n")
      assert.strictEqual(header, "conversation_id,conversation_state")
      const all = yield* Stream.runCollect(conversations.list.items())
      assert.deepStrictEqual(rows, [...all.map(({ id, state }) => `${id},${state}`), ""])
    }).pipe(Effect.provide(inProcess({ conversations: 9 })))
  )

  it.effect("is refused for a dataset or an attribute there is not, and as the sixth at once", () =>
    Effect.gen(function* () {
      const { reportingExports } = yield* Intercom
      const fieldOf = (change: object) =>
        Effect.map(Effect.flip(reportingExports.enqueue({ ...figures, ...change })), ({ reason }) =>
          reason._tag === "BadRequest" ? reason.errors[0]?.field : reason._tag
        )
      assert.strictEqual(yield* fieldOf({ dataset_id: "nothing" }), "dataset_id")
      assert.strictEqual(yield* fieldOf({ attribute_ids: ["conversation.nothing"] }), "attribute_ids")
      for (const _ of [1, 2, 3, 4, 5]) yield* reportingExports.enqueue(figures)
      assert.strictEqual(yield* fieldOf({}), "RateLimited")
      const [dataset] = yield* Stream.runCollect(reportingExports.listDatasets.items())
      assert.includeMembers(dataset?.attributes?.map(({ id }) => id) ?? [], figures.attribute_ids)
    }).pipe(Effect.provide(inProcess()))
  )
})
