/** Walks that lose, repeat or misplace records are found out, whoever is to blame: the document, the client, the server. */
import * as Client from "@effect-intercom/contract-tests/subject/Client"
import * as Divergence from "@effect-intercom/contract-tests/report/Divergence"
import * as Document from "@effect-intercom/contract-tests/document/Document"
import * as ModelServer from "@effect-intercom/contract-tests/traffic/ModelServer"
import * as Validator from "@effect-intercom/contract-tests/schema/Validator"
import * as Core from "@effect-intercom/core"
import { Simulator } from "@effect-intercom/simulator"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as JsonPatch from "effect/JsonPatch"
import * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as fc from "fast-check"
import { edited, find, intercom, services } from "../Subjects.ts"

const failures = (divergences: ReadonlyArray<Divergence.Divergence>) => divergences.filter(Divergence.isFailure)

const listings = [
  ["GET /contacts", "cursor"],
  ["GET /conversations", "cursor"],
  ["GET /companies", "page"],
  ["GET /articles", "page"],
  ["GET /news/news_items", "page"],
  ["GET /events", "url"],
  ["POST /contacts/search", "cursor"],
  ["POST /conversations/search", "cursor"],
  ["GET /companies/scroll", "scroll"],
  ["GET /admins", "single"],
  ["GET /segments", "single"],
  ["GET /tags", "single"],
  ["GET /teams", "single"]
] as const

describe("a server made of the document", () => {
  it.effect("pages in the style of its operation, and its answers are permitted", () =>
    Effect.gen(function* () {
      const document = Document.make(yield* edited([]))
      const validator = Validator.make(document.root)
      for (const [name, style] of listings) {
        const operation = document.operations.find((operation) => operation.name === name)
        assert.isDefined(operation)
        const model = ModelServer.make(operation, document.server, [])
        assert.isDefined(model, name)
        assert.strictEqual(model.style, style, name)
        for (const count of [0, 1, 7]) {
          const envelope = model.envelope(model.records(count))
          assert.deepStrictEqual(validator.violations(model.node, envelope), [], name)
        }
      }
    }).pipe(Effect.provide(services))
  )

  it.effect("has no records under another name either, where there are none", () =>
    Effect.gen(function* () {
      const root = yield* edited([
        {
          op: "add",
          path: "/components/schemas/CompanyList/properties/companies",
          value: { type: "array", items: { $ref: "#/components/schemas/Company" } }
        }
      ])
      const document = Document.make(root)
      const operation = document.operations.find(({ name }) => name === "GET /companies")
      const model = operation && ModelServer.make(operation, document.server, [])
      assert.include(JSON.stringify(model?.envelope([])), '"data":[]')
      assert.include(JSON.stringify(model?.envelope([])), '"companies":[]')
    }).pipe(Effect.provide(services))
  )
})

describe("the laws", () => {
  for (const [operation] of listings) {
    it.live(`hold for ${operation}`, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* find({ operation, checks: ["pagination"] }), [])
      })
    )
  }

  for (const url of ["https://api.intercom.example", "https://elsewhere.example"]) {
    it.live(`hold whatever host the document names: ${url}`, () =>
      Effect.gen(function* () {
        const patch: JsonPatch.JsonPatch = [{ op: "replace", path: "/servers", value: [{ url }] }]
        assert.deepStrictEqual(yield* find({ operation: "GET /events", checks: ["pagination"], patch, runs: 3 }), [])
      })
    )
  }

  const renamed = (name: string, operation: string, patch: JsonPatch.JsonPatch, message: RegExp) =>
    it.live(name, () =>
      Effect.gen(function* () {
        const found = failures(yield* find({ operation, checks: ["pagination"], patch }))
        assert.match(found.map(({ message }) => message).join("\n"), message)
        const [first] = found
        assert.isDefined(first?.counterexample)
        assert.isDefined(first.replay)
      })
    )

  const contacts = "/paths/~1contacts/get/parameters"
  renamed(
    "a cursor parameter with another name breaks them",
    "GET /contacts",
    [{ op: "replace", path: `${contacts}/1/name`, value: "after" }],
    /Contacts\.list against a server made of the document: the walk fails with BadRequest/
  )
  renamed(
    "a page size with another name breaks them",
    "GET /contacts",
    [{ op: "replace", path: `${contacts}/0/name`, value: "page_size" }],
    /the walk fails with BadRequest/
  )
  renamed(
    "a page number with another name breaks them",
    "GET /companies",
    [{ op: "replace", path: "/paths/~1companies/get/parameters/0/name", value: "page_number" }],
    /the walk fails with BadRequest/
  )
  const move = (schema: string, from: string, to: string): JsonPatch.JsonPatch => [
    {
      op: "add",
      path: `/components/schemas/${schema}/properties/${to}`,
      value: { $ref: "#/components/schemas/Pages" }
    },
    { op: "remove", path: `/components/schemas/${schema}/properties/${from}` }
  ]
  renamed(
    "pages under another name break them",
    "GET /conversations",
    move("ConversationList", "pages", "paging"),
    /items: records are missing/
  )
  renamed(
    "a next page under another name breaks them",
    "GET /contacts",
    [
      {
        op: "add",
        path: "/components/schemas/Pages/properties/following",
        value: { type: "object", properties: { starting_after: { type: "string" } } }
      },
      { op: "remove", path: "/components/schemas/Pages/properties/next" }
    ],
    /items: records are missing/
  )
  renamed(
    "a cursor under another name in the answer breaks them",
    "GET /contacts",
    [
      {
        op: "add",
        path: "/components/schemas/Pages/properties/next/anyOf/1/properties/after",
        value: { type: "string" }
      },
      { op: "remove", path: "/components/schemas/Pages/properties/next/anyOf/1/properties/starting_after" }
    ],
    /the walk fails with PaginationError/
  )
  it.live("records under another name break them: what the client demands is told, and nothing that follows", () =>
    Effect.gen(function* () {
      const patch: JsonPatch.JsonPatch = [
        {
          op: "add",
          path: "/components/schemas/ContactList/properties/contacts",
          value: { type: "array", items: { $ref: "#/components/schemas/Contact" } }
        },
        { op: "remove", path: "/components/schemas/ContactList/properties/data" },
        { op: "replace", path: "/components/schemas/ContactList/required", value: ["contacts"] }
      ]
      const found = failures(yield* find({ operation: "GET /contacts", checks: ["pagination"], patch }))
      assert.deepStrictEqual(
        found.map(({ message, pointer }) => [pointer, message.replace(/^.*: /, "")]),
        [["/components/schemas/ContactList/required", "the client demands a value"]]
      )
      assert.property(found[0]?.counterexample, "contacts")
    })
  )
})

describe("the laws of searches and scrolls", () => {
  const failing = (operation: string, patch: JsonPatch.JsonPatch) =>
    Effect.map(find({ operation, checks: ["pagination"], patch }), (found) =>
      failures(found)
        .map(({ message }) => message)
        .join("\n")
    )
  const rename = (of: string, from: string, to: string, value: Schema.Json): JsonPatch.JsonPatch => [
    { op: "add", path: `${of}/properties/${to}`, value },
    { op: "remove", path: `${of}/properties/${from}` }
  ]
  const request = "/components/schemas/SearchRequest/properties/pagination"
  const scroll = "/paths/~1companies~1scroll/get"

  it.live("another name for the cursor of a search breaks them", () =>
    Effect.gen(function* () {
      const renamed = rename(request, "starting_after", "after", { type: "string" })
      assert.match(yield* failing("POST /contacts/search", renamed), /the walk fails with BadRequest/)
    })
  )

  it.live("another name for the size of a search's page breaks them", () =>
    Effect.gen(function* () {
      const renamed = rename(request, "per_page", "size", { type: "integer" })
      assert.match(yield* failing("POST /conversations/search", renamed), /the walk fails with BadRequest/)
    })
  )

  it.live("another name for the parameter of a scroll breaks them", () =>
    Effect.gen(function* () {
      const patch: JsonPatch.JsonPatch = [
        { op: "replace", path: `${scroll}/parameters/0/name`, value: "scroll_token" },
        ...rename(`${scroll}/responses/200/content/application~1json/schema`, "scroll_param", "scroll_token", {
          type: "string"
        })
      ]
      assert.match(yield* failing("GET /companies/scroll", patch), /the walk fails with PaginationError/)
    })
  )
})

type List = Core.Contacts["Service"]["list"]

/** The client, with the walks of contacts changed. */
const changed = (change: (list: List) => Partial<List>): Client.Resources => ({
  ...intercom,
  services: Effect.map(intercom.services, (services) => {
    const contacts = services["Contacts"] as Core.Contacts["Service"]
    const list = Object.assign(() => contacts.list(), contacts.list, change(contacts.list))
    return { ...services, Contacts: { ...contacts, list } }
  })
})

describe("a client that breaks the laws", () => {
  const broken = (name: string, change: (list: List) => Partial<List>, message: RegExp) =>
    it.live(name, () =>
      Effect.gen(function* () {
        const found = yield* find({ operation: "GET /contacts", checks: ["pagination"], client: changed(change) })
        assert.match(
          failures(found)
            .filter(({ direction }) => direction === "response")
            .map(({ message }) => message)
            .join("\n"),
          message
        )
      })
    )

  broken(
    "by losing the first record",
    (list) => ({ items: (query, options) => Stream.drop(list.items(query, options), 1) }),
    /items: records are missing/
  )
  broken(
    "by yielding a record twice",
    (list) => ({
      items: (query, options) => Stream.flatMap(list.items(query, options), (item) => Stream.make(item, item))
    }),
    /items: there are more records than the server has/
  )
  broken(
    "by starting over instead of going on",
    (list) => ({ items: (query) => list.items(query) }),
    /from a cursor: there are more records than the server has/
  )
  broken(
    "by cursors that are one page late",
    (list) => ({
      pages: (query, options) =>
        Stream.map(list.pages(query, options), (page) =>
          page.cursor === undefined ? page : { ...page, cursor: Core.Pagination.Cursor.make("after-0") }
        )
    }),
    /stopped and resumed: there are more records than the server has/
  )
  broken(
    "by not asking for the size it was told",
    (list) => ({ pages: (_, options) => list.pages({}, options) }),
    /pages: they have another size than was asked for/
  )
  broken(
    "by a wrong total",
    (list) => ({
      pages: (query, options) => Stream.map(list.pages(query, options), (page) => ({ ...page, total: 3 }))
    }),
    /pages: the total is not what the server counts/
  )
})

describe("any workspace", () => {
  it.live("every number of records, page size and place to stop: nothing is lost, nothing comes twice", () =>
    Effect.promise(() =>
      fc.assert(
        fc.asyncProperty(
          fc.record({
            contacts: fc.nat(25),
            size: fc.integer({ min: 1, max: 8 }),
            stop: fc.integer({ min: 1, max: 5 })
          }),
          ({ contacts, size, stop }) =>
            Effect.gen(function* () {
              const simulator = yield* Simulator
              const wanted = (yield* Stream.runCollect(simulator.records("contacts"))).map(
                (text) => JSON.parse(text) as unknown
              )
              const { list } = yield* Core.Contacts
              assert.deepStrictEqual(yield* Stream.runCollect(list.items({ per_page: size })), wanted as never)
              const taken = yield* Stream.runCollect(Stream.take(list.pages({ per_page: size }), stop))
              const from = taken.at(-1)?.cursor
              const rest = from === undefined ? [] : yield* Stream.runCollect(list.items({ per_page: size }, { from }))
              assert.deepStrictEqual([...taken.flatMap(({ items }) => items), ...rest], wanted as never)
            }).pipe(
              Effect.provide(
                Core.Contacts.layer.pipe(
                  Layer.provide(
                    Layer.unwrap(
                      Effect.map(Simulator, ({ token, url }) =>
                        Core.IntercomHttp.layer({ accessToken: token, baseUrl: url }).pipe(Layer.orDie)
                      )
                    )
                  ),
                  Layer.provideMerge(Simulator.layerClient({ contacts, companies: 0, conversations: 0 }))
                )
              ),
              Effect.runPromise
            )
        ),
        { numRuns: 25, seed: 20_261_122 }
      )
    )
  )
})
