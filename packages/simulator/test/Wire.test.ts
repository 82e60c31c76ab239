/** What is on the wire, asked without the client, over a socket. */
import { assert, describe, it } from "@effect/vitest"
import { Faults, Simulator } from "@effect-intercom/simulator"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { errorsOf, overSocket, raw } from "./Client.ts"

const simulated = overSocket({ contacts: 35, conversations: 45, articles: 60, companies: 40, newsItems: 25 })

interface Listing {
  readonly type: string
  /** Of a company that comes instead of a listing. */
  readonly id?: string
  readonly data: ReadonlyArray<{ readonly id: string }>
  readonly conversations: ReadonlyArray<{ readonly id: string }>
  readonly total_count: number
  readonly pages: {
    readonly type: string
    readonly next?: { readonly page: number; readonly starting_after: string } | string | null
    readonly page: number
    readonly per_page: number
    readonly total_pages: number
  }
}

/** The body of a successful answer. */
const get = (path: string) =>
  Effect.map(raw("GET", path), ({ body, status }) => {
    assert.strictEqual(status, 200, path)
    return body as Listing
  })

const nextCursor = ({ pages }: Listing): string => {
  if (typeof pages.next !== "object" || pages.next === null) throw new Error("no cursor")
  return pages.next.starting_after
}

describe("authorization", () => {
  for (const [what, header] of [
    ["no token", ""],
    ["a wrong token", "Bearer wrong"],
    ["another scheme", "Basic simulator-token"]
  ] as const) {
    it.live(`refuses ${what} with 401`, () =>
      Effect.gen(function* () {
        const answer = yield* raw("GET", "/contacts", { headers: { authorization: header } })
        assert.strictEqual(answer.status, 401)
        assert.deepStrictEqual(errorsOf(answer), [{ code: "unauthorized", message: "Access Token Invalid" }])
        assert.deepInclude(answer.body, { type: "error.list", request_id: answer.headers["x-request-id"] })
      }).pipe(Effect.provide(simulated))
    )
  }

  it.live("takes the token it was given", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* raw("GET", "/me")).status, 200)
    }).pipe(Effect.provide(overSocket({ token: Redacted.make("mine") })))
  )
})

describe("the version", () => {
  it.live("is the one asked for, or the default", () =>
    Effect.gen(function* () {
      const asked = yield* raw("GET", "/me", { headers: { "intercom-version": "2.11" } })
      assert.deepStrictEqual([asked.status, asked.headers["intercom-version"]], [200, "2.11"])
      assert.strictEqual((yield* raw("GET", "/me")).headers["intercom-version"], "2.15")
    }).pipe(Effect.provide(simulated))
  )

  it.live("is refused with 400 when there is no such version", () =>
    Effect.gen(function* () {
      const answer = yield* raw("GET", "/me", { headers: { "intercom-version": "9.9" } })
      assert.strictEqual(answer.status, 400)
      assert.strictEqual(errorsOf(answer)[0]?.code, "intercom_version_invalid")
      assert.strictEqual(answer.headers["intercom-version"], "2.15")
    }).pipe(Effect.provide(simulated))
  )
})

describe("every answer", () => {
  it.live("has its own request id of 20 characters, and the state of the rate limit", () =>
    Effect.gen(function* () {
      const answers = [
        yield* raw("GET", "/contacts"),
        yield* raw("GET", "/contacts/none"),
        yield* raw("GET", "/nowhere"),
        yield* raw("GET", "/me", { headers: { authorization: "" } })
      ]
      const ids = answers.map(({ headers }) => headers["x-request-id"] ?? "")
      assert.strictEqual(new Set(ids).size, answers.length)
      for (const [index, { headers }] of answers.entries()) {
        assert.match(ids[index] ?? "", /^[0-9a-z]{20}$/)
        assert.strictEqual(headers["x-ratelimit-limit"], "5000")
        assert.match(headers["x-ratelimit-remaining"] ?? "", /^\d+$/)
        assert.match(headers["x-ratelimit-reset"] ?? "", /^\d{10}$/)
      }
    }).pipe(Effect.provide(simulated))
  )
})

describe("a page in a browser", () => {
  const origin = "https://app.example.com"

  it.live("may ask: a preflight is answered, and is no request", () =>
    Effect.gen(function* () {
      const answer = yield* raw("OPTIONS", "/contacts", {
        headers: {
          origin,
          authorization: "",
          "access-control-request-method": "POST",
          "access-control-request-headers": "authorization,content-type,intercom-version"
        }
      })
      assert.strictEqual(answer.status, 204)
      assert.strictEqual(answer.headers["access-control-allow-origin"], "*")
      assert.strictEqual(answer.headers["access-control-allow-headers"], "authorization,content-type,intercom-version")
      assert.include(answer.headers["access-control-allow-methods"], "DELETE")
      assert.strictEqual((yield* Simulator.use(({ stats }) => stats)).requests, 0)
    }).pipe(Effect.provide(overSocket({})))
  )

  it.live("may read answers and refusals, with request id and rate limit", () =>
    Effect.gen(function* () {
      for (const path of ["/me", "/contacts/none"]) {
        const { headers } = yield* raw("GET", path, { headers: { origin } })
        assert.strictEqual(headers["access-control-allow-origin"], "*")
        assert.include(headers["access-control-expose-headers"], "x-request-id")
        assert.include(headers["access-control-expose-headers"], "x-ratelimit-remaining")
      }
    }).pipe(Effect.provide(simulated))
  )

  it.live("is what it is about: others see none of it", () =>
    Effect.gen(function* () {
      const { headers } = yield* raw("GET", "/me")
      assert.notProperty(headers, "access-control-allow-origin")
    }).pipe(Effect.provide(simulated))
  )
})

describe("what is not there", () => {
  const missing: ReadonlyArray<readonly ["GET" | "DELETE" | "PUT", string, string]> = [
    ["GET", "/contacts/5f5e1037702a730fffffffff", "User Not Found"],
    // The first contact's, but for its time.
    ["GET", "/contacts/5f5e1038702a730f00000000", "User Not Found"],
    ["GET", "/conversations/1", "Resource Not Found"],
    ["GET", "/contacts/%zz", "The requested URL was not found on this server."],
    ["GET", "/nowhere", "The requested URL was not found on this server."],
    ["DELETE", "/contacts", "The requested URL was not found on this server."],
    ["PUT", "/admins", "The requested URL was not found on this server."]
  ]
  for (const [method, path, message] of missing) {
    it.live(`is 404: ${method} ${path}`, () =>
      Effect.gen(function* () {
        const answer = yield* raw(method, path)
        assert.strictEqual(answer.status, 404)
        assert.strictEqual(answer.headers["content-type"], "application/json; charset=utf-8")
        assert.deepStrictEqual(errorsOf(answer), [{ code: "not_found", message }])
      }).pipe(Effect.provide(simulated))
    )
  }
})

describe("a bad request", () => {
  const bodies: ReadonlyArray<readonly [string, string, number, string, string | undefined]> = [
    ["no JSON", "{not json", 400, "parameter_invalid", undefined],
    ["no body", "", 400, "parameter_invalid", undefined],
    ["JSON of another kind", "[1]", 400, "parameter_invalid", undefined],
    ["a missing field", '{"body":"hello"}', 400, "parameter_not_found", "from"],
    ["a field of another kind", '{"from":{"type":"user","id":5},"body":"hello"}', 400, "parameter_invalid", "from.id"]
  ]
  for (const [what, body, status, code, field] of bodies) {
    it.live(`is 400: ${what}`, () =>
      Effect.gen(function* () {
        const answer = yield* raw("POST", "/conversations", { body })
        assert.strictEqual(answer.status, status)
        assert.strictEqual(errorsOf(answer)[0]?.code, code)
        assert.strictEqual(errorsOf(answer)[0]?.field, field)
      }).pipe(Effect.provide(simulated))
    )
  }

  it.live("is 415 when it is not JSON at all", () =>
    Effect.gen(function* () {
      const answer = yield* raw("POST", "/conversations", { body: "a=b", headers: { "content-type": "text/plain" } })
      assert.strictEqual(answer.status, 415)
      assert.strictEqual(errorsOf(answer).length, 1)
    }).pipe(Effect.provide(simulated))
  )

  it.live("is taken with fields nobody declared", () =>
    Effect.gen(function* () {
      const answer = yield* raw("POST", "/contacts", { body: '{"email":"new@example.com","shoe_size":43}' })
      assert.strictEqual(answer.status, 200)
      assert.deepInclude(answer.body, { type: "contact", email: "new@example.com", role: "user" })
    }).pipe(Effect.provide(simulated))
  )

  for (const path of [
    "/contacts?per_page=151",
    "/contacts?per_page=0",
    "/contacts?per_page=ten",
    "/conversations?per_page=151",
    "/articles?per_page=151",
    "/articles?page=-1",
    "/companies?per_page=1000",
    "/news/news_items?per_page=151",
    "/events?type=user&user_id=user-00000004&per_page=151"
  ]) {
    it.live(`is 400: ${path}`, () =>
      Effect.gen(function* () {
        const answer = yield* raw("GET", path)
        assert.strictEqual(answer.status, 400)
        assert.strictEqual(errorsOf(answer)[0]?.code, "parameter_invalid")
      }).pipe(Effect.provide(simulated))
    )
  }
})

describe("cursors", () => {
  it.live("name the last record shown and the next page, and end without a next", () =>
    Effect.gen(function* () {
      const first = yield* get("/contacts")
      assert.deepInclude(first, { type: "list", total_count: 35 })
      assert.deepInclude(first.pages, { type: "pages", page: 1, per_page: 10, total_pages: 4 })
      assert.strictEqual(first.data.length, 10)
      const cursor = nextCursor(first)
      const last = first.data[9] as { readonly id: string; readonly created_at: number }
      assert.deepStrictEqual(JSON.parse(Buffer.from(cursor, "base64").toString()), [last.created_at * 1000, last.id, 2])
      assert.deepStrictEqual(first.pages.next, { page: 2, starting_after: cursor })

      const second = yield* get(`/contacts?per_page=25&starting_after=${encodeURIComponent(cursor)}`)
      assert.strictEqual(second.data.length, 25)
      assert.notProperty(second.pages, "next")
      const ids = [...first.data, ...second.data].map(({ id }) => id)
      assert.strictEqual(new Set(ids).size, 35)
    }).pipe(Effect.provide(simulated))
  )

  it.live("of conversations come twenty a page, under their own key", () =>
    Effect.gen(function* () {
      const first = yield* get("/conversations")
      assert.deepInclude(first, { type: "conversation.list", total_count: 45 })
      assert.strictEqual(first.conversations.length, 20)
      assert.notProperty(first.conversations[0], "conversation_parts")
      const third = yield* get(`/conversations?per_page=40&starting_after=${encodeURIComponent(nextCursor(first))}`)
      assert.strictEqual(third.conversations.length, 25)
      assert.notProperty(third.pages, "next")
    }).pipe(Effect.provide(simulated))
  )

  const encode = (value: unknown) => encodeURIComponent(Buffer.from(JSON.stringify(value)).toString("base64"))
  const foreign: ReadonlyArray<readonly [string, string]> = [
    ["no base64", "%%%".replaceAll("%", "%25")],
    ["no triple", encode({ page: 2 })],
    ["an unknown record", encode([1_600_000_055_000, "5f5e1037702a730f000000ff", 2])],
    ["another time", encode([1, "5f5e1037702a730f00000000", 2])],
    ["another listing's", encode([1_600_000_055_000, "1", 2])]
  ]
  for (const [what, cursor] of foreign) {
    it.live(`are refused: ${what}`, () =>
      Effect.gen(function* () {
        const answer = yield* raw("GET", `/contacts?starting_after=${cursor}`)
        assert.strictEqual(answer.status, 400)
        assert.strictEqual(errorsOf(answer)[0]?.code, "client_error")
        assert.match(errorsOf(answer)[0]?.message ?? "", /^Invalid starting_after param/)
      }).pipe(Effect.provide(simulated))
    )
  }
})

describe("page numbers", () => {
  const listings = [
    ["/articles", 60, 25],
    ["/companies", 40, 15],
    ["/news/news_items", 25, 10]
  ] as const
  for (const [path, total, perPage] of listings) {
    it.live(`lead through ${path} by URLs, to a null`, () =>
      Effect.gen(function* () {
        const { url } = yield* Simulator
        const seen: Array<string> = []
        let next: string | null = `${url}${path}`
        let pages = 0
        while (next !== null) {
          assert.isTrue(next.startsWith(url))
          const page: Listing = yield* get(next.slice(url.length))
          pages++
          assert.deepInclude(page, { type: "list", total_count: total })
          assert.deepInclude(page.pages, { page: pages, per_page: perPage, total_pages: Math.ceil(total / perPage) })
          seen.push(...page.data.map(({ id }) => id))
          next = page.pages.next as string | null
        }
        assert.strictEqual(pages, Math.ceil(total / perPage))
        assert.strictEqual(new Set(seen).size, total)
      }).pipe(Effect.provide(simulated))
    )
  }

  it.live("show articles with the last updated first", () =>
    Effect.gen(function* () {
      const { data } = yield* get("/articles?per_page=60")
      const updated = data.map((article) => Number((article as { readonly updated_at?: number }).updated_at))
      assert.deepStrictEqual(
        updated,
        updated.toSorted((a, b) => b - a)
      )
    }).pipe(Effect.provide(simulated))
  )

  it.live("beyond the last show nothing", () =>
    Effect.gen(function* () {
      const { data, pages } = yield* get("/companies?page=9")
      assert.deepStrictEqual([data, pages.next], [[], null])
    }).pipe(Effect.provide(simulated))
  )
})

describe("companies", () => {
  it.live("are single objects when asked for by company_id or name", () =>
    Effect.gen(function* () {
      const { data } = yield* get("/companies")
      const third = data[3] as unknown as { readonly id: string; readonly name: string }
      assert.deepInclude(yield* get("/companies?company_id=company-3"), { type: "company", id: third.id })
      assert.deepInclude(yield* get(`/companies?name=${encodeURIComponent(third.name)}`), { id: third.id })
      const missing = yield* raw("GET", "/companies?company_id=none")
      assert.strictEqual(missing.status, 404)
      assert.strictEqual(errorsOf(missing)[0]?.code, "company_not_found")
    }).pipe(Effect.provide(simulated))
  )

  it.live("are those with a tag when asked for by tag_id", () =>
    Effect.gen(function* () {
      const all = yield* get("/companies?per_page=150")
      const tagsOf = (company: unknown) =>
        (company as { readonly tags: { readonly tags: ReadonlyArray<{ readonly id: string }> } }).tags.tags
      const tag = all.data.flatMap(tagsOf)[0]?.id ?? ""
      const tagged = yield* get(`/companies?tag_id=${tag}`)
      assert.isAbove(tagged.total_count, 0)
      assert.isBelow(tagged.total_count, all.total_count)
      assert.isTrue(tagged.data.every((company) => tagsOf(company).some(({ id }) => id === tag)))
    }).pipe(Effect.provide(simulated))
  )
})

describe("events", () => {
  const refused = [
    ["nobody's", "type=user"],
    ["two people's", "type=user&user_id=user-00000004&email=a@example.com"],
    ["of no type", "user_id=user-00000004"],
    ["of another type", "type=lead&user_id=user-00000004"]
  ] as const
  for (const [what, query] of refused) {
    it.live(`are refused with 400: ${what}`, () =>
      Effect.gen(function* () {
        assert.strictEqual((yield* raw("GET", `/events?${query}`)).status, 400)
      }).pipe(Effect.provide(simulated))
    )
  }

  it.live("of someone unknown are 404", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* raw("GET", "/events?type=user&user_id=nobody")).status, 404)
    }).pipe(Effect.provide(simulated))
  )

  it.live("come summed up, and since a time", () =>
    Effect.gen(function* () {
      const { body } = yield* raw("GET", "/events?type=user&user_id=user-00000004&summary=true")
      const summary = body as {
        readonly type: string
        readonly events: ReadonlyArray<{ readonly count: number; readonly first: string; readonly last: string }>
      }
      assert.strictEqual(summary.type, "event.summary")
      for (const { first, last } of summary.events) {
        assert.match(first, /^2020-09-\d\dT\d\d:\d\d:\d\d\.000Z$/)
        assert.isTrue(first <= last)
      }
      assert.strictEqual(
        summary.events.reduce((sum, { count }) => sum + count, 0),
        3
      )

      const { url } = yield* Simulator
      const list = (yield* raw("GET", "/events?type=user&user_id=user-00000004")).body as {
        readonly pages: { readonly next: string | null; readonly since: string }
      }
      assert.isNull(list.pages.next)
      const since = list.pages.since.slice(url.length)
      const later = (yield* raw("GET", since)).body as { readonly events: ReadonlyArray<unknown> }
      assert.deepStrictEqual(later.events, [])
    }).pipe(Effect.provide(simulated))
  )
})

describe("faults", () => {
  const statuses = [500, 502, 503, 504] as const
  it.live("are JSON or HTML, and have the headers of any answer", () =>
    Effect.gen(function* () {
      for (const status of statuses) {
        const json = yield* raw("GET", "/me")
        assert.strictEqual(json.status, status)
        assert.deepInclude(json.body, { type: "error.list", request_id: json.headers["x-request-id"] })
        const html = yield* raw("GET", "/me")
        assert.strictEqual(html.status, status)
        assert.strictEqual(html.headers["content-type"], "text/html")
        assert.include(html.text, `<title>${status} `)
        assert.strictEqual(html.headers["x-ratelimit-limit"], "5000")
      }
      assert.strictEqual((yield* raw("GET", "/me")).status, 200)
      const { faults, requests } = yield* Effect.flatMap(Simulator, ({ stats }) => stats)
      assert.strictEqual(requests, 9)
      assert.deepStrictEqual(faults, {
        error500: 1,
        error502: 1,
        error503: 1,
        error504: 1,
        html500: 1,
        html502: 1,
        html503: 1,
        html504: 1
      })
    }).pipe(
      Effect.provide(
        overSocket({
          faults: Faults.script(
            "error500",
            "html500",
            "error502",
            "html502",
            "error503",
            "html503",
            "error504",
            "html504"
          )
        })
      )
    )
  )

  it.live("empty a 200 or cut its JSON, but leave refusals alone", () =>
    Effect.gen(function* () {
      const empty = yield* raw("GET", "/me")
      assert.deepStrictEqual([empty.status, empty.text], [200, ""])
      const cut = yield* raw("GET", "/me")
      assert.deepStrictEqual([cut.status, cut.body], [200, undefined])
      assert.isTrue(cut.text.startsWith('{"type":"admin"'))
      const missing = yield* raw("GET", "/contacts/none")
      assert.strictEqual(missing.status, 404)
      const { stats } = yield* Simulator
      assert.deepStrictEqual((yield* stats).faults, { empty200: 1, truncated: 1 })
    }).pipe(Effect.provide(overSocket({ faults: Faults.script("empty200", "truncated", "empty200") })))
  )
})
