/** Reasons for being away, which admins choose from. */
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.ts"
import * as Id from "../Id.ts"
import { nullish, open, openEnum, UnixSeconds } from "../Wire.ts"
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

/** The reasons for being away of a workspace. */
export class AwayStatusReasons extends Resource.Service<AwayStatusReasons>()("AwayStatusReasons", {
  /**
   * All reasons, in one answer.
   *
   * Permission: Read admins.
   */
  list: Endpoint.all("/away_status_reasons", "data", AwayStatusReason, "Read admins")
}) {}
