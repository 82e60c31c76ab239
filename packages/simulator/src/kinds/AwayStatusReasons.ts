/** Reasons for being away. */
import { AwayStatusReasons } from "@effect-intercom/core"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import * as Kind from "../Kind.ts"
import * as World from "../World.ts"

const ids = Ids.counting(1)

const reasons = [
  ["Lunch", "🍽️"],
  ["Meeting", "📅"],
  ["On holiday", "🌴"]
] as const

export const awayStatusReasons = Kind.listed(AwayStatusReasons, {
  count: reasons.length,
  ids,
  generate: (world, index) => {
    const [label, emoji] = reasons[index] ?? [`Reason ${index}`, "👋"]
    return {
      type: "away_status_reason",
      id: ids.of(world, index),
      label,
      emoji,
      order: index,
      deleted: false,
      created_at: World.start + index,
      updated_at: World.start + index
    }
  },
  handlers: { list: Crud.list() }
})
