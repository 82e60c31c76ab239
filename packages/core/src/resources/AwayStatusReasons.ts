/** Reasons for being away, which admins choose from. */
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.ts"
import * as Id from "../Id.ts"
import { listing, noParameters, nullish, open, openEnum, UnixSeconds } from "../Wire.ts"
import * as Pagination from "../Pagination.ts"
import * as Resource from "../Resource.ts"

/** The id of a reason for being away: digits, as a string. `admins.setAway` takes it as a number. */
export const AwayStatusReasonId = Id.digits("intercom/AwayStatusReasonId")
export type AwayStatusReasonId = typeof AwayStatusReasonId.Type

/** A reason for being away. Times are Unix seconds. Source: the official 2.15 document. */
export class AwayStatusReason extends Schema.Opaque<AwayStatusReason>()(
  open({
    type: openEnum("away_status_reason"),
    id: AwayStatusReasonId,
    label: nullish(Schema.String),
    emoji: nullish(Schema.String),
    /** Where it stands among the others. */
    order: nullish(Schema.Int),
    /** It cannot be chosen any more; admins who did still have it. */
    deleted: nullish(Schema.Boolean),
    created_at: nullish(UnixSeconds),
    updated_at: nullish(UnixSeconds)
  })
) {}

/** All reasons of the workspace, deleted ones included. */
export class AwayStatusReasonList extends Schema.Opaque<AwayStatusReasonList>()(
  listing({ data: Schema.Array(AwayStatusReason) })
) {}

/** There is nothing to ask for. */
export class ListAwayStatusReasons extends Schema.Opaque<ListAwayStatusReasons>()(noParameters) {}

/** The reasons for being away of a workspace. */
export class AwayStatusReasons extends Resource.Service<AwayStatusReasons>()("AwayStatusReasons", {
  /** All reasons, in one answer. */
  list: Endpoint.get("/away_status_reasons", {
    query: ListAwayStatusReasons,
    success: AwayStatusReasonList,
    pages: Pagination.single("data", AwayStatusReason)
  })
}) {}
