/** All admins, in one answer. */
import { Admin, Admins, type AdminId } from "@effect-intercom/core/resources/Admins"
import * as Stream from "effect/Stream"
import { listing } from "../Definition.ts"

export const admins = listing({
  name: "admins",
  about: "admins",
  schema: Admin,
  requests: ["GET /admins"],
  permissions: ["Read admins"],
  get: {
    request: "GET /admins/{admin_id}",
    // The id of one.
    record: (id) => Admins.use(({ get }) => get(id as AdminId))
  },
  pages: (_, options) => Stream.unwrap(Admins.useSync(({ list }) => list.pages({}, options)))
})
