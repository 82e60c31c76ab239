/** Brands. The first is the workspace's own. */
import { Brands } from "@effect-intercom/core"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import * as Kind from "../Kind.ts"
import * as World from "../World.ts"

const ids = Ids.counting(10)

export const brands = Kind.listed(Brands, {
  count: 2,
  ids,
  generate: (world, index) => ({
    type: "brand",
    id: ids.of(world, index),
    name: index === 0 ? "Default brand" : `Brand ${index}`,
    is_default: index === 0,
    created_at: World.start + index * World.day,
    updated_at: World.start + index * World.day,
    help_center_id: null,
    default_address_settings_id: null
  }),
  missing: { message: "Brand Not Found" },
  handlers: { list: Crud.list(), get: Crud.get }
})
