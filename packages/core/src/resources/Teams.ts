/** Teams: groups of admins that conversations are assigned to. */
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import { listing, LooseId, noParameters, nullish, open, openEnum } from "../Wire.ts"
import * as Pagination from "../Pagination.ts"
import * as Resource from "../Resource.ts"
import { TeamId } from "./Common.ts"

export { TeamId } from "./Common.ts"

/** The admins who answer for a team first and second, by their ids. */
export class AdminPriorityLevel extends Schema.Opaque<AdminPriorityLevel>()(
  open({
    primary_admin_ids: nullish(Schema.Array(LooseId)),
    secondary_admin_ids: nullish(Schema.Array(LooseId))
  })
) {}

/**
 * A team, as the API sends it. Any field but `type` and `id` may be null or missing; fields not listed here are kept.
 * Source: the official 2.15 document.
 */
export class Team extends Schema.Opaque<Team>()(
  open({
    type: openEnum("team"),
    id: TeamId,
    name: nullish(Schema.String),
    admin_ids: nullish(Schema.Array(LooseId)),
    admin_priority_level: nullish(AdminPriorityLevel),
    /** How many conversations an admin is given at a time. */
    assignment_limit: nullish(Schema.Int),
    /** How conversations are given to admins: `round_robin`, say. */
    distribution_method: nullish(Schema.String)
  })
) {}

/** All teams of the workspace. */
export class TeamList extends Schema.Opaque<TeamList>()(
  listing({
    teams: Schema.Array(Team)
  })
) {}

/** There is nothing to ask for. */
export class ListTeams extends Schema.Opaque<ListTeams>()(noParameters) {}

/** The teams of a workspace. */
export class Teams extends Resource.Service<Teams>()("Teams", {
  /**
   * All teams, in one answer.
   *
   * Permission: Read admins.
   */
  list: Endpoint.get("/teams", {
    permission: "Read admins",
    query: ListTeams,
    success: TeamList,
    pages: Pagination.single("teams", Team)
  }),
  /**
   * Fails with `NotFound` when there is no such team.
   *
   * Permission: Read admins.
   */
  get: Endpoint.get("/teams/:team_id", {
    permission: "Read admins",
    params: { team_id: TeamId },
    success: Team,
    error: ErrorResponse.NotFound
  })
}) {}
