/** Jobs. They take as long as the workspace says; those of the seed are done. */
import { Jobs } from "@effect-intercom/core"
import * as Effect from "effect/Effect"
import * as Function from "effect/Function"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import type { Row } from "../internal/Collection.ts"
import * as Listing from "../internal/Listing.ts"
import * as Kind from "../Kind.ts"

const ids = Ids.numeric("jobs")

const api = "https://api.intercom.io"

/** A job that makes a ticket: without its id it is pending. */
const jobOf = (id: string, ticket: string | null): Row => ({
  type: "job",
  id,
  url: `${api}/jobs/status/${id}`,
  status: ticket === null ? "pending" : "success",
  resource_type: "ticket",
  resource_id: ticket,
  resource_url: ticket === null ? null : `${api}/tickets/${ticket}`
})

/** When a pending job is done, in Unix milliseconds, and which ticket it makes. */
interface Pending {
  readonly done: number
  readonly ticket: string
}

const pendingIn = Function.memoize<Kind.Workspace, Map<string, Pending>>(() => new Map())

/** Enqueues a job that makes a ticket, and answers with it. */
export const enqueue = (workspace: Kind.Workspace, ticket: string, at: number) => {
  const { jobs } = workspace.collections
  const job = jobOf(jobs.nextId(Math.floor(at / 1000)), null)
  pendingIn(workspace).set(job.id, { done: at + workspace.jobDuration, ticket })
  jobs.add(job, at)
  return Effect.succeed(Listing.value(job))
}

export const jobs = Kind.listed(Jobs, {
  count: 2,
  ids,
  generate: (world, index) =>
    jobOf(world.id("jobs", index), world.counts.tickets > 0 ? world.id("tickets", index % world.counts.tickets) : null),
  missing: { message: "Job not found", code: "job_not_found" },
  handlers: {
    get: ({ params }, { collection, kind, workspace }) =>
      Effect.flatMap(Crud.time, ({ at }) => {
        const job = collection.find(params.job_id)
        if (job === undefined) return Crud.missing(kind.missing)
        const pending = pendingIn(workspace).get(job.id)
        if (pending === undefined || at < pending.done) return Effect.succeed(Listing.value(job))
        const done = jobOf(job.id, pending.ticket)
        collection.replace(done, at)
        return Effect.succeed(Listing.value(done))
      })
  }
})
