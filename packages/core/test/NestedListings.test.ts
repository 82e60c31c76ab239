/** Listings with ids in their path, in a field of a field, or under either of two keys; alternatives of one operation. */
import * as Endpoint from "@effect-intercom/core/Endpoint"
import { groupOf } from "@effect-intercom/core/IntercomApi"
import * as Pagination from "@effect-intercom/core/Pagination"
import * as Resource from "@effect-intercom/core/Resource"
import * as Wire from "@effect-intercom/core/Wire"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpApi from "effect/http-api/HttpApi"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Scripted from "./Scripted.ts"

const Note = Wire.open({ id: Schema.String })
const pages = Wire.nullish(Pagination.Pages)
const ids = { contact_id: Schema.String }
const Page = Schema.Struct({ page: Wire.optional(Schema.Int), phrase: Wire.optional(Schema.String) })

class Notes extends Resource.Service<Notes>()("Notes", {
  byPage: Endpoint.get("/contacts/:contact_id/notes", {
    params: ids,
    query: Page,
    success: Wire.listing({ notes: Wire.nullish(Schema.Array(Note)), data: Wire.nullish(Schema.Array(Note)), pages }),
    pages: Pagination.page("notes", Note, "data")
  }),
  byUrl: Endpoint.get("/contacts/:contact_id/feeds/:feed_id", {
    params: { ...ids, feed_id: Schema.String },
    query: Page,
    success: Wire.listing({ data: Wire.open({ notes: Schema.Array(Note) }), pages }),
    pages: Pagination.url("data.notes", Note)
  }),
  all: Endpoint.get("/contacts/:contact_id/all", {
    params: ids,
    success: Wire.listing({ data: Schema.Array(Note), pages }),
    pages: Pagination.single("data", Note)
  }),
  reply: Endpoint.post("/contacts/:contact_id/parts", {
    params: ids,
    payload: Schema.Struct({ body: Schema.String }),
    success: Note,
    alternativeOf: "manage"
  }),
  close: Endpoint.post("/contacts/:contact_id/parts", {
    params: ids,
    payload: Schema.Struct({ message_type: Schema.Literal("close") }),
    success: Note,
    alternativeOf: "manage"
  })
}) {}

const note = (id: string) => ({ id })
const idsOf = (notes: ReadonlyArray<typeof Note.Type>) => notes.map(({ id }) => id)

const served = (...answers: ReadonlyArray<unknown>) => {
  const server = Scripted.make(answers.map((answer) => Scripted.json(answer)))
  return { server, notes: Effect.provide(Notes, server.layer(Notes.layer)) }
}

const urls = ({ sent }: Scripted.Scripted) => sent.map(({ url }) => url.pathname + url.search)

describe("a listing with ids in its path", () => {
  it.effect("takes them before its query, and keeps them on every page; its records are under either key", () =>
    Effect.gen(function* () {
      const { notes, server } = served(
        { data: [note("1")], pages: { page: 1, total_pages: 2 } },
        { notes: [note("2")], pages: { page: 2, total_pages: 2 } }
      )
      const { byPage } = yield* notes
      assert.deepStrictEqual(idsOf(yield* Stream.runCollect(byPage.items("a/b", { phrase: "x" }))), ["1", "2"])
      assert.deepStrictEqual(urls(server), ["/contacts/a%2Fb/notes?phrase=x", "/contacts/a%2Fb/notes?page=2&phrase=x"])
    })
  )

  it.effect("has its records under the key that has any", () =>
    Effect.gen(function* () {
      const { notes } = served({ notes: [], data: [note("1")] })
      assert.deepStrictEqual(idsOf(yield* Stream.runCollect((yield* notes).byPage.items("a"))), ["1"])
    })
  )

  it.effect.each([{ next: "?page=2" }, { next: { page: 2, per_page: 50 } }, { page: 1, total_pages: 2 }])(
    "in one answer is not whole where there is more: %o",
    (pages) =>
      Effect.gen(function* () {
        const { notes } = served({ data: [note("1")], pages })
        const { reason } = yield* Effect.flip(Stream.runCollect((yield* notes).all.items("a")))
        assert.strictEqual(reason._tag, "PaginationError")
      })
  )

  it.effect.each([{ next: null }, { next: { per_page: 50 } }, { page: 1, total_pages: 1, next: "" }])(
    "in one answer is whole where no more is named: %o",
    (pages) =>
      Effect.gen(function* () {
        const { notes } = served({ data: [note("1")], pages })
        assert.deepStrictEqual(idsOf(yield* Stream.runCollect((yield* notes).all.items("a"))), ["1"])
      })
  )

  it.effect("follows a relative link from where it is", () =>
    Effect.gen(function* () {
      const { notes, server } = served(
        { data: { notes: [note("1")] }, pages: { next: "?page=2" } },
        { data: { notes: [note("2")] }, pages: { next: null } }
      )
      const { byUrl } = yield* notes
      const walked = byUrl.items({ contact_id: "a/b", feed_id: "7" })
      assert.deepStrictEqual(idsOf(yield* Stream.runCollect(walked)), ["1", "2"])
      assert.deepStrictEqual(urls(server), ["/contacts/a%2Fb/feeds/7", "/contacts/a%2Fb/feeds/7?page=2"])
    })
  )

  it.effect("sets aside what does not fit, wherever the records are", () =>
    Effect.gen(function* () {
      const { notes } = served({ data: { notes: [note("1"), { id: 2 }] }, pages: null })
      const { byUrl } = yield* notes
      const aside: Array<unknown> = []
      const walked = byUrl.items(
        { contact_id: "1", feed_id: "7" },
        {},
        {
          onInvalid: ({ raw }) => Effect.sync(() => void aside.push(raw))
        }
      )
      assert.deepStrictEqual(idsOf(yield* Stream.runCollect(walked)), ["1"])
      assert.deepStrictEqual(aside, [{ id: 2 }])
    })
  )

  it.effect("needs no query", () =>
    Effect.gen(function* () {
      const { notes, server } = served({ data: [note("1")] })
      const { all } = yield* notes
      assert.deepStrictEqual(idsOf(yield* Stream.runCollect(all.items("5"))), ["1"])
      assert.deepStrictEqual(urls(server), ["/contacts/5/all"])
    })
  )
})

describe("alternatives of an operation", () => {
  it.effect("are methods of their own, each with its body", () =>
    Effect.gen(function* () {
      const { notes, server } = served(note("1"), note("2"))
      const { close, reply } = yield* notes
      yield* reply("9", { body: "Hello" })
      yield* close("9", { message_type: "close" })
      assert.deepStrictEqual(
        server.sent.map(({ body, path }) => [path, body]),
        [
          ["/contacts/9/parts", { body: "Hello" }],
          ["/contacts/9/parts", { message_type: "close" }]
        ]
      )
    })
  )

  it("are one operation of a document", () => {
    const { paths } = OpenApi.fromApi(HttpApi.make("own").add(groupOf(Notes)))
    const { post } = paths["/contacts/{contact_id}/parts"] ?? {}
    assert.strictEqual(post?.operationId, "manageNote")
    const body: unknown = post?.requestBody?.content["application/json"]?.schema
    assert.containsSubset(body, { anyOf: [{ required: ["body"] }, { required: ["message_type"] }] })
  })
})
