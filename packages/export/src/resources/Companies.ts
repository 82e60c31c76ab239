/** All companies with users, by a scroll: listings of them end at 10,000. */
import type { CompanyId } from "@effect-intercom/core/resources/Common"
import { Companies, Company } from "@effect-intercom/core/resources/Companies"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { make } from "../Definition.ts"
import * as Table from "../Table.ts"
import * as Scroll from "../Scroll.ts"
import * as Walk from "../Walk.ts"

/** How many the listing counts. */
export const count = Companies.use(({ list }) => Stream.runHead(list.pages({ per_page: 1 }, { prefetch: 0 }))).pipe(
  Effect.map((page) => Option.getOrUndefined(page)?.total)
)

/** Whether a scroll can start over at a position. */
export const resumes = Schema.is(Schema.NullOr(Schema.Record(Schema.String, Schema.Never)))

/** The steps of a scroll; it starts over where it was begun before. */
export const scrolled = (from: Walk.Position | undefined) =>
  Stream.unwrap(
    // A scroll reports no count.
    Effect.map(count, (listed) =>
      Scroll.steps(
        (options) => Stream.unwrap(Companies.useSync(({ scroll }) => scroll.pages({}, options))),
        from,
        listed
      )
    )
  )

export const companies = make<Companies>({
  name: "companies",
  about: "companies that have users",
  schema: Company,
  table: Table.fromSchema("companies", Company, {
    key: "id",
    lists: { of: "company", at: { company_tags: "tags.tags", company_segments: "segments.segments" } }
  }),
  changes: "filter",
  requests: ["GET /companies/scroll", "GET /companies"],
  permissions: ["Read and list users and companies"],
  resumes,
  walk: ({ accepts, from }) => Walk.accepted(scrolled(from), accepts),
  count: () => count,
  deletions: {
    listed: ({ from }) => scrolled(from),
    // The id of a company.
    get: (id) => Companies.use(({ get }) => get(id as CompanyId)),
    requests: ["GET /companies/scroll", "GET /companies", "GET /companies/{company_id}"]
  }
})
