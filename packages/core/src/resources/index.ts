/** Every resource, once: what else names them all follows from this record. */
import { Admins } from "./Admins.ts"
import { Articles } from "./Articles.ts"
import { AwayStatusReasons } from "./AwayStatusReasons.ts"
import { Brands } from "./Brands.ts"
import { Calls } from "./Calls.ts"
import { Collections } from "./Collections.ts"
import { Companies } from "./Companies.ts"
import { Contacts } from "./Contacts.ts"
import { ContentImportSources } from "./ContentImportSources.ts"
import { Conversations } from "./Conversations.ts"
import { CustomObjectInstances } from "./CustomObjectInstances.ts"
import { DataAttributes } from "./DataAttributes.ts"
import { DataExports } from "./DataExports.ts"
import { Emails } from "./Emails.ts"
import { Events } from "./Events.ts"
import { ExternalPages } from "./ExternalPages.ts"
import { FinAgent } from "./FinAgent.ts"
import { FinVoice } from "./FinVoice.ts"
import { HelpCenters } from "./HelpCenters.ts"
import { InternalArticles } from "./InternalArticles.ts"
import { IpAllowlist } from "./IpAllowlist.ts"
import { Jobs } from "./Jobs.ts"
import { Messages } from "./Messages.ts"
import { Newsfeeds } from "./Newsfeeds.ts"
import { NewsItems } from "./NewsItems.ts"
import { Notes } from "./Notes.ts"
import { PhoneCallRedirects } from "./PhoneCallRedirects.ts"
import { ReportingExports } from "./ReportingExports.ts"
import { Segments } from "./Segments.ts"
import { SubscriptionTypes } from "./SubscriptionTypes.ts"
import { Tags } from "./Tags.ts"
import { Teams } from "./Teams.ts"
import { Tickets } from "./Tickets.ts"
import { TicketStates } from "./TicketStates.ts"
import { TicketTypes } from "./TicketTypes.ts"
import { Visitors } from "./Visitors.ts"
import { Workflows } from "./Workflows.ts"

export const resources = {
  admins: Admins,
  contacts: Contacts,
  companies: Companies,
  conversations: Conversations,
  articles: Articles,
  segments: Segments,
  messages: Messages,
  events: Events,
  newsItems: NewsItems,
  tags: Tags,
  teams: Teams,
  brands: Brands,
  collections: Collections,
  contentImportSources: ContentImportSources,
  externalPages: ExternalPages,
  helpCenters: HelpCenters,
  internalArticles: InternalArticles,
  newsfeeds: Newsfeeds,
  dataExports: DataExports,
  reportingExports: ReportingExports,
  notes: Notes,
  subscriptionTypes: SubscriptionTypes,
  dataAttributes: DataAttributes,
  visitors: Visitors,
  tickets: Tickets,
  ticketTypes: TicketTypes,
  ticketStates: TicketStates,
  jobs: Jobs,
  awayStatusReasons: AwayStatusReasons,
  emails: Emails,
  ipAllowlist: IpAllowlist,
  phoneCallRedirects: PhoneCallRedirects,
  calls: Calls,
  customObjectInstances: CustomObjectInstances,
  workflows: Workflows,
  finAgent: FinAgent,
  finVoice: FinVoice
}
