/** Help Centers: one, unless there are to be more. */
import { HelpCenters } from "@effect-intercom/core"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import * as Kind from "../Kind.ts"
import * as World from "../World.ts"

const ids = Ids.counting(2100)

export const helpCenters = Kind.listed(HelpCenters, {
  count: 1,
  ids,
  generate: (world, index) => ({
    id: ids.of(world, index),
    workspace_id: World.workspaceId(world),
    created_at: World.start + index * World.day,
    updated_at: World.start + index * World.day,
    identifier: `help-center-${index}`,
    website_turned_on: true,
    display_name: `Help Center ${index}`,
    url: `https://help.example.com/${index}`,
    custom_domain: null
  }),
  missing: { message: "Resource Not Found" },
  handlers: { list: Crud.list(), get: Crud.get }
})
