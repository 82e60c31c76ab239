/** All Help Centers, in one answer. */
import { HelpCenter, HelpCenters, type HelpCenterId } from "@effect-intercom/core/resources/HelpCenters"
import * as Stream from "effect/Stream"
import { listing } from "../Definition.ts"

export const helpCenters = listing({
  name: "helpCenters",
  about: "Help Centers",
  schema: HelpCenter,
  requests: ["GET /help_center/help_centers"],
  permissions: ["Read and list articles"],
  get: {
    request: "GET /help_center/help_centers/{help_center_id}",
    // The id of one.
    record: (id) => HelpCenters.use(({ get }) => get(id as HelpCenterId))
  },
  pages: (_, options) => Stream.unwrap(HelpCenters.useSync(({ list }) => list.pages({}, options)))
})
