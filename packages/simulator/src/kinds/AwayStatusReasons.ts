/** Reasons for being away. */
import { AwayStatusReasons } from "@effect-intercom/core"
import * as Ids from "../Ids.ts"
import * as Lookup from "../Lookup.ts"
import * as World from "../World.ts"

const reasons = [
  ["Lunch", "🍽️"],
  ["Meeting", "📅"],
  ["On holiday", "🌴"]
] as const

export const awayStatusReasons = Lookup.make(AwayStatusReasons, {
  count: reasons.length,
  ids: Ids.counting(1),
  record: (index) => {
    const [label, emoji] = reasons[index] ?? [`Reason ${index}`, "👋"]
    const at = World.start + index
    return { label, emoji, order: index, deleted: false, created_at: at, updated_at: at }
  }
})
