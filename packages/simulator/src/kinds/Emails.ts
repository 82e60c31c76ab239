/** Addresses the workspace sends from. When they were added is text, as live. */
import { Emails } from "@effect-intercom/core"
import * as DateTime from "effect/DateTime"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import * as Kind from "../Kind.ts"
import * as World from "../World.ts"

const ids = Ids.counting(2_000)

export const emails = Kind.listed(Emails, {
  count: 2,
  ids,
  generate: (world, index) => {
    const at = World.start + index * World.day
    const created = DateTime.formatIso(DateTime.makeUnsafe(at * 1000))
    return {
      type: "email_setting",
      id: ids.of(world, index),
      email: `support${index === 0 ? "" : index}@example.com`,
      verified: true,
      domain: "example.com",
      brand_id: world.counts.brands > 0 ? world.id("brands", 0) : null,
      forwarding_enabled: index === 0,
      forwarded_email_last_received_at: index === 0 ? at : null,
      created_at: created,
      updated_at: at
    }
  },
  missing: { message: "Email Not Found" },
  handlers: { list: Crud.list(), get: Crud.get }
})
