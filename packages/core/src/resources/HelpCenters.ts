/** Help Centers: the sites articles are read on. */
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import * as Id from "../Id.ts"
import * as Resource from "../Resource.ts"
import { LooseId, nullish, open, UnixSeconds } from "../Wire.ts"

/** The id of a Help Center: digits, as a string. Collections have that of theirs as a number. */
export const HelpCenterId = Id.digits("intercom/HelpCenterId")
export type HelpCenterId = typeof HelpCenterId.Type

/**
 * A Help Center, as the API sends it. Times are Unix seconds; any field but `id` may be null or missing; fields not listed
 * here are kept. Source: the official 2.15 document.
 */
export class HelpCenter extends Schema.Opaque<HelpCenter>()(
  open({
    id: HelpCenterId,
    workspace_id: nullish(LooseId),
    created_at: nullish(UnixSeconds),
    updated_at: nullish(UnixSeconds),
    /** The part of its URL that is its own. */
    identifier: nullish(Schema.String),
    /** Whether anyone can read it. */
    website_turned_on: nullish(Schema.Boolean),
    display_name: nullish(Schema.String),
    url: nullish(Schema.String),
    /** A host of the workspace's own; null for none. */
    custom_domain: nullish(Schema.String)
  })
) {}

/** The Help Centers of a workspace. They are made and changed in Intercom's settings alone. */
export class HelpCenters extends Resource.Service<HelpCenters>()("HelpCenters", {
  /**
   * All Help Centers, in one answer.
   *
   * Permission: Read and list articles.
   */
  list: Endpoint.all("/help_center/help_centers", "data", HelpCenter, "Read and list articles"),
  /**
   * Fails with `NotFound` when there is no such Help Center.
   *
   * Permission: Read and list articles.
   */
  get: Endpoint.get("/help_center/help_centers/:help_center_id", {
    permission: "Read and list articles",
    params: { help_center_id: HelpCenterId },
    success: HelpCenter,
    error: ErrorResponse.NotFound
  })
}) {}
