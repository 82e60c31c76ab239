/** How a night is. */
import * as Format from "@effect-intercom/export/Format"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import { Kind } from "./Night.ts"

const Time = Schema.String.annotate({ description: "ISO 8601, UTC" })

/** The export of one workspace. */
export const Export = Schema.Struct({
  workspace: Schema.String,
  /**
   * `waiting` for a runner, its turn or the next try; `running`; `silent`: running, but its runner has given no sign of life
   * for a minute, and another will take it over; `done`; `failed`.
   */
  state: Schema.Literals(["waiting", "running", "silent", "done", "failed"]),
  since: Time,
  /** Host and process, while it runs, and afterwards; null before. */
  runner: Schema.NullOr(Schema.String),
  records: Schema.Int,
  requests: Schema.Int,
  /** How often a runner took it. */
  turns: Schema.Int,
  /** 1, and one more for each retry. */
  round: Schema.Int,
  /** Of what failed, or fails and is tried again; else null. */
  failure: Schema.NullOr(
    Schema.Struct({
      kind: Kind,
      resource: Schema.NullOr(Schema.String),
      message: Schema.String,
      /** Failures in a row, in this round: 0 when it failed in the one before. */
      times: Schema.Int
    })
  )
})
export type Export = typeof Export.Type

/** How many exports of a night are in each state. */
export const Night = Schema.Struct({
  night: Schema.String,
  startedAt: Time,
  waiting: Schema.Int,
  running: Schema.Int,
  done: Schema.Int,
  failed: Schema.Int,
  records: Schema.Int,
  requests: Schema.Int
})
export type Night = typeof Night.Type

/** A night and its exports. */
export const Status = Schema.Struct({
  ...Night.fields,
  /** When it was looked at. */
  at: Time,
  exports: Schema.Array(Export)
})
export type Status = typeof Status.Type

/** What is told of a row. */
interface Row {
  readonly workspace: string
  readonly state: "waiting" | "running" | "done" | "failed"
  readonly since: number
  readonly seen: number
  readonly runner: string | null
  readonly records: number
  readonly requests: number
  readonly turns: number
  readonly round: number
  readonly failures: number
  readonly kind: Kind | null
  readonly resource: string | null
  readonly message: string | null
}

const iso = (millis: number): string => DateTime.formatIso(DateTime.makeUnsafe(millis))

const count = (rows: ReadonlyArray<Row>, state: Row["state"]): number =>
  rows.filter((row) => row.state === state).length

/** The counts of a night. */
export const summary = ({
  night,
  rows,
  startedAt
}: {
  readonly night: string
  readonly startedAt: number
  readonly rows: ReadonlyArray<Row>
}): Night => ({
  night,
  startedAt: iso(startedAt),
  waiting: count(rows, "waiting"),
  running: count(rows, "running"),
  done: count(rows, "done"),
  failed: count(rows, "failed"),
  records: rows.reduce((sum, { records }) => sum + records, 0),
  requests: rows.reduce((sum, { requests }) => sum + requests, 0)
})

const silence = Duration.toMillis(Duration.minutes(1))

const order: { readonly [state in Export["state"]]: number } = { failed: 0, silent: 1, running: 2, waiting: 3, done: 4 }

/** A night and its exports: what needs somebody first. */
export const make = (options: {
  readonly night: string
  readonly startedAt: number
  readonly rows: ReadonlyArray<Row>
  readonly now: DateTime.Utc
}): Status => {
  const now = DateTime.toEpochMillis(options.now)
  const exports = options.rows.map(
    ({
      failures,
      kind,
      message,
      records,
      requests,
      resource,
      round,
      runner,
      seen,
      since,
      state,
      turns,
      workspace
    }): Export => ({
      workspace,
      state: state === "running" && now - seen > silence ? "silent" : state,
      since: iso(since),
      runner,
      records,
      requests,
      turns,
      round,
      failure:
        kind === null || message === null || state === "done" ? null : { kind, resource, message, times: failures }
    })
  )
  return {
    ...summary(options),
    at: iso(now),
    exports: exports.toSorted((a, b) => order[a.state] - order[b.state])
  }
}

/** How often an export that is not over has failed, and what becomes of it, for people; else `undefined`. */
export const outlook = ({ failure, state }: Export): string | undefined => {
  if (failure === null || state === "failed") return undefined
  if (failure.times > 0) return `failed ${Format.plural(failure.times, "time")}, is tried again`
  return state === "waiting" ? "failed before, waits for a runner" : "failed before, is tried again"
}

/** Whether nothing of it is left to do. */
export const isOver = ({ running, waiting }: Night): boolean => running + waiting === 0
