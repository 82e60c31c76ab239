import type { Invalid } from "@effect-intercom/core/Pagination"
import type * as Schema from "effect/Schema"
import type { Counts } from "../Checkpoint.ts"
import type { Line } from "../Quarantine.ts"
import * as Drift from "./Drift.ts"

/** Reasons kept apart; further ones are counted together. */
const mostReasons = 100

/**
 * Why a record is set apart: the place and the expectation, never the value, nor a key that the schema does not name, which
 * are customer data.
 */
const why =
  (schema: Schema.Top) =>
  ({ error: { reason }, raw }: Invalid): string => {
    const [first] = reason._tag === "DecodeError" ? reason.mismatches : []
    if (first === undefined) return reason._tag
    const place = Drift.told(schema, raw, first.path)
    return `${place === "" ? "the record" : place}: expected ${first.expected}`
  }

/** The counts of reasons with those of some more records; nothing when all fit. */
export const count = (
  { reasons = {} }: Pick<Counts, "reasons">,
  schema: Schema.Top,
  invalid: ReadonlyArray<Invalid>,
  setAside: ReadonlyArray<Line>
): Pick<Counts, "reasons"> => {
  const counted = { ...reasons }
  for (const reason of [...invalid.map(why(schema)), ...setAside.map(({ error }) => error.message)]) {
    const key = reason in counted || Object.keys(counted).length < mostReasons ? reason : "others"
    counted[key] = (counted[key] ?? 0) + 1
  }
  return Object.keys(counted).length === 0 ? {} : { reasons: counted }
}
