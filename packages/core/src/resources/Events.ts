/** Events: what contacts did in your product. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import {
  CustomAttributes,
  exactlyOne,
  fixed,
  JsonObject,
  listing,
  LooseId,
  nullish,
  open,
  openEnum,
  optional,
  queryText,
  unchecked,
  UnixSeconds
} from "../Wire.ts"
import * as Pagination from "../Pagination.ts"
import * as Resource from "../Resource.ts"
import { ContactId } from "./Common.ts"

const summed = {
  name: nullish(Schema.String),
  /** When it first happened: ISO 8601, or Unix seconds. */
  first: nullish(LooseId),
  /** When it last happened: ISO 8601, or Unix seconds. */
  last: nullish(LooseId),
  count: nullish(Schema.Int),
  description: nullish(Schema.String)
} as const

/** How often events of a name happened. Any field may be null or missing. */
export class DataEventSummary extends Schema.Opaque<DataEventSummary>()(open(summed)) {}

/**
 * An event, as the API lists it; any field may be null or missing, and fields not listed here are kept. The published
 * document leaves it out. Source: the official 2.15 document, which describes the summed-up form by mistake: `name`,
 * `first`, `last`, `count` and `description` are of that form.
 */
export class DataEvent extends Schema.Opaque<DataEvent>()(
  open({
    type: nullish(openEnum("event")),
    id: nullish(Schema.String),
    event_name: nullish(Schema.String),
    /** When it happened, in Unix seconds. */
    created_at: nullish(UnixSeconds),
    /** Your own id for the contact. */
    user_id: nullish(Schema.String),
    /** Intercom's id for the contact. */
    intercom_user_id: nullish(ContactId),
    email: nullish(Schema.String),
    metadata: nullish(CustomAttributes),
    ...summed
  })
) {}

/**
 * One page of a contact's events. `pages.next` is the URL of the next page, null or missing at the end; `pages.since`
 * is a URL to ask later for what came after.
 */
export class DataEventList extends Schema.Opaque<DataEventList>()(
  listing({
    events: Schema.Array(DataEvent),
    user_id: unchecked,
    intercom_user_id: unchecked,
    email: unchecked,
    pages: nullish(Pagination.Pages)
  })
) {}

const whose = {
  /** The API demands it, and knows `user` only: sent by default. */
  type: fixed("user"),
  user_id: optional(queryText(Schema.String)),
  intercom_user_id: optional(queryText(ContactId)),
  email: optional(queryText(Schema.String))
} as const

const oneContact = exactlyOne(["user_id", "intercom_user_id", "email"], 1)

/**
 * Whose events: exactly one of `user_id` (your own id), `intercom_user_id` and `email`. `per_page` is only mentioned
 * in prose by the official document, so no maximum is known. Events older than 90 days are not listed. The API's
 * `summary`, which gives another answer, is `listSummaries`.
 */
export class ListEvents extends Schema.Opaque<ListEvents>()(
  Schema.Struct({
    ...whose,
    per_page: optional(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)))
  }).check(oneContact)
) {}

/** Whose events: exactly one of `user_id` (your own id), `intercom_user_id` and `email`. */
export class ListEventSummaries extends Schema.Opaque<ListEventSummaries>()(Schema.Struct(whose).check(oneContact)) {}

/** Something a contact did, now or before. Exactly one of `id`, `user_id` and `email` says who. */
export class SubmitEvent extends Schema.Opaque<SubmitEvent>()(
  Schema.Struct({
    /** What happened, such as `ordered-item`. */
    event_name: Schema.String,
    /** When it happened, in Unix seconds. */
    created_at: UnixSeconds,
    /** Intercom's id for the contact. The published document lacks it. */
    id: optional(ContactId),
    /** Your own id for the contact. */
    user_id: optional(Schema.String),
    email: optional(Schema.String),
    /** Details: texts, numbers, and objects for links and amounts of money. */
    metadata: optional(JsonObject)
  }).check(exactlyOne(["id", "user_id", "email"], 3))
) {}

/** How often a contact did something before now: for what happened elsewhere. Times are Unix seconds. */
export class SubmitEventSummary extends Schema.Opaque<SubmitEventSummary>()(
  Schema.Struct({
    /** Your own id for the contact. */
    user_id: Schema.String,
    /** One summary, though the API calls it many. */
    event_summaries: Schema.Struct({
      event_name: Schema.String,
      count: Schema.Int,
      first: UnixSeconds,
      last: UnixSeconds
    })
  })
) {}

/** The listing, asked for how often instead of when: the answer is another, and has no pages. */
class Summed extends Resource.Service<Summed>()("Events", {
  /** Permission: Read events. */
  listSummaries: Endpoint.get("/events", {
    permission: "Read events",
    query: Schema.Struct({ ...whose, summary: fixed("true") }).check(oneContact),
    success: listing({ events: Schema.Array(DataEventSummary) }),
    error: [ErrorResponse.BadRequest, ErrorResponse.NotFound],
    operationId: "listEvents"
  })
}) {}

/** The events of contacts. */
export class Events extends Resource.Service<Events>()(
  "Events",
  {
    /**
     * Submits an event. Safe to repeat: the same contact, name and second is one event.
     *
     * Permission: Write events.
     */
    submit: Endpoint.post("/events", {
      permission: "Write events",
      payload: SubmitEvent,
      status: 202,
      error: [ErrorResponse.BadRequest, ErrorResponse.NotFound],
      // The API counts one event per contact, name and second, and answers 202 to a repeated one as well.
      idempotent: true
    }),
    /**
     * One page of a contact's events; `list.pages` and `list.items` walk them all. There is no list of everyone's.
     *
     * Permission: Read events.
     */
    list: Endpoint.get("/events", {
      permission: "Read events",
      query: ListEvents,
      success: DataEventList,
      error: [ErrorResponse.BadRequest, ErrorResponse.NotFound],
      pages: Pagination.url("events", DataEvent)
    }),
    /**
     * Submits how often an event happened, instead of each time. Never sent twice.
     *
     * Permission: Write events.
     */
    submitSummary: Endpoint.post("/events/summaries", {
      permission: "Write events",
      payload: SubmitEventSummary,
      status: 200,
      error: ErrorResponse.NotFound
    })
  },
  {
    /**
     * How often each event of a contact happened, first and last, by name: what was submitted as summaries, too. One
     * answer has all of them. Fails with `NotFound` when there is no such contact.
     */
    listSummaries: (_, http) => {
      const { listSummaries } = Summed.make(http)
      return (query: ListEventSummaries) => Effect.map(listSummaries(query), ({ events }) => events)
    }
  }
) {}
