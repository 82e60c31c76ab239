/**
 * The API as an export sees it, at the same cost for every exporter: records are serialised once, before the first
 * request, and sent as they are, after a latency. It counts what it is asked. Prints its URL when it is ready.
 *
 * node bench/export/server.ts CONTACTS CONVERSATIONS LATENCY LIMIT
 *
 * The latency is in milliseconds; the limit is for each 10 s, which begin with the first request; 0 is none.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { setTimeout } from "node:timers/promises"
import { contact } from "../internal/Contacts.ts"
import { conversation, conversationIdOf, listed } from "../internal/Conversations.ts"
import * as Pieces from "./Pieces.ts"
import { createdAt, find, type Range, type Resource, type Windowed } from "./Workspace.ts"

const [contacts = 0, conversations = 0, latency = 0, limit = 0] = process.argv.slice(2).map(Number)

// ---------------------------------------------------------------------------------------------------------------------
// records
// ---------------------------------------------------------------------------------------------------------------------

const listings: Record<Resource, Pieces.Pieces> = {
  contacts: Pieces.make(contacts, (n) => contact(n, createdAt(n, contacts))),
  conversations: Pieces.make(conversations, (n) => listed(n, createdAt(n, conversations)))
}
const complete = Pieces.make(conversations, (n) => conversation(n, createdAt(n, conversations)))
const firstId = Number(conversationIdOf(0))

/** An answer, in the pieces it is sent in. */
type Body = ReadonlyArray<Buffer>

const json = (value: unknown): Body => [Buffer.from(JSON.stringify(value))]

/** A page of what a search found. A cursor is the number of the record the page starts with. */
const page = (resource: Resource, [first, last]: Range, size: number, cursor: string | null | undefined): Body => {
  const from = cursor ? Number(cursor) : first
  const to = Math.min(from + size, last)
  const head = resource === "contacts" ? `{"type":"list","data":[` : `{"type":"conversation.list","conversations":[`
  const tail = {
    total_count: last - first,
    pages: {
      type: "pages",
      page: 1 + Math.floor((from - first) / size),
      per_page: size,
      total_pages: Math.ceil((last - first) / size),
      ...(to < last ? { next: { page: 2 + Math.floor((from - first) / size), starting_after: String(to) } } : undefined)
    }
  }
  return [Buffer.from(head), listings[resource].slice(from, to), Buffer.from(`],${JSON.stringify(tail).slice(1)}`)]
}

interface Search {
  readonly query: Windowed
  readonly sort: { readonly order: "ascending" | "descending" }
  readonly pagination: { readonly per_page: number; readonly starting_after?: string }
}

const search = (resource: Resource, { pagination, query, sort }: Search): Body => {
  const [first, last] = find(resource, query, listings[resource].count)
  if (sort.order === "ascending") return page(resource, [first, last], pagination.per_page, pagination.starting_after)
  // The newest record is all that is asked for from the other end.
  return page(resource, [Math.max(first, last - 1), last], 1, undefined)
}

// ---------------------------------------------------------------------------------------------------------------------
// requests
// ---------------------------------------------------------------------------------------------------------------------

const resourceOf = (name: string | undefined): Resource | undefined =>
  name === "contacts" || name === "conversations" ? name : undefined

const answer = (method: string, url: URL, body: string): Body | undefined => {
  const [, name, rest] = url.pathname.split("/")
  if (name === "me") return json({ type: "admin", id: "1", app: { type: "app", id_code: "bench" } })
  const resource = resourceOf(name)
  if (resource === undefined) return undefined
  if (method === "POST" && rest === "search") return search(resource, JSON.parse(body) as Search)
  if (rest === undefined) {
    const all: Range = [0, listings[resource].count]
    const { searchParams } = url
    return page(resource, all, Number(searchParams.get("per_page") ?? 20), searchParams.get("starting_after"))
  }
  const n = Number(rest) - firstId
  return n >= 0 && n < complete.count ? [complete.slice(n, n + 1)] : undefined
}

const windowMillis = 10_000
const taken = { requests: 0, refused: 0, since: performance.now(), cpu: process.cpuUsage() }
const window = { index: -1, start: 0, used: 0 }

/** Takes a request from the limit; what is left, and whether there was one. */
const take = (): { readonly granted: boolean; readonly headers: Record<string, string> } => {
  const most = limit > 0 ? limit : 1_000_000
  if (window.start === 0) window.start = Math.floor(Date.now() / 1000) * 1000
  const index = Math.floor((Date.now() - window.start) / windowMillis)
  if (index !== window.index) Object.assign(window, { index, used: 0 })
  const granted = window.used < most
  if (granted) window.used++
  return {
    granted,
    headers: {
      "x-ratelimit-limit": String(most),
      "x-ratelimit-remaining": String(most - window.used),
      "x-ratelimit-reset": String((window.start + (index + 1) * windowMillis) / 1000)
    }
  }
}

const textOf = async (request: IncomingMessage): Promise<string> => {
  let text = ""
  request.setEncoding("utf8")
  for await (const chunk of request) text += String(chunk)
  return text
}

const send = (response: ServerResponse, status: number, body: Body, headers: Record<string, string>): void => {
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": body.reduce((sum, { length }) => sum + length, 0),
    ...headers
  })
  for (const piece of body) response.write(piece)
  response.end()
}

/** What was asked since this was asked last, and how busy the server was with it. */
const account = (): Body => {
  const { system, user } = process.cpuUsage(taken.cpu)
  const millis = performance.now() - taken.since
  const { refused, requests } = taken
  Object.assign(taken, { requests: 0, refused: 0, since: performance.now(), cpu: process.cpuUsage() })
  Object.assign(window, { index: -1, start: 0, used: 0 })
  return json({ requests, refused, busy: (user + system) / 1000 / millis })
}

const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const url = new URL(request.url ?? "/", "http://localhost")
  if (url.pathname === "/account") return send(response, 200, account(), {})
  taken.requests++
  const { granted, headers } = take()
  const text = request.method === "POST" ? await textOf(request) : ""
  if (latency > 0) await setTimeout(latency)
  const identified = {
    "intercom-version": String(request.headers["intercom-version"] ?? "2.15"),
    "x-request-id": "0001a2b3c4d5e6f7g8h9",
    ...headers
  }
  if (!granted) {
    taken.refused++
    const errors = [{ code: "rate_limit_exceeded", message: "Exceeded rate limit" }]
    return send(response, 429, json({ type: "error.list", errors }), identified)
  }
  const body = answer(request.method ?? "GET", url, text)
  if (body === undefined) {
    const errors = [{ code: "not_found", message: "Not found" }]
    return send(response, 404, json({ type: "error.list", errors }), identified)
  }
  send(response, 200, body, identified)
}

const server = createServer((request, response) => {
  handle(request, response).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`)
    response.destroy()
  })
})

// A client may pause for a window.
server.keepAliveTimeout = 30_000

server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo
  process.stdout.write(`http://127.0.0.1:${port}\n`)
})
