/** Jobs: enqueued, asked for until they are done, downloaded, and resumed by their id. */
import * as Job from "@effect-intercom/core/Job"
import { DataExportId, DataExports } from "@effect-intercom/core/resources/DataExports"
import { type BackgroundJob, JobId, Jobs } from "@effect-intercom/core/resources/Jobs"
import { ReportingExportId, ReportingExports } from "@effect-intercom/core/resources/ReportingExports"
import type { IntercomError } from "@effect-intercom/core/IntercomError"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as Scripted from "../Scripted.ts"
import { unchecked } from "./Exchange.ts"

const range = { created_at_after: 1_700_000_000, created_at_before: 1_700_086_400 }
const figures = { dataset_id: "conversation", attribute_ids: ["a"], start_time: 1, end_time: 2 }

const status = (status: string | null, more: object = {}) =>
  Scripted.json({ job_identifier: "j/1", status, download_url: "", ...more })

const file =
  (text: string): Scripted.Answer =>
  () =>
    Effect.sync(() => new Response(text))

const textOf = <E, R>(stream: Stream.Stream<Uint8Array, E, R>) => Stream.mkString(Stream.decodeText(stream))

const dataExports = <A, E, R>(
  answers: ReadonlyArray<Scripted.Answer>,
  use: (exports: DataExports["Service"]) => Effect.Effect<A, E, R>
) => {
  const server = Scripted.make(answers)
  const layer = server.layer(DataExports.layer)
  return { server, used: Effect.provide(DataExports.use(use), layer) }
}

describe("a run", () => {
  it.effect("enqueues, asks ever more seldom until it is completed, and downloads", () =>
    Effect.gen(function* () {
      const told: Array<unknown> = []
      const { server, used } = dataExports(
        [status("pending"), status("pending"), status("in_progress"), status("completed"), file("a,b\n")],
        ({ run }) => textOf(run(range, { onStatus: (job) => Effect.sync(() => told.push(job.status)) }))
      )
      assert.strictEqual(yield* Scripted.elapse(used), "a,b\n")
      assert.deepStrictEqual(
        server.sent.map(({ at, method, path }) => `${at} ${method} ${path}`),
        [
          "0 POST /export/content/data",
          "1000 GET /export/content/data/j%2F1",
          "2500 GET /export/content/data/j%2F1",
          "4750 GET /export/content/data/j%2F1",
          "4750 GET /download/content/data/j%2F1"
        ]
      )
      assert.deepStrictEqual(server.sent[0]?.body, range)
      assert.strictEqual(server.sent[4]?.headers["accept"], "application/octet-stream")
      assert.deepStrictEqual(told, ["pending", "pending", "in_progress", "completed"])
    })
  )

  it.effect("asks at least every half minute", () =>
    Effect.gen(function* () {
      const { server, used } = dataExports(
        [...Array.from({ length: 14 }, () => status("pending")), status("success"), file("a")],
        ({ run }) => textOf(run(range))
      )
      assert.strictEqual(yield* Scripted.elapse(used, { step: "50 millis" }), "a")
      const waits = server.times.slice(1, -1).map((time, index) => time - (server.times[index] ?? 0))
      assert.strictEqual(waits.at(-1), 30_000)
      assert.isTrue(
        waits.every((wait, index) => wait >= (waits[index - 1] ?? 0) && wait <= 30_000),
        waits.join()
      )
    })
  )

  it.effect("that is interrupted before there is a job cancels none", () =>
    Effect.gen(function* () {
      const { server, used } = dataExports([Scripted.silence], ({ run }) =>
        Stream.runDrain(run(range, { cancelOnInterrupt: true }))
      )
      const fiber = yield* Effect.forkChild(used)
      yield* Scripted.settle
      yield* Fiber.interrupt(fiber)
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)))
      assert.lengthOf(server.sent, 1)
    })
  )

  it.effect("of a kind of job that is abandoned by itself abandons none before there is one", () =>
    Effect.gen(function* () {
      const abandoned: Array<unknown> = []
      const abandon = (job: unknown) => Effect.sync(() => void abandoned.push(job))
      const fiber = yield* Effect.forkChild(Job.follow({ get: Effect.succeed, abandon }, Effect.never))
      yield* Scripted.settle
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(abandoned, [])
    })
  )

  it.effect("that is resumed by its id enqueues nothing", () =>
    Effect.gen(function* () {
      const { server, used } = dataExports([status("completed"), file("a")], ({ resume }) =>
        textOf(resume(DataExportId.make("j/1")))
      )
      assert.strictEqual(yield* used, "a")
      assert.deepStrictEqual(
        server.sent.map(({ method }) => method),
        ["GET", "GET"]
      )
    })
  )

  it.effect("of nothing is empty", () =>
    Effect.gen(function* () {
      const { server, used } = dataExports([status("no_data")], ({ run }) => Stream.runCollect(run(range)))
      assert.deepStrictEqual(yield* used, [])
      assert.lengthOf(server.sent, 1)
    })
  )

  it.effect.each(["failed", "canceled"])("that is %s tells so, with its id", (ended) =>
    Effect.gen(function* () {
      const { used } = dataExports([status(ended)], ({ run }) => Stream.runDrain(run(range)))
      const error = yield* Effect.flip(used)
      assert(error._tag === "JobNotCompleted")
      assert.deepInclude({ ...error }, { resource: "DataExports", job_identifier: "j/1", status: ended })
      assert.include(error.message, "run another")
    })
  )

  it.effect.each([null, "unheard of"])("whose status is %s is asked for again", (unknown) =>
    Effect.gen(function* () {
      const { used } = dataExports([status(unknown), status("completed"), file("a")], ({ run }) => textOf(run(range)))
      assert.strictEqual(yield* Scripted.elapse(used), "a")
      const impatient = dataExports([status(unknown)], ({ run }) =>
        Stream.runDrain(run(range, { schedule: Schedule.recurs(0) }))
      )
      const error = yield* Effect.flip(impatient.used)
      assert(error._tag === "JobNotCompleted")
      assert.strictEqual(
        error.message,
        `DataExports: the job j/1 has the unknown status ${unknown}. Resume it later, by this id.`
      )
    })
  )

  it.effect("whose schedule is over before the job is can be resumed", () =>
    Effect.gen(function* () {
      const { server, used } = dataExports([status("pending"), status("in_progress")], ({ run }) =>
        Stream.runDrain(run(range, { schedule: Schedule.recurs(1) }))
      )
      const error = yield* Effect.flip(used)
      assert(error._tag === "JobNotCompleted")
      assert.include(error.message, "Resume it later")
      assert.lengthOf(server.sent, 2)
    })
  )

  it.effect("is refused at once while another is running: that is no window to wait for", () =>
    Effect.gen(function* () {
      const busy = { code: "rate_limit_exceeded", message: "Exceeded rate limit of 1 pending message data export jobs" }
      const { server, used } = dataExports([Scripted.errorList(429, busy)], ({ run }) => Stream.runDrain(run(range)))
      const error = yield* Effect.flip(used)
      assert(error._tag === "IntercomError" && error.reason._tag === "RateLimited")
      assert.strictEqual(error.reason.scope, "job")
      assert.lengthOf(server.sent, 1)
    })
  )

  it.effect.each([true, false, undefined])(
    "that is interrupted cancels the job if it is to (%s)",
    (cancelOnInterrupt) =>
      Effect.gen(function* () {
        const { server, used } = dataExports([status("pending"), status("canceled")], ({ run }) =>
          Stream.runDrain(run(range, { cancelOnInterrupt }))
        )
        const fiber = yield* Effect.forkChild(used)
        yield* Scripted.settle
        yield* TestClock.adjust("10 millis")
        yield* Fiber.interrupt(fiber)
        assert.deepStrictEqual(
          server.sent.map(({ path }) => path),
          ["/export/content/data", ...(cancelOnInterrupt ? ["/export/cancel/j%2F1"] : [])]
        )
      })
  )

  it.effect.each([
    ["https://api.intercom.io/download/reporting_data/j%2F1?app_id=abc", "?app_id=abc"],
    ["https://api.intercom.io/download/reporting_data/j%2F1?app_id=", ""],
    ["https://api.intercom.io/download/reporting_data/j%2F1", ""],
    ["", ""],
    [null, ""]
  ])("of a report is asked for the workspace its address names, if it does: %s", ([download_url, query]) =>
    Effect.gen(function* () {
      const server = Scripted.make([
        status("pending"),
        status("in_progress"),
        status("complete", { download_url }),
        file("a")
      ])
      const run = ReportingExports.use(({ run }) => textOf(run(figures)))
      assert.strictEqual(yield* Scripted.elapse(Effect.provide(run, server.layer(ReportingExports.layer))), "a")
      assert.deepStrictEqual(
        server.sent.map(({ method, path }) => `${method} ${path}`),
        [
          "POST /export/reporting_data/enqueue",
          "GET /export/reporting_data/j%2F1",
          "GET /export/reporting_data/j%2F1",
          `GET /download/reporting_data/j%2F1${query}`
        ]
      )
    })
  )

  it.effect("of a report that failed says so, and can be resumed by its id", () =>
    Effect.gen(function* () {
      const server = Scripted.make([status("failed")])
      const resume = ReportingExports.use(({ resume }) => Stream.runDrain(resume(ReportingExportId.make("j/1"))))
      const error = yield* Effect.flip(Effect.provide(resume, server.layer(ReportingExports.layer)))
      assert(error._tag === "JobNotCompleted")
      assert.deepInclude({ ...error }, { resource: "ReportingExports", job_identifier: "j/1", status: "failed" })
      assert.deepStrictEqual(
        server.sent.map(({ method, path }) => `${method} ${path}`),
        ["GET /export/reporting_data/j%2F1"]
      )
    })
  )
})

describe("an operation of an export", () => {
  const [data, report] = [DataExportId.make("j"), ReportingExportId.make("j")]
  const all = Layer.merge(DataExports.layer, ReportingExports.layer)
  const content = "Export content data"
  const reporting = "Export reporting data"
  const operations: ReadonlyArray<
    readonly [string, string, Effect.Effect<unknown, IntercomError, DataExports | ReportingExports>]
  > = [
    ["DataExports.enqueue", content, DataExports.use(({ enqueue }) => enqueue(range))],
    ["DataExports.get", content, DataExports.use(({ get }) => get(data))],
    ["DataExports.cancel", content, DataExports.use(({ cancel }) => cancel(data))],
    ["DataExports.download", content, DataExports.use(({ download }) => Stream.runDrain(download(data)))],
    [
      "ReportingExports.listDatasets",
      "Read reporting datasets",
      ReportingExports.use(({ listDatasets }) => listDatasets())
    ],
    ["ReportingExports.enqueue", reporting, ReportingExports.use(({ enqueue }) => enqueue(figures))],
    ["ReportingExports.get", reporting, ReportingExports.use(({ get }) => get(report))],
    [
      "ReportingExports.download",
      reporting,
      ReportingExports.use(({ download }) => Stream.runDrain(download(report, {})))
    ]
  ]

  it.effect.each(operations)("%s names itself, and the permission it lacks: %s", ([name, permission, call]) =>
    Effect.gen(function* () {
      const server = Scripted.make([Scripted.errorList(403, { code: "forbidden" })])
      const { operation, reason } = yield* Effect.flip(Effect.provide(call, server.layer(all)))
      assert(reason._tag === "Forbidden")
      assert.deepStrictEqual([operation, reason.permission], [name, permission])
    })
  )

  it.effect.each([
    ["DataExports.get", { job_identifier: "j", download_url: 1 }, "download_url"],
    ["ReportingExports.get", { job_identifier: "j", download_url: 1 }, "download_url"],
    ["ReportingExports.listDatasets", { data: {} }, "data"],
    ["ReportingExports.listDatasets", { data: [{ id: 1 }] }, "data[0].id"],
    ["ReportingExports.listDatasets", { data: [{ id: "a", attributes: [{ id: 1 }] }] }, "data[0].attributes[0].id"]
  ] as const)("%s says where an answer does not fit: %j", ([name, body, path]) =>
    Effect.gen(function* () {
      const [, , call] = operations.find(([one]) => one === name)!
      const { reason } = yield* Effect.flip(Effect.provide(call, Scripted.make([Scripted.json(body)]).layer(all)))
      assert(reason._tag === "DecodeError")
      assert.strictEqual(reason.mismatches[0]?.path, path)
    })
  )

  it.effect("lists datasets, all in one answer", () =>
    Effect.gen(function* () {
      const server = Scripted.make([Scripted.json({ type: "list", data: [{ id: "conversation" }, { id: "ticket" }] })])
      const items = ReportingExports.use(({ listDatasets }) => Stream.runCollect(listDatasets.items()))
      const found = yield* Effect.provide(items, server.layer(ReportingExports.layer))
      assert.deepStrictEqual(
        found.map(({ id }) => id),
        ["conversation", "ticket"]
      )
      assert.deepStrictEqual(
        server.sent.map(({ method, path }) => `${method} ${path}`),
        ["GET /export/reporting_data/get_datasets"]
      )
    })
  )

  it.effect("refuses what it cannot be asked", () =>
    Effect.gen(function* () {
      const refused = <R extends DataExports | ReportingExports>(call: Effect.Effect<unknown, IntercomError, R>) =>
        Effect.gen(function* () {
          const { reason } = yield* Effect.flip(Effect.provide(call, Scripted.make([]).layer(all)))
          assert(reason._tag === "EncodeError")
          return reason.mismatches.map(({ path }) => path)
        })
      const wrong = { created_at_after: "1", created_at_before: 2 }
      assert.deepStrictEqual(yield* refused(DataExports.use(({ enqueue }) => enqueue(unchecked(wrong)))), [
        "created_at_after"
      ])
      assert.deepStrictEqual(
        yield* refused(ReportingExports.use(({ enqueue }) => enqueue(unchecked({ ...figures, attribute_ids: "a" })))),
        ["attribute_ids"]
      )
      assert.deepStrictEqual(yield* refused(ReportingExports.use(({ get }) => get(report, unchecked({ app_id: 1 })))), [
        "app_id"
      ])
      assert.deepStrictEqual(
        yield* refused(
          ReportingExports.use(({ download }) => Stream.runDrain(download(report, unchecked({ app_id: 1 }))))
        ),
        ["app_id"]
      )
    })
  )
})

describe("a job that is waited for", () => {
  const wait = (answers: ReadonlyArray<object>, schedule?: Schedule.Schedule<unknown>) => {
    const server = Scripted.make(answers.map((answer) => Scripted.json({ type: "job", id: "7", ...answer })))
    return Jobs.use(({ wait }) => wait(JobId.make("7"), { schedule })).pipe(
      Effect.provide(server.layer(Jobs.layer)),
      Scripted.elapse
    )
  }

  it.effect.each(["success", "completed"])("has made something when it is %s, whatever it was before", (done) =>
    Effect.gen(function* () {
      const before = [
        {},
        { status: null },
        { status: "queued" },
        { status: "pending", resource_id: "8" },
        { status: "completed", resource_id: null }
      ]
      const { resource_id } = yield* wait([...before, { status: done, resource_id: "9" }])
      assert.strictEqual(resource_id, "9")
    })
  )

  it.effect("is told of each time, and left alone when nobody waits any more", () =>
    Effect.gen(function* () {
      const server = Scripted.make(() => Scripted.json({ type: "job", id: "7", status: "pending" }))
      const told: Array<unknown> = []
      const onStatus = ({ status }: BackgroundJob) => Effect.sync(() => told.push(status))
      const waiting = Jobs.use(({ wait }) => wait(JobId.make("7"), { onStatus }))
      const fiber = yield* Effect.forkChild(Effect.provide(waiting, server.layer(Jobs.layer)))
      yield* Scripted.settle
      yield* TestClock.adjust("1 second")
      yield* Scripted.settle
      yield* Fiber.interrupt(fiber)
      const exit = yield* Fiber.await(fiber)
      assert.isTrue(Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause))
      assert.deepStrictEqual(told, ["pending", "pending"])
      assert.deepStrictEqual(
        server.sent.map(({ path }) => path),
        ["/jobs/status/7", "/jobs/status/7"]
      )
    })
  )

  it.effect("fails as asking for it does: of what does not fit, or is not permitted", () =>
    Effect.gen(function* () {
      const failing = (answer: Scripted.Answer) =>
        Jobs.use(({ get }) => get(JobId.make("7"))).pipe(
          Effect.flip,
          Effect.provide(Scripted.make([answer]).layer(Jobs.layer))
        )
      const odd = yield* failing(Scripted.json({ type: "job", id: "7", url: 1 }))
      assert(odd.reason._tag === "DecodeError")
      assert.deepStrictEqual([odd.operation, odd.reason.mismatches[0]?.path], ["Jobs.get", "url"])
      const { reason } = yield* failing(Scripted.errorList(403, { code: "forbidden" }))
      assert(reason._tag === "Forbidden")
      assert.strictEqual(reason.permission, "Read jobs")
    })
  )

  it.effect("without a status says so", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(wait([{}], Schedule.recurs(0)))
      assert(error._tag === "JobNotCompleted")
      assert.strictEqual(error.message, "Jobs: the job 7 has the unknown status null. Call wait again, with this id.")
    })
  )

  it.effect.each([
    ["in_progress", "is in_progress. Call wait again, with this id."],
    ["failed", "is failed. It has no result: run another."],
    ["canceled", "is canceled. It has no result: run another."],
    ["pending", "is pending. Call wait again, with this id."],
    ["queued", "has the unknown status queued. Call wait again, with this id."]
  ] as const)("that is %s says what to do", ([status, says]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(wait([{ status }], Schedule.recurs(0)))
      assert(error._tag === "JobNotCompleted")
      assert.strictEqual(error.message, `Jobs: the job 7 ${says}`)
    })
  )
})
