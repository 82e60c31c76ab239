/**
 * What became of the messages that were sent: of the content data export, a file that the API makes, one at a time for a
 * workspace. A run that was stopped downloads the same file again, as long as the API keeps it: two days.
 */
import { DataExportId, DataExports } from "@effect-intercom/core/resources/DataExports"
import type { IntercomError } from "@effect-intercom/core/IntercomError"
import { JobNotCompleted } from "@effect-intercom/core/Job"
import { nullish, open, UnixSeconds } from "@effect-intercom/core/Wire"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { make, type Options } from "../Definition.ts"
import { JobFailed } from "../ExportError.ts"
import * as CsvReader from "../internal/CsvReader.ts"
import * as Gunzip from "../internal/Gunzip.ts"
import * as Keys from "../internal/Keys.ts"
import type { Received } from "../Table.ts"
import * as Walk from "../Walk.ts"

const text = nullish(Schema.String)
const time = nullish(UnixSeconds)

/** A row of the file, as the official 2.15 document has it; what is empty there is null. Times are Unix seconds. */
export const Delivery = open({
  /** Of the receipt, the content and the node of a series: made here, so that the same delivery is the same record. */
  id: Schema.String,
  user_id: text,
  user_external_id: text,
  company_id: text,
  email: text,
  name: text,
  ruleset_id: text,
  content_id: text,
  content_type: text,
  content_title: text,
  ruleset_version_id: text,
  receipt_id: text,
  received_at: time,
  series_id: text,
  series_title: text,
  node_id: text,
  first_reply: time,
  first_completion: time,
  first_series_completion: time,
  first_series_disengagement: time,
  first_series_exit: time,
  first_goal_success: time,
  first_open: time,
  first_click: time,
  first_dismisall: time,
  first_unsubscribe: time,
  first_hard_bounce: time
})

const isTime = (column: string) => column === "received_at" || column.startsWith("first_")

/** Nine hundred million years: what has more digits is no time. */
const digits = /^\d{1,15}$/

const valueOf = (column: string, value: string | undefined) => {
  if (value === undefined || value === "") return null
  return isTime(column) && digits.test(value) ? Number(value) : value
}

const recordOf = (columns: ReadonlyArray<string>, row: ReadonlyArray<string>): Received => {
  const fields = Object.fromEntries(columns.map((column, index) => [column, valueOf(column, row[index])]))
  const named = ["receipt_id", "content_id", "node_id"].flatMap((column) => fields[column] ?? [])
  const id = fields["receipt_id"] == null ? Keys.digest(JSON.stringify(row)) : named.join("/")
  return { id, ...fields }
}

const Position = Schema.Struct({ job: DataExportId })

const positionOf = Schema.decodeUnknownOption(Position)

/** Rows written at once. */
const together = 500

/** Another export of the workspace has to end first. */
const occupied = Schedule.spaced("30 seconds").pipe(Schedule.upTo({ times: 60 }))

const isOccupied = ({ reason }: IntercomError) => reason._tag === "RateLimited" && reason.scope === "job"

const enqueued = ({ since = 0, until }: Options) =>
  DataExports.use(({ enqueue }) => enqueue({ created_at_after: since, created_at_before: until })).pipe(
    Effect.retry({ while: isOccupied, schedule: occupied }),
    Effect.map(({ job_identifier }) => job_identifier)
  )

/** The rows of a file that is made, or was. */
const rowsOf = (job: DataExportId, startOver: boolean): Stream.Stream<Walk.Step, Walk.Failure, DataExports> =>
  Stream.suspend(() => {
    const rows = CsvReader.make()
    let columns: ReadonlyArray<string> | undefined
    const records = (text: string | undefined) =>
      rows(text).flatMap((row) => {
        if (columns !== undefined) return [recordOf(columns, row)]
        // Some writers begin a file with a byte order mark.
        columns = row.map((name) => name.replace(/^\uFEFF/, ""))
        return []
      })
    const step = (records: ReadonlyArray<Received>, position: Walk.Position | undefined): Walk.Step => ({
      records,
      invalid: [],
      read: records.length,
      position
    })
    let begun = false
    return Stream.unwrap(DataExports.useSync(({ resume }) => resume(job))).pipe(
      Gunzip.whole,
      Stream.decodeText,
      Stream.map((text): string | undefined => text),
      Stream.concat(Stream.succeed(undefined)),
      Stream.flatMap((text) => Stream.fromIterable(records(text))),
      Stream.grouped(together),
      Stream.map((records) => step(records, { job })),
      Stream.concat(Stream.succeed(step([], undefined))),
      Stream.map((step) => {
        const first = !begun
        begun = true
        return first && startOver ? { ...step, startOver } : step
      }),
      Stream.mapError((error): Walk.Failure =>
        error instanceof JobNotCompleted ? new JobFailed({ job: error.job_identifier, status: error.status }) : error
      )
    )
  })

/** Whether a job is not there any more, or came to nothing: another one is made. */
const isPast = (error: Walk.Failure) =>
  error._tag === "JobFailed" || (error._tag === "IntercomError" && error.reason._tag === "NotFound")

const begin = (options: Options, startOver: boolean): Stream.Stream<Walk.Step, Walk.Failure, DataExports> =>
  Stream.unwrap(
    Effect.map(enqueued(options), (job) =>
      Stream.concat(
        Stream.succeed<Walk.Step>({
          records: [],
          invalid: [],
          read: 0,
          position: { job },
          ...(startOver ? { startOver } : undefined)
        }),
        rowsOf(job, false)
      )
    )
  )

export const deliveries = make<DataExports>({
  name: "deliveries",
  about: "what became of each message that was sent (the content data export)",
  schema: Delivery,
  changes: "search",
  changedAt: "received_at",
  requests: [
    "POST /export/content/data",
    "GET /export/content/data/{job_identifier}",
    "GET /download/content/data/{job_identifier}"
  ],
  uncompared: "a history, of which nothing is deleted",
  permissions: ["Export content data"],
  resumes: Schema.is(Schema.NullOr(Position)),
  walk: (options) =>
    Option.match(positionOf(options.from), {
      onNone: () => begin(options, options.from !== undefined),
      onSome: ({ job }) =>
        rowsOf(job, true).pipe(Stream.catch((error) => (isPast(error) ? begin(options, true) : Stream.fail(error))))
    }).pipe((steps) => Walk.accepted(steps, options.accepts))
})
