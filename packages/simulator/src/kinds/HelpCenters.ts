/** Help Centers: one, unless there are to be more. */
import { HelpCenters } from "@effect-intercom/core"
import * as Ids from "../Ids.ts"
import * as Lookup from "../Lookup.ts"
import * as World from "../World.ts"

export const helpCenters = Lookup.make(HelpCenters, {
  count: 1,
  ids: Ids.counting(2100),
  record: (index, world) => ({
    workspace_id: World.workspaceId(world),
    identifier: `help-center-${index}`,
    website_turned_on: true,
    display_name: `Help Center ${index}`,
    url: `https://help.example.com/${index}`
  })
})
