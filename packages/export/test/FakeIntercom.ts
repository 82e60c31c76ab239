/** A workspace in memory: `/me`, and contacts in pages of `per_page`. Nothing here touches a socket. */
import { Intercom } from "@effect-intercom/core/Intercom"
import type * as IntercomConfig from "@effect-intercom/core/IntercomConfig"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

/** A token that nothing else in a test looks like. */
export const token = "dG9rOnNlY3JldC0x+/tok_5ECR3T="

export interface Options {
  /** The records, sound or not. */
  readonly contacts: ReadonlyArray<unknown>
  readonly workspace?: string
  /** What the listing says of its size, if not the truth; null says nothing. */
  readonly total?: number | null
  readonly baseUrl?: string
  /** Instead of the proper answer to a listing's request, by its place among those, from 0. */
  readonly instead?: (index: number, url: URL) => Response | undefined
}

/** The URLs asked for so far, and the client on this workspace. */
export const make = (options: Options) => {
  const listings: Array<URL> = []
  const answer = (url: URL): Response => {
    if (url.pathname === "/me") {
      return Response.json({ type: "admin", id: "1", app: { type: "app", id_code: options.workspace ?? "w1" } })
    }
    if (url.pathname === "/segments") {
      return Response.json({ type: "segment.list", segments: [{ type: "segment", id: "s1", name: "Active" }] })
    }
    const index = listings.push(url) - 1
    return options.instead?.(index, url) ?? page(options, url)
  }
  const transport = HttpClient.make((request, url) =>
    Effect.sync(() => HttpClientResponse.fromWeb(request, answer(url)))
  )
  const client = (config: Partial<IntercomConfig.Options> = {}) =>
    Layer.provide(
      Layer.orDie(
        Intercom.layer({
          accessToken: Redacted.make(token),
          baseUrl: options.baseUrl ?? "https://api.example.test",
          retry: { times: 0 },
          ...config
        })
      ),
      Layer.succeed(HttpClient.HttpClient, transport)
    )
  return { listings, client }
}

const page = ({ contacts, total }: Options, url: URL): Response => {
  const size = Number(url.searchParams.get("per_page") ?? "10")
  const after = url.searchParams.get("starting_after")
  if (after !== null && !/^c\d+$/.test(after)) {
    return Response.json(
      {
        type: "error.list",
        request_id: "r",
        errors: [{ code: "client_error", message: "Invalid starting_after param" }]
      },
      { status: 400 }
    )
  }
  const start = after === null ? 0 : Number(after.slice(1))
  const end = start + size
  return Response.json({
    type: "list",
    data: contacts.slice(start, end),
    ...(total === null ? {} : { total_count: total ?? contacts.length }),
    pages: { type: "pages", ...(end < contacts.length ? { next: { starting_after: `c${end}` } } : {}) }
  })
}

/** A record that fits; unknown fields and odd characters must come out as they went in. */
export const sound = (id: number) => ({
  type: "contact",
  id: `id-${id}`,
  email: null,
  name: id % 2 === 0 ? "Zoë \u2028 😀" : "plain",
  zz_unknown: { nested: [1, null, "x"], a: 1.5 },
  created_at: 1_700_000_000 + id
})

/** A record that does not fit: its id is a number. */
export const unsound = (id: number) => ({ type: "contact", id, email: "x@example.test" })
