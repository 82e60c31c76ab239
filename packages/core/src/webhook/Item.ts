/**
 * The objects of notifications. They are not those of the API: people, companies, articles and statistics have times in
 * ISO 8601 here, conversations and tickets have Unix seconds; ids are numbers in places; what was deleted is a stub, and
 * some are rows of a database. So that a notification is not refused for what nobody reads, little has to be there, and
 * what is not listed is kept.
 */
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { AdminId, CompanyId, ContactId } from "../resources/Common.ts"
import { CustomAttributes, LooseId, LooseNumber, nullish, open, openEnum } from "../Wire.ts"

/** A time as it comes: ISO 8601, or Unix seconds. {@link toDateTime} reads both. */
export const Time = Schema.Union([Schema.Finite, Schema.String])
export type Time = typeof Time.Type

/**
 * The moment a field of a notification tells. None when it is null or missing, or no time.
 *
 * @example
 * ```ts
 * import { Webhook } from "@effect-intercom/core"
 *
 * const since = (contact: Webhook.Item.Contact) => Webhook.Item.toDateTime(contact.signed_up_at)
 * ```
 */
export const toDateTime = (time: Time | null | undefined): Option.Option<DateTime.Utc> =>
  DateTime.make(typeof time === "number" ? time * 1000 : (time ?? Number.NaN))

const kind = nullish(Schema.String)
const text = nullish(Schema.String)
const id = nullish(LooseId)
const time = nullish(Time)
const flag = nullish(Schema.Boolean)

/** An object by its id. */
const reference = open({ type: kind, id: LooseId })

/** Sent by the button of the Developer Hub that tests an endpoint, and by Intercom now and then. */
export class Ping extends Schema.Opaque<Ping>()(open({ type: kind, message: text })) {}

/** A teammate. The id is a number where one logs in. */
export class Admin extends Schema.Opaque<Admin>()(
  open({
    type: kind,
    id: Schema.Union([AdminId, Schema.Finite]),
    name: text,
    email: text,
    away_mode_enabled: flag,
    away_mode_reassign: flag
  })
) {}

/** Something a teammate did in the workspace. */
export class ActivityLog extends Schema.Opaque<ActivityLog>()(
  open({
    type: kind,
    id: LooseId,
    activity_type: text,
    activity_description: text,
    performed_by: nullish(open({ type: kind, id, email: text, ip: text })),
    metadata: nullish(CustomAttributes),
    created_at: time
  })
) {}

/** An article of the Help Center: the whole of it, when it was deleted, too. */
export class Article extends Schema.Opaque<Article>()(
  open({
    type: kind,
    id: LooseId,
    workspace_id: text,
    title: text,
    description: text,
    body: text,
    author_id: id,
    state: nullish(openEnum("draft", "published")),
    parent_id: id,
    parent_type: text,
    url: text,
    created_at: time,
    updated_at: time
  })
) {}

/** A call of Intercom Phone. */
export class Call extends Schema.Opaque<Call>()(
  open({
    type: kind,
    id: LooseId,
    conversation_id: id,
    admin_id: id,
    contact_id: id,
    state: text,
    direction: nullish(openEnum("inbound", "outbound")),
    call_type: text,
    phone: text,
    recording_url: text,
    transcription_url: text,
    initiated_at: time,
    answered_at: time,
    ended_at: time,
    created_at: time,
    updated_at: time
  })
) {}

/** A company. Times are ISO 8601. */
export class Company extends Schema.Opaque<Company>()(
  open({
    type: kind,
    id: CompanyId,
    company_id: text,
    app_id: text,
    name: text,
    plan: Schema.optionalKey(Schema.Unknown),
    plan_id: id,
    website: text,
    industry: text,
    size: nullish(LooseNumber),
    monthly_spend: nullish(LooseNumber),
    session_count: nullish(LooseNumber),
    user_count: nullish(LooseNumber),
    tag_ids: nullish(Schema.Array(LooseId)),
    custom_attributes: nullish(CustomAttributes),
    remote_created_at: time,
    created_at: time,
    updated_at: time
  })
) {}

/** What is left of what was deleted. */
export class Deleted extends Schema.Opaque<Deleted>()(
  open({ type: kind, id: LooseId, external_id: text, deleted: flag })
) {}

/** What is told of a contact that was archived. */
export class ArchivedContact extends Schema.Opaque<ArchivedContact>()(
  open({ type: kind, id: ContactId, external_id: text, archived: flag })
) {}

const contact = {
  type: kind,
  id: ContactId,
  workspace_id: text,
  external_id: text,
  role: nullish(openEnum("user", "lead")),
  email: text,
  phone: text,
  name: text,
  avatar: Schema.optionalKey(Schema.Unknown),
  owner_id: id,
  has_hard_bounced: flag,
  marked_email_as_spam: flag,
  unsubscribed_from_emails: flag,
  custom_attributes: nullish(CustomAttributes),
  signed_up_at: time,
  last_seen_at: time,
  last_replied_at: time,
  last_contacted_at: time,
  created_at: time,
  updated_at: time
} as const

/** A user or a lead. Times are ISO 8601. */
export class Contact extends Schema.Opaque<Contact>()(open(contact)) {}

/** The contact that is left when two were merged; the other one, where Intercom tells it. */
export class MergedContact extends Schema.Opaque<MergedContact>()(
  open({ ...contact, merged_from: nullish(reference) })
) {}

/** A contact in a company, or no longer. */
export class CompanyContact extends Schema.Opaque<CompanyContact>()(open({ company: Company, contact: Contact })) {}

const Tag = open({ type: kind, id: LooseId, name: text })

/** A tag of a contact, given or taken. */
export class ContactTag extends Schema.Opaque<ContactTag>()(
  open({ type: kind, tag: Tag, contact: Contact, created_at: time })
) {}

/** What a contact subscribed to, or no longer. */
export class Subscription extends Schema.Opaque<Subscription>()(
  open({
    type: kind,
    contact: Contact,
    subscription_types: nullish(open({ type: kind, data: nullish(Schema.Array(reference)) })),
    created_at: time
  })
) {}

/** What became of a message that was sent to somebody. `stat_type` grows: receipt, open, click, reply and others. */
export class ContentStat extends Schema.Opaque<ContentStat>()(
  open({
    type: kind,
    content_stat: open({
      type: kind,
      id,
      stat_type: nullish(openEnum("receipt", "goal_success", "open", "click", "reply", "hard_bounce")),
      content_id: id,
      content_title: text,
      content_type: text,
      ruleset_id: id,
      receipt_id: id,
      created_at: time
    }),
    contact: nullish(open({ type: kind, id })),
    company: nullish(open({ type: kind, id })),
    created_at: time
  })
) {}

const Part = open({
  type: kind,
  id,
  part_type: text,
  body: text,
  author: nullish(open({ type: kind, id, name: text, email: text })),
  created_at: time,
  updated_at: time
})

const Parts = open({
  type: kind,
  conversation_parts: nullish(Schema.Array(Part)),
  total_count: nullish(LooseNumber)
})

/**
 * A conversation. `conversation_parts` has what is new, not the thread: get the conversation for that. Times are Unix
 * seconds, those of `statistics` ISO 8601.
 */
export class Conversation extends Schema.Opaque<Conversation>()(
  open({
    type: kind,
    id: LooseId,
    title: text,
    state: nullish(openEnum("open", "closed", "snoozed")),
    open: flag,
    read: flag,
    priority: Schema.optionalKey(Schema.Unknown),
    admin_assignee_id: id,
    team_assignee_id: id,
    source: nullish(open({ type: kind, id, subject: text, body: text })),
    contacts: nullish(open({ type: kind, contacts: nullish(Schema.Array(reference)) })),
    conversation_parts: nullish(Parts),
    custom_attributes: nullish(CustomAttributes),
    statistics: nullish(open({ type: kind })),
    snoozed_until: time,
    waiting_since: time,
    created_at: time,
    updated_at: time
  })
) {}

/** What is left of a conversation that was deleted. */
export class DeletedConversation extends Schema.Opaque<DeletedConversation>()(
  open({ type: kind, conversation_id: LooseId })
) {}

/** A contact that joined a conversation, or left it. The conversation is a row of Intercom's: get it by `model.id`. */
export class ConversationContact extends Schema.Opaque<ConversationContact>()(
  open({
    conversation: open({ model: nullish(open({ id })), id }),
    contact: Contact
  })
) {}

/** An event of a contact, as it was submitted. */
export class Event extends Schema.Opaque<Event>()(
  open({
    type: kind,
    event_name: Schema.String,
    id,
    intercom_user_id: id,
    user_id: text,
    email: text,
    metadata: nullish(CustomAttributes),
    created_at: time
  })
) {}

/** A job that is done. */
export class Job extends Schema.Opaque<Job>()(
  open({ type: kind, id: LooseId, status: text, url: text, resource_type: text, resource_url: text })
) {}

/** A ticket. Ids of assignees are strings, "0" where there is none. */
export class Ticket extends Schema.Opaque<Ticket>()(
  open({
    type: kind,
    id: LooseId,
    ticket_id: id,
    category: text,
    ticket_attributes: nullish(CustomAttributes),
    ticket_state: Schema.optionalKey(Schema.Unknown),
    ticket_type: Schema.optionalKey(Schema.Unknown),
    admin_assignee_id: id,
    team_assignee_id: id,
    contacts: nullish(open({ type: kind, contacts: nullish(Schema.Array(reference)) })),
    ticket_parts: nullish(open({ type: kind, total_count: nullish(LooseNumber) })),
    open: flag,
    is_shared: flag,
    snoozed_until: time,
    created_at: time,
    updated_at: time
  })
) {}

/** A contact of a ticket, or no longer. The ticket is another one than elsewhere: its attributes have value and type. */
export class TicketContact extends Schema.Opaque<TicketContact>()(
  open({
    ticket: open({ type: kind, id: LooseId, state: Schema.optionalKey(Schema.Unknown) }),
    contact: Contact
  })
) {}

const user = {
  type: kind,
  id: LooseId,
  user_id: text,
  email: text,
  phone: text,
  name: text,
  pseudonym: text,
  anonymous: flag,
  location_data: Schema.optionalKey(Schema.Unknown),
  custom_attributes: nullish(CustomAttributes),
  signed_up_at: time,
  last_request_at: time,
  created_at: time,
  updated_at: time
} as const

/** A user or a lead of version 1 of the API; a visitor that signed up is one, too. */
export class User extends Schema.Opaque<User>()(open(user)) {}

/** A tag of version 1, given to somebody or taken. */
export class UserTag extends Schema.Opaque<UserTag>()(
  open({ type: kind, tag: Tag, user: nullish(User), contact: nullish(User), created_at: time })
) {}

/** A request that was made to the API of this workspace. */
export class ApiRequest extends Schema.Opaque<ApiRequest>()(
  open({
    type: kind,
    request_id: text,
    timestamp: time,
    request: open({ method: text, path: text, ip_address: text, user_agent: text }),
    authentication: Schema.optionalKey(Schema.Unknown),
    response: nullish(open({ status: nullish(LooseNumber) })),
    admin: Schema.optionalKey(Schema.Unknown)
  })
) {}
