/** All reasons for being away, in one answer. */
import { AwayStatusReason, AwayStatusReasons } from "@effect-intercom/core/resources/AwayStatusReasons"
import * as Stream from "effect/Stream"
import { listing } from "../Definition.ts"

export const awayStatusReasons = listing({
  name: "awayStatusReasons",
  about: "reasons of admins for being away",
  schema: AwayStatusReason,
  requests: ["GET /away_status_reasons"],
  permissions: ["Read admins"],
  get: "listing",
  pages: (_, options) => Stream.unwrap(AwayStatusReasons.useSync(({ list }) => list.pages({}, options)))
})
