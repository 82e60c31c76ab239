import { CompanyId } from "@effect-intercom/core/resources/Companies"
import { Tags } from "@effect-intercom/core/resources/Tags"
import { describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { refuses, unchecked } from "./Exchange.ts"

describe("Tags", () => {
  it.effect("refuse a company without an id, and to untag what is not said to be untagged", () =>
    Effect.gen(function* () {
      const name = "vip"
      yield* refuses(Tags, ({ tagCompanies }) => tagCompanies({ name, companies: [{}] }), {
        expected: "id or company_id"
      })
      yield* refuses(
        Tags,
        ({ untagCompanies }) => untagCompanies(unchecked({ name, companies: [{ id: CompanyId.make("1") }] })),
        { path: "companies[0].untag" }
      )
    })
  )
})
