/** Records of each resource, of everything its schema allows. */
import { Article } from "@effect-intercom/core/resources/Articles"
import { Company } from "@effect-intercom/core/resources/Companies"
import { Contact } from "@effect-intercom/core/resources/Contacts"
import { Conversation } from "@effect-intercom/core/resources/Conversations"
import { DataEvent } from "@effect-intercom/core/resources/Events"
import * as Table from "@effect-intercom/export/Table"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"

/** Records as they come from the API, with fields that no schema has. */
const sample = Effect.fnUntraced(function* (schema: Schema.Top, count: number) {
  const values = yield* Arbitrary.sampleEffect(Arbitrary.schema(schema), { count, seed: 11 })
  return values.map((value, index) => {
    // The schemas are of objects, and stay so.
    const record = { ...(value as object), [`zz${index % 3}`]: [index, null, { a: "ü" }] }
    return JSON.parse(JSON.stringify(record)) as Table.Received
  })
})

/** All that a row tells, whatever the order of the keys in `_rest`. */
export const rows = (table: Table.Table, records: ReadonlyArray<Table.Received>) => {
  const rowOf = Table.rowOf(table)
  return records.map((record) => {
    const { rest, values } = rowOf(record)
    return { values, rest: rest === null ? null : (JSON.parse(rest) as unknown) }
  })
}

export const resources = (
  [
    ["contacts", Contact, 300],
    ["companies", Company, 300],
    ["conversations", Conversation, 200],
    ["articles", Article, 50],
    ["events", DataEvent, 300]
  ] as const
).map(([name, schema, count]) => ({
  name,
  table: Table.fromSchema(name, schema, { key: null }),
  records: sample(schema, count)
}))
