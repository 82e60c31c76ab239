import type { Invalid } from "@effect-intercom/core/Pagination"
import type { Counts } from "../Checkpoint.ts"
import type { Line } from "../Quarantine.ts"

/** Reasons kept apart; further ones are counted together. */
const mostReasons = 100

/** Why a record is set apart: the path and the expectation, never the value, which is customer data. */
const why = ({ error: { reason } }: Invalid): string => {
  const [first] = reason._tag === "DecodeError" ? reason.mismatches : []
  if (first === undefined) return reason._tag
  const path = first.path.replaceAll(/\[\d+\]/g, "[]")
  return `${path === "" ? "the record" : path}: expected ${first.expected}`
}

/** The counts of reasons with those of some more records; nothing when all fit. */
export const count = (
  { reasons = {} }: Pick<Counts, "reasons">,
  invalid: ReadonlyArray<Invalid>,
  setAside: ReadonlyArray<Line>
): Pick<Counts, "reasons"> => {
  const counted = { ...reasons }
  for (const reason of [...invalid.map(why), ...setAside.map(({ error }) => error.message)]) {
    const key = reason in counted || Object.keys(counted).length < mostReasons ? reason : "others"
    counted[key] = (counted[key] ?? 0) + 1
  }
  return Object.keys(counted).length === 0 ? {} : { reasons: counted }
}
