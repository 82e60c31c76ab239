/** Every kind of record, once, by the names core has for their resources: what else names them follows from this. */
import type { resources } from "@effect-intercom/core"
import type * as Kind from "../Kind.ts"
import { admins } from "./Admins.ts"
import { articles } from "./Articles.ts"
import { brands } from "./Brands.ts"
import { collections } from "./Collections.ts"
import { companies } from "./Companies.ts"
import { contacts } from "./Contacts.ts"
import { contentImportSources } from "./ContentImportSources.ts"
import { conversations, details } from "./Conversations.ts"
import { dataExports } from "./DataExports.ts"
import { dataAttributes } from "./DataAttributes.ts"
import { all, events } from "./Events.ts"
import { externalPages } from "./ExternalPages.ts"
import { helpCenters } from "./HelpCenters.ts"
import { internalArticles } from "./InternalArticles.ts"
import { messages } from "./Messages.ts"
import { newsfeeds } from "./Newsfeeds.ts"
import { newsItems } from "./NewsItems.ts"
import { reportingExports } from "./ReportingExports.ts"
import { notes } from "./Notes.ts"
import { segments } from "./Segments.ts"
import { subscriptionTypes } from "./SubscriptionTypes.ts"
import { tags } from "./Tags.ts"
import { teams } from "./Teams.ts"
import { visitors } from "./Visitors.ts"

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
  visitors
} satisfies { readonly [Name in keyof typeof resources]: Kind.Kind<(typeof resources)[Name]> }

/** What can be exported beside the records of listings. */
export const views = { events: all, conversationDetails: details }
