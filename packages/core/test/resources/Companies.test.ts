import { Companies } from "@effect-intercom/core/resources/Companies"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Scripted from "../Scripted.ts"
import { exchange, misfits, refusal, refuses, tolerates, unchecked } from "./Exchange.ts"

const company = (fields: object = {}) => ({
  type: "company",
  id: "531ee472cce572a6ec000006",
  company_id: "acme-1",
  app_id: "a1b2c3",
  name: "Acme &amp; Söhne",
  plan: {},
  remote_created_at: null,
  created_at: 1_394_533_506,
  updated_at: 1_396_874_658,
  last_request_at: null,
  monthly_spend: 49.5,
  session_count: 26,
  user_count: 10,
  custom_attributes: { paid: true, seats: 3 },
  tags: { type: "tag.list", tags: [{ type: "tag", id: "8", name: "VIP" }] },
  segments: { type: "segment.list", segments: [{ type: "segment", id: "53" }] },
  domains: ["acme.example"],
  ...fields
})

const page = (number: number, fields: object = {}) => ({
  type: "list",
  data: [company({ id: `c${number}` })],
  total_count: 2,
  pages: {
    type: "pages",
    page: number,
    per_page: 1,
    total_pages: 2,
    next: number < 2 ? "https://api.intercom.io/companies?per_page=1&page=2" : null
  },
  ...fields
})

describe("Companies.list", () => {
  it.effect("asks GET /companies, with what the query says", () =>
    Effect.gen(function* () {
      const { sent, value } = yield* exchange(
        Companies,
        (companies) => companies.list({ page: 2, per_page: 60, tag_id: "8", segment_id: undefined }),
        Scripted.json(page(2))
      )
      assert.strictEqual(`${sent.method} ${sent.path}`, "GET /companies?page=2&per_page=60&tag_id=8")
      assert.deepStrictEqual<unknown>(value, page(2))
    })
  )

  it.effect("walks by page number, to the last page", () => {
    const server = Scripted.make([Scripted.json(page(1)), Scripted.json(page(2))])
    return Effect.gen(function* () {
      const query = { per_page: 1, tag_id: "8" }
      const companies = yield* Companies
      const found = yield* Stream.runCollect(companies.list.items(query))
      assert.deepStrictEqual(
        found.map((company) => String(company.id)),
        ["c1", "c2"]
      )
      assert.deepStrictEqual(
        server.sent.map(({ url }) => Object.fromEntries(url.searchParams)),
        [
          { per_page: "1", tag_id: "8" },
          { per_page: "1", tag_id: "8", page: "2" }
        ]
      )
      assert.deepStrictEqual(query, { per_page: 1, tag_id: "8" })
    }).pipe(Effect.provide(server.layer(Companies.layer)))
  })

  it.effect("refuses pages below 1, and the lookups that do not answer with a list", () =>
    Effect.gen(function* () {
      yield* refuses(Companies, (companies) => companies.list({ page: 0 }), { path: "page" })
      yield* refuses(Companies, (companies) => companies.list({ per_page: 0 }), { path: "per_page" })
      yield* refuses(Companies, (companies) => companies.list(unchecked({ name: "Acme" })), { path: "name" })
    })
  )

  it.effect("names the company that does not fit", () =>
    misfits(
      Companies,
      (companies) => companies.list(),
      { type: "list", data: [company(), company({ id: 7, size: "large" })] },
      "data[1].id",
      "data[1].size"
    )
  )
})

describe("Companies.createOrUpdate", () => {
  it.effect("posts the plan by name, and reads it as an object", () =>
    Effect.gen(function* () {
      const answer = company({ plan: { type: "plan", id: "1", name: "Pro" } })
      const { sent, value } = yield* exchange(
        Companies,
        (companies) =>
          companies.createOrUpdate({
            company_id: "acme-1",
            plan: "Pro",
            size: undefined,
            monthly_spend: 49,
            custom_attributes: { paid: true, seats: 3, since: null }
          }),
        Scripted.json(answer)
      )
      assert.strictEqual(`${sent.method} ${sent.path}`, "POST /companies")
      assert.deepStrictEqual(sent.body, {
        company_id: "acme-1",
        plan: "Pro",
        monthly_spend: 49,
        custom_attributes: { paid: true, seats: 3, since: null }
      })
      assert.deepStrictEqual<unknown>(value, answer)
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

  it.effect("refuses what the API takes otherwise", () =>
    Effect.gen(function* () {
      const company_id = "acme-1"
      for (const [path, wrong] of Object.entries({ plan: { name: "Pro" }, monthly_spend: 49.5, id: "531" })) {
        yield* refuses(Companies, (companies) => companies.createOrUpdate(unchecked({ company_id, [path]: wrong })), {
          path
        })
      }
    })
  )

  it.effect("refuses attributes that are no JSON", () =>
    refuses(
      Companies,
      (companies) => companies.createOrUpdate({ company_id: "1", custom_attributes: unchecked({ a: 1n }) }),
      { path: "custom_attributes.a" }
    )
  )

  it.effect("is sent again when its fate is unknown: the second changes nothing", () => {
    const server = Scripted.make([Scripted.lost("ECONNRESET"), Scripted.status(503), Scripted.json(company())])
    return Effect.gen(function* () {
      yield* Scripted.elapse(Companies.use((companies) => companies.createOrUpdate({ company_id: "acme-1" })))
      assert.lengthOf(server.sent, 3)
    }).pipe(Effect.provide(server.layer(Companies.layer)))
  })

  it.effect("takes a company with nothing but type and id, and nulls elsewhere", () =>
    tolerates(
      Companies,
      (companies) => companies.createOrUpdate({ company_id: "acme-1" }),
      { type: "company", id: "531" },
      [...Object.keys(company()).slice(2), "size", "industry", "website"]
    )
  )

  it.effect("refuses a company whose id is a number", () =>
    misfits(Companies, (companies) => companies.createOrUpdate({ company_id: "1" }), company({ id: 531 }), "id")
  )

  it.effect("tells what the API could not take", () =>
    Effect.gen(function* () {
      const { reason } = yield* refusal(
        Companies,
        (companies) => companies.createOrUpdate({ company_id: "acme-1", size: -1 }),
        Scripted.errorList(400, { code: "parameter_invalid", message: "size must be positive", field: "size" })
      )
      assert(reason._tag === "BadRequest")
      assert.deepStrictEqual(reason.errors, [
        { code: "parameter_invalid", message: "size must be positive", field: "size" }
      ])
    })
  )
})

describe("Companies.scroll", () => {
  it.effect("asks GET /companies/scroll, with the scroll_param of the page before", () =>
    Effect.gen(function* () {
      const body = { type: "list", data: [company()], pages: null, total_count: null, scroll_param: "d9f2-4" }
      const first = yield* exchange(Companies, (companies) => companies.scroll(), Scripted.json(body))
      assert.strictEqual(`${first.sent.method} ${first.sent.path}`, "GET /companies/scroll")
      assert.deepStrictEqual<unknown>(first.value, body)
      const { sent } = yield* exchange(
        Companies,
        (companies) => companies.scroll({ scroll_param: "d9f2-4" }),
        Scripted.json({ data: [] })
      )
      assert.strictEqual(sent.path, "/companies/scroll?scroll_param=d9f2-4")
    })
  )

  it.effect("refuses what a scroll cannot be asked for", () =>
    Effect.gen(function* () {
      yield* refuses(Companies, (companies) => companies.scroll(unchecked({ per_page: 60 })), { path: "per_page" })
      yield* refuses(Companies, (companies) => companies.scroll({ scroll_param: "\ud800" }), { path: "scroll_param" })
    })
  )

  it.effect("names the company that does not fit", () =>
    misfits(
      Companies,
      (companies) => companies.scroll(),
      { data: [company({ id: 7 })], scroll_param: 1 },
      "data[0].id",
      "scroll_param"
    )
  )
})
