/** Jobs that take their time: enqueued, a few at once, asked for, canceled, and downloaded when they are completed. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Crud from "../Crud.ts"
import type * as Kind from "../Kind.ts"
import type { Row } from "./Collection.ts"
import * as ErrorList from "./ErrorList.ts"
import * as Listing from "./Listing.ts"
import * as Request from "./Request.ts"

type Answer = Effect.Effect<HttpServerResponse.HttpServerResponse>

/** A kind of job. */
export interface Jobs {
  /** How many of them a workspace has at once, and what they are called. */
  readonly most: number
  readonly called: string
  /** The status of one that is done. */
  readonly completed: string
  /** Where the file of a job is. */
  readonly path: (id: string, workspace: Kind.Workspace) => string
  /** Refuses what cannot be made. */
  readonly refuse?: ((input: Crud.Input) => Answer | undefined) | undefined
  /** The file a job makes; `undefined` where there is nothing to write. */
  readonly file: (input: Crud.Input, workspace: Kind.Workspace) => Uint8Array | undefined
}

interface Call {
  readonly params: object
  readonly payload: unknown
  readonly request: HttpServerRequest.HttpServerRequest
}

/** A job, as it is kept. Times are Unix milliseconds. */
interface Kept extends Row {
  readonly input: Crud.Input
  readonly enqueued: number
  readonly canceled: boolean
}

const keptFor = Duration.toMillis("2 days")

const missing = ErrorList.notFound("Resource Not Found", "job_not_found")

const text = (at: number): string =>
  new Date(at)
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, " UTC")

export const make = ({ called, completed, file, most, path, refuse }: Jobs) => {
  /** How far a job is: pending for half of its time, then in progress. */
  const statusOf = ({ canceled, enqueued, input }: Kept, workspace: Kind.Workspace, at: number): string => {
    if (canceled) return "canceled"
    const spent = at - enqueued
    if (spent >= workspace.jobDuration) return file(input, workspace) === undefined ? "no_data" : completed
    return spent * 2 < workspace.jobDuration ? "pending" : "in_progress"
  }

  const isRunning = (status: string) => status === "pending" || status === "in_progress"

  const shown = (job: Kept, { request }: Call, { workspace }: Kind.Here, at: number) => {
    const status = statusOf(job, workspace, at)
    const done = status === completed
    return Listing.value({
      job_identifier: job.id,
      status,
      download_url: done ? new URL(path(job.id, workspace), Request.urlOf(request)).href : "",
      download_expires_at: done ? text(job.enqueued + workspace.jobDuration + keptFor) : ""
    })
  }

  const jobOf = (call: Call, { collection }: Kind.Here): Kept | undefined => {
    const [id] = Object.values(call.params).map(String)
    // All that is added below.
    return id === undefined ? undefined : (collection.find(id) as Kept | undefined)
  }

  const found =
    (run: (job: Kept, call: Call, here: Kind.Here, at: number) => Answer): Kind.Handler<Call> =>
    (call, here) =>
      Effect.flatMap(Clock.currentTimeMillis, (at) => {
        const job = jobOf(call, here)
        return job === undefined ? missing : run(job, call, here, at)
      })

  const enqueue: Kind.Handler<Call> = (call, here) => {
    const input = Crud.fieldsOf(call.payload)
    const refused = refuse?.(input)
    if (refused !== undefined) return refused
    return Effect.flatMap(Crud.time, ({ at, now }) => {
      const { collection, workspace } = here
      // All that is added here.
      const jobs = Listing.rows(collection) as ReadonlyArray<Kept>
      if (jobs.filter((job) => isRunning(statusOf(job, workspace, at))).length >= most) {
        const message = `Exceeded rate limit of ${most} pending ${called} jobs`
        return ErrorList.respond(429, { code: "rate_limit_exceeded", message })
      }
      const job = { id: collection.nextId(now), input, enqueued: at, canceled: false }
      collection.add(job, at)
      return Effect.succeed(shown(job, call, here, at))
    })
  }

  const get = found((job, call, here, at) => Effect.succeed(shown(job, call, here, at)))

  const cancel = found((job, call, here, at) => {
    const canceled = job.canceled || isRunning(statusOf(job, here.workspace, at))
    const changed = { ...job, canceled }
    here.collection.replace(changed, at)
    return Effect.succeed(shown(changed, call, here, at))
  })

  const download = found((job, { request }, { workspace }, at) => {
    if (!/application\/octet-stream|\*\/\*/.test(request.headers["accept"] ?? "")) {
      const message = "The Accept header must be application/octet-stream"
      return ErrorList.respond(406, { code: "media_type_not_acceptable", message })
    }
    const expired = at > job.enqueued + workspace.jobDuration + keptFor
    const bytes = expired || statusOf(job, workspace, at) !== completed ? undefined : file(job.input, workspace)
    return bytes === undefined
      ? missing
      : Effect.succeed(HttpServerResponse.uint8Array(bytes, { contentType: "application/octet-stream" }))
  })

  return { enqueue, get, cancel, download }
}

const cell = (value: unknown): string => {
  const text = value === null || value === undefined ? "" : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Rows as CSV, below the names of their columns. */
export const csv = (columns: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<unknown>>): Uint8Array =>
  new TextEncoder().encode([columns, ...rows].map((row) => `${row.map(cell).join(",")}\n`).join(""))
