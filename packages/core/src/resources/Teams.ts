/** Teams: groups of admins that conversations are assigned to. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { Authorization } from "../Authorization.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import { listing, LooseId, noParameters, nullish, open, openEnum, pathSegment } from "../Wire.ts"
import * as Operation from "../Operation.ts"
import * as Pagination from "../Pagination.ts"
import { TeamId } from "./Common.ts"

export { TeamId } from "./Common.ts"

// ---------------------------------------------------------------------------------------------------------------------
// wire schemas
// ---------------------------------------------------------------------------------------------------------------------

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

// ---------------------------------------------------------------------------------------------------------------------
// endpoints
// ---------------------------------------------------------------------------------------------------------------------

/** The declaration of the operations on teams. */
export class TeamsGroup extends HttpApiGroup.make("Teams")
  .add(
    HttpApiEndpoint.get("list", "/teams", {
      query: ListTeams,
      success: TeamList
    }).annotateMerge(Operation.annotations({ operationId: "listTeams" })),
    HttpApiEndpoint.get("get", "/teams/:team_id", {
      params: { team_id: pathSegment(TeamId) },
      success: Team,
      error: ErrorResponse.NotFound
    }).annotateMerge(Operation.annotations({ operationId: "getTeam" }))
  )
  .middleware(Authorization) {}

// ---------------------------------------------------------------------------------------------------------------------
// service
// ---------------------------------------------------------------------------------------------------------------------

/** The teams of a workspace. */
export class Teams extends Context.Service<Teams>()("@effect-intercom/core/Teams", {
  make: Effect.gen(function* () {
    const teams = yield* Operation.client(TeamsGroup)
    return {
      /** All teams, in one answer. */
      list: Pagination.single(teams.list, { items: "teams", item: Team }),
      /** Fails with `NotFound` when there is no such team. */
      get: Effect.fn("Teams.get")((team_id: TeamId) => teams.get({ params: { team_id } }))
    }
  })
}) {
  static readonly layer = Layer.fresh(Layer.effect(this, this.make))
}
