/** What Intercom notifies of: one table, from which the union of events, the list of topics and the documentation follow. */
import type * as Schema from "effect/Schema"
import * as Item from "./Item.ts"

/** A topic: what its notifications are about, and the permissions of which the app needs one. */
export interface Declaration<S extends Schema.Top = Schema.Top> {
  readonly item: S
  readonly permissions: ReadonlyArray<string>
}

const permitted =
  (...permissions: ReadonlyArray<string>) =>
  <S extends Schema.Top>(item: S): Declaration<S> => ({ item, permissions })

const always = permitted()
const admins = permitted("Read admins")
const articles = permitted("Read and list articles")
const conversations = permitted("Read conversations")
const people = permitted("Read users and companies", "Read one user and one company")
const users = permitted("Read users and companies", "Read and write users", "Read one user and one company")
const content = permitted("Read content data")
const events = permitted("Read events")
const jobs = permitted("Read jobs")
const tickets = permitted("Read tickets")

/** Every topic that is known, documented or not. */
export const table = {
  ping: always(Item.Ping),
  "admin.added_to_workspace": admins(Item.Admin),
  "admin.removed_from_workspace": admins(Item.Admin),
  "admin.away_mode_updated": admins(Item.Admin),
  "admin.logged_in": admins(Item.Admin),
  "admin.logged_out": admins(Item.Admin),
  "admin.activity_log_event.created": admins(Item.ActivityLog),
  "article.created": articles(Item.Article),
  "article.updated": articles(Item.Article),
  "article.published": articles(Item.Article),
  "article.unpublished": articles(Item.Article),
  "article.deleted": articles(Item.Article),
  "call.started": conversations(Item.Call),
  "call.ended": conversations(Item.Call),
  "call.transcription_available": conversations(Item.Call),
  "call.recording_available": conversations(Item.Call),
  "company.created": people(Item.Company),
  "company.updated": people(Item.Company),
  "company.deleted": people(Item.Deleted),
  "company.contact.attached": people(Item.CompanyContact),
  "company.contact.detached": people(Item.CompanyContact),
  "contact.user.created": users(Item.Contact),
  "contact.user.updated": users(Item.Contact),
  "contact.lead.created": users(Item.Contact),
  "contact.lead.updated": users(Item.Contact),
  "contact.lead.added_email": users(Item.Contact),
  "contact.lead.signed_up": users(Item.Contact),
  "contact.email.updated": users(Item.Contact),
  "contact.merged": users(Item.MergedContact),
  "contact.archived": users(Item.ArchivedContact),
  // The document's name, and the one that comes.
  "contact.unarchive": users(Item.Contact),
  "contact.unarchived": users(Item.Contact),
  "contact.deleted": people(Item.Deleted),
  "contact.user.tag.created": users(Item.ContactTag),
  "contact.user.tag.deleted": users(Item.ContactTag),
  "contact.lead.tag.created": users(Item.ContactTag),
  "contact.lead.tag.deleted": users(Item.ContactTag),
  "contact.subscribed": users(Item.Subscription),
  "contact.unsubscribed": users(Item.Subscription),
  "granular.subscribe": users(Item.Subscription),
  "granular.unsubscribe": users(Item.Subscription),
  "content_stat.banner": content(Item.ContentStat),
  "content_stat.carousel": content(Item.ContentStat),
  "content_stat.chat": content(Item.ContentStat),
  "content_stat.checklist": content(Item.ContentStat),
  "content_stat.custom_bot": content(Item.ContentStat),
  "content_stat.email": content(Item.ContentStat),
  "content_stat.news_item": content(Item.ContentStat),
  "content_stat.post": content(Item.ContentStat),
  "content_stat.push": content(Item.ContentStat),
  "content_stat.series": content(Item.ContentStat),
  "content_stat.series.webhook": content(Item.ContentStat),
  "content_stat.sms": content(Item.ContentStat),
  "content_stat.survey": content(Item.ContentStat),
  "content_stat.tooltip_group": content(Item.ContentStat),
  "content_stat.tour": content(Item.ContentStat),
  "conversation.user.created": conversations(Item.Conversation),
  "conversation.user.replied": conversations(Item.Conversation),
  "conversation.admin.replied": conversations(Item.Conversation),
  "conversation.admin.replied.translated": conversations(Item.Conversation),
  "conversation.admin.noted": conversations(Item.Conversation),
  "conversation.admin.assigned": conversations(Item.Conversation),
  "conversation.admin.open.assigned": conversations(Item.Conversation),
  "conversation.admin.opened": conversations(Item.Conversation),
  "conversation.admin.closed": conversations(Item.Conversation),
  "conversation.admin.snoozed": conversations(Item.Conversation),
  "conversation.admin.unsnoozed": conversations(Item.Conversation),
  "conversation.admin.single.created": conversations(Item.Conversation),
  "conversation.operator.replied": conversations(Item.Conversation),
  "conversation.priority.updated": conversations(Item.Conversation),
  "conversation.rating.added": conversations(Item.Conversation),
  "conversation.read": always(Item.Conversation),
  "conversation.deleted": conversations(Item.DeletedConversation),
  "conversation.contact.attached": conversations(Item.ConversationContact),
  "conversation.contact.detached": conversations(Item.ConversationContact),
  // Documented as parts; a conversation with the part is what comes.
  "conversation_part.redacted": conversations(Item.Conversation),
  "conversation_part.tag.created": conversations(Item.Conversation),
  "event.created": events(Item.Event),
  "job.completed": jobs(Item.Job),
  "ticket.created": tickets(Item.Ticket),
  "ticket.state.updated": tickets(Item.Ticket),
  "ticket.note.created": tickets(Item.Ticket),
  "ticket.admin.assigned": tickets(Item.Ticket),
  "ticket.team.assigned": tickets(Item.Ticket),
  "ticket.attribute.updated": tickets(Item.Ticket),
  "ticket.admin.replied": tickets(Item.Ticket),
  "ticket.admin.replied.translated": tickets(Item.Ticket),
  "ticket.contact.replied": tickets(Item.Ticket),
  "ticket.closed": tickets(Item.Ticket),
  "ticket.rating.provided": tickets(Item.Ticket),
  "ticket.contact.attached": tickets(Item.TicketContact),
  "ticket.contact.detached": tickets(Item.TicketContact),
  "visitor.signed_up": users(Item.User),
  // In no document.
  "api.request.completed": always(Item.ApiRequest),
  // Of apps on version 1 of the API.
  "user.created": users(Item.User),
  "user.deleted": users(Item.User),
  "user.unsubscribed": users(Item.User),
  "user.email.updated": users(Item.User),
  "user.tag.created": users(Item.UserTag),
  "user.tag.deleted": users(Item.UserTag),
  "contact.created": users(Item.User),
  "contact.signed_up": users(Item.User),
  "contact.added_email": users(Item.User),
  "contact.tag.created": users(Item.UserTag),
  "contact.tag.deleted": users(Item.UserTag)
} as const

type Table = typeof table

/** The name of a known topic. */
export type Topic = keyof Table

/** What the notifications of a topic are about. */
export type ItemOf<T extends Topic> = Table[T]["item"]["Type"]

/** The names of all known topics. */
// The keys of an object are those of its type: it is a constant.
export const topics = Object.keys(table) as ReadonlyArray<Topic>

/** Whether a topic is a known one. */
export const isTopic = (topic: string): topic is Topic => Object.hasOwn(table, topic)
