/** Ids survive the way into a URL's path and back. */
import { assert, describe, it } from "@effect/vitest"
import { ContactId, Intercom } from "@effect-intercom/core"
import { Simulator } from "@effect-intercom/simulator"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { overSocket } from "./Client.ts"

// What URLs and routers trip over, in any order, between anything else.
const awkward = fc.constantFrom(
  "%",
  "/",
  "?",
  "#",
  ".",
  "..",
  "%2F",
  "%25",
  "%zz",
  ";",
  "&",
  "=",
  "+",
  " ",
  "\\",
  ":",
  "*",
  "é",
  "さ",
  "🌻",
  "\n",
  "\u0000",
  '"'
)
const id = fc
  .array(fc.oneof(awkward, fc.string({ unit: "binary", minLength: 1, maxLength: 4 })), { minLength: 1, maxLength: 8 })
  .map((parts) => parts.join(""))
  .filter((id) => id !== "." && id !== ".." && id.isWellFormed())

describe("an id in a path", () => {
  const roundTrip = Effect.fnUntraced(function* (id: string) {
    const { contacts } = yield* Intercom
    const { insert } = yield* Simulator
    yield* insert("contacts", { type: "contact", id, role: "user" })
    const contact = yield* contacts.get(ContactId.make(id))
    assert.strictEqual<string>(contact.id, id)
  })

  it.live("comes back as it was, whatever it is made of", () =>
    Effect.gen(function* () {
      const run = Effect.runPromiseWith(yield* Effect.context<Intercom | Simulator>())
      yield* Effect.promise(() =>
        fc.assert(
          fc.asyncProperty(id, (id) => run(roundTrip(id))),
          { seed: 20_261_122, numRuns: 300 }
        )
      )
    }).pipe(Effect.provide(overSocket()))
  )

  it.live("may be long", () => Effect.provide(roundTrip("長い/id".repeat(150)), overSocket()))

  for (const id of [".", "..", "", "\ud800"]) {
    it.live(`is refused before anything is sent: ${JSON.stringify(id)}`, () =>
      Effect.gen(function* () {
        const { contacts } = yield* Intercom
        const { stats } = yield* Simulator
        const { reason } = yield* Effect.flip(contacts.get(ContactId.make(id)))
        assert.strictEqual(reason._tag, "EncodeError")
        assert.strictEqual((yield* stats).requests, 0)
      }).pipe(Effect.provide(overSocket()))
    )
  }
})
