import { Intercom, Search } from "@effect-intercom/core"
import { Simulator } from "@effect-intercom/simulator"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { inProcess, raw } from "./Client.ts"

describe("a search that looks at every record", () => {
  const search = { query: { field: "name", operator: "~", value: "a" }, sort: { field: "name", order: "ascending" } }

  it.live("lets other requests be answered meanwhile", () =>
    Effect.gen(function* () {
      const ended: Array<string> = []
      const long = yield* Effect.forkChild(
        Effect.tap(raw("POST", "/contacts/search", { body: JSON.stringify(search) }), ({ status }) =>
          Effect.sync(() => ended.push(`search ${status}`))
        )
      )
      yield* Effect.yieldNow
      const { status } = yield* raw("GET", "/me")
      ended.push(`me ${status}`)
      yield* Fiber.join(long)
      assert.deepStrictEqual(ended, ["me 200", "search 200"])
    }).pipe(Effect.provide(inProcess({ contacts: 30_000 })))
  )

  it.live("finds what there was when it began", () =>
    Effect.gen(function* () {
      const before = yield* raw("POST", "/contacts/search", { body: JSON.stringify(search) })
      const { total_count: total } = before.body as { readonly total_count: number }
      const long = yield* Effect.forkChild(
        raw("POST", "/contacts/search", { body: JSON.stringify({ ...search, pagination: { per_page: 5 } }) })
      )
      yield* Effect.yieldNow
      const created = yield* raw("POST", "/contacts", {
        body: JSON.stringify({ email: "new@example.com", name: "aaa" })
      })
      assert.strictEqual(created.status, 200)
      const { body } = yield* Fiber.join(long)
      assert.strictEqual((body as { readonly total_count: number }).total_count, total)
      const after = yield* raw("POST", "/contacts/search", { body: JSON.stringify(search) })
      assert.strictEqual((after.body as { readonly total_count: number }).total_count, total + 1)
    }).pipe(Effect.provide(inProcess({ contacts: 30_000 })))
  )

  it.live("has what it finds in order, each once", () =>
    Effect.gen(function* () {
      const { contacts } = yield* Intercom
      const { records } = yield* Simulator
      const found = yield* contacts.search
        .items({
          query: Search.contact("email", "~", "a"),
          sort: { field: "name", order: "ascending" },
          pagination: { per_page: 150 }
        })
        .pipe(
          Stream.map(({ id, name }) => `${name ?? ""}\u0000${id}`),
          Stream.runCollect
        )
      const expected = yield* records("contacts").pipe(
        Stream.map(
          (text) =>
            JSON.parse(text) as { readonly id: string; readonly name: string | null; readonly email: string | null }
        ),
        Stream.filter(({ email }) => email !== null && email.includes("a")),
        Stream.map(({ id, name }) => `${name ?? ""}\u0000${id}`),
        Stream.runCollect
      )
      assert.isAbove(expected.length, 4_096)
      assert.deepStrictEqual(found, expected.toSorted())
    }).pipe(Effect.provide(inProcess({ contacts: 8_000 }, { rateLimit: { limit: 10_000, window: "10 seconds" } })))
  )
})
