/** What several resources share: ids, references, tags, messages. */
import * as Schema from "effect/Schema"
import * as Id from "../Id.ts"
import { LooseId, nullish, open, openEnum, optional, UnixSeconds } from "../Wire.ts"

/** The id of an admin: digits, as a string. Requests and other objects often hold it as a number. */
export const AdminId = Id.digits("intercom/AdminId")
export type AdminId = typeof AdminId.Type

/** The id Intercom gave a contact: 24 hexadecimal characters on the live API. */
export const ContactId = Id.text("intercom/ContactId")
export type ContactId = typeof ContactId.Type

/** The id Intercom gave a company, not your own `company_id`. */
export const CompanyId = Id.text("intercom/CompanyId")
export type CompanyId = typeof CompanyId.Type

/** The id of a conversation: digits, as a string, though the official 2.15 document calls the path's an integer. */
export const ConversationId = Id.digits("intercom/ConversationId")
export type ConversationId = typeof ConversationId.Type

/** The id of an article: digits, as a string. Parents of articles have theirs as a number. */
export const ArticleId = Id.digits("intercom/ArticleId")
export type ArticleId = typeof ArticleId.Type

/** The id of a segment. */
export const SegmentId = Id.text("intercom/SegmentId")
export type SegmentId = typeof SegmentId.Type

/** The id of a message. It is not the id of the conversation the message starts. */
export const MessageId = Id.any("intercom/MessageId")
export type MessageId = typeof MessageId.Type

/** The id of a news item. */
export const NewsItemId = Id.any("intercom/NewsItemId")
export type NewsItemId = typeof NewsItemId.Type

/** The id of a tag: digits, as a string. */
export const TagId = Id.digits("intercom/TagId")
export type TagId = typeof TagId.Type

/** The id of a team: digits, as a string. Conversations have it as a number. */
export const TeamId = Id.digits("intercom/TeamId")
export type TeamId = typeof TeamId.Type

/** Which page of a listing: `page` counts from 1, `per_page` is how many records it has at most. */
export class ListByPage extends Schema.Opaque<ListByPage>()(
  Schema.Struct({
    page: optional(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))),
    per_page: optional(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)))
  })
) {}

/** Another object, by its kind and id. The id is null for what is gone, and a number in some live answers. */
export class Reference extends Schema.Opaque<Reference>()(
  open({
    type: nullish(Schema.String),
    id: nullish(LooseId)
  })
) {}

/** What was deleted, by its kind and id. That it was is in the status: nothing here needs to be in the answer. */
export class Deleted extends Schema.Opaque<Deleted>()(
  open({
    id: nullish(LooseId),
    /** Its kind. */
    object: nullish(Schema.String),
    deleted: nullish(Schema.Boolean)
  })
) {}

/** A contact, by its id and yours. */
export class ContactReference extends Schema.Opaque<ContactReference>()(
  open({
    type: nullish(openEnum("contact", "user", "lead")),
    id: nullish(ContactId),
    /** Your own id for the contact; null when it has none. */
    external_id: nullish(Schema.String)
  })
) {}

/** A tag on an object; `applied_at` is Unix seconds. */
export class EmbeddedTag extends Schema.Opaque<EmbeddedTag>()(
  open({
    type: nullish(openEnum("tag")),
    id: nullish(LooseId),
    name: nullish(Schema.String),
    applied_at: nullish(UnixSeconds),
    applied_by: nullish(Reference)
  })
) {}

/** The tags on an object. */
export class EmbeddedTags extends Schema.Opaque<EmbeddedTags>()(
  open({
    type: nullish(openEnum("tag.list", "list")),
    tags: nullish(Schema.Array(EmbeddedTag))
  })
) {}

/** The admin a message is from. */
export class MessageOwner extends Schema.Opaque<MessageOwner>()(
  open({
    type: nullish(openEnum("admin")),
    id: nullish(LooseId),
    name: nullish(Schema.String),
    email: nullish(Schema.String)
  })
) {}

/**
 * What `Message` and the answer to a new conversation have in common. The official 2.15 document requires `body`,
 * `created_at` and `message_type` too; they are loose here, as a body that differs must not hide that it was sent.
 */
export const messageFields = {
  type: openEnum("user_message", "admin_message"),
  id: MessageId,
  created_at: nullish(UnixSeconds),
  /** Of emails only. */
  subject: nullish(Schema.String),
  /** HTML. */
  body: nullish(Schema.String),
  /** Where it was shown: `inapp` in answers, also when the request said `in_app`. */
  message_type: nullish(openEnum("inapp", "email", "facebook", "twitter")),
  /** The admin who sent it; sent live, not in the official document. */
  owner: nullish(MessageOwner)
} as const

// The languages of a Help Center, as the official 2.15 document names them.
// oxfmt-ignore
const locales = [
  "ar", "bg", "bs", "ca", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "he", "hr", "hu",
  "id", "it", "ja", "ko", "lt", "lv", "mn", "nb", "nl", "pl", "pt", "ro", "ru", "sl", "sr", "sv",
  "tr", "vi", "pt-BR", "zh-CN", "zh-TW"
] as const

/** One field per language. */
export const inEveryLocale = <S extends Schema.Top>(schema: S) =>
  // `Object.fromEntries` forgets which keys it was given.
  Object.fromEntries(locales.map((locale) => [locale, schema])) as { readonly [Locale in (typeof locales)[number]]: S }
