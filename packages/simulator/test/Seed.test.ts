import { assert, describe, it } from "@effect/vitest"
import { Simulator } from "@effect-intercom/simulator"
import type * as SimulatorOptions from "@effect-intercom/simulator/Simulator"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { inProcess, raw } from "./Client.ts"

const resources = ["contacts", "companies", "conversations", "articles", "segments", "admins", "newsItems"] as const

const snapshots = (options: SimulatorOptions.Options) =>
  Effect.gen(function* () {
    const { snapshot } = yield* Simulator
    const events = yield* raw("GET", "/events?type=user&user_id=user-00000004")
    return {
      events: events.text,
      listings: yield* Effect.forEach(resources, snapshot)
    }
  }).pipe(Effect.provide(inProcess(options)))

describe("the seed", () => {
  it.effect("decides every byte", () =>
    Effect.gen(function* () {
      const one = yield* snapshots({ seed: 42 })
      assert.deepStrictEqual(yield* snapshots({ seed: 42 }), one)
      const other = yield* snapshots({ seed: 43 })
      for (const [index, resource] of resources.entries()) {
        assert.strictEqual(other.listings[index]?.count, one.listings[index]?.count)
        assert.notStrictEqual(other.listings[index]?.sha256, one.listings[index]?.sha256, resource)
      }
    })
  )

  it.effect("decides the answers, request ids included", () =>
    Effect.gen(function* () {
      const answer = Effect.provide(raw("GET", "/conversations"), inProcess({ seed: 9 }))
      assert.deepStrictEqual(yield* answer, yield* answer)
    })
  )

  it.effect("gives the same contacts however many there are", () =>
    Effect.gen(function* () {
      const first = (contacts: number) =>
        Effect.provide(
          Effect.flatMap(Simulator, ({ records }) => Stream.runHead(records("contacts"))),
          inProcess({ contacts })
        )
      assert.deepStrictEqual(yield* first(10), yield* first(1_000_000))
      assert.isTrue(Option.isSome(yield* first(10)))
    })
  )
})

describe("scale", () => {
  interface Page {
    readonly data: ReadonlyArray<{ readonly id: string }>
    readonly total_count: number
    readonly pages: { readonly next?: unknown; readonly page: number; readonly total_pages: number }
  }

  for (const contacts of [100_000, 1_000_000]) {
    it.effect(`has ${contacts} contacts, and its last page is right`, () =>
      Effect.gen(function* () {
        const first = (yield* raw("GET", "/contacts?per_page=1")).body as Page
        assert.strictEqual(first.total_count, contacts)

        const cursor = Buffer.from('[2000000000000,"seventh",667]').toString("base64")
        const last = (yield* raw("GET", `/contacts?per_page=150&starting_after=${encodeURIComponent(cursor)}`))
          .body as Page
        // An id ends in the contact's number.
        const numbers = last.data.map(({ id }) => Number.parseInt(id.slice(16), 16))
        assert.deepStrictEqual(
          numbers,
          [6, 5, 4, 3, 2, 1].map((back) => contacts - back)
        )
        assert.notProperty(last.pages, "next")
        assert.strictEqual(last.pages.total_pages, Math.ceil(contacts / 150))
        assert.deepInclude((yield* raw("GET", "/contacts/seventh")).body, { type: "contact", id: "seventh" })
      }).pipe(
        Effect.provide(
          // A contact whose cursor is known without walking to it.
          inProcess({
            contacts,
            overrides: { contacts: { [contacts - 7]: { id: "seventh", created_at: 2_000_000_000 } } }
          })
        )
      )
    )
  }
})
