/** Reporting exports: the figures behind Intercom's reports, as files of CSV. */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import * as Id from "../Id.ts"
import type { IntercomError } from "../IntercomError.ts"
import * as Job from "../Job.ts"
import * as Pagination from "../Pagination.ts"
import * as Resource from "../Resource.ts"
import { listing, noParameters, nullish, open, openEnum, optional, queryText, UnixSeconds } from "../Wire.ts"

/** The id of a reporting export. */
export const ReportingExportId = Id.text("intercom/ReportingExportId")
export type ReportingExportId = typeof ReportingExportId.Type

/** A reporting export, as the API sends it; fields not listed here are kept. Source: the official 2.15 document. */
export class ReportingExport extends Schema.Opaque<ReportingExport>()(
  open({
    job_identifier: ReportingExportId,
    /** `complete` in examples, `completed` in words. */
    status: nullish(openEnum("pending", "in_progress", "complete", "completed", "failed")),
    download_url: nullish(Schema.String),
    /** A time as text. */
    download_expires_at: nullish(Schema.String)
  })
) {}

/** What a dataset knows of a record. */
export class ReportingAttribute extends Schema.Opaque<ReportingAttribute>()(
  open({
    id: nullish(Schema.String),
    name: nullish(Schema.String)
  })
) {}

/** What can be exported: records of a kind, with their attributes. */
export class ReportingDataset extends Schema.Opaque<ReportingDataset>()(
  open({
    /** `conversation`, say. */
    id: Schema.String,
    name: nullish(Schema.String),
    description: nullish(Schema.String),
    /** The attribute whose time decides which records are in a range. */
    default_time_attribute_id: nullish(Schema.String),
    attributes: nullish(Schema.Array(ReportingAttribute))
  })
) {}

/** All datasets. */
export class ReportingDatasetList extends Schema.Opaque<ReportingDatasetList>()(
  listing({
    data: Schema.Array(ReportingDataset)
  })
) {}

/** There is nothing to ask for. */
export class ListReportingDatasets extends Schema.Opaque<ListReportingDatasets>()(noParameters) {}

/** Which attributes of a dataset, of records in a range of times (Unix seconds). */
export class EnqueueReportingExport extends Schema.Opaque<EnqueueReportingExport>()(
  Schema.Struct({
    dataset_id: Schema.String,
    attribute_ids: Schema.Array(Schema.String),
    start_time: UnixSeconds,
    end_time: UnixSeconds
  })
) {}

const text = optional(queryText(Schema.String))

/** The official 2.15 document requires both, and the id once more; the API answers who sends none of them. */
export class GetReportingExport extends Schema.Opaque<GetReportingExport>()(
  Schema.Struct({
    /** The id of the workspace. */
    app_id: text,
    client_id: text
  })
) {}

/** The official 2.15 document requires it; `run` takes it from `download_url`. */
export class DownloadReportingExport extends Schema.Opaque<DownloadReportingExport>()(
  Schema.Struct({
    /** The id of the workspace. */
    app_id: text
  })
) {}

type Run<E, R> = Stream.Stream<Uint8Array, IntercomError | Job.JobNotCompleted | E, R>

/** What a download is asked with, as its address says. */
const askedWith = ({ download_url }: ReportingExport): DownloadReportingExport => {
  const app_id = URL.parse(download_url ?? "")?.searchParams.get("app_id")
  return app_id ? { app_id } : {}
}

/** How a reporting export is run. */
export interface RunReportingExport<out E = never, out R = never> extends Job.RunOptions<ReportingExport, E, R> {}

interface Operations {
  readonly enqueue: (input: EnqueueReportingExport) => Effect.Effect<ReportingExport, IntercomError>
  readonly get: (id: ReportingExportId) => Effect.Effect<ReportingExport, IntercomError>
  readonly download: (id: ReportingExportId, query: DownloadReportingExport) => Stream.Stream<Uint8Array, IntercomError>
}

const run = <E, R>(
  { download, get }: Operations,
  first: Effect.Effect<ReportingExport, IntercomError>,
  options?: RunReportingExport<E, R>
): Run<E, R> =>
  Job.run(
    {
      resource: "ReportingExports",
      get: ({ job_identifier }) => get(job_identifier),
      download: (job) => download(job.job_identifier, askedWith(job))
    },
    first,
    options
  )

/** The reporting exports of a workspace. */
export class ReportingExports extends Resource.Service<ReportingExports>()(
  "ReportingExports",
  {
    /**
     * All datasets, in one answer: what `enqueue` takes.
     *
     * Permission: Read reporting datasets.
     */
    listDatasets: Endpoint.get("/export/reporting_data/get_datasets", {
      permission: "Read reporting datasets",
      query: ListReportingDatasets,
      success: ReportingDatasetList,
      pages: Pagination.single("data", ReportingDataset)
    }),
    /**
     * Begins an export, five at a time for a workspace. Fails with `RateLimited` of the scope `job`, at once, while there are
     * five, and with `BadRequest` when it has no such dataset or attribute. Never sent twice. `run` does all there is to an
     * export.
     *
     * Permission: Export reporting data.
     */
    enqueue: Endpoint.post("/export/reporting_data/enqueue", {
      permission: "Export reporting data",
      payload: EnqueueReportingExport,
      success: ReportingExport,
      error: ErrorResponse.BadRequest
    }),
    /**
     * How far it is. Fails with `NotFound` when there is no such export.
     *
     * Permission: Export reporting data.
     */
    get: Endpoint.get("/export/reporting_data/:job_identifier", {
      permission: "Export reporting data",
      params: { job_identifier: ReportingExportId },
      query: GetReportingExport,
      success: ReportingExport,
      error: ErrorResponse.NotFound
    }),
    /**
     * The file of a completed export, as it is sent. Fails with `NotFound` when there is no such file, or none any more.
     *
     * Permission: Export reporting data.
     */
    download: Endpoint.get("/download/reporting_data/:job_identifier", {
      permission: "Export reporting data",
      params: { job_identifier: ReportingExportId },
      query: DownloadReportingExport,
      success: Endpoint.Bytes,
      error: ErrorResponse.NotFound
    })
  },
  {
    /** Enqueues an export, asks for it until it is completed, and downloads it. Fails with `JobNotCompleted` when it failed. */
    run:
      (methods: Operations) =>
      <E = never, R = never>(input: EnqueueReportingExport, options?: RunReportingExport<E, R>): Run<E, R> =>
        run(methods, methods.enqueue(input), options),
    /** Goes on with an export that was enqueued before, wherever it is. */
    resume:
      (methods: Operations) =>
      <E = never, R = never>(job_identifier: ReportingExportId, options?: RunReportingExport<E, R>): Run<E, R> =>
        run(methods, methods.get(job_identifier), options)
  }
) {}
