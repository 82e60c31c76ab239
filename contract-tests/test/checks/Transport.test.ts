/** Clients that send what they should not, where they should not, or too often, are found out. */
import * as Client from "@effect-intercom/contract-tests/subject/Client"
import * as Divergence from "@effect-intercom/contract-tests/report/Divergence"
import * as Retries from "@effect-intercom/contract-tests/checks/Retries"
import * as Transport from "@effect-intercom/contract-tests/checks/Transport"
import * as Core from "@effect-intercom/core"
import { RetryPolicy, Timeout } from "@effect-intercom/core/IntercomHttp"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { find, intercom } from "../Subjects.ts"

const token = "dG9rOjE"
const settings = { token, baseUrl: "https://api.example/v1" }
const exchange = {
  method: "GET",
  url: new URL("https://api.example/v1/me"),
  headers: {
    accept: "application/json",
    authorization: `Bearer ${token}`,
    "intercom-version": "2.15",
    "user-agent": "effect-intercom/0.1.0"
  },
  sent: undefined,
  status: 200,
  received: {},
  body: "{}"
}

describe("what goes with a request", () => {
  it("is nothing to find fault with", () => {
    assert.deepStrictEqual(Transport.judge(settings, exchange), [])
    assert.deepStrictEqual(Transport.judge({ ...settings, version: "2.15" }, exchange), [])
  })

  const elsewhere = "the client sends its token in another place than the header for it"
  const headers = (changed: object) => ({ headers: { ...exchange.headers, ...changed } })
  for (const [name, changed, message] of [
    [
      "another host",
      { url: new URL("https://elsewhere.example/v1/me") },
      "the client sends it elsewhere than to its base URL"
    ],
    ["another path", { url: new URL("https://api.example/me") }, "the client sends it elsewhere than to its base URL"],
    ["another token", headers({ authorization: "Bearer other" }), "the client sends another token than it was given"],
    ["a token in the URL", { url: new URL(`https://api.example/v1/me?t=${token}`) }, elsewhere],
    ["a token in the body", { sent: `{"t":"${token}"}` }, elsewhere],
    ["a token in another header", headers({ "x-token": token }), elsewhere],
    ["another media type", headers({ accept: "text/html" }), "the client asks for text/html, not for JSON"],
    ["no media type", headers({ accept: undefined }), "the client asks for no media type, not for JSON"],
    ["no User-Agent", headers({ "user-agent": undefined }), "the client calls itself nothing in its User-Agent"],
    ["another User-Agent", headers({ "user-agent": "node" }), "the client calls itself node in its User-Agent"],
    ["no version", headers({ "intercom-version": undefined }), "the client asks for version none"]
  ] as const) {
    it(`${name} is found out`, () => {
      assert.deepStrictEqual(
        // A header that is not sent is not there.
        Transport.judge(
          settings,
          JSON.parse(JSON.stringify({ ...exchange, ...changed }), revive) as typeof exchange
        ).map(([, message]) => message),
        [message]
      )
    })
  }

  it("another version than was asked for is found out", () => {
    assert.deepStrictEqual(
      Transport.judge({ ...settings, version: "Preview" }, exchange).map(([, message]) => message),
      ["the client asks for version 2.15, not for the Preview it was given"]
    )
  })
})

const revive = (key: string, value: unknown): unknown => (key === "url" ? new URL(String(value)) : value)

/** The client, with methods of contacts and companies changed. */
const changed = (
  change: (services: {
    readonly contacts: Core.Contacts["Service"]
    readonly companies: Core.Companies["Service"]
  }) => { readonly Contacts?: object; readonly Companies?: object }
): Client.Resources => ({
  ...intercom,
  services: Effect.map(intercom.services, (services) => {
    const contacts = services["Contacts"] as Core.Contacts["Service"]
    const companies = services["Companies"] as Core.Companies["Service"]
    const { Companies, Contacts } = change({ contacts, companies })
    return { ...services, Contacts: { ...contacts, ...Contacts }, Companies: { ...companies, ...Companies } }
  })
})

const messages = (operation: string, check: string, client: Client.Resources = intercom) =>
  Effect.map(find({ operation, checks: [check], client, runs: 5 }), (found) =>
    found.filter((one) => Divergence.isFailure(one) && one.direction !== "coverage").map(({ message }) => message)
  )

describe("a call", () => {
  it.live("of the client is as it should be", () =>
    Effect.gen(function* () {
      for (const operation of ["POST /contacts", "GET /companies/scroll"]) {
        assert.deepStrictEqual(yield* messages(operation, "transport"), [], operation)
      }
    })
  )

  it.live("that changes its input is found out", () =>
    Effect.gen(function* () {
      const client = changed(({ contacts }) => ({
        Contacts: {
          create: (payload: Core.CreateContact) => contacts.create(Object.assign(payload, { role: "lead" as const }))
        }
      }))
      assert.deepStrictEqual(yield* messages("POST /contacts", "transport", client), [
        "the client changes the input it was given"
      ])
    })
  )

  it.live("without a timeout is found out", () =>
    Effect.gen(function* () {
      const client = changed(({ contacts }) => ({
        Contacts: {
          create: (payload: Core.CreateContact) => Effect.provideService(contacts.create(payload), Timeout, "1 hour")
        }
      }))
      assert.deepStrictEqual(yield* messages("POST /contacts", "transport", client), [
        "no answer: comes to no end, not to TimeoutError",
        "a body without an end: comes to no end, not to TimeoutError"
      ])
    })
  )
})

describe("what is sent again", () => {
  it("is judged by what is known of the request that was lost", () => {
    const judge = (repeats: "all" | "safe" | "none", once: boolean, sent: number) =>
      Retries.judge({ name: "an end", repeats }, once, sent)
    for (const [repeats, once, sent] of [
      ["all", true, 3],
      ["all", false, 3],
      ["safe", true, 1],
      ["safe", false, 3],
      ["none", true, 1],
      ["none", false, 1]
    ] as const) {
      assert.isUndefined(judge(repeats, once, sent))
      assert.isDefined(judge(repeats, once, sent === 1 ? 2 : 1))
      assert.isDefined(judge(repeats, once, sent + 1))
    }
    assert.strictEqual(judge("safe", true, 3), "after an end the client sends again what may have been done")
    assert.strictEqual(judge("none", false, 3), "after an end the client sends again what was refused")
    assert.strictEqual(
      judge("all", true, 1),
      "after an end the client sends 1 requests in all, not the 3 of its retry policy"
    )
  })

  for (const operation of [
    "POST /contacts",
    "POST /contacts/search",
    "POST /companies",
    "GET /companies/scroll",
    "GET /me"
  ]) {
    it.live(`is right for ${operation}`, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* messages(operation, "retries"), [])
      })
    )
  }

  it.live("a write or a scroll that is sent twice is found out", () =>
    Effect.gen(function* () {
      const again = changed(({ companies, contacts }) => ({
        Contacts: { create: (payload: Core.CreateContact) => Effect.retry(contacts.create(payload), { times: 1 }) },
        Companies: {
          scroll: Object.assign(
            (query?: Core.ScrollCompanies) => Effect.retry(companies.scroll(query), { times: 1 }),
            companies.scroll
          )
        }
      }))
      for (const operation of ["POST /contacts", "GET /companies/scroll"]) {
        const found = yield* messages(operation, "retries", again)
        for (const ending of ["a reset connection", "no answer in time", "status 500", "half a body"]) {
          assert.include(found, `after ${ending} the client sends again what may have been done`, operation)
        }
        assert.include(found, "after status 400 the client sends again what was refused", operation)
      }
    })
  )

  it.live("a read that is sent once is found out", () =>
    Effect.gen(function* () {
      const once = changed(({ contacts }) => ({
        Contacts: {
          get: (id: Core.ContactId) => Effect.provideService(contacts.get(id), RetryPolicy, { times: 0 })
        }
      }))
      assert.include(
        yield* messages("GET /contacts/{contact_id}", "retries", once),
        "after status 503 the client sends 1 requests in all, not the 3 of its retry policy"
      )
    })
  )
})

describe("what the builders of searches make", () => {
  const of = (filter: Client.Builder["filter"]): Client.Resources => ({
    ...intercom,
    builders: { "Contacts.search": { fields: Core.Search.contactFields, filter } }
  })

  it.live("is what was asked for, and permitted", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* messages("POST /contacts/search", "searches"), [])
      assert.deepStrictEqual(yield* messages("POST /conversations/search", "searches"), [])
    })
  )

  it.live("something else is found out", () =>
    Effect.gen(function* () {
      const client = of((field, operator, value) => ({ field, operator: operator === "NIN" ? "IN" : operator, value }))
      assert.deepStrictEqual(yield* messages("POST /contacts/search", "searches", client), [
        "the builders of searches make another query than they were asked for"
      ])
    })
  )

  it.live("a query that is sent otherwise, or not at all, is found out", () =>
    Effect.gen(function* () {
      const search = (change: (query: Core.SearchContacts) => Core.SearchContacts) =>
        changed(({ contacts }) => ({
          Contacts: {
            search: Object.assign((query: Core.SearchContacts) => contacts.search(change(query)), contacts.search)
          }
        }))
      const any = { field: "id", operator: "=", value: "1" } as const
      assert.include(
        yield* messages(
          "POST /contacts/search",
          "searches",
          search((query) => ({ ...query, query: any }))
        ),
        "a query that was built is sent as another"
      )
      assert.match(
        (yield* messages(
          "POST /contacts/search",
          "searches",
          search((query) => ({ ...query, query: Core.Search.and() }))
        )).join("\n"),
        /^a query that was built is refused: query\.value: 1 to 15 filters/
      )
    })
  )
})

describe("walks of a client that breaks the laws", () => {
  type List = Core.Contacts["Service"]["list"]
  const found = (change: (list: List) => Partial<List>) =>
    messages(
      "GET /contacts",
      "pagination",
      changed(({ contacts: { list } }) => ({ Contacts: { list: Object.assign(() => list(), list, change(list)) } }))
    )
  const law = "Contacts.list against a server made of the document: "

  it.live("by forgetting the cursor of the query", () =>
    Effect.gen(function* () {
      const messages = yield* found((list) => ({
        items: (query = {}, options) => list.items({ ...query, starting_after: undefined }, options)
      }))
      assert.include(messages, `${law}from a cursor in the query: there are more records than the server has`)
    })
  )

  it.live("by forgetting the cursor of a search", () =>
    Effect.gen(function* () {
      const client = changed(({ contacts: { search } }) => ({
        Contacts: {
          search: Object.assign((query: Core.SearchContacts) => search(query), search, {
            items: ({ pagination, ...query }: Core.SearchContacts, options?: Core.Pagination.WalkOptions) =>
              search.items({ ...query, pagination: { per_page: pagination?.per_page } }, options)
          })
        }
      }))
      assert.include(
        yield* messages("POST /contacts/search", "pagination", client),
        "Contacts.search against a server made of the document: from a cursor in the query: " +
          "there are more records than the server has"
      )
    })
  )

  it.live("by dropping what does not fit", () =>
    Effect.gen(function* () {
      const messages = yield* found((list) => ({
        items: (query, options = {}) => list.items(query, { ...options, onInvalid: () => Effect.void })
      }))
      assert.include(messages, `${law}records that do not fit, handed over: records are missing`)
      assert.include(messages, `${law}a record that does not fit, and nobody takes, is no DecodeError`)
    })
  )

  it.live("by taking a walk in a circle for a whole one", () =>
    Effect.gen(function* () {
      const messages = yield* found((list) => ({
        items: (query, options) => Stream.catchCause(list.items(query, options), () => Stream.empty)
      }))
      assert.include(messages, `${law}a walk in a circle: the walk ends as if it were whole`)
    })
  )
})
