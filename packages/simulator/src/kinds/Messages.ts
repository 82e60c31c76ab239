/** Messages from admins. */
import { Messages } from "@effect-intercom/core"
import * as Effect from "effect/Effect"
import * as Crud from "../Crud.ts"
import * as ErrorList from "../internal/ErrorList.ts"
import * as Listing from "../internal/Listing.ts"
import * as Kind from "../Kind.ts"
import * as Contacts from "./Contacts.ts"

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
        const message = make(workspace, Crud.present(payload), now)
        collection.add(message, at)
        return Effect.succeed(Listing.value(message))
      })
  }
})
