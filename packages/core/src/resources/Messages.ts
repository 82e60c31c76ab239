/** Messages: what admins send to contacts, outside a conversation. */
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.ts"
import * as Resource from "../Resource.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import { nullish, open, openEnum, optional, UnixSeconds } from "../Wire.ts"
import { AdminId, ContactId, ConversationId, messageFields } from "./Common.ts"

export { MessageId } from "./Common.ts"

/**
 * A message, as the API sends it. `created_at` is Unix seconds; any field but `type` and `id` may be null or missing;
 * fields not listed here are kept. The published document leaves the answer out; source: the official 2.15 document
 * and recorded answers.
 */
export class Message extends Schema.Opaque<Message>()(
  open({
    ...messageFields,
    /** The conversation it started; missing until there is one. */
    conversation_id: nullish(ConversationId)
  })
) {}

/** To whom a message goes. `contact` is accepted too, though the official document knows `user` and `lead` only. */
export class Recipient extends Schema.Opaque<Recipient>()(
  Schema.Struct({
    type: openEnum("user", "lead", "contact"),
    id: ContactId
  })
) {}

const Recipients = Schema.Union([Recipient, Schema.Array(Recipient)])

/** A new message, from an admin. An email needs `subject` and `template` as well. */
export class CreateMessage extends Schema.Opaque<CreateMessage>()(
  Schema.Struct({
    /** `inapp` and `conversation` are taken live; the official document knows `in_app` and `email`. */
    message_type: openEnum("in_app", "inapp", "email", "conversation"),
    subject: optional(Schema.String),
    /** HTML or plain text. */
    body: Schema.String,
    /** The look of an email. */
    template: optional(openEnum("plain", "personal")),
    /** The admin's id: a number in the official document, a string in its examples and live; both are taken. */
    from: Schema.Struct({ type: openEnum("admin"), id: Schema.Union([AdminId, Schema.Int]) }),
    /** One contact, or several. The published document knows one only. */
    to: Recipients,
    /** Of emails. */
    cc: optional(Recipients),
    /** Of emails. */
    bcc: optional(Recipients),
    /** Unix seconds; now by default. */
    created_at: optional(UnixSeconds),
    /** Whether a conversation appears in the inbox before the contact replies; false by default. */
    create_conversation_without_contact_reply: optional(Schema.Boolean)
  })
) {}

/** Messages from admins to contacts. */
export class Messages extends Resource.Service<Messages>()("Messages", {
  /** Sends a message. Never sent twice. */
  create: Endpoint.post("/messages", {
    payload: CreateMessage,
    success: Message,
    error: [ErrorResponse.BadRequest, ErrorResponse.UnprocessableEntity]
  })
}) {}
