/** Addresses the workspace sends from. When they were added is text, as live. */
import { Emails } from "@effect-intercom/core"
import * as DateTime from "effect/DateTime"
import * as Ids from "../Ids.ts"
import * as Lookup from "../Lookup.ts"
import * as World from "../World.ts"

export const emails = Lookup.make(Emails, {
  count: 2,
  ids: Ids.counting(2_000),
  record: (index, world) => {
    const at = World.start + index * World.day
    return {
      email: `support${index === 0 ? "" : index}@example.com`,
      verified: true,
      domain: "example.com",
      brand_id: world.counts.brands > 0 ? world.id("brands", 0) : null,
      forwarding_enabled: index === 0,
      forwarded_email_last_received_at: index === 0 ? at : null,
      created_at: DateTime.formatIso(DateTime.makeUnsafe(at * 1000))
    }
  },
  missing: { message: "Email Not Found" }
})
