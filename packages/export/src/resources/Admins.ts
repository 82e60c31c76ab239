/** All admins, in one answer. */
import { Admin, Admins } from "@effect-intercom/core/resources/Admins"
import * as Stream from "effect/Stream"
import { listing } from "../Definition.ts"

export const admins = listing({
  name: "admins",
  about: "admins",
  schema: Admin,
  requests: ["GET /admins"],
  permissions: ["Read admins"],
  pages: (_, options) => Stream.unwrap(Admins.useSync(({ list }) => list.pages({}, options)))
})
