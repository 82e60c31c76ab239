/** Teams. The admins of a team are those who say so. */
import { Teams } from "@effect-intercom/core"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import * as Listing from "../internal/Listing.ts"
import * as V from "../internal/Vocabulary.ts"
import * as Kind from "../Kind.ts"
import * as Admins from "./Admins.ts"

const ids = Ids.counting(5_017_691)

export const teams = Kind.listed(Teams, {
  count: 2,
  ids,
  generate: (world, index) => ({
    type: "team",
    id: world.id("teams", index),
    name: `${V.topics[index % V.topics.length]} ${index}`,
    admin_ids: Array.from({ length: world.counts.admins }, (_, position) => Admins.generate(world, position))
      .filter(({ team_ids }) => team_ids.includes(Number(world.id("teams", index))))
      .map(({ id }) => Number(id)),
    admin_priority_level: { primary_admin_ids: [], secondary_admin_ids: [] },
    assignment_limit: null,
    distribution_method: index === 0 ? "round_robin" : null
  }),
  // Who is in it, admins say.
  fresh: (row, { collections: { admins } }) =>
    admins.changes.length === 0
      ? row
      : {
          ...row,
          admin_ids: Listing.rows(admins)
            .filter(({ team_ids }) => Array.isArray(team_ids) && team_ids.map(String).includes(row.id))
            .map(({ id }) => Number(id))
        },
  missing: { message: "Team Not Found", code: "team_not_found" },
  handlers: { list: Crud.list({ type: "team.list" }), get: Crud.get }
})
