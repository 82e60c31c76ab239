/** Records nested too deep for databases, and for most readers of JSON. */
import { DecodeError, IntercomError } from "@effect-intercom/core/IntercomError"
import * as Json from "@effect-intercom/core/Json"
import type { Invalid } from "@effect-intercom/core/Pagination"
import type { Step } from "../Walk.ts"

/** How deep objects and arrays may stand in each other. SQLite reads no JSON that is deeper. */
export const most = 1000

/** Whether a value nests deeper than that. */
export const isTooDeep = (value: unknown): boolean => Json.deeperThan(value, most) !== undefined

/** Sets the records apart that are nested too deep. */
export const setApart =
  (resource: string) =>
  (step: Step): Step => {
    const tooDeep = step.records.flatMap((raw): ReadonlyArray<Invalid> => {
      const path = Json.deeperThan(raw, most)
      return path === undefined ? [] : [{ raw, error: errorOf(resource, path) }]
    })
    if (tooDeep.length === 0) return step
    const apart = new Set(tooDeep.map(({ raw }) => raw))
    return {
      ...step,
      records: step.records.filter((record) => !apart.has(record)),
      invalid: [...step.invalid, ...tooDeep]
    }
  }

const errorOf = (resource: string, path: ReadonlyArray<PropertyKey>) =>
  new IntercomError({
    operation: resource,
    method: "GET",
    path: `/${resource}`,
    reason: new DecodeError({
      status: 200,
      kind: "invalid",
      mismatches: [
        {
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
      ],
      body: ""
    })
  })
