/** Records that no sink could keep as a record, whatever their schema says: they are set apart, the same in every sink. */
import { DecodeError, IntercomError, type Mismatch } from "@effect-intercom/core/IntercomError"
import type { Invalid } from "@effect-intercom/core/Pagination"
import * as Table from "../Table.ts"
import type { Step } from "../Walk.ts"
import * as Nesting from "./Nesting.ts"

/** Sets the records apart that are nested too deep, or have no identity though their table has a key. */
export const setApart = (table: Table.Table): ((step: Step) => Step) => {
  const identityOf = Table.identity(table)
  const unidentified = (record: Table.Received): Mismatch | undefined =>
    table.key === null || identityOf(record) !== undefined
      ? undefined
      : { path: table.key, expected: "an id that tells the record from others", actual: "none" }
  return (step) => {
    const apart = new Map<unknown, Invalid>()
    for (const raw of step.records) {
      const mismatch = Nesting.mismatch(raw) ?? unidentified(raw)
      if (mismatch !== undefined) apart.set(raw, { raw, error: errorOf(table.name, mismatch) })
    }
    if (apart.size === 0) return step
    return {
      ...step,
      records: step.records.filter((record) => !apart.has(record)),
      invalid: [...step.invalid, ...apart.values()]
    }
  }
}

const errorOf = (resource: string, mismatch: Mismatch) =>
  new IntercomError({
    operation: resource,
    method: "GET",
    path: `/${resource}`,
    reason: new DecodeError({ status: 200, kind: "invalid", mismatches: [mismatch], body: "" })
  })
