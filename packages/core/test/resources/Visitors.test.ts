import { Visitors } from "@effect-intercom/core/resources/Visitors"
import { describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { refuses } from "./Exchange.ts"

describe("Visitors", () => {
  it.effect("refuse what names nobody", () =>
    Effect.gen(function* () {
      yield* refuses(Visitors, ({ update }) => update({ name: "Zoë" }), { expected: "at least one of id, user_id" })
      const visitor = { user_id: "v" }
      yield* refuses(
        Visitors,
        ({ convert }) => convert({ type: "user", user: { email: "zoe@example.com" }, visitor }),
        { path: "user", expected: "at least one of id, user_id" }
      )
    })
  )
})
