/** Content data exports: which messages were sent, delivered, opened and clicked, as files of CSV. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import * as Id from "../Id.ts"
import type { IntercomError } from "../IntercomError.ts"
import * as Job from "../Job.ts"
import * as Resource from "../Resource.ts"
import { nullish, open, openEnum, UnixSeconds } from "../Wire.ts"

/** The id of a content data export. */
export const DataExportId = Id.text("intercom/DataExportId")
export type DataExportId = typeof DataExportId.Type

/** A content data export, as the API sends it; fields not listed here are kept. Source: the official 2.15 document. */
export class DataExport extends Schema.Opaque<DataExport>()(
  open({
    job_identifier: DataExportId,
    /** `no_data`: there is nothing to download. */
    status: nullish(openEnum("pending", "in_progress", "failed", "completed", "no_data", "canceled")),
    /** Empty until it is completed. `download` needs the id alone. */
    download_url: nullish(Schema.String),
    /** Two days after it was completed; a time as text. */
    download_expires_at: nullish(Schema.String)
  })
) {}

/**
 * Messages *sent* from the day of the one to the day of the other, both included (Unix seconds); those that only changed
 * then are not among them.
 */
export class EnqueueDataExport extends Schema.Opaque<EnqueueDataExport>()(
  Schema.Struct({
    created_at_after: UnixSeconds,
    created_at_before: UnixSeconds
  })
) {}

/** How a content data export is run. */
export interface RunDataExport<out E = never, out R = never> extends Job.RunOptions<DataExport, E, R> {
  /**
   * Whether to cancel it when the run is interrupted before it is completed; otherwise it goes on, and no other can be
   * enqueued until it is done.
   *
   * @default false
   */
  readonly cancelOnInterrupt?: boolean | undefined
}

type Run<E, R> = Stream.Stream<Uint8Array, IntercomError | Job.JobNotCompleted | E, R>

interface Operations {
  readonly enqueue: (input: EnqueueDataExport) => Effect.Effect<DataExport, IntercomError>
  readonly get: (id: DataExportId) => Effect.Effect<DataExport, IntercomError>
  readonly cancel: (id: DataExportId) => Effect.Effect<DataExport, IntercomError>
  readonly download: (id: DataExportId) => Stream.Stream<Uint8Array, IntercomError>
}

const run = <E, R>(
  { cancel, download, get }: Operations,
  first: Effect.Effect<DataExport, IntercomError>,
  { cancelOnInterrupt = false, ...options }: RunDataExport<E, R> = {}
): Run<E, R> =>
  Job.run(
    {
      resource: "DataExports",
      get: ({ job_identifier }) => get(job_identifier),
      download: ({ job_identifier }) => download(job_identifier),
      // Interrupted is interrupted, canceled or not.
      abandon: ({ job_identifier }) => (cancelOnInterrupt ? Effect.ignore(cancel(job_identifier)) : Effect.void)
    },
    first,
    options
  )

/** The content data exports of a workspace. Records of contacts or conversations are not in them: list these instead. */
export class DataExports extends Resource.Service<DataExports>()(
  "DataExports",
  {
    /**
     * Begins an export, one at a time for a workspace. Fails with `RateLimited` of the scope `job`, at once, while there is
     * one. Never sent twice. `run` does all there is to an export.
     *
     * Permission: Export content data.
     */
    enqueue: Endpoint.post("/export/content/data", {
      permission: "Export content data",
      payload: EnqueueDataExport,
      success: DataExport,
      error: ErrorResponse.BadRequest
    }),
    /**
     * How far it is. Fails with `NotFound` when there is no such export.
     *
     * Permission: Export content data.
     */
    get: Endpoint.get("/export/content/data/:job_identifier", {
      permission: "Export content data",
      params: { job_identifier: DataExportId },
      success: DataExport,
      error: ErrorResponse.NotFound
    }),
    /**
     * Ends an export before it is completed. Fails with `NotFound` when there is no such export.
     *
     * Permission: Export content data.
     */
    cancel: Endpoint.post("/export/cancel/:job_identifier", {
      permission: "Export content data",
      params: { job_identifier: DataExportId },
      success: DataExport,
      error: ErrorResponse.NotFound
    }),
    /**
     * The file of a completed export, as it is sent: compressed by gzip. Fails with `NotFound` when there is no such file, or
     * none yet, or none any more.
     *
     * Permission: Export content data.
     */
    download: Endpoint.get("/download/content/data/:job_identifier", {
      permission: "Export content data",
      params: { job_identifier: DataExportId },
      success: Endpoint.Bytes,
      error: ErrorResponse.NotFound
    })
  },
  {
    /**
     * Enqueues an export, asks for it until it is completed, and downloads it: bytes of gzip, none at all where no message
     * was sent. Fails with `JobNotCompleted` when it failed or was canceled.
     */
    run:
      (methods: Operations) =>
      <E = never, R = never>(range: EnqueueDataExport, options?: RunDataExport<E, R>): Run<E, R> =>
        run(methods, methods.enqueue(range), options),
    /** Goes on with an export that was enqueued before, wherever it is. */
    resume:
      (methods: Operations) =>
      <E = never, R = never>(job_identifier: DataExportId, options?: RunDataExport<E, R>): Run<E, R> =>
        run(methods, methods.get(job_identifier), options)
  }
) {}
