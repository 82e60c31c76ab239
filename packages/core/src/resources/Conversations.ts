/** Conversations: the threads between contacts and admins. */
import * as Schema from "effect/Schema"
import type * as Attributes from "../Attributes.ts"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import {
  exactlyOne,
  fixed,
  JsonObject,
  listing,
  LooseId,
  LooseTime,
  nullish,
  open,
  openEnum,
  optional,
  queryText,
  unchecked,
  UnixSeconds
} from "../Wire.ts"
import * as WithAttributes from "../internal/WithAttributes.ts"
import * as Pagination from "../Pagination.ts"
import * as Resource from "../Resource.ts"
import * as Search from "../Search.ts"
import {
  AdminId,
  CompanyId,
  ContactId,
  ConversationId,
  Deleted,
  EmbeddedTag,
  messageFields,
  Reference,
  TagId
} from "./Common.ts"
import { Conversation, conversationFields } from "./Conversation.ts"
import {
  adminReply,
  AttachTagAsAdmin,
  attachmentFiles,
  ByAdmin,
  byContact,
  contactKeys,
  contactReply
} from "./Reply.ts"
import { Ticket, TicketAttributes } from "./Ticket.ts"
import { TicketTypeId } from "./TicketType.ts"

export { ConversationId } from "./Common.ts"
export * from "./Conversation.ts"

/** One page of conversations. `pages.next.starting_after` is the cursor of the next one; no `next`, no more pages. */
export class ConversationList extends Schema.Opaque<ConversationList>()(
  listing({
    conversations: Schema.Array(Conversation),
    total_count: unchecked,
    pages: nullish(Pagination.Pages)
  })
) {}

/** One page of the conversations that were found. The list may be left out when there are none. */
export class ConversationSearchPage extends Schema.Opaque<ConversationSearchPage>()(
  listing({
    conversations: nullish(Schema.Array(Conversation)),
    total_count: unchecked,
    pages: nullish(Pagination.Pages)
  }).check(Pagination.hasListOrNothing("conversations"))
) {}

/** What is left of a conversation that was deleted. */
export class DeletedConversation extends Schema.Opaque<DeletedConversation>()(
  open({
    type: openEnum("conversation"),
    id: ConversationId,
    deleted_at: nullish(UnixSeconds),
    /** Whether reports still count it. */
    metrics_retained: nullish(Schema.Boolean)
  })
) {}

/** One page of the conversations that were deleted. `pages.next` is a URL or null. */
export class DeletedConversationList extends Schema.Opaque<DeletedConversationList>()(
  listing({
    conversations: Schema.Array(DeletedConversation),
    total_count: unchecked,
    pages: nullish(Pagination.Pages)
  })
) {}

/** `page`: from 1. `per_page`: 1 to 60, 20 by default. `order`: `desc` by default, the last deleted first. */
export class ListDeletedConversations extends Schema.Opaque<ListDeletedConversations>()(
  Schema.Struct({
    page: optional(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))),
    per_page: optional(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 60 }))),
    order: optional(queryText(openEnum("asc", "desc")))
  })
) {}

/** `per_page`: 1 to 150, 20 by default. `starting_after`: the cursor of a page. */
export class ListConversations extends Schema.Opaque<ListConversations>()(
  Schema.Struct({
    per_page: optional(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 150 }))),
    starting_after: optional(queryText(Schema.String))
  })
) {}

/**
 * `query`: what to find, see `Search`. `pagination`: a page's size, 1 to 150, and cursor. `sort`: the order; without it
 * the API decides.
 */
export class SearchConversations extends Schema.Opaque<SearchConversations>()(
  Schema.Struct(Search.requestOn(Search.conversationFields))
) {}

/** `display_as`: `plaintext` for bodies without HTML. `include_translations`: whether parts come translated. */
export class GetConversation extends Schema.Opaque<GetConversation>()(
  Schema.Struct({
    display_as: optional(queryText(openEnum("plaintext"))),
    include_translations: optional(Schema.Boolean)
  })
) {}

/** A new conversation, started by a contact. */
export class CreateConversation extends Schema.Opaque<CreateConversation>()(
  Schema.Struct({
    /** The contact, by Intercom's id for it. */
    from: Schema.Struct({ type: openEnum("lead", "user", "contact"), id: ContactId }),
    /** Plain text. */
    body: Schema.String,
    subject: optional(Schema.String),
    /** URLs of files to attach: ten at most. */
    attachment_urls: optional(Schema.Array(Schema.String).check(Schema.isMaxLength(10))),
    /** When it was started, in Unix seconds; now by default. */
    created_at: optional(UnixSeconds)
  })
) {}

/**
 * What the API answers to a new conversation: the message it starts with, whose `id` is the message's. The
 * conversation is `conversation_id`. (The published document says it answers with the conversation; it does not.)
 */
export class ConversationMessage extends Schema.Opaque<ConversationMessage>()(
  open({ ...messageFields, conversation_id: ConversationId })
) {}

/** What is left out stays. */
export class UpdateConversation extends Schema.Opaque<UpdateConversation>()(
  Schema.Struct({
    read: optional(Schema.Boolean),
    title: optional(Schema.String),
    /** Those given are set, others stay. Instances of custom objects are lists of their ids. */
    custom_attributes: optional(JsonObject),
    /** The company it is about, by Intercom's id for it. */
    company_id: optional(CompanyId)
  })
) {}

/** `display_as`: `plaintext` for bodies without HTML. */
export class ShowConversation extends Schema.Opaque<ShowConversation>()(
  Schema.Struct({ display_as: optional(queryText(openEnum("plaintext"))) })
) {}

/** What an admin says. */
export class ReplyAsAdmin extends Schema.Opaque<ReplyAsAdmin>()(Schema.Struct({ ...adminReply, ...attachmentFiles })) {}

/** What a contact says; exactly one of `intercom_user_id`, `user_id` (your own id) and `email` says who. */
export class ReplyAsContact extends Schema.Opaque<ReplyAsContact>()(
  Schema.Struct({ ...contactReply, ...attachmentFiles }).check(byContact(2))
) {}

/** Closes a conversation. */
export class CloseConversation extends Schema.Opaque<CloseConversation>()(
  Schema.Struct({
    message_type: fixed("close"),
    type: fixed("admin"),
    admin_id: AdminId,
    /** What the contact is told. HTML or plain text. */
    body: optional(Schema.String)
  })
) {}

/** Puts a conversation away for a while. */
export class SnoozeConversation extends Schema.Opaque<SnoozeConversation>()(
  Schema.Struct({
    message_type: fixed("snoozed"),
    admin_id: AdminId,
    /** When it opens again, in Unix seconds. */
    snoozed_until: UnixSeconds
  })
) {}

/** Opens a conversation that is closed or snoozed. */
export class OpenConversation extends Schema.Opaque<OpenConversation>()(
  Schema.Struct({ message_type: fixed("open"), admin_id: AdminId })
) {}

/** Gives a conversation to an admin or a team. */
export class AssignConversation extends Schema.Opaque<AssignConversation>()(
  Schema.Struct({
    message_type: fixed("assignment"),
    /** What the assignee is. */
    type: openEnum("admin", "team"),
    /** Who assigns it. */
    admin_id: AdminId,
    /** An admin's or a team's id; `0` for nobody. */
    assignee_id: Schema.String,
    /** A note about it. */
    body: optional(Schema.String)
  })
) {}

/** A part to redact, with the conversation it is in. */
export class RedactPart extends Schema.Opaque<RedactPart>()(
  Schema.Struct({
    type: fixed("conversation_part"),
    conversation_id: ConversationId,
    conversation_part_id: Schema.String
  })
) {}

/** The first message of a conversation, to redact it. */
export class RedactSource extends Schema.Opaque<RedactSource>()(
  Schema.Struct({ type: fixed("source"), conversation_id: ConversationId, source_id: Schema.String })
) {}

/** What kind of ticket a conversation becomes. */
export class ConvertConversation extends Schema.Opaque<ConvertConversation>()(
  Schema.Struct({
    ticket_type_id: TicketTypeId,
    /** By their names; `ticket_attributes` elsewhere. An attribute that is a list is set by the id of its item. */
    attributes: optional(TicketAttributes)
  })
) {}

const customerKeys = ["intercom_user_id", "user_id", "email"] as const

/** Who joins a conversation, and which admin adds them. */
export class AttachContact extends Schema.Opaque<AttachContact>()(
  Schema.Struct({
    admin_id: optional(AdminId),
    /** Exactly one of `intercom_user_id`, `user_id` (your own id) and `email` says who. */
    customer: optional(
      Schema.Struct({
        ...contactKeys,
        /** The contact who adds them, where no admin does. */
        customer: optional(Schema.NullOr(Schema.Struct(contactKeys).check(exactlyOne(customerKeys, 1))))
      }).check(exactlyOne(customerKeys, 1))
    )
  })
) {}

/** Work on a conversation was paused or resumed. */
export class HandlingEvent extends Schema.Opaque<HandlingEvent>()(
  open({
    type: nullish(openEnum("paused", "resumed")),
    teammate: nullish(
      open({
        type: nullish(openEnum("admin", "team", "bot")),
        id: nullish(LooseId),
        name: nullish(Schema.String),
        email: nullish(Schema.String)
      })
    ),
    /** When it happened: RFC 3339. */
    timestamp: nullish(LooseTime),
    reason: nullish(Schema.String)
  })
) {}

/** How a conversation was worked on. */
export class HandlingEventList extends Schema.Opaque<HandlingEventList>()(
  open({ handling_events: Schema.Array(HandlingEvent) })
) {}

/** A conversation with the contacts in it. */
export class ConversationWithCustomers extends Schema.Opaque<ConversationWithCustomers>()(
  open({ ...conversationFields, customers: nullish(Schema.Array(Reference)) })
) {}

const params = { conversation_id: ConversationId }

/** The conversations of a workspace. */
export class Conversations extends Resource.Service<Conversations>()("Conversations", {
  /**
   * One page, without parts; `list.pages` and `list.items` walk them all.
   *
   * Permission: Read conversations.
   */
  list: Endpoint.get("/conversations", {
    permission: "Read conversations",
    query: ListConversations,
    success: ConversationList,
    error: ErrorResponse.BadRequest,
    pages: Pagination.cursor("conversations", Conversation)
  }),
  /**
   * One page of the conversations that were deleted, the last first; `listDeleted.pages` and `listDeleted.items` walk them
   * all. From version 2.16 on: earlier ones fail with `BadRequest`, `intercom_version_invalid`.
   *
   * Permission: Read conversations.
   */
  listDeleted: Endpoint.get("/conversations/deleted", {
    permission: "Read conversations",
    operationId: "listDeletedConversationIds",
    query: ListDeletedConversations,
    success: DeletedConversationList,
    error: ErrorResponse.BadRequest,
    pages: Pagination.page("conversations", DeletedConversation)
  }),
  /**
   * Starts a conversation on behalf of a contact. The answer is its first message: its `conversation_id` is what `get`
   * takes. Fails with `NotFound` when there is no such contact. Never sent twice.
   *
   * Permission: Write conversations.
   */
  create: Endpoint.post("/conversations", {
    permission: "Write conversations",
    payload: CreateConversation,
    success: ConversationMessage,
    error: [ErrorResponse.BadRequest, ErrorResponse.NotFound]
  }),
  /**
   * A conversation with its parts. Fails with `NotFound` when there is none.
   *
   * Permission: Read conversations.
   */
  get: Endpoint.get("/conversations/:conversation_id", {
    permission: "Read conversations",
    params: { conversation_id: ConversationId },
    query: GetConversation,
    success: Conversation,
    error: ErrorResponse.NotFound
  }),
  /**
   * One page of what is found, without parts; `search.pages` and `search.items` walk it all. Safe to repeat.
   *
   * Permission: Read conversations.
   */
  search: Endpoint.post("/conversations/search", {
    permission: "Read conversations",
    payload: SearchConversations,
    success: ConversationSearchPage,
    error: ErrorResponse.BadRequest,
    // It only reads.
    idempotent: true,
    pages: Pagination.search("conversations", Conversation)
  }),
  /**
   * Changes a conversation, and answers with it and its parts. Fails with `NotFound` when there is none.
   *
   * Permission: Write conversations.
   */
  update: Endpoint.put("/conversations/:conversation_id", {
    permission: "Write conversations",
    params,
    payload: UpdateConversation,
    query: ShowConversation,
    success: Conversation,
    error: ErrorResponse.NotFound
  }),
  /**
   * Deletes a conversation for good. Fails with `NotFound` when there is none: after a repeated call that means done.
   *
   * Permission: Delete conversations and metrics.
   */
  delete: Endpoint.del("/conversations/:conversation_id", {
    permission: "Delete conversations and metrics",
    params,
    success: Deleted,
    error: ErrorResponse.NotFound
  }),
  /**
   * Says something as an admin, or makes a note only admins see (`message_type: "note"`). `last` as id is the newest
   * conversation. Fails with `NotFound` when there is no such conversation or admin. Never sent twice: after a lost answer,
   * `get` tells whether it was said.
   *
   * Permission: Write conversations.
   */
  replyAsAdmin: Endpoint.post("/conversations/:conversation_id/reply", {
    permission: "Write conversations",
    params,
    payload: ReplyAsAdmin,
    success: Conversation,
    error: ErrorResponse.NotFound,
    alternativeOf: "reply",
    operationId: "replyToConversation"
  }),
  /**
   * Says something as a contact; the conversation is open afterwards. `last` as id is the contact's newest conversation.
   * Fails with `NotFound` when there is no such conversation or contact. Never sent twice.
   *
   * Permission: Write conversations.
   */
  replyAsContact: Endpoint.post("/conversations/:conversation_id/reply", {
    permission: "Write conversations",
    params,
    payload: ReplyAsContact,
    success: Conversation,
    error: ErrorResponse.NotFound,
    alternativeOf: "reply",
    operationId: "replyToConversation"
  }),
  /**
   * Closes a conversation, with a last word if there is one. Never sent twice, as each time is a part more.
   *
   * Permission: Write conversations.
   */
  close: Endpoint.post("/conversations/:conversation_id/parts", {
    permission: "Write conversations",
    params,
    payload: CloseConversation,
    success: Conversation,
    error: ErrorResponse.NotFound,
    alternativeOf: "manage"
  }),
  /**
   * Puts a conversation away until a time, or until the contact replies. Never sent twice.
   *
   * Permission: Write conversations.
   */
  snooze: Endpoint.post("/conversations/:conversation_id/parts", {
    permission: "Write conversations",
    params,
    payload: SnoozeConversation,
    success: Conversation,
    error: ErrorResponse.NotFound,
    alternativeOf: "manage"
  }),
  /**
   * Opens a conversation that is closed or snoozed. Never sent twice.
   *
   * Permission: Write conversations.
   */
  open: Endpoint.post("/conversations/:conversation_id/parts", {
    permission: "Write conversations",
    params,
    payload: OpenConversation,
    success: Conversation,
    error: ErrorResponse.NotFound,
    alternativeOf: "manage"
  }),
  /**
   * Gives a conversation to an admin, to a team, or to nobody. Never sent twice.
   *
   * Permission: Write conversations.
   */
  assign: Endpoint.post("/conversations/:conversation_id/parts", {
    permission: "Write conversations",
    params,
    payload: AssignConversation,
    success: Conversation,
    error: ErrorResponse.NotFound,
    alternativeOf: "manage"
  }),
  /**
   * Takes body and attachments away from a part, for good. Fails with `NotFound` when there is no such part.
   *
   * Permission: Write conversations.
   */
  redactPart: Endpoint.post("/conversations/redact", {
    permission: "Write conversations",
    payload: RedactPart,
    success: Conversation,
    error: ErrorResponse.NotFound,
    alternativeOf: "redact"
  }),
  /**
   * Takes body and attachments away from the first message, for good. Fails with `NotFound` when it is another's.
   *
   * Permission: Write conversations.
   */
  redactSource: Endpoint.post("/conversations/redact", {
    permission: "Write conversations",
    payload: RedactSource,
    success: Conversation,
    error: ErrorResponse.NotFound,
    alternativeOf: "redact"
  }),
  /**
   * Makes a conversation a ticket, with which it answers. Fails with `BadRequest` when it is one already, or the type or an
   * attribute does not fit. Never sent twice. For a ticket beside a conversation there is `tickets.create`, with
   * `conversation_to_link_id`.
   *
   * Permission: Write tickets.
   */
  convertToTicket: Endpoint.post("/conversations/:conversation_id/convert", {
    permission: "Write tickets",
    params,
    payload: ConvertConversation,
    success: Ticket,
    error: [ErrorResponse.BadRequest, ErrorResponse.NotFound],
    operationId: "convertConversation"
  }),
  /**
   * Tags a conversation, and answers with the tag. Fails with `NotFound` when one of them is not there. Safe to repeat.
   *
   * Permission: Write tags.
   */
  attachTag: Endpoint.post("/conversations/:conversation_id/tags", {
    permission: "Write tags",
    params,
    payload: AttachTagAsAdmin,
    success: EmbeddedTag,
    error: ErrorResponse.NotFound,
    operationId: "attachTagToConversation",
    // A tag is there once.
    idempotent: true
  }),
  /**
   * Takes a tag away from a conversation, and answers with it. Fails with `NotFound` when one of them is not there.
   *
   * Permission: Write tags.
   */
  detachTag: Endpoint.del("/conversations/:conversation_id/tags/:tag_id", {
    permission: "Write tags",
    params: { ...params, tag_id: TagId },
    payload: ByAdmin,
    success: EmbeddedTag,
    error: ErrorResponse.NotFound,
    operationId: "detachTagFromConversation"
  }),
  /**
   * Adds a contact to a conversation. Fails with `NotFound` when one of them is not there. Safe to repeat.
   *
   * Permission: Write conversations.
   */
  attachContact: Endpoint.post("/conversations/:conversation_id/customers", {
    permission: "Write conversations",
    params,
    payload: AttachContact,
    success: ConversationWithCustomers,
    error: ErrorResponse.NotFound,
    operationId: "attachContactToConversation",
    // A contact is there once.
    idempotent: true
  }),
  /**
   * Takes a contact out of a conversation. Fails with `UnprocessableEntity` when it is the last one, with `NotFound` when
   * one of them is not there.
   *
   * Permission: Write conversations.
   */
  detachContact: Endpoint.del("/conversations/:conversation_id/customers/:contact_id", {
    permission: "Write conversations",
    params: { ...params, contact_id: ContactId },
    payload: ByAdmin,
    success: ConversationWithCustomers,
    error: [ErrorResponse.NotFound, ErrorResponse.UnprocessableEntity],
    operationId: "detachContactFromConversation"
  }),
  /**
   * When work on a conversation was paused and resumed, in one answer. Fails with `NotFound` when there is none.
   *
   * Permission: Read conversations.
   */
  listHandlingEvents: Endpoint.get("/conversations/:conversation_id/handling_events", {
    permission: "Read conversations",
    params,
    success: HandlingEventList,
    error: ErrorResponse.NotFound,
    operationId: "listHandlingEvents",
    pages: Pagination.single("handling_events", HandlingEvent)
  })
}) {
  /**
   * The class of a service like this one, of conversations with attributes of your own: a schema of the `custom_attributes`,
   * as `intercom codegen attributes` writes it. `update` takes these attributes and no others; a search compares them with
   * values they can have; what is received has their names and types, and may be a `Misfit`:
   * `attributes.decode(conversation)` checks it.
   *
   * @example
   * ```ts
   * import { Conversations, Wire } from "@effect-intercom/core"
   * import { Schema } from "effect"
   *
   * class MyConversations extends Conversations.withAttributes<MyConversations>()(
   *   "MyConversations",
   *   Schema.Struct({ Urgent: Wire.nullish(Schema.Boolean) })
   * ) {}
   *
   * const urgent = MyConversations.use(({ search }) =>
   *   search({ query: MyConversations.where("custom_attributes.Urgent").equals(true) })
   * )
   * ```
   */
  static readonly withAttributes =
    <Self>() =>
    <const Id extends string, S extends Attributes.Any>(id: Id, schema: S): ConversationsWith<Self, Id, S> =>
      // These types say what it is made of.
      WithAttributes.make(id, Conversations, schema, {
        key: "custom_attributes",
        fields: Search.conversationFields
      }) as ConversationsWith<Self, Id, S>
}

/** A conversation with attributes of your own. */
export type ConversationWith<S extends Attributes.Any> = WithAttributes.RecordWith<Conversation, "custom_attributes", S>

/** What {@link Conversations.withAttributes} makes. */
export interface ConversationsWith<
  Self,
  Id extends string,
  S extends Attributes.Any
> extends WithAttributes.SearchedWith<
  Self,
  Id,
  typeof Conversations,
  Conversation,
  "custom_attributes",
  S,
  typeof Search.conversationFields
> {}
