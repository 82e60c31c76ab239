import { TagId, Tags } from "@effect-intercom/core/resources/Tags"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Scripted from "../Scripted.ts"
import { exchange, misfits, refusal, refuses, tolerates, unchecked } from "./Exchange.ts"

const tag = (fields: object = {}) => ({
  type: "tag",
  id: "102",
  name: "VIP",
  applied_at: 1_717_041_620,
  applied_by: { type: "admin", id: "1" },
  colour: "red",
  ...fields
})

const list = (...tags: ReadonlyArray<unknown>) => ({ type: "list", data: tags })

const id = TagId.make("102")

describe("Tags.list", () => {
  it.effect("asks GET /tags, and keeps what it does not name", () =>
    Effect.gen(function* () {
      const body = list(tag(), { type: "tag", id: "1" })
      const { sent, value } = yield* exchange(Tags, (tags) => tags.list(), Scripted.json(body))
      assert.strictEqual(`${sent.method} ${sent.path}`, "GET /tags")
      assert.deepStrictEqual<unknown>(value, body)
    })
  )

  it.effect("is one page", () =>
    Effect.gen(function* () {
      const { value } = yield* exchange(
        Tags,
        (tags) => Stream.runCollect(tags.list.pages()),
        Scripted.json(list(tag()))
      )
      assert.deepStrictEqual<unknown>(value, [{ items: [tag()] }])
    })
  )

  it.effect("refuses a query, as there is nothing to ask for", () =>
    refuses(Tags, (tags) => tags.list(unchecked({ page: 2 })), { path: "page" })
  )

  it.effect("names the tag that does not fit", () =>
    misfits(Tags, (tags) => tags.list(), list(tag({ id: 1 }), tag({ name: 2 })), "data[0].id", "data[1].name")
  )
})

describe("Tags.get", () => {
  it.effect("asks for the id in the path", () =>
    Effect.gen(function* () {
      const { sent, value } = yield* exchange(Tags, (tags) => tags.get(id), Scripted.json(tag()))
      assert.strictEqual(`${sent.method} ${sent.path}`, `GET /tags/${id}`)
      assert.deepStrictEqual<unknown>(value, tag())
    })
  )

  it.effect("refuses an id that cannot be part of a path", () =>
    refuses(Tags, (tags) => tags.get(TagId.make("")), { path: "tag_id" })
  )

  it.effect("takes a tag with nothing but type and id, and nulls elsewhere", () =>
    tolerates(Tags, (tags) => tags.get(id), { type: "tag", id }, Object.keys(tag()).slice(2))
  )

  it.effect("tells that there is none", () =>
    Effect.gen(function* () {
      const { reason } = yield* refusal(
        Tags,
        (tags) => tags.get(id),
        Scripted.errorList(404, { code: "tag_not_found", message: "Tag not found" })
      )
      assert.strictEqual(reason._tag, "NotFound")
    })
  )
})
