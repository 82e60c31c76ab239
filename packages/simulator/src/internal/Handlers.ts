/** What each operation does, on the routes, parameters and bodies that `IntercomApi` declares. */
import { Authorization, IntercomApi } from "@effect-intercom/core"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { Row } from "./Collection.ts"
import * as Created from "./Created.ts"
import * as ErrorList from "./ErrorList.ts"
import * as Listing from "./Listing.ts"
import type * as Scroll from "./Scroll.ts"
import * as Search from "./Search.ts"
import * as Seed from "./Seed.ts"
import type { Store } from "./Store.ts"
import * as Request from "./Request.ts"
import { isVersion } from "./Version.ts"

/** The current time: in Unix seconds, as records have it, and in milliseconds. */
const time = Effect.map(Clock.currentTimeMillis, (at) => ({ now: Math.floor(at / 1000), at }))

/** What the operations work on. */
export interface Workspace {
  readonly store: Store
  readonly token: Redacted.Redacted
  /** Of requests that name none. */
  readonly version: string
  readonly search: { readonly contacts: Search.Options; readonly conversations: Search.Options }
  readonly scroll: Scroll.Scroll
}

const authorization = (token: Redacted.Redacted) =>
  Layer.succeed(
    Authorization,
    Authorization.of({
      bearerAuth: (handler, { credential }) => {
        if (Redacted.value(credential) !== Redacted.value(token)) {
          return ErrorList.respond(401, { code: "unauthorized", message: "Access Token Invalid" })
        }
        return Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ headers }) => {
          const version = headers["intercom-version"]
          return version === undefined || isVersion(version)
            ? handler
            : ErrorList.respond(400, {
                code: "intercom_version_invalid",
                message: "The requested version could not be found"
              })
        })
      }
    })
  )

const admins = ({ store }: Workspace) =>
  HttpApiBuilder.group(IntercomApi, "Admins", (handlers) =>
    handlers.handleAll({
      me: () => {
        const row = store.collections.admins.size() > 0 ? store.collections.admins.at(0) : Seed.admin(store.world, 0)
        const { away_status_reason_id: _, team_priority_level: __, ...admin } = row
        return Effect.succeed(
          Listing.value({
            ...admin,
            // The same picture is a URL in listings.
            avatar: { type: "avatar", image_url: row["avatar"] },
            email_verified: true,
            app: Seed.app(store.world)
          })
        )
      },
      list: () => Effect.succeed(Listing.all(store.collections.admins, { type: "admin.list", key: "admins" }))
    })
  )

// From this version on, a merged contact is gone rather than not found.
const tellsOfMerges = (version: string): boolean => !/^(0|1\..*|2\.([0-9]|1[0-5]))$/.test(version)

const contacts = ({ search, store, version }: Workspace) =>
  HttpApiBuilder.group(IntercomApi, "Contacts", (handlers) =>
    handlers
      .handleAll({
        list: ({ query }) =>
          Listing.cursor(store.collections.contacts, { type: "list", key: "data", perPage: 10 }, query),
        create: ({ payload }) =>
          Effect.flatMap(time, ({ at, now }) => {
            const row = Created.contact(store, payload, now)
            const existing = store.conflicting(row)
            if (existing !== undefined) {
              return ErrorList.respond(409, {
                code: "conflict",
                message: `A contact matching those details already exists with id=${existing.id}`
              })
            }
            store.insert("contacts", row, at)
            return Effect.succeed(Listing.value(row))
          }),
        get: ({ params, request }) => {
          const row = store.findContact({ id: params.contact_id })
          if (row !== undefined) return Effect.succeed(Listing.value(row))
          const into = store.mergedInto(params.contact_id)
          return into !== undefined && tellsOfMerges(request.headers["intercom-version"] ?? version)
            ? Effect.map(
                ErrorList.respond(410, { code: "contact_merged", message: `This contact was merged into ${into}` }),
                HttpServerResponse.setHeader("link", `</contacts/${into}>; rel="successor-version"`)
              )
            : ErrorList.notFound("User Not Found")
        }
      })
      // Not decoded by the declaration: the API says by itself what it refuses.
      .handleRaw("search", ({ request }) => answer(search.contacts, request))
  )

const answer = (options: Search.Options, request: HttpServerRequest.HttpServerRequest) =>
  Effect.flatMap(Request.bodyOf(request), (body) => Effect.flatMap(time, ({ at }) => Search.answer(options, body, at)))

const companies = ({ scroll, store }: Workspace) =>
  HttpApiBuilder.group(IntercomApi, "Companies", (handlers) =>
    handlers.handleAll({
      list: ({ query, request }) => {
        const { companies } = store.collections
        const url = Request.urlOf(request)
        const single = url.searchParams.get("company_id") ?? url.searchParams.get("name")
        if (single !== null) {
          const { searchParams } = url
          const found = searchParams.has("company_id")
            ? store.findCompany(single)
            : Listing.rows(companies).find((row) => row["name"] === single)
          return found === undefined
            ? ErrorList.notFound("Company Not Found", "company_not_found")
            : Effect.succeed(Listing.value(found))
        }
        const shape = { type: "list", key: "data", perPage: 15, order: "oldest" } as const
        const { segment_id, tag_id } = query
        if (segment_id === undefined && tag_id === undefined) return Listing.page(companies, shape, query, url)
        const kept = Listing.rows(companies).filter(
          (row) => holds(row, "tags", tag_id) && holds(row, "segments", segment_id)
        )
        return Listing.page(Listing.viewOf(kept), shape, query, url)
      },
      createOrUpdate: ({ payload }) =>
        Effect.map(time, ({ at, now }) => {
          const existing = store.findCompany(payload.company_id)
          const row = Created.company(store, payload, now, existing)
          if (existing === undefined) store.insert("companies", row, at)
          else store.replace("companies", row, at)
          return Listing.value(row)
        }),
      scroll: ({ query }) =>
        Effect.flatMap(time, ({ at }) => {
          const turn = scroll.turn(query.scroll_param, at)
          switch (turn._tag) {
            case "Page":
              return Effect.succeed(Listing.scrollPage(turn.rows, turn.param))
            case "Exists":
              return ErrorList.respond(400, {
                code: "scroll_exists",
                message: "scroll already exists for this workspace"
              })
            case "NotFound":
              return ErrorList.notFound("scroll parameter not found")
          }
        })
    })
  )

/** Whether the list at `row[key][key]` has an entry with this id; true when no id is asked for. */
const holds = (row: Row, key: "tags" | "segments", id: string | undefined): boolean => {
  if (id === undefined) return true
  // Companies' tags and segments have this form, seeded and created.
  const entries = (row[key] as { readonly [key: string]: ReadonlyArray<{ readonly id?: unknown }> })[key]
  return entries?.some((entry) => entry.id === id) ?? false
}

const conversations = ({ search, store }: Workspace) =>
  HttpApiBuilder.group(IntercomApi, "Conversations", (handlers) =>
    handlers
      .handleAll({
        list: ({ query }) =>
          Listing.cursor(
            store.collections.conversations,
            { type: "conversation.list", key: "conversations", perPage: 20 },
            query
          ),
        create: ({ payload }) =>
          Effect.flatMap(time, ({ at, now }) => {
            const contact = store.findContact({ id: payload.from.id })
            if (contact === undefined) return ErrorList.notFound("User Not Found")
            const row = Created.conversation(store, contact, payload, now)
            store.insert("conversations", row, at)
            return Effect.succeed(Listing.value(Created.conversationMessage(row)))
          }),
        get: ({ params, query }) => {
          const row = store.collections.conversations.find(params.conversation_id)
          if (row === undefined) return ErrorList.notFound("Resource Not Found")
          const whole = store.withParts(row)
          return Effect.succeed(Listing.value(query.display_as === "plaintext" ? plainText(whole) : whole))
        }
      })
      .handleRaw("search", ({ request }) => answer(search.conversations, request))
  )

/** Bodies and subjects without their tags. */
const plainText = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plainText)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      key,
      typeof field === "string" && (key === "body" || key === "subject")
        ? field.replaceAll(/<[^>]*>/g, "")
        : plainText(field)
    ])
  )
}

const articles = ({ store }: Workspace) =>
  HttpApiBuilder.group(IntercomApi, "Articles", (handlers) =>
    handlers.handleAll({
      list: ({ query, request }) =>
        Listing.page(
          store.collections.articles,
          { type: "list", key: "data", perPage: 25, order: "newest" },
          query,
          Request.urlOf(request)
        ),
      create: ({ payload }) =>
        Effect.map(time, ({ at, now }) => {
          const row = Created.article(store, payload, now)
          store.insert("articles", row, at)
          return Listing.value(row)
        })
    })
  )

const segments = ({ store }: Workspace) =>
  HttpApiBuilder.group(IntercomApi, "Segments", (handlers) =>
    handlers.handle("list", ({ query }) =>
      Effect.succeed(
        Listing.all(
          store.collections.segments,
          { type: "segment.list", key: "segments" },
          query.include_count === true ? (index) => ({ count: Seed.segmentSize(store.world, index) }) : undefined
        )
      )
    )
  )

const tags = ({ store }: Workspace) =>
  HttpApiBuilder.group(IntercomApi, "Tags", (handlers) =>
    handlers.handleAll({
      list: () => Effect.succeed(Listing.all(store.collections.tags, { type: "list", key: "data" })),
      get: ({ params }) => {
        const row = store.collections.tags.find(params.tag_id)
        return row === undefined
          ? ErrorList.notFound("Resource Not Found", "tag_not_found")
          : Effect.succeed(Listing.value(row))
      }
    })
  )

const teams = ({ store }: Workspace) =>
  HttpApiBuilder.group(IntercomApi, "Teams", (handlers) =>
    handlers.handleAll({
      list: () => Effect.succeed(Listing.all(store.collections.teams, { type: "team.list", key: "teams" })),
      get: ({ params }) => {
        const row = store.collections.teams.find(params.team_id)
        return row === undefined
          ? ErrorList.notFound("Team Not Found", "team_not_found")
          : Effect.succeed(Listing.value(row))
      }
    })
  )

const messages = ({ store }: Workspace) =>
  HttpApiBuilder.group(IntercomApi, "Messages", (handlers) =>
    handlers.handle("create", ({ payload }) =>
      Effect.flatMap(time, ({ now }) => {
        if (payload.body === "") {
          return ErrorList.respond(400, { code: "parameter_not_found", message: "No body supplied for message" })
        }
        if (payload.message_type === "email" && !payload.subject) {
          return ErrorList.respond(422, {
            code: "parameter_not_found",
            message: "No subject supplied for email message"
          })
        }
        const recipients = "id" in payload.to ? [payload.to] : payload.to
        const unknown = recipients.find(({ id }) => store.findContact({ id }) === undefined)
        if (unknown !== undefined) {
          return ErrorList.respond(400, { code: "not_found", message: "Recipient Not Found", field: "to" })
        }
        const message = Created.message(store, payload, now)
        store.messages.push(message)
        return Effect.succeed(Listing.value(message))
      })
    )
  )

const events = ({ store }: Workspace) =>
  HttpApiBuilder.group(IntercomApi, "Events", (handlers) =>
    handlers.handleAll({
      submit: ({ payload }) => {
        const contact = store.findContact(payload)
        if (contact === undefined) return ErrorList.notFound("User Not Found")
        store.addEvent(contact, Created.event(store, contact, payload))
        return Effect.succeed(HttpServerResponse.empty({ status: 202 }))
      },
      list: ({ query, request }) => {
        if (query.type !== "user") {
          return ErrorList.respond(400, {
            code: "parameter_invalid",
            message: "type must be user",
            field: "type"
          })
        }
        const { email, intercom_user_id: id, user_id } = query
        const contact = store.findContact({ id, user_id, email })
        if (contact === undefined) return ErrorList.notFound("User Not Found")
        const url = Request.urlOf(request)
        return url.searchParams.get("summary") === "true"
          ? Effect.succeed(Listing.value(summary(contact, store.events(contact))))
          : Listing.events(store.events(contact), query, url)
      }
    })
  )

/** A contact's events by name: how often, first and last. */
const summary = (contact: Row, events: ReadonlyArray<Row>) => {
  const byName = Map.groupBy(events, (event) => String(event["event_name"]))
  const iso = (event: Row | undefined) =>
    DateTime.formatIso(DateTime.makeUnsafe(Number(event?.["created_at"] ?? 0) * 1000))
  return {
    type: "event.summary",
    email: contact["email"],
    intercom_user_id: contact.id,
    user_id: contact["external_id"],
    events: Array.from(byName, ([name, events]) => ({
      name,
      // Newest first.
      first: iso(events.at(-1)),
      last: iso(events[0]),
      count: events.length
    }))
  }
}

const news = ({ store }: Workspace) =>
  HttpApiBuilder.group(IntercomApi, "NewsItems", (handlers) =>
    handlers.handleAll({
      list: ({ query, request }) =>
        Listing.page(
          store.collections.newsItems,
          { type: "list", key: "data", perPage: 10, order: "newest" },
          query,
          Request.urlOf(request)
        ),
      create: ({ payload }) =>
        Effect.map(time, ({ at, now }) => {
          const row = Created.newsItem(store, payload, now)
          store.insert("newsItems", row, at)
          return Listing.value(row)
        })
    })
  )

/** All routes. */
export const layer = (workspace: Workspace) =>
  HttpApiBuilder.layer(IntercomApi).pipe(
    Layer.provide([
      admins(workspace),
      contacts(workspace),
      companies(workspace),
      conversations(workspace),
      articles(workspace),
      segments(workspace),
      tags(workspace),
      teams(workspace),
      messages(workspace),
      events(workspace),
      news(workspace)
    ]),
    Layer.provide(authorization(workspace.token))
  )
