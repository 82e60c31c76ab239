/** Nested too deep for databases, and for most readers of JSON. */
import type { Mismatch } from "@effect-intercom/core/IntercomError"
import * as Json from "@effect-intercom/core/Json"

/** How deep objects and arrays may stand in each other. SQLite reads no JSON that is deeper. */
export const most = 1000

/** Whether a value nests deeper than that. */
export const isTooDeep = (value: unknown): boolean => Json.deeperThan(value, most) !== undefined

/** Where a value nests deeper than that. */
export const mismatch = (value: unknown): Mismatch | undefined => {
  const path = Json.deeperThan(value, most)
  return path === undefined
    ? undefined
    : {
        // The rest of the way down tells nothing more.
        path: path
          .slice(0, 3)
          .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
          .join("")
          .replace(/^\./, "")
          .slice(0, 500),
        expected: `at most ${most} levels of objects and arrays`,
        actual: "more"
      }
}
