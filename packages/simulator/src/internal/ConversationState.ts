/** What becomes of a conversation when something is said or done in it. Times are Unix seconds. */
import * as Crud from "../Crud.ts"
import type { Row } from "./Collection.ts"

/** The figures of a conversation in which nothing has happened. */
const noStatistics = {
  type: "conversation_statistics",
  time_to_assignment: null,
  time_to_admin_reply: null,
  time_to_first_close: null,
  time_to_last_close: null,
  median_time_to_reply: null,
  first_contact_reply_at: null,
  first_assignment_at: null,
  first_admin_reply_at: null,
  first_close_at: null,
  last_assignment_at: null,
  last_assignment_admin_reply_at: null,
  last_contact_reply_at: null,
  last_admin_reply_at: null,
  last_close_at: null,
  last_closed_by_id: null,
  count_reopens: 0,
  count_assignments: 0,
  count_conversation_parts: 0
}

/** A step from one state to the next. */
type Step = (row: Row, now: number) => Row

const statisticsOf = (row: Row): Crud.Input => ({ ...noStatistics, ...Crud.fieldsOf(row["statistics"]) })

const counted = (row: Row, name: string) => Number(statisticsOf(row)[name] ?? 0) + 1

const having = (row: Row, fields: Crud.Input, statistics: Crud.Input = {}): Row => ({
  ...row,
  ...fields,
  statistics: { ...statisticsOf(row), ...statistics }
})

/** The first of them that is not null. */
const kept = (row: Row, name: string, otherwise: unknown) => statisticsOf(row)[name] ?? otherwise

const since = (row: Row, now: number) => now - Number(row["created_at"])

/** One part more, whatever it is. */
export const grown: Step = (row, now) =>
  having(row, { updated_at: now }, { count_conversation_parts: counted(row, "count_conversation_parts") })

const listOf = (row: Row, field: string, items: string): ReadonlyArray<Crud.Input> => {
  const list = Crud.fieldsOf(row[field])[items]
  return Array.isArray(list) ? list.map(Crud.fieldsOf) : []
}

/** An admin has a part in it. */
export const joined = (row: Row, admin: Row): Row => {
  const admins = listOf(row, "teammates", "admins")
  return admins.some(({ id }) => String(id) === admin.id)
    ? row
    : { ...row, teammates: { type: "admin.list", admins: [...admins, { type: "admin", id: admin.id }] } }
}

/** An admin has answered. */
export const answered: Step = (row, now) => {
  const { last_assignment_admin_reply_at, last_assignment_at } = statisticsOf(row)
  const first = last_assignment_at !== null && Number(last_assignment_admin_reply_at ?? 0) < Number(last_assignment_at)
  return having(
    row,
    { waiting_since: null },
    {
      first_admin_reply_at: kept(row, "first_admin_reply_at", now),
      time_to_admin_reply: kept(row, "time_to_admin_reply", since(row, now)),
      median_time_to_reply: kept(row, "median_time_to_reply", since(row, now)),
      last_admin_reply_at: now,
      ...(first ? { last_assignment_admin_reply_at: now } : undefined)
    }
  )
}

const awake = { open: true, state: "open", snoozed_until: null }

/** It is open, again if it was closed. */
export const opened: Step = (row) =>
  having(row, awake, row["state"] === "closed" ? { count_reopens: counted(row, "count_reopens") } : {})

/** A contact has said something, which opens it. */
export const asked: Step = (row, now) =>
  having(
    opened(row, now),
    {
      read: false,
      waiting_since: row["waiting_since"] ?? now,
      first_contact_reply: row["first_contact_reply"] ?? { created_at: now, type: "conversation", url: null }
    },
    { first_contact_reply_at: kept(row, "first_contact_reply_at", now), last_contact_reply_at: now }
  )

/** It is closed, by an admin or by itself. */
export const closed =
  (admin: Row | undefined): Step =>
  (row, now) =>
    having(
      row,
      { open: false, state: "closed", snoozed_until: null, waiting_since: null },
      {
        first_close_at: kept(row, "first_close_at", now),
        time_to_first_close: kept(row, "time_to_first_close", since(row, now)),
        last_close_at: now,
        time_to_last_close: since(row, now),
        // Documented as text, sent as a number.
        last_closed_by_id: admin === undefined ? null : Number(admin.id)
      }
    )

/** It is put away until a time: it counts as open. */
export const snoozed =
  (until: number): Step =>
  (row) =>
    having(row, { open: true, state: "snoozed", snoozed_until: until })

/** It is an admin's or a team's now, or nobody's. */
export const assigned =
  (type: string, assignee: Row | undefined): Step =>
  (row, now) =>
    having(
      row,
      {
        [type === "team" ? "team_assignee_id" : "admin_assignee_id"]:
          assignee === undefined ? null : Number(assignee.id)
      },
      {
        first_assignment_at: kept(row, "first_assignment_at", now),
        time_to_assignment: kept(row, "time_to_assignment", since(row, now)),
        last_assignment_at: now,
        count_assignments: counted(row, "count_assignments")
      }
    )

/** Its contacts. */
export const contactsOf = (row: Row): ReadonlyArray<Crud.Input> => listOf(row, "contacts", "contacts")

/** It has these contacts. */
export const withContacts = (row: Row, contacts: ReadonlyArray<object>): Row => ({
  ...row,
  contacts: { type: "contact.list", contacts }
})

/** Its tags. */
export const tagsOf = (row: Row): ReadonlyArray<Crud.Input> => listOf(row, "tags", "tags")

/** It has these tags. */
export const withTags = (row: Row, tags: ReadonlyArray<object>): Row => ({ ...row, tags: { type: "tag.list", tags } })

/** It is linked to one more ticket. */
export const linked = (row: Row, ticket: Row): Row => {
  const data = [
    ...listOf(row, "linked_objects", "data"),
    { type: "ticket", id: ticket.id, category: ticket["category"] }
  ]
  return { ...row, linked_objects: { type: "list", data, total_count: data.length, has_more: false } }
}
