/** A conversation, as the API sends it, wherever it is. */
import * as Schema from "effect/Schema"
import { CustomAttributes, LooseId, LooseNumber, nullish, open, openEnum, UnixSeconds } from "../Wire.ts"
import { ContactReference, ConversationId, EmbeddedTag, EmbeddedTags, Reference } from "./Common.ts"
import { EmbeddedCompany } from "./Company.ts"

/** A file on a message. `filesize` is in bytes, `width` and `height` in pixels; some are numbers as text. */
export class Attachment extends Schema.Opaque<Attachment>()(
  open({
    type: nullish(Schema.String),
    name: nullish(Schema.String),
    /** Signed, and good for a limited time. */
    url: nullish(Schema.String),
    content_type: nullish(Schema.String),
    filesize: nullish(LooseNumber),
    width: nullish(LooseNumber),
    height: nullish(LooseNumber)
  })
) {}

/** Who wrote a message or part. `email` may be an address Intercom made up. */
export class Author extends Schema.Opaque<Author>()(
  open({
    type: nullish(openEnum("admin", "bot", "contact", "user", "lead", "team")),
    id: nullish(LooseId),
    name: nullish(Schema.String),
    email: nullish(Schema.String),
    from_ai_agent: nullish(Schema.Boolean),
    is_ai_answer: nullish(Schema.Boolean)
  })
) {}

/** The message that started a conversation. */
export class ConversationSource extends Schema.Opaque<ConversationSource>()(
  open({
    type: nullish(
      openEnum(
        "conversation",
        "email",
        "facebook",
        "instagram",
        "phone_call",
        "phone_switch",
        "push",
        "sms",
        "twitter",
        "whatsapp"
      )
    ),
    /** Null from 2.16 on, where there is none. */
    id: nullish(LooseId),
    /** What made it appear: `customer_initiated`, `campaigns_initiated`, `operator_initiated`, … */
    delivered_as: nullish(Schema.String),
    subject: nullish(Schema.String),
    /** HTML, or plain text with `display_as`. */
    body: nullish(Schema.String),
    author: nullish(Author),
    attachments: nullish(Schema.Array(Attachment)),
    /** The page the contact was on. */
    url: nullish(Schema.String),
    redacted: nullish(Schema.Boolean)
  })
) {}

/** The contacts in a conversation. */
export class ConversationContacts extends Schema.Opaque<ConversationContacts>()(
  open({
    type: nullish(openEnum("contact.list")),
    contacts: nullish(Schema.Array(ContactReference))
  })
) {}

/** The admins in a conversation: under `teammates` in the official document, under `admins` in live answers. */
export class ConversationTeammates extends Schema.Opaque<ConversationTeammates>()(
  open({
    type: nullish(openEnum("admin.list")),
    teammates: nullish(Schema.Array(Reference)),
    admins: nullish(Schema.Array(Reference))
  })
) {}

/** What the contact thought of the conversation. Times are Unix seconds. */
export class ConversationRating extends Schema.Opaque<ConversationRating>()(
  open({
    /** 1 (worst) to 5 (best). */
    rating: nullish(Schema.Int),
    remark: nullish(Schema.String),
    created_at: nullish(UnixSeconds),
    updated_at: nullish(UnixSeconds),
    contact: nullish(ContactReference),
    teammate: nullish(Reference)
  })
) {}

/** The contact's first reply. `created_at` is Unix seconds. */
export class FirstContactReply extends Schema.Opaque<FirstContactReply>()(
  open({
    created_at: nullish(UnixSeconds),
    type: nullish(Schema.String),
    url: nullish(Schema.String)
  })
) {}

/** The service level promised for the conversation, and whether it was kept. */
export class SlaApplied extends Schema.Opaque<SlaApplied>()(
  open({
    type: nullish(Schema.String),
    sla_name: nullish(Schema.String),
    sla_status: nullish(openEnum("hit", "missed", "cancelled", "active"))
  })
) {}

/** How long a team took for its first answer, in seconds. */
export class TeamResponseTime extends Schema.Opaque<TeamResponseTime>()(
  open({
    team_id: nullish(LooseId),
    team_name: nullish(Schema.String),
    response_time: nullish(Schema.Finite)
  })
) {}

/**
 * Figures about a conversation: `…_at` in Unix seconds, durations in seconds. Any of them is null live until it has
 * happened, where the official document knows no nulls.
 */
export class ConversationStatistics extends Schema.Opaque<ConversationStatistics>()(
  open({
    type: nullish(openEnum("conversation_statistics")),
    time_to_assignment: nullish(Schema.Finite),
    time_to_admin_reply: nullish(Schema.Finite),
    time_to_first_close: nullish(Schema.Finite),
    time_to_last_close: nullish(Schema.Finite),
    median_time_to_reply: nullish(Schema.Finite),
    first_contact_reply_at: nullish(UnixSeconds),
    first_assignment_at: nullish(UnixSeconds),
    first_admin_reply_at: nullish(UnixSeconds),
    first_close_at: nullish(UnixSeconds),
    last_assignment_at: nullish(UnixSeconds),
    last_assignment_admin_reply_at: nullish(UnixSeconds),
    last_contact_reply_at: nullish(UnixSeconds),
    last_admin_reply_at: nullish(UnixSeconds),
    last_close_at: nullish(UnixSeconds),
    /** An admin: a string in the official document, a number live. */
    last_closed_by_id: nullish(LooseId),
    count_reopens: nullish(Schema.Int),
    count_assignments: nullish(Schema.Int),
    count_conversation_parts: nullish(Schema.Int),
    assigned_team_first_response_time: nullish(Schema.Array(TeamResponseTime)),
    assigned_team_first_response_time_in_office_hours: nullish(Schema.Array(TeamResponseTime)),
    handling_time: nullish(Schema.Finite),
    adjusted_handling_time: nullish(Schema.Finite)
  })
) {}

/** What an email part was sent with. */
export class EmailMessageMetadata extends Schema.Opaque<EmailMessageMetadata>()(
  open({
    subject: nullish(Schema.String),
    email_address_headers: nullish(
      Schema.Array(
        open({
          /** `from`, `to`, `cc`, … */
          type: nullish(Schema.String),
          email_address: nullish(Schema.String),
          name: nullish(Schema.String)
        })
      )
    ),
    message_id: nullish(Schema.String)
  })
) {}

/** The quick replies a part offered, or the one that was chosen. */
export class ConversationPartMetadata extends Schema.Opaque<ConversationPartMetadata>()(
  open({
    quick_reply_options: nullish(
      Schema.Array(
        open({
          text: nullish(Schema.String),
          uuid: nullish(Schema.String),
          translations: nullish(CustomAttributes)
        })
      )
    ),
    quick_reply_uuid: nullish(Schema.String)
  })
) {}

const Named = open({ name: nullish(Schema.String) })

/** What a part that reports an event is about; which fields there are depends on its `part_type`. */
export class EventDetails extends Schema.Opaque<EventDetails>()(
  open({
    action: nullish(open({ name: nullish(Schema.String), result: nullish(openEnum("success", "failed")) })),
    attribute: nullish(Named),
    event: nullish(open({ type: nullish(Schema.String), result: nullish(Schema.String) })),
    value: nullish(open({ name: nullish(Schema.Unknown), previous: nullish(Schema.Unknown) })),
    workflow: nullish(Named)
  })
) {}

/** A reply, note, assignment or other event of a conversation. Times are Unix seconds; any field may be null. */
export class ConversationPart extends Schema.Opaque<ConversationPart>()(
  open({
    type: nullish(openEnum("conversation_part")),
    /** A string in the official document, a number in its examples. */
    id: nullish(LooseId),
    /** `comment`, `note`, `assignment`, `close`, `open`, `snoozed`, `away_mode_assignment`, … */
    part_type: nullish(Schema.String),
    /** HTML, or plain text with `display_as`; null for parts without text. */
    body: nullish(Schema.String),
    created_at: nullish(UnixSeconds),
    updated_at: nullish(UnixSeconds),
    /** When the other side was told of it. */
    notified_at: nullish(UnixSeconds),
    assigned_to: nullish(Reference),
    author: nullish(Author),
    attachments: nullish(Schema.Array(Attachment)),
    external_id: nullish(Schema.String),
    redacted: nullish(Schema.Boolean),
    email_message_metadata: nullish(EmailMessageMetadata),
    metadata: nullish(ConversationPartMetadata),
    state: nullish(openEnum("open", "closed", "snoozed")),
    tags: nullish(Schema.Array(EmbeddedTag)),
    event_details: nullish(EventDetails),
    app_package_code: nullish(Schema.String)
  })
) {}

/**
 * The parts of a conversation: 500 at most, the newest. `total_count` counts those sent, so compare
 * `statistics.count_conversation_parts` to see whether some are out of reach.
 */
export class ConversationParts extends Schema.Opaque<ConversationParts>()(
  open({
    type: nullish(openEnum("conversation_part.list")),
    conversation_parts: nullish(Schema.Array(ConversationPart)),
    total_count: nullish(Schema.Int)
  })
) {}

/** Tickets and conversations linked to a conversation. `has_more` tells that some are left out. */
export class LinkedObjects extends Schema.Opaque<LinkedObjects>()(
  open({
    type: nullish(openEnum("list")),
    total_count: nullish(Schema.Int),
    has_more: nullish(Schema.Boolean),
    data: nullish(
      Schema.Array(
        open({
          type: nullish(openEnum("ticket", "conversation")),
          id: nullish(LooseId),
          /** Of tickets; null for conversations. */
          category: nullish(openEnum("Customer", "Back-office", "Tracker"))
        })
      )
    )
  })
) {}

/** What a conversation is about; `{}` live where topics are not in use. */
export class ConversationTopics extends Schema.Opaque<ConversationTopics>()(
  open({
    type: nullish(openEnum("topic.list")),
    topics: nullish(Schema.Array(Schema.Unknown)),
    total_count: nullish(Schema.Int)
  })
) {}

/** The ticket a conversation became, with its id as a number. */
export class ConversationTicket extends Schema.Opaque<ConversationTicket>()(
  open({
    type: nullish(openEnum("ticket")),
    id: nullish(LooseId),
    url: nullish(Schema.String)
  })
) {}

/** What the AI agent answered from. */
export class ContentSources extends Schema.Opaque<ContentSources>()(
  open({
    type: nullish(openEnum("content_source.list")),
    total_count: nullish(Schema.Int),
    content_sources: nullish(
      Schema.Array(
        open({
          content_type: nullish(
            openEnum("file", "article", "external_content", "content_snippet", "workflow_connector_action")
          ),
          url: nullish(Schema.String),
          title: nullish(Schema.String),
          locale: nullish(Schema.String)
        })
      )
    )
  })
) {}

/** What the AI agent did in a conversation. Times are Unix seconds. */
export class AiAgent extends Schema.Opaque<AiAgent>()(
  open({
    source_type: nullish(openEnum("essentials_plan_setup", "profile", "workflow", "workflow_preview", "fin_preview")),
    source_title: nullish(Schema.String),
    last_answer_type: nullish(openEnum("ai_answer", "custom_answer")),
    resolution_state: nullish(
      openEnum("assumed_resolution", "confirmed_resolution", "escalated", "negative_feedback", "procedure_handoff")
    ),
    /** 1 (worst) to 5 (best). */
    rating: nullish(Schema.Int),
    rating_remark: nullish(Schema.String),
    created_at: nullish(UnixSeconds),
    updated_at: nullish(UnixSeconds),
    content_sources: nullish(ContentSources)
  })
) {}

/** The fields of a conversation. */
export const conversationFields = {
  type: openEnum("conversation"),
  id: ConversationId,
  /** Null, or empty live, when there is none. */
  title: nullish(Schema.String),
  created_at: nullish(UnixSeconds),
  updated_at: nullish(UnixSeconds),
  /** Since when the contact waits for an answer; null when it does not. */
  waiting_since: nullish(UnixSeconds),
  /** Null unless snoozed. */
  snoozed_until: nullish(UnixSeconds),
  open: nullish(Schema.Boolean),
  state: nullish(openEnum("open", "closed", "snoozed")),
  read: nullish(Schema.Boolean),
  /** `priority` or `not_priority` up to 2.15, the others from 2.16. */
  priority: nullish(openEnum("priority", "not_priority", "none", "low", "medium", "high", "urgent")),
  /** Null for nobody up to 2.15, 0 from 2.16; likewise `team_assignee_id`. */
  admin_assignee_id: nullish(LooseId),
  team_assignee_id: nullish(LooseId),
  company: nullish(EmbeddedCompany),
  tags: nullish(EmbeddedTags),
  conversation_rating: nullish(ConversationRating),
  source: nullish(ConversationSource),
  contacts: nullish(ConversationContacts),
  teammates: nullish(ConversationTeammates),
  custom_attributes: nullish(CustomAttributes),
  first_contact_reply: nullish(FirstContactReply),
  sla_applied: nullish(SlaApplied),
  statistics: nullish(ConversationStatistics),
  /** Not in listings. */
  conversation_parts: nullish(ConversationParts),
  linked_objects: nullish(LinkedObjects),
  topics: nullish(ConversationTopics),
  ticket: nullish(ConversationTicket),
  ai_agent_participated: nullish(Schema.Boolean),
  ai_agent: nullish(AiAgent)
} as const

/**
 * A conversation, as the API sends it. Times are Unix seconds; any field but `type` and `id` may be null or missing;
 * fields not listed here are kept. Source: the official 2.15 document, loosened where live answers differ (`source`
 * and nearly all of `statistics` can be null, `custom_attributes` hold booleans).
 */
export class Conversation extends Schema.Opaque<Conversation>()(open(conversationFields)) {}
