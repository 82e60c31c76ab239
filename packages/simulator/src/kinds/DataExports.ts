/** Content data exports, one at a time: the messages that were sent on some days, and what conversations began with. */
import { DataExports } from "@effect-intercom/core"
import { gzipSync } from "node:zlib"
import * as Crud from "../Crud.ts"
import * as Jobs from "../internal/Jobs.ts"
import * as Listing from "../internal/Listing.ts"
import * as Kind from "../Kind.ts"

const columns = ["content_id", "content_type", "content_title", "created_at"]

// The days there are: 100 million before 1970, and after.
const dated = (seconds: unknown): number => Math.min(8.63e12, Math.max(-8.63e12, Number(seconds)))

const file = (input: Crud.Input, { collections, days }: Kind.Workspace) => {
  const from = days.start(dated(input["created_at_after"]))
  const to = days.end(dated(input["created_at_before"]))
  const sent = [
    ...Listing.rows(collections.conversations).map(({ created_at, source }) => ({
      ...Crud.fieldsOf(source),
      type: "conversation",
      created_at
    })),
    ...Listing.rows(collections.messages).map((message) => ({ ...message, type: message["message_type"] }))
  ]
  const rows = sent
    .map(Crud.fieldsOf)
    .filter(({ created_at }) => Number(created_at) >= from && Number(created_at) <= to)
    .map(({ created_at, id, subject, type }) => [id, type, subject, created_at])
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
