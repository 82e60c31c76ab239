/** The operations of this client as one declaration: for servers, generated documents and contract suites. */
import * as HttpApi from "effect/http-api/HttpApi"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import type { Operation } from "./IntercomHttp.ts"
import { describe } from "./Operation.ts"
import { AdminsGroup } from "./resources/Admins.ts"
import { ArticlesGroup } from "./resources/Articles.ts"
import { CompaniesGroup } from "./resources/Companies.ts"
import { ContactsGroup } from "./resources/Contacts.ts"
import { ConversationsGroup } from "./resources/Conversations.ts"
import { EventsGroup } from "./resources/Events.ts"
import { MessagesGroup } from "./resources/Messages.ts"
import { NewsGroup } from "./resources/News.ts"
import { SegmentsGroup } from "./resources/Segments.ts"
import { TagsGroup } from "./resources/Tags.ts"
import { TeamsGroup } from "./resources/Teams.ts"

/** The API: `OpenApi.fromApi(IntercomApi)` is its document, `HttpApiBuilder` makes servers of it. */
export class IntercomApi extends HttpApi.make("intercom")
  .add(
    AdminsGroup,
    ContactsGroup,
    CompaniesGroup,
    ConversationsGroup,
    ArticlesGroup,
    SegmentsGroup,
    MessagesGroup,
    EventsGroup,
    NewsGroup,
    TagsGroup,
    TeamsGroup
  )
  .annotateMerge(
    OpenApi.annotations({
      title: "Intercom API",
      version: "2.15",
      servers: [
        { url: "https://api.intercom.io", description: "United States" },
        { url: "https://api.eu.intercom.io", description: "Europe" },
        { url: "https://api.au.intercom.io", description: "Australia" }
      ]
    })
  ) {}

/** An operation, with the declaration it comes from. */
export interface ApiOperation extends Operation {
  readonly group: HttpApiGroup.Top
  readonly endpoint: HttpApiEndpoint.Top
}

const catalogue = (): ReadonlyArray<ApiOperation> => {
  const entries: Array<ApiOperation> = []
  HttpApi.reflect(IntercomApi, {
    onGroup: () => {},
    onEndpoint: ({ endpoint, group }) => entries.push({ ...describe(group, endpoint), group, endpoint })
  })
  return entries
}

/** Every operation of the client, in the order of declaration. */
export const operations: ReadonlyArray<ApiOperation> = catalogue()
