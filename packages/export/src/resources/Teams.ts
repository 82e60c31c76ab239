/** All teams, in one answer. */
import { Team, Teams, type TeamId } from "@effect-intercom/core/resources/Teams"
import * as Stream from "effect/Stream"
import { listing } from "../Definition.ts"

export const teams = listing({
  name: "teams",
  about: "teams",
  schema: Team,
  requests: ["GET /teams"],
  permissions: ["Read admins"],
  get: {
    request: "GET /teams/{team_id}",
    // The id of one.
    record: (id) => Teams.use(({ get }) => get(id as TeamId))
  },
  pages: (_, options) => Stream.unwrap(Teams.useSync(({ list }) => list.pages({}, options)))
})
