/** Jobs: what the API does later, such as creating an enqueued ticket. Exports have jobs of their own. */
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import { LooseId, nullish, open, openEnum } from "../Wire.ts"
import * as Resource from "../Resource.ts"

/** The id of a job. */
export const JobId = Schema.String.pipe(Schema.brand("intercom/JobId"))
export type JobId = typeof JobId.Type

/** A job. Source: the official 2.15 document. */
export class Job extends Schema.Opaque<Job>()(
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

/** The jobs of a workspace. */
export class Jobs extends Resource.Service<Jobs>()("Jobs", {
  /** A job as it is now. Fails with `NotFound` when there is none. */
  get: Endpoint.get("/jobs/status/:job_id", { params: { job_id: JobId }, success: Job, error: ErrorResponse.NotFound })
}) {}
