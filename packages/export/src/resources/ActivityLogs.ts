/** What admins did, newest first, until the export started: so its pages do not shift while they are read. */
import { ActivityLog, Admins } from "@effect-intercom/core/resources/Admins"
import * as Stream from "effect/Stream"
import { listing } from "../Definition.ts"

export const activityLogs = listing({
  name: "activityLogs",
  about: "what admins did",
  schema: ActivityLog,
  changes: "search",
  changedAt: "created_at",
  requests: ["GET /admins/activity_logs"],
  uncompared: "a history, of which nothing is deleted",
  permissions: ["Read admin activity logs"],
  pages: (_, options, { since = 0, until }) =>
    Stream.unwrap(
      Admins.useSync(({ listActivityLogs }) =>
        listActivityLogs.pages(
          { created_at_after: since, ...(until === undefined ? undefined : { created_at_before: until }) },
          options
        )
      )
    )
})
