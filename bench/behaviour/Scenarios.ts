/** What can happen to a client, and what each of the two makes of it. */
import { Articles } from "@effect-intercom/core/resources/Articles"
import { Companies } from "@effect-intercom/core/resources/Companies"
import { ContactId, Contacts } from "@effect-intercom/core/resources/Contacts"
import { Events } from "@effect-intercom/core/resources/Events"
import type { IntercomError } from "@effect-intercom/core/IntercomError"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { IntercomClient } from "intercom-client"
import { count, errorText, placeOf, times } from "./Outcome.ts"
import { json, refuse, requestId, type Script, type Server } from "./Server.ts"

export interface Scenario {
  readonly name: string
  readonly script: Script
  /** The call, with what it gave in words; what it fails with is put into words for it. */
  readonly official: (client: IntercomClient, server: Server) => Promise<string>
  readonly client: (server: Server) => Effect.Effect<string, IntercomError, Articles | Companies | Contacts | Events>
  /** What is said of either. */
  readonly observe: (seen: Seen) => string
  /** Seconds; without it the clients' defaults. */
  readonly timeout?: number
  /** 2 when left out, which is the default of intercom-client. */
  readonly retries?: number
  /** Begins with a whole second, as the reset of a rate limit does. */
  readonly wholeSecond?: boolean
}

export interface Seen {
  /** What the call gave or failed with, or {@link hanging}. */
  readonly outcome: string
  readonly server: Server
  /** How long the call took, in whole seconds. */
  readonly seconds: number
}

const sentThen = ({ outcome, server }: Seen) => `sent ${times(server.requests.length)}: ${outcome}`
const outcomeAfter = ({ outcome, seconds }: Seen) => (outcome === hanging ? outcome : `${outcome} after ${seconds} s`)

/** The longest a call may take, in seconds, and what is said of one that takes longer. */
export const longest = 4
export const hanging = `still hanging after ${longest} s`

// ---------------------------------------------------------------------------------------------------------------------
// bodies
// ---------------------------------------------------------------------------------------------------------------------

const contact = (id: string) => ({ type: "contact", id })
const article = (page: number) => ({ type: "article", id: String(page) })
const event = (id: string) => ({ type: "event", id, event_name: "ordered", created_at: 1_700_000_000 })

const contactPages: Script = () => (request) =>
  request.url.searchParams.has("starting_after")
    ? json({ type: "list", data: [contact("2")], pages: { type: "pages" } })
    : json({ type: "list", data: [contact("1")], pages: { type: "pages", next: { page: 2, starting_after: "c1" } } })

const articlePage = (page: number) =>
  json({ type: "list", data: page > 3 ? [] : [article(page)], pages: { type: "pages", page, total_pages: 3 } })

const eventPages =
  (next: (origin: string) => string): Script =>
  (origin) =>
  (request) =>
    request.url.searchParams.has("before")
      ? json({ type: "event.list", events: [event("2")], pages: { next: null } })
      : json({ type: "event.list", events: [event("1")], pages: { next: next(origin) } })

const scroll: Script = () => (_, nth) => {
  if (nth > 3) return refuse(404, "not_found", "scroll parameter not found")
  return json({ type: "list", data: nth === 3 ? [] : [{ type: "company", id: String(nth) }], scroll_param: "s" })
}

/** When the limit's next window begins, in Unix seconds. */
const resetIn = (seconds: number) => Math.floor(Date.now() / 1000) + seconds

const oneRefusal: Script = () => (_, nth) =>
  nth > 1
    ? json(contact("1"))
    : refuse(429, "rate_limit_exceeded", "Exceeded rate limit", { "x-ratelimit-reset": String(resetIn(2)) })

/** 20 requests in a window of 2 s, which begins with its first request. */
const limited: Script = () => {
  let reset = 0
  let used = 0
  return () => {
    if (Date.now() >= reset * 1000) {
      reset = resetIn(2)
      used = 0
    }
    used++
    const headers = {
      "x-ratelimit-limit": "20",
      "x-ratelimit-remaining": String(Math.max(0, 20 - used)),
      "x-ratelimit-reset": String(reset)
    }
    return used > 20
      ? refuse(429, "rate_limit_exceeded", "Exceeded rate limit", headers)
      : json(contact("1"), 200, headers)
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// calls
// ---------------------------------------------------------------------------------------------------------------------

const text = (value: unknown): string => (value === undefined ? "`undefined`" : `\`${JSON.stringify(value)}\``)
const email = "a@b.c"

const getContact = {
  official: (client: IntercomClient) => client.contacts.find({ contact_id: "1" }).then(text),
  client: () =>
    Effect.map(
      Contacts.use(({ get }) => get(ContactId.make("1"))),
      text
    )
}

const createContact = {
  official: (client: IntercomClient) => client.contacts.create({ email }).then(text),
  client: () =>
    Effect.map(
      Contacts.use(({ create }) => create({ email })),
      text
    )
}

const enough = 20
const endless = `endless (stopped at ${enough} requests)`

const listArticles = {
  official: async (client: IntercomClient, { requests }: Server) => {
    let records = 0
    for await (const _ of await client.articles.list({ per_page: 1 })) {
      records++
      if (requests.length >= enough) return endless
    }
    return count(records, "record")
  },
  client: ({ requests }: Server) =>
    Articles.use(({ list }) =>
      list.items({ per_page: 1 }).pipe(
        Stream.takeUntil(() => requests.length >= enough),
        Stream.runCount
      )
    ).pipe(Effect.map((records) => (requests.length >= enough ? endless : count(records, "record"))))
}

const listEvents = {
  official: async (client: IntercomClient) => {
    // What it answers with is one page; there is nothing to iterate over, and no method that takes the next URL.
    const page = await client.events.list({ type: "user", user_id: "u" })
    return count(page.events?.length ?? 0, "record")
  },
  client: () =>
    Effect.map(
      Events.use(({ list }) => Stream.runCount(list.items({ user_id: "u" }))),
      (records) => count(records, "record")
    )
}

const walkTwice = (first: ReadonlyArray<string>, second: ReadonlyArray<string>, query: unknown) =>
  `first walk: ${first.join(", ")}; second walk: ${second.join(", ")}; the request is now ${text(query)}`

/** 40 requests: `first` one after another, then the others at once. */
const fortyRequests = (first: number) => ({
  official: async (client: IntercomClient) => {
    const request = () => client.contacts.find({ contact_id: "1" })
    for (let sent = 0; sent < first; sent++) await request()
    await Promise.all(Array.from({ length: 40 - first }, request))
    return "all answered"
  },
  client: () =>
    Contacts.use(({ get }) => {
      const request = get(ContactId.make("1"))
      return Effect.andThen(
        Effect.replicateEffect(request, first, { discard: true }),
        Effect.replicateEffect(request, 40 - first, { concurrency: "unbounded", discard: true })
      )
    }).pipe(Effect.as("all answered"))
})

const refusals = ({ outcome, seconds, server }: Seen) => {
  const refused = server.answers.filter((answer) => typeof answer === "object" && answer.status === 429)
  return `${refused.length} × 429; ${outcome} after ${seconds} s`
}

const otherHost = ({ outcome, server }: Seen) => {
  const others = server.requests.filter(({ host }) => host !== new URL(server.origin).host)
  const told = others.some(({ authorized }) => authorized) ? "with the token" : "without the token"
  return `${others.length === 0 ? "not requested" : `requested ${told}`}: ${outcome}`
}

const existingId = "65a1b2c3d4"

const exposes = (error: unknown): string =>
  [
    ["status", 409],
    ["code", "conflict"],
    ["request id", requestId],
    ["existing id", existingId]
  ]
    .map(([name, value]) => `${name}: ${placeOf(error, value)}`)
    .join("; ")

// ---------------------------------------------------------------------------------------------------------------------
// scenarios
// ---------------------------------------------------------------------------------------------------------------------

export const scenarios: ReadonlyArray<Scenario> = [
  {
    name: "`POST /contacts`, always answered 500",
    script: () => () => refuse(500, "server_error", "Sorry"),
    ...createContact,
    observe: sentThen
  },
  {
    name: "connection reset on a `GET`, always",
    script: () => () => "reset",
    ...getContact,
    observe: sentThen
  },
  {
    name: "body stalls after the headers; timeout 1 s, no retries",
    script: () => () => "stall",
    ...getContact,
    observe: outcomeAfter,
    timeout: 1,
    retries: 0
  },
  {
    name: "`GET` answered 200 with an empty body",
    script: () => () => ({ status: 200, body: "" }),
    ...getContact,
    observe: sentThen
  },
  {
    name: "`GET` answered 200 with another shape",
    script: () => () => json({ contact: { id: "1" } }),
    ...getContact,
    observe: sentThen
  },
  {
    name: "two walks over contacts 1, 2 with the same request",
    script: contactPages,
    official: async (client) => {
      const query = { per_page: 1 }
      const walk = async () => {
        const ids: Array<string> = []
        for await (const { id } of await client.contacts.list(query)) ids.push(id)
        return ids
      }
      const first = await walk()
      return walkTwice(first, await walk(), query)
    },
    client: () => {
      const query = { per_page: 1 }
      const walk = Contacts.use(({ list }) =>
        list.items(query).pipe(
          Stream.map(({ id }) => id),
          Stream.runCollect
        )
      )
      return Effect.map(Effect.all([walk, walk]), ([first, second]) => walkTwice(first, second, query))
    },
    observe: ({ outcome }) => outcome
  },
  {
    name: "listing by page number: 3 pages",
    script: () => (request) => articlePage(Number(request.url.searchParams.get("page") ?? 1)),
    ...listArticles,
    observe: ({ outcome, server }) => `${outcome} in ${count(server.requests.length, "request")}`
  },
  {
    name: "listing by page number: the server ignores `page`",
    script: () => () => articlePage(1),
    ...listArticles,
    observe: ({ outcome, server }) =>
      outcome === endless ? outcome : `${outcome} after ${count(server.requests.length, "request")}`
  },
  {
    name: "`companies.scroll`: 2 companies, then an empty page",
    script: scroll,
    official: async (client) => {
      let records = 0
      try {
        for await (const _ of await client.companies.scroll()) records++
      } catch (error) {
        return `${count(records, "record")}, then ${errorText(error)}`
      }
      return count(records, "record")
    },
    client: () =>
      Effect.map(
        Companies.use(({ scroll }) => Stream.runCount(scroll.items())),
        (records) => count(records, "record")
      ),
    observe: ({ outcome }) => outcome
  },
  {
    name: "`events.list`: 2 pages of 1, joined by `pages.next`",
    script: eventPages((origin) => `${origin}/events?type=user&user_id=u&before=1`),
    ...listEvents,
    observe: ({ outcome, server }) => `${outcome} in ${count(server.requests.length, "request")}`
  },
  {
    name: "`events.list`: `pages.next` on another host",
    // The same server by another name: it would be reached.
    script: eventPages((origin) => `${origin.replace("127.0.0.1", "localhost")}/events?before=1`),
    ...listEvents,
    observe: otherHost
  },
  {
    name: "`GET` answered 429 once, reset in 2 s",
    script: oneRefusal,
    ...getContact,
    observe: ({ outcome, seconds, server }) => `sent ${times(server.requests.length)}: ${outcome} after ${seconds} s`,
    wholeSecond: true
  },
  {
    name: "`POST /contacts` answered 409: where the error has it",
    script: () => () =>
      refuse(409, "conflict", `A contact matching those details already exists with id=${existingId}`),
    official: (client) => createContact.official(client).catch(exposes),
    client: () => createContact.client().pipe(Effect.catch((error) => Effect.succeed(exposes(error)))),
    observe: ({ outcome }) => outcome
  },
  {
    name: "40 requests in a row, limit 20 in 2 s",
    script: limited,
    ...fortyRequests(40),
    observe: refusals,
    wholeSecond: true
  },
  {
    name: "1 request, then 39 at once, limit 20 in 2 s",
    script: limited,
    ...fortyRequests(1),
    observe: refusals,
    wholeSecond: true
  },
  {
    name: "40 requests at once, limit 20 in 2 s",
    script: limited,
    ...fortyRequests(0),
    observe: refusals,
    wholeSecond: true
  }
]
