import { Companies, type CompanyKey } from "@effect-intercom/core/resources/Companies"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Scripted from "../Scripted.ts"
import { exchange, refusal, refuses, unchecked } from "./Exchange.ts"

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

describe("Companies.find", () => {
  const find = (key: CompanyKey, answer: Scripted.Answer) =>
    exchange(Companies, (companies) => companies.find(key), answer)

  it.effect("asks the listing for one company", () =>
    Effect.gen(function* () {
      const company = { type: "company", id: "531", company_id: "acme-1" }
      const { sent, value } = yield* find({ company_id: "acme-1" }, Scripted.json(company))
      assert.deepStrictEqual(
        [sent.path, Option.getOrUndefined(value)?.id],
        ["/companies?company_id=acme-1", company.id]
      )
      const page = yield* find({ name: "Acme" }, Scripted.json({ type: "list", data: [company] }))
      assert.strictEqual(Option.getOrUndefined(page.value)?.id, company.id)
      const byName = yield* find({ name: "Acme & Co" }, Scripted.errorList(404, { code: "company_not_found" }))
      assert.deepStrictEqual([byName.sent.path, byName.value], ["/companies?name=Acme+%26+Co", Option.none()])
    })
  )

  it.effect("refuses what names no company, or two ways of naming one", () =>
    Effect.forEach([{}, { name: "" }, { name: "Acme", company_id: "acme-1" }], (key) =>
      Effect.map(
        refusal(Companies, (companies) => companies.find(unchecked(key))),
        ({ reason, sent }) => {
          assert.strictEqual(reason._tag, "EncodeError")
          assert.lengthOf(sent, 0)
        }
      )
    )
  )
})
