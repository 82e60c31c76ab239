import { Companies } from "@effect-intercom/core/resources/Companies"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Scripted from "../Scripted.ts"
import { exchange, refuses, unchecked } from "./Exchange.ts"

describe("Companies.list", () => {
  it.effect("refuses the lookups that do not answer with a list", () =>
    Effect.forEach(["name", "company_id"], (path) =>
      refuses(Companies, (companies) => companies.list(unchecked({ [path]: "Acme" })), { path })
    )
  )
})

describe("Companies.createOrUpdate", () => {
  it.effect("sends the plan by name, and reads it as an object", () =>
    Effect.gen(function* () {
      const company = { type: "company", id: "531", plan: { type: "plan", id: "1", name: "Pro" } }
      const { sent, value } = yield* exchange(
        Companies,
        (companies) => companies.createOrUpdate({ company_id: "acme-1", plan: "Pro" }),
        Scripted.json(company)
      )
      assert.deepStrictEqual(sent.body, { company_id: "acme-1", plan: "Pro" })
      assert.strictEqual(value.plan?.name, "Pro")
    })
  )

  it.effect("refuses a company without a key, which would be no upsert", () =>
    Effect.gen(function* () {
      yield* refuses(Companies, (companies) => companies.createOrUpdate(unchecked({ name: "Acme" })), {
        path: "company_id"
      })
      yield* refuses(Companies, (companies) => companies.createOrUpdate({ company_id: "" }), { path: "company_id" })
    })
  )

  it.effect("refuses what the API takes otherwise, and attributes that are no JSON", () =>
    Effect.gen(function* () {
      const wrong = { plan: { name: "Pro" }, monthly_spend: 49.5, id: "531", custom_attributes: { a: 1n } }
      for (const [path, value] of Object.entries(wrong)) {
        yield* refuses(
          Companies,
          (companies) => companies.createOrUpdate(unchecked({ company_id: "acme-1", [path]: value })),
          { path: path === "custom_attributes" ? "custom_attributes.a" : path }
        )
      }
    })
  )
})

describe("Companies.scroll", () => {
  it.effect("refuses a scroll_param that cannot stand in a URL", () =>
    refuses(Companies, (companies) => companies.scroll({ scroll_param: "\ud800" }), { path: "scroll_param" })
  )
})
