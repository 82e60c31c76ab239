/**
 * What `--log-format json` writes to standard error: one JSON object a line. Fields may be added; those there are keep
 * their names, kinds and units.
 */
import * as Printable from "@effect-intercom/core/Printable"
import { DriftKind } from "@effect-intercom/export/Checkpoint"
import * as Schema from "effect/Schema"

const Time = Schema.String.annotate({ description: "ISO 8601, UTC" })

const common = { time: Time, resource: Schema.String }

const counts = {
  /** Records written so far. */
  records: Schema.Int,
  /** Of these, written though they do not fit their schema; absent when there are none. */
  drifted: Schema.optionalKey(Schema.Int),
  /** Records that were set apart. */
  quarantined: Schema.Int,
  /** Records the API counted but did not return. */
  missing: Schema.Int,
  /** Records that the API returned more than once, and that are kept once; absent when there are none. */
  duplicates: Schema.optionalKey(Schema.Int),
  /** What the API counts in all; null when it does not say. */
  total: Schema.NullOr(Schema.Int)
}

/** How the records that drifted differ; absent when there are none. */
const drift = Schema.optionalKey(Schema.Array(DriftKind))

const effort = { requests: Schema.Int, retries: Schema.Int, waitedMillis: Schema.Int }

/** The export of a resource starts, or resumes. */
export const Started = Schema.Struct({
  event: Schema.Literal("started"),
  ...common,
  /** Whether it resumes an earlier run that was stopped. */
  resumed: Schema.Boolean,
  /** What changed after this, in Unix seconds; null for everything. */
  since: Schema.NullOr(Schema.Int),
  ...counts
})

/** Once a second at most. */
export const Progress = Schema.Struct({
  event: Schema.Literal("progress"),
  ...common,
  ...counts,
  /** Records the API returned, skipped and quarantined ones included: what `total` counts. */
  read: Schema.Int,
  perSecond: Schema.Int,
  /** Seconds until all is there; null while that is not known. */
  secondsLeft: Schema.NullOr(Schema.Int),
  ...effort
})

/** The resource is complete. */
export const Completed = Schema.Struct({
  event: Schema.Literal("completed"),
  ...common,
  ...counts,
  /** The file's name, or the table's. */
  place: Schema.String,
  /** Of the file; null for a table. */
  bytes: Schema.NullOr(Schema.Int),
  sha256: Schema.String,
  /** Whether all that the API counted is there; null when it does not count. */
  complete: Schema.NullOr(Schema.Boolean),
  drift,
  ...effort,
  /** How long this run took. */
  millis: Schema.Int
})

/** The resource was complete before. */
export const Skipped = Schema.Struct({
  event: Schema.Literal("skipped"),
  ...common,
  ...counts,
  place: Schema.String,
  drift,
  finishedAt: Time
})

/** The resource failed; the others may do. */
export const Failed = Schema.Struct({
  event: Schema.Literal("failed"),
  ...common,
  /** `DiskFull`, say. */
  reason: Schema.String,
  message: Schema.String,
  /** Whether the same command resumes where this stopped, once the cause is removed. */
  resumable: Schema.Boolean
})

/** A log message that is not an event of the export. */
export const Log = Schema.Struct({
  event: Schema.Literal("log"),
  time: Time,
  level: Schema.String,
  message: Schema.String
})

/** The last line. */
export const Finished = Schema.Struct({
  event: Schema.Literal("finished"),
  time: Time,
  /** The exit code. */
  code: Schema.Int,
  /** What is wrong, and what to do; null when all is well. */
  message: Schema.NullOr(Schema.String)
})

export const LogEvent = Schema.Union([Started, Progress, Completed, Skipped, Failed, Log, Finished])
export type LogEvent = typeof LogEvent.Type

const encode = Schema.encodeSync(LogEvent)

/** The line of an event. */
export const line = (event: LogEvent): string => Printable.json(JSON.stringify(encode(event)))
