/** What can be exported: the listings and searches of the API, as walks. */
import { Admin, Admins } from "@effect-intercom/core/resources/Admins"
import { Article, Articles } from "@effect-intercom/core/resources/Articles"
import { Companies, Company } from "@effect-intercom/core/resources/Companies"
import { Contact, type ContactId, Contacts } from "@effect-intercom/core/resources/Contacts"
import { Conversation, type ConversationId, Conversations } from "@effect-intercom/core/resources/Conversations"
import { DataEvent, Events } from "@effect-intercom/core/resources/Events"
import { NewsItem, NewsItems } from "@effect-intercom/core/resources/NewsItems"
import { Segment, Segments } from "@effect-intercom/core/resources/Segments"
import { Tag, Tags } from "@effect-intercom/core/resources/Tags"
import { Team, Teams } from "@effect-intercom/core/resources/Teams"
import { OnInvalid } from "@effect-intercom/core/IntercomHttp"
import * as Json from "@effect-intercom/core/Json"
import { DecodeError, IntercomError } from "@effect-intercom/core/IntercomError"
import type { Invalid, Page, WalkOptions } from "@effect-intercom/core/Pagination"
import type { resources } from "@effect-intercom/core"
import type * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import * as Drift from "./internal/Drift.ts"
import * as Isolation from "./internal/Isolation.ts"
import * as Scroll from "./Scroll.ts"
import * as Table from "./Table.ts"
import * as Untimed from "./Untimed.ts"
import type { Received } from "./Table.ts"
import * as Walk from "./Walk.ts"
import * as Windows from "./Windows.ts"

/** How a walk is to go. */
export interface Options {
  /** Where a stopped one resumes. */
  readonly from: Walk.Position | undefined
  /** Records per page; null where there are no pages. */
  readonly pageSize: number | null
  readonly concurrency: number
  /** What changed at this moment or later, in Unix seconds; `undefined` for everything. */
  readonly since: number | undefined
  /** Whether a record is one of the export's. Those that are not need not be completed, and are not given. */
  readonly accepts: (record: Received) => boolean
  /** Whether a record was given already, by an earlier run too, as far as that is written. */
  readonly known: (record: Received) => boolean
  /** Ids of records whose request failed before: they are tried first. */
  readonly again: ReadonlyArray<string>
}

export interface Resource<out R> {
  readonly name: string
  /** Of a record. */
  readonly schema: Schema.Top
  /** How a sink sees its records. */
  readonly table: Table.Table
  /** Records per page when the export does not say; null when there are no pages. */
  readonly pageSize: number | null
  /** The most records per page the API allows; null when nobody says. */
  readonly largestPage: number | null
  /** Whether positions are counted in pages, and mean nothing with another page size. */
  readonly counted: boolean
  /**
   * What an export of changes is: `search` asks for what changed, `filter` reads all and keeps what changed, `whole` has
   * everything each time.
   */
  readonly changes: "search" | "filter" | "whole"
  /** Whether a walk can resume at a stored position; null is its start. */
  readonly resumes: (position: unknown) => boolean
  readonly walk: (options: Options) => Stream.Stream<Walk.Step, Walk.Failure, R>
  /** How many there are, if the API says: one request. */
  readonly count: (since: number | undefined) => Effect.Effect<number | undefined, IntercomError, R>
}

// ---------------------------------------------------------------------------------------------------------------------
// listings
// ---------------------------------------------------------------------------------------------------------------------

interface Listing<R> {
  readonly name: string
  readonly schema: Schema.Top
  readonly table: Table.Table
  readonly pageSize: number | null
  readonly pages: (
    query: { readonly per_page?: number },
    options: WalkOptions
  ) => Stream.Stream<Page<unknown>, IntercomError, R>
}

const Cursor = Schema.UndefinedOr(Schema.String)
const isCursor = Schema.is(Cursor)

/** A listing walked from cursor to cursor. One with pages has times, so that changes can be selected. */
const listing = <R>({ name, pageSize, pages, schema, table }: Listing<R>): Resource<R> => {
  const query = (size: number | null) => (size === null ? {} : { per_page: size })
  return {
    name,
    schema,
    table,
    pageSize,
    largestPage: null,
    counted: true,
    changes: pageSize === null ? "whole" : "filter",
    resumes: Schema.is(Schema.NullOr(Schema.String)),
    walk: ({ accepts, from, pageSize }) =>
      Walk.ahead(
        Walk.accepted(
          Walk.steps((options) => pages(query(pageSize), options), isCursor(from) ? from : undefined),
          accepts
        )
      ),
    count: () =>
      Effect.map(
        Walk.fetch((options) => pages(query(pageSize === null ? null : 1), options), undefined),
        ({ invalid, page }) => page.total ?? (pageSize === null ? page.items.length + invalid.length : undefined)
      )
  }
}

/** All admins, in one answer. */
export const admins = listing({
  name: "admins",
  schema: Admin,
  table: Table.fromSchema("admins", Admin, { key: "id" }),
  pageSize: null,
  pages: (_, options) => Stream.unwrap(Admins.useSync(({ list }) => list.pages({}, options)))
})

/** All teams, in one answer. */
export const teams = listing({
  name: "teams",
  schema: Team,
  table: Table.fromSchema("teams", Team, { key: "id" }),
  pageSize: null,
  pages: (_, options) => Stream.unwrap(Teams.useSync(({ list }) => list.pages({}, options)))
})

/** All tags, in one answer. */
export const tags = listing({
  name: "tags",
  schema: Tag,
  table: Table.fromSchema("tags", Tag, { key: "id" }),
  pageSize: null,
  pages: (_, options) => Stream.unwrap(Tags.useSync(({ list }) => list.pages({}, options)))
})

/** All segments, in one answer. */
export const segments = listing({
  name: "segments",
  schema: Segment,
  table: Table.fromSchema("segments", Segment, { key: "id" }),
  pageSize: null,
  pages: (_, options) => Stream.unwrap(Segments.useSync(({ list }) => list.pages({}, options)))
})

/** All articles. 25 a page is the API's default; its maximum is not documented. */
export const articles = listing({
  name: "articles",
  schema: Article,
  table: Table.fromSchema("articles", Article, { key: "id" }),
  pageSize: 25,
  pages: (query, options) => Stream.unwrap(Articles.useSync(({ list }) => list.pages(query, options)))
})

/** All news items; the size of a page is the API's own. */
export const newsItems = listing({
  name: "newsItems",
  schema: NewsItem,
  table: Table.fromSchema("newsItems", NewsItem, { key: "id", formerly: ["news"] }),
  pageSize: null,
  pages: (_, options) => Stream.unwrap(NewsItems.useSync(({ list }) => list.pages({}, options)))
})

const countCompanies = Companies.use(({ list }) => Stream.runHead(list.pages({ per_page: 1 }, { prefetch: 0 }))).pipe(
  Effect.map((page) => Option.getOrUndefined(page)?.total)
)

/** All companies with users, by a scroll: listings of them end at 10,000. */
export const companies: Resource<Companies> = {
  name: "companies",
  schema: Company,
  table: Table.fromSchema("companies", Company, { key: "id" }),
  pageSize: null,
  largestPage: null,
  counted: false,
  changes: "filter",
  resumes: Schema.is(Schema.NullOr(Schema.Record(Schema.String, Schema.Never))),
  walk: ({ accepts, from }) =>
    Walk.accepted(
      Stream.unwrap(
        // A scroll reports no count.
        Effect.map(countCompanies, (listed) =>
          Scroll.steps(
            (options) => Stream.unwrap(Companies.useSync(({ scroll }) => scroll.pages({}, options))),
            from,
            listed
          )
        )
      ),
      accepts
    ),
  count: () => countCompanies
}

// ---------------------------------------------------------------------------------------------------------------------
// searches
// ---------------------------------------------------------------------------------------------------------------------

const day = 86_400

/** The first moment a search is asked for: it compares whole days, in a zone that may be ahead of UTC. */
const searchedAfter = (since: number | undefined) => (since === undefined ? 0 : Math.max(0, since - day))

const fieldOf = (since: number | undefined): Windows.Field => (since === undefined ? "created_at" : "updated_at")

const isSearched = Schema.is(Schema.NullOr(Schema.Union([Windows.Position, Untimed.Listing])))

const windowsPosition = Schema.decodeUnknownOption(Windows.Position)

type Search<R> = Windows.Options<R>["search"]

/** A listing, with so many records a page. */
type List<R> = (size: number) => Walk.Open<R>

/** Whether a search by time finds a record. */
const isTimed = ({ created_at }: Received) => typeof created_at === "number"

/**
 * Every record by creation time, or every change by update time. A record that is updated during the export moves towards
 * the end, so it is never skipped.
 */
const searched = <R>(search: Search<R>, list: List<R>, options: Options) => {
  const { accepts, concurrency, from, known, since } = options
  const pageSize = options.pageSize ?? 150
  const windows = (from: Walk.Position | undefined) =>
    Windows.steps({
      field: fieldOf(since),
      search,
      pageSize,
      concurrency,
      after: searchedAfter(since),
      from: Option.getOrUndefined(windowsPosition(from))
    })
  // What has no time of its changes is in no export of changes.
  const all = since === undefined ? Untimed.steps({ timed: windows, list, pageSize, known, from }) : windows(from)
  return Walk.accepted(all, accepts)
}

const counted =
  <R>(search: Search<R>) =>
  (since: number | undefined) =>
    Effect.map(
      Walk.fetch(
        search({
          query: Windows.query(fieldOf(since), { after: searchedAfter(since), until: null }),
          order: "ascending",
          size: 1
        }),
        undefined
      ),
      ({ page }) => page.total
    )

const listContacts: List<Contacts> = (size) => (options) =>
  Stream.unwrap(Contacts.useSync(({ list }) => list.pages({ per_page: size }, options)))

const searchContacts: Search<Contacts> =
  ({ order, query, size }) =>
  (options) =>
    Stream.unwrap(
      Contacts.useSync(({ search }) =>
        search.pages({ query, sort: { field: Windows.fieldIn(query), order }, pagination: { per_page: size } }, options)
      )
    )

/** Windows walked at once: what they read ahead is the most an export holds in memory. */
const halfOf = (concurrency: number) => Math.max(1, Math.ceil(concurrency / 2))

/** What a record that does not fit may have anywhere is anything. */
const fieldsOf = (value: unknown): Received => (Table.isObject(value) ? value : {})

const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0)

const wholeOf = (value: unknown): number => (typeof value === "number" && Number.isSafeInteger(value) ? value : 0)

/** The id of a record that has one, as a URL has it. */
const idOf = (record: Received): string => Json.digits(record, "id") ?? String(record["id"])

const embedded = ["tags", "notes", "companies"] as const

/** The lists within a contact that the API cuts off after ten. */
const cutOff = (contact: Received): ReadonlyArray<Walk.Missing> =>
  embedded.flatMap((what): ReadonlyArray<Walk.Missing> => {
    const list = fieldsOf(contact[what])
    if (list["has_more"] !== true) return []
    const found = lengthOf(list["data"])
    return [{ id: idOf(contact), what, expected: Math.max(found + 1, wholeOf(list["total_count"])), found }]
  })

/** All contacts; at most 150 a page. Their tags, notes and companies beyond the tenth are named as missing. */
export const contacts: Resource<Contacts> = {
  name: "contacts",
  schema: Contact,
  table: Table.fromSchema("contacts", Contact, { key: "id" }),
  pageSize: 150,
  largestPage: 150,
  counted: false,
  changes: "search",
  resumes: isSearched,
  walk: (options) =>
    Stream.map(
      searched(searchContacts, listContacts, { ...options, concurrency: halfOf(options.concurrency) }),
      (step) => ({ ...step, missing: step.records.flatMap(cutOff) })
    ),
  count: counted(searchContacts)
}

const listConversations: List<Conversations> = (size) => (options) =>
  Stream.unwrap(Conversations.useSync(({ list }) => list.pages({ per_page: size }, options)))

const searchConversations: Search<Conversations> =
  ({ order, query, size }) =>
  (options) =>
    Stream.unwrap(
      Conversations.useSync(({ search }) =>
        search.pages({ query, sort: { field: Windows.fieldIn(query), order }, pagination: { per_page: size } }, options)
      )
    )

/** What a record becomes. */
interface Completed {
  readonly records?: ReadonlyArray<Received>
  readonly invalid?: Walk.Step["invalid"]
  readonly missing?: ReadonlyArray<Walk.Missing>
}

/** How the records of a walk are completed, each by requests of its own. */
interface Completion<out R> {
  readonly complete: (record: Received) => Effect.Effect<Completed, Walk.Failure, R>
  /** What is missing when they fail. */
  readonly what: Walk.Missing["what"]
  readonly operation: Pick<IntercomError, "operation" | "method" | "path">
}

const isolated = <R>({ complete, operation, what }: Completion<R>, bounded: boolean) =>
  Isolation.make<Completed, R>({
    complete,
    bounded,
    failed: (record, reason) => ({ missing: [{ id: idOf(record), what, expected: 1, found: 0, reason }] }),
    broken: (raw, actual) => ({
      invalid: [
        {
          raw,
          error: new IntercomError({
            ...operation,
            reason: new DecodeError({
              status: 200,
              kind: "invalid",
              mismatches: [{ path: "", expected: "a record that can be read", actual }],
              body: ""
            })
          })
        }
      ]
    })
  })

/** Completes each record of a step, several at once over all steps, in order. */
const completed =
  <R>(concurrency: number, completion: Completion<R>) =>
  <E, R2>(self: Stream.Stream<Walk.Step, E, R2>): Stream.Stream<Walk.Step, E | Walk.Failure, R | R2> =>
    Stream.unwrap(
      Effect.gen(function* () {
        const requests = yield* Semaphore.make(concurrency)
        const { common, complete } = yield* isolated(completion, true)
        return Stream.mapEffect(
          self,
          (step) =>
            Effect.gen(function* () {
              const parts = yield* Effect.forEach(step.records, (record) => requests.withPermit(complete(record)), {
                concurrency: "unbounded"
              })
              const failure = yield* common
              return failure === undefined ? withParts(step, parts) : yield* failure
            }),
          // The next page's records are asked for while the last of this one are awaited.
          { concurrency: 2 }
        )
      })
    )

const withParts = (step: Walk.Step, parts: ReadonlyArray<Completed>): Walk.Step => ({
  ...step,
  records: parts.flatMap(({ records = [] }) => records),
  invalid: [...step.invalid, ...parts.flatMap(({ invalid = [] }) => invalid)],
  missing: parts.flatMap(({ missing = [] }) => missing)
})

/** A walk whose records are completed, after those that failed before. */
const withRetried = <E, R, R2>(
  { again, concurrency, from }: Options,
  completion: Completion<R>,
  self: Stream.Stream<Walk.Step, E, R2>
): Stream.Stream<Walk.Step, E | Walk.Failure, R | R2> => {
  const rest = completed(concurrency, completion)(self)
  if (again.length === 0) return rest
  const first = Effect.gen(function* () {
    const { complete } = yield* isolated(completion, false)
    const parts = yield* Effect.forEach(again, (id) => complete({ id }), { concurrency })
    const position = from ?? null
    return withParts({ records: [], invalid: [], read: again.length, position }, parts)
  })
  return Stream.concat(Stream.fromEffect(first), rest)
}

/** Whether the API says that a record is not there. A 404 in another format comes from something before the API. */
const isGone = ({ reason }: IntercomError): boolean => reason._tag === "NotFound" && reason.errors.length > 0

/** A conversation with its parts: 500 at most, however many it says it has. */
const detailed: Completion<Conversations> = {
  what: "record",
  operation: { operation: "Conversations.get", method: "GET", path: "/conversations/{conversation_id}" },
  complete: Effect.fnUntraced(
    function* (listed) {
      const strict = yield* Drift.Strict
      const misfit = yield* Ref.make<Invalid | undefined>(undefined)
      // An id that is a number is sent as its digits.
      const answer: unknown = yield* Conversations.use(({ get }) => get(idOf(listed) as ConversationId)).pipe(
        Effect.provideService(OnInvalid, strict ? undefined : (invalid) => Ref.set(misfit, invalid))
      )
      const invalid = yield* Ref.get(misfit)
      if (invalid !== undefined && !(Table.isObject(answer) && Walk.hasId(answer))) {
        return { invalid: [{ ...invalid, raw: listed }] }
      }
      // What fits is an object.
      const conversation = answer as Received
      if (invalid !== undefined) Drift.note(conversation, invalid)
      const parts = fieldsOf(conversation["conversation_parts"])
      const found = lengthOf(parts["conversation_parts"])
      const expected = Math.max(
        wholeOf(fieldsOf(conversation["statistics"])["count_conversation_parts"]),
        wholeOf(parts["total_count"])
      )
      return {
        records: [conversation],
        missing: found < expected ? [{ id: idOf(conversation), what: "parts", expected, found }] : []
      } satisfies Completed
    },
    (self, listed) =>
      self.pipe(
        Effect.catchIf(
          (error) => isGone(error),
          () => Effect.succeed<Completed>({ missing: [{ id: idOf(listed), what: "record", expected: 1, found: 0 }] })
        ),
        Effect.catchReason("IntercomError", "DecodeError", (reason, error) =>
          reason.kind === "invalid"
            ? Effect.succeed<Completed>({ invalid: [{ raw: listed, error }] })
            : Effect.fail(error)
        )
      )
  )
}

/** All conversations with their parts: each is asked for by itself. 50 a page. */
export const conversations: Resource<Conversations> = {
  name: "conversations",
  schema: Conversation,
  table: Table.fromSchema("conversations", Conversation, { key: "id" }),
  pageSize: 50,
  largestPage: 150,
  counted: false,
  changes: "search",
  resumes: isSearched,
  walk: (options) =>
    withRetried(options, detailed, searched(searchConversations, listConversations, { ...options, concurrency: 2 })),
  count: counted(searchConversations)
}

const identityOfEvent = Table.identity({ key: null })

const isHappening: Walk.Identified = (record) => identityOfEvent(record) !== undefined

/** All events of a contact: those of the last 90 days, older ones the API does not list. */
const happened: Completion<Events> = {
  what: "events",
  operation: { operation: "Events.list", method: "GET", path: "/events" },
  complete: Effect.fnUntraced(function* (contact) {
    const read = yield* Ref.make<ReadonlyArray<Walk.Step>>([])
    const found = Effect.map(Ref.get(read), (steps) => ({
      records: steps.flatMap(({ records }) => records),
      invalid: steps.flatMap(({ invalid }) => invalid)
    }))
    return yield* Walk.steps(
      (options) =>
        Stream.unwrap(
          // The id of a contact.
          Events.useSync(({ list }) => list.pages({ intercom_user_id: idOf(contact) as ContactId }, options))
        ),
      undefined,
      isHappening
    ).pipe(
      Stream.runForEach((step) => Ref.update(read, (steps) => [...steps, step])),
      Effect.andThen(found),
      Effect.catchReason("IntercomError", "NotFound", (_, error) =>
        Effect.gen(function* () {
          const { length: pages } = yield* Ref.get(read)
          // A page that the page before leads to is there, unless the contact was merged or deleted meanwhile.
          if (pages === 0 && !isGone(error)) return yield* error
          const kept = yield* found
          const count = kept.records.length + kept.invalid.length
          const missing: Walk.Missing = {
            id: idOf(contact),
            what: "events",
            expected: count + 1,
            found: count,
            ...(pages === 0 ? undefined : { reason: Isolation.short(error.message) })
          }
          return { ...kept, missing: [missing] } satisfies Completed
        })
      )
    )
  })
}

/** The events of all contacts of the last 90 days: a request for each contact, at least. */
export const events: Resource<Contacts | Events> = {
  name: "events",
  schema: DataEvent,
  table: Table.fromSchema("events", DataEvent, { key: null }),
  pageSize: 50,
  largestPage: 150,
  counted: false,
  changes: "whole",
  resumes: isSearched,
  walk: (options) =>
    withRetried(
      options,
      happened,
      // Of contacts it is not known which were asked for; those that a search by time finds were.
      searched(searchContacts, listContacts, { ...options, concurrency: 2, since: undefined, known: isTimed })
    ).pipe(
      // The API counts contacts here, not events.
      Stream.map((step) => ({
        ...step,
        total: undefined,
        rest: undefined,
        read: step.records.length + step.invalid.length
      }))
    ),
  count: () => Effect.succeed(undefined)
}

// ---------------------------------------------------------------------------------------------------------------------
// all of them
// ---------------------------------------------------------------------------------------------------------------------

/** Every resource, once, by the name that core has for it, in the order of an export of all: what others refer to first. */
const declared = {
  admins,
  teams,
  tags,
  segments,
  companies,
  contacts,
  conversations,
  articles,
  newsItems,
  events
} satisfies { readonly [name in keyof typeof resources]?: unknown }

/** The name of a resource; it names the files and tables too. */
export type ResourceName = keyof typeof declared

type ServicesOf<Some> = Some extends Resource<infer R> ? R : never

/** The services behind all resources. */
export type Services = ServicesOf<(typeof declared)[ResourceName]>

/** Every resource, by its name. */
export const all: { readonly [name in ResourceName]: Resource<Services> } = declared

/** Every name, what others refer to first. */
// What was declared has no other keys, and there are some.
export const everything = Object.keys(
  declared
) as ReadonlyArray<ResourceName> as Arr.NonEmptyReadonlyArray<ResourceName>

/** The name of a resource. */
export const ResourceName = Schema.Literals(everything)

/** Names that earlier versions had, each with the one of today. */
export const renamed: ReadonlyMap<string, ResourceName> = new Map(
  everything.flatMap((name) => (all[name].table.formerly ?? []).map((former) => [former, name] as const))
)

/** A name as it is today. */
export const current = (name: string): string => renamed.get(name) ?? name
