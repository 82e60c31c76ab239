/** Companies: the organisations contacts belong to. */
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Attributes from "../Attributes.ts"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import {
  JsonObject,
  listing,
  noParameters,
  nullish,
  openEnum,
  optional,
  queryText,
  unchecked,
  UnixSeconds
} from "../Wire.ts"
import * as WithAttributes from "../internal/WithAttributes.ts"
import * as Pagination from "../Pagination.ts"
import * as Resource from "../Resource.ts"
import { CompanyId, Deleted, ListByPage } from "./Common.ts"
import { Company } from "./Company.ts"
import { Contact } from "./Contact.ts"
import { Note, NoteList } from "./Notes.ts"
import { Segment } from "./Segments.ts"

export { CompanyId } from "./Common.ts"
export * from "./Company.ts"

/** One page of companies. `pages.next` is a URL or null. */
export class CompanyList extends Schema.Opaque<CompanyList>()(
  listing({
    data: Schema.Array(Company),
    total_count: unchecked,
    pages: nullish(Pagination.Pages)
  })
) {}

/**
 * `page` counts from 1. `per_page`: 15 by default; no maximum is documented, and other exporters ask for 60.
 * `tag_id` and `segment_id` narrow the listing. The API's `name` and `company_id` are left out on purpose: with them
 * it answers with one company instead of a page. Companies without users are not listed.
 */
export class ListCompanies extends Schema.Opaque<ListCompanies>()(
  Schema.Struct({
    page: optional(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))),
    per_page: optional(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))),
    tag_id: optional(queryText(Schema.String)),
    segment_id: optional(queryText(Schema.String))
  })
) {}

/**
 * One page of a scroll, about a hundred companies. `scroll_param` asks for the next one, and is the same on every page;
 * a page without companies is the last. `total_count` is null or missing in some answers.
 */
export class CompanyScroll extends Schema.Opaque<CompanyScroll>()(
  listing({
    data: Schema.Array(Company),
    total_count: unchecked,
    pages: nullish(Pagination.Pages),
    scroll_param: nullish(Schema.String)
  })
) {}

/** `scroll_param`: of the page before; a new scroll without it. There is nothing else to ask for. */
export class ScrollCompanies extends Schema.Opaque<ScrollCompanies>()(
  Schema.Struct({
    scroll_param: optional(queryText(Schema.String))
  })
) {}

/**
 * A company to create, or to update where one with the same `company_id` exists. The API takes a request without
 * `company_id` too, but such a request is no upsert and must not be repeated, so `company_id` is required here.
 */
export class CreateOrUpdateCompany extends Schema.Opaque<CreateOrUpdateCompany>()(
  Schema.Struct({
    /** Your own id for the company; it cannot be changed later. */
    company_id: Schema.NonEmptyString,
    name: optional(Schema.String),
    /** The name of the plan: a string here, an object in answers. */
    plan: optional(Schema.String),
    /** Employees. */
    size: optional(Schema.Int),
    website: optional(Schema.String),
    industry: optional(Schema.String),
    custom_attributes: optional(JsonObject),
    remote_created_at: optional(UnixSeconds),
    /** What the company pays you a month, in whole units of your currency. */
    monthly_spend: optional(Schema.Int)
  })
) {}

/** What to change of a company; what is left out stays. Its `company_id` cannot be changed. */
export class UpdateCompany extends Schema.Opaque<UpdateCompany>()(
  Schema.Struct({
    name: optional(Schema.String),
    /** The name of the plan: a string here, an object in answers. */
    plan: optional(Schema.String),
    /** Employees. */
    size: optional(Schema.Int),
    website: optional(Schema.String),
    industry: optional(Schema.String),
    custom_attributes: optional(JsonObject),
    /** What the company pays you a month, in whole units of your currency. */
    monthly_spend: optional(Schema.Int)
  })
) {}

/**
 * `page` counts from 1, and ends at 10,000 companies. `per_page`: no maximum is documented, and other exporters ask for 60.
 * `order`: by when a company's contacts were last seen, the latest first (`desc`) or last (`asc`).
 */
export class ListAllCompanies extends Schema.Opaque<ListAllCompanies>()(
  Schema.Struct({
    page: optional(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))),
    per_page: optional(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))),
    order: optional(queryText(openEnum("asc", "desc")))
  })
) {}

/** One page of a company's contacts. `pages.next` is a URL or null. */
export class CompanyContacts extends Schema.Opaque<CompanyContacts>()(
  listing({
    data: Schema.Array(Contact),
    total_count: unchecked,
    pages: nullish(Pagination.Pages)
  })
) {}

/** All segments a company is in. */
export class CompanySegmentList extends Schema.Opaque<CompanySegmentList>()(
  listing({
    data: Schema.Array(Segment)
  })
) {}

/** What names a company: your own id, or its name. */
export type CompanyKey = { readonly company_id: string } | { readonly name: string }

const oneOf = <Key extends string>(key: Key) => Schema.Record(Schema.Literal(key), queryText(Schema.NonEmptyString))

/**
 * The listing, asked for one company. The official document says that it answers with that company then, and shows a page in
 * its example: either is read.
 */
class Lookup extends Resource.Service<Lookup>()("Companies", {
  /** Permission: Read and list users and companies. */
  find: Endpoint.get("/companies", {
    permission: "Read and list users and companies",
    query: Schema.Union([oneOf("company_id"), oneOf("name")]),
    success: Schema.Union([Company, CompanyList]),
    error: ErrorResponse.NotFound,
    operationId: "listCompanies"
  })
}) {}

const isPage = Schema.is(CompanyList)

/** The companies of a workspace. */
export class Companies extends Resource.Service<Companies>()(
  "Companies",
  {
    /**
     * One page; `list.pages` and `list.items` walk them all.
     *
     * Permission: Read and list users and companies.
     */
    list: Endpoint.get("/companies", {
      permission: "Read and list users and companies",
      query: ListCompanies,
      success: CompanyList,
      error: [ErrorResponse.BadRequest, ErrorResponse.NotFound],
      pages: Pagination.page("data", Company)
    }),
    /**
     * Creates the company, or updates the one with the same `company_id`. Safe to repeat.
     *
     * Permission: Write users and companies.
     */
    createOrUpdate: Endpoint.post("/companies", {
      permission: "Write users and companies",
      payload: CreateOrUpdateCompany,
      success: Company,
      error: ErrorResponse.BadRequest,
      // Documented as an upsert on company_id, which the request always has.
      idempotent: true
    }),
    /**
     * One page of all companies; `scroll.pages` and `scroll.items` walk them all, where `list` ends at 10,000.
     *
     * A workspace has one scroll at a time: while another is open this fails with `BadRequest`, code `scroll_exists`.
     * A scroll is gone a minute after its last request, so consume each page faster than that. It is never sent again when
     * its fate is unknown, as the answer would be the page after the one that was lost. After a failure start over, a
     * minute later; `from` is for a walk that was stopped between two pages, and fails with `NotFound` when the scroll is
     * gone.
     *
     * Permission: Read and list users and companies.
     */
    scroll: Endpoint.get("/companies/scroll", {
      permission: "Read and list users and companies",
      query: ScrollCompanies,
      success: CompanyScroll,
      error: [ErrorResponse.BadRequest, ErrorResponse.NotFound],
      // The API moves the scroll on with each request: asking again for an answer that was lost would give the page after
      // it. Asking again for the first one meets the scroll it opened. And after a 500 there is none to resume.
      idempotent: false,
      pages: Pagination.scroll("data", Company)
    }),
    /**
     * The company with this id of Intercom's. Fails with `NotFound` when there is none.
     *
     * Permission: Read one user and one company.
     */
    get: Endpoint.get("/companies/:company_id", {
      permission: "Read one user and one company",
      params: { company_id: CompanyId },
      success: Company,
      error: ErrorResponse.NotFound
    }),
    /**
     * Changes a company, by Intercom's id; `createOrUpdate` goes by yours.
     *
     * Permission: Write users and companies.
     */
    update: Endpoint.put("/companies/:company_id", {
      permission: "Write users and companies",
      params: { company_id: CompanyId },
      payload: UpdateCompany,
      success: Company,
      error: ErrorResponse.NotFound
    }),
    /**
     * Deletes a company for good; its contacts stay. Fails with `NotFound` when there is no such company.
     *
     * Permission: Write users and companies.
     */
    delete: Endpoint.del("/companies/:company_id", {
      permission: "Write users and companies",
      params: { company_id: CompanyId },
      success: Deleted,
      error: ErrorResponse.NotFound
    }),
    /**
     * One page of all companies, latest seen first; `listAll.pages` and `.items` walk them. It ends at 10,000 companies, where
     * it fails with `BadRequest`: `scroll` does not. Safe to repeat.
     *
     * Permission: Read and list users and companies.
     */
    listAll: Endpoint.post("/companies/list", {
      permission: "Read and list users and companies",
      query: ListAllCompanies,
      success: CompanyList,
      error: ErrorResponse.BadRequest,
      // It only reads.
      idempotent: true,
      pages: Pagination.page("data", Company)
    }),
    /**
     * One page of the contacts of a company; `listContacts.pages` and `.items` walk them all.
     *
     * Permission: Read and list users and companies.
     */
    listContacts: Endpoint.get("/companies/:company_id/contacts", {
      permission: "Read and list users and companies",
      params: { company_id: CompanyId },
      query: ListByPage,
      success: CompanyContacts,
      error: [ErrorResponse.BadRequest, ErrorResponse.NotFound],
      pages: Pagination.page("data", Contact),
      operationId: "listContactsOfCompany"
    }),
    /**
     * The segments a company is in, in one answer.
     *
     * Permission: Read and list users and companies.
     */
    listSegments: Endpoint.get("/companies/:company_id/segments", {
      permission: "Read and list users and companies",
      params: { company_id: CompanyId },
      query: noParameters,
      success: CompanySegmentList,
      error: ErrorResponse.NotFound,
      pages: Pagination.single("data", Segment),
      operationId: "listSegmentsOfCompany"
    }),
    /**
     * One page of the notes about a company; `listNotes.pages` and `.items` walk them all.
     *
     * Permission: Read and list users and companies.
     */
    listNotes: Endpoint.get("/companies/:company_id/notes", {
      permission: "Read and list users and companies",
      params: { company_id: CompanyId },
      query: ListByPage,
      success: NoteList,
      error: [ErrorResponse.BadRequest, ErrorResponse.NotFound],
      pages: Pagination.page("data", Note),
      operationId: "listNotesOfCompany"
    })
  },
  {
    /**
     * The company with this id of yours, or of this name, if there is one. It is up to date. Where several have the name, the API
     * picks one.
     */
    find: (_, http) => {
      const { find } = Lookup.make(http)
      return (key: CompanyKey) =>
        find(key).pipe(
          Effect.map((answer) => (isPage(answer) ? Arr.head(answer.data) : Option.some(answer))),
          Effect.catchReason("IntercomError", "NotFound", () => Effect.succeedNone)
        )
    }
  }
) {
  /**
   * The class of a service like this one, of companies with attributes of your own: a schema of the `custom_attributes`, as
   * `intercom codegen attributes` writes it. Requests take these attributes and no others; what is received has their names
   * and types, and may be a `Misfit`: `attributes.decode(company)` checks it.
   *
   * @example
   * ```ts
   * import { Companies, Wire } from "@effect-intercom/core"
   * import { Schema } from "effect"
   *
   * class MyCompanies extends Companies.withAttributes<MyCompanies>()(
   *   "MyCompanies",
   *   Schema.Struct({ tier: Wire.nullish(Schema.Int) })
   * ) {}
   *
   * const sign = MyCompanies.use(({ createOrUpdate }) =>
   *   createOrUpdate({ company_id: "acme", custom_attributes: { tier: 2 } })
   * )
   * ```
   */
  static readonly withAttributes =
    <Self>() =>
    <const Id extends string, S extends Attributes.Any>(id: Id, schema: S): CompaniesWith<Self, Id, S> =>
      // These types say what it is made of.
      WithAttributes.make(id, Companies, schema, { key: "custom_attributes" }) as CompaniesWith<Self, Id, S>
}

/** A company with attributes of your own. */
export type CompanyWith<S extends Attributes.Any> = WithAttributes.RecordWith<Company, "custom_attributes", S>

/** What {@link Companies.withAttributes} makes. */
export interface CompaniesWith<Self, Id extends string, S extends Attributes.Any> extends WithAttributes.ClassWith<
  Self,
  Id,
  typeof Companies,
  Company,
  "custom_attributes",
  S
> {}
