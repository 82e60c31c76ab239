/** Jobs: what the API does later, such as creating an enqueued ticket. Exports have jobs of their own. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import * as Id from "../Id.ts"
import type { IntercomError } from "../IntercomError.ts"
import * as Job from "../Job.ts"
import { LooseId, nullish, open, openEnum } from "../Wire.ts"
import * as Resource from "../Resource.ts"

/** The id of a job. */
export const JobId = Id.text("intercom/JobId")
export type JobId = typeof JobId.Type

/** A job. Source: the official 2.15 document. */
export class BackgroundJob extends Schema.Opaque<BackgroundJob>()(
  open({
    type: nullish(openEnum("job")),
    id: JobId,
    /** Where its status is asked for. */
    url: nullish(Schema.String),
    /** Why a job failed is not told. */
    status: nullish(openEnum("pending", "success", "failed")),
    /** What it makes: `ticket`, say. */
    resource_type: nullish(Schema.String),
    /** The id of what it made; null until it has. Likewise `resource_url`. */
    resource_id: nullish(LooseId),
    resource_url: nullish(Schema.String)
  })
) {}

type Get = (id: JobId) => Effect.Effect<BackgroundJob, IntercomError>

// The event of a job that ended, and exports, spell it as the second.
const isDone = ({ resource_id, status }: BackgroundJob): boolean =>
  status === "success" || (status === "completed" && (resource_id ?? undefined) !== undefined)

const isOver = (job: BackgroundJob): boolean => isDone(job) || Job.hasFailed(job)

/** The jobs of a workspace. */
export class Jobs extends Resource.Service<Jobs>()(
  "Jobs",
  {
    /**
     * A job as it is now. Fails with `NotFound` when there is none.
     *
     * Permission: Read jobs.
     */
    get: Endpoint.get("/jobs/status/:job_id", {
      permission: "Read jobs",
      params: { job_id: JobId },
      success: BackgroundJob,
      error: ErrorResponse.NotFound
    })
  },
  {
    /**
     * Asks for a job until it is done: `resource_id` is what it made. Fails with `JobNotCompleted` when the job failed or was
     * canceled, or a schedule of yours was over before it was done: call it again then, with the same id. A status that is
     * missing or unknown is no end. Safe to repeat, in another process, too.
     */
    wait:
      ({ get }: { readonly get: Get }) =>
      <E = never, R = never>(
        job_id: JobId,
        options?: Job.RunOptions<BackgroundJob, E, R>
      ): Effect.Effect<BackgroundJob, IntercomError | Job.JobNotCompleted | E, R> =>
        Effect.flatMap(Job.follow({ get: () => get(job_id), isOver }, get(job_id), options), (job) =>
          isDone(job)
            ? Effect.succeed(job)
            : Effect.fail(
                new Job.JobNotCompleted({ resource: "Jobs", job_identifier: job_id, status: job.status ?? null })
              )
        )
  }
) {}
