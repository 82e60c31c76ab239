/** What is said and done in conversations and tickets: their parts. */
import * as Crud from "../Crud.ts"
import type { Workspace } from "../Kind.ts"
import type { Row } from "./Collection.ts"

/** Who did it: an admin. */
export const adminAuthor = ({ email, id, name }: Row) => ({ type: "admin", id, name, email })

/** Who did it: a contact. */
export const contactAuthor = ({ email, id, name, role }: Row) => ({ type: role, id, name, email })

/** Who did it, as they are now. */
export const current = ({ collections: { admins, contacts } }: Workspace, author: unknown): unknown => {
  const { external_id, id, type } = Crud.fieldsOf(author)
  if (id === undefined) return author
  const isAdmin = type === "admin"
  const changed = (isAdmin ? admins : contacts).changed(String(id))
  if (changed === undefined || changed === null) return author
  return {
    ...Crud.fieldsOf(author),
    ...(isAdmin ? adminAuthor(changed) : contactAuthor(changed)),
    ...(external_id === undefined ? undefined : { external_id: changed["external_id"] ?? null })
  }
}

/** Parts, by those who made them as these are now. */
export const refreshed = (workspace: Workspace, parts: ReadonlyArray<Row>): ReadonlyArray<Row> => {
  const { admins, contacts } = workspace.collections
  return admins.changes.length + contacts.changes.length === 0
    ? parts
    : parts.map((part) => ({ ...part, author: current(workspace, part["author"]) }))
}

/** The files of a request, at URLs or as they are. */
export const attachmentsOf = ({ attachment_files, attachment_urls }: Crud.Input) => [
  ...(Array.isArray(attachment_urls) ? attachment_urls : []).map((url: unknown) => ({
    type: "upload",
    name: "attachment",
    url
  })),
  ...(Array.isArray(attachment_files) ? attachment_files : [])
    .map(Crud.fieldsOf)
    .map(({ content_type, data, name }) => ({
      type: "upload",
      name,
      url: "https://downloads.example.com/simulated",
      content_type,
      // Base64 has four characters for three bytes.
      filesize: Math.floor((String(data ?? "").replace(/=+$/, "").length * 3) / 4)
    }))
]

/** A part; a body and what else it is about are in `fields`. */
export const make = (workspace: Workspace, type: string, part_type: string, at: number, fields: Crud.Input): Row => ({
  type,
  id: String(workspace.nextNumber()),
  part_type,
  body: null,
  created_at: at,
  updated_at: at,
  notified_at: at,
  assigned_to: null,
  attachments: [],
  external_id: null,
  redacted: false,
  ...fields
})

/** What a reply says; a text becomes a paragraph. */
export const said = (input: Crud.Input) => {
  const { body, reply_options } = input
  return {
    body: typeof body === "string" ? (body.startsWith("<") ? body : `<p>${body}</p>`) : null,
    attachments: attachmentsOf(input),
    ...(reply_options === undefined ? undefined : { metadata: { quick_reply_options: reply_options } })
  }
}

/** The admin, or the team, of this id. */
export const assignee = ({ collections }: Workspace, type: string, id: string): Row | undefined =>
  (type === "team" ? collections.teams : collections.admins).find(id)

export const noAdmin = { message: "Admin not found", code: "admin_not_found" }

export const noAssignee = { message: "Assignee not found", code: "assignee_not_found" }

export const noTag = { message: "Tag not found", code: "tag_not_found" }
