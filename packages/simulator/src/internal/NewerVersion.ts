/** Answers as newer versions of the API have them, from those of 2.15. */
import * as Predicate from "effect/Predicate"
import * as Struct from "effect/Struct"

type Fields = { readonly [field: string]: unknown }

const string = (value: unknown): unknown => (typeof value === "number" ? String(value) : value)
const number = (value: unknown): unknown =>
  value === null || value === undefined ? 0 : typeof value === "string" ? Number(value) : value

const assigned = ({ admin_assignee_id, team_assignee_id }: Fields) => ({
  admin_assignee_id: number(admin_assignee_id),
  team_assignee_id: number(team_assignee_id)
})

// Which of the new words the former ones became, no fact says: these are a guess.
const priorities: { readonly [former: string]: string } = { not_priority: "none", priority: "high" }

// As seen in conversations that no sales agent had a part in.
const channel = { external_references: [], sales_agent: null, sales_agent_participated: false }

/** What a record is from 2.16 on, by its `type`; where a field is not there, it is not added. */
const changes: { readonly [type: string]: (record: Fields) => Fields } = {
  contact: (contact) =>
    "owner_id" in contact
      ? { ...contact, owner_id: string(contact["owner_id"]), enabled_push_messaging: null }
      : contact,
  conversation: (conversation) =>
    "admin_assignee_id" in conversation
      ? {
          ...conversation,
          ...assigned(conversation),
          ...channel,
          priority: priorities[String(conversation["priority"])] ?? conversation["priority"]
        }
      : conversation,
  ticket: (ticket) => ("admin_assignee_id" in ticket ? { ...ticket, ...assigned(ticket) } : ticket),
  article: Struct.omit(["parent_id", "parent_type"])
}

/** An answer of 2.15 as 2.16 has it, whatever records are in it. */
export const as216 = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(as216)
  if (!Predicate.isObject(value)) return value
  const fields = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, as216(inner)]))
  return changes[String(fields["type"])]?.(fields) ?? fields
}

const renewedFields = ["admin_assignee_id", "team_assignee_id", "priority"]

/** Reads a field that searches at 2.16 compare with other values than those of 2.15; `undefined`: it is no such field. */
export const readerOf = (field: string): ((record: Fields) => unknown) | undefined =>
  renewedFields.includes(field)
    ? (record) => changes[String(record["type"])]?.(Struct.pick(record, ["type", ...renewedFields]))[field]
    : undefined
