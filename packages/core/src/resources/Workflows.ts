/** Workflows: what Intercom does by itself. */
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import * as Id from "../Id.ts"
import * as Resource from "../Resource.ts"
import { CustomAttributes, LooseId, nullish, open, openEnum } from "../Wire.ts"

/** The id of a workflow. */
export const WorkflowId = Id.any("intercom/WorkflowId")
export type WorkflowId = typeof WorkflowId.Type

/** A workflow. Times are ISO 8601. What it is made of has no documented form. */
export class Workflow extends Schema.Opaque<Workflow>()(
  open({
    id: nullish(LooseId),
    title: nullish(Schema.String),
    description: nullish(Schema.String),
    trigger_type: nullish(Schema.String),
    state: nullish(openEnum("live", "draft", "paused")),
    target_channels: nullish(Schema.Array(Schema.String)),
    preferred_devices: nullish(Schema.Array(Schema.String)),
    created_at: nullish(Schema.String),
    updated_at: nullish(Schema.String),
    targeting: nullish(CustomAttributes),
    snapshot: nullish(CustomAttributes),
    attributes: nullish(Schema.Array(CustomAttributes)),
    embedded_rules: nullish(Schema.Array(CustomAttributes))
  })
) {}

/** A workflow as a whole, as the API exports it; fields not listed here are kept. Source: the official 2.15 document. */
export class WorkflowExport extends Schema.Opaque<WorkflowExport>()(
  open({
    export_version: nullish(Schema.String),
    /** ISO 8601. */
    exported_at: nullish(Schema.String),
    app_id: nullish(LooseId),
    workflow: nullish(Workflow)
  })
) {}

/** The workflows of a workspace. */
export class Workflows extends Resource.Service<Workflows>()("Workflows", {
  /** Exports a workflow. Fails with `NotFound` when there is no such workflow, `Forbidden` where the plan has no exports. */
  get: Endpoint.get("/export/workflows/:id", {
    params: { id: WorkflowId },
    success: WorkflowExport,
    error: ErrorResponse.NotFound
  })
}) {}
