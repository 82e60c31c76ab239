/** What replies to conversations and to tickets have in common. */
import * as Schema from "effect/Schema"
import { exactlyOne, fixed, openEnum, optional, UnixSeconds } from "../Wire.ts"
import { AdminId, ContactId, TagId } from "./Common.ts"

/** An answer the contact can choose. */
export class QuickReply extends Schema.Opaque<QuickReply>()(
  Schema.Struct({
    text: Schema.String,
    /** A UUID of yours, by which to know the choice. */
    uuid: Schema.String
  })
) {}

/** A file, as it is. */
export class AttachmentFile extends Schema.Opaque<AttachmentFile>()(
  Schema.Struct({
    /** `application/pdf`, say. */
    content_type: optional(Schema.String),
    /** The file in Base64. */
    data: optional(Schema.String),
    name: optional(Schema.String)
  })
) {}

const replyFields = {
  /** Unix seconds; now by default. */
  created_at: optional(UnixSeconds),
  reply_options: optional(Schema.Array(QuickReply)),
  /** URLs of files to attach: ten at most. */
  attachment_urls: optional(Schema.Array(Schema.String).check(Schema.isMaxLength(10)))
} as const

/** What any reply of an admin has. */
export const adminReply = {
  type: fixed("admin"),
  /** `comment` for the contact, `note` for admins only, `quick_reply` for answers to choose from (`reply_options`). */
  message_type: openEnum("comment", "note", "quick_reply"),
  admin_id: AdminId,
  /** HTML or plain text; it can be left out where files are attached. */
  body: optional(Schema.String),
  ...replyFields,
  /** Whether nobody is told of it; everybody is by default. */
  skip_notifications: optional(Schema.Boolean)
} as const

/** The ways to name a contact. */
export const contactKeys = {
  /** Intercom's id for the contact. */
  intercom_user_id: optional(ContactId),
  /** Your own id for the contact. */
  user_id: optional(Schema.String),
  email: optional(Schema.String)
} as const

/** What any reply of a contact has. */
export const contactReply = {
  type: fixed("user"),
  message_type: fixed("comment"),
  ...contactKeys,
  /** Plain text. */
  body: Schema.String,
  ...replyFields
} as const

/** Exactly one way to name a contact, in a request of so many fields at least. */
export const byContact = (fields: number) => exactlyOne(["intercom_user_id", "user_id", "email"], fields)

/** Files as they are, beside those at URLs. */
export const attachmentFiles = {
  /** Ten at most. */
  attachment_files: optional(Schema.Array(AttachmentFile).check(Schema.isMaxLength(10)))
} as const

/** A tag to attach, and the admin who does. */
export class AttachTagAsAdmin extends Schema.Opaque<AttachTagAsAdmin>()(
  Schema.Struct({ id: TagId, admin_id: AdminId })
) {}

/** The admin who does it. */
export class ByAdmin extends Schema.Opaque<ByAdmin>()(Schema.Struct({ admin_id: AdminId })) {}
