/** Every resource that can be exported, once: flags, tables, documents and tests follow from this record. */
import { activityLogs } from "./ActivityLogs.ts"
import { admins } from "./Admins.ts"
import { articles } from "./Articles.ts"
import { awayStatusReasons } from "./AwayStatusReasons.ts"
import { brands } from "./Brands.ts"
import { calls } from "./Calls.ts"
import { collections } from "./Collections.ts"
import { companies } from "./Companies.ts"
import { contacts } from "./Contacts.ts"
import { contactSegments } from "./ContactSegments.ts"
import { contactSubscriptions } from "./ContactSubscriptions.ts"
import { contentImportSources } from "./ContentImportSources.ts"
import { conversations } from "./Conversations.ts"
import { customObjectInstances } from "./CustomObjectInstances.ts"
import { dataAttributes } from "./DataAttributes.ts"
import { deliveries } from "./Deliveries.ts"
import { emails } from "./Emails.ts"
import { events } from "./Events.ts"
import { externalPages } from "./ExternalPages.ts"
import { helpCenters } from "./HelpCenters.ts"
import { internalArticles } from "./InternalArticles.ts"
import { newsfeeds } from "./Newsfeeds.ts"
import { newsItems } from "./NewsItems.ts"
import { notes } from "./Notes.ts"
import { segments } from "./Segments.ts"
import { subscriptionTypes } from "./SubscriptionTypes.ts"
import { tags } from "./Tags.ts"
import { teams } from "./Teams.ts"
import { tickets } from "./Tickets.ts"
import { ticketStates } from "./TicketStates.ts"
import { ticketTypes } from "./TicketTypes.ts"

/** In the order of an export of all: what others refer to first. */
export const declared = {
  admins,
  awayStatusReasons,
  teams,
  tags,
  segments,
  dataAttributes,
  subscriptionTypes,
  brands,
  emails,
  companies,
  contacts,
  contactSegments,
  contactSubscriptions,
  notes,
  conversations,
  ticketTypes,
  ticketStates,
  tickets,
  calls,
  customObjectInstances,
  helpCenters,
  collections,
  articles,
  internalArticles,
  contentImportSources,
  externalPages,
  newsfeeds,
  newsItems,
  events,
  deliveries,
  activityLogs
}
