/** What can be exported: the listings of the API, as streams of pages. */
import type { IntercomError } from "@effect-intercom/core/IntercomError"
import type { Page, WalkOptions } from "@effect-intercom/core/Pagination"
import { Admins } from "@effect-intercom/core/resources/Admins"
import { Articles } from "@effect-intercom/core/resources/Articles"
import { Companies } from "@effect-intercom/core/resources/Companies"
import { Contacts } from "@effect-intercom/core/resources/Contacts"
import { Conversations } from "@effect-intercom/core/resources/Conversations"
import { Segments } from "@effect-intercom/core/resources/Segments"
import * as Stream from "effect/Stream"

/** A listing to export. `R` is the service it comes from. */
export interface Resource<out R> {
  /** Names the files: `contacts.ndjson`. */
  readonly name: string
  /** Records per page when the export does not say; null when the listing has no pages. */
  readonly pageSize: number | null
  readonly pages: <E, R2>(
    pageSize: number | null,
    options: WalkOptions<E, R2>
  ) => Stream.Stream<Page<unknown>, IntercomError | E, R | R2>
}

const query = (pageSize: number | null) => (pageSize === null ? {} : { per_page: pageSize })

/** All contacts; at most 150 a page. */
export const contacts: Resource<Contacts> = {
  name: "contacts",
  pageSize: 150,
  pages: (pageSize, options) => Stream.unwrap(Contacts.useSync(({ list }) => list.pages(query(pageSize), options)))
}

/** All companies with users, up to 10,000: further the listing does not go. 60 a page is what other exporters ask for. */
export const companies: Resource<Companies> = {
  name: "companies",
  pageSize: 60,
  pages: (pageSize, options) => Stream.unwrap(Companies.useSync(({ list }) => list.pages(query(pageSize), options)))
}

/** All conversations, without their parts; at most 150 a page. */
export const conversations: Resource<Conversations> = {
  name: "conversations",
  pageSize: 150,
  pages: (pageSize, options) => Stream.unwrap(Conversations.useSync(({ list }) => list.pages(query(pageSize), options)))
}

/** All articles. 25 a page is the API's default; its maximum is not documented. */
export const articles: Resource<Articles> = {
  name: "articles",
  pageSize: 25,
  pages: (pageSize, options) => Stream.unwrap(Articles.useSync(({ list }) => list.pages(query(pageSize), options)))
}

/** All admins, in one answer. */
export const admins: Resource<Admins> = {
  name: "admins",
  pageSize: null,
  pages: (_, options) => Stream.unwrap(Admins.useSync(({ list }) => list.pages({}, options)))
}

/** All segments, in one answer. */
export const segments: Resource<Segments> = {
  name: "segments",
  pageSize: null,
  pages: (_, options) => Stream.unwrap(Segments.useSync(({ list }) => list.pages({}, options)))
}

/** Every resource, by its name. */
export const all = { contacts, companies, conversations, articles, admins, segments } as const

/** The name of a resource. */
export type Name = keyof typeof all

/** The services behind all resources. */
export type Services = Contacts | Companies | Conversations | Articles | Admins | Segments
