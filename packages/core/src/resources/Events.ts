/** Events: what contacts did in your product. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { Authorization } from "../Authorization.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import {
  CustomAttributes,
  defaulted,
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
import * as Operation from "../Operation.ts"
import * as Pagination from "../Pagination.ts"
import { ContactId } from "./Common.ts"

// ---------------------------------------------------------------------------------------------------------------------
// wire schemas
// ---------------------------------------------------------------------------------------------------------------------

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
    name: nullish(Schema.String),
    /** When it first happened: ISO 8601, or Unix seconds. */
    first: nullish(LooseId),
    /** When it last happened: ISO 8601, or Unix seconds. */
    last: nullish(LooseId),
    count: nullish(Schema.Int),
    description: nullish(Schema.String)
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

/** A query or event says in one way only whose it is; `fields` is how many fields it has at least. */
const exactlyOne = (names: readonly [string, string, string], fields: number) =>
  Schema.makeFilter<{ readonly [name: string]: unknown }>(
    (value) => names.filter((name) => value[name] !== undefined).length === 1,
    {
      expected: `exactly one of ${names[0]}, ${names[1]} and ${names[2]}`,
      arbitraryConstraint: { minProperties: fields }
    }
  )

/**
 * Whose events: exactly one of `user_id` (your own id), `intercom_user_id` and `email`. `per_page` is only mentioned
 * in prose by the official document, so no maximum is known. Events older than 90 days are not listed. The API's
 * `summary` is left out: it answers with counts instead of events, in another shape and without pages.
 */
export class ListEvents extends Schema.Opaque<ListEvents>()(
  Schema.Struct({
    /** The API demands it, and knows `user` only: sent when left out. */
    type: defaulted(Schema.Literal("user"), "user"),
    user_id: optional(queryText(Schema.String)),
    intercom_user_id: optional(queryText(ContactId)),
    email: optional(queryText(Schema.String)),
    per_page: optional(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)))
  }).check(exactlyOne(["user_id", "intercom_user_id", "email"], 1))
) {}

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

// ---------------------------------------------------------------------------------------------------------------------
// endpoints
// ---------------------------------------------------------------------------------------------------------------------

/** The declaration of the operations on events. */
export class EventsGroup extends HttpApiGroup.make("Events")
  .add(
    HttpApiEndpoint.post("submit", "/events", {
      payload: SubmitEvent,
      success: HttpApiSchema.Accepted,
      error: [ErrorResponse.BadRequest, ErrorResponse.NotFound]
      // The API counts one event per contact, name and second, and answers 202 to a repeated one as well.
    }).annotateMerge(Operation.annotations({ operationId: "submitEvent", replay: "safe" })),
    HttpApiEndpoint.get("list", "/events", {
      query: ListEvents,
      success: DataEventList,
      error: [ErrorResponse.BadRequest, ErrorResponse.NotFound]
    }).annotateMerge(Operation.annotations({ operationId: "listEvents" }))
  )
  .middleware(Authorization) {}

// ---------------------------------------------------------------------------------------------------------------------
// service
// ---------------------------------------------------------------------------------------------------------------------

/** There is no list of everyone's events: the query says whose. */
export interface EventListing extends Pagination.Queried<ListEvents, DataEventList, DataEvent> {}

/** The events of contacts. */
export class Events extends Context.Service<Events>()("@effect-intercom/core/Events", {
  make: Effect.gen(function* () {
    const events = yield* Operation.client(EventsGroup)
    const list: EventListing = Pagination.url(events.list, { items: "events", item: DataEvent })
    return {
      /** Submits an event. Safe to repeat: the same contact, name and second is one event. */
      submit: Effect.fn("Events.submit")((payload: SubmitEvent) => events.submit({ payload })),
      /** One page of a contact's events; `list.pages` and `list.items` walk them all. */
      list
    }
  })
}) {
  static readonly layer = Layer.fresh(Layer.effect(this, this.make))
}
