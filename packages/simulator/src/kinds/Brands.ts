/** Brands. The first is the workspace's own. */
import { Brands } from "@effect-intercom/core"
import * as Ids from "../Ids.ts"
import * as Lookup from "../Lookup.ts"

export const brands = Lookup.make(Brands, {
  count: 2,
  ids: Ids.counting(10),
  record: (index) => ({ name: index === 0 ? "Default brand" : `Brand ${index}`, is_default: index === 0 }),
  missing: { message: "Brand Not Found" }
})
