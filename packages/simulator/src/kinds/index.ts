/** Every kind of record, once, by the names core has for their resources: what else names them follows from this. */
import type { resources } from "@effect-intercom/core"
import type * as Kind from "../Kind.ts"
import { admins } from "./Admins.ts"
import { articles } from "./Articles.ts"
import { awayStatusReasons } from "./AwayStatusReasons.ts"
import { brands } from "./Brands.ts"
import { calls } from "./Calls.ts"
import { collections } from "./Collections.ts"
import { companies } from "./Companies.ts"
import { contacts } from "./Contacts.ts"
import { contentImportSources } from "./ContentImportSources.ts"
import { conversations, details } from "./Conversations.ts"
import { customObjectInstances } from "./CustomObjectInstances.ts"
import { dataAttributes } from "./DataAttributes.ts"
import { dataExports } from "./DataExports.ts"
import { emails } from "./Emails.ts"
import { all, events } from "./Events.ts"
import { externalPages } from "./ExternalPages.ts"
import { finAgent } from "./FinAgent.ts"
import { finVoice } from "./FinVoice.ts"
import { helpCenters } from "./HelpCenters.ts"
import { internalArticles } from "./InternalArticles.ts"
import { ipAllowlist } from "./IpAllowlist.ts"
import { jobs } from "./Jobs.ts"
import { messages } from "./Messages.ts"
import { newsfeeds } from "./Newsfeeds.ts"
import { newsItems } from "./NewsItems.ts"
import { notes } from "./Notes.ts"
import { phoneCallRedirects } from "./PhoneCallRedirects.ts"
import { reportingExports } from "./ReportingExports.ts"
import { segments } from "./Segments.ts"
import { subscriptionTypes } from "./SubscriptionTypes.ts"
import { tags } from "./Tags.ts"
import { teams } from "./Teams.ts"
import { tickets } from "./Tickets.ts"
import { ticketStates } from "./TicketStates.ts"
import { ticketTypes } from "./TicketTypes.ts"
import { visitors } from "./Visitors.ts"
import { workflows } from "./Workflows.ts"

export const kinds = {
  contacts,
  companies,
  conversations,
  articles,
  segments,
  admins,
  newsItems,
  tags,
  teams,
  events,
  messages,
  brands,
  collections,
  contentImportSources,
  externalPages,
  helpCenters,
  internalArticles,
  newsfeeds,
  dataExports,
  reportingExports,
  notes,
  subscriptionTypes,
  dataAttributes,
  visitors,
  tickets,
  ticketTypes,
  ticketStates,
  jobs,
  awayStatusReasons,
  emails,
  ipAllowlist,
  phoneCallRedirects,
  calls,
  customObjectInstances,
  workflows,
  finAgent,
  finVoice
} satisfies { readonly [Name in keyof typeof resources]: Kind.Kind<(typeof resources)[Name]> }

/** What can be exported beside the records of listings. */
export const views = { events: all, conversationDetails: details }
