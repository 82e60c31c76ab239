/** Admins: the teammates of a workspace. */
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import {
  CustomAttributes,
  listing,
  LooseId,
  nullish,
  NumericId,
  open,
  openEnum,
  optional,
  UnixSeconds
} from "../Wire.ts"
import * as Pagination from "../Pagination.ts"
import * as Resource from "../Resource.ts"
import { AdminId } from "./Common.ts"

export { AdminId } from "./Common.ts"

/** An admin's picture, as `GET /me` sends it; `image_url` is null when there is none. */
export class AdminAvatar extends Schema.Opaque<AdminAvatar>()(
  open({
    type: nullish(openEnum("avatar")),
    image_url: nullish(Schema.String)
  })
) {}

/** The teams an admin answers for first and second, by their ids. */
export class TeamPriorityLevel extends Schema.Opaque<TeamPriorityLevel>()(
  open({
    primary_team_ids: nullish(Schema.Array(LooseId)),
    secondary_team_ids: nullish(Schema.Array(LooseId))
  })
) {}

const adminFields = {
  type: openEnum("admin"),
  id: AdminId,
  name: nullish(Schema.String),
  email: nullish(Schema.String),
  job_title: nullish(Schema.String),
  /** The admin is marked as away. Missing in the official example of `GET /me`. */
  away_mode_enabled: nullish(Schema.Boolean),
  /** Replies to the admin's conversations go to the default inbox while away. */
  away_mode_reassign: nullish(Schema.Boolean),
  /** Why the admin is away; null when no reason was chosen. */
  away_status_reason_id: nullish(LooseId),
  has_inbox_seat: nullish(Schema.Boolean),
  team_ids: nullish(Schema.Array(LooseId)),
  /** A URL or null in listings, an object in `GET /me`. */
  avatar: nullish(Schema.Union([Schema.String, AdminAvatar])),
  team_priority_level: nullish(TeamPriorityLevel)
} as const

/**
 * An admin, as the API sends it. Any field but `type` and `id` may be null or missing; fields not listed here are
 * kept. Source: the official 2.15 document, whose schema would even allow null for the whole admin; no answer was
 * ever seen to hold one.
 */
export class Admin extends Schema.Opaque<Admin>()(open(adminFields)) {}

/** An admin inside another object, where even `type` and `id` are not certain. */
export class EmbeddedAdmin extends Schema.Opaque<EmbeddedAdmin>()(
  open({ ...adminFields, type: nullish(openEnum("admin")), id: nullish(LooseId) })
) {}

/** The workspace a token belongs to. `created_at` is Unix seconds. */
export class App extends Schema.Opaque<App>()(
  open({
    type: nullish(openEnum("app")),
    /** The workspace's id, as in the URLs of the Intercom inbox. */
    id_code: nullish(Schema.String),
    name: nullish(Schema.String),
    /** Where the workspace's data is. */
    region: nullish(openEnum("US", "EU", "AU")),
    timezone: nullish(Schema.String),
    created_at: nullish(UnixSeconds),
    /** Sent by older versions of the API; `identity_verification` is its new name. */
    secure: nullish(Schema.Boolean),
    identity_verification: nullish(Schema.Boolean)
  })
) {}

/** The admin whose token it is, with the workspace. Both extra fields may be null or missing. */
export class CurrentAdmin extends Schema.Opaque<CurrentAdmin>()(
  open({
    ...adminFields,
    email_verified: nullish(Schema.Boolean),
    app: nullish(App)
  })
) {}

/** All admins of the workspace. The published document calls the listing paginated; it is not. */
export class AdminList extends Schema.Opaque<AdminList>()(
  listing({
    admins: Schema.Array(Admin)
  })
) {}

/** `display_avatar`: whether each admin comes with the URL of its picture. */
export class ListAdmins extends Schema.Opaque<ListAdmins>()(
  Schema.Struct({
    display_avatar: optional(Schema.Boolean)
  })
) {}

/** Whether an admin is away. */
export class SetAway extends Schema.Opaque<SetAway>()(
  Schema.Struct({
    away_mode_enabled: Schema.Boolean,
    /** Whether replies to the admin's conversations go to the default inbox meanwhile. */
    away_mode_reassign: Schema.Boolean,
    /** One of `AwayStatusReasons`, with its id as a number. */
    away_status_reason_id: optional(NumericId)
  })
) {}

/** Something an admin did. Any field may be null or missing. */
export class ActivityLog extends Schema.Opaque<ActivityLog>()(
  open({
    id: nullish(LooseId),
    performed_by: nullish(
      open({
        type: nullish(openEnum("admin")),
        id: nullish(LooseId),
        email: nullish(Schema.String),
        /** The address it was done from. */
        ip: nullish(Schema.String)
      })
    ),
    /** Which fields there are depends on the `activity_type`. */
    metadata: nullish(CustomAttributes),
    /** Unix seconds. */
    created_at: nullish(UnixSeconds),
    /** `admin_login_success`, `app_admin_join`, `team_creation`, …: more than a hundred kinds. */
    activity_type: nullish(Schema.String),
    /** A sentence about it. */
    activity_description: nullish(Schema.String)
  })
) {}

/** One page of what admins did. `pages.next` is a URL or null. */
export class ActivityLogList extends Schema.Opaque<ActivityLogList>()(
  listing({
    activity_logs: Schema.Array(ActivityLog),
    pages: nullish(Pagination.Pages)
  })
) {}

/** What was done from one time to another, in Unix seconds. `page` counts from 1; no maximum of `per_page` is known. */
export class ListActivityLogs extends Schema.Opaque<ListActivityLogs>()(
  Schema.Struct({
    created_at_after: UnixSeconds,
    /** Now by default. */
    created_at_before: optional(UnixSeconds),
    page: optional(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))),
    per_page: optional(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)))
  })
) {}

/**
 * The admins of a workspace.
 *
 * @example
 * ```ts
 * import { Admins } from "@effect-intercom/core"
 * import { Effect } from "effect"
 *
 * const region = Admins.use((admins) => admins.me()).pipe(Effect.map((admin) => admin.app?.region))
 * ```
 */
export class Admins extends Resource.Service<Admins>()("Admins", {
  /** Whose token it is, and of which workspace. Fails with `Unauthorized` when the token is not good here. */
  me: Endpoint.get("/me", { success: CurrentAdmin, operationId: "getMe" }),
  /**
   * All admins, in one answer.
   *
   * Permission: Read admins.
   */
  list: Endpoint.get("/admins", {
    permission: "Read admins",
    query: ListAdmins,
    success: AdminList,
    pages: Pagination.single("admins", Admin)
  }),
  /**
   * Fails with `NotFound` when there is no such admin.
   *
   * Permission: Read one admin.
   */
  get: Endpoint.get("/admins/:admin_id", {
    permission: "Read one admin",
    params: { admin_id: AdminId },
    success: Admin,
    error: ErrorResponse.NotFound
  }),
  /**
   * Says that an admin is away, or back. Fails with `NotFound` when there is no such admin, or reason.
   *
   * Permission: Update admins.
   */
  setAway: Endpoint.put("/admins/:admin_id/away", {
    permission: "Update admins",
    params: { admin_id: AdminId },
    payload: SetAway,
    success: Admin,
    error: [ErrorResponse.BadRequest, ErrorResponse.NotFound],
    operationId: "setAdminAway"
  }),
  /**
   * One page of what admins did, newest first; `listActivityLogs.pages` and `.items` walk it all.
   *
   * Permission: Read admin activity logs.
   */
  listActivityLogs: Endpoint.get("/admins/activity_logs", {
    permission: "Read admin activity logs",
    query: ListActivityLogs,
    success: ActivityLogList,
    error: ErrorResponse.BadRequest,
    operationId: "listActivityLogs",
    pages: Pagination.page("activity_logs", ActivityLog)
  })
}) {}
