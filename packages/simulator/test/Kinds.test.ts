/** Operations of one's own, and what the engine does for any kind. */
import { assert, describe, it } from "@effect/vitest"
import {
  Contact,
  ContactId,
  Endpoint,
  IntercomHttp,
  operations,
  Pagination,
  Resource,
  resources,
  Tag,
  Wire
} from "@effect-intercom/core"
import { Crud, defaultCounts, Faults, Ids, Kind, Simulator } from "@effect-intercom/simulator"
import * as Effect from "effect/Effect"
import type * as HttpMethod from "effect/http/HttpMethod"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { raw } from "./Client.ts"

const Badge = Wire.open({ type: Schema.String, id: Schema.String, name: Schema.String })
const Named = Schema.Struct({ name: Schema.String })
const BadgeList = Wire.listing({ data: Schema.Array(Badge), pages: Wire.nullish(Pagination.Pages) })
const StartingAfter = Schema.Struct({
  per_page: Wire.optional(Schema.Int),
  starting_after: Wire.optional(Schema.String)
})

class Badges extends Resource.Service<Badges>()("Badges", {
  list: Endpoint.get("/badges", { query: StartingAfter, success: BadgeList, pages: Pagination.cursor("data", Badge) }),
  get: Endpoint.get("/badges/:badge_id", { params: { badge_id: Schema.String }, success: Badge }),
  create: Endpoint.post("/badges", { payload: Named, success: Badge, status: 201 }),
  update: Endpoint.put("/badges/:badge_id", {
    params: { badge_id: Schema.String },
    payload: Named,
    success: Badge
  }),
  delete: Endpoint.del("/badges/:badge_id", { params: { badge_id: Schema.String } }),
  search: Endpoint.post("/badges/search", {
    payload: Schema.Struct({ query: Schema.Unknown }),
    success: BadgeList,
    pages: Pagination.search("data", Badge)
  }),
  attachTag: Endpoint.post("/badges/:badge_id/tags", {
    params: { badge_id: Schema.String },
    payload: Schema.Struct({ id: Schema.String }),
    success: Tag
  }),
  listTags: Endpoint.get("/badges/:badge_id/tags", {
    params: { badge_id: Schema.String },
    success: Wire.listing({ data: Schema.Array(Tag) })
  }),
  detachTag: Endpoint.del("/badges/:badge_id/tags/:tag_id", {
    params: { badge_id: Schema.String, tag_id: Schema.String },
    success: Tag
  })
}) {}

const ByPhrase = Schema.Struct({ phrase: Schema.String, page: Wire.optional(Schema.Int) })
const Parts = Wire.listing({
  data: Wire.open({ parts: Schema.Array(Badge) }),
  pages: Wire.nullish(Pagination.Pages)
})

class Parcels extends Resource.Service<Parcels>()("Parcels", {
  open: Endpoint.post("/badges/:badge_id/parts", {
    params: { badge_id: Schema.String },
    payload: Schema.Struct({ message_type: Schema.Literal("open") }),
    success: Schema.Struct({ did: Schema.Literal("open") }),
    alternativeOf: "manage"
  }),
  rename: Endpoint.post("/badges/:badge_id/parts", {
    params: { badge_id: Schema.String },
    payload: Schema.Struct({ name: Schema.NonEmptyString }),
    success: Schema.Struct({ did: Schema.Literal("rename"), name: Schema.String }),
    alternativeOf: "manage"
  }),
  renameAll: Endpoint.post("/badges/:badge_id/parts", {
    params: { badge_id: Schema.String },
    payload: Schema.Struct({ name: Schema.String, parts: Schema.Array(Schema.String) }),
    success: Schema.Struct({ did: Schema.Literal("renameAll") }),
    alternativeOf: "manage"
  }),
  list: Endpoint.get("/badges/:badge_id/parts", {
    params: { badge_id: Schema.String },
    query: ByPhrase,
    success: Parts,
    pages: Pagination.page("data.parts", Badge)
  })
}) {}

class Renames extends Resource.Service<Renames>()("Renames", {
  rename: Endpoint.patch("/contacts/:contact_id", {
    params: { contact_id: ContactId },
    payload: Named,
    success: Contact
  })
}) {}

const ids = Ids.numeric("badges")

const tagsOf: Crud.Relation = {
  to: ({ collections }) => collections.tags,
  field: "tags",
  missing: { message: "Tag Not Found" }
}

const badges = Kind.listed(Badges, {
  count: 7,
  ids,
  generate: (world, index) => ({
    type: "badge",
    id: ids.of(world, index),
    name: `Badge ${index}`,
    created_at: 1_600_000_000 + index,
    updated_at: 1_600_000_000 + index,
    tags: { type: "list", data: [], total_count: 0 }
  }),
  search: { fields: { name: "text" }, granularity: "second" },
  missing: { message: "Badge Not Found", code: "badge_not_found" },
  handlers: {
    list: Crud.list({ perPage: 3 }),
    get: Crud.get,
    create: Crud.create((input, { id, now }) => ({ type: "badge", id, created_at: now, updated_at: now, ...input })),
    update: Crud.update(),
    delete: Crud.remove(),
    search: Crud.search(),
    attachTag: Crud.attach(tagsOf),
    listTags: Crud.related(tagsOf),
    detachTag: Crud.detach(tagsOf)
  }
})

const renames = Kind.make(Renames, { of: "contacts", handlers: { rename: Crud.update() } })

const parcels = Kind.make(Parcels, {
  of: "badges",
  handlers: {
    open: () => Effect.succeed(HttpServerResponse.jsonUnsafe({ did: "open" })),
    rename: ({ payload: { name } }) => Effect.succeed(HttpServerResponse.jsonUnsafe({ did: "rename", name })),
    renameAll: () => Effect.succeed(HttpServerResponse.jsonUnsafe({ did: "renameAll" })),
    list: Crud.list({ perPage: 3 })
  }
})

const served = Layer.mergeAll(Badges.layer, Parcels.layer, Renames.layer).pipe(
  Layer.provide(IntercomHttp.layer({ accessToken: Redacted.make("simulator-token") })),
  Layer.provideMerge(Simulator.layerClient({ contacts: 3, kinds: { badges, parcels, renames } }))
)

describe("a kind of one's own", () => {
  it.effect("is listed in pages, each record once, and by itself", () =>
    Effect.gen(function* () {
      const { get, list } = yield* Badges
      const all = [...(yield* Stream.runCollect(list.items()))]
      assert.deepStrictEqual(
        all.map(({ name }) => name),
        Array.from({ length: 7 }, (_, index) => `Badge ${index}`)
      )
      assert.deepStrictEqual(yield* get(all[4]?.id ?? ""), all[4])
      const { reason } = yield* Effect.flip(get("1"))
      assert.deepInclude(reason, { _tag: "NotFound", status: 404 })
      assert.include(JSON.stringify(reason), "badge_not_found")
    }).pipe(Effect.provide(served))
  )

  it.effect("is created, updated and deleted", () =>
    Effect.gen(function* () {
      const badges = yield* Badges
      const made = yield* badges.create({ name: "Mine" })
      assert.strictEqual((yield* badges.update(made.id, { name: "Ours" })).name, "Ours")
      assert.strictEqual((yield* badges.get(made.id)).name, "Ours")
      assert.strictEqual(yield* Stream.runCount(badges.list.items()), 8)
      const found = yield* badges.search({ query: { field: "name", operator: "=", value: "Ours" } })
      assert.deepStrictEqual(
        found.data.map(({ id }) => id),
        [made.id]
      )
      assert.strictEqual((yield* raw("DELETE", `/badges/${made.id}`)).status, 204)
      assert.strictEqual((yield* Effect.flip(badges.delete(made.id))).reason._tag, "NotFound")
      assert.strictEqual(yield* Stream.runCount(badges.list.items()), 7)
      assert.strictEqual((yield* raw("POST", "/badges", { body: '{"name":"x"}' })).status, 201)
    }).pipe(Effect.provide(served))
  )

  it.effect("is related to records of another", () =>
    Effect.gen(function* () {
      const { attachTag, detachTag, list, listTags } = yield* Badges
      const badge_id = (yield* list()).data[0]?.id ?? ""
      const tags = Effect.map(listTags(badge_id), ({ data }) => data.map(({ id }) => String(id)))
      assert.deepStrictEqual(yield* tags, [])
      yield* attachTag(badge_id, { id: "7000002" })
      yield* attachTag(badge_id, { id: "7000001" })
      assert.strictEqual(String((yield* attachTag(badge_id, { id: "7000001" })).id), "7000001")
      assert.deepStrictEqual(yield* tags, ["7000002", "7000001"])
      assert.strictEqual(String((yield* detachTag({ badge_id, tag_id: "7000002" })).id), "7000002")
      assert.deepStrictEqual(yield* tags, ["7000001"])
      const { reason } = yield* Effect.flip(attachTag(badge_id, { id: "1" }))
      assert.include(JSON.stringify(reason), "Tag Not Found")
    }).pipe(Effect.provide(served))
  )

  it.effect("can be operations on records of the API's", () =>
    Effect.gen(function* () {
      const { records } = yield* Simulator
      const contacts = Stream.runCollect(records("contacts"))
      const { id } = JSON.parse((yield* contacts)[1] ?? "") as { readonly id: ContactId }
      assert.strictEqual((yield* Renames.use(({ rename }) => rename(id, { name: "Zoë" }))).name, "Zoë")
      assert.include((yield* contacts)[1], '"name":"Zoë"')
    }).pipe(Effect.provide(served))
  )
})

describe("the kinds of the API", () => {
  it.effect("answer every operation there is", () =>
    Effect.gen(function* () {
      for (const { method, name, path } of operations) {
        const { status, text } = yield* raw(
          // Endpoints are declared with these.
          method as HttpMethod.HttpMethod,
          path.replaceAll(/\{\w+\}/g, "1"),
          method === "GET" ? {} : { body: "{}" }
        )
        assert.isBelow(status, 500, name)
        assert.notInclude(text, "The requested URL was not found", name)
      }
    }).pipe(Effect.provide(served))
  )

  it("have the names of core's resources", () => {
    for (const name of Object.keys(defaultCounts)) assert.property(resources, name)
  })
})

describe("alternatives of an operation", () => {
  it.effect("are told apart by the body", () =>
    Effect.gen(function* () {
      const parcels = yield* Parcels
      assert.deepStrictEqual(yield* parcels.open("1", { message_type: "open" }), { did: "open" })
      assert.deepStrictEqual(yield* parcels.rename("1", { name: "x" }), { did: "rename", name: "x" })
      assert.deepStrictEqual(yield* parcels.renameAll("1", { name: "x", parts: [] }), { did: "renameAll" })
    }).pipe(Effect.provide(served))
  )

  it.effect("may have fields nobody knows, and what fits none is refused for what the nearest lacks", () =>
    Effect.gen(function* () {
      const extra = yield* raw("POST", "/badges/1/parts", { body: '{"name":"x","more":1}' })
      assert.deepStrictEqual(extra.body, { did: "rename", name: "x" })
      const none = yield* raw("POST", "/badges/1/parts", { body: '{"name":""}' })
      assert.strictEqual(none.status, 400)
      assert.containsSubset(none.body, { errors: [{ code: "parameter_invalid", field: "name" }] })
    }).pipe(Effect.provide(served))
  )

  it.effect("each have their faults", () =>
    Effect.gen(function* () {
      const parcels = yield* Parcels
      const { setFaults } = yield* Simulator
      yield* setFaults(Faults.when(({ operation }) => operation === "Parcels.renameAll", "error403"))
      assert.deepStrictEqual(yield* parcels.rename("1", { name: "x" }), { did: "rename", name: "x" })
      const error = yield* Effect.flip(parcels.renameAll("1", { name: "x", parts: [] }))
      assert.strictEqual(error.operation, "Parcels.renameAll")
    }).pipe(Effect.provide(served))
  )
})

describe("a listing with an id in its path", () => {
  it.effect("is walked, from records that are in a field of a field", () =>
    Effect.gen(function* () {
      const { list } = yield* Parcels
      const page = yield* list("a/b", { phrase: "q", page: 3 })
      const [last] = page.data.parts
      assert.lengthOf(page.data.parts, 1)
      const all = yield* Stream.runCollect(list.items("a/b", { phrase: "q" }))
      assert.lengthOf(all, 7)
      assert.deepStrictEqual(all.at(-1), last)
      const [first] = yield* Stream.runCollect(list.pages("7", { phrase: "q" }, { prefetch: 0 }))
      assert.strictEqual(first?.total, 7)
      const rest = yield* Stream.runCollect(list.items("7", { phrase: "q" }, { from: first?.cursor }))
      assert.deepStrictEqual(rest, all.slice(3))
    }).pipe(Effect.provide(served))
  )
})
