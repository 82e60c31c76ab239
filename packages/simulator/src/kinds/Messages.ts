/** Messages from admins. */
import { Messages } from "@effect-intercom/core"
import * as Effect from "effect/Effect"
import * as Crud from "../Crud.ts"
import * as State from "../internal/ConversationState.ts"
import * as ErrorList from "../internal/ErrorList.ts"
import * as Listing from "../internal/Listing.ts"
import * as Parts from "../internal/Parts.ts"
import * as References from "../internal/References.ts"
import * as Kind from "../Kind.ts"
import * as Contacts from "./Contacts.ts"
import * as Conversations from "./Conversations.ts"

/** A message from an admin. */
const make = (workspace: Kind.Workspace, input: Crud.Input, now: number) => {
  const email = input["message_type"] === "email"
  return {
    type: "admin_message",
    id: String(workspace.nextNumber()),
    created_at: input["created_at"] ?? now,
    ...(email ? { subject: input["subject"] } : undefined),
    body: input["body"],
    message_type: email ? "email" : "inapp",
    owner: { type: "admin", id: String(Crud.fieldsOf(input["from"])["id"]) }
  }
}

/** Starts the conversation of a message nobody has answered yet; `at` is in Unix milliseconds. */
const start = (
  workspace: Kind.Workspace,
  recipients: ReadonlyArray<{ readonly id: string }>,
  payload: object,
  at: number
) => {
  const { conversations } = workspace.collections
  const [contact, ...others] = recipients.flatMap(({ id }) => Contacts.find(workspace, { id }) ?? [])
  if (contact === undefined) return {}
  const now = Math.floor(at / 1000)
  const id = conversations.nextId(now)
  const input = Crud.present(payload)
  const row = Conversations.make(contact, input, { workspace, id, now })
  const admin = workspace.collections.admins.find(String(Crud.fieldsOf(input["from"])["id"]))
  const source = {
    ...Crud.fieldsOf(row["source"]),
    delivered_as: "admin_initiated",
    ...(admin === undefined ? undefined : { author: Parts.adminAuthor(admin) })
  }
  const contacts = [contact, ...others].map(({ external_id, id }) => ({
    type: "contact",
    id,
    external_id: external_id ?? null
  }))
  const unanswered = { source, waiting_since: null, first_contact_reply: null }
  conversations.add({ ...State.withContacts(row, contacts), ...unanswered }, at)
  return { conversation_id: id }
}

export const messages = Kind.make(Messages, {
  handlers: {
    create: ({ payload }, { collection, workspace }) =>
      Effect.flatMap(Crud.time, ({ at, now }) => {
        if (payload.body === "") {
          return ErrorList.respond(400, { code: "parameter_not_found", message: "No body supplied for message" })
        }
        if (payload.message_type === "email" && !payload.subject) {
          return ErrorList.respond(422, {
            code: "parameter_not_found",
            message: "No subject supplied for email message"
          })
        }
        const recipients = "id" in payload.to ? [payload.to] : payload.to
        const unknown = recipients.find(({ id }) => Contacts.find(workspace, { id }) === undefined)
        if (unknown !== undefined) {
          return ErrorList.respond(400, { code: "not_found", message: "Recipient Not Found", field: "to" })
        }
        const refusal = References.refusal(
          { "from.id": "admin", "cc.id": "contact", "bcc.id": "contact" },
          payload,
          workspace
        )
        if (refusal !== undefined) return refusal
        const message = make(workspace, Crud.present(payload), now)
        collection.add(message, at)
        const started =
          payload.create_conversation_without_contact_reply === true ? start(workspace, recipients, payload, at) : {}
        return Effect.succeed(Listing.value({ ...message, ...started }))
      })
  }
})
