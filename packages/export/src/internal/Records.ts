/** Copies of records that stay what they are: the digits of their numbers, and what is known of their drift. */
import * as Json from "@effect-intercom/core/Json"
import type { Received } from "../Table.ts"
import * as Drift from "./Drift.ts"

/** A copy of a record with other values in some fields. */
export const withFields = (record: Received, fields: Received): Received => {
  const copy = { ...record, ...fields }
  for (const name of Object.keys(record)) if (!Object.hasOwn(fields, name)) Json.copyDigits(record, name, copy)
  Drift.carry(record, copy)
  return copy
}
