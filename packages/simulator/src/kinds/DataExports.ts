/** Content data exports, one at a time: the messages that were sent on some days, and what conversations began with. */
import { DataExports } from "@effect-intercom/core"
import { gzipSync } from "node:zlib"
import * as Crud from "../Crud.ts"
import * as Jobs from "../internal/Jobs.ts"
import * as Listing from "../internal/Listing.ts"
import * as Kind from "../Kind.ts"

// oxfmt-ignore
const columns = [
  "user_id", "user_external_id", "company_id", "email", "name", "ruleset_id", "content_id", "content_type", "content_title",
  "ruleset_version_id", "receipt_id", "received_at", "series_id", "series_title", "node_id", "first_reply",
  "first_completion", "first_series_completion", "first_series_disengagement", "first_series_exit", "first_goal_success",
  "first_open", "first_click", "first_dismisall", "first_unsubscribe", "first_hard_bounce"
]

// The days there are: 100 million before 1970, and after.
const dated = (seconds: unknown): number => Math.min(8.63e12, Math.max(-8.63e12, Number(seconds)))

const file = (input: Crud.Input, { collections, days }: Kind.Workspace) => {
  const from = days.start(dated(input["created_at_after"]))
  const to = days.end(dated(input["created_at_before"]))
  const sent = [
    ...Listing.rows(collections.conversations).map(({ created_at, id, source }) => ({
      ...Crud.fieldsOf(source),
      receipt: id,
      type: "conversation",
      created_at
    })),
    ...Listing.rows(collections.messages).map((message) => ({
      ...message,
      receipt: message.id,
      type: message["message_type"]
    }))
  ]
  const rows = sent
    .map(Crud.fieldsOf)
    .filter(({ created_at }) => Number(created_at) >= from && Number(created_at) <= to)
    .map(({ created_at, id, receipt, subject, type }) => {
      const known: Crud.Input = {
        content_id: id,
        content_type: type,
        content_title: subject,
        receipt_id: `receipt-${String(receipt)}`,
        received_at: created_at
      }
      return columns.map((column) => known[column])
    })
  return rows.length === 0 ? undefined : gzipSync(Jobs.csv(columns, rows))
}

export const dataExports = Kind.make(DataExports, {
  handlers: Jobs.make({
    most: 1,
    called: "message data export",
    completed: "completed",
    path: (id) => `/download/content/data/${id}`,
    file
  })
})
