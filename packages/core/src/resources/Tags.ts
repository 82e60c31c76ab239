/** Tags: labels on contacts, companies and conversations. */
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import { listing, noParameters, nullish, open, openEnum, optional, UnixSeconds } from "../Wire.ts"
import * as Pagination from "../Pagination.ts"
import * as Resource from "../Resource.ts"
import { CompanyId, ContactId, Reference, TagId } from "./Common.ts"

export { TagId } from "./Common.ts"

/**
 * A tag, as the API sends it. Any field but `type` and `id` may be null or missing; fields not listed here are kept.
 * Source: the official 2.15 document.
 */
export class Tag extends Schema.Opaque<Tag>()(
  open({
    type: openEnum("tag"),
    id: TagId,
    name: nullish(Schema.String),
    /** Described for listings; a tag by itself is on nothing, so it has neither this (Unix seconds) nor `applied_by`. */
    applied_at: nullish(UnixSeconds),
    applied_by: nullish(Reference)
  })
) {}

/** All tags of the workspace. */
export class TagList extends Schema.Opaque<TagList>()(
  listing({
    data: Schema.Array(Tag)
  })
) {}

/** There is nothing to ask for. */
export class ListTags extends Schema.Opaque<ListTags>()(noParameters) {}

/** A tag to make, or to find: one of the same name is the same tag. With an `id` it is renamed. */
export class CreateOrUpdateTag extends Schema.Opaque<CreateOrUpdateTag>()(
  Schema.Struct({
    name: Schema.String,
    id: optional(TagId)
  })
) {}

const company = {
  /** Intercom's id. */
  id: optional(CompanyId),
  /** Your own id. */
  company_id: optional(Schema.String)
} as const

const eitherId = Schema.makeFilter<{ readonly id?: unknown; readonly company_id?: unknown }>(
  ({ company_id, id }) => id !== undefined || company_id !== undefined,
  { expected: "id or company_id", arbitraryConstraint: { minProperties: 1 } }
)

/** A tag, by its name, and companies to put it on, each by either id. */
export class TagCompanies extends Schema.Opaque<TagCompanies>()(
  Schema.Struct({
    name: Schema.String,
    companies: Schema.Array(Schema.Struct(company).check(eitherId))
  })
) {}

/** A tag, by its name, and companies to take it off, each by either id. */
export class UntagCompanies extends Schema.Opaque<UntagCompanies>()(
  Schema.Struct({
    name: Schema.String,
    companies: Schema.Array(
      Schema.Struct({
        ...company,
        /** What tells this from tagging. */
        untag: Schema.Literal(true)
      }).check(eitherId)
    )
  })
) {}

/** A tag, by its name, and contacts to put it on. */
export class TagContacts extends Schema.Opaque<TagContacts>()(
  Schema.Struct({
    name: Schema.String,
    users: Schema.Array(Schema.Struct({ id: ContactId }))
  })
) {}

/** The tags of a workspace. */
export class Tags extends Resource.Service<Tags>()("Tags", {
  /**
   * All tags, in one answer.
   *
   * Permission: Read tags.
   */
  list: Endpoint.get("/tags", {
    permission: "Read tags",
    query: ListTags,
    success: TagList,
    pages: Pagination.single("data", Tag)
  }),
  /**
   * Fails with `NotFound` when there is no such tag.
   *
   * Permission: Read tags.
   */
  get: Endpoint.get("/tags/:tag_id", {
    permission: "Read tags",
    params: { tag_id: TagId },
    success: Tag,
    error: ErrorResponse.NotFound
  }),
  /**
   * Makes a tag, or gives the one of that name; with an `id`, renames it. Safe to repeat.
   *
   * Permission: Write tags.
   */
  createOrUpdate: Endpoint.post("/tags", {
    permission: "Write tags",
    payload: CreateOrUpdateTag,
    success: Tag,
    error: [ErrorResponse.BadRequest, ErrorResponse.NotFound],
    // A name is that of one tag.
    idempotent: true,
    alternativeOf: "create"
  }),
  /**
   * Puts a tag on companies, and makes it if there is none of that name. Safe to repeat.
   *
   * Permission: Write tags.
   */
  tagCompanies: Endpoint.post("/tags", {
    permission: "Write tags",
    payload: TagCompanies,
    success: Tag,
    error: [ErrorResponse.BadRequest, ErrorResponse.NotFound],
    // A tag is on a company, however often it was put there.
    idempotent: true,
    alternativeOf: "create"
  }),
  /**
   * Takes a tag off companies. Safe to repeat.
   *
   * Permission: Write tags.
   */
  untagCompanies: Endpoint.post("/tags", {
    permission: "Write tags",
    payload: UntagCompanies,
    success: Tag,
    error: [ErrorResponse.BadRequest, ErrorResponse.NotFound],
    idempotent: true,
    alternativeOf: "create"
  }),
  /**
   * Puts a tag on contacts, and makes it if there is none of that name; `contacts.attachTag` is for one, `contacts.detachTag`
   * takes it off. Safe to repeat.
   *
   * Permission: Write tags.
   */
  tagContacts: Endpoint.post("/tags", {
    permission: "Write tags",
    payload: TagContacts,
    success: Tag,
    error: [ErrorResponse.BadRequest, ErrorResponse.NotFound],
    idempotent: true,
    alternativeOf: "create"
  }),
  /**
   * Deletes a tag, and takes it off what it is on. Fails with `BadRequest` (`tag_has_dependent_objects`) when something of
   * the workspace needs it, `NotFound` when there is no such tag.
   *
   * Permission: Write tags.
   */
  delete: Endpoint.del("/tags/:tag_id", {
    permission: "Write tags",
    params: { tag_id: TagId },
    status: 200,
    error: [ErrorResponse.BadRequest, ErrorResponse.NotFound]
  })
}) {}
