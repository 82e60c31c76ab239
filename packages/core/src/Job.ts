/** Jobs of the API: enqueued, asked for until they are done, and downloaded. */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { IntercomError } from "./IntercomError.ts"
import { printable } from "./internal/Printable.ts"

/** What is relied on of a job. */
export interface Job<out Id extends string = string> {
  readonly job_identifier: Id
  readonly status?: string | null
}

/** A run ended without a result: the job failed or was canceled, or the schedule of asking for it was over before it was done. */
export class JobNotCompleted extends Schema.TaggedError<JobNotCompleted>()("JobNotCompleted", {
  /** `DataExports`, say. */
  resource: Schema.String,
  job_identifier: Schema.String,
  /** The last that is known of it, as the API says it; null where it said nothing. */
  status: Schema.NullOr(Schema.String)
}) {
  override get message(): string {
    const { job_identifier, resource, status } = this
    const known = withoutResult.has(status) || running.has(status)
    const is = known ? `is ${status}` : `has the unknown status ${status ?? "null"}`
    const again = resource === "Jobs" ? "Call wait again, with this id." : "Resume it later, by this id."
    const advice = withoutResult.has(status) ? "It has no result: run another." : again
    return printable(`${resource}: the job ${job_identifier} ${is}. ${advice}`)
  }
}

/** How a job is run. */
export interface RunOptions<in J, out E = never, out R = never> {
  /**
   * When it is asked for: after 1 second, 1.5, 2.25 and so on up to 30, for as long as it takes, when left out. Where a
   * schedule of yours ends before the job does, the run fails with {@link JobNotCompleted}.
   */
  readonly schedule?: Schedule.Schedule<unknown> | undefined
  /**
   * Told what is known of the job each time it was asked for, first when it was enqueued: keep its `job_identifier`, and
   * another process can resume the run.
   */
  readonly onStatus?: ((job: J) => Effect.Effect<void, E, R>) | undefined
}

/** From one second to half a minute. */
const patient = Schedule.min([Schedule.exponential("1 second", 1.5), Schedule.spaced("30 seconds")])

const running: ReadonlySet<unknown> = new Set(["pending", "in_progress"])

const withoutResult: ReadonlySet<unknown> = new Set(["failed", "canceled"])

/** Whether a job ended without a result. Of a status that nobody knows, more is to be expected. */
export const hasFailed = ({ status }: Pick<Job, "status">): boolean => withoutResult.has(status)

// Each kind of job spells it differently.
const completed: ReadonlySet<unknown> = new Set(["complete", "completed", "success"])

const hasEnded = (job: Pick<Job, "status">): boolean =>
  completed.has(job.status) || job.status === "no_data" || hasFailed(job)

/** How a kind of job is asked for. */
export interface Follow<J> {
  readonly get: (job: J) => Effect.Effect<J, IntercomError>
  /** Whether it is asked for no more: it ended, with or without a result, by its status, when left out. */
  readonly isOver?: ((job: J) => boolean) | undefined
  /** What is done about a job that runs when nobody waits for it any more. */
  readonly abandon?: ((job: J) => Effect.Effect<void>) | undefined
}

/** The operations of a kind of job. */
export interface Steps<J extends Job> extends Follow<J> {
  readonly resource: string
  readonly download: (job: J) => Stream.Stream<Uint8Array, IntercomError>
}

/** Asks for a job until it is over, or the schedule is over, beginning with `first`: the last that is known of it. */
export const follow = <J extends Pick<Job, "status">, E = never, R = never>(
  { abandon, get, isOver = hasEnded }: Follow<J>,
  first: Effect.Effect<J, IntercomError>,
  { onStatus, schedule = patient }: RunOptions<J, E, R> = {}
): Effect.Effect<J, IntercomError | E, R> =>
  Effect.suspend(() => {
    let known: J | undefined
    const ask = Effect.suspend(() => (known === undefined ? first : get(known))).pipe(
      Effect.tap((job) => Effect.sync(() => (known = job))),
      Effect.tap((job) => onStatus?.(job) ?? Effect.void)
    )
    return Effect.repeat(ask, { schedule, until: isOver }).pipe(
      Effect.onInterrupt(() => (known === undefined ? undefined : abandon?.(known)) ?? Effect.void),
      // It was asked for once at least.
      Effect.map(() => known as unknown as J)
    )
  })

/** Asks for a job until it is done, beginning with `first`, and downloads what it has made: nothing where there was nothing. */
export const run = <J extends Job, E = never, R = never>(
  { abandon, download, get, isOver, resource }: Steps<J>,
  first: Effect.Effect<J, IntercomError>,
  options?: RunOptions<J, E, R>
): Stream.Stream<Uint8Array, IntercomError | JobNotCompleted | E, R> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const job = yield* follow({ abandon, get, isOver }, first, options)
      if (completed.has(job.status)) return download(job)
      if (job.status === "no_data") return Stream.empty
      const { job_identifier, status = null } = job
      return yield* new JobNotCompleted({ resource, job_identifier, status })
    })
  )
